package custom

import (
	"encoding/json"
	"fmt"

	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"plumbline.dev/engines/validate/internal/storage"
	"plumbline.dev/engines/validate/internal/verdict"
)

// Item is one custom resource to validate: a create, or an update of Old.
type Item struct {
	Object    json.RawMessage
	Old       json.RawMessage
	Namespace string
	// Return asks for the object as it would be stored.
	Return bool
}

// version finds and compiles what a kind is checked with. With a nil version, the verdict says why there is none.
func (s *Store) version(kind schema.GroupVersionKind) (*version, *verdict.Verdict) {
	d := s.definitions[kind.GroupKind()]
	if d == nil {
		return nil, verdict.New(false)
	}
	version, err := d.version(kind.Version)
	if err != nil {
		v := verdict.New(false)
		v.AddWarning("", fmt.Sprintf("%s was not validated: %v", kind.GroupKind(), err))
		return nil, v
	}
	if version == nil {
		v := verdict.New(true)
		v.Problems = append(v.Problems, verdict.Problem{
			Type:    verdict.NoKindMatch,
			Field:   "apiVersion",
			Message: fmt.Sprintf("no matches for kind %q in version %q", kind.Kind, kind.GroupVersion()),
			// The cluster may have another release of the definition.
			Assumed: true,
		})
		return nil, v
	}
	return version, nil
}

// Validate answers as the API server does for the dry run of a create, with strict field validation. With Old it answers as
// for a server-side apply whose merge gave Object: there, a null that a field does not allow is refused and not dropped.
func (s *Store) Validate(kind schema.GroupVersionKind, item Item) *verdict.Verdict {
	version, v := s.version(kind)
	if version == nil {
		return v
	}
	v = verdict.New(true)
	update := len(item.Old) > 0
	object, unknown, err := version.decode(item.Object, !update)
	if err != nil {
		return v.Add(err)
	}
	for _, path := range unknown {
		v.Problems = append(v.Problems, verdict.UnknownField(path))
	}
	var old runtime.Object
	if update {
		stored, _, err := version.decode(item.Old, true)
		if err != nil {
			return unreadable(v, err)
		}
		stored.SetGroupVersionKind(kind)
		old = stored
	}
	version.write(v, object, old, item.Namespace, true)
	if item.Return {
		version.give(v, object)
	}
	return v
}

// Default gives the object as it is read back after it was stored. Nothing is validated.
func (s *Store) Default(kind schema.GroupVersionKind, text []byte) *verdict.Verdict {
	version, v := s.version(kind)
	if version == nil {
		return v
	}
	v = verdict.New(true)
	object, _, err := version.decode(text, true)
	if err != nil {
		return v.Add(err)
	}
	version.give(v, object)
	return v
}

// decode reads an object as the server does: unknown fields are cut off (their paths are returned), metadata gets its types,
// nulls that a field does not allow go where dropNulls says so, and defaults are filled in.
func (v *version) decode(text []byte, dropNulls bool) (*unstructured.Unstructured, []string, error) {
	object := &unstructured.Unstructured{}
	if err := object.UnmarshalJSON(text); err != nil {
		return nil, nil, err
	}
	var unknown []string
	if !v.preservesUnknownFields() {
		track := structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
		unknown = pruning.PruneWithOptions(object.Object, v.structural, true, track)
	}
	metadata, found, paths, err := objectmeta.GetObjectMetaWithOptions(
		object.Object, objectmeta.ObjectMetaOptions{ReturnUnknownFieldPaths: true})
	if err != nil {
		return nil, nil, err
	}
	unknown = append(unknown, paths...)
	if dropNulls && !v.preservesUnknownFields() {
		defaulting.PruneNonNullableNullsWithoutDefaults(object.Object, v.structural)
	}
	// This one gives its own type of error: a nil of it must not become an error.
	fault, paths := objectmeta.CoerceWithOptions(
		nil, object.Object, v.structural, false, objectmeta.CoerceOptions{ReturnUnknownFieldPaths: true})
	if fault != nil {
		return nil, nil, fault
	}
	unknown = append(unknown, paths...)
	if found {
		if err := objectmeta.SetObjectMeta(object.Object, metadata); err != nil {
			return nil, nil, err
		}
	}
	defaulting.Default(object.Object, v.structural)
	return object, unknown, nil
}

func (v *version) write(result *verdict.Verdict, object *unstructured.Unstructured, old runtime.Object, namespace string, stable bool) {
	w := storage.Write{
		Strategy: v.strategy, Kind: v.kind, Object: object, Old: old, Namespace: namespace, Stable: stable,
	}
	if err := w.Run(result); err != nil {
		result.Add(err)
	}
}

// give writes the object out; its metadata goes through its type once more, which drops what is empty.
func (v *version) give(result *verdict.Verdict, object *unstructured.Unstructured) {
	metadata, found, err := objectmeta.GetObjectMeta(object.Object, false)
	if err == nil && found {
		err = objectmeta.SetObjectMeta(object.Object, metadata)
	}
	if err != nil {
		result.Add(err)
		return
	}
	text, err := object.MarshalJSON()
	if err != nil {
		result.Add(err)
		return
	}
	result.Object = text
}

// unreadable is the verdict where the stored object is not one that this definition can read: nothing is known then.
func unreadable(v *verdict.Verdict, err error) *verdict.Verdict {
	v.Known = false
	return v.Add(fmt.Errorf("the stored object cannot be read: %w", err))
}
