// The whole path on real repositories and a real API server: apply what they render to, change it as others do, see exactly that,
// bring it back. Registered only where the corpora lie beside the checkout.
import * as assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { label } from '../../server/src/core/resource';
import { endEngines, type CliResult } from '../support/cli';
import { startCluster, type Cluster } from '../support/cluster';
import { differences, quietCli, reportOf } from '../support/driftCli';
import { createRepo, type GitRepo } from '../support/gitRepo';
import { corpus } from '../support/shared';
import { comparedWith } from '../support/shop';
import { at, writerAs, type Writer } from '../support/writer';

const podinfo = corpus('podinfo');
const flux = corpus('flux2-kustomize-helm-example');

/** A repository of its own with the files of a corpus and the configuration. */
async function repositoryOf(folder: string, name: string, configuration: string): Promise<GitRepo> {
  const repo = await createRepo(name);
  fs.cpSync(folder, repo.dir, { recursive: true, filter: (file) => path.basename(file) !== '.git' });
  await repo.commit('All', { '.plumbline.yaml': configuration });
  return repo;
}

if (podinfo !== undefined && flux !== undefined) {
  describe('the whole path: real repositories, real API server', () => {
    let cluster: Cluster;
    let others: Writer;

    before(async function () {
      this.timeout(900_000);
      cluster = await startCluster({ crds: true });
      others = await writerAs(cluster, 'root');
    });
    after(async () => {
      others?.close();
      await endEngines();
      await cluster?.stop();
    });

    describe('podinfo: overlays and a chart', () => {
      let repo: GitRepo;
      let run: (...args: string[]) => Promise<CliResult>;
      const production = '/apis/apps/v1/namespaces/production';
      const drift = async (): Promise<[number, string[]]> => {
        const result = await run('drift', '-e', 'lab', '--format', 'json');
        return [result.status, differences(reportOf(result))];
      };

      before(async () => {
        await cluster.call('POST', '/api/v1/namespaces', { metadata: { name: 'lab' } });
        const sources = ['deploy/overlays/production', 'charts/podinfo'];
        const configuration = comparedWith(cluster, { name: 'lab', sources }).replace(
          '    target:',
          '    namespace: lab\n    target:',
        );
        repo = await repositoryOf(podinfo, 'podinfo', configuration);
        run = quietCli(repo.dir, []);
      });
      after(() => repo?.remove());

      it('applies, and is in sync', async () => {
        const synced = await run('sync', '-e', 'lab', '--yes');
        assert.equal(synced.status, 0, synced.out + synced.err);
        assert.deepEqual(await drift(), [0, []]);
        const { status, out } = await run('drift', '-e', 'lab');
        assert.equal(status, 0);
        assert.match(out, /^ {2}(2[5-9]|3\d) objects: \d+ in sync\.$/m);
      });

      it('shows five changes in five ways, a deletion and what was added with proof, and brings all of it back', async () => {
        const replicas = '/apis/autoscaling/v2/namespaces/production/horizontalpodautoscalers/backend';
        await others.patch(replicas, 'merge', 'dashboard', { spec: { maxReplicas: 9 } });
        const data = { data: { 'backup.sh': '#!/bin/sh\nexit 0\n' } };
        await others.patch('/api/v1/namespaces/production/configmaps/backup-script', 'strategic', 'kubectl-edit', data);
        const set = `${production}/statefulsets/database-primary`;
        const image = '/spec/template/spec/containers/0/image';
        await others.patch(set, 'json', 'kubectl-patch', [{ op: 'replace', path: image, value: 'postgres:17' }]);
        await others.patch('/api/v1/namespaces/production/services/frontend', 'apply', 'mesh-controller', {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'frontend', labels: { 'app.kubernetes.io/environment': 'mesh' } },
        });
        // Git leaves the number of instances to the autoscaler: changing it is no drift.
        const scale = await others.get(`${production}/deployments/backend/scale`);
        await others.put(`${production}/deployments/backend/scale`, 'kubectl', { ...scale, spec: { replicas: 3 } });
        const cron = '/apis/batch/v1/namespaces/production/cronjobs/warm-cache';
        await others.patch(cron, 'merge', 'kubectl-edit', { spec: { schedule: '0 0 * * *' } });
        await others.remove('/api/v1/namespaces/lab/services/podinfo');
        const owner = reportOf(await run('drift', '-e', 'lab', '--format', 'json')).objects[0]?.source;
        for (const [name, annotations] of [
          ['left-behind', { 'plumbline.dev/owner': `lab@podinfo ${owner}` }],
          ['by-hand', {}],
        ] as const) {
          const object = { metadata: { name, annotations }, data: {} };
          await others.create('/api/v1/namespaces/production/configmaps', 'kubectl-create', object);
        }

        const [status, lines] = await drift();
        assert.equal(status, 1);
        assert.deepEqual(lines, [
          'drifted ConfigMap production/backup-script',
          '  data[backup.sh]: … set -e … → … exit 0 … by kubectl-edit at deploy/bases/database/kustomization.yaml:22',
          'drifted CronJob production/warm-cache',
          '  spec.schedule: */5 * * * * → 0 0 * * * by kubectl-edit at deploy/bases/frontend/cronjob-warm-cache.yaml:7',
          'drifted HorizontalPodAutoscaler production/backend',
          '  spec.maxReplicas: 2 → 9 by dashboard at deploy/bases/backend/hpa.yaml:11',
          'drifted Service production/frontend',
          '  metadata.labels[app.kubernetes.io/environment]: production → mesh by mesh-controller at deploy/overlays/production/labels.yaml:6',
          'drifted StatefulSet production/database-primary',
          '  spec.template.spec.containers[database].image: ghcr.io/stefanprodan/podinfo:6.14.1 → postgres:17 by kubectl-patch at deploy/bases/database/statefulset-primary.yaml:25',
          'extra ConfigMap production/left-behind',
          'missing Service lab/podinfo',
        ]);
        const synced = await run('sync', '-e', 'lab', '--yes');
        assert.equal(synced.status, 1, synced.out + synced.err);
        assert.deepEqual(await drift(), [1, ['extra ConfigMap production/left-behind']]);
        assert.equal((await run('sync', '-e', 'lab', '--yes', '--prune')).status, 0);
        assert.deepEqual(await drift(), [0, []]);
        const backend = await others.get(`${production}/deployments/backend`);
        assert.equal(at(backend, 'spec', 'replicas'), 3, 'what Git does not say stays');
        await others.get('/api/v1/namespaces/production/configmaps/by-hand');
      });
    });

    describe('flux2-kustomize-helm-example: Flux objects', () => {
      let repo: GitRepo;
      let run: (...args: string[]) => Promise<CliResult>;

      before(async () => {
        await cluster.call('POST', '/api/v1/namespaces', { metadata: { name: 'flux-system' } });
        repo = await repositoryOf(flux, 'fleet', comparedWith(cluster, { name: 'production' }));
        run = quietCli(repo.dir, []);
      });
      after(() => repo?.remove());

      const report = async () => reportOf(await run('drift', '-e', 'production', '--format', 'json'));
      const confirmed = ['--yes', '--confirm', 'production'];

      it('applies what it can; what it cannot know it says, and is not in sync', async () => {
        const synced = await run('sync', '-e', 'production', ...confirmed);
        assert.equal(synced.status, 2, synced.out + synced.err);
        assert.match(synced.out, /^Done\.$/m);
        const { objects, failures, counts, notSearched } = await report();
        assert.deepEqual(
          objects.filter((object) => object.state !== 'inSync').map((object) => `${object.state} ${label(object.key)}`),
          ['unknown ArtifactGenerator flux-system/flux-system'],
        );
        assert.equal(counts.inSync, 15);
        assert.deepEqual(failures.map((failure) => failure.message).sort(), [
          'HelmRelease cert-manager/cert-manager could not be rendered, so its objects are unknown: Its chart comes from OCIRepository cert-manager, which Plumbline does not fetch yet.',
          'HelmRelease envoy-gateway-system/envoy-gateway could not be rendered, so its objects are unknown: Its chart comes from OCIRepository gateway-helm, which Plumbline does not fetch yet.',
          'HelmRelease podinfo/podinfo could not be rendered, so its objects are unknown: Its chart podinfo comes from HelmRepository podinfo, which Plumbline does not fetch yet.',
        ]);
        assert.ok((notSearched ?? []).length > 0, 'leftovers are not looked for where not everything is known');
      });

      it('shows what others changed in custom resources, and brings it back', async () => {
        const fluxApi = '/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations';
        await others.patch(`${fluxApi}/apps`, 'merge', 'flux', { spec: { suspend: true, prune: false } });
        await others.patch('/apis/cert-manager.io/v1/clusterissuers/letsencrypt', 'json', 'kubectl-patch', [
          { op: 'replace', path: '/spec/acme/email', value: 'somebody@example.com' },
        ]);
        const release = '/apis/helm.toolkit.fluxcd.io/v2/namespaces/podinfo/helmreleases/podinfo';
        await others.patch(release, 'merge', 'kubectl-edit', {
          spec: { values: { httpRoute: { hostnames: ['podinfo.hotfix'] }, replicaCount: 5 } },
        });
        const gateway = '/apis/gateway.networking.k8s.io/v1/namespaces/envoy-gateway-system/gateways/envoy';
        await others.patch(gateway, 'json', 'kubectl-edit', [
          { op: 'replace', path: '/spec/listeners/0/port', value: 8080 },
        ]);
        await others.remove('/apis/source.toolkit.fluxcd.io/v1/namespaces/podinfo/helmrepositories/podinfo');
        assert.deepEqual(differences(await report()), [
          'drifted ClusterIssuer letsencrypt',
          '  spec.acme.email: fluxcdbot@users.noreply.github.com → somebody@example.com by kubectl-patch at infrastructure/configs/cluster-issuers.yaml:9',
          'drifted Gateway envoy-gateway-system/envoy',
          '  spec.listeners[http].port: 80 → 8080 by kubectl-edit at infrastructure/configs/gateway.yaml:19',
          'drifted HelmRelease podinfo/podinfo',
          '  spec.values.httpRoute.hostnames: ["podinfo.production"] → ["podinfo.hotfix"] by kubectl-edit at apps/production/podinfo-values.yaml:13',
          'drifted Kustomization flux-system/apps',
          '  spec.prune: true → false by flux at clusters/production/apps.yaml:17',
          'missing HelmRepository podinfo/podinfo',
          'unknown ArtifactGenerator flux-system/flux-system',
        ]);
        const synced = await run('sync', '-e', 'production', ...confirmed);
        assert.equal(synced.status, 2, synced.out + synced.err);
        assert.equal((await report()).counts.inSync, 15);
      });
    });
  });
}
