// The live state on the author's text: unchanged text where nothing differs, and exactly the differing places where something does.
import * as assert from 'node:assert/strict';
import { load } from 'js-yaml';
import { compareWithLive, readLive } from '../../server/src/core/drift/environment';
import { objectTexts } from '../../server/src/core/drift/display';
import type { Projection } from '../../server/src/core/drift/projection';
import { project } from '../../server/src/core/drift/projection';
import type { Comparison } from '../../server/src/core/drift/comparison';
import type { Rendering } from '../../server/src/core/render/rendering';
import type { KubernetesObject } from '../../server/src/core/resource';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { driftCases, openApiDocuments, renderingOf, testEnvironment } from '../support/driftFixtures';
import { memoryTarget } from '../support/memoryTarget';
import { mergeValidator } from '../support/mergeValidator';

const ports = { validator: mergeValidator, pause: async () => undefined, now: () => '2026-01-01T00:00:00Z' };

async function compare(renderings: Rendering[], live: KubernetesObject[]): Promise<Comparison> {
  const target = memoryTarget({ objects: live, openApi: openApiDocuments() });
  const environment = testEnvironment();
  const read = await readLive(environment, renderings, target);
  return compareWithLive(read, environment, renderings, ports);
}

async function projected(
  text: string,
  edit: (live: KubernetesObject) => void,
  file = 'apps/file.yaml',
): Promise<Projection> {
  const rendering = renderingOf(text, file);
  const live = structuredClone(load(text)) as KubernetesObject;
  live.metadata.managedFields = [];
  edit(live);
  const comparison = await compare([rendering], [live]);
  const result = project({ path: file, text, parsed: parseYaml(text) }, comparison);
  assert.ok(result);
  return result;
}

const configMap = `# Settings of the shop.
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: shop
  labels: { team: a, tier: 'front' } # flow
data:
  colour: "blue" # the brand's
  size: '3'
  motd: |
    Welcome
    to the shop
  plain: text
`;

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Loose = any;

