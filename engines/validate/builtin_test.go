package main

import (
	"os"
	"strings"
	"testing"
)

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: ns}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: c
        image: nginx:1
        ports: [{name: http, containerPort: 80}]
`

const service = `
apiVersion: v1
kind: Service
metadata: {name: s, namespace: ns}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80}]
`

const statefulSet = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: x, namespace: ns}
spec:
  serviceName: svc
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec: {containers: [{name: c, image: i}]}
  volumeClaimTemplates:
  - metadata: {name: d}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`

// replaced changes a manifest by text, as an author does; every pair must be found.
func replaced(t *testing.T, manifest string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(manifest, pairs[i]) {
			t.Fatalf("%q is not in:\n%s", pairs[i], manifest)
		}
		manifest = strings.ReplaceAll(manifest, pairs[i], pairs[i+1])
	}
	return manifest
}

// What the server says of objects that a JSON schema lets pass, and of some that it does not.
func TestCreate(t *testing.T) {
	const pod = "spec.template.spec."
	cases := []struct{ name, manifest, want string }{
		{"valid deployment", deployment, ""},
		{"selector does not match the labels",
			replaced(t, deployment, "matchLabels: {app: web}", "matchLabels: {app: other}"), "Invalid spec.template.metadata.labels"},
		{"duplicate port name",
			replaced(t, deployment, "containerPort: 80}", "containerPort: 80}, {name: http, containerPort: 81}"),
			"Duplicate " + pod + "containers[0].ports[1].name"},
		{"mount without a volume",
			replaced(t, deployment, "image: nginx:1", "image: nginx:1\n        volumeMounts: [{name: data, mountPath: /d}]"),
			"NotFound " + pod + "containers[0].volumeMounts[0].name"},
		{"invalid quantity",
			replaced(t, deployment, "image: nginx:1", "image: nginx:1\n        resources: {requests: {cpu: 100mm}}"), "Decode"},
		{"request above limit",
			replaced(t, deployment, "image: nginx:1", "image: nginx:1\n        resources: {requests: {cpu: 2}, limits: {cpu: 1}}"),
			"Invalid " + pod + "containers[0].resources.requests"},
		{"invalid schedule", `
apiVersion: batch/v1
kind: CronJob
metadata: {name: x, namespace: ns}
spec: {schedule: "61 * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}}}`,
			"Invalid spec.schedule"},
		{"job without a restart policy", `
apiVersion: batch/v1
kind: Job
metadata: {name: x, namespace: ns}
spec: {template: {spec: {containers: [{name: c, image: i}]}}}`,
			"Required spec.template.spec.restartPolicy"},
		{"invalid label value", replaced(t, deployment, "name: web, namespace: ns", "name: web, namespace: ns, labels: {app: has space}"),
			"Invalid metadata.labels"},
		{"invalid annotation key", replaced(t, deployment, "name: web, namespace: ns", "name: web, namespace: ns, annotations: {a/b/c: x}"),
			"Invalid metadata.annotations"},
		{"unnamed ports", replaced(t, service, "{name: http, port: 80}", "{port: 80}, {port: 81}"),
			"Required spec.ports[0].name\nRequired spec.ports[1].name"},
		{"duplicate service port", replaced(t, service, "{name: http, port: 80}", "{name: http, port: 80}, {name: b, port: 80}"),
			"Duplicate spec.ports[1]"},
		{"ingress with three faults", `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: x, namespace: ns}
spec: {rules: [{host: Bad_Host, http: {paths: [{path: api, pathType: Prefix, backend: {service: {name: s, port: {number: 80, name: http}}}}]}}]}`, `
Invalid spec.rules[0].host
Invalid spec.rules[0].http.paths[0].path
Invalid spec.rules[0].http.paths[0].backend`},
		{"minimum above maximum", `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: x, namespace: ns}
spec: {minReplicas: 5, maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}`,
			"Invalid spec.maxReplicas"},
		{"budget with both limits", `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: x, namespace: ns}
spec: {minAvailable: 1, maxUnavailable: 1, selector: {matchLabels: {a: b}}}`,
			"Invalid spec"},
		{"probe with two handlers", replaced(t, deployment, "image: nginx:1",
			"image: nginx:1\n        livenessProbe: {httpGet: {port: BAD PORT}, exec: {command: [x]}}"),
			"Forbidden " + pod + "containers[0].livenessProbe.httpGet"},
		{"unknown fields", replaced(t, deployment, "image: nginx:1", "image: nginx:1\n        imagePullPolcy: Always", "spec:\n  selector", "spec:\n  replica: 2\n  selector"), `
StrictDecoding spec.replica
StrictDecoding ` + pod + `containers[0].imagePullPolcy`},
		{"value and source", replaced(t, deployment, "image: nginx:1",
			"image: nginx:1\n        env: [{name: A, value: x, valueFrom: {configMapKeyRef: {name: c, key: k}}}]"),
			"Invalid " + pod + "containers[0].env[0].valueFrom"},
		{"recreate with rolling update", replaced(t, deployment, "spec:\n  selector",
			"spec:\n  strategy: {type: Recreate, rollingUpdate: {maxSurge: 1}}\n  selector"), "Forbidden spec.strategy.rollingUpdate"},
		{"resource claim with a bad class", `
apiVersion: resource.k8s.io/v1
kind: ResourceClaim
metadata: {name: x, namespace: ns}
spec: {devices: {requests: [{name: a, exactly: {deviceClassName: Bad_Class, adminAccess: true}}]}}`,
			"Invalid spec.devices.requests[0].exactly.deviceClassName"},
		{"resource claim template with equal requests", `
apiVersion: resource.k8s.io/v1
kind: ResourceClaimTemplate
metadata: {name: x, namespace: ns}
spec: {spec: {devices: {requests: [{name: a, exactly: {deviceClassName: c}}, {name: a, exactly: {deviceClassName: c}}]}}}`,
			"Duplicate spec.spec.devices.requests[1]"},
		{"event of another namespace", `
apiVersion: v1
kind: Event
metadata: {name: x, namespace: ns}
involvedObject: {kind: Pod, name: p, namespace: other}`,
			"Invalid involvedObject.namespace"},
		{"managed fields that nobody can read",
			replaced(t, deployment, "namespace: ns}\nspec", "namespace: ns, managedFields: [{manager: m, fieldsType: V0}]}\nspec"), ""},
		{"invalid name", replaced(t, deployment, "name: web, namespace", "name: Web_App, namespace"), "Invalid metadata.name"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			check(t, validateOne(t, object{"object": parse(t, c.manifest)}), c.want)
		})
	}
}

