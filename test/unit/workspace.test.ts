// Discovery on small repositories of each kind: sources, graph, environments, roles of files.
import assert from 'node:assert/strict';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { createDiscovery, discover, findSource, type DiscoverOptions } from '../../server/src/core/workspace/discover';
import type { Source, Workspace } from '../../server/src/core/workspace/source';
import { filesOf, memoryTree } from '../support/memoryFiles';

const found = (text: string, options?: DiscoverOptions): Promise<Workspace> =>
  discover(memoryTree(filesOf(text)), options);
const ids = (workspace: Workspace): string[] => workspace.sources.map((s) => `${s.root ? '' : '- '}${s.id}`);
const source = (workspace: Workspace, id: string): Source => {
  const one = workspace.sources.find((s) => s.id === id);
  assert.ok(one, `${id} in ${ids(workspace).join(' ')}`);
  return one;
};
const reason = (one: Source): string =>
  one.render.tool === 'unsupported' ? one.render.reason : `rendered by ${one.render.tool}`;
const places = (workspace: Workspace): string[] =>
  workspace.problems.map(
    (p) => `${p.path}:${p.range.start.line + 1}:${p.range.start.character + 1} ${p.rule} ${p.message}`,
  );

const configMap = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;

describe('kustomizations', () => {
  const text = `
# file: apps/base/kustomization.yaml
resources: [app.yaml]
# file: apps/base/app.yaml
${configMap('app')}
# file: apps/base/forgotten.yaml
${configMap('forgotten')}
# file: apps/overlays/staging/kustomization.yaml
resources: [../../base]
components: [../../part]
patches:
  - path: patch.yaml
configMapGenerator:
  - name: files
    files: [key=note.txt]
# file: apps/overlays/staging/patch.yaml
${configMap('app')}
# file: apps/overlays/staging/note.txt
hello
# file: apps/part/kustomization.yaml
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
`;
  it('are sources; bases are not roots, components are no sources', async () => {
    assert.deepEqual(ids(await found(text)), ['- kustomization:apps/base', 'kustomization:apps/overlays/staging']);
  });
  it('give files their roles; a file that nobody names is checked and not deployed', async () => {
    const roles = Object.fromEntries((await found(text)).files.map((f) => [f.path, f.role]));
    assert.equal(roles['apps/base/app.yaml'], 'manifest');
    assert.equal(roles['apps/base/forgotten.yaml'], 'manifest');
    assert.equal(roles['apps/overlays/staging/patch.yaml'], 'patch');
    assert.equal(roles['apps/overlays/staging/note.txt'], 'input');
    assert.equal(roles['apps/part/kustomization.yaml'], 'kustomization');
  });
  it('name patches in files of their transformers, too, from their own folder', async () => {
    const transformer = (kind: string, field: string): string =>
      `apiVersion: builtin\nkind: ${kind}\nmetadata: {name: a}\n${field}\n`;
    const { files } = await found(`
# file: app/kustomization.yaml
resources: [whole.yaml]
transformers: [t/one.yaml, t/two.yaml, t/three.yaml]
# file: app/t/one.yaml
${transformer('PatchTransformer', 'path: patch.yaml')}
# file: app/t/two.yaml
${transformer('PatchStrategicMergeTransformer', 'paths: [merge.yaml, whole.yaml]')}
# file: app/t/three.yaml
${transformer('LabelTransformer', 'path: other.yaml')}
# file: app/patch.yaml
${configMap('app')}
# file: app/merge.yaml
${configMap('app')}
# file: app/whole.yaml
${configMap('app')}
# file: app/other.yaml
${configMap('other')}
`);
    const roles = Object.fromEntries(files.map((f) => [f.path, f.role]));
    assert.equal(roles['app/patch.yaml'], 'patch');
    assert.equal(roles['app/merge.yaml'], 'patch');
    assert.equal(roles['app/whole.yaml'], 'manifest');
    assert.equal(roles['app/other.yaml'], 'manifest');
  });
  it('are not needed where a definition only says how to convert: a patch for kubectl', async () => {
    const definition = (spec: string): string =>
      `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: as.b.c}\nspec: ${spec}\n`;
    const { files, sources } = await found(`
# file: a/patch.yaml
${definition('{conversion: {strategy: None}}')}
# file: b/started.yaml
${definition('{conversion: {strategy: None}, group: b.c}')}
# file: c/empty.yaml
${definition('{}')}
# file: d/kustomization.yaml
resources: [named.yaml]
# file: d/named.yaml
${definition('{conversion: {strategy: None}}')}
`);
    const roles = Object.fromEntries(files.map((f) => [f.path, f.role]));
    assert.deepEqual(
      ['a/patch.yaml', 'b/started.yaml', 'c/empty.yaml', 'd/named.yaml'].map((path) => roles[path]),
      ['patch', 'manifest', 'manifest', 'manifest'],
    );
    assert.deepEqual(sources.map(({ id }) => id).sort(), ['folder:b', 'folder:c', 'kustomization:d']);
  });
  it('make environments by their folder names', async () => {
    const { environments } = await found(text);
    assert.deepEqual(
      environments.map((e) => [e.name, e.foundBy, e.sources]),
      [['staging', 'overlay', ['kustomization:apps/overlays/staging']]],
    );
  });
  it('report what is missing at the reference', async () => {
    const workspace = await found(`
# file: kustomization.yaml
resources:
  - gone.yaml
  - folder
  - ../outside.yaml
configMapGenerator:
  - name: a
    files: [key=gone.txt]
# file: folder/readme.md
x
`);
    assert.deepEqual(places(workspace), [
      'kustomization.yaml:2:5 kustomize/missing-file gone.yaml does not exist.',
      'kustomization.yaml:3:5 kustomize/missing-file folder has no kustomization.yaml.',
      'kustomization.yaml:4:5 kustomize/missing-file ../outside.yaml lies outside the repository.',
      'kustomization.yaml:7:13 kustomize/missing-file gone.txt does not exist.',
    ]);
  });
  it('say when they need something from elsewhere, also through a base', async () => {
    const workspace = await found(`
# file: a/kustomization.yaml
resources: [../b]
# file: b/kustomization.yaml
resources: ["https://example.com/x.yaml"]
`);
    assert.match(reason(source(workspace, 'kustomization:a')), /b\/kustomization\.yaml needs https:\/\/example\.com/);
  });
  it('that include each other are a cycle', async () => {
    const workspace = await found(`
# file: a/kustomization.yaml
resources: [../b]
# file: b/kustomization.yaml
resources: [../a]
`);
    assert.ok(places(workspace).some((p) => p.includes('kustomize/cycle')));
  });
});

