package builtin

import (
	"encoding/json"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	api "k8s.io/kubernetes/pkg/apis/core"

	"plumbline.dev/engines/validate/internal/admit"
	"plumbline.dev/engines/validate/internal/storage"
	"plumbline.dev/engines/validate/internal/verdict"
)

// Item is one object to validate: a create, or an update of Old.
type Item struct {
	Object    json.RawMessage
	Old       json.RawMessage
	Namespace string
	// Return asks for the object as it would be stored.
	Return bool
}

// Validate answers as the API server answers a dry run with strict field validation.
func Validate(kind schema.GroupVersionKind, item Item) *verdict.Verdict {
	s := serverOf(kind.Group)
	if v := s.unvalidated(kind); v != nil {
		return v
	}
	strategy := s.strategy(kind)
	v := verdict.New(strategy != nil)
	object, err := s.decode(item.Object, true)
	if err != nil {
		return v.Add(err)
	}
	// The server stops at a strict error; going on finds the rest of the faults in one go.
	v.Add(object.unknown)
	if strategy == nil {
		return v
	}
	var old runtime.Object
	if len(item.Old) > 0 {
		stored, err := s.decode(item.Old, false)
		if err != nil {
			return unreadable(v, err)
		}
		old = stored.object
	}
	if created, err := meta.Accessor(object.object); err == nil && old == nil {
		// The server writes its own; what the author left there is dropped, however wrong it is.
		created.SetManagedFields(nil)
	}
	s.write(v, kind, object.object, old, item.Namespace, true)
	if item.Return {
		s.give(v, kind, object.object)
	}
	return v
}

// Default gives the object as it is read back after it was stored: defaulted, and with what the way through the internal
// version adds. Nothing is validated.
func Default(kind schema.GroupVersionKind, text []byte) *verdict.Verdict {
	s := serverOf(kind.Group)
	if !s.scheme.Recognizes(kind) {
		return verdict.New(false)
	}
	v := verdict.New(true)
	object, err := s.decode(text, false)
	if err != nil {
		return v.Add(err)
	}
	s.give(v, kind, object.object)
	return v
}

// write changes object into what would be stored in place of old (nil: it is created). With stable, whatever the server
// makes up is the same each time.
func (s *server) write(
	v *verdict.Verdict, kind schema.GroupVersionKind, object, old runtime.Object, namespace string, stable bool,
) {
	w := storage.Write{
		Strategy:  s.strategy(kind),
		Kind:      kind,
		Object:    object,
		Old:       old,
		Namespace: namespace,
		Stable:    stable,
		Begin: func(object, old runtime.Object) error {
			switch o := object.(type) {
			case *api.Service:
				stored, _ := old.(*api.Service)
				return admit.Service(o, stored, stable)
			case *api.Pod:
				if stored, ok := old.(*api.Pod); ok {
					admit.Pod(o, stored)
				}
			}
			return nil
		},
	}
	if err := w.Run(v); err != nil {
		v.Add(err)
	}
	verdict.MarkAssumed(v.Problems)
}

func (s *server) give(v *verdict.Verdict, kind schema.GroupVersionKind, object runtime.Object) {
	text, err := s.encode(object, kind)
	if err != nil {
		v.Add(err)
		return
	}
	v.Object = text
}

// unreadable is the verdict where the stored object is not one that this version can read: nothing is known then.
func unreadable(v *verdict.Verdict, err error) *verdict.Verdict {
	v.Known = false
	return v.Add(fmt.Errorf("the stored object cannot be read: %w", err))
}

func isList(kind schema.GroupVersionKind) bool { return strings.HasSuffix(kind.Kind, "List") }
