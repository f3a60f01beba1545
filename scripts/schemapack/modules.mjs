// The pinned Go modules that the schemas come from, and their download through the Go command's own configuration.
import os from 'node:os';
import { goToolchain } from '../lib/go.mjs';
import { run } from '../lib/run.mjs';

/** The minors that the pack knows, oldest first, each with the patch release that it is read from. */
export const kubernetesReleases = [
  { minor: '1.31', release: '1.31.14' },
  { minor: '1.32', release: '1.32.13' },
  { minor: '1.33', release: '1.33.13' },
  { minor: '1.34', release: '1.34.4' },
  { minor: '1.35', release: '1.35.4' },
  { minor: '1.36', release: '1.36.3' },
];

/**
 * Custom resource definitions: `in` names the folders and files of each module that hold them. `completes`: a webhook that always comes
 * with the product writes out every field of its Go types before the schema is looked at, so that no required field can be missing.
 * Versions are the newest whose modules can be had and accept Go 1.26.
 */
export const crdModules = [
  of('Argo CD', 'github.com/argoproj/argo-cd/v3', 'v3.5.7', ['manifests/crds']),
  of('Argo Events', 'github.com/argoproj/argo-events', 'v1.9.6', ['manifests/base/crds']),
  of('Argo Rollouts', 'github.com/argoproj/argo-rollouts', 'v1.10.0', ['manifests/crds']),
  // The full definitions are offered beside these; what is installed unless somebody asks otherwise accepts any field.
  of('Argo Workflows', 'github.com/argoproj/argo-workflows/v3', 'v3.7.0', ['manifests/base/crds/minimal']),
  of('cert-manager', 'github.com/cert-manager/cert-manager', 'v1.21.2', ['deploy/crds']),
  of('CloudNativePG', 'github.com/cloudnative-pg/cloudnative-pg', 'v1.28.0', ['config/crd/bases'], { completes: true }),
  of('Crossplane', 'github.com/crossplane/crossplane/v2', 'v2.1.0', ['cluster/crds']),
  of('External DNS', 'sigs.k8s.io/external-dns', 'v0.20.0', ['charts/external-dns/crds']),
  of('External Secrets', 'github.com/external-secrets/external-secrets', 'v1.3.2', ['config/crds/bases']),
  of('Flux helm-controller', 'github.com/fluxcd/helm-controller', 'v1.6.4', ['config/crd/bases']),
  of('Flux kustomize-controller', 'github.com/fluxcd/kustomize-controller', 'v1.9.6', ['config/crd/bases']),
  of('Flux notification-controller', 'github.com/fluxcd/notification-controller', 'v1.9.2', ['config/crd/bases']),
  of('Flux source-controller', 'github.com/fluxcd/source-controller', 'v1.9.6', ['config/crd/bases']),
  of('Gateway API', 'sigs.k8s.io/gateway-api', 'v1.6.3', ['config/crd/standard']),
  of('Istio', 'istio.io/api', 'v1.31.1', ['kubernetes/customresourcedefinitions.gen.yaml']),
  of('Karpenter', 'sigs.k8s.io/karpenter', 'v1.13.0', ['pkg/apis/crds']),
  of('KEDA', 'github.com/kedacore/keda/v2', 'v2.21.0', ['config/crd/bases']),
  of('Knative Eventing', 'knative.dev/eventing', 'v0.47.0', ['config/core/resources'], { completes: true }),
  of('Knative Serving', 'knative.dev/serving', 'v0.51.0', ['config/core/300-resources'], { completes: true }),
  of('Kyverno', 'github.com/kyverno/kyverno', 'v1.19.1', ['config/crds/kyverno', 'config/crds/policies.kyverno.io']),
  of('MetalLB', 'go.universe.tf/metallb', 'v0.16.2', ['config/crd/bases']),
  of('Prometheus Operator', 'github.com/prometheus-operator/prometheus-operator', 'v0.85.0', [
    'example/prometheus-operator-crd',
  ]),
  of('Sealed Secrets', 'github.com/bitnami-labs/sealed-secrets', 'v0.40.0', ['helm/sealed-secrets/crds']),
  of('Tekton Pipelines', 'github.com/tektoncd/pipeline', 'v1.12.1', ['config/300-crds'], { completes: true }),
  of('Tekton Triggers', 'github.com/tektoncd/triggers', 'v0.34.0', ['config'], { completes: true }),
  of('Traefik', 'github.com/traefik/traefik/v3', 'v3.7.13', [
    'docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml',
  ]),
  of('Vertical Pod Autoscaler', 'k8s.io/autoscaler/vertical-pod-autoscaler', 'v1.8.1', ['deploy/vpa-v1-crd-gen.yaml']),
  of('Volume snapshots', 'github.com/kubernetes-csi/external-snapshotter/client/v8', 'v8.7.0', ['config/crd']),
];

function of(product, module, version, places, { completes = false } = {}) {
  return { product, module, version, in: places, completes };
}

/** Folder of each `module@version`, fetched where it is not in the module cache yet. */
export async function downloadModules(names) {
  const { go, env } = await goToolchain();
  // Outside any module, so that no go.mod of ours can change what is asked for.
  const text = await run(go, ['mod', 'download', '-json', ...names], { cwd: os.tmpdir(), env });
  const folders = new Map();
  for (const part of text.split(/^(?=\{)/m)) {
    if (part.trim() === '') {
      continue;
    }
    const answer = JSON.parse(part);
    if (answer.Error || !answer.Dir) {
      throw new Error(`${answer.Path}@${answer.Version}: ${answer.Error ?? 'not downloaded'}`);
    }
    folders.set(`${answer.Path}@${answer.Version}`, answer.Dir);
  }
  return folders;
}
