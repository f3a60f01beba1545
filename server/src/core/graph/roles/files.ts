// What kustomization files and charts refer to.
import type { RoleLine } from '../roleLine';
import { file, folder, object } from './lines';

const k = 'kustomization';
const target = { kindAt: '../kind', groupAt: '../group', namespaceAt: '../namespace', pattern: true };
const selected = { kindAt: '../kind', groupAt: '../group', namespaceAt: '../namespace' };

// prettier-ignore
export const fileLines: readonly RoleLine[] = [
  file(k, 'resources[]', 'kustomize resource'),
  file(k, 'bases[]', 'kustomize base'),
  folder(k, 'components[]', 'kustomize component'),
  file(k, 'crds[]', 'kustomize CRD'),
  file(k, 'configurations[]', 'kustomize configuration'),
  file(k, 'generators[]', 'kustomize generator'),
  file(k, 'transformers[]', 'kustomize transformer'),
  file(k, 'validators[]', 'kustomize validator'),
  file(k, 'openapi.path', 'kustomize schema'),
  file(k, 'patchesStrategicMerge[]', 'kustomize patch'),
  file(k, 'patches[].path', 'kustomize patch'),
  file(k, 'patchesJson6902[].path', 'kustomize patch'),
  object(k, 'patches[].target.name', 'target of a patch', [], target),
  object(k, 'patchesJson6902[].target.name', 'target of a patch', [], selected),
  file(k, 'replacements[].path', 'kustomize replacements'),
  object(k, 'replacements[].source.name', 'source of a replacement', [], selected),
  object(k, 'replacements[].targets[].select.name', 'target of a replacement', [], target),
  object(k, 'replicas[].name', 'workload with replicas', [
    'apps/Deployment',
    'apps/StatefulSet',
    'apps/ReplicaSet',
    'ReplicationController',
  ]),
  ...['configMapGenerator', 'secretGenerator'].flatMap((generator) => [
    file(k, `${generator}[].files[]`, 'generated key', { after: '=' }),
    file(k, `${generator}[].envs[]`, 'generated keys'),
    file(k, `${generator}[].env`, 'generated keys'),
  ]),
  file(k, 'helmCharts[].valuesFile', 'values file'),
  file(k, 'helmCharts[].additionalValuesFiles[]', 'values file'),
  folder('chart', 'dependencies[].repository', 'chart dependency', { after: 'file://' }),
];