describe('projection of live onto the author text', () => {
  it('leaves the text alone, byte for byte, where live is as written', async () => {
    for (const text of [configMap, configMap.replace(/\n/g, '\r\n')]) {
      const result = await projected(text, () => undefined);
      assert.equal(result.text, text);
      assert.deepEqual(result.values, []);
    }
  });

  it('leaves every fixture that is in sync alone', async () => {
    for (const fixture of driftCases().filter((c) => c.truth[0] === 'inSync')) {
      const rendering = renderingOf(fixture.desiredText);
      const comparison = await compare([rendering], [fixture.live]);
      const [object] = comparison.objects.values();
      if (object?.drift.state === 'inSync') {
        const file = { path: 'apps/file.yaml', text: fixture.desiredText, parsed: parseYaml(fixture.desiredText) };
        assert.equal(project(file, comparison)?.text, fixture.desiredText, fixture.name);
      }
    }
  });

  it('replaces scalars in place and keeps quotes, comments and the rest', async () => {
    const result = await projected(configMap, (live: Loose) => {
      live.data.colour = 'red';
      live.data.size = '4';
      live.metadata.labels.tier = 'back';
    });
    const expected = configMap.replace('"blue"', '"red"').replace("'3'", "'4'").replace("'front'", "'back'");
    assert.equal(result.text, expected);
    assert.deepEqual(
      result.values.map((v) => [v.field.path, v.live, v.range.start.line, v.range.start.character]),
      [
        ['data.colour', 'red', 8, 10],
        ['data.size', '4', 9, 8],
        ['metadata.labels.tier', 'back', 6, 27],
      ],
    );
  });

  it('rewrites block scalars with their indentation', async () => {
    const result = await projected(configMap, (live: Loose) => {
      live.data.motd = 'Closed\n\nuntil Monday\n';
    });
    assert.equal(result.text, configMap.replace('    Welcome\n    to the shop\n', '    Closed\n\n    until Monday\n'));
  });

  it('removes what live lacks, with its lines', async () => {
    const result = await projected(configMap, (live: Loose) => {
      delete live.data.motd;
      delete live.metadata.labels.team;
    });
    const expected = configMap
      .replace("{ team: a, tier: 'front' }", "{ tier: 'front' }")
      .replace(/ {2}motd[^]*shop\n/, '');
    assert.equal(result.text, expected);
  });

  it('prints nothing that the author does not own', async () => {
    const result = await projected(configMap, (live: Loose) => {
      live.data.extra = 'foreign';
      live.metadata.annotations = { foreign: 'yes' };
    });
    assert.equal(result.text, configMap);
  });

  const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: 3
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - image: nginx:1.25 # pinned
          name: app
          args:
            - --port
            - "8080"
          env:
            - name: A
              value: "1"
            - name: B
              value: "2"
`;

  it('edits atomic lists item by item', async () => {
    const shorter = await projected(deployment, (live: Loose) => {
      live.spec.template.spec.containers[0].args = ['--port'];
    });
    assert.equal(shorter.text, deployment.replace('            - "8080"\n', ''));
    const longer = await projected(deployment, (live: Loose) => {
      live.spec.template.spec.containers[0].args = ['--port', '8080', '--verbose'];
    });
    assert.equal(longer.text, deployment.replace('- "8080"\n', '- "8080"\n            - --verbose\n'));
    const changed = await projected(deployment, (live: Loose) => {
      live.spec.template.spec.containers[0].args = ['--port', '9090'];
    });
    assert.equal(changed.text, deployment.replace('"8080"', '"9090"'));
  });

  it('removes items of keyed lists and keeps the dash of an item whose first key goes', async () => {
    const item = await projected(deployment, (live: Loose) => {
      live.spec.template.spec.containers[0].env = [{ name: 'B', value: '2' }];
    });
    assert.equal(item.text, deployment.replace('            - name: A\n              value: "1"\n', ''));
    const first = await projected(deployment, (live: Loose) => {
      delete live.spec.template.spec.containers[0].image;
    });
    assert.equal(first.text, deployment.replace('image: nginx:1.25 # pinned\n          name', 'name'));
  });

  it('has no text for an object that is not live', async () => {
    const two = `${configMap}---\n${deployment}`;
    const rendering = renderingOf(two);
    const comparison = await compare([rendering], [load(configMap) as KubernetesObject]);
    const result = project({ path: 'apps/file.yaml', text: two, parsed: parseYaml(two) }, comparison);
    assert.ok(result);
    assert.ok(result.text.startsWith(configMap));
    assert.ok(!result.text.includes('Deployment'));
  });

  it('finds the patch, the value and the transformer that wrote a line', async () => {
    const rendering = renderingOf(deployment, 'base/deployment.yaml');
    const line = (needle: string): number => deployment.split('\n').findIndex((l) => l.includes(needle));
    rendering.origins[line('replicas')] = [
      { path: 'prod/patch.yaml', line: 2, character: 2, role: 'patch' },
      { path: 'base/deployment.yaml', line: line('replicas'), character: 2, role: 'resource' },
    ];
    rendering.origins[line('image')] = [
      { path: 'prod/kustomization.yaml', line: 2, character: 4, role: 'transformer' },
      { path: 'base/deployment.yaml', line: line('image'), character: 8, role: 'resource' },
    ];
    const live = load(deployment) as Loose;
    live.spec.replicas = 7;
    live.spec.template.spec.containers[0].image = 'nginx:1.27';
    const comparison = await compare([rendering], [live as KubernetesObject]);
    const texts: Record<string, string> = {
      'prod/patch.yaml': 'kind: Deployment\nspec:\n  replicas: 3 # more\n',
      'prod/kustomization.yaml': 'images:\n  - name: nginx\n    newTag: "1.25"\n',
      'base/deployment.yaml': deployment.replace('replicas: 3', 'replicas: 1').replace('1.25', '1.0'),
    };
    const text = (path: string): string => {
      const own = texts[path] as string;
      return project({ path, text: own, parsed: parseYaml(own) }, comparison)?.text ?? own;
    };
    assert.equal(text('prod/patch.yaml'), 'kind: Deployment\nspec:\n  replicas: 7 # more\n');
    assert.equal(text('prod/kustomization.yaml'), 'images:\n  - name: nginx\n    newTag: "1.27"\n');
    assert.equal(
      text('base/deployment.yaml'),
      texts['base/deployment.yaml'],
      'what a patch overwrites is not the author',
    );
  });

  it('never shows a value of a Secret', async () => {
    const secret =
      'apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\nstringData:\n  password: hunter2\n';
    const rendering = renderingOf(secret);
    const live = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: 'shop' },
      data: { password: 'c3VwZXJzZWNyZXQ=' },
    };
    const comparison = await compare([rendering], [live]);
    const result = project({ path: 'apps/file.yaml', text: secret, parsed: parseYaml(secret) }, comparison);
    assert.match(result?.text ?? '', /password: <hidden \d>/);
    assert.equal(result?.values[0]?.masked, true);
    const [object] = comparison.objects.values();
    assert.ok(object);
    const shown = JSON.stringify([comparison.report, objectTexts(object), result]);
    assert.ok(!/hunter2|aHVudGVyMg|c3VwZXJzZWNyZXQ|supersecret/.test(shown.replace(secret, '')), shown);
  });
});
