package custom

import (
	"fmt"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apiextensions-apiserver/pkg/registry/customresource"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"

	"plumbline.dev/engines/validate/internal/storage"
)

// version is one served version of a defined kind, ready to validate.
type version struct {
	kind       schema.GroupVersionKind
	definition *definition
	structural *structuralschema.Structural
	strategy   storage.Strategy
	// types holds the merge rules of server-side apply, by the versions that they cover; see apply.go.
	types map[string]managedfields.TypeConverter
}

// version compiles a version on first use. Nil without an error means that the definition does not serve it.
func (d *definition) version(name string) (*version, error) {
	if err := d.parse(); err != nil {
		return nil, err
	}
	if v, ok := d.versions[name]; ok {
		return v, nil
	}
	for i := range d.published.Spec.Versions {
		if published := &d.published.Spec.Versions[i]; published.Name == name && published.Served {
			v, err := d.compile(published)
			if err != nil {
				return nil, fmt.Errorf("its CustomResourceDefinition cannot be used: %w", err)
			}
			d.versions[name] = v
			return v, nil
		}
	}
	return nil, nil
}

func (d *definition) compile(published *apiextensionsv1.CustomResourceDefinitionVersion) (*version, error) {
	schemaOfVersion, err := apiextensions.GetSchemaForVersion(d.internal, published.Name)
	if err != nil {
		return nil, err
	}
	if schemaOfVersion == nil || schemaOfVersion.OpenAPIV3Schema == nil {
		return nil, fmt.Errorf("version %s has no schema", published.Name)
	}
	structural, err := structuralschema.NewStructural(schemaOfVersion.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	if err := defaulting.PruneDefaults(structural); err != nil {
		return nil, err
	}
	validator, _, err := validation.NewSchemaValidator(schemaOfVersion.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	status, scale := subresourcesOf(published)
	kind := d.kind.WithVersion(published.Name)
	namespaced := d.published.Spec.Scope == apiextensionsv1.NamespaceScoped
	return &version{
		kind:       kind,
		definition: d,
		structural: structural,
		strategy: customresource.NewStrategy(
			typer{}, namespaced, kind, validator, nil, structural, status, scale, published.SelectableFields),
		types: map[string]managedfields.TypeConverter{},
	}, nil
}

// The strategy validates what the subresources point at: a negative replica count is refused only where scale is known.
func subresourcesOf(v *apiextensionsv1.CustomResourceDefinitionVersion) (
	status *apiextensions.CustomResourceSubresourceStatus, scale *apiextensions.CustomResourceSubresourceScale,
) {
	if v.Subresources == nil {
		return nil, nil
	}
	if v.Subresources.Status != nil {
		status = &apiextensions.CustomResourceSubresourceStatus{}
	}
	if s := v.Subresources.Scale; s != nil {
		scale = &apiextensions.CustomResourceSubresourceScale{
			SpecReplicasPath:   s.SpecReplicasPath,
			StatusReplicasPath: s.StatusReplicasPath,
			LabelSelectorPath:  s.LabelSelectorPath,
		}
	}
	return status, scale
}

func (v *version) preservesUnknownFields() bool {
	preserve := v.definition.internal.Spec.PreserveUnknownFields
	return preserve != nil && *preserve
}

// typer takes an object's kind from the object itself.
type typer struct{}

func (typer) ObjectKinds(o runtime.Object) ([]schema.GroupVersionKind, bool, error) {
	return []schema.GroupVersionKind{o.GetObjectKind().GroupVersionKind()}, false, nil
}

func (typer) Recognizes(schema.GroupVersionKind) bool { return true }
