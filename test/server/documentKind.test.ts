// What the server says that documents are, as the status bar and the hover show it.
import assert from 'node:assert';
import path from 'node:path';
import { documentKindRequest, ownedDocumentsRequest, type DocumentKindView } from '../../server/src/core/protocol';
import { startLanguageServer, type TestServer } from '../support/languageServer';
import { repositoryOf } from '../support/repository';

const files: Record<string, string> = {
  'base/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web}]}
---
apiVersion: example.com/v1
kind: Widget
metadata: {name: w}
`,
  'base/kustomization.yaml': 'resources: [deployment.yaml]\n',
  'overlays/prod/kustomization.yaml':
    'resources: [../../base]\npatches:\n  - path: replicas.yaml\n  - path: ops.yaml\n    target: {kind: Deployment}\n',
  'overlays/prod/replicas.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 5}\n',
  'overlays/prod/ops.yaml': '- op: replace\n  path: /spec/replicas\n  value: 4\n',
  'crds/widget.yaml': `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Widget, plural: widgets}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
`,
  'secret.yaml':
    'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: "ENC[x]"}\nsops: {mac: "ENC[y]"}\n',
  'compose.yaml': 'services:\n  web: {image: nginx}\n',
  '.github/workflows/ci.yaml': 'on: push\njobs: {}\n',
  'kubeconfig.yaml': 'apiVersion: v1\nkind: Config\nclusters: []\n',
  '.plumbline.yaml': 'environments:\n  - name: prod\n    kubernetesVersion: "1.34"\n    sources: [overlays/prod]\n',
};

describe('what documents are', () => {
  let server: TestServer;
  let root: string;
  const uri = (file: string): string => server.uri(path.join(root, file));
  before(async function () {
    this.timeout(20_000);
    root = repositoryOf(files);
    server = await startLanguageServer({ folders: [root] });
    for (const [file, text] of Object.entries(files)) {
      server.open(path.join(root, file), text);
    }
  });
  after(() => server.stop());
  const kind = (file: string, line = 0): Promise<DocumentKindView | null> =>
    server.request(documentKindRequest, { uri: uri(file), line });
  const text = (view: DocumentKindView | null): string[] =>
    view === null
      ? []
      : [
          [view.title, ...(view.part === undefined ? [] : [view.part])].join(' · '),
          view.what,
          `because ${view.because.text}`,
          ...view.remarks.map((remark) => remark.text),
          ...(view.schema === undefined ? [] : [`schema ${view.schema.text}`]),
          ...view.versions.map(({ minor, environments }) => `${minor}: ${environments.join(', ')}`),
        ];

  it('says what an object is, who takes it in, and for which clusters it is checked', async () => {
    const view = text(await kind('base/deployment.yaml'));
    assert.match(view.at(-2) ?? '', /^schema Kubernetes 1\.34[.\d]*, bundled$/);
    assert.deepStrictEqual(
      view.filter((line) => !line.startsWith('schema')),
      [
        'Deployment apps/v1',
        'Kubernetes object Deployment web',
        'because it has apiVersion and kind',
        'Taken in by base/kustomization.yaml',
        '1.34: prod',
      ],
    );
  });

  it('finds the definition of a custom resource in the repository', async () => {
    const view = await kind('base/deployment.yaml', 10);
    assert.strictEqual(view?.title, 'Widget example.com/v1');
    assert.strictEqual(view.schema?.text, 'crds/widget.yaml');
    assert.strictEqual(view.schema.uri, uri('crds/widget.yaml'));
    assert.strictEqual((await kind('crds/widget.yaml'))?.what, 'CustomResourceDefinition of Widget example.com');
  });

  it('knows the definition before anything is said of a custom resource', async () => {
    const fresh = await startLanguageServer({ folders: [root] });
    try {
      const widget = 'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspek: {}\n';
      const first = await fresh.diagnostics(fresh.open(path.join(root, 'widget.yaml'), widget), () => true);
      assert.deepStrictEqual(
        first.map(({ code }) => code),
        ['kubernetes/unknown-field'],
      );
    } finally {
      await fresh.stop();
    }
  });

  it('says of a patch who names it and what it changes', async () => {
    const view = await kind('overlays/prod/replicas.yaml');
    assert.deepStrictEqual(text(view).slice(0, 4), [
      'Deployment apps/v1 · patch',
      'A strategic-merge patch of Deployment web',
      'because overlays/prod/kustomization.yaml names it as a patch',
      'Changes Deployment web of base/deployment.yaml',
    ]);
    assert.deepStrictEqual(view?.because.range?.start, { line: 2, character: 10 });
    assert.deepStrictEqual(text(await kind('overlays/prod/ops.yaml')).slice(0, 3), [
      'JSON Patch',
      'A JSON Patch of 1 operation',
      'because overlays/prod/kustomization.yaml names it as a patch, and it is a list of operations',
    ]);
  });

  it('tells encrypted objects', async () => {
    const view = await kind('secret.yaml');
    assert.strictEqual(view?.part, 'encrypted');
    assert.match(view.remarks.at(-1)?.text ?? '', /^Encrypted with SOPS/);
  });

  it('has nothing to say of what is not ours', async () => {
    for (const file of ['compose.yaml', '.github/workflows/ci.yaml', 'kubeconfig.yaml']) {
      assert.strictEqual(await kind(file), null, file);
    }
  });

  it('names the files that it answers for', async () => {
    const { uris } = await server.request(ownedDocumentsRequest, {});
    assert.deepStrictEqual(
      uris.map((one) => one.slice(uri('').length).replace(/^\//, '')).sort(),
      Object.keys(files)
        .filter((file) => !/compose|ci\.yaml|kubeconfig/.test(file))
        .sort(),
    );
  });

  it('stands at the top of the hover on a kind', async () => {
    const hover = await server.connection.sendRequest<{ contents: { value: string } } | null>('textDocument/hover', {
      textDocument: { uri: uri('overlays/prod/replicas.yaml') },
      position: { line: 1, character: 8 },
    });
    assert.match(
      hover?.contents.value ?? '',
      /^\*\*A strategic-merge patch of Deployment web\*\* {2}\nbecause \[overlays\/prod\/kustomization\.yaml names it as a patch\]\(file:[^)]*#L3\) {2}\n\[Changes /,
    );
  });
});
