// Package storage does what the API server's generic storage does around a kind's strategy when an object is created or
// updated: system fields, preparation, validation, warnings. It keeps nothing.
package storage

import (
	"context"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/apiserver/pkg/warning"

	"plumbline.dev/engines/validate/internal/verdict"
)

// Strategy is what a kind's registry contributes.
type Strategy interface {
	rest.RESTCreateStrategy
	rest.RESTUpdateStrategy
}

// Write is one create (Old is nil) or update.
type Write struct {
	Strategy Strategy
	Kind     schema.GroupVersionKind
	// Object is changed in place into what the server would store.
	Object, Old runtime.Object
	// Namespace is used where the object names none.
	Namespace string
	// Stable asks for the same result each time: a created object then gets a uid that depends on its name alone.
	Stable bool
	// Begin, where not nil, is the kind's own step before its strategy; old is nil on create.
	Begin func(object, old runtime.Object) error
}

// versionOnCreate is what the database says, which a dry run does not ask. It is true of a create only, and the object may
// exist already.
var versionOnCreate = verdict.Problem{
	Type:    string(metav1.CauseTypeForbidden),
	Field:   "metadata.resourceVersion",
	Message: "resourceVersion should not be set on objects to be created",
	Assumed: true,
}

func namesVersion(object metav1.Object) bool {
	n, err := strconv.ParseUint(object.GetResourceVersion(), 10, 64)
	return err == nil && n != 0
}

// Run adds the server's problems and warnings to v.
func (w *Write) Run(v *verdict.Verdict) error {
	object, err := meta.Accessor(w.Object)
	if err != nil {
		return err
	}
	if w.Strategy.NamespaceScoped() && object.GetNamespace() == "" {
		object.SetNamespace(w.Namespace)
	}
	if !w.Strategy.NamespaceScoped() {
		object.SetNamespace(metav1.NamespaceNone)
	}
	ctx := warning.WithWarningRecorder(w.context(object), v)
	if w.Old == nil {
		if namesVersion(object) {
			v.Problems = append(v.Problems, versionOnCreate)
		}
		v.Add(w.create(ctx, object))
		return nil
	}
	old, err := meta.Accessor(w.Old)
	if err != nil {
		return err
	}
	v.Add(w.update(ctx, object, old))
	return nil
}

// A namespace must be in the context even where it is empty: strategies refuse a request without any.
func (w *Write) context(object metav1.Object) context.Context {
	verb := "create"
	if w.Old != nil {
		verb = "update"
	}
	ctx := request.WithNamespace(context.Background(), object.GetNamespace())
	return request.WithRequestInfo(ctx, &request.RequestInfo{
		IsResourceRequest: true,
		Verb:              verb,
		APIGroup:          w.Kind.Group,
		APIVersion:        w.Kind.Version,
		Namespace:         object.GetNamespace(),
		Name:              object.GetName(),
	})
}

func (w *Write) create(ctx context.Context, object metav1.Object) error {
	rest.WipeObjectMetaSystemFields(object)
	rest.FillObjectMetaSystemFields(object)
	if w.Stable {
		// Some strategies (that of Jobs) write the uid into other fields. What is read back without being stored has none.
		object.SetUID(w.stableUID(object))
		defer func() {
			object.SetUID("")
			object.SetCreationTimestamp(metav1.Time{})
		}()
	}
	if object.GetGenerateName() != "" && object.GetName() == "" {
		object.SetName(w.Strategy.GenerateName(object.GetGenerateName()))
	}
	if w.Begin != nil {
		if err := w.Begin(w.Object, nil); err != nil {
			return err
		}
	}
	return rest.BeforeCreate(w.Strategy, ctx, w.Object)
}

func (w *Write) stableUID(object metav1.Object) types.UID {
	identity := strings.Join([]string{w.Kind.Group, w.Kind.Kind, object.GetNamespace(), object.GetName()}, "/")
	return types.UID(uuid.NewSHA1(uuid.NameSpaceURL, []byte(identity)).String())
}

func (w *Write) update(ctx context.Context, object, old metav1.Object) error {
	if old.GetNamespace() == "" {
		old.SetNamespace(object.GetNamespace())
	}
	// Objects from Git or a snapshot carry no resource version; an update needs one, and the same on both sides.
	if old.GetResourceVersion() == "" {
		old.SetResourceVersion("1")
		defer object.SetResourceVersion("")
	}
	object.SetResourceVersion(old.GetResourceVersion())
	if w.Begin != nil {
		if err := w.Begin(w.Object, w.Old); err != nil {
			return err
		}
	}
	return rest.BeforeUpdate(w.Strategy, ctx, w.Object, w.Old)
}
