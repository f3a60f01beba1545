// Several Kubernetes versions at once, as an editor sees them: a base that two environments deploy is judged for both.
import assert from 'node:assert/strict';
import path from 'node:path';
import { upgradeRequest, workspaceRequest } from '../../server/src/core/protocol';
import { startLanguageServer, type TestServer } from '../support/languageServer';
import { repositoryOf } from '../support/repository';

const pod = `apiVersion: v1
kind: Pod
metadata:
  name: trainer
spec:
  serviceAccount: trainer
  containers:
    - name: trainer
      image: example.com/trainer:1
`;
const budget = `apiVersion: storage.k8s.io/v1beta1
kind: VolumeAttributesClass
metadata:
  name: fast
driverName: a.example.com # ours
`;

describe('versions in the editor', () => {
  let server: TestServer;
  let root: string;
  before(async () => {
    root = repositoryOf({
      '.plumbline.yaml':
        'environments:\n  - name: staging\n    kubernetesVersion: "1.33"\n  - name: production\n    kubernetesVersion: "1.36"\n',
      'base/kustomization.yaml': 'resources: [pod.yaml, class.yaml]\n',
      'base/pod.yaml': pod,
      'base/class.yaml': budget,
      'overlays/staging/kustomization.yaml': 'resources: [../../base]\n',
      'overlays/production/kustomization.yaml': 'resources: [../../base]\n',
    });
    server = await startLanguageServer({ folders: [root] });
  });
  after(() => server.stop());

  it('names the environment that does not have a field', async () => {
    const uri = server.open(path.join(root, 'base/pod.yaml'), pod);
    server.change(uri, pod.replace('  containers:', '  hostnameOverride: one\n  containers:'));
    const found = await server.diagnostics(uri, (all) => all.some(({ code }) => code === 'kubernetes/unknown-field'));
    assert.deepEqual(
      found.filter(({ code }) => code === 'kubernetes/unknown-field').map(({ message }) => message),
      ['In staging (Kubernetes 1.33): Pod trainer has no field "hostnameOverride" in spec.'],
    );
    server.change(uri, pod);
    await server.diagnostics(uri, (all) => !all.some(({ code }) => code === 'kubernetes/unknown-field'));
  });

  it('moves an object on only where every environment has the newer version', async () => {
    const uri = server.open(path.join(root, 'base/class.yaml'), budget);
    const found = await server.diagnostics(uri, (all) => all.some(({ code }) => code === 'kubernetes/deprecated-api'));
    const deprecated = found.find(({ code }) => code === 'kubernetes/deprecated-api');
    assert.ok(deprecated);
    const { message } = deprecated;
    assert.match(
      typeof message === 'string' ? message : message.value,
      /^In production \(Kubernetes 1\.36\): storage\.k8s\.io\/v1beta1 /,
    );
    const actions = await server.connection.sendRequest<{ title: string }[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: deprecated.range,
      context: { diagnostics: [deprecated] },
    });
    // Kubernetes 1.33 has no storage.k8s.io/v1 of it.
    assert.ok(!actions.some(({ title }) => title.startsWith('Migrate')), JSON.stringify(actions));
  });

  it('answers what breaks, with places to go to', async () => {
    const [view] = (await server.request(workspaceRequest, {})).folders;
    assert.ok(view);
    const { versions, report } = await server.request(upgradeRequest, { folder: view.folder, to: '1.37' });
    assert.ok(versions.includes('1.36'));
    assert.match(report?.text ?? '', /^# What breaks on Kubernetes 1\.37\n[\s\S]*## staging, now Kubernetes 1\.33\n/);
    const line = (report?.text ?? '').split('\n')[report?.links[0]?.line ?? 0] ?? '';
    const link = report?.links[0];
    assert.equal(line.slice(link?.start, link?.end), 'base/class.yaml:1:13');
    assert.equal(link?.uri, server.uri(path.join(root, 'base/class.yaml')));
  });
});
