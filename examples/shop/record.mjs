#!/usr/bin/env node
// Records the example's snapshots anew: what two real clusters look like after Flux has applied this repository and people have
// been busy in them. Run it when files of the example that are deployed changed; it takes two minutes and needs no network once
// `npm start` has run.
//   node examples/shop/record.mjs
//
// A real API server with its controllers and a pretended kubelet runs for each environment. Flux's appliers are played by the same
// server-side applies, with their managers, labels and annotations; people write as the managers that kubectl and others use.
// Afterwards only times and uids are rewritten: to the days of the story, and to ones that stay when it is recorded again.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dump, load, loadAll } from 'js-yaml';
import { createExample } from '../../scripts/example.mjs';
import { root } from '../../scripts/lib/cache.mjs';
import { startProcess } from '../../scripts/lib/clusterProcess.mjs';
import { run } from '../../scripts/lib/run.mjs';
import { sayTo, setup } from '../../scripts/setup.mjs';
import { ensure as ensureCrds } from '../../scripts/testclusterCrds.mjs';

const say = sayTo(process.stderr);
const snapshots = path.join(root, 'examples/shop/files/snapshots');

/** Sources in the order in which they are applied, and who applies them with which marks. */
const sources = [
  { id: (e) => `folder:clusters/${e}`, owner: 'Kustomization flux-system/flux-system' },
  {
    id: (e) => `fluxKustomization:clusters/${e}/platform.yaml#flux-system/platform`,
    owner: 'Kustomization flux-system/platform',
  },
  { id: (e) => `fluxKustomization:clusters/${e}/web.yaml#flux-system/web`, owner: 'Kustomization flux-system/web' },
  { id: (e) => `fluxHelmRelease:clusters/${e}/orders.yaml#shop/orders`, owner: 'HelmRelease shop/orders' },
];

/** What happened, in order: `at` is when the story says it did. */
const stories = {
  production: [
    { at: '2026-09-02T08:24:10Z', deploy: 'Storefront 2.7.0' },
    // The season's four instances are in Git, but have not been deployed. What 2.7.0 left behind was never pruned.
    { at: '2026-10-21T11:09:32Z', deploy: 'Storefront 2.8.0 with the delivery banner' },
    { at: '2026-10-29T14:12:40Z', act: addSecretsToRole },
    { at: '2026-11-02T10:26:05Z', act: labelService },
    { at: '2026-11-06T19:41:18Z', act: hotfixImage },
    { at: '2026-11-06T19:58:47Z', act: scaleOrders },
    { at: '2026-11-06T20:03:21Z', act: useReplicaDatabase },
    { at: '2026-11-07T07:30:02Z', act: rotatePassword },
    { at: '2026-11-07T08:15:44Z', act: removeBudget },
  ],
  staging: [
    { at: '2026-11-04T08:02:11Z', deploy: 'Production storefront: four instances for the season' },
    { at: '2026-11-06T15:20:36Z', act: giveMemory },
  ],
};
const takenAt = '2026-11-09T07:58:00Z';

// ---- what people and controllers do -----------------------------------------------------------------------------------

const deployments = '/apis/apps/v1/namespaces/shop/deployments';
const merge = 'application/merge-patch+json';
const strategic = 'application/strategic-merge-patch+json';

const setContainer = (api, name, manager, container) =>
  api(
    'PATCH',
    `${deployments}/${name}?fieldManager=${manager}`,
    { spec: { template: { spec: { containers: [container] } } } },
    strategic,
  );

function hotfixImage(api) {
  return setContainer(api, 'web', 'kubectl-set', { name: 'web', image: 'registry.example/shop/web:2.8.1-hotfix' });
}

async function scaleOrders(api) {
  const scale = await api('GET', `${deployments}/orders/scale`);
  await api('PUT', `${deployments}/orders/scale?fieldManager=kubectl`, { ...scale, spec: { replicas: 5 } });
}

/** One variable of Git's is changed; the one that is added is nobody's business but the one's who added it. */
function useReplicaDatabase(api) {
  const env = [
    { name: 'DATABASE_HOST', value: 'orders-db-replica.shop.svc' },
    { name: 'LOG_LEVEL', value: 'debug' },
  ];
  return setContainer(api, 'orders', 'kubectl-set', { name: 'orders', env });
}

function labelService(api) {
  const body = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', labels: { 'app.kubernetes.io/part-of': 'mesh' } },
  };
  return api(
    'PATCH',
    '/api/v1/namespaces/shop/services/web?fieldManager=mesh-controller&force=true',
    body,
    'application/apply-patch+yaml',
  );
}

function addSecretsToRole(api) {
  const rules = [{ apiGroups: [''], resources: ['configmaps', 'secrets'], verbs: ['get', 'list', 'watch'] }];
  return api(
    'PATCH',
    '/apis/rbac.authorization.k8s.io/v1/namespaces/shop/roles/config-reader?fieldManager=kubectl-edit',
    { rules },
    merge,
  );
}

