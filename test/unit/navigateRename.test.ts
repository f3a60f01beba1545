// Rename over the graph: everything that means a name changes with it, nothing else does, and what cannot be changed is refused.
import * as assert from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { planRename, prepareRename } from '../../server/src/core/navigate/rename';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { filesOfFixture, graphOf } from '../support/graphFixture';
import { applied, changedLines, edgesOf, moveFiles, planFiles, renameAt, type Files } from '../support/planned';
import { fixtures } from '../support/shared';
import { filesOf } from '../support/memoryFiles';

const shop = filesOfFixture(fs.readFileSync(path.join(fixtures, 'graph/kustomize.yaml'), 'utf8'));

async function renamed(files: Files, file: string, marker: string, newName: string, by = 0): Promise<string[]> {
  const answer = await renameAt(files, file, marker, newName, by);
  assert.ok(!('refused' in answer), 'refused' in answer ? answer.refused : '');
  return changedLines(files, answer.files);
}

async function refusal(files: Files, file: string, marker: string, newName: string, by = 0): Promise<string> {
  const answer = await renameAt(files, file, marker, newName, by);
  assert.ok('refused' in answer, 'it was not refused');
  return answer.refused;
}

describe('rename', () => {
  it('changes a generated ConfigMap from any of its references', async () => {
    const lines = await renamed(shop, 'base/kustomization.yaml', 'settings', 'options');
    assert.deepStrictEqual(lines, [
      'base/kustomization.yaml: - name: settings → - name: options',
      ...Array(5).fill('base/deployment.yaml: name: settings → name: options'),
      'overlay/kustomization.yaml: - name: settings → - name: options',
    ]);
  });

  it('changes keys where generators make them', async () => {
    assert.deepStrictEqual(await renamed(shop, 'base/deployment.yaml', 'key: LOG_LEVEL', 'LEVEL', 6), [
      'base/kustomization.yaml: - LOG_LEVEL=info → - LEVEL=info',
      'base/deployment.yaml: key: LOG_LEVEL → key: LEVEL',
    ]);
    assert.deepStrictEqual(await renamed(shop, 'base/deployment.yaml', 'key: TOKEN', 'SECRET', 6), [
      'base/values.env: TOKEN=1 → SECRET=1',
      'base/deployment.yaml: key: TOKEN → key: SECRET',
    ]);
    assert.deepStrictEqual(await renamed(shop, 'base/deployment.yaml', 'key: config.yaml', 'main.yaml', 6), [
      'base/kustomization.yaml: files: [config.yaml, other=second.yaml] → files: [main.yaml=config.yaml, other=second.yaml]',
      'base/deployment.yaml: - key: config.yaml → - key: main.yaml',
    ]);
  });

  it('changes labels wherever templates and selectors meet', async () => {
    const value = await renamed(shop, 'base/service.yaml', 'app: web', 'front', 6);
    assert.deepStrictEqual(value, [
      'base/deployment.yaml: app: web → app: front',
      'base/deployment.yaml: app: web → app: front',
      'base/service.yaml: app: web → app: front',
    ]);
    const key = await renamed(shop, 'base/service.yaml', 'app: web', 'app.kubernetes.io/name', 1);
    assert.deepStrictEqual(
      new Set(key.map((line) => line.replace(/^.*: (?=app: )/, ''))),
      new Set(['app: web → app.kubernetes.io/name: web']),
    );
  });

  it('says what a cluster would make of the change', async () => {
    const answer = await renameAt(shop, 'base/service.yaml', 'app: web', 'front', 6);
    assert.ok('plan' in answer);
    assert.deepStrictEqual(answer.plan.notes, [
      'The selector of Deployment web cannot change in a cluster: the object has to be deleted and created again.',
    ]);
    assert.ok(answer.plan.edits.every(({ reason }) => !reason.confirm));
  });

  it('changes named ports and volumes', async () => {
    assert.deepStrictEqual(await renamed(shop, 'base/service.yaml', 'targetPort: http', 'plain', 13), [
      'base/deployment.yaml: - name: http → - name: plain',
      'base/deployment.yaml: port: http → port: plain',
      'base/service.yaml: targetPort: http → targetPort: plain',
    ]);
    assert.deepStrictEqual(await renamed(shop, 'overlay/patch.yaml', 'name: extra', 'more', 7), [
      'base/deployment.yaml: - name: extra → - name: more',
      'overlay/patch.yaml: - name: extra → - name: more',
    ]);
  });

  it('renames objects with their patches and their references in overlays', async () => {
    assert.deepStrictEqual(await renamed(shop, 'overlay/patch.yaml', 'name: web', 'front', 7), [
      'base/deployment.yaml: name: web → name: front',
      'overlay/kustomization.yaml: name: web → name: front',
      'overlay/patch.yaml: name: web → name: front',
    ]);
  });

  it('renames the file that a path means, and every path to it', async () => {
    const answer = await renameAt(shop, 'base/kustomization.yaml', 'deployment.yaml', './web/deploy.yaml');
    assert.ok('plan' in answer);
    assert.deepStrictEqual(answer.plan.moves, [{ from: 'base/deployment.yaml', to: 'base/web/deploy.yaml' }]);
    assert.match(answer.files['base/kustomization.yaml'] ?? '', /- web\/deploy.yaml/);
    const folder = await renameAt(shop, 'overlay/kustomization.yaml', '../base', '../bases/web', 4);
    assert.ok('plan' in folder);
    assert.deepStrictEqual(folder.plan.moves, [{ from: 'base', to: 'bases/web' }]);
    assert.match(folder.files['overlay/kustomization.yaml'] ?? '', /- \.\.\/bases\/web\n/);
    assert.deepStrictEqual(folder.plan.edits.length, 1);
  });

  it('keeps the key of a generated file that gets another name', async () => {
    const { files } = await moveFiles(shop, [{ from: 'base/config.yaml', to: 'base/app.yaml' }]);
    assert.match(files['base/kustomization.yaml'] ?? '', /files: \[config\.yaml=app\.yaml, other=second\.yaml\]/);
  });

  it('rewrites the paths inside files that move', async () => {
    const { files, plan } = await moveFiles(shop, [{ from: 'overlay', to: 'envs/staging/overlay' }]);
    assert.deepStrictEqual(plan.notes, []);
    assert.match(files['envs/staging/overlay/kustomization.yaml'] ?? '', /- \.\.\/\.\.\/\.\.\/base\n/);
    assert.match(files['envs/staging/overlay/kustomization.yaml'] ?? '', /- \.\.\/\.\.\/\.\.\/component\n/);
    assert.match(files['envs/staging/overlay/kustomization.yaml'] ?? '', /- ingress\.yaml\n/);
  });

  it('refuses what would not be valid, is taken, or is not there', async () => {
    assert.match(
      await refusal(shop, 'overlay/patch.yaml', 'name: web', 'Front', 7),
      /cannot name a Deployment: lower-case/,
    );
    assert.match(await refusal(shop, 'base/service.yaml', 'targetPort: http', 'no--port', 13), /at most 15/);
    assert.match(await refusal(shop, 'base/service.yaml', 'app: web', 'a b', 6), /cannot be the value of a label/);
    assert.match(
      await refusal(shop, 'base/deployment.yaml', 'key: LOG_LEVEL', 'TOKEN', 6),
      /exists already, in base\/values.env:1/,
    );
    assert.match(
      await refusal(shop, 'base/kustomization.yaml', 'deployment.yaml', 'service.yaml'),
      /base\/service\.yaml exists already/,
    );
    assert.match(
      await refusal(shop, 'base/kustomization.yaml', 'deployment.yaml', '../../x.yaml'),
      /does not lie in this repository/,
    );
  });

  it('keeps quotes, comments and line ends', async () => {
    const files = filesOf(`
# file: app.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: "settings" # the settings
data: {'a.b': x}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      envFrom:
        - configMapRef: {name: 'settings'}   # all of them
      env:
        - name: A
          valueFrom: {configMapKeyRef: {name: settings, key: "a.b"}}
`);
    files['app.yaml'] = (files['app.yaml'] ?? '').replaceAll('\n', '\r\n');
    const answer = await renameAt(files, 'app.yaml', '"settings"', 'options', 3);
    assert.ok('plan' in answer);
    assert.strictEqual(
      answer.files['app.yaml'],
      files['app.yaml']
        .replace('"settings"', '"options"')
        .replace("'settings'", "'options'")
        .replace('name: settings', 'name: options'),
    );
    const keys = await renameAt(files, 'app.yaml', '"a.b"', 'c.d', 2);
    assert.ok('plan' in keys, JSON.stringify(keys));
    assert.strictEqual(keys.files['app.yaml'], files['app.yaml'].replace("'a.b'", "'c.d'").replace('"a.b"', '"c.d"'));
  });

  const patched = filesOf(`
# file: base/kustomization.yaml
resources: [app.yaml]
# file: base/app.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector: {matchLabels: {app.example/name: web}}
  template:
    metadata: {labels: {app.example/name: web}}
    spec:
      containers:
        - name: server
          image: server:1
          envFrom: [{configMapRef: {name: settings}}]
          env:
            - name: LEVEL
              valueFrom: {configMapKeyRef: {name: settings, key: log.level}}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  log.level: info
# file: overlay/kustomization.yaml
resources: [../base]
patches:
  - target: {kind: Deployment, name: we.*}
    patch: |-
      - {op: add, path: /spec/template/metadata/labels/app.example~1name, value: web}
  - target: {kind: ConfigMap}
    patch: |-
      - op: replace
        path: /data/log.level
        value: debug
  - patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: web
      spec:
        template:
          spec:
            containers:
              - name: server
                image: server:2
replacements:
  - source: {kind: ConfigMap, name: settings, fieldPath: data.log\\.level}
    targets:
      - select: {kind: Deployment}
        fieldPaths: ["spec.template.spec.containers.[name=server].env.[name=LEVEL].value"]
`);

  it('follows names into field paths, with agreement, and into patches', async () => {
    assert.deepStrictEqual(await renamed(patched, 'base/app.yaml', '- name: server', 'front', 8), [
      'base/app.yaml: - name: server → - name: front',
      'overlay/kustomization.yaml: - name: server → - name: front',
      'overlay/kustomization.yaml: fieldPaths: ["spec.template.spec.containers.[name=server].env.[name=LEVEL].value"] → fieldPaths: ["spec.template.spec.containers.[name=front].env.[name=LEVEL].value"]',
    ]);
    assert.deepStrictEqual(await renamed(patched, 'base/app.yaml', '  log.level: info', 'app.log.level', 3), [
      'base/app.yaml: valueFrom: {configMapKeyRef: {name: settings, key: log.level}} → valueFrom: {configMapKeyRef: {name: settings, key: app.log.level}}',
      'base/app.yaml: log.level: info → app.log.level: info',
      'overlay/kustomization.yaml: path: /data/log.level → path: /data/app.log.level',
      'overlay/kustomization.yaml: - source: {kind: ConfigMap, name: settings, fieldPath: data.log\\.level} → - source: {kind: ConfigMap, name: settings, fieldPath: data.app\\.log\\.level}',
    ]);
    const label = await renamed(patched, 'base/app.yaml', '{matchLabels: {app.example/name', 'app', 20);
    assert.ok(
      label.some((line) => line.includes('path: /spec/template/metadata/labels/app, value: web')),
      label.join('\n'),
    );
    const answer = await renameAt(patched, 'base/app.yaml', '- name: server', 'front', 8);
    assert.ok('plan' in answer);
    assert.deepStrictEqual(
      answer.plan.edits.map(({ reason }) => [reason.label, reason.confirm]),
      [
        ['Definition', false],
        ['The same object elsewhere', false],
        ['Field paths that may mean it', true],
      ],
    );
  });

  it('leaves patterns that choose both names, and refuses those that would not', async () => {
    const marker = 'Deployment\nmetadata:\n  name: web';
    const lines = await renamed(patched, 'base/app.yaml', marker, 'web-front', marker.length - 1);
    assert.deepStrictEqual(lines, [
      'base/app.yaml: name: web → name: web-front',
      'overlay/kustomization.yaml: name: web → name: web-front',
    ]);
    assert.match(
      await refusal(patched, 'base/app.yaml', marker, 'front', marker.length - 1),
      /overlay\/kustomization\.yaml:3:38 refers to it as "we\.\*", which does not hold its name/,
    );
  });

  const clusters = filesOf(`
# file: base/kustomization.yaml
resources: [service.yaml]
# file: base/service.yaml
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports: [{name: http, port: 80}]
# file: overlay/kustomization.yaml
namespace: shop
namePrefix: my-
resources: [../base, pod.yaml]
# file: overlay/pod.yaml
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      args: ["--url=http://my-web.shop.svc.cluster.local/x", "--other=http://not-my-web.shop.svc"]
# file: other/kustomization.yaml
namespace: shop
resources: [ingress.yaml]
# file: other/ingress.yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  defaultBackend:
    service:
      name: my-web
      port: {name: http}
# file: .plumbline.yaml
environments:
  - name: production
    sources: [kustomization:overlay, kustomization:other]
`);

  it('looks through prefixes, from both sides', async () => {
    const expected = [
      'base/service.yaml: name: web → name: front',
      'overlay/pod.yaml: args: ["--url=http://my-web.shop.svc.cluster.local/x", "--other=http://not-my-web.shop.svc"] → args: ["--url=http://my-front.shop.svc.cluster.local/x", "--other=http://not-my-web.shop.svc"]',
      'other/ingress.yaml: name: my-web → name: my-front',
    ];
    const marker = 'Service\nmetadata:\n  name: web';
    assert.deepStrictEqual(await renamed(clusters, 'base/service.yaml', marker, 'front', marker.length - 1), expected);
    assert.deepStrictEqual(await renamed(clusters, 'other/ingress.yaml', 'my-web', 'my-front', 4), expected);
    assert.match(
      await refusal(clusters, 'other/ingress.yaml', 'my-web', 'front', 4),
      /an overlay makes "my-web" of "web", and what it adds has to stay/,
    );
  });

  it('asks for agreement to addresses inside other texts', async () => {
    const answer = await renameAt(clusters, 'other/ingress.yaml', 'my-web', 'my-front', 4);
    assert.ok('plan' in answer);
    assert.deepStrictEqual(
      answer.plan.edits.filter(({ reason }) => reason.confirm).map(({ path: file }) => file),
      ['overlay/pod.yaml'],
    );
  });

  it('renames variables of a substitution, and refuses names that hold one', async () => {
    const files = filesOf(`
# file: clusters/source.yaml
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: here, namespace: flux-system}
spec: {url: https://git.example/shop, ref: {branch: main}}
# file: clusters/apps.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  path: ./apps
  sourceRef: {kind: GitRepository, name: here}
  postBuild:
    substitute:
      stage: production
# file: apps/kustomization.yaml
resources: [config.yaml]
# file: apps/config.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data:
  stage: \${stage:=none}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  containers:
    - name: web
      envFrom: [{configMapRef: {name: "\${stage}-settings"}}]
`);
    assert.deepStrictEqual(await renamed(files, 'clusters/apps.yaml', 'stage: production', 'phase', 2), [
      'clusters/apps.yaml: stage: production → phase: production',
      'apps/config.yaml: stage: ${stage:=none} → stage: ${phase:=none}',
      'apps/config.yaml: envFrom: [{configMapRef: {name: "${stage}-settings"}}] → envFrom: [{configMapRef: {name: "${phase}-settings"}}]',
    ]);
    assert.match(await refusal(files, 'apps/config.yaml', '-settings', 'other', 3), /^Cannot rename/);
  });

  it('says at once what cannot be renamed', async () => {
    const files = filesOf(`
# file: chart/Chart.yaml
apiVersion: v2
name: x
version: 1.0.0
# file: pod.yaml
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  serviceAccountName: somebody
  containers:
    - name: web
`);
    const { graph } = await graphOf(files);
    const text = files['pod.yaml'] ?? '';
    const answer = prepareRename(graph, { path: 'pod.yaml', parsed: parseYaml(text) }, text.indexOf('somebody'));
    assert.deepStrictEqual(answer, { refused: 'Cannot rename "somebody": nothing in this repository defines it.' });
  });

  for (const [name, files] of Object.entries({ kustomize: shop })) {
    it(`gives back ${name} byte for byte, and every edge in between`, async () => {
      await roundTrips(files);
    });
  }
});

