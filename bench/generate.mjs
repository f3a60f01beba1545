// Generated manifests for the benchmarks: the shapes and sizes of a mid-sized company's repository, the same for every run.
import fs from 'node:fs';
import path from 'node:path';

/** A small deterministic generator of pseudo-random numbers below `n`. */
function numbers(seed) {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

const meta = (name, namespace, team) => `metadata:
  name: ${name}
  namespace: ${namespace}
  labels:
    app.kubernetes.io/name: ${name}
    app.kubernetes.io/part-of: ${team}
    team: ${team}`;

const kinds = [
  (name, ns, team, pick) => `apiVersion: apps/v1
kind: Deployment
${meta(name, ns, team)}
spec:
  replicas: ${1 + pick(6)}
  revisionHistoryLimit: 5
  selector:
    matchLabels:
      app.kubernetes.io/name: ${name}
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: 25%
      maxUnavailable: 0
  template:
    metadata:
      labels:
        app.kubernetes.io/name: ${name}
        team: ${team}
      annotations:
        prometheus.io/scrape: "true"
        prometheus.io/port: "9090"
    spec:
      serviceAccountName: ${name}
      securityContext:
        runAsNonRoot: true
        fsGroup: ${1000 + pick(50)}
      containers:
        - name: app
          image: registry.example/${team}/${name}:${1 + pick(4)}.${pick(20)}.${pick(9)}
          imagePullPolicy: IfNotPresent
          args: [serve, --port=8080, "--log-level=info"]
          ports:
            - name: http
              containerPort: 8080
            - name: metrics
              containerPort: 9090
          env:
            - name: LOG_LEVEL
              value: info
            - name: POD_NAME
              valueFrom:
                fieldRef:
                  fieldPath: metadata.name
            - name: DATABASE_URL
              valueFrom:
                secretKeyRef:
                  name: ${name}
                  key: url
          resources:
            requests:
              cpu: ${50 + 50 * pick(10)}m
              memory: ${64 + 64 * pick(8)}Mi
            limits:
              memory: ${1024 + 64 * pick(8)}Mi
          livenessProbe:
            httpGet:
              path: /healthz
              port: http
            initialDelaySeconds: ${5 + pick(20)}
          readinessProbe:
            httpGet:
              path: /ready
              port: http
          volumeMounts:
            - name: config
              mountPath: /etc/${name}
              readOnly: true
            - name: tmp
              mountPath: /tmp
      volumes:
        - name: config
          configMap:
            name: ${name}
        - name: tmp
          emptyDir: {}
`,
  (name, ns, team) => `apiVersion: v1
kind: Service
${meta(name, ns, team)}
spec:
  type: ClusterIP
  selector:
    app.kubernetes.io/name: ${name}
  ports:
    - name: http
      port: 80
      targetPort: http
    - name: metrics
      port: 9090
      targetPort: metrics
`,
  (name, ns, team, pick) => `apiVersion: v1
kind: ConfigMap
${meta(name, ns, team)}
data:
  application.yaml: |
    server:
      port: 8080
      workers: ${1 + pick(16)}
    features:
${Array.from({ length: 12 }, (_, i) => `      - feature-${i}-${pick(100)}`).join('\n')}
  region: eu-${pick(3)}
`,
  (name, ns, team) => `apiVersion: v1
kind: ServiceAccount
${meta(name, ns, team)}
automountServiceAccountToken: false
`,
  (name, ns, team, pick) => `apiVersion: networking.k8s.io/v1
kind: Ingress
${meta(name, ns, team)}
spec:
  ingressClassName: nginx
  rules:
    - host: ${name}.example
      http:
        paths:
          - path: /${pick(9)}
            pathType: Prefix
            backend:
              service:
                name: ${name}
                port:
                  name: http
`,
  (name, ns, team, pick) => `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
${meta(name, ns, team)}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: ${name}
  minReplicas: 2
  maxReplicas: ${4 + pick(8)}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: ${50 + pick(40)}
`,
  (name, ns, team) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
${meta(name, ns, team)}
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: ${name}
  policyTypes: [Ingress]
  ingress:
    - from:
        - namespaceSelector:
            matchLabels:
              team: ${team}
      ports:
        - protocol: TCP
          port: 8080
`,
  (name, ns, team) => `apiVersion: policy/v1
kind: PodDisruptionBudget
${meta(name, ns, team)}
spec:
  minAvailable: 1
  selector:
    matchLabels:
      app.kubernetes.io/name: ${name}
`,
  (name, ns, team, pick) => `apiVersion: batch/v1
kind: CronJob
${meta(name, ns, team)}
spec:
  schedule: "${pick(60)} ${pick(24)} * * *"
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      backoffLimit: 2
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: job
              image: registry.example/${team}/${name}-job:1.${pick(9)}
              args: [run]
`,
  (name, ns, team) => `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
${meta(name, ns, team)}
rules:
  - apiGroups: [""]
    resources: [configmaps, secrets]
    verbs: [get, list]
`,
];

/** `count` valid manifests as `{ path, text }`, one document per file. */
export function manifests(count, seed = 7) {
  const pick = numbers(seed);
  return Array.from({ length: count }, (_, i) => {
    const team = `team-${Math.floor(i / 250)}`;
    const name = `app-${Math.floor(i / kinds.length)}`;
    const text = kinds[i % kinds.length](name, team, team, pick);
    return { path: `${team}/${name}/${i % kinds.length}.yaml`, text };
  });
}

/** Deployments, Services and ConfigMaps in one namespace, for the comparison with a cluster. */
export function workloads(count, namespace, seed = 11) {
  const pick = numbers(seed);
  return Array.from({ length: count }, (_, i) => {
    const name = `app-${Math.floor(i / 3)}`;
    return { path: `${name}/${i % 3}.yaml`, text: kinds[i % 3](name, namespace, 'bench', pick) };
  });
}

/** One file of at least `lines` lines with many documents. */
export function largeFile(lines) {
  let text = '';
  let count = 0;
  for (const { text: next } of manifests(10_000)) {
    text += (text === '' ? '' : '---\n') + next;
    count = text.split('\n').length;
    if (count >= lines) {
      break;
    }
  }
  return text;
}

/** The same as one single document: a list. */
export function largeDocument(lines) {
  let text = 'apiVersion: v1\nkind: List\nitems:\n';
  let count = 3;
  for (const { text: next } of manifests(10_000)) {
    const own = next.trimEnd().split('\n');
    text += own.map((line, i) => `${i === 0 ? '  - ' : '    '}${line}\n`).join('');
    count += own.length;
    if (count >= lines) {
      break;
    }
  }
  return text;
}

export function write(dir, files) {
  for (const { path: name, text } of files) {
    const file = path.join(dir, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
}
