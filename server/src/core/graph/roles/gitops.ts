// What Flux and Argo CD objects refer to: sources, paths, values, dependencies.
import type { RoleLine } from '../roleLine';
import { defines, file, folder, key, object } from './lines';

const kustomization = 'kustomize.toolkit.fluxcd.io/Kustomization';
const release = 'helm.toolkit.fluxcd.io/HelmRelease';
const source = 'source.toolkit.fluxcd.io';
const notification = 'notification.toolkit.fluxcd.io';
const image = 'image.toolkit.fluxcd.io';
const argo = 'argoproj.io';
const sources = ['GitRepository', 'OCIRepository', 'Bucket', 'HelmRepository', 'HelmChart', 'ExternalArtifact'].map(
  (kind) => `${source}/${kind}`,
);

/** Those that Flux fetches from outside; a Git repository keeps its certificates with its credentials. */
const fetched = sources.slice(0, 4);

const beside = { namespaceAt: '../namespace' };
const kindBeside = { kindAt: '../kind', groupAt: '../apiVersion', namespaceAt: '../namespace' };

// prettier-ignore
export const gitopsLines: readonly RoleLine[] = [
  object(kustomization, 'spec.sourceRef.name', 'source of a Kustomization', sources, kindBeside),
  folder(kustomization, 'spec.path', 'path of a Kustomization', { from: 'source' }),
  folder(kustomization, 'spec.components[]', 'component of a Kustomization', { from: 'source' }),
  object(kustomization, 'spec.dependsOn[].name', 'dependency', kustomization, beside),
  object(kustomization, 'spec.serviceAccountName', 'ServiceAccount of a controller', 'ServiceAccount', { quiet: true }),
  object(kustomization, 'spec.decryption.secretRef.name', 'decryption key', 'Secret'),
  object(kustomization, 'spec.kubeConfig.secretRef.name', 'kubeconfig', 'Secret'),
  object(kustomization, 'spec.postBuild.substituteFrom[].name', 'source of variables', 'ConfigMap', {
    kindAt: '../kind',
    optionalAt: '../optional',
  }),
  defines(kustomization, 'spec.postBuild.substitute{}', 'variable', 'variable'),
  object(kustomization, 'spec.healthChecks[].name', 'health check', [], kindBeside),
  object(kustomization, 'spec.patches[].target.name', 'target of a patch', [], {
    kindAt: '../kind',
    groupAt: '../group',
    namespaceAt: '../namespace',
    pattern: true,
    quiet: true,
  }),

  object(release, 'spec.chart.spec.sourceRef.name', 'source of a chart', sources, kindBeside),
  folder(release, 'spec.chart.spec.chart', 'chart of a release', { from: 'source' }),
  file(release, 'spec.chart.spec.valuesFiles[]', 'values file', { from: 'source' }),
  object(release, 'spec.chartRef.name', 'chart of a release', [`${source}/OCIRepository`, `${source}/HelmChart`], kindBeside),
  object(release, 'spec.dependsOn[].name', 'dependency', release, beside),
  object(release, 'spec.valuesFrom[].name', 'source of values', 'ConfigMap', {
    kindAt: '../kind',
    optionalAt: '../optional',
  }),
  key(release, 'spec.valuesFrom[].valuesKey', 'key of values', '../name', { optionalAt: '../optional' }),
  object(release, 'spec.serviceAccountName', 'ServiceAccount of a controller', 'ServiceAccount', { quiet: true }),
  object(release, 'spec.kubeConfig.secretRef.name', 'kubeconfig', 'Secret'),

  ...fetched.map((kind) => object(kind, 'spec.secretRef.name', 'credentials of a source', 'Secret')),
  ...fetched.slice(1).map((kind) => object(kind, 'spec.certSecretRef.name', 'certificates of a source', 'Secret')),
  object(`${source}/GitRepository`, 'spec.include[].repository.name', 'included source', `${source}/GitRepository`),
  object(`${source}/HelmChart`, 'spec.sourceRef.name', 'source of a chart', sources, { kindAt: '../kind' }),
  defines('source.extensions.fluxcd.io/ArtifactGenerator', 'spec.artifacts[].name', 'object', 'artifact of a generator', { kinds: [`${source}/ExternalArtifact`] }),
  object('source.extensions.fluxcd.io/ArtifactGenerator', 'spec.sources[].name', 'source of an artifact', sources, {
    kindAt: '../kind',
    namespaceAt: '../namespace',
  }),
  object(`${notification}/Alert`, 'spec.providerRef.name', 'provider of an alert', `${notification}/Provider`),
  object(`${notification}/Alert`, 'spec.eventSources[].name', 'source of events', [kustomization, release, ...sources], { kindAt: '../kind', namespaceAt: '../namespace' }),
  object(`${notification}/Provider`, 'spec.secretRef.name', 'credentials of a provider', 'Secret'),
  object(`${notification}/Receiver`, 'spec.secretRef.name', 'token of a receiver', 'Secret'),
  object(`${notification}/Receiver`, 'spec.resources[].name', 'notified object', [kustomization, release, ...sources], {
    kindAt: '../kind',
    groupAt: '../apiVersion',
    namespaceAt: '../namespace',
  }),
  object(`${image}/ImagePolicy`, 'spec.imageRepositoryRef.name', 'image repository', `${image}/ImageRepository`, beside),
  object(`${image}/ImageRepository`, 'spec.secretRef.name', 'credentials of an image repository', 'Secret'),
  object(`${image}/ImageUpdateAutomation`, 'spec.sourceRef.name', 'updated source', `${source}/GitRepository`, {
    kindAt: '../kind',
    namespaceAt: '../namespace',
  }),
  folder(`${image}/ImageUpdateAutomation`, 'spec.update.path', 'updated folder', { from: 'root' }),

  // Controllers label what they apply with the object that told them to.
  object('object', 'metadata.labels.(kustomize.toolkit.fluxcd.io/name)', 'owning Kustomization', kustomization, { cluster: true, optional: true }),
  object('object', 'metadata.labels.(helm.toolkit.fluxcd.io/name)', 'owning HelmRelease', release, { cluster: true, optional: true }),
  object('object', 'metadata.labels.(argocd.argoproj.io/instance)', 'owning Application', `${argo}/Application`, { cluster: true, optional: true }),

  ...['spec.source', 'spec.sources[]'].flatMap((at) => [
    folder(`${argo}/Application`, `${at}.path`, 'path of an Application', { from: 'source' }),
    file(`${argo}/Application`, `${at}.helm.valueFiles[]`, 'values file', { from: 'source' }),
  ]),
  object(`${argo}/Application`, 'spec.project', 'project of an Application', `${argo}/AppProject`),
  object(`${argo}/Application`, 'spec.destination.namespace', 'namespace of an Application', 'Namespace', {
    cluster: true,
    quiet: true,
  }),
  object(`${argo}/ApplicationSet`, 'spec.template.spec.project', 'project of an Application', `${argo}/AppProject`),
  folder(`${argo}/ApplicationSet`, 'spec.generators[].git.directories[].path', 'folders of a generator', {
    from: 'source',
    pattern: true,
  }),
  file(`${argo}/ApplicationSet`, 'spec.generators[].git.files[].path', 'files of a generator', {
    from: 'source',
    pattern: true,
  }),
  ...['matrix', 'merge'].flatMap((kind) => [
    folder(`${argo}/ApplicationSet`, `spec.generators[].${kind}.generators[].git.directories[].path`, 'folders of a generator', { from: 'source', pattern: true }),
    file(`${argo}/ApplicationSet`, `spec.generators[].${kind}.generators[].git.files[].path`, 'files of a generator', {
      from: 'source',
      pattern: true,
    }),
  ]),
];
