// Renderings by the real engine of what controllers add to a folder: Flux overlays, post-build variables, Argo CD options; and that
// origins lead to lines that a person wrote.
import assert from 'node:assert/strict';
import { createEngines, type Engines } from '../../server/src/adapters/engines';
import { createFileTree } from '../../server/src/adapters/nodeFiles';
import { renderSource, type RenderPorts } from '../../server/src/core/render/renderSource';
import type { Rendering } from '../../server/src/core/render/rendering';
import { originOf, type Scope } from '../../server/src/core/render/resources';
import { discover } from '../../server/src/core/workspace/discover';
import { productFolder } from '../../server/src/productFolder';
import { filesOf } from '../support/memoryFiles';
import { repositoryOf } from '../support/repository';

const base = `
# file: app/kustomization.yaml
resources:
  - deployment.yaml
  - config.yaml
patches:
  - patch: |-
      - op: replace
        path: /spec/replicas
        value: 3
    target: {kind: Deployment}
images:
- name: web
  newTag: "1"
# file: app/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: web
          image: web
          env:
            - name: REGION
              value: \${region}
            - name: TIER
              value: \${tier:=gold}
            - name: PRICE
              value: $\${price}
# file: app/config.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: plain
  annotations:
    kustomize.toolkit.fluxcd.io/substitute: disabled
data:
  text: \${region}
`;

const kustomization = (spec: string): string => `
# file: flux.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: app
  namespace: flux-system
spec:
  interval: 1m
  prune: true
  sourceRef: {kind: GitRepository, name: fleet}
${spec}`;

