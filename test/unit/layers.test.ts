// The walls of ARCHITECTURE.md as tests: who may import whom, and who may do what.
import * as assert from 'node:assert';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';
import * as path from 'node:path';

const root = path.resolve(__dirname, '../../..');

interface SourceFile {
  /** Repository-relative, forward slashes. */
  path: string;
  text: string;
  /** Resolved: a repository-relative path without extension, or a package's name. */
  imports: string[];
}

function sources(folder: string): SourceFile[] {
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const text = readFileSync(file, 'utf8');
      const found = text.matchAll(/(?:from\s+|import\s*\(\s*|require\(\s*|^import\s+)['"]([^'"]+)['"]/gm);
      const imports = [...found].map(([, name = '']) =>
        name.startsWith('.')
          ? path
              .relative(root, path.resolve(path.dirname(file), name))
              .split(path.sep)
              .join('/')
              .replace(/\.js$/, '')
          : name,
      );
      return { path: path.relative(root, file).split(path.sep).join('/'), text, imports };
    });
}

const server = sources('server/src');
const core = server.filter((file) => file.path.startsWith('server/src/core/'));
const client = sources('client/src');
const isLocal = (name: string): boolean => /^(server|client|test|scripts)\//.test(name);
const packageOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

/** Fails with every offending `file → import`. */
function assertNone(offences: string[]): void {
  assert.deepStrictEqual(offences, []);
}

describe('walls', () => {
  it('1. core computes, edges act: core imports only core and pure packages', () => {
    const pure = new Set(['js-yaml', 'yaml', 'picomatch']);
    assertNone(
      core.flatMap((file) =>
        file.imports
          .filter((name) => (isLocal(name) ? !name.startsWith('server/src/core/') : !pure.has(packageOf(name))))
          .map((name) => `${file.path} → ${name}`),
      ),
    );
  });

  it('1. core names no global of a platform', () => {
    const platform = /\b(process|Buffer|setTimeout|setInterval|setImmediate|__dirname|require|globalThis|fetch)\s*[.(]/;
    assertNone(core.filter((file) => platform.test(withoutComments(file.text))).map((file) => file.path));
  });

  it('2. one door: the client imports core/protocol and nothing else of the server', () => {
    const allowed = new Set(['vscode', 'vscode-languageclient', ...builtinModules.flatMap((m) => [m, `node:${m}`])]);
    assertNone(
      client.flatMap((file) =>
        file.imports
          .filter((name) =>
            isLocal(name)
              ? !name.startsWith('client/src/') && name !== 'server/src/core/protocol'
              : !allowed.has(name) && !allowed.has(packageOf(name)),
          )
          .map((name) => `${file.path} → ${name}`),
      ),
    );
  });

  it('2. the client reads no files, starts no processes and opens no connections of its own', () => {
    const forbidden = /^(node:)?(fs|fs\/promises|child_process|http|https|http2|net|tls|dgram)$/;
    assertNone(
      client.flatMap((file) =>
        file.imports.filter((name) => forbidden.test(name)).map((name) => `${file.path} → ${name}`),
      ),
    );
  });

  it('3. handlers and commands hold no verdicts: they never import an adapter, and the core never imports them', () => {
    const edges = server.filter((file) => file.path.startsWith('server/src/handlers/'));
    assertNone(
      edges.flatMap((file) =>
        file.imports.filter((name) => name.startsWith('server/src/adapters/')).map((name) => `${file.path} → ${name}`),
      ),
    );
  });

  it('3. adapters import ports and types of the core, never handlers or commands', () => {
    assertNone(
      server
        .filter((file) => file.path.startsWith('server/src/adapters/'))
        .flatMap((file) =>
          file.imports
            .filter((name) => /^server\/src\/(handlers|commands|operations|session|server|cli)/.test(name))
            .map((name) => `${file.path} → ${name}`),
        ),
    );
  });

  it('5. a write needs a plan: in the core, only execute.ts can name a writable target', () => {
    assertNone(
      core
        .filter((file) => /\bWritableTarget\b/.test(withoutComments(file.text)))
        .map((file) => file.path)
        .filter((name) => !['server/src/core/ports.ts', 'server/src/core/sync/execute.ts'].includes(name)),
    );
  });

  it('5. outside the core, nothing calls apply or delete of a target', () => {
    const calls = /\btarget\w*\.(apply|delete)\(/i;
    assertNone(
      server
        .filter((file) => file.path !== 'server/src/core/sync/execute.ts' && calls.test(withoutComments(file.text)))
        .map((file) => file.path),
    );
  });

  it('8. nothing listens, measures or reports home', () => {
    const telemetry = /telemetry|TelemetryReporter|createTelemetryLogger|applicationinsights|sentry/i;
    assertNone(
      [...server, ...client].filter((file) => telemetry.test(withoutComments(file.text))).map((file) => file.path),
    );
  });

  it('8. only adapters start processes or open connections', () => {
    const forbidden =
      /^(node:)?(child_process|http|https|http2|net|tls|dgram)$|^(simple-git|@kubernetes\/client-node)$/;
    assertNone(
      server
        .filter((file) => !file.path.startsWith('server/src/adapters/'))
        .flatMap((file) => file.imports.filter((name) => forbidden.test(name)).map((name) => `${file.path} → ${name}`)),
    );
  });

  it('every file opens with its job', () => {
    assertNone(
      [...server, ...client].filter((file) => !/^(#!.*\n)?(\/\/|\/\*)/.test(file.text)).map((file) => file.path),
    );
  });

  it('ARCHITECTURE.md numbers the walls', () => {
    const file = path.join(root, 'ARCHITECTURE.md');
    assert.ok(existsSync(file));
    const text = readFileSync(file, 'utf8');
    for (let wall = 1; wall <= 9; wall++) {
      assert.match(text, new RegExp(`^${wall}\\. \\*\\*`, 'm'), `wall ${wall}`);
    }
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
}