/** Renames every definition and back. */
export async function roundTrips(files: Files): Promise<number> {
  const { graph } = await graphOf(files);
  const paths = Object.keys(files);
  const before = edgesOf(graph, paths);
  let done = 0;
  for (const file of paths) {
    for (const { entity, at, name } of graph.definitionsIn(file)) {
      if (entity === 'file' || entity === 'folder') {
        continue;
      }
      const parsed = parseYaml(files[at.path] ?? '');
      const offset = parsed.lines.offsetAt(entity === 'label' ? at.range.end : at.range.start);
      const start = prepareRename(graph, { path: at.path, parsed }, offset);
      if (start === undefined || 'refused' in start) {
        continue;
      }
      const newName = entity === 'variable' ? `${start.placeholder}_x` : `${start.placeholder}-x`;
      const there = await planRename(graph, planFiles(files), { path: at.path, offset, newName });
      if ('refused' in there || there.plan.moves.length > 0) {
        continue;
      }
      const after = applied(files, there.plan);
      const second = await graphOf(after);
      assert.deepStrictEqual(edgesOf(second.graph, paths), before, `${entity} ${name} in ${file}`);
      const again = parseYaml(after[at.path] ?? '');
      const where =
        again.lines.offsetAt(at.range.start) +
        (entity === 'label' ? at.range.end.character - at.range.start.character : 0);
      const back = await planRename(second.graph, planFiles(after), {
        path: at.path,
        offset: where,
        newName: start.placeholder,
      });
      assert.ok(!('refused' in back), `${name}: ${'refused' in back ? back.refused : ''}`);
      assert.deepStrictEqual(applied(after, back.plan), files, `${entity} ${name} in ${file}`);
      done++;
    }
  }
  return done;
}
