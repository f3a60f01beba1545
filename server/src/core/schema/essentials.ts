// What people write, by type: schemas of built-in types name as required only what their decoder needs, and sort by the alphabet.

/** Fields that an object of a type hardly ever goes without, beyond those its schema requires. */
const essential: Record<string, readonly string[]> = {
  ConfigMapEnvSource: ['name'],
  ConfigMapKeySelector: ['name', 'key'],
  ConfigMapVolumeSource: ['name'],
  Container: ['name', 'image'],
  ContainerPort: ['name', 'containerPort'],
  CronJobSpec: ['schedule', 'jobTemplate'],
  EnvVar: ['name', 'value'],
  HTTPGetAction: ['path', 'port'],
  HTTPIngressPath: ['path', 'pathType', 'backend'],
  IngressSpec: ['rules'],
  IngressRule: ['host', 'http'],
  IngressServiceBackend: ['name', 'port'],
  IngressBackend: ['service'],
  JobTemplateSpec: ['spec'],
  ObjectFieldSelector: ['fieldPath'],
  PersistentVolumeClaimVolumeSource: ['claimName'],
  PodTemplateSpec: ['metadata', 'spec'],
  PolicyRule: ['apiGroups', 'resources', 'verbs'],
  RoleRef: ['apiGroup', 'kind', 'name'],
  SecretEnvSource: ['name'],
  SecretKeySelector: ['name', 'key'],
  SecretVolumeSource: ['secretName'],
  ServicePort: ['name', 'port'],
  ServiceSpec: ['selector', 'ports'],
  StatefulSetSpec: ['serviceName', 'selector', 'template'],
  Subject: ['kind', 'name', 'namespace'],
  VolumeMount: ['name', 'mountPath'],
  Volume: ['name'],
};

/** Fields in the order in which people look for them; what is not named follows by the alphabet. */
const common: Record<string, readonly string[]> = {
  ObjectMeta: ['name', 'namespace', 'labels', 'annotations'],
  Container: [
    'name', 'image', 'command', 'args', 'ports', 'env', 'envFrom', 'resources', 'volumeMounts', 'livenessProbe', 'readinessProbe', 'startupProbe',
    'securityContext', 'imagePullPolicy',
  ],
  ContainerPort: ['name', 'containerPort', 'protocol'],
  DaemonSetSpec: ['selector', 'template', 'updateStrategy'],
  DeploymentSpec: ['replicas', 'selector', 'template', 'strategy', 'revisionHistoryLimit', 'progressDeadlineSeconds', 'minReadySeconds'],
  EnvVar: ['name', 'value', 'valueFrom'],
  EnvVarSource: ['configMapKeyRef', 'secretKeyRef', 'fieldRef', 'resourceFieldRef'],
  HorizontalPodAutoscalerSpec: ['scaleTargetRef', 'minReplicas', 'maxReplicas', 'metrics', 'behavior'],
  HTTPIngressPath: ['path', 'pathType', 'backend'],
  IngressSpec: ['ingressClassName', 'rules', 'tls', 'defaultBackend'],
  JobSpec: ['template', 'backoffLimit', 'ttlSecondsAfterFinished', 'completions', 'parallelism', 'activeDeadlineSeconds'],
  Kustomization: [
    'resources', 'components', 'namespace', 'namePrefix', 'nameSuffix', 'labels', 'commonAnnotations', 'images', 'replicas', 'patches',
    'configMapGenerator', 'secretGenerator', 'generatorOptions', 'replacements', 'helmCharts', 'transformers', 'generators', 'apiVersion', 'kind',
  ],
  LabelSelector: ['matchLabels', 'matchExpressions'],
  NetworkPolicySpec: ['podSelector', 'policyTypes', 'ingress', 'egress'],
  PersistentVolumeClaimSpec: ['accessModes', 'storageClassName', 'resources', 'volumeMode'],
  PodSpec: [
    'containers', 'initContainers', 'volumes', 'serviceAccountName', 'restartPolicy', 'securityContext', 'nodeSelector', 'affinity', 'tolerations',
    'topologySpreadConstraints', 'imagePullSecrets', 'terminationGracePeriodSeconds', 'priorityClassName',
  ],
  PodTemplateSpec: ['metadata', 'spec'],
  PolicyRule: ['apiGroups', 'resources', 'verbs', 'resourceNames'],
  Probe: ['httpGet', 'tcpSocket', 'exec', 'grpc', 'initialDelaySeconds', 'periodSeconds', 'timeoutSeconds', 'failureThreshold', 'successThreshold'],
  ResourceRequirements: ['requests', 'limits'],
  SecurityContext: ['runAsNonRoot', 'runAsUser', 'runAsGroup', 'allowPrivilegeEscalation', 'readOnlyRootFilesystem', 'capabilities', 'seccompProfile'],
  ServicePort: ['name', 'port', 'targetPort', 'protocol', 'nodePort', 'appProtocol'],
  ServiceSpec: ['type', 'selector', 'ports', 'clusterIP', 'externalTrafficPolicy', 'sessionAffinity'],
  StatefulSetSpec: ['serviceName', 'replicas', 'selector', 'template', 'volumeClaimTemplates', 'updateStrategy'],
  Volume: ['name', 'configMap', 'secret', 'emptyDir', 'persistentVolumeClaim', 'projected', 'csi', 'hostPath'],
  VolumeMount: ['name', 'mountPath', 'subPath', 'readOnly'],
}; // prettier-ignore

/** Fields of every object. */
const root: readonly string[] = ['apiVersion', 'kind', 'metadata', 'spec', 'data', 'stringData', 'rules', 'type'];

export function essentialFields(type: string | undefined): readonly string[] {
  return (type === undefined ? undefined : essential[type]) ?? [];
}

/** Place of a field among those that people look for first; undefined for the rest. */
export function commonPlace(type: string | undefined, field: string, isRoot: boolean): number | undefined {
  const known = type === undefined ? undefined : common[type];
  const place = (known ?? (isRoot ? root : [])).indexOf(field);
  return place < 0 ? undefined : place;
}
