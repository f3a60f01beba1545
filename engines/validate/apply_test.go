package main

import (
	"strings"
	"testing"

	"plumbline.dev/engines/validate/internal/verdict"
)

const appliedAt = "2026-01-01T00:00:00Z"

func applyAs(t *testing.T, manager string, force bool, live object, desired string) *verdict.Verdict {
	t.Helper()
	input := object{"desired": parse(t, desired), "manager": manager, "force": force}
	if live != nil {
		input["live"] = live
	}
	return call[*verdict.Verdict](t, "apply", input)
}

// applied is what a cluster would hold after the first apply, with what the storage sets.
func applied(t *testing.T, manager, desired string) object {
	t.Helper()
	v := applyAs(t, manager, false, nil, desired)
	check(t, v, "")
	o := stored(t, v)
	m := o["metadata"].(object)
	if uid, _ := m["uid"].(string); uid == "" {
		t.Error("a created object has no uid")
	}
	m["resourceVersion"], m["creationTimestamp"] = "5", appliedAt
	for _, e := range m["managedFields"].([]any) {
		e.(object)["time"] = appliedAt
	}
	return o
}

func clone(t *testing.T, o object) object { return parse(t, text(o)) }

// owned adds an owner, as a controller's own write would.
func owned(o object, manager string, fields object) object {
	m := o["metadata"].(object)
	m["managedFields"] = append(m["managedFields"].([]any), object{
		"manager": manager, "operation": "Update", "apiVersion": o["apiVersion"], "time": appliedAt,
		"fieldsType": "FieldsV1", "fieldsV1": fields,
	})
	return o
}

func containers(o object) []any {
	list, _ := at(o, "spec", "template", "spec", "containers").([]any)
	return list
}

const scaled = deployment + "  replicas: 2\n"

func TestApplyCreates(t *testing.T) {
	v := applyAs(t, "argocd", false, nil, scaled)
	check(t, v, "")
	o := stored(t, v)
	entries := at(o, "metadata", "managedFields").([]any)
	equal(t, "owners", len(entries), 1)
	equal(t, "operation", at(entries[0], "operation"), "Apply")
	equal(t, "manager", at(entries[0], "manager"), "argocd")
	equal(t, "owned", at(entries[0], "fieldsV1", "f:spec", "f:replicas"), object{})
	equal(t, "default", at(containers(o)[0], "ports", 0, "protocol"), "TCP")
	equal(t, "default", at(o, "spec", "revisionHistoryLimit"), 10)
	equal(t, "generation", at(o, "metadata", "generation"), 1)
}

func TestApplyAgainChangesNothing(t *testing.T) {
	for _, manifest := range []string{scaled, statefulSet, service, `
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: x, namespace: ns}
spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {serviceAccountName: sa, containers: [{name: c, image: i}]}}}`,
		`{apiVersion: v1, kind: Secret, metadata: {name: x, namespace: ns}, stringData: {a: b}}`,
		`{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: x}, rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]}`,
		`{apiVersion: batch/v1, kind: Job, metadata: {name: x, namespace: ns}, spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}}`,
		`{apiVersion: autoscaling/v1, kind: HorizontalPodAutoscaler, metadata: {name: x, namespace: ns}, spec: {maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: w}}}`,
		`{apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: {name: v1.example.com}, spec: {group: example.com, version: v1, groupPriorityMinimum: 100, versionPriority: 100, caBundle: YQ==, service: {name: s, namespace: ns}}}`,
		`{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: widgets.example.com}, spec: {group: example.com, scope: Namespaced, names: {plural: widgets, singular: widget, kind: Widget, listKind: WidgetList}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]}}`,
	} {
		live := applied(t, "argocd", manifest)
		t.Run(live["kind"].(string), func(t *testing.T) {
			v := applyAs(t, "argocd", false, live, manifest)
			check(t, v, "")
			equal(t, "object", stored(t, v), live)
		})
	}
}