describe('renderings', () => {
  let engines: Engines;
  let ports: RenderPorts;
  const scope: Scope = (_, kind) => !['Namespace', 'ClusterRole', 'GatewayClass'].includes(kind);
  before(() => {
    const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
    engines = createEngines({ folder: productFolder('engines'), log: silent });
    ports = { renderer: engines.renderer, scope };
  });
  after(() => engines.dispose());

  const render = async (text: string, id: string): Promise<Rendering> => {
    const tree = createFileTree(repositoryOf(filesOf(text)));
    const workspace = await discover(tree);
    const source = workspace.sources.find((s) => s.id === id);
    assert.ok(source, workspace.sources.map((s) => s.id).join(' '));
    return renderSource(source, tree, undefined, ports);
  };
  const flux = (spec: string, files = base): Promise<Rendering> =>
    render(files + kustomization(spec), 'fluxKustomization:flux.yaml#flux-system/app');
  const good = (rendering: Rendering): Rendering => {
    assert.equal(rendering.failure, undefined, rendering.failure?.message);
    return rendering;
  };
  /** `line of the rendering < source line` for every line that matches. */
  const lines = (rendering: Rendering, pattern: RegExp): string[] =>
    rendering.yaml.split('\n').flatMap((line, i) => {
      const [origin] = rendering.origins[i] ?? [];
      return pattern.test(line)
        ? [`${line.trim()} < ${origin === undefined ? '' : `${origin.path}:${origin.line + 1}`}`]
        : [];
    });

  it('a Flux Kustomization without additions is its folder', async () => {
    const plain = good(await render(base, 'kustomization:app'));
    assert.equal(good(await flux('  path: ./app\n')).yaml, plain.yaml);
  });

  it('namespace, names, images, patches and metadata are added where Flux adds them', async () => {
    const rendering = good(
      await flux(`  path: ./app
  targetNamespace: shop
  namePrefix: my-
  images:
    - name: web
      newName: registry/web
      newTag: "2"
  patches:
    - patch: |
        - op: add
          path: /spec/paused
          value: true
      target:
        kind: Deployment
  commonMetadata:
    labels:
      team: a
    annotations: {owner: b}
`),
    );
    assert.deepEqual(lines(rendering, /namespace: /), [
      'namespace: shop < flux.yaml:11',
      'namespace: shop < flux.yaml:11',
    ]);
    assert.deepEqual(lines(rendering, /^ {2}name: /), ['name: my-plain < flux.yaml:12', 'name: my-web < flux.yaml:12']);
    assert.match(lines(rendering, /image: registry\/web:2/).join(), / < flux\.yaml:1[3-6]/);
    assert.deepEqual(lines(rendering, /paused: true/), ['paused: true < flux.yaml:21']);
    assert.deepEqual(lines(rendering, /replicas: 3/), ['replicas: 3 < app/kustomization.yaml:8']);
    assert.equal(lines(rendering, /^ {4}team: a/).length, 2);
    assert.equal(lines(rendering, /^ {4}owner: b/).length, 2);
    // Only the objects' own metadata: not the pod template's.
    assert.equal(lines(rendering, /^ {8}team: a/).length, 0);
    for (const origin of rendering.origins.flat()) {
      assert.ok(
        ['flux.yaml', 'app/kustomization.yaml', 'app/deployment.yaml', 'app/config.yaml'].includes(origin.path),
      );
    }
    assert.deepEqual(
      rendering.resources.map((r) => `${r.key.kind} ${r.key.namespace}/${r.key.name}`),
      ['ConfigMap shop/my-plain', 'Deployment shop/my-web'],
    );
  });

  it('variables are set after the build, except where they are switched off', async () => {
    const rendering = good(await flux('  path: ./app\n  postBuild: {substitute: {region: eu}}\n'));
    assert.deepEqual(lines(rendering, /value: /), [
      'value: eu < app/deployment.yaml:18',
      'value: gold < app/deployment.yaml:20',
      'value: ${price} < app/deployment.yaml:22',
    ]);
    assert.deepEqual(lines(rendering, /text: /), ['text: ${region} < app/config.yaml:8']);
  });

  it('variables from elsewhere stay unknown, and so do the objects that use them', async () => {
    const rendering = good(
      await flux(
        '  path: ./app\n  postBuild: {substitute: {region: eu}, substituteFrom: [{kind: Secret, name: vars}]}\n',
      ),
    );
    assert.deepEqual(
      rendering.resources.map((r) => [r.key.kind, r.unresolved]),
      [
        ['ConfigMap', undefined],
        ['Deployment', ['tier']],
      ],
    );
  });

  it('a faulty expression fails at its line', async () => {
    const broken = base.replace('${region}\n            - name: TIER', '${region\n            - name: TIER');
    const { failure, resources } = await flux('  path: ./app\n  postBuild: {substitute: {region: eu}}\n', broken);
    assert.match(failure?.message ?? '', /^Variable substitution failed: /);
    assert.deepEqual([failure?.path, failure?.line], ['app/deployment.yaml', 17]);
    assert.deepEqual(resources, []);
  });

  it('a folder without a kustomization gets the one that Flux would write', async () => {
    const rendering = good(
      await render(
        `
# file: all/a.yaml
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
# file: all/sub/b.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: b}
# file: all/own/kustomization.yaml
namePrefix: x-
resources: [c.yaml]
# file: all/own/c.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
# file: .sourceignore
/all/skip
# file: all/skip/d.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: d}
${kustomization('  path: ./all\n  targetNamespace: shop\n')}`,
        'fluxKustomization:flux.yaml#flux-system/app',
      ),
    );
    assert.deepEqual(rendering.resources.map((r) => `${r.key.kind} ${r.key.namespace}/${r.key.name}`).sort(), [
      'ClusterRole /reader',
      'ConfigMap shop/b',
      'ConfigMap shop/x-c',
    ]);
    assert.deepEqual(
      originOf(rendering, rendering.resources.find((r) => r.key.name === 'b') ?? assert.fail(), ['kind'])?.path,
      'all/sub/b.yaml',
    );
  });

  it('an Argo CD Application renders with its options', async () => {
    const rendering = good(
      await render(
        `${base}
# file: argo.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: app, namespace: argocd}
spec:
  project: default
  destination: {server: "https://kubernetes.default.svc", namespace: shop}
  source:
    repoURL: https://git.example/shop
    path: app
    kustomize:
      nameSuffix: -blue
      images: ["web:7"]
`,
        'argoApplication:argo.yaml#argocd/app',
      ),
    );
    assert.deepEqual(
      rendering.resources.map((r) => `${r.key.namespace}/${r.key.name}`),
      ['shop/plain-blue', 'shop/web-blue'],
    );
    assert.match(lines(rendering, /image: web:7/).join(), / < argo\.yaml:1[23]$/);
  });

  it('what cannot be rendered is a failure and never an empty success', async () => {
    const { failure } = await render(
      '# file: kustomization.yaml\nresources: ["https://example.com/x.yaml"]\n',
      'kustomization:',
    );
    assert.match(failure?.message ?? '', /cannot be rendered: .*does not fetch/);
  });

  it('lists, duplicates and documents of a folder', async () => {
    const rendering = good(
      await render(
        `
# file: all/list.yaml
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: ConfigMap
    metadata:
      name: a
  - apiVersion: v1
    kind: Namespace
    metadata: {name: space, namespace: nonsense}
# file: all/more.yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: a
`,
        'folder:all',
      ),
    );
    assert.deepEqual(
      rendering.resources.map((r) => `${r.key.kind} ${r.key.namespace}/${r.key.name}`),
      ['ConfigMap default/a', 'Namespace /space', 'ConfigMap default/a'],
    );
    const [second] = rendering.resources;
    assert.ok(second);
    assert.deepEqual(originOf(rendering, second, ['metadata', 'name']), {
      path: 'all/list.yaml',
      line: 6,
      character: 6,
      role: 'resource',
    });
    assert.deepEqual(
      rendering.problems.map((p) => `${p.path}:${p.range.start.line + 1} ${p.rule}`),
      ['all/more.yaml:4 kubernetes/duplicate-object'],
    );
  });
});