describe('patch targets', () => {
  const overlay = (target: string): string => `
# file: base/kustomization.yaml
resources: [app.yaml]
namePrefix: my-
# file: base/app.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
# file: kustomization.yaml
resources: [base]
patches:
  - patch: "[]"
    target: ${target}
`;
  it('that select nothing are reported', async () => {
    assert.deepEqual(places(await found(overlay('{kind: Deployment, name: wbe}'))), [
      'kustomization.yaml:4:38 kustomize/missing-patch-target The patch does nothing: no Deployment wbe is among the resources.',
    ]);
    assert.equal((await found(overlay('{kind: StatefulSet}'))).problems.length, 1);
  });
  it('may name the original or the changed name, or a pattern', async () => {
    for (const target of [
      '{kind: Deployment, name: web}',
      '{name: my-web}',
      '{kind: Deploy.*, name: "w.*"}',
      '{labelSelector: a=b}',
    ]) {
      assert.deepEqual(places(await found(overlay(target))), [], target);
    }
  });
});

describe('charts', () => {
  it('are sources; libraries, vendored and used ones are not roots', async () => {
    const workspace = await found(`
# file: charts/web/Chart.yaml
name: web
dependencies:
  - {name: common, repository: "file://../common", version: "1"}
# file: charts/web/charts/common/Chart.yaml
name: common
type: library
# file: charts/web/templates/app.yaml
kind: {{ .Values.kind }}
# file: charts/web/crds/thing.yaml
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
# file: charts/common/Chart.yaml
name: common
type: library
# file: charts/lonely/Chart.yaml
name: lonely
dependencies:
  - {name: redis, repository: "https://example.com", version: "1"}
`);
    assert.deepEqual(ids(workspace), ['chart:charts/lonely', 'chart:charts/web']);
    assert.match(reason(source(workspace, 'chart:charts/lonely')), /redis .*helm dependency build/);
    const roles = Object.fromEntries(workspace.files.map((f) => [f.path, f.role]));
    assert.equal(roles['charts/web/templates/app.yaml'], 'template');
    assert.equal(roles['charts/web/crds/thing.yaml'], 'crd');
  });
});