func TestUpdate(t *testing.T) {
	allocated := replaced(t, service, "spec:", "spec:\n  type: ClusterIP\n  clusterIP: 10.96.0.1\n  clusterIPs: [10.96.0.1]\n  ipFamilies: [IPv4]\n  ipFamilyPolicy: SingleStack")
	config := `
apiVersion: v1
kind: ConfigMap
metadata: {name: x, namespace: ns}
immutable: true
data: {a: "1"}`
	binding := `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: x, namespace: ns}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: a}
subjects: [{kind: ServiceAccount, name: x, namespace: ns}]`
	pod := `
apiVersion: v1
kind: Pod
metadata: {name: x, namespace: ns}
spec: {containers: [{name: c, image: i}]}`
	cases := []struct{ name, old, object, want string }{
		{"selector", deployment, replaced(t, deployment, "app: web", "app: v2"), "Invalid spec.selector"},
		{"cluster address", allocated, replaced(t, allocated, "10.96.0.1", "10.96.0.2"), "Invalid spec.clusterIPs[0]"},
		{"allocated values left out", allocated, service, ""},
		{"immutable data", config, replaced(t, config, `"1"`, `"2"`), "Forbidden data"},
		{"claim templates", statefulSet, replaced(t, statefulSet, "1Gi", "2Gi"), "Forbidden spec"},
		{"role of a binding", binding, replaced(t, binding, "name: a}", "name: b}"), "Invalid roleRef"},
		{"pod with what admission added",
			replaced(t, pod, "spec: {", "spec: {priority: 0, preemptionPolicy: PreemptLowerPriority, tolerations: ["+
				"{key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 300},"+
				"{key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 300}], "), pod, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			check(t, validateOne(t, object{"object": parse(t, c.object), "old": parse(t, c.old)}), c.want)
		})
	}
}

// Every one of these was a false alarm once.
func TestValid(t *testing.T) {
	text, err := os.ReadFile("testdata/valid.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, manifest := range strings.Split(string(text), "\n---\n") {
		o := parse(t, manifest)
		name, _ := at(o, "metadata", "name").(string)
		t.Run(o["kind"].(string)+" "+name, func(t *testing.T) {
			check(t, validateOne(t, object{"object": o, "namespace": "ns"}), "")
		})
	}
}

func TestWarnings(t *testing.T) {
	v := validateOne(t, object{"object": parse(t, replaced(t, deployment,
		"containers:", "nodeSelector: {beta.kubernetes.io/os: linux}\n      containers:",
		"image: nginx:1", "image: nginx:1\n        env: [{name: A, value: '1'}, {name: A, value: '2'}]"))})
	check(t, v, "")
	if len(v.Warnings) != 2 {
		t.Errorf("got %d warnings: %s", len(v.Warnings), details(v))
	}
}