func TestApplyByOwnership(t *testing.T) {
	live := applied(t, "argocd", scaled)

	t.Run("a field of our own that is gone falls back to its default", func(t *testing.T) {
		v := applyAs(t, "argocd", false, live, deployment)
		check(t, v, "")
		equal(t, "replicas", at(stored(t, v), "spec", "replicas"), 1)
		equal(t, "generation", at(stored(t, v), "metadata", "generation"), 2)
	})

	autoscaled := clone(t, live)
	autoscaled["spec"].(object)["replicas"] = 7
	delete(at(autoscaled, "metadata", "managedFields", 0, "fieldsV1", "f:spec").(object), "f:replicas")
	owned(autoscaled, "hpa", object{"f:spec": object{"f:replicas": object{}}})
	t.Run("a field of somebody else is kept", func(t *testing.T) {
		v := applyAs(t, "argocd", false, autoscaled, deployment)
		check(t, v, "")
		equal(t, "replicas", at(stored(t, v), "spec", "replicas"), 7)
	})
	t.Run("a conflict names manager and field", func(t *testing.T) {
		v := applyAs(t, "argocd", false, autoscaled, scaled)
		check(t, v, "FieldManagerConflict spec.replicas")
		if !strings.Contains(v.Problems[0].Message, "hpa") || v.Object != nil {
			t.Errorf("got %s", details(v))
		}
	})
	t.Run("force takes the field over", func(t *testing.T) {
		v := applyAs(t, "argocd", true, autoscaled, scaled)
		check(t, v, "")
		equal(t, "replicas", at(stored(t, v), "spec", "replicas"), 2)
		if strings.Contains(string(v.Object), "hpa") {
			t.Errorf("hpa still owns something: %s", details(v))
		}
	})
	t.Run("an immutable field", func(t *testing.T) {
		check(t, applyAs(t, "argocd", true, live, replaced(t, scaled, "app: web", "app: new")), "Invalid spec.selector")
	})
}

func TestApplyToLists(t *testing.T) {
	const env = "image: nginx:1\n        env: [{name: A, value: '1'}, {name: B, value: '2'}]"
	live := applied(t, "argocd", replaced(t, scaled, "image: nginx:1", env))
	ofContainer := func(name string, fields object) object {
		return object{"f:spec": object{"f:template": object{"f:spec": object{"f:containers": object{`k:{"name":"` + name + `"}`: fields}}}}}
	}

	t.Run("changed, removed and foreign items", func(t *testing.T) {
		injected := clone(t, live)
		c := containers(injected)[0].(object)
		c["env"] = append(c["env"].([]any), object{"name": "INJ", "value": "x"})
		owned(injected, "injector", ofContainer("c", object{
			"f:env": object{`k:{"name":"INJ"}`: object{".": object{}, "f:name": object{}, "f:value": object{}}}}))
		v := applyAs(t, "argocd", false, injected, replaced(t, scaled, "image: nginx:1", "image: nginx:1\n        env: [{name: A, value: '9'}]"))
		check(t, v, "")
		equal(t, "env", containers(stored(t, v))[0].(object)["env"],
			[]any{object{"name": "A", "value": "9"}, object{"name": "INJ", "value": "x"}})
	})
	t.Run("foreign container", func(t *testing.T) {
		meshed := clone(t, live)
		spec := at(meshed, "spec", "template", "spec").(object)
		spec["containers"] = append(containers(meshed), object{"name": "mesh", "image": "p"})
		owned(meshed, "mesh", ofContainer("mesh", object{".": object{}, "f:image": object{}, "f:name": object{}}))
		v := applyAs(t, "argocd", false, meshed, replaced(t, scaled, "image: nginx:1", env))
		check(t, v, "")
		equal(t, "containers", len(containers(stored(t, v))), 2)
	})
}

