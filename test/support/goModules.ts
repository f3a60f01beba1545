// Manifests that public projects ship, as the Go module cache holds them. Where a module is not in the cache it is not tested.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const projects = [
  'github.com/argoproj/argo-cd',
  'github.com/argoproj/argo-events',
  'github.com/argoproj/argo-rollouts',
  'github.com/argoproj/argo-workflows',
  'github.com/cloudnative-pg/cloudnative-pg',
  'github.com/controlplaneio-fluxcd/flux-operator',
  'github.com/external-secrets/external-secrets',
  'github.com/fluxcd/flagger',
  'github.com/fluxcd/flux2',
  'github.com/fluxcd/helm-controller',
  'github.com/fluxcd/kustomize-controller',
  'github.com/fluxcd/notification-controller',
  'github.com/fluxcd/source-controller',
  'github.com/kedacore/keda',
  'github.com/kyverno/kyverno',
  'github.com/prometheus-operator/prometheus-operator',
  'github.com/tektoncd/pipeline',
  'github.com/vmware-tanzu/velero',
  'go.universe.tf/metallb',
  'k8s.io/ingress-nginx',
  'knative.dev/serving',
  'sigs.k8s.io/cluster-api',
  'sigs.k8s.io/external-dns',
  'sigs.k8s.io/gateway-api',
  'sigs.k8s.io/metrics-server',
];

/** Name and folder of each project that is there, in its newest version. */
export function publicModules(): [string, string][] {
  let cache: string;
  try {
    cache = execFileSync('go', ['env', 'GOMODCACHE'], { encoding: 'utf8' }).trim();
  } catch {
    return [];
  }
  return projects.flatMap((project): [string, string][] => {
    const folder = path.join(cache, path.dirname(project));
    const name = path.basename(project);
    const isVersion = (entry: string): boolean => entry.startsWith(`${name}@`);
    const direct = list(folder)
      .filter(isVersion)
      .map((entry) => path.join(folder, entry));
    const major = list(path.join(folder, name))
      .filter((entry) => /^v\d+@/.test(entry))
      .map((entry) => path.join(folder, name, entry));
    const newest = [...major, ...direct].sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))[0];
    return newest === undefined ? [] : [[project, newest]];
  });
}

function list(folder: string): string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}