func TestWhatDependsOnTheCluster(t *testing.T) {
	cases := []struct{ name, manifest, want string }{
		{"address outside the assumed range", replaced(t, service, "spec:", "spec:\n  clusterIP: 192.168.7.7"), "Invalid spec.clusterIPs (assumed)"},
		{"node port outside the assumed range",
			replaced(t, service, "spec:", "spec:\n  type: NodePort", "port: 80", "port: 80, nodePort: 80"), "Invalid spec.ports[0].nodePort (assumed)"},
		{"second address family", replaced(t, service, "spec:", "spec:\n  ipFamilies: [IPv6]"), "Invalid spec.ipFamilies[0] (assumed)"},
		{"two address families", replaced(t, service, "spec:", "spec:\n  ipFamilyPolicy: RequireDualStack"), "Invalid spec.ipFamilyPolicy (assumed)"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			check(t, validateOne(t, object{"object": parse(t, c.manifest)}), c.want)
		})
	}
}

func TestKindsThatAreNotServed(t *testing.T) {
	cases := []struct{ apiVersion, kind, want string }{
		{"apps/v1beta1", "Deployment", "NoKindMatch apiVersion"},
		{"extensions/v1beta1", "Ingress", ""},
		{"apps/v1", "Deploymnet", "NoKindMatch kind"},
		{"networking.k8s.io/v1beta1", "Ingress", "NoKindMatch apiVersion"},
		{"resource.k8s.io/v1beta1", "ResourceClaim", "NoKindMatch apiVersion (assumed)"},
		{"policy/v1beta1", "PodSecurityPolicy", "NoKindMatch apiVersion"},
	}
	for _, c := range cases {
		t.Run(c.apiVersion+" "+c.kind, func(t *testing.T) {
			v := validateOne(t, object{"object": object{"apiVersion": c.apiVersion, "kind": c.kind, "metadata": object{"name": "x"}}})
			if c.want == "" {
				if v.Known || len(v.Problems) > 0 {
					t.Errorf("want not validated, got %s", details(v))
				}
				return
			}
			check(t, v, c.want)
		})
	}
}

// What the engine has no rules for is never called valid.
func TestNotValidated(t *testing.T) {
	for _, kind := range [][2]string{
		{"authentication.k8s.io/v1", "TokenReview"}, {"example.org/v1", "Nothing"}, {"v1", "List"}, {"v1", "ConfigMapList"},
		{"kustomize.config.k8s.io/v1beta1", "Kustomization"},
	} {
		v := validateOne(t, object{"object": object{"apiVersion": kind[0], "kind": kind[1], "metadata": object{"name": "x"}}})
		if v.Known || len(v.Problems) > 0 {
			t.Errorf("%v: %s", kind, details(v))
		}
	}
	v := validateOne(t, object{"object": object{"kind": "ConfigMap"}})
	if v.Known || summary(v) != "Decode" {
		t.Errorf("without apiVersion: %s", details(v))
	}
}

func TestReturnedObject(t *testing.T) {
	v := validateOne(t, object{"object": parse(t, deployment), "return": true})
	o := stored(t, v)
	equal(t, "default", at(o, "spec", "replicas"), 1)
	equal(t, "generation", at(o, "metadata", "generation"), 1)
	for _, field := range []string{"uid", "creationTimestamp", "resourceVersion"} {
		equal(t, field, at(o, "metadata", field), nil)
	}
	secret := parse(t, `{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: ns}, stringData: {a: b}}`)
	o = stored(t, validateOne(t, object{"object": secret, "return": true}))
	equal(t, "stringData", at(o, "stringData"), nil)
	equal(t, "data", at(o, "data", "a"), "Yg==")
}

// Plans are digests of such objects: what the server makes up must not differ from call to call.
func TestReturnedObjectIsTheSameEachTime(t *testing.T) {
	job := `{apiVersion: batch/v1, kind: Job, metadata: {name: x, namespace: ns}, spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}}`
	for _, manifest := range []string{job, replaced(t, service, "spec:", "spec:\n  type: LoadBalancer")} {
		item := object{"object": parse(t, manifest), "return": true}
		equal(t, "object", stored(t, validateOne(t, item)), stored(t, validateOne(t, item)))
	}
}

func TestDefault(t *testing.T) {
	type answers = []struct {
		Known  bool
		Object object
	}
	quantities := replaced(t, deployment, "image: nginx:1", "image: nginx:1\n        resources: {requests: {cpu: '0.1', memory: 1024Mi}}")
	got := call[answers](t, "default", object{"objects": []any{
		parse(t, quantities), parse(t, statefulSet), object{"apiVersion": "example.org/v1", "kind": "Nothing"}}})
	equal(t, "quantities", at(got[0].Object, "spec", "template", "spec", "containers", 0, "resources", "requests"),
		object{"cpu": "100m", "memory": "1Gi"})
	claim := at(got[1].Object, "spec", "volumeClaimTemplates", 0)
	equal(t, "volumeMode", at(claim, "spec", "volumeMode"), "Filesystem")
	equal(t, "what the internal version adds", at(claim, "status", "phase"), "Pending")
	equal(t, "unknown kind", got[2].Known, false)
}

func TestVersionIsThatOfGoMod(t *testing.T) {
	text, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "k8s.io/kubernetes v"+kubernetesVersion) {
		t.Errorf("go.mod builds another Kubernetes than %s", kubernetesVersion)
	}
}