const gitRepository = `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: fleet, namespace: flux-system}
spec: {url: "https://git.example/shop/fleet"}
`;
const fluxKustomization = (name: string, path: string, more = ''): string => `---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: ${name}
  namespace: flux-system
spec:
  path: ${path}
  sourceRef: {kind: GitRepository, name: fleet}
${more}`;
const remotes = [{ name: 'origin', url: 'git@git.example:shop/fleet.git' }];

describe('Flux', () => {
  const text = `
# file: clusters/staging/flux.yaml
${gitRepository}${fluxKustomization('apps', './apps/staging', '  dependsOn: [{name: infra}]\n')}${fluxKustomization('infra', './infra', '  postBuild: {substitute: {region: eu}}\n')}
# file: apps/staging/kustomization.yaml
resources: [release.yaml]
# file: apps/staging/release.yaml
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: web}
spec:
  chart:
    spec:
      chart: ./charts/web
      sourceRef: {kind: GitRepository, name: fleet, namespace: flux-system}
      valuesFiles: [charts/web/values.yaml, charts/web/values-staging.yaml]
  values: {replicas: 2}
# file: charts/web/Chart.yaml
name: web
# file: charts/web/values.yaml
replicas: 1
# file: infra/namespace.yaml
apiVersion: v1
kind: Namespace
metadata: {name: web}
`;
  it('Kustomizations and HelmReleases are sources of an environment, in the order of their dependencies', async () => {
    const workspace = await found(text, { remotes });
    assert.deepEqual(
      workspace.environments.map((e) => [e.name, e.foundBy, e.sources]),
      [
        [
          'staging',
          'flux',
          [
            'folder:clusters/staging',
            'fluxKustomization:clusters/staging/flux.yaml#flux-system/infra',
            'fluxKustomization:clusters/staging/flux.yaml#flux-system/apps',
            'fluxHelmRelease:apps/staging/release.yaml#web/web',
          ],
        ],
      ],
    );
    assert.equal(source(workspace, 'chart:charts/web').root, false);
    assert.equal(source(workspace, 'kustomization:apps/staging').root, false);
  });
  it('are rendered as their controllers would', async () => {
    const workspace = await found(text, { remotes });
    assert.deepEqual(source(workspace, 'fluxHelmRelease:apps/staging/release.yaml#web/web').render, {
      tool: 'helm',
      chart: 'charts/web',
      release: 'web',
      namespace: 'web',
      valuesFiles: ['charts/web/values-staging.yaml'],
      includeCrds: true,
      values: { replicas: 2 },
      valuesAt: { path: 'apps/staging/release.yaml', line: 9 },
    });
    const infra = source(workspace, 'fluxKustomization:clusters/staging/flux.yaml#flux-system/infra');
    assert.deepEqual(infra.render, {
      tool: 'kustomize',
      dir: 'infra',
      flux: { at: '/spec', substitute: { region: 'eu' } },
    });
    assert.equal(workspace.files.find((f) => f.path === 'infra/namespace.yaml')?.role, 'manifest');
  });
  it('of another repository are not rendered; without remotes it is assumed to be this one', async () => {
    const other = await found(text, { remotes: [{ name: 'origin', url: 'https://git.example/shop/else' }] });
    const id = 'fluxKustomization:clusters/staging/flux.yaml#flux-system/apps';
    assert.match(reason(source(other, id)), /another repository/);
    const none = await found(text);
    assert.equal(source(none, id).render.tool, 'kustomize');
    assert.match(source(none, id).assumed ?? '', /has no remote/);
  });
  it('name a missing path', async () => {
    const workspace = await found(
      `
# file: clusters/staging/flux.yaml
${gitRepository}${fluxKustomization('apps', './gone')}
`,
      { remotes },
    );
    assert.deepEqual(places(workspace), [
      'clusters/staging/flux.yaml:12:9 flux/missing-path The path ./gone of Kustomization apps does not exist in this repository.',
    ]);
  });
  it('charts from elsewhere, values that are not here: unsupported, with the reason', async () => {
    const release = (spec: string): string => `
# file: release.yaml
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: web}
spec: ${spec}
# file: charts/web/Chart.yaml
name: web
`;
    const id = 'fluxHelmRelease:release.yaml#web/web';
    const local = 'chart: {spec: {chart: charts/web, sourceRef: {kind: GitRepository, name: fleet}}}';
    for (const [spec, expected] of [
      ['{chart: {spec: {chart: web, sourceRef: {kind: HelmRepository, name: shop}}}}', /HelmRepository shop/],
      ['{chartRef: {kind: OCIRepository, name: web}}', /OCIRepository web/],
      [`{${local}, valuesFrom: [{kind: Secret, name: s}]}`, /Secret web\/s/],
    ] as const) {
      assert.match(reason(source(await found(release(spec)), id)), expected);
    }
  });
  it('a release that an overlay changes is not rendered as its file says', async () => {
    const changed = (patch: string): string => `
# file: overlay/kustomization.yaml
resources: [../base]
${patch}
# file: overlay/patch.yaml
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: web}
# file: base/kustomization.yaml
namespace: web
resources: [release.yaml]
# file: base/release.yaml
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: web}
spec: {chart: {spec: {chart: charts/web, sourceRef: {kind: GitRepository, name: fleet}}}}
# file: charts/web/Chart.yaml
name: web
`;
    const id = 'fluxHelmRelease:base/release.yaml#web/web';
    for (const patch of [
      'patches: [{path: patch.yaml}]',
      'patches: [{patch: "[]", target: {kind: HelmRelease}}]',
      'namePrefix: x-',
      'namespace: other',
    ]) {
      assert.match(reason(source(await found(changed(patch)), id)), /^overlay\/kustomization\.yaml changes it/, patch);
    }
    for (const patch of ['', 'patches: [{patch: "[]", target: {kind: Deployment}}]', 'commonLabels: {a: b}']) {
      assert.equal(source(await found(changed(patch)), id).render.tool, 'helm', patch);
    }
  });
  it('take values and variables from ConfigMaps of the repository', async () => {
    const workspace = await found(`
# file: release.yaml
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web, namespace: web}
spec:
  chart: {spec: {chart: charts/web, sourceRef: {kind: GitRepository, name: fleet}}}
  valuesFrom: [{kind: ConfigMap, name: shared}]
  values: {b: {d: 3}}
# file: values.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: shared, namespace: web}
data:
  values.yaml: |
    a: 1
    b: {c: 2}
# file: charts/web/Chart.yaml
name: web
`);
    const { render } = source(workspace, 'fluxHelmRelease:release.yaml#web/web');
    assert.deepEqual(render.tool === 'helm' && render.values, { a: 1, b: { c: 2, d: 3 } });
  });
  it('artifacts lead back to the folders that they are copied from', async () => {
    const workspace = await found(`
# file: clusters/staging/all.yaml
apiVersion: source.extensions.fluxcd.io/v1beta1
kind: ArtifactGenerator
metadata: {name: parts, namespace: flux-system}
spec:
  sources: [{alias: repo, kind: GitRepository, name: fleet}]
  artifacts:
    - name: apps
      copy:
        - {from: "@repo/apps/base/**", to: "@artifact/base/"}
        - {from: "@repo/apps/staging/**", to: "@artifact/staging/"}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec: {path: ./staging, sourceRef: {kind: ExternalArtifact, name: apps}}
# file: apps/staging/kustomization.yaml
resources: []
`);
    assert.equal(
      source(workspace, 'fluxKustomization:clusters/staging/all.yaml#flux-system/apps').path,
      'apps/staging',
    );
  });
});

