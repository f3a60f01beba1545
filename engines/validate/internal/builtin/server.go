// Package builtin validates, defaults and applies the kinds whose Go types are compiled in: those of the core API server,
// CustomResourceDefinitions and APIServices.
package builtin

import (
	"encoding/json"
	"reflect"
	"sync"

	apiextensionsinstall "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/install"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiextensionsopenapi "k8s.io/apiextensions-apiserver/pkg/generated/openapi"
	"k8s.io/apiextensions-apiserver/pkg/registry/customresourcedefinition"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	rjson "k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apimachinery/pkg/util/managedfields"
	coreapply "k8s.io/client-go/applyconfigurations"
	clientscheme "k8s.io/client-go/kubernetes/scheme"
	apiregistrationv1 "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
	aggregatorscheme "k8s.io/kube-aggregator/pkg/apiserver/scheme"
	aggregatoropenapi "k8s.io/kube-aggregator/pkg/generated/openapi"
	"k8s.io/kube-aggregator/pkg/registry/apiservice"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/capabilities"

	"plumbline.dev/engines/validate/internal/storage"
	"plumbline.dev/engines/validate/internal/verdict"
)

// server is one of the three API servers that a cluster's answers come from: a scheme with the rules of its kinds.
type server struct {
	scheme     *runtime.Scheme
	strategies map[string]map[string]storage.Strategy
	// types gives the merge rules of server-side apply; making them costs tens of milliseconds.
	types func() managedfields.TypeConverter

	lenient, strict runtime.Serializer
}

func newServer(
	scheme *runtime.Scheme,
	strategies map[string]map[string]storage.Strategy,
	types func() managedfields.TypeConverter,
) *server {
	serializer := func(strict bool) runtime.Serializer {
		options := rjson.SerializerOptions{Strict: strict}
		return rjson.NewSerializerWithOptions(rjson.DefaultMetaFactory, scheme, scheme, options)
	}
	return &server{
		scheme:     scheme,
		strategies: strategies,
		types:      sync.OnceValue(types),
		lenient:    serializer(false),
		strict:     serializer(true),
	}
}

var (
	coreServer *server
	// groupServers are the servers of single groups; every other group is the core server's.
	groupServers = map[string]*server{}
)

func init() {
	// Clusters allow privileged containers unless they were told not to; what forbids them in practice is admission.
	capabilities.Setup(true, 0)

	coreServer = newServer(legacyscheme.Scheme, coreStrategies, func() managedfields.TypeConverter {
		return coreapply.NewTypeConverter(clientscheme.Scheme)
	})

	crds := runtime.NewScheme()
	apiextensionsinstall.Install(crds)
	groupServers["apiextensions.k8s.io"] = newServer(crds, map[string]map[string]storage.Strategy{
		"apiextensions.k8s.io": {"CustomResourceDefinition": customresourcedefinition.NewStrategy(crds)},
	}, func() managedfields.TypeConverter {
		return typesOf(apiextensionsopenapi.GetOpenAPIDefinitions, apiextensionsv1.CustomResourceDefinition{}.OpenAPIModelName(),
			apiextensionsv1.SchemeGroupVersion.WithKind("CustomResourceDefinition"))
	})

	groupServers["apiregistration.k8s.io"] = newServer(aggregatorscheme.Scheme, map[string]map[string]storage.Strategy{
		"apiregistration.k8s.io": {"APIService": apiservice.NewStrategy(aggregatorscheme.Scheme)},
	}, func() managedfields.TypeConverter {
		return typesOf(aggregatoropenapi.GetOpenAPIDefinitions, apiregistrationv1.APIService{}.OpenAPIModelName(),
			apiregistrationv1.SchemeGroupVersion.WithKind("APIService"))
	})
}

func serverOf(group string) *server {
	if s, ok := groupServers[group]; ok {
		return s
	}
	return coreServer
}

func (s *server) strategy(kind schema.GroupVersionKind) storage.Strategy {
	return s.strategies[kind.Group][kind.Kind]
}

// decoded is an object in the form in which the server works with it.
type decoded struct {
	// object is of the internal version, defaulted.
	object runtime.Object
	// unknown holds the strict decoder's findings.
	unknown error
}

// decode reads an object and defaults it. An error means that it cannot be read as its kind at all.
func (s *server) decode(text []byte, strict bool) (*decoded, error) {
	serializer := s.lenient
	if strict {
		serializer = s.strict
	}
	versioned, _, err := serializer.Decode(text, nil, nil)
	if err != nil && (versioned == nil || !runtime.IsStrictDecodingError(err)) {
		return nil, err
	}
	s.scheme.Default(versioned)
	object, convertErr := s.scheme.UnsafeConvertToVersion(versioned, runtime.InternalGroupVersioner)
	if convertErr != nil {
		return nil, convertErr
	}
	return &decoded{object: object, unknown: err}, nil
}

// encode gives an internal object in one of its published versions, as it is read back from storage: reading defaults once
// more, which shows where a strategy wrote what defaults depend on (the labels of Jobs).
func (s *server) encode(object runtime.Object, kind schema.GroupVersionKind) (json.RawMessage, error) {
	versioned, err := s.scheme.ConvertToVersion(object, kind.GroupVersion())
	if err != nil {
		return nil, err
	}
	if versioned, err = throughStorage(versioned); err != nil {
		return nil, err
	}
	s.scheme.Default(versioned)
	if object, err = s.scheme.ConvertToVersion(versioned, runtime.InternalGroupVersioner); err != nil {
		return nil, err
	}
	if versioned, err = s.scheme.ConvertToVersion(object, kind.GroupVersion()); err != nil {
		return nil, err
	}
	versioned.GetObjectKind().SetGroupVersionKind(kind)
	return json.Marshal(versioned)
}

// throughStorage writes and reads an object in the binary form that the server stores, which knows no empty lists and maps.
func throughStorage(object runtime.Object) (runtime.Object, error) {
	stored, ok := object.(interface {
		Marshal() ([]byte, error)
		Unmarshal([]byte) error
	})
	if !ok {
		return object, nil
	}
	bytes, err := stored.Marshal()
	if err != nil {
		return nil, err
	}
	read := reflect.New(reflect.TypeOf(object).Elem()).Interface().(runtime.Object)
	read.GetObjectKind().SetGroupVersionKind(object.GetObjectKind().GroupVersionKind())
	return read, read.(interface{ Unmarshal([]byte) error }).Unmarshal(bytes)
}

// unvalidated is the verdict for what has no rules here; kinds that the server does not offer are told apart from those
// that it does.
func (s *server) unvalidated(kind schema.GroupVersionKind) *verdict.Verdict {
	if !OwnsGroup(kind.Group) || s.scheme.Recognizes(kind) && isList(kind) {
		return verdict.New(false)
	}
	if p := notServed(s.scheme, kind); p != nil {
		v := verdict.New(true)
		v.Problems = append(v.Problems, *p)
		return v
	}
	return nil
}
