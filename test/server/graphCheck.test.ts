// References in the whole check: what a chart renders to counts as defined, and what nothing defines is said once, with the environments that lack it.
import assert from 'node:assert/strict';
import { endEngines, plumbline } from '../support/cli';
import { filesOf } from '../support/memoryFiles';
import { repositoryOf } from '../support/repository';

const cluster = `
# file: clusters/production/flux.yaml
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: fleet, namespace: flux-system}
spec: {interval: 1m, url: https://git.example/fleet}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  interval: 10m
  path: ./apps
  prune: true
  sourceRef: {kind: GitRepository, name: fleet}
# file: apps/all.yaml
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: orders, namespace: shop}
spec:
  interval: 10m
  chart:
    spec:
      chart: ./charts/orders
      sourceRef: {kind: GitRepository, name: fleet, namespace: flux-system}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  rules:
    - http:
        paths:
          - path: /orders
            pathType: Prefix
            backend: {service: {name: BACKEND, port: {number: 80}}}
# file: charts/orders/Chart.yaml
apiVersion: v2
name: orders
version: 1.0.0
# file: charts/orders/templates/service.yaml
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}-api
spec:
  selector: {app: orders}
  ports:
    - port: 80
`;

describe('plumbline check, references', function () {
  this.timeout(120_000);
  after(endEngines);

  const findings = async (backend: string): Promise<string[]> => {
    const root = repositoryOf(filesOf(cluster.replace('BACKEND', backend)));
    const { out } = await plumbline(root, ['check', '--format', 'json']);
    const { findings: found } = JSON.parse(out) as { findings: { path: string; rule: string; message: string }[] };
    return found.map(({ path, rule, message }) => `${path} ${rule} ${message}`);
  };

  it('what a chart renders to is there', async () => {
    assert.deepEqual(await findings('orders-api'), []);
  });

  it('what nothing brings is missing', async () => {
    assert.deepEqual(await findings('orders'), [
      'apps/all.yaml kubernetes/missing-reference Service shop/orders is not in this repository.',
    ]);
  });

  it('a comment silences what is found only here', async () => {
    const pod = (comment: string): string => `
# file: .plumbline.yaml
environments: [{name: production, sources: [apps]}]
# file: apps/all.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: web-config}
data: {a: b}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: example.com/web:1
      envFrom:
        # ${comment}
        - configMapRef: {name: web-confg}
`;
    const rules = async (comment: string): Promise<string[]> => {
      const { out } = await plumbline(repositoryOf(filesOf(pod(comment))), ['check', '--format', 'json']);
      return (JSON.parse(out) as { findings: { rule: string }[] }).findings.map(({ rule }) => rule);
    };
    assert.deepEqual(await rules('the settings'), ['kubernetes/missing-reference']);
    assert.deepEqual(await rules('plumbline-ignore kubernetes/missing-reference'), []);
  });
});
