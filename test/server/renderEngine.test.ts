// The render engine's module against the real tools: `kustomize build` and `helm template` of the same versions, byte for byte, and
// the share of lines whose source is known. The engine's parts have their own tests in engines/render.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { overlayFiles } from '../../server/src/adapters/engineFiles';
import type { EngineInstance } from '../../server/src/adapters/engineModule';
import { instantiate } from '../../server/src/adapters/engineModule';
import { createEngines } from '../../server/src/adapters/engines';
import { readOrigins } from '../../server/src/adapters/engineRender';
import type { Origin } from '../../server/src/core/ports';
import { checkout, corpus } from '../support/shared';

const run = promisify(execFile);
const testdata = path.join(checkout, 'engines/render/testdata');

interface Answer {
  result?: { yaml: string; reads: string[]; paths: string[]; lines: number[][]; notes?: string };
  error?: { message: string; path?: string; line?: number; character?: number };
}

describe('render engine', () => {
  let engine: EngineInstance;
  const programs: Record<string, string> = {};

  before(async function () {
    this.timeout(600_000);
    const peers = (await import(pathToFileURL(path.join(checkout, 'scripts/peers.mjs')).href)) as {
      peer(name: string): Promise<string>;
    };
    programs.kustomize = await peers.peer('kustomize');
    programs.helm = await peers.peer('helm');
    engine = instantiate(new WebAssembly.Module(fs.readFileSync(path.join(checkout, 'dist/engines/render.wasm'))));
  });

  const call = (root: string, op: string, request: object, buffers = new Map<string, string>()): Answer =>
    JSON.parse(engine.call(op, JSON.stringify(request), overlayFiles(root, buffers))) as Answer;

  const rendered = (root: string, op: string, request: object): { yaml: string; origins: Origin[][] } => {
    const { result, error } = call(root, op, { ...request, origins: true });
    assert.equal(error, undefined, error?.message);
    assert.ok(result);
    return { yaml: result.yaml, origins: readOrigins(result.paths, result.lines) };
  };

  const roots = [testdata, ...['podinfo', 'flux2-kustomize-helm-example'].flatMap((name) => corpus(name) ?? [])];

  for (const root of roots) {
    for (const dir of kustomizations(root)) {
      it(`prints what kustomize prints: ${path.basename(root)}/${dir}`, async () => {
        const { stdout } = await run(programs.kustomize ?? '', ['build', path.join(root, dir)], { maxBuffer: 1 << 28 });
        const { yaml, origins } = rendered(root, 'kustomize', { dir });
        assert.equal(yaml, stdout);
        assert.equal(call(root, 'kustomize', { dir, origins: false }).result?.yaml, stdout);
        assertMapped(root, yaml, origins, 0.98);
      });
    }
  }

  const charts: { root: string; chart: string; values?: string[]; flags?: string[]; request?: object }[] = [
    { root: testdata, chart: 'charts/shop' },
    {
      root: testdata,
      chart: 'charts/shop',
      values: ['charts/production.yaml'],
      flags: ['--skip-tests'],
      request: { skipTests: true },
    },
    {
      root: testdata,
      chart: 'charts/shop',
      flags: ['--kube-version', '1.30.2', '--api-versions', 'example.com/v1', '--is-upgrade', '--include-crds'],
      request: { kubernetesVersion: '1.30.2', apiVersions: ['example.com/v1'], isUpgrade: true, includeCrds: true },
    },
    { root: testdata, chart: 'charts/capabilities' },
    ...[corpus('podinfo') ?? []].flat().flatMap((root) => [
      { root, chart: 'charts/podinfo' },
      ...fs
        .readdirSync(path.join(root, 'charts/podinfo'))
        .filter((name) => /^values-.*\.yaml$/.test(name))
        .map((name) => ({ root, chart: 'charts/podinfo', values: [`charts/podinfo/${name}`] })),
    ]),
  ];
  for (const { root, chart, values = [], flags = [], request = {} } of charts) {
    it(`prints what helm prints: ${path.basename(chart)} ${[...values.map((v) => path.basename(v)), ...flags].join(' ')}`, async () => {
      const files = values.flatMap((name) => ['-f', path.join(root, name)]);
      const { stdout } = await run(
        programs.helm ?? '',
        ['template', 'release-one', path.join(root, chart), '-n', 'store', ...files, ...flags],
        { maxBuffer: 1 << 28 },
      );
      const { yaml, origins } = rendered(root, 'helm', {
        chart,
        release: 'release-one',
        namespace: 'store',
        valuesFiles: values,
        apiVersions: [],
        ...request,
      });
      assert.equal(withoutRandom(yaml), withoutRandom(stdout));
      assertMapped(root, yaml, origins, 0.95);
    });
  }

  it('renders unsaved text and says where it fails', () => {
    const unsaved = new Map([['shop/base/kustomization.yaml', 'resources:\n- service.yaml\n- gone.yaml\n']]);
    const { error, result } = call(testdata, 'kustomize', { dir: 'shop/base', origins: true }, unsaved);
    assert.deepEqual(error, {
      message: 'resources names gone.yaml, which does not exist',
      path: 'shop/base/kustomization.yaml',
      line: 2,
      character: 2,
    });
    assert.deepEqual(result?.reads, ['shop/base/kustomization.yaml', 'shop/base/service.yaml']);
  });

  it('goes on after a wrong operation', () => {
    assert.match(call(testdata, 'nonsense', {}).error?.message ?? '', /no operation "nonsense"/);
    assert.equal(call(testdata, 'kustomize', { dir: 'shop/base' }).error, undefined);
  });

  it('ends endless templates, in the worker that runs them', async () => {
    const log = { info: () => undefined, warn: console.warn, error: console.error };
    const engines = createEngines({ folder: path.join(checkout, 'dist/engines'), log });
    const buffers = new Map([
      ['app/Chart.yaml', 'apiVersion: v2\nname: app\nversion: 1.0.0\n'],
      ['app/templates/a.yaml', '{{ define "x" }}{{ include "x" . }}{{ end }}\na: {{ include "x" . }}\n'],
    ]);
    const tree = { root: testdata, buffers, list: async () => [], read: async () => undefined };
    const request = {
      kind: 'helm',
      chart: 'app',
      release: 'r',
      namespace: 'n',
      valuesFiles: [],
      apiVersions: [],
    } as const;
    try {
      const answer = await engines.renderer.render(tree, {
        ...request,
        valuesFiles: [],
        apiVersions: [],
        includeCrds: false,
        origins: true,
      });
      assert.ok(!answer.ok);
      assert.equal(answer.failure.message, 'the template "x" includes itself without end');
      assert.equal(answer.failure.path, 'app/templates/a.yaml');
    } finally {
      await engines.dispose();
    }
  });

  it('says its versions', () => {
    const versions = (JSON.parse(engine.call('version', '{}')) as { result: Record<string, string> }).result;
    assert.deepEqual(Object.keys(versions).sort(), ['helm', 'kubernetes', 'kustomize']);
  });
});