function rotatePassword(api) {
  const data = { DATABASE_PASSWORD: Buffer.from('rotated-by-hand').toString('base64') };
  return api('PATCH', '/api/v1/namespaces/shop/secrets/orders-database?fieldManager=kubectl-edit', { data }, merge);
}

function removeBudget(api) {
  return api('DELETE', '/apis/policy/v1/namespaces/shop/poddisruptionbudgets/web');
}

function giveMemory(api) {
  return setContainer(api, 'web', 'kubectl-edit', { name: 'web', resources: { limits: { memory: '512Mi' } } });
}

// ---- recording ----------------------------------------------------------------------------------------------------------

async function record(environment) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-record-'));
  const repository = path.join(folder, 'shop');
  await createExample(repository);
  const plumbline = (...args) =>
    spawnSync(process.execPath, [path.join(root, 'dist/cli.js'), ...args], {
      cwd: repository,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
  const server = await startProcess((await tools).testcluster, path.join(folder, 'cluster'), {
    golden: await ensureCrds(say),
    args: ['--controllers', 'default', '--fake-nodes', '3'],
  });
  try {
    const api = apiOf(server.kubeconfig('root'));
    // Flux's bootstrap made the first, and the release in the other one waits until the platform has made it.
    for (const name of ['flux-system', 'shop']) {
      await api('POST', '/api/v1/namespaces', { metadata: { name } });
    }
    const phases = [];
    for (const step of stories[environment]) {
      // managedFields count in seconds, and each step must be told from the one before.
      await sleep(1100);
      phases.push({ from: Math.floor(Date.now() / 1000) * 1000, at: Date.parse(step.at) });
      if (step.deploy === undefined) {
        await step.act(api);
      } else {
        await deploy(step, environment, repository, plumbline, api);
        await settled(api);
      }
    }
    const head = (await run('git', ['rev-parse', 'main'], { cwd: repository })).trim();
    await run('git', ['checkout', '--quiet', head], { cwd: repository });
    await settled(api);
    const taken = path.join(folder, 'taken');
    const context = ['--context', 'testcluster-root', '--kubeconfig', server.kubeconfig('root')];
    const result = plumbline('snapshot', taken, '--environment', environment, ...context);
    if (result.status !== 0) {
      throw new Error(`plumbline snapshot ended with ${result.status}:\n${result.stdout}${result.stderr}`);
    }
    tidy(taken, environment, phases);
    fs.rmSync(path.join(snapshots, environment), { recursive: true, force: true });
    fs.cpSync(taken, path.join(snapshots, environment), { recursive: true });
  } finally {
    await server.kill();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Applies what a commit renders to, as Flux does. */
async function deploy({ deploy: subject }, environment, repository, plumbline, api) {
  const log = await run('git', ['log', 'main', '--format=%H %s'], { cwd: repository });
  const commit = log
    .split('\n')
    .find((line) => line.slice(41) === subject)
    ?.slice(0, 40);
  if (commit === undefined) {
    throw new Error(`No commit of the example is called ${subject}.`);
  }
  await run('git', ['checkout', '--quiet', commit], { cwd: repository });
  for (const { id, owner } of sources) {
    const rendered = plumbline('render', id(environment), '--environment', environment);
    if (rendered.status !== 0) {
      throw new Error(`${id(environment)} does not render:\n${rendered.stderr}`);
    }
    for (const object of loadAll(rendered.stdout).filter(Boolean)) {
      await applyAs(owner, object, api);
    }
  }
}

async function applyAs(owner, object, api) {
  const [kind, place] = owner.split(' ');
  const [namespace, name] = place.split('/');
  const helm = kind === 'HelmRelease';
  const prefix = helm ? 'helm.toolkit.fluxcd.io' : 'kustomize.toolkit.fluxcd.io';
  const { metadata } = object;
  metadata.labels = { ...metadata.labels, [`${prefix}/name`]: name, [`${prefix}/namespace`]: namespace };
  if (helm) {
    metadata.namespace ??= namespace;
    metadata.labels['app.kubernetes.io/managed-by'] = 'Helm';
    metadata.annotations = {
      ...metadata.annotations,
      'meta.helm.sh/release-name': name,
      'meta.helm.sh/release-namespace': namespace,
    };
  }
  const manager = helm ? 'helm-controller' : 'kustomize-controller';
  const collection = await collectionOf(object, api);
  const at = `${collection}/${metadata.name}?fieldManager=${manager}&force=true`;
  await api('PATCH', at, object, 'application/apply-patch+yaml');
}

async function collectionOf({ apiVersion, kind, metadata }, api) {
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const { resources } = await api('GET', base);
  const { name, namespaced } = resources.find((resource) => resource.kind === kind && !resource.name.includes('/'));
  return namespaced ? `${base}/namespaces/${metadata.namespace}/${name}` : `${base}/${name}`;
}

/** Waits until every Deployment runs what it says: at most a minute. */
async function settled(api) {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(200)) {
    const { items } = await api('GET', deployments);
    const done = ({ metadata, spec, status }) =>
      status.observedGeneration === metadata.generation &&
      status.updatedReplicas === spec.replicas &&
      status.availableReplicas === spec.replicas;
    if (items.every(done)) {
      return;
    }
  }
  const { items } = await api('GET', deployments);
  throw new Error(`The Deployments did not come up:\n${dump(items.map((item) => item.status))}`);
}

// ---- the snapshot, made to tell the story -------------------------------------------------------------------------------

/** Kinds that the environments deploy, or whose leftovers are looked for. */
const kinds = new Set(
  'Namespace ResourceQuota ServiceAccount Role RoleBinding NetworkPolicy ConfigMap Secret Service PersistentVolumeClaim Deployment StatefulSet DaemonSet CronJob Job HorizontalPodAutoscaler PodDisruptionBudget Ingress GitRepository Kustomization HelmRelease'.split(
    ' ',
  ),
);
const namespaces = new Set(['shop', 'flux-system']);
/** What every namespace of every cluster has. */
const everywhere = (object) =>
  object.metadata.name === 'kube-root-ca.crt' ||
  (object.kind === 'ServiceAccount' && object.metadata.name === 'default');

function tidy(folder, environment, phases) {
  for (const outer of fs.readdirSync(folder).filter((name) => name !== 'snapshot.yaml')) {
    for (const inner of fs.readdirSync(path.join(folder, outer))) {
      for (const name of fs.readdirSync(path.join(folder, outer, inner))) {
        const file = path.join(folder, outer, inner, name);
        const object = load(fs.readFileSync(file, 'utf8'));
        const namespace = object.kind === 'Namespace' ? object.metadata.name : object.metadata.namespace;
        if (!kinds.has(object.kind) || !namespaces.has(namespace) || everywhere(object)) {
          fs.rmSync(file);
          continue;
        }
        fs.writeFileSync(file, dump(retold(object, environment, phases), { lineWidth: -1, noRefs: true }));
      }
    }
  }
  removeEmpty(folder);
  const info = load(fs.readFileSync(path.join(folder, 'snapshot.yaml'), 'utf8'));
  info.takenAt = takenAt;
  info.context = `shop-${environment}`;
  info.kinds = info.kinds.filter((kind) => kinds.has(kind.kind));
  fs.writeFileSync(path.join(folder, 'snapshot.yaml'), dump(info, { lineWidth: -1, noRefs: true }));
}

/** The object with the story's times and with a uid that is the same in every recording. */
function retold(object, environment, phases) {
  const uids = new Map();
  const uidOf = (uid) => {
    if (!uids.has(uid)) {
      const { kind, metadata } = object;
      const hex = createHash('sha256')
        .update([environment, kind, metadata.namespace, metadata.name, uids.size].join())
        .digest('hex');
      uids.set(uid, hex.slice(0, 32).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5'));
    }
    return uids.get(uid);
  };
  return JSON.parse(JSON.stringify(object), (key, value) => {
    if (typeof value !== 'string') {
      return value;
    }
    if (key === 'uid') {
      return uidOf(value);
    }
    // In a cluster of its own the controllers' process has its usual name.
    if (key === 'manager' && value === 'testcluster') {
      return 'kube-controller-manager';
    }
    return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(value) ? timeInStory(value, phases) : value;
  });
}

function timeInStory(time, phases) {
  const real = Date.parse(time);
  const phase = phases.findLast(({ from }) => from <= real) ?? phases[0];
  return new Date(phase.at + Math.max(0, real - phase.from)).toISOString().replace(/\.\d+Z$/, 'Z');
}

function removeEmpty(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true }).filter((e) => e.isDirectory())) {
    removeEmpty(path.join(folder, entry.name));
  }
  if (fs.readdirSync(folder).length === 0) {
    fs.rmdirSync(folder);
  }
}

/** Requests to the API server of a kubeconfig that logs in by token. */
function apiOf(kubeconfig) {
  const { clusters, users } = load(fs.readFileSync(kubeconfig, 'utf8'));
  const { server, 'certificate-authority-data': ca } = clusters[0].cluster;
  const agent = new https.Agent({ ca: Buffer.from(ca, 'base64'), keepAlive: true });
  const authorization = `Bearer ${users[0].user.token}`;
  return (method, url, body, type = 'application/json') =>
    new Promise((resolve, reject) => {
      const headers = { authorization, accept: 'application/json', ...(body ? { 'content-type': type } : {}) };
      const request = https.request(new URL(url, server), { method, agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (data) => (text += data));
        response.on('end', () =>
          response.statusCode < 300
            ? resolve(JSON.parse(text))
            : reject(new Error(`${method} ${url}: ${response.statusCode} ${text}`)),
        );
      });
      request.on('error', reject);
      request.end(body && JSON.stringify(body));
    });
}

const tools = setup(['bundle', 'engines', 'schemas', 'testcluster'], say);
await tools;
for (const environment of Object.keys(stories)) {
  say(`${environment}: recording`);
  await record(environment);
}
say(`The snapshots are in ${snapshots}`);
process.exit(0);