const application = (name: string, spec: string): string => `---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: ${name}, namespace: argocd}
spec:
  destination: {server: "https://kubernetes.default.svc", namespace: web}
  source:
    repoURL: https://git.example/shop/fleet.git
${spec}`;

describe('Argo CD', () => {
  const repository = `
# file: argocd/apps.yaml
${application('plain', '    path: manifests\n    directory: {recurse: true, exclude: "*.skip.yaml"}\n')}${application('overlay', '    path: apps/staging\n    kustomize: {namePrefix: x-, images: ["nginx=registry/nginx:1.2"]}\n')}${application('chart', '    path: charts/web\n    helm:\n      releaseName: front\n      valueFiles: [values-prod.yaml, /shared.yaml]\n      values: "a: 1"\n      parameters: [{name: b.c, value: "2"}, {name: d, value: "3", forceString: true}]\n')}${application('elsewhere', '    path: x\n').replace('shop/fleet', 'shop/other')}
# file: manifests/a.yaml
${configMap('a')}
# file: manifests/sub/b.yaml
${configMap('b')}
# file: manifests/c.skip.yaml
${configMap('c')}
# file: apps/staging/kustomization.yaml
resources: []
# file: charts/web/Chart.yaml
name: web
# file: charts/web/values-prod.yaml
a: 0
# file: shared.yaml
z: 1
`;
  const render = async (name: string): Promise<Source['render']> =>
    source(await found(repository, { remotes }), `argoApplication:argocd/apps.yaml#argocd/${name}`).render;

  it('directories, kustomizations and charts are rendered with their options', async () => {
    assert.deepEqual(await render('plain'), { tool: 'folder', files: ['manifests/a.yaml', 'manifests/sub/b.yaml'] });
    assert.deepEqual(await render('overlay'), {
      tool: 'kustomize',
      dir: 'apps/staging',
      flux: {
        at: '/spec/source/kustomize',
        namePrefix: 'x-',
        images: [{ name: 'nginx', newName: 'registry/nginx', newTag: '1.2' }],
      },
    });
    const chart = await render('chart');
    assert.ok(chart.tool === 'helm');
    assert.equal(chart.release, 'front');
    assert.equal(chart.namespace, 'web');
    assert.deepEqual(chart.valuesFiles, ['charts/web/values-prod.yaml', 'shared.yaml']);
    assert.deepEqual(chart.values, { a: 1, b: { c: 2 }, d: '3' });
  });
  it('another repository is said to be one', async () => {
    const other = await render('elsewhere');
    assert.ok(other.tool === 'unsupported');
    assert.match(other.reason, /another repository/);
  });
  it('what a manifest of an Application takes in is no source of its own', async () => {
    const workspace = await found(repository, { remotes });
    // What the Application leaves out stays with the folder.
    assert.deepEqual(source(workspace, 'folder:manifests').render, {
      tool: 'folder',
      files: ['manifests/c.skip.yaml'],
    });
    assert.equal(source(workspace, 'chart:charts/web').root, false);
  });
});