// What only the way through the server's update path does; an apply without it differs from the cluster.
func TestApplyEqualsTheServer(t *testing.T) {
	t.Run("template generation", func(t *testing.T) {
		live := applied(t, "m", `
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: x, namespace: ns}
spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {serviceAccountName: sa, containers: [{name: c, image: i}]}}}`)
		equal(t, "annotation", at(live, "metadata", "annotations", "deprecated.daemonset.template.generation"), "1")
		equal(t, "alias", at(live, "spec", "template", "spec", "serviceAccount"), "sa")
	})
	t.Run("claim templates", func(t *testing.T) {
		equal(t, "phase", at(applied(t, "m", statefulSet), "spec", "volumeClaimTemplates", 0, "status", "phase"), "Pending")
	})
	t.Run("stringData", func(t *testing.T) {
		live := applied(t, "m", `{apiVersion: v1, kind: Secret, metadata: {name: x, namespace: ns}, stringData: {a: b}}`)
		equal(t, "data", at(live, "data"), object{"a": "Yg=="})
		equal(t, "stringData", at(live, "stringData"), nil)
	})
	t.Run("allocated addresses stay", func(t *testing.T) {
		live := applied(t, "m", service)
		address, _ := at(live, "spec", "clusterIP").(string)
		if address == "" {
			t.Fatal("no address was allocated")
		}
		v := applyAs(t, "m", false, live, replaced(t, service, "spec:", "spec:\n  type: NodePort"))
		check(t, v, "")
		equal(t, "address", at(stored(t, v), "spec", "clusterIP"), address)
		if port, _ := at(stored(t, v), "spec", "ports", 0, "nodePort").(float64); port < 30000 {
			t.Errorf("node port %v", port)
		}
	})
	t.Run("generated nulls", func(t *testing.T) {
		live := applied(t, "m", scaled)
		v := applyAs(t, "m", false, live, replaced(t, scaled, "name: web, namespace: ns", "name: web, namespace: ns, creationTimestamp: null")+"status: {}\n")
		check(t, v, "")
		equal(t, "creationTimestamp", at(stored(t, v), "metadata", "creationTimestamp"), appliedAt)
	})
	t.Run("empty lists", func(t *testing.T) {
		o := applied(t, "m", `{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: x}, rules: []}`)
		equal(t, "rules", at(o, "rules"), nil)
	})
	t.Run("unknown field", func(t *testing.T) {
		check(t, applyAs(t, "m", false, nil, scaled+"  replicaz: 2\n"), "TypedPatch spec.replicaz")
	})
	t.Run("a strategy left half", func(t *testing.T) {
		live := applied(t, "m", scaled)
		check(t, applyAs(t, "m", false, live, scaled+"  strategy: {type: Recreate}\n"), "Forbidden spec.strategy.rollingUpdate")
	})
}

func TestApplyCustomResources(t *testing.T) {
	addWidgets(t)
	live := applied(t, "flux", widget+"  host: a.b\n")
	equal(t, "owner", at(live, "metadata", "managedFields", 0, "manager"), "flux")
	equal(t, "default", at(live, "spec", "parts", 0, "count"), 1)

	v := applyAs(t, "flux", false, live, widget)
	check(t, v, "")
	equal(t, "own field that is gone", at(stored(t, v), "spec", "host"), nil)
	equal(t, "generation", at(stored(t, v), "metadata", "generation"), 2)

	v = applyAs(t, "flux", false, live, widget+"  host: a.b\n")
	check(t, v, "")
	equal(t, "applied again", stored(t, v), live)

	edited := clone(t, live)
	edited["spec"].(object)["min"] = 3
	owned(edited, "kubectl-edit", object{"f:spec": object{"f:min": object{}}})
	v = applyAs(t, "flux", false, edited, widget+"  host: a.b\n")
	check(t, v, "")
	equal(t, "foreign field", at(stored(t, v), "spec", "min"), 3)
	v = applyAs(t, "flux", false, edited, widget+"  min: 1\n")
	check(t, v, "FieldManagerConflict spec.min")
	if !strings.Contains(v.Problems[0].Message, "kubectl-edit") {
		t.Errorf("got %s", details(v))
	}

	check(t, applyAs(t, "flux", false, live, replaced(t, widget, "red", "blue")), "Invalid spec.color")
	check(t, applyAs(t, "flux", false, live, widget+"  tags: null\n"), "TypeInvalid spec.tags")
	check(t, applyAs(t, "flux", false, live, widget+"  colour: x\n"), "TypedPatch spec.colour")

	t.Run("owner at another version", func(t *testing.T) {
		older := clone(t, live)
		at(older, "metadata", "managedFields", 0).(object)["apiVersion"] = "example.com/v1beta1"
		v := applyAs(t, "flux", false, older, widget)
		check(t, v, "")
		equal(t, "own field that is gone", at(stored(t, v), "spec", "host"), nil)
	})
}
