// The pinned Go modules that the schemas come from, and their download through the Go command's own configuration.
import os from 'node:os';
import { goToolchain } from '../lib/go.mjs';
import { run } from '../lib/run.mjs';

/** The minors that the pack knows, oldest first, each with the patch release that it is read from. */
export const kubernetesReleases = [
  { minor: '1.33', release: '1.33.13' },
  { minor: '1.34', release: '1.34.4' },
  { minor: '1.35', release: '1.35.4' },
  { minor: '1.36', release: '1.36.3' },
];

/** Custom resource definitions: `folder` of each module holds one YAML file per kind. All of these accept Go 1.26. */
export const crdModules = [
  { product: 'Argo CD', module: 'github.com/argoproj/argo-cd/v3', version: 'v3.5.7', folder: 'manifests/crds' },
  {
    product: 'cert-manager',
    module: 'github.com/cert-manager/cert-manager',
    version: 'v1.21.2',
    folder: 'deploy/crds',
  },
  {
    product: 'Flux helm-controller',
    module: 'github.com/fluxcd/helm-controller',
    version: 'v1.6.4',
    folder: 'config/crd/bases',
  },
  {
    product: 'Flux kustomize-controller',
    module: 'github.com/fluxcd/kustomize-controller',
    version: 'v1.9.6',
    folder: 'config/crd/bases',
  },
  {
    product: 'Flux notification-controller',
    module: 'github.com/fluxcd/notification-controller',
    version: 'v1.9.2',
    folder: 'config/crd/bases',
  },
  {
    product: 'Flux source-controller',
    module: 'github.com/fluxcd/source-controller',
    version: 'v1.9.6',
    folder: 'config/crd/bases',
  },
  { product: 'Gateway API', module: 'sigs.k8s.io/gateway-api', version: 'v1.6.3', folder: 'config/crd/standard' },
];

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
