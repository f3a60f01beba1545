// Changes as updates of what is committed: what the server does not let change is found, and nothing that it does.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { repositoryOf } from '../support/repository';
import { startLanguageServer } from '../support/languageServer';
import { endEngines, plumbline } from '../support/cli';

const git = (root: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
    cwd: root,
    encoding: 'utf8',
  });

const deployment = (app: string, extra = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels:
      app: ${app}
  template:
    metadata:
      labels:
        app: ${app}
    spec:
      containers:
        - name: web
          image: example.com/web:1${extra}
`;
const claim = (size: string): string => `apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: data
spec:
  accessModes: [ReadWriteOnce]
  resources:
    requests:
      storage: ${size}
`;
const job = (image: string, annotations = ''): string => `apiVersion: batch/v1
kind: Job
metadata:
  name: migrate${annotations}
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: migrate
          image: ${image}
`;
const service = (port: number, type = 'ClusterIP'): string => `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  type: ${type}
  selector: {app: web}
  ports:
    - port: ${port}
`;
const statefulSet = (size: string, replicas: number): string => `apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: db
spec:
  serviceName: db
  replicas: ${replicas}
  selector:
    matchLabels: {app: db}
  template:
    metadata:
      labels: {app: db}
    spec:
      containers:
        - name: db
          image: example.com/db:1
  volumeClaimTemplates:
    - metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        resources:
          requests:
            storage: ${size}
`;

/** A repository with these files committed, and then changed to others. */
function changedFrom(before: Record<string, string>, after: Record<string, string>): string {
  const root = repositoryOf(before);
  git(root, 'init', '-q', '-b', 'main');
  git(root, 'add', '.');
  git(root, 'commit', '-q', '-m', 'before');
  for (const [name, text] of Object.entries(after)) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), text);
  }
  return root;
}

async function found(root: string, ...args: string[]): Promise<string[]> {
  const { out } = await plumbline(root, ['check', '--format', 'json', '--no-cache', ...args]);
  const { findings } = JSON.parse(out) as {
    findings: { path: string; range: { start: { line: number } }; rule: string; message: string; severity: string }[];
  };
  return findings
    .filter(({ severity }) => severity === 'error' || severity === 'warning')
    .map(({ path: file, range, rule, message }) => `${file}:${range.start.line + 1} ${rule} ${message}`);
}

describe('check against what is committed', () => {
  after(endEngines);

  it('finds what the server does not let change, in files and in what they render to', async () => {
    const kustomization = 'resources: [web.yaml]\n';
    const root = changedFrom(
      {
        'plain/web.yaml': deployment('web'),
        'plain/data.yaml': claim('2Gi'),
        'plain/job.yaml': job('example.com/a:1'),
        'plain/db.yaml': statefulSet('1Gi', 1),
        'shop/kustomization.yaml': kustomization,
        'shop/web.yaml': deployment('shop'),
      },
      {
        'plain/web.yaml': deployment('other'),
        'plain/data.yaml': claim('1Gi'),
        'plain/job.yaml': job('example.com/a:2'),
        'plain/db.yaml': statefulSet('2Gi', 1),
        'shop/web.yaml': deployment('changed'),
      },
    );
    const refused = (label: string, field: string, before: string): string =>
      `kubernetes/immutable ${field} of ${label} cannot be changed once the object exists: the API server would refuse this change. HEAD has ${before}. Keep the value, give the object another name, or delete it first.`;
    const selector = 'spec.selector.matchLabels.app';
    assert.deepEqual(await found(root), [
      'plain/data.yaml:9 kubernetes/immutable spec.resources.requests.storage of PersistentVolumeClaim data is not allowed: field can not be less than status.capacity: the API server would refuse this change. HEAD has "2Gi". Keep the value, give the object another name, or delete it first.',
      `plain/db.yaml:24 ${refused('StatefulSet db', 'spec.volumeClaimTemplates[0].spec.resources.requests.storage', '"1Gi"')}`,
      `plain/job.yaml:11 ${refused('Job migrate', 'spec.template.spec.containers[0].image', '"example.com/a:1"')}`,
      `plain/web.yaml:8 ${refused('Deployment web', selector, '"web"')}`,
      `shop/web.yaml:8 ${refused('Deployment web', selector, '"shop"')}`,
    ]);
  });

  it('says nothing of what may change, is new, renamed or made again', async () => {
    const root = changedFrom(
      {
        'web.yaml': deployment('web'),
        'data.yaml': claim('1Gi'),
        'service.yaml': service(80),
        'job.yaml': job('example.com/a:1'),
        'forced.yaml': job('example.com/a:1', '-forced\n  annotations: {argocd.argoproj.io/hook: Sync}'),
        'done.yaml': job('example.com/a:1', '-done').replace('spec:\n', 'spec:\n  ttlSecondsAfterFinished: 60\n'),
        'db.yaml': statefulSet('1Gi', 1),
      },
      {
        'done.yaml': job('example.com/a:2', '-done').replace('spec:\n', 'spec:\n  ttlSecondsAfterFinished: 60\n'),
        'web.yaml': deployment('web', '\n          imagePullPolicy: Always'),
        'data.yaml': claim('2Gi'),
        'service.yaml': service(8080, 'NodePort'),
        'job.yaml': job('example.com/a:2').replace('name: migrate\nspec', 'name: migrate-2\nspec'),
        'forced.yaml': job('example.com/a:2', '-forced\n  annotations: {argocd.argoproj.io/hook: Sync}'),
        'db.yaml': statefulSet('1Gi', 3),
        'new.yaml': deployment('new').replace('name: web', 'name: new'),
      },
    );
    assert.deepEqual(await found(root), []);
  });

  it('takes the revision that is named, and none with --no-against', async () => {
    const root = changedFrom({ 'web.yaml': deployment('web') }, { 'web.yaml': deployment('other') });
    git(root, 'commit', '-qam', 'after');
    assert.deepEqual(await found(root), []);
    assert.equal((await found(root, '--against', 'HEAD~1')).length, 1);
    fs.writeFileSync(path.join(root, 'web.yaml'), deployment('third'));
    assert.equal((await found(root)).length, 1);
    assert.deepEqual(await found(root, '--no-against'), []);
    const { status, err } = await plumbline(root, ['check', '--against', 'nowhere']);
    assert.equal(status, 2);
    assert.match(err, /There is no commit "nowhere"/);
  });

  it('is seen while typing, where the folder is trusted and Git may be asked', async () => {
    const root = changedFrom({ 'web.yaml': deployment('web') }, {});
    for (const [trusted, againstHead] of [
      [true, true],
      [true, false],
      [false, true],
    ] as const) {
      const isSeen = trusted && againstHead;
      const server = await startLanguageServer({
        folders: [root],
        trusted,
        settings: againstHead ? { validation: { enabled: true, againstHead } } : {},
      });
      try {
        const uri = server.open(path.join(root, 'web.yaml'), deployment('web'));
        // Something else is wrong, too: the same list tells that the check is done.
        server.change(uri, deployment('other', '\n          volumeMounts: [{name: a, mountPath: /a}]'));
        const all = await server.diagnostics(
          uri,
          (list) =>
            list.some(({ code }) => code === 'kubernetes/missing-volume') &&
            (!isSeen || list.some(({ code }) => code === 'kubernetes/immutable')),
        );
        assert.equal(all.filter(({ code }) => code === 'kubernetes/immutable').length, isSeen ? 1 : 0);
      } finally {
        await server.stop();
      }
    }
  });

  it('needs no commit and no Git repository', async () => {
    const root = repositoryOf({ 'web.yaml': deployment('web') });
    assert.deepEqual(await found(root), []);
    git(root, 'init', '-q');
    assert.deepEqual(await found(root), []);
  });
});
