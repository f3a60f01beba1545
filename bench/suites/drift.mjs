// Drift of 500 and 2,000 objects on a real API server, beside `kubectl diff --server-side`: whole processes in turns, and once more through
// the language server, which is already there when a person refreshes the view.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { startProcess } from '../../scripts/lib/clusterProcess.mjs';
import { ensure as ensureTestcluster } from '../../scripts/testcluster.mjs';
import { workloads, write } from '../generate.mjs';
import { median } from '../lib/figures.mjs';
import { measured } from '../lib/processes.mjs';
import { startOurs } from '../lib/servers.mjs';
import { kubectl } from '../peers.mjs';

const sizes = [500, 2000];
/** Every twentieth Deployment has another number of replicas in Git than in the cluster. */
const driftedPart = 0.05;

export const drift = {
  what: 'drift of 500 and 2,000 objects on a real API server, beside kubectl diff --server-side',
  parts: ['types', 'engines', 'schemas'],

  async run(context) {
    const { dir, say } = context;
    const [program, apiserver] = [await kubectl(say), await ensureTestcluster(say)];
    const cluster = await startProcess(apiserver, path.join(dir, 'cluster'), { args: ['--controllers', 'none'] });
    try {
      const rows = [];
      for (const size of sizes) {
        rows.push(...(await ofSize(size, context, program, cluster)));
      }
      return rows;
    } finally {
      await cluster.kill();
    }
  },
};

async function ofSize(size, context, program, cluster) {
  const { dir, cli, rounds, say } = context;
  const namespace = `bench-${size}`;
  const kubeconfig = cluster.kubeconfig('admin');
  const env = { KUBECONFIG: kubeconfig, XDG_CACHE_HOME: path.join(dir, `cache-drift-${size}`) };
  const folder = path.join(dir, namespace);
  const apps = path.join(folder, 'apps');
  // One plain folder: what is compared here is comparing, not kustomize.
  const files = workloads(size, namespace).map((file) => ({ ...file, path: file.path.replace('/', '-') }));
  write(apps, files);
  fs.writeFileSync(
    path.join(folder, '.plumbline.yaml'),
    'environments:\n  - name: bench\n    sources: [apps]\n    target: { context: testcluster-admin }\n',
  );
  say(`drift: applying ${size} objects`);
  await kubectlRun(program, ['create', 'namespace', namespace], env);
  await kubectlRun(program, ['apply', '--server-side', '--field-manager=plumbline', '-f', apps], env);

  const peer = async (status, concurrency) => {
    const args = ['diff', '--server-side', '--field-manager=plumbline', `--concurrency=${concurrency}`, '-f', apps];
    const run = await measured(program, args, { env });
    expectStatus(run, status);
    return run.seconds;
  };
  const ours = async (counts) => {
    const run = await measured(process.execPath, [cli, 'drift', '--format', 'json'], { cwd: folder, env });
    expectStatus(run, counts.differs === 0 ? 0 : 1);
    expectCounts(JSON.parse(run.out).reports[0], counts);
    return run.seconds;
  };
  const measureBoth = async (counts, what) => {
    const times = { ours: [], peer: [], peerParallel: [], warm: [] };
    for (let round = 1; round <= rounds; round++) {
      say(`drift: ${size} objects, ${what}, round ${round} of ${rounds}`);
      const status = counts.differs === 0 ? 0 : 1;
      // As most people run it, and as fast as it can.
      times.peer.push(await peer(status, 1));
      times.peerParallel.push(await peer(status, 8));
      times.ours.push(await ours(counts));
    }
    const server = await startOurs({ ...context, env }, folder);
    try {
      const environment = { folder: pathToFileURL(fs.realpathSync(folder)).href, environment: 'bench' };
      for (let round = 0; round <= rounds + 2; round++) {
        const started = performance.now();
        const { report } = await server.connection.sendRequest('plumbline/drift', { ...environment, refresh: true });
        expectCounts(report, counts);
        if (round > 0) {
          times.warm.push((performance.now() - started) / 1000);
        }
      }
    } finally {
      await server.stop();
    }
    return times;
  };

  const clean = await measureBoth({ inSync: size, differs: 0 }, 'all in sync');
  const deployments = files.filter(({ text }) => text.includes('kind: Deployment'));
  const drifted = deployments.slice(0, Math.round(size * driftedPart));
  write(
    apps,
    drifted.map(({ path: name, text }) => ({
      path: name,
      text: text.replace(/replicas: (\d+)/, (_, n) => `replicas: ${Number(n) + 1}`),
    })),
  );
  const some = await measureBoth({ inSync: size - drifted.length, differs: drifted.length }, '5 % drifted');

  const row = (what, ours, peerName, peerTimes, more = {}) => ({
    what: `drift of ${size} objects, ${what}`,
    unit: 's',
    ours: median(ours),
    peer: { name: peerName, value: median(peerTimes) },
    samples: ours,
    peerSamples: peerTimes,
    ...more,
  });
  const [one, eight] = ['kubectl diff', 'kubectl diff, 8 at a time'];
  const largest = size === Math.max(...sizes);
  const [warm, warmDrifted] = [median(clean.warm), median(some.warm)];
  const targets = largest
    ? [
        { target: '≤ 0.5 s, ≥ 50 × kubectl', met: warm <= 0.5 && median(clean.peer) / warm >= 50 },
        { target: '≤ 0.8 s', met: warmDrifted <= 0.8 },
      ]
    : [];
  return [
    row('all in sync, whole process', clean.ours, eight, clean.peerParallel),
    row('all in sync, refresh of the view', clean.warm, one, clean.peer, targets[0]),
    row('5 % drifted, whole process', some.ours, eight, some.peerParallel),
    row('5 % drifted, refresh of the view', some.warm, one, some.peer, targets[1]),
  ];
}

async function kubectlRun(program, args, env) {
  expectStatus(await measured(program, args, { env }), 0);
}

function expectStatus(run, status) {
  if (run.status !== status) {
    throw new Error(
      `Expected status ${status}, got ${run.status}:\n${run.out.slice(0, 1500)}\n${run.err.slice(0, 1500)}`,
    );
  }
}

/** A comparison that is fast and wrong is no figure. */
function expectCounts(report, { inSync, differs }) {
  const found = report?.counts ?? {};
  if (found.inSync !== inSync || (found.drifted ?? 0) !== differs) {
    throw new Error(
      `Expected ${inSync} in sync and ${differs} drifted, got ${JSON.stringify(report?.counts ?? report)?.slice(0, 1500)}`,
    );
  }
}
