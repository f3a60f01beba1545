package custom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/controller/openapi/builder"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/apiserver/pkg/endpoints/handlers/fieldmanager"
	"k8s.io/kube-openapi/pkg/validation/spec"

	"plumbline.dev/engines/validate/internal/storage"
	"plumbline.dev/engines/validate/internal/verdict"
)

// Patch is one server-side apply.
type Patch struct {
	// Live is the stored object with its managedFields; empty on create.
	Live    json.RawMessage
	Desired json.RawMessage
	Manager string
	Force   bool
}

// Apply merges the desired object into the live one by the owners of their fields and takes the result through the same
// create or update as any other write.
func (s *Store) Apply(kind schema.GroupVersionKind, patch Patch) *verdict.Verdict {
	version, v := s.version(kind)
	if version == nil {
		return v
	}
	v = verdict.New(true)
	desired := &unstructured.Unstructured{}
	if err := desired.UnmarshalJSON(patch.Desired); err != nil {
		return v.Add(err)
	}
	live := &unstructured.Unstructured{Object: map[string]any{}}
	live.SetGroupVersionKind(kind)
	var old runtime.Object
	if len(patch.Live) > 0 {
		stored, _, err := version.decode(patch.Live, true)
		if err != nil {
			return unreadable(v, err)
		}
		if live, err = version.convert(stored); err != nil {
			return unreadable(v, err)
		}
		old = live.DeepCopy()
	}
	merged, err := version.merge(live, desired, patch)
	if err != nil {
		return v.Add(err)
	}
	if old != nil {
		// An apply that changes nothing leaves the times of the owners alone.
		if _, err := fieldmanager.IgnoreManagedFieldsTimestampsTransformer(context.Background(), merged, old); err != nil {
			return v.Add(err)
		}
	}
	version.write(v, merged, old, "", false)
	version.give(v, merged)
	return v
}

func (v *version) merge(live, desired *unstructured.Unstructured, patch Patch) (*unstructured.Unstructured, error) {
	types, err := v.typeConverter(live)
	if err != nil {
		return nil, err
	}
	c := converter{v}
	manager, err := managedfields.NewDefaultCRDFieldManager(
		types, c, c, c, v.kind, v.kind.GroupVersion(), "", storage.ResetFields(v.strategy))
	if err != nil {
		return nil, err
	}
	merged, err := manager.Apply(live, desired, patch.Manager, patch.Force)
	if err != nil {
		return nil, err
	}
	object, ok := merged.(*unstructured.Unstructured)
	if !ok {
		return nil, fmt.Errorf("server-side apply gave a %T", merged)
	}
	return object, nil
}

// typeConverter gives the merge rules for this version and for those that the live object's owners used.
func (v *version) typeConverter(live *unstructured.Unstructured) (managedfields.TypeConverter, error) {
	names := map[string]bool{v.kind.Version: true}
	for _, entry := range live.GetManagedFields() {
		if gv, err := schema.ParseGroupVersion(entry.APIVersion); err == nil && gv.Group == v.kind.Group && v.definition.serves(gv.Version) {
			names[gv.Version] = true
		}
	}
	sorted := slices.Sorted(maps.Keys(names))
	key := strings.Join(sorted, " ")
	if types, ok := v.types[key]; ok {
		return types, nil
	}
	schemas := map[string]*spec.Schema{}
	for _, name := range sorted {
		document, err := builder.BuildOpenAPIV3(v.definition.published, name, builder.Options{
			StripValueValidation: true,
			StripNullable:        true,
		})
		if err != nil {
			return nil, err
		}
		maps.Copy(schemas, document.Components.Schemas)
	}
	types, err := managedfields.NewTypeConverter(schemas, v.preservesUnknownFields())
	if err != nil {
		return nil, err
	}
	v.types[key] = types
	return types, nil
}

func (d *definition) serves(version string) bool {
	for i := range d.published.Spec.Versions {
		if v := &d.published.Spec.Versions[i]; v.Name == version && v.Served {
			return true
		}
	}
	return false
}

// convert gives an object in this version. Without a webhook, versions differ in nothing but their name.
func (v *version) convert(object *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	if object.GroupVersionKind() == v.kind {
		return object, nil
	}
	if c := v.definition.published.Spec.Conversion; c != nil && c.Strategy == apiextensionsv1.WebhookConverter {
		return nil, fmt.Errorf("converting %s to %s needs the cluster's webhook", object.GetAPIVersion(), v.kind.Version)
	}
	converted := object.DeepCopy()
	converted.SetGroupVersionKind(v.kind)
	return converted, nil
}

// converter is what server-side apply needs of a kind: versions, defaults and empty objects.
type converter struct{ version *version }

func (converter) Convert(in, out, context any) error {
	return errors.New("custom resources are converted by version only")
}

func (c converter) ConvertToVersion(in runtime.Object, target runtime.GroupVersioner) (runtime.Object, error) {
	kind, ok := target.KindForGroupVersionKinds([]schema.GroupVersionKind{in.GetObjectKind().GroupVersionKind()})
	object, isCustom := in.(*unstructured.Unstructured)
	if !ok || !isCustom || kind == object.GroupVersionKind() {
		return in, nil
	}
	other, err := c.version.definition.version(kind.Version)
	if err != nil {
		return nil, err
	}
	if other == nil {
		// The field manager drops owners of versions that are gone.
		return nil, runtime.NewNotRegisteredErrForKind("custom resources", kind)
	}
	return other.convert(object)
}

func (converter) ConvertFieldLabel(_ schema.GroupVersionKind, label, value string) (string, string, error) {
	return label, value, nil
}

func (c converter) Default(object runtime.Object) {
	if o, ok := object.(*unstructured.Unstructured); ok {
		defaulting.Default(o.Object, c.version.structural)
	}
}

func (converter) New(kind schema.GroupVersionKind) (runtime.Object, error) {
	object := &unstructured.Unstructured{Object: map[string]any{}}
	object.SetGroupVersionKind(kind)
	return object, nil
}