/** Folders of kustomizations below `root`, sorted. Components are none: they only change what another one has. */
function kustomizations(root: string): string[] {
  return fs
    .readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => path.posix.basename(file) === 'kustomization.yaml')
    .filter((file) => !/^kind: Component$/m.test(fs.readFileSync(path.join(root, file), 'utf8')))
    .map((file) => path.posix.dirname(file))
    .sort();
}

/** Names of podinfo's test pods end in five random characters. */
function withoutRandom(text: string): string {
  return text.replace(/(-test-)[a-z0-9]{5}$/gm, '$1*****');
}

/** Enough lines have a source, and where the best source is a line of a manifest, that line holds the rendered value. */
function assertMapped(root: string, yaml: string, origins: Origin[][], least: number): void {
  const lines = yaml.replace(/\n$/, '').split('\n');
  assert.equal(origins.length, yaml === '' ? 0 : lines.length);
  const counted = lines.flatMap((text, i) =>
    text.trim() === '' || text === '---' || text.startsWith('# Source: ') ? [] : [{ text, best: origins[i]?.[0] }],
  );
  const missing = counted.filter(({ best }) => best === undefined || best.role === 'file');
  const share = 1 - missing.length / Math.max(counted.length, 1);
  assert.ok(share >= least, `${share}: no source for ${missing.map((m) => m.text).join('\n')}`);
  for (const { text, best } of counted) {
    if (best === undefined || !['resource', 'patch'].includes(best.role)) {
      continue;
    }
    const source = fs.readFileSync(path.join(root, best.path), 'utf8').split('\n')[best.line] ?? '';
    const value = /^[\s-]*(?:[^\s:]+: )?["']?(.*?)["']?:?$/.exec(text)?.[1] ?? '';
    // Escapes and octal numbers are written in another way.
    const octal = `0${Number(value).toString(8)}`;
    const forms = [value, value.replace(/\\"/g, '"'), /^\d+$/.test(value) ? octal : value];
    assert.ok(
      /^[|>]/.test(value) || forms.some((form) => source.includes(form)),
      `${text} is not in ${best.path}:${best.line + 1}: ${source}`,
    );
  }
}
