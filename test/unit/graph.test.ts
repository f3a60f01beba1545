// The graph while people work in it: what stands at a place, who refers to what, who deploys what, what may be written, and what an
// edit costs.
import assert from 'node:assert';
import { LiveGraph } from '../../server/src/core/graph/liveGraph';
import { Cancelled } from '../../server/src/core/ports';
import { createDiscovery } from '../../server/src/core/workspace/discover';
import { describe as words, graphOf, type BuiltGraph } from '../support/graphFixture';
import { filesOf, memoryTree } from '../support/memoryFiles';

const shop = filesOf(`
# file: base/kustomization.yaml
resources: [web.yaml, config.yaml]
# file: base/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: web
          envFrom:
            - configMapRef:
                name: settings
          env:
            - name: LEVEL
              valueFrom:
                configMapKeyRef:
                  name: settings
                  key: level
# file: base/config.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  level: info
  limit: "1"
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: others
# file: overlays/staging/kustomization.yaml
namePrefix: stage-
namespace: shop
resources: [../../base]
patches:
  - path: patch.yaml
# file: overlays/staging/patch.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  level: debug
# file: overlays/production/kustomization.yaml
namespace: live
resources: [../../base]
`);

describe('workspace graph in use', () => {
  let built: BuiltGraph;
  const offsetOf = (path: string, text: string, nth = 0): number => {
    let at = -1;
    for (let i = 0; i <= nth; i++) {
      at = (built.files[path] ?? '').indexOf(text, at + 1);
    }
    assert.ok(at >= 0, `${text} is not in ${path}`);
    return at;
  };
  beforeEach(async () => {
    built = await graphOf(shop);
  });

  it('says what stands at a place, the narrowest', () => {
    const { graph } = built;
    const name = graph.at('base/web.yaml', offsetOf('base/web.yaml', 'settings'));
    assert.strictEqual(name?.edge?.reference.role, 'ConfigMap of all environment variables');
    assert.deepStrictEqual(name.edge.targets.map(words), ['ConfigMap settings in base/config.yaml']);
    const key = graph.at('base/config.yaml', offsetOf('base/config.yaml', 'level') + 2);
    assert.strictEqual(key?.definition?.id, 'base/config.yaml#0/key/ConfigMap/settings/level');
    assert.strictEqual(graph.at('base/config.yaml', offsetOf('base/config.yaml', 'info')), undefined);
  });

  it('knows how an object is deployed', () => {
    const [settings] = built.graph.definitionsIn('base/config.yaml').filter(({ entity }) => entity === 'object');
    assert.deepStrictEqual(
      settings?.appearances.map(({ environments, effective }) => [
        environments.join(),
        effective.namespace,
        effective.name,
      ]),
      [
        ['staging', 'shop', 'stage-settings'],
        ['production', 'live', 'settings'],
      ],
    );
  });

  it('finds every reference to an object, a key, and a file', () => {
    const { graph } = built;
    const find = (path: string, name: string): string[] => {
      const definition = graph
        .definitionsIn(path)
        .find((d) => d.name === name && (name === path) === (d.entity === 'file'));
      assert.ok(definition !== undefined);
      return graph.referencesTo(definition).map(({ reference }) => `${reference.from.path} ${reference.role}`);
    };
    assert.deepStrictEqual(find('base/config.yaml', 'settings'), [
      'base/web.yaml ConfigMap of all environment variables',
      'base/web.yaml ConfigMap of an environment variable',
      'overlays/staging/patch.yaml patched object',
    ]);
    assert.deepStrictEqual(find('base/config.yaml', 'level'), ['base/web.yaml key of an environment variable']);
    assert.deepStrictEqual(find('base/config.yaml', 'base/config.yaml'), [
      'base/kustomization.yaml kustomize resource',
    ]);
    assert.deepStrictEqual(find('base/kustomization.yaml', 'base/kustomization.yaml'), [
      'overlays/production/kustomization.yaml kustomize resource',
      'overlays/staging/kustomization.yaml kustomize resource',
    ]);
  });

  it('follows a file up to what deploys it', () => {
    const [base, ...others] = built.graph.deployers('base/config.yaml');
    assert.deepStrictEqual(others, []);
    assert.strictEqual(base?.label, 'base/kustomization.yaml');
    assert.deepStrictEqual(
      base.above.map(({ label, environments }) => [label, ...environments]),
      [
        ['overlays/production/kustomization.yaml', 'production'],
        ['overlays/staging/kustomization.yaml', 'staging'],
      ],
    );
  });

  it('offers the names and keys that exist there', () => {
    const { graph } = built;
    const offered = (path: string, offset: number): string[] | undefined =>
      graph.candidates(path, offset)?.items.map(({ text }) => text);
    assert.deepStrictEqual(offered('base/web.yaml', offsetOf('base/web.yaml', 'settings') + 3), ['others', 'settings']);
    assert.deepStrictEqual(offered('base/web.yaml', offsetOf('base/web.yaml', 'level')), ['level', 'limit']);
    assert.strictEqual(offered('base/web.yaml', offsetOf('base/web.yaml', 'Deployment')), undefined);
    const resource = offered('base/kustomization.yaml', offsetOf('base/kustomization.yaml', 'web.yaml'));
    assert.deepStrictEqual(
      resource?.filter((text) => !text.startsWith('..')),
      ['config.yaml', 'web.yaml'],
    );
  });

  it('offers names where nothing is written yet', () => {
    const { graph } = built;
    const text = (built.files['base/web.yaml'] ?? '').replace('name: settings', 'name: ');
    graph.edit('base/web.yaml', text);
    const offset =
      text.indexOf('configMapRef:\n                name: ') + 'configMapRef:\n                name: '.length;
    const found = graph.candidates('base/web.yaml', offset);
    assert.deepStrictEqual(
      [found?.from, found?.to, found?.items.map((item) => item.text)],
      [offset, offset, ['others', 'settings']],
    );
  });

  it('searches objects by kind and name', () => {
    assert.deepStrictEqual(built.graph.search('sett', 5).map(words), ['ConfigMap settings in base/config.yaml']);
    assert.deepStrictEqual(built.graph.search('configmap', 1).length, 1);
    assert.deepStrictEqual(built.graph.search('nowhere', 5), []);
  });

  it('takes an edit over, places included, without a new discovery', () => {
    const { graph } = built;
    const { version } = graph;
    const definition = graph.definitionsIn('base/config.yaml').find(({ name }) => name === 'settings');
    assert.ok(definition !== undefined);
    graph.edit('base/web.yaml', `# a comment\n${built.files['base/web.yaml'] ?? ''}`);
    assert.ok(graph.version > version);
    const [first] = graph.referencesTo(definition);
    assert.deepStrictEqual(first?.reference.from.range.start, { line: 14, character: 22 });
    assert.deepStrictEqual(first.targets.map(words), ['ConfigMap settings in base/config.yaml']);
  });

  it('links anew when an edit changes an identity', () => {
    const { graph } = built;
    const text = built.files['base/config.yaml'] ?? '';
    graph.edit('base/config.yaml', text.replace('name: settings', 'name: renamed'));
    const named = (path: string): string[] =>
      graph
        .edgesIn(path)
        .flatMap(({ reference, targets }) => (reference.text === 'settings' ? targets.map(words) : []));
    assert.deepStrictEqual(named('base/web.yaml'), []);
    graph.edit('base/config.yaml', text);
    assert.deepStrictEqual(new Set(named('base/web.yaml')), new Set(['ConfigMap settings in base/config.yaml']));
  });

  it('lets other work run while it is built, and ends when it is overtaken', async () => {
    const tree = memoryTree(shop);
    const discovery = createDiscovery();
    const workspace = await discovery.discover(tree);
    const graph = new LiveGraph();
    let clock = 0;
    let pauses = 0;
    const options = {
      text: (path: string) => discovery.textOf(path),
      now: () => (clock += 4),
      pause: () => {
        pauses++;
        return Promise.resolve();
      },
    };
    const first = graph.update(workspace, options);
    const second = graph.update(workspace, options);
    await assert.rejects(first, Cancelled);
    await second;
    assert.ok(pauses > 3, String(pauses));
    assert.ok(graph.edgesIn('base/web.yaml').length > 0);
    await assert.rejects(
      graph.update(workspace, { ...options, abort: { aborted: true, addEventListener: () => undefined } }),
      Cancelled,
    );
    assert.ok(graph.edgesIn('base/web.yaml').length > 0);
  });
});
