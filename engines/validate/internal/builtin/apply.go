package builtin

import (
	"context"
	"encoding/json"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/apiserver/pkg/endpoints/handlers/fieldmanager"

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
func Apply(kind schema.GroupVersionKind, patch Patch) *verdict.Verdict {
	s := serverOf(kind.Group)
	if v := s.unvalidated(kind); v != nil {
		return v
	}
	strategy := s.strategy(kind)
	v := verdict.New(strategy != nil)
	if strategy == nil {
		return v
	}
	desired := &unstructured.Unstructured{}
	if err := desired.UnmarshalJSON(patch.Desired); err != nil {
		return v.Add(err)
	}
	var old runtime.Object
	live, err := s.scheme.New(kind)
	if err != nil {
		return v.Add(err)
	}
	live.GetObjectKind().SetGroupVersionKind(kind)
	if len(patch.Live) > 0 {
		stored, err := s.decode(patch.Live, false)
		if err != nil {
			return unreadable(v, err)
		}
		old, live = stored.object, stored.object.DeepCopyObject()
	}
	merged, err := s.merge(kind, strategy, live, desired, patch)
	if err != nil {
		return v.Add(err)
	}
	if old != nil {
		// An apply that changes nothing leaves the times of the owners alone.
		if merged, err = fieldmanager.IgnoreManagedFieldsTimestampsTransformer(context.Background(), merged, old); err != nil {
			return v.Add(err)
		}
	}
	s.write(v, kind, merged, old, "", false)
	s.give(v, kind, merged)
	return v
}

// merge gives the merged object in its internal version, defaulted.
func (s *server) merge(
	kind schema.GroupVersionKind, strategy storage.Strategy, live runtime.Object, desired *unstructured.Unstructured, patch Patch,
) (runtime.Object, error) {
	hub := schema.GroupVersion{Group: kind.Group, Version: runtime.APIVersionInternal}
	manager, err := managedfields.NewDefaultFieldManager(
		s.types(), s.scheme, s.scheme, s.scheme, kind, hub, "", storage.ResetFields(strategy))
	if err != nil {
		return nil, err
	}
	merged, err := manager.Apply(live, desired, patch.Manager, patch.Force)
	if err != nil {
		return nil, err
	}
	return s.scheme.UnsafeConvertToVersion(merged, runtime.InternalGroupVersioner)
}
