// Hostile input: whatever a file holds, reading, discovery and checking answer, in time, with places inside the text; whatever a
// chart does, the engine answers or is stopped, and the next source renders.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { createEngines, type Engines } from '../../server/src/adapters/engines';
import { createFileTree } from '../../server/src/adapters/nodeFiles';
import type { Renderer } from '../../server/src/core/ports';
import type { Problem } from '../../server/src/core/problem';
import { checkWorkspace } from '../../server/src/core/render/checkWorkspace';
import { discover } from '../../server/src/core/workspace/discover';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { toJson } from '../../server/src/core/yaml/resolve';
import type { Node } from '../../server/src/core/yaml/tree';
import { productFolder } from '../../server/src/productFolder';
import { seeded } from '../support/mutations';
import { damaged, standsBetween } from '../support/yamlMutations';
import { startLanguageServer } from '../support/languageServer';
import { memoryTree } from '../support/memoryFiles';
import { repositoryOf } from '../support/repository';
import { newSchemaStore } from '../support/schemas';
import { garbage, hostileTemplates, hostileTexts, scrambled } from './hostileTexts';
import { folders, pieces } from './material';
import { record } from './report';
import { random } from './sets';

const store = newSchemaStore();
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

const noRenderer: Renderer = {
  render: async () => ({ ok: false, failure: { message: 'not rendered here' }, reads: [] }),
};

/** Everything but the engines, on one file. Returns its findings; throws where something is out of place. */
async function read(text: string, name = 'a.yaml'): Promise<Problem[]> {
  const parsed = parseYaml(text);
  for (const document of parsed.documents) {
    inside(document.root, 0, text.length);
    toJson(document.root);
    for (const { start, end } of [...document.faults, ...document.comments]) {
      assert.ok(start >= 0 && start <= end && end <= text.length, 'a fault outside the text');
    }
  }
  const tree = memoryTree({ [name]: text });
  const ports = { renderer: noRenderer, validator: undefined as never, store };
  const report = await checkWorkspace(await discover(tree), tree, ports, { structureOnly: true });
  for (const { range, message } of report.problems) {
    const [start, end] = [parsed.lines.offsetAt(range.start), parsed.lines.offsetAt(range.end)];
    assert.ok(start <= end && end <= text.length, `a finding outside the text: ${message}`);
  }
  return report.problems;
}

function inside(node: Node | undefined, from: number, to: number): void {
  if (node === undefined) {
    return;
  }
  assert.ok(node.start >= from && node.start <= node.end && node.end <= to, 'a node outside its parent');
  if (node.kind === 'map') {
    for (const { key, value } of node.pairs) {
      inside(key, node.start, node.end);
      inside(value, node.start, to);
    }
  } else if (node.kind === 'seq') {
    node.items.forEach((item) => inside(item, node.start, to));
  }
}

describe('hostile texts', () => {
  for (const [title, text] of Object.entries(hostileTexts)) {
    it(title, async () => {
      const started = performance.now();
      await read(text);
      const seconds = (performance.now() - started) / 1000;
      // Generous: what is quadratic takes minutes.
      assert.ok(seconds < 10, `${seconds.toFixed(1)} s`);
      assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
    });
  }

  it('two thousand scrambled manifests and as much garbage', async () => {
    const found = pieces(await folders()).filter(({ text }) => text.length < 8000);
    const next = random(Number(process.env['PLUMBLINE_SEED'] ?? 1));
    let slowest = 0;
    const broken: string[] = [];
    for (let i = 0; i < 4000; i++) {
      let text = garbage(next);
      if (i % 2 === 0) {
        text = found[Math.floor(next() * found.length)]?.text ?? '';
        for (let changes = 1 + Math.floor(next() * 4); changes > 0; changes--) {
          text = scrambled(text, next);
        }
      }
      const started = performance.now();
      try {
        await read(text, ['a.yaml', 'kustomization.yaml', 'Chart.yaml', '.plumbline.yaml'][i % 4]);
      } catch (error) {
        broken.push(`${(error as Error).stack?.split('\n').slice(0, 3).join(' ') ?? ''}\n${JSON.stringify(text)}`);
      }
      slowest = Math.max(slowest, performance.now() - started);
    }
    record('hostile', { texts: 4000, broken, slowestMs: Math.round(slowest) });
    assert.deepEqual(broken, []);
  });
});