describe('plain folders', () => {
  it('are manifests that nothing else takes in, without the files of tools', async () => {
    const workspace = await found(`
# file: deploy/a.yaml
${configMap('a')}
# file: deploy/kind.yaml
apiVersion: kind.x-k8s.io/v1alpha4
kind: Cluster
# file: deploy/kubeconfig.yaml
apiVersion: v1
kind: Config
# file: deploy/values.yaml
a: 1
`);
    assert.deepEqual(source(workspace, 'folder:deploy').render, { tool: 'folder', files: ['deploy/a.yaml'] });
  });
});

describe('configuration on top', () => {
  const text = (config: string): string => `
# file: .plumbline.yaml
${config}
# file: overlays/staging/kustomization.yaml
resources: []
# file: plain/a.yaml
${configMap('a')}
# file: plain/sub/b.yaml
${configMap('b')}
# file: snapshots/staging/live.yaml
${configMap('live')}
`;
  it('completes what was found and adds what was not', async () => {
    const workspace = await found(
      text(`environments:
  - name: staging
    target: {snapshot: snapshots/staging}
    protected: true
  - name: lab
    sources: [plain, overlays/staging]
`),
    );
    assert.deepEqual(
      workspace.environments.map(({ declared: _declared, ...rest }) => rest),
      [
        {
          name: 'staging',
          sources: ['kustomization:overlays/staging'],
          target: { type: 'snapshot', path: 'snapshots/staging' },
          protected: true,
          foundBy: 'overlay',
        },
        {
          name: 'lab',
          sources: ['folder:plain', 'kustomization:overlays/staging'],
          target: undefined,
          protected: false,
          foundBy: 'configuration',
        },
      ],
    );
    // The other side of a comparison is not something that the repository deploys.
    assert.ok(!workspace.files.some((f) => f.path.startsWith('snapshots/')));
  });
  it('names a source that does not exist, with what was meant', async () => {
    assert.deepEqual(
      places(await found(text('environments:\n  - name: lab\n    sources:\n      - overlays/stagin\n'))),
      [
        '.plumbline.yaml:4:9 plumbline/unknown-source There is no source overlays/stagin. Did you mean overlays/staging?',
      ],
    );
  });
  it('leaves out snapshots that lie in the repository, also where nothing is compared with them', async () => {
    const workspace = await found(
      `# file: plain/a.yaml\n${configMap('a')}# file: taken/snapshot.yaml\nkind: Snapshot\nname: staging\n# file: taken/shop/core.ConfigMap/a.yaml\n${configMap('live')}`,
    );
    assert.deepEqual(
      workspace.files.map((f) => f.path),
      ['plain/a.yaml'],
    );
    // A file that only has the name is like every other.
    const other = await found(`# file: taken/snapshot.yaml\napiVersion: v1\nkind: Snapshot\nmetadata:\n  name: x\n`);
    assert.equal(other.files.length, 1);
  });
  it('leaves out what it excludes', async () => {
    const workspace = await found(text('exclude: [plain]\n'));
    assert.ok(!workspace.files.some((f) => f.path.startsWith('plain/')));
  });
});

