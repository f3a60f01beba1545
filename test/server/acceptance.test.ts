// Reported situations that no single document shows: each by its number in the list of what hurts users of such tools. Those that one
// document shows stand in test/fixtures/acceptance.
import assert from 'node:assert';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { documentKindRequest } from '../../server/src/core/protocol';
import { endEngines, plumbline } from '../support/cli';
import { startLanguageServer, type TestServer } from '../support/languageServer';
import { repositoryOf } from '../support/repository';
import { checkout } from '../support/shared';

const deployment = (extra = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web}]}
${extra}`;

/** Written into every process that must keep to itself: it notes and refuses connections and child processes. */
const trap = (log: string): string => `
const fs = require('fs');
const note = (what) => { fs.appendFileSync(${JSON.stringify(log)}, what + '\\n'); throw new Error('refused: ' + what); };
require('net').Socket.prototype.connect = (...args) => note('connect ' + JSON.stringify(args[0]));
require('dns').lookup = (name) => note('lookup ' + name);
for (const name of ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync']) {
  require('child_process')[name] = (command) => note(name + ' ' + command);
}
const open = fs.openSync;
const isKubeconfig = (file) => String(file).includes('trap-kubeconfig');
fs.openSync = (file, ...rest) => isKubeconfig(file) ? note('kubeconfig') : open(file, ...rest);
for (const owner of [fs, fs.promises]) {
  for (const name of ['readFile', 'readFileSync', 'open']) {
    const original = owner[name];
    if (original && original !== fs.openSync) {
      owner[name] = (file, ...rest) => isKubeconfig(file) ? note('kubeconfig') : original.call(owner, file, ...rest);
    }
  }
}
`;

describe('acceptance', () => {
  after(endEngines);

  describe('in the language server', () => {
    let server: TestServer;
    let root: string;
    const files: Record<string, string> = {
      'apps/all.yaml': deployment('  replcas: 2\n'),
      'compose.yaml': 'services:\n  web: {image: nginx}\n',
      'base/kustomization.yaml': 'resources:\n- deployment.yaml   # the one\n- service.yaml\n',
      'base/deployment.yaml': deployment(),
      'base/service.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n',
      'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n',
      'chart/templates/a.yaml': 'kind:   {{ .Values.kind }}\nspec: { { x } }\n',
    };
    before(async function () {
      this.timeout(20_000);
      root = repositoryOf(files);
      server = await startLanguageServer({ folders: [root] });
    });
    after(() => server.stop());
    const file = (name: string): string => path.join(root, name);

    for (const language of ['ansible', 'helm', 'dockercompose', 'yaml', 'plaintext']) {
      it(`22: ${language} is no evidence of what a document is`, async () => {
        const uri = server.open(file('apps/all.yaml'), files['apps/all.yaml'] ?? '', language);
        const found = await server.diagnostics(uri, (diagnostics) => diagnostics.length > 0);
        assert.deepStrictEqual(
          found.map(({ code }) => code),
          ['kubernetes/unknown-field'],
        );
        await server.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
        await server.diagnostics(uri, (diagnostics) => diagnostics.length === 0);
      });
    }

    it('22: unrelated YAML gets no finding, no completion, no hover, no format, no name', async () => {
      const text = files['compose.yaml'] ?? '';
      const uri = server.open(file('compose.yaml'), text);
      assert.deepStrictEqual(await server.diagnostics(uri, () => true), []);
      const textDocument = { uri };
      for (const position of [
        { line: 0, character: 0 },
        { line: 1, character: 2 },
        { line: 1, character: 15 },
        { line: 2, character: 0 },
      ]) {
        assert.deepStrictEqual(
          await server.connection.sendRequest('textDocument/completion', { textDocument, position }),
          [],
        );
        assert.strictEqual(await server.connection.sendRequest('textDocument/hover', { textDocument, position }), null);
      }
      const edits = await server.connection.sendRequest<unknown[] | null>('textDocument/formatting', {
        textDocument,
        options: { tabSize: 4, insertSpaces: true },
      });
      assert.deepStrictEqual(edits ?? [], []);
      assert.strictEqual(await server.request(documentKindRequest, { uri, line: 0 }), null);
    });

    it('14: a second document of another kind is completed by its own schema', async () => {
      const text = `${deployment()}---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  \n`;
      const uri = server.open(file('apps/all.yaml'), text);
      const lines = text.split('\n');
      const items = await server.connection.sendRequest<{ label: string }[]>('textDocument/completion', {
        textDocument: { uri },
        position: { line: lines.length - 2, character: 2 },
      });
      const labels = items.map(({ label }) => label);
      assert.ok(labels.includes('clusterIP') && !labels.includes('replicas'), labels.join());
      await server.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
    });

    it('4: fifty thousand lines with anchors are checked to the end', async () => {
      const entries = Array.from({ length: 50_000 }, (_, i) => `  key-${i}: ${i % 10 === 0 ? `&a${i} ` : ''}value`);
      const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n${entries.join('\n')}\ndta: {}\n`;
      const uri = server.open(file('apps/large.yaml'), text);
      const [found] = await server.diagnostics(uri, (diagnostics) => diagnostics.length > 0);
      assert.strictEqual(found?.range.start.line, 50_004);
    });

    it('19: formatting keeps kustomize’s lists and comments, and leaves templates alone', async () => {
      const format = async (name: string): Promise<unknown[]> => {
        const uri = server.open(file(name), files[name] ?? '');
        return (
          (await server.connection.sendRequest<unknown[] | null>('textDocument/formatting', {
            textDocument: { uri },
            options: { tabSize: 2, insertSpaces: true },
          })) ?? []
        );
      };
      assert.deepStrictEqual(await format('chart/templates/a.yaml'), []);
      const edits = (await format('base/kustomization.yaml')) as { newText: string }[];
      assert.ok(
        edits.every(({ newText }) => newText.trim() === ''),
        JSON.stringify(edits),
      );
    });
  });

  it('5, 8: a check contacts nothing, starts nothing and reads no kubeconfig, and knows every schema all the same', async function () {
    this.timeout(60_000);
    const log = path.join(repositoryOf({ 'log.txt': '' }), 'log.txt');
    const outside = repositoryOf({ 'trap.cjs': trap(log), 'trap-kubeconfig': 'broken' });
    const root = repositoryOf({
      'apps/web.yaml': deployment('  replcas: 2\n'),
      'apps/certificate.yaml':
        'apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: a}\nspec: {secretName: a, issuerRef: {name: a}, wrong: 1}\n',
    });
    const child = spawn(
      process.execPath,
      ['--require', path.join(outside, 'trap.cjs'), path.join(checkout, 'out/server/src/cli.js'), 'check'],
      { cwd: root, env: { ...process.env, KUBECONFIG: path.join(outside, 'trap-kubeconfig') } },
    );
    let out = '';
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (out += data.toString()));
    const status = await new Promise((resolve) => child.once('exit', resolve));
    assert.strictEqual(fs.readFileSync(log, 'utf8'), '', out);
    assert.match(out, /no field "replcas".*kubernetes\/unknown-field/);
    assert.match(out, /no field "wrong".*kubernetes\/unknown-field/);
    assert.strictEqual(status, 1, out);
  });

  it('6: a manifest of two clusters is checked for both, and the message names the one that fails', async function () {
    this.timeout(60_000);
    const root = repositoryOf({
      '.plumbline.yaml': `environments:
  - {name: old, kubernetesVersion: "1.31", sources: [clusters/old]}
  - {name: new, kubernetesVersion: "1.36", sources: [clusters/new]}
`,
      'base/class.yaml': 'apiVersion: resource.k8s.io/v1\nkind: DeviceClass\nmetadata: {name: gpu}\nspec: {}\n',
      'base/kustomization.yaml': 'resources: [class.yaml]\n',
      'clusters/old/kustomization.yaml': 'resources: [../../base]\n',
      'clusters/new/kustomization.yaml': 'resources: [../../base]\n',
    });
    const { out } = await plumbline(root, ['check']);
    const lines = out.split('\n').filter((line) => line.includes('class.yaml'));
    assert.strictEqual(lines.length, 1, out);
    assert.match(lines[0] ?? '', /In old\b.*1\.31/);
    assert.doesNotMatch(out, /[Mm]atches multiple schemas/);
  });

  it('7: patches are no incomplete objects, and what is wrong in them is found', async function () {
    this.timeout(60_000);
    const root = repositoryOf({
      'base/deployment.yaml': deployment(),
      'base/kustomization.yaml': 'resources: [deployment.yaml]\n',
      'prod/kustomization.yaml': 'resources: [../base]\npatches:\n  - path: good.yaml\n  - path: bad.yaml\n',
      'prod/good.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 3}\n',
      'prod/bad.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {minReadySecond: 3}\n',
    });
    const { out } = await plumbline(root, ['check']);
    assert.doesNotMatch(out, /good\.yaml/);
    assert.strictEqual(out.split('\n').filter((line) => line.includes('bad.yaml')).length, 1, out);
  });

  it('21: values are held to the chart’s values.schema.json', async function () {
    this.timeout(60_000);
    const chart = {
      'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n',
      'chart/values.schema.json':
        '{"type": "object", "properties": {"replicas": {"type": "integer"}}, "required": ["replicas"]}',
      'chart/templates/a.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {replicas: {{ .Values.replicas | quote }}}\n',
    };
    const good = await plumbline(repositoryOf({ ...chart, 'chart/values.yaml': 'replicas: 2\n' }), ['check']);
    assert.strictEqual(good.status, 0, good.out);
    const bad = await plumbline(repositoryOf({ ...chart, 'chart/values.yaml': 'replicas: two\n' }), ['check']);
    assert.strictEqual(bad.status, 1, bad.out);
    assert.match(bad.out, /replicas.*helm\/bad-values/);
  });
});
