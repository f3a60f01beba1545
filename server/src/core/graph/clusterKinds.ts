// Kinds that live outside namespaces. kustomize asks the same question of its own table; what neither knows counts as namespaced.

const builtin: Record<string, readonly string[]> = {
  '': ['Namespace', 'Node', 'PersistentVolume', 'ComponentStatus'],
  'admissionregistration.k8s.io': [
    'MutatingWebhookConfiguration',
    'ValidatingWebhookConfiguration',
    'ValidatingAdmissionPolicy',
    'ValidatingAdmissionPolicyBinding',
    'MutatingAdmissionPolicy',
    'MutatingAdmissionPolicyBinding',
  ],
  'apiextensions.k8s.io': ['CustomResourceDefinition'],
  'apiregistration.k8s.io': ['APIService'],
  'certificates.k8s.io': ['CertificateSigningRequest', 'ClusterTrustBundle'],
  'flowcontrol.apiserver.k8s.io': ['FlowSchema', 'PriorityLevelConfiguration'],
  'networking.k8s.io': ['IngressClass', 'IPAddress', 'ServiceCIDR'],
  'node.k8s.io': ['RuntimeClass'],
  policy: ['PodSecurityPolicy'],
  'rbac.authorization.k8s.io': ['ClusterRole', 'ClusterRoleBinding'],
  'resource.k8s.io': ['DeviceClass', 'ResourceSlice', 'DeviceTaintRule'],
  'scheduling.k8s.io': ['PriorityClass'],
  'storage.k8s.io': ['StorageClass', 'CSIDriver', 'CSINode', 'VolumeAttachment', 'VolumeAttributesClass'],
  'internal.apiserver.k8s.io': ['StorageVersion'],
  'storagemigration.k8s.io': ['StorageVersionMigration'],
};

const custom: Record<string, readonly string[]> = {
  'gateway.networking.k8s.io': ['GatewayClass'],
  'cert-manager.io': ['ClusterIssuer'],
  'external-secrets.io': ['ClusterSecretStore', 'ClusterExternalSecret', 'ClusterPushSecret'],
  'keda.sh': ['ClusterTriggerAuthentication'],
};

const byGroup = (table: Record<string, readonly string[]>): ReadonlyMap<string, ReadonlySet<string>> =>
  new Map(Object.entries(table).map(([group, kinds]) => [group, new Set(kinds)]));

const builtinKinds = byGroup(builtin);
const customKinds = byGroup(custom);

/** As kustomize sees it: it knows only what comes with Kubernetes. */
export function isClusterScopedBuiltin(group: string, kind: string): boolean {
  return builtinKinds.get(group)?.has(kind) === true;
}

/** As the cluster sees it, as far as known without its definitions. */
export function isClusterScoped(group: string, kind: string): boolean {
  return isClusterScopedBuiltin(group, kind) || customKinds.get(group)?.has(kind) === true;
}