describe('damaged documents', () => {
  it('ten thousand cost their own document only', async () => {
    const found = pieces(await folders()).filter(({ text }) => text.length < 8000);
    const first = Number(process.env['PLUMBLINE_SEED'] ?? Date.now() % 1_000_000_000);
    const broken: string[] = [];
    for (let seed = first; seed < first + 10_000; seed++) {
      const random = seeded(seed);
      const text = damaged(found[Math.floor(random() * found.length)]?.text ?? '', random);
      // A line that starts or ends a document may take the next one's head.
      if (/^(?:---|\.\.\.|%|[<=>]{7})/m.test(text)) {
        continue;
      }
      try {
        standsBetween(text, store);
      } catch (error) {
        broken.push(`PLUMBLINE_SEED=${seed} ${(error as Error).message}\n${JSON.stringify(text)}`);
      }
    }
    record('damaged', { seed: first, texts: 10_000, broken });
    assert.deepEqual(broken, []);
  });
});

/** A repository with one chart of one template. */
function chartOf(template: string): string {
  return repositoryOf({
    '.git/HEAD': '',
    'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 0.1.0\n',
    'chart/values.yaml': 'self: "{{ tpl .Values.self . }}"\n',
    'chart/templates/a.yaml': template,
  });
}

describe('hostile charts', () => {
  let engines: Engines;
  before(() => {
    engines = createEngines({ folder: productFolder('engines'), log: silent, limits: { render: { timeMs: 15_000 } } });
  });
  after(() => engines.dispose());

  const render = async (root: string): ReturnType<Engines['renderer']['render']> =>
    engines.renderer.render(createFileTree(root), {
      kind: 'helm',
      chart: 'chart',
      release: 'r',
      namespace: 'd',
      valuesFiles: [],
      apiVersions: [],
      includeCrds: false,
      origins: true,
    });
  const good = chartOf('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n');

  for (const [title, template] of Object.entries(hostileTemplates)) {
    it(`${title}: an answer, and the next chart renders`, async () => {
      const answer = await render(chartOf(template));
      assert.equal(answer.ok, false);
      assert.ok(!answer.ok && answer.failure.message !== '');
      assert.equal((await render(good)).ok, true);
      assert.ok(process.memoryUsage().rss < 2_500 * 1024 * 1024, `${process.memoryUsage().rss}`);
    });
  }

  it('twenty times calls without end', async () => {
    const [first = '', second = ''] = [
      hostileTemplates['a map that holds itself'],
      hostileTemplates['conditions in conditions'],
    ];
    for (let i = 0; i < 20; i++) {
      assert.equal((await render(chartOf(i % 2 === 0 ? first : second))).ok, false);
    }
    assert.equal((await render(good)).ok, true);
  });
});

describe('a language server with hostile files', () => {
  it('lives, and still checks', async () => {
    const files: Record<string, string> = {
      '.git/HEAD': '',
      'good.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\nwrong: 1\n',
      'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 0.1.0\n',
      'chart/values.yaml': 'self: "{{ tpl .Values.self . }}"\n',
      'chart/templates/a.yaml': hostileTemplates['a map that holds itself'] ?? '',
      'kustomize/kustomization.yaml': 'resources: [../kustomize]\n',
    };
    Object.entries(hostileTexts).forEach(([, text], index) => (files[`hostile/${index}/a.yaml`] = text));
    const root = repositoryOf(files);
    const server = await startLanguageServer({ folders: [root] });
    try {
      for (const name of Object.keys(files).filter((file) => !file.startsWith('.git'))) {
        const file = path.join(root, name);
        const uri = server.open(file, fs.readFileSync(file, 'utf8'));
        server.change(uri, fs.readFileSync(file, 'utf8') + '\n');
      }
      const uri = server.open(path.join(root, 'good.yaml'), files['good.yaml'] ?? '');
      for (let i = 0; i < 20; i++) {
        server.change(uri, `${files['good.yaml'] ?? ''}# ${i}\n`);
      }
      await server.diagnostics(uri, (found) => found.some(({ code }) => code === 'kubernetes/unknown-field'), 120_000);
      const chart = server.open(path.join(root, 'chart/Chart.yaml'), files['chart/Chart.yaml'] ?? '');
      await server.diagnostics(chart, (found) => found.some(({ code }) => String(code).startsWith('helm/')), 120_000);
    } finally {
      await server.stop();
    }
  });
});
