package builtin

import (
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/kube-openapi/pkg/common"
	"k8s.io/kube-openapi/pkg/validation/spec"
)

// typesOf makes the merge rules of one kind from the OpenAPI definitions that its server publishes.
func typesOf(
	definitions func(common.ReferenceCallback) map[string]common.OpenAPIDefinition,
	model string,
	kind schema.GroupVersionKind,
) managedfields.TypeConverter {
	schemas := map[string]*spec.Schema{}
	reference := func(name string) spec.Ref { return spec.MustCreateRef("#/components/schemas/" + name) }
	for name, definition := range definitions(reference) {
		published := definition.Schema
		if name == model {
			published.AddExtension("x-kubernetes-group-version-kind", []any{
				map[string]any{"group": kind.Group, "version": kind.Version, "kind": kind.Kind},
			})
		}
		schemas[name] = &published
	}
	types, err := managedfields.NewTypeConverter(schemas, false)
	if err != nil {
		// Impossible for definitions that are compiled in; the tests would show it.
		panic(err)
	}
	return types
}
