package main

import (
	"os"
	"strings"
	"testing"

	"plumbline.dev/engines/validate/internal/custom"
)

const widget = `
apiVersion: example.com/v1
kind: Widget
metadata: {name: w, namespace: ns}
spec:
  size: 5
  color: red
  parts: [{name: a}]
`

func addWidgets(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile("testdata/widgets.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // adding a text again changes nothing
		added := call[[]custom.Added](t, "crds", object{"texts": []string{string(text)}})
		equal(t, "kinds", strings.Join(added[0].Kinds, " "), "Widget.example.com Gadget.example.com Broken.example.com")
		equal(t, "errors", len(added[0].Errors), 0)
	}
}

func TestCustomResources(t *testing.T) {
	addWidgets(t)
	cases := []struct{ name, manifest, want string }{
		{"valid", widget, ""},
		{"valid, cluster-scoped", `{apiVersion: example.com/v1, kind: Gadget, metadata: {name: g}, spec: {lit: true}}`, ""},
		{"valid, other version", replaced(t, widget, "example.com/v1", "example.com/v1beta1"), ""},
		{"generated name", replaced(t, widget, "name: w,", "generateName: w-,"), ""},
		{"nulls are dropped", replaced(t, widget, "color: red", "color: red\n  note: null\n  tags: null"), ""},
		{"rule", replaced(t, widget, "size: 5", "size: 5\n  min: 9"), "Invalid spec"},
		{"rule of a field", replaced(t, widget, "size: 5", "size: 5\n  path: a//b"), "Invalid spec.path"},
		{"enum", replaced(t, widget, "color: red", "color: pink"), "NotSupported spec.color"},
		{"pattern", replaced(t, widget, "size: 5", "size: 5\n  host: BAD"), "Invalid spec.host"},
		{"minimum", replaced(t, widget, "size: 5", "size: 0"), "Invalid spec.size"},
		{"required", replaced(t, widget, "size: 5", "host: a"), "Required spec.size"},
		{"type", replaced(t, widget, "size: 5", "size: five"), "TypeInvalid spec.size"},
		{"duplicate key", replaced(t, widget, "[{name: a}]", "[{name: a}, {name: a}]"), "Duplicate spec.parts[1]"},
		{"unknown fields", replaced(t, widget, "size: 5", "size: 5\n  colour: red", "[{name: a}]", "[{name: a, amount: 1}]"),
			"StrictDecoding spec.colour\nStrictDecoding spec.parts[0].amount"},
		{"unknown metadata", replaced(t, widget, "name: w,", "name: w, lables: {a: b},"), "StrictDecoding metadata.lables"},
		{"invalid metadata", replaced(t, widget, "name: w,", "name: W_W,"), "Invalid metadata.name"},
		{"label of another type", replaced(t, widget, "name: w,", "name: w, labels: {a: 1},"), "Decode"},
		{"scale", replaced(t, widget, "size: 5", "size: 5\n  replicas: -1"), "Invalid spec.replicas"},
		{"version that is not served", replaced(t, widget, "example.com/v1", "example.com/v1alpha1"), "NoKindMatch apiVersion (assumed)"},
		{"version that does not exist", replaced(t, widget, "example.com/v1", "example.com/v7"), "NoKindMatch apiVersion (assumed)"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			v := validateOne(t, object{"object": parse(t, c.manifest), "namespace": "ns"})
			check(t, v, c.want)
		})
	}
}

func TestCustomResourceUpdates(t *testing.T) {
	addWidgets(t)
	unchanged := replaced(t, widget, "size: 5", "size: 5\n  path: a//b")
	cases := []struct{ name, old, object, want string }{
		{"nothing", widget, widget, ""},
		{"transition rule", widget, replaced(t, widget, "red", "blue"), "Invalid spec.color"},
		// On the way of an apply a null stays, and is refused.
		{"null where none is allowed", widget, replaced(t, widget, "color: red", "color: red\n  tags: null"), "TypeInvalid spec.tags"},
		{"null where one is allowed", widget, replaced(t, widget, "color: red", "color: red\n  note: null"), ""},
		{"a fault that was there before", unchanged, replaced(t, unchanged, "name: w,", "name: w, labels: {a: b},"), ""},
		{"a fault that is new", widget, unchanged, "Invalid spec.path"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			v := validateOne(t, object{"object": parse(t, c.object), "old": parse(t, c.old)})
			check(t, v, c.want)
		})
	}
}

func TestCustomResourceAsStored(t *testing.T) {
	addWidgets(t)
	manifest := replaced(t, widget, "  color: red\n", "", "name: w,", "name: w, finalizers: [], annotations: {},")
	manifest += "status: {made: up}\n"
	o := stored(t, validateOne(t, object{"object": parse(t, manifest), "return": true}))
	equal(t, "default", at(o, "spec", "color"), "red")
	equal(t, "default in a list", at(o, "spec", "parts", 0, "count"), 1)
	equal(t, "status", at(o, "status"), nil)
	equal(t, "generation", at(o, "metadata", "generation"), 1)
	equal(t, "empty metadata", at(o, "metadata"), object{"name": "w", "namespace": "ns", "generation": 1})
	type answers = []struct{ Object object }
	o = call[answers](t, "default", object{"objects": []any{parse(t, manifest)}})[0].Object
	equal(t, "default operation", at(o, "spec", "color"), "red")
}

func TestDefinitionsThatCannotBeUsed(t *testing.T) {
	addWidgets(t)
	v := validateOne(t, object{"object": object{"apiVersion": "example.com/v1", "kind": "Broken", "metadata": object{"name": "b"}}})
	if v.Known || len(v.Problems) > 0 || len(v.Warnings) != 1 {
		t.Errorf("got %s", details(v))
	}
	added := call[[]custom.Added](t, "crds", object{"texts": []string{"kind: CustomResourceDefinition\nspec: {group: [", "a: b"}})
	equal(t, "errors", len(added[0].Errors), 1)
	equal(t, "other texts", len(added[1].Errors)+len(added[1].Kinds), 0)
}

func TestDefinitionDocuments(t *testing.T) {
	manifest := `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Everywhere
  names: {plural: widget, kind: Widget}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {typ: object}}}}}]`
	check(t, validateOne(t, object{"object": parse(t, manifest)}), `
StrictDecoding spec.versions[0].schema.openAPIV3Schema.properties.spec.typ
Invalid metadata.name
NotSupported spec.scope
Required spec.validation.openAPIV3Schema.properties[spec].type`)
}