describe('discovery', () => {
  it('reads a file again only when its text changed', async () => {
    const files = filesOf(`# file: k/kustomization.yaml\nresources: [a.yaml]\n# file: k/a.yaml\n${configMap('a')}`);
    const discovery = createDiscovery();
    const first = await discovery.discover(memoryTree(files));
    assert.deepEqual(await discovery.discover(memoryTree(files)), first);
    const second = await discovery.discover(memoryTree({ ...files, 'k/kustomization.yaml': 'resources: [b.yaml]\n' }));
    assert.deepEqual(
      second.problems.map((p) => p.rule),
      ['kustomize/missing-file'],
    );
  });
  it('knows which edits of a file change nothing, and is never wrong about it', async () => {
    const text = `kind: Deployment\napiVersion: apps/v1\nmetadata:\n  name: web\nspec:\n  replicas: 2\n---\n${configMap('settings')}`;
    const files = filesOf(`
# file: apps/web.yaml
${text}
# file: clusters/one/apps.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: apps
  namespace: flux-system
spec:
  path: ./apps
# file: k/kustomization.yaml
resources: []
`);
    const edits: [path: string, from: RegExp, to: string, same: boolean][] = [
      ['apps/web.yaml', /replicas: 2/, 'replicas: 2x', true],
      ['apps/web.yaml', /replicas: 2/, 'replicas: [', true],
      ['apps/web.yaml', /replicas: 2/, '# shorter', true],
      ['apps/web.yaml', /name: web/, 'name: webb', false],
      ['apps/web.yaml', /kind: Deployment/, 'kind: Deploy', false],
      ['apps/web.yaml', /kind: ConfigMap/, 'kind: Config', false],
      ['apps/web.yaml', /---\n/, '', false],
      ['apps/web.yaml', /$/, '\n---\napiVersion: v1\nkind: Service\nmetadata:\n  name: new\n', false],
      ['apps/web.yaml', /name: settings/, 'name: settings\ndata: {a: b}', false],
      ['clusters/one/apps.yaml', /path: .\/apps/, 'path: ./k', false],
      ['k/kustomization.yaml', /resources/, '# a comment\nresources', false],
      ['new.yaml', /^/, text, false],
    ];
    for (const [path, from, to, same] of edits) {
      const discovery = createDiscovery();
      const before = await discovery.discover(memoryTree(files));
      const edited = (files[path] ?? '').replace(from, to);
      assert.equal(discovery.isSame(path, edited), same, `${path}: ${to}`);
      assert.equal(discovery.isSame(path, edited, parseYaml(edited)), same, `${path}: ${to}, with its tree`);
      if (same) {
        assert.deepEqual(await discover(memoryTree({ ...files, [path]: edited })), before);
      }
    }
  });
  it('finds a source by id, path, file or name', async () => {
    const { sources } = await found(`
# file: charts/web/Chart.yaml
name: front
# file: apps/kustomization.yaml
resources: []
`);
    for (const [text, id] of [
      ['chart:charts/web', 'chart:charts/web'],
      ['charts/web/', 'chart:charts/web'],
      ['front', 'chart:charts/web'],
      ['./apps', 'kustomization:apps'],
      ['apps/kustomization.yaml', 'kustomization:apps'],
      ['nothing', undefined],
    ] as const) {
      assert.equal(findSource(sources, text)?.id, id, text);
    }
  });
  it('never fails on what it reads', async () => {
    const workspace = await found(`
# file: kustomization.yaml
resources: {a: [
# file: Chart.yaml
- [
# file: flux.yaml
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
spec: 7
# file: argo.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: []
spec: {source: [], sources: x}
# file: .plumbline.yaml
- 1
`);
    assert.ok(workspace.problems.length > 0);
  });
});
