// Whole objects to begin a file with: the kinds that people write most, as they are usually written. `<…>` is a place to fill in;
// what is filled into one `<name>` stands in all of them.

export interface Manifest {
  apiVersion: string;
  kind: string;
  /** A few words beside the kind. */
  title: string;
  /** What follows apiVersion and kind. */
  body: string;
}

const labelled = `metadata:
  name: <name>
  labels:
    app.kubernetes.io/name: <name>
`;
const named = `metadata:
  name: <name>
`;
const pod = (indent: string): string =>
  `template:
  metadata:
    labels:
      app.kubernetes.io/name: <name>
  spec:
    containers:
      - name: <app>
        image: <image>
        ports:
          - name: http
            containerPort: <8080>
        resources:
          requests:
            cpu: <100m>
            memory: <128Mi>`.replaceAll('\n', '\n' + indent);
const job = (indent: string): string =>
  `template:
  spec:
    restartPolicy: <Never|OnFailure>
    containers:
      - name: <job>
        image: <image>
        command: [<>]`.replaceAll('\n', '\n' + indent);
const selector = `selector:
    matchLabels:
      app.kubernetes.io/name: <name>`;
const binding = (kinds: string): string => `roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ${kinds}
  name: <role>
subjects:
  - kind: ServiceAccount
    name: <account>
    namespace: <default>`;
const rules = `rules:
  - apiGroups: [<"">]
    resources: [<pods>]
    verbs: [<get>, <list>, <watch>]`;

export const manifests: readonly Manifest[] = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    title: 'pods that are replaced one by one',
    body: `${labelled}spec:
  replicas: <2>
  ${selector}
  ${pod('  ')}`,
  },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    title: 'pods with names and volumes of their own',
    body: `${labelled}spec:
  serviceName: <name>
  replicas: <1>
  ${selector}
  ${pod('  ')}`,
  },
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    title: 'a pod on every node',
    body: `${labelled}spec:
  ${selector}
  ${pod('  ')}`,
  },
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    title: 'runs to its end once',
    body: `${named}spec:
  backoffLimit: <3>
  ${job('  ')}`,
  },
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    title: 'a job by the clock',
    body: `${named}spec:
  schedule: "<0 3 * * *>"
  concurrencyPolicy: <Forbid|Allow|Replace>
  jobTemplate:
    spec:
      ${job('      ')}`,
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    title: 'a name and ports for pods',
    body: `${labelled}spec:
  selector:
    app.kubernetes.io/name: <name>
  ports:
    - name: http
      port: <80>
      targetPort: <http>`,
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    title: 'values for pods',
    body: `${named}data:
  <key>: <value>`,
  },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    title: 'to be encrypted before it is committed',
    body: `${named}type: Opaque
stringData:
  <key>: <value>`,
  },
  { apiVersion: 'v1', kind: 'Namespace', title: '', body: `metadata:\n  name: <name>` },
  { apiVersion: 'v1', kind: 'ServiceAccount', title: '', body: `metadata:\n  name: <name>` },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    title: 'asks for storage',
    body: `${named}spec:
  accessModes: [<ReadWriteOnce|ReadWriteMany|ReadOnlyMany|ReadWriteOncePod>]
  resources:
    requests:
      storage: <1Gi>`,
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    title: 'HTTP from outside to services',
    body: `${named}spec:
  rules:
    - host: <app.example.com>
      http:
        paths:
          - path: </>
            pathType: <Prefix|Exact|ImplementationSpecific>
            backend:
              service:
                name: <service>
                port:
                  name: <http>`,
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    title: 'who may talk to pods',
    body: `${named}spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: <name>
  policyTypes: [Ingress]
  ingress:
    - from:
        - podSelector:
            matchLabels:
              app.kubernetes.io/name: <client>`,
  },
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    title: 'replicas by load',
    body: `${named}spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: <Deployment|StatefulSet>
    name: <name>
  minReplicas: <2>
  maxReplicas: <10>
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: <80>`,
  },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    title: 'how many pods may be away at once',
    body: `${named}spec:
  maxUnavailable: <1>
  ${selector}`,
  },
  { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', title: 'rights in a namespace', body: named + rules },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    title: 'rights in the cluster',
    body: named + rules,
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    title: 'gives rights in a namespace',
    body: named + binding('<Role|ClusterRole>'),
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    title: 'gives rights in the cluster',
    body: named + binding('ClusterRole'),
  },
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    title: 'HTTP from a gateway to services',
    body: `${named}spec:
  parentRefs:
    - name: <gateway>
  hostnames: [<app.example.com>]
  rules:
    - backendRefs:
        - name: <service>
          port: <80>`,
  },
  {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    title: '',
    body: `${named}spec:
  secretName: <name>-tls
  dnsNames: [<app.example.com>]
  issuerRef:
    kind: <ClusterIssuer|Issuer>
    name: <issuer>`,
  },
  {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    title: 'Flux: applies a folder',
    body: `metadata:
  name: <name>
  namespace: <flux-system>
spec:
  interval: <10m>
  sourceRef:
    kind: <GitRepository|OCIRepository|Bucket>
    name: <flux-system>
  path: <./apps>
  prune: true`,
  },
  {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    title: 'Flux: installs a chart',
    body: `metadata:
  name: <name>
  namespace: <namespace>
spec:
  interval: <10m>
  chart:
    spec:
      chart: <chart>
      version: "<1.*>"
      sourceRef:
        kind: <HelmRepository|GitRepository|Bucket>
        name: <repository>
  values: {}`,
  },
  {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    title: 'Flux: a repository to apply from',
    body: `metadata:
  name: <name>
  namespace: <flux-system>
spec:
  interval: <5m>
  url: <https://example.com/repository.git>
  ref:
    branch: <main>`,
  },
  {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'HelmRepository',
    title: 'Flux: charts to install from',
    body: `metadata:
  name: <name>
  namespace: <flux-system>
spec:
  interval: <1h>
  url: <https://example.com/charts>`,
  },
  {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    title: 'Argo CD: deploys a folder or a chart',
    body: `metadata:
  name: <name>
  namespace: <argocd>
spec:
  project: <default>
  source:
    repoURL: <https://example.com/repository.git>
    targetRevision: <main>
    path: <apps/name>
  destination:
    server: https://kubernetes.default.svc
    namespace: <name>
  syncPolicy:
    automated:
      prune: true
      selfHeal: true`,
  },
];
