package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"runtime/debug"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"plumbline.dev/engines/abi"
	"plumbline.dev/engines/validate/internal/builtin"
	"plumbline.dev/engines/validate/internal/custom"
	"plumbline.dev/engines/validate/internal/verdict"
)

// definitions are the custom kinds of this instance; they stay until the host drops it.
var definitions = custom.NewStore()

type validateItem struct {
	Object    json.RawMessage `json:"object"`
	Old       json.RawMessage `json:"old"`
	Namespace string          `json:"namespace"`
	Return    bool            `json:"return"`
}

type patch struct {
	Live    json.RawMessage `json:"live"`
	Desired json.RawMessage `json:"desired"`
	Manager string          `json:"manager"`
	Force   bool            `json:"force"`
}

func init() {
	abi.RegisterJSON("validate", func(_ abi.Host, in struct{ Items []validateItem }) (any, error) {
		verdicts := make([]*verdict.Verdict, len(in.Items))
		for i, item := range in.Items {
			verdicts[i] = guarded(func() *verdict.Verdict { return validate(item) })
		}
		return verdicts, nil
	})
	abi.RegisterJSON("default", func(_ abi.Host, in struct{ Objects []json.RawMessage }) (any, error) {
		verdicts := make([]*verdict.Verdict, len(in.Objects))
		for i, object := range in.Objects {
			verdicts[i] = guarded(func() *verdict.Verdict { return withDefaults(object) })
		}
		return verdicts, nil
	})
	abi.RegisterJSON("apply", func(_ abi.Host, in patch) (any, error) {
		return guarded(func() *verdict.Verdict { return apply(in) }), nil
	})
	abi.RegisterJSON("crds", func(_ abi.Host, in struct{ Texts []string }) (any, error) {
		added := make([]custom.Added, len(in.Texts))
		for i, text := range in.Texts {
			added[i] = definitions.Add(text)
		}
		return added, nil
	})
	abi.Register("version", func(abi.Host, []byte) (any, error) {
		return map[string]string{"kubernetes": kubernetesVersion}, nil
	})
}

func validate(item validateItem) *verdict.Verdict {
	kind, v := kindOf(item.Object)
	if v != nil {
		return v
	}
	if isCustom(kind) {
		return definitions.Validate(kind, custom.Item(item.strip()))
	}
	return builtin.Validate(kind, builtin.Item(item.strip()))
}

func withDefaults(object json.RawMessage) *verdict.Verdict {
	kind, v := kindOf(object)
	if v != nil {
		return v
	}
	if isCustom(kind) {
		return definitions.Default(kind, object)
	}
	return builtin.Default(kind, object)
}

func apply(in patch) *verdict.Verdict {
	kind, v := kindOf(in.Desired)
	if v != nil {
		return v
	}
	in.Live = absentIfNull(in.Live)
	if isCustom(kind) {
		return definitions.Apply(kind, custom.Patch(in))
	}
	return builtin.Apply(kind, builtin.Patch(in))
}

// The API server's own groups never hold custom resources, whatever definition claims so.
func isCustom(kind schema.GroupVersionKind) bool {
	return !builtin.OwnsGroup(kind.Group) && definitions.Knows(kind.GroupKind())
}

// kindOf reads which kind an object is of; an object that does not say so gets its verdict at once.
func kindOf(object json.RawMessage) (schema.GroupVersionKind, *verdict.Verdict) {
	meta, err := typeOf(object)
	if err == nil && meta.Kind == "" {
		err = fmt.Errorf("kind must not be empty")
	}
	if err == nil && meta.APIVersion == "" {
		err = fmt.Errorf("apiVersion must not be empty")
	}
	if err == nil {
		_, err = schema.ParseGroupVersion(meta.APIVersion)
	}
	if err != nil {
		return schema.GroupVersionKind{}, verdict.New(false).Add(err)
	}
	return meta.GroupVersionKind(), nil
}

// typeOf reads apiVersion and kind and, where they stand in front as they should, nothing behind them.
func typeOf(object json.RawMessage) (metav1.TypeMeta, error) {
	var meta metav1.TypeMeta
	decoder := json.NewDecoder(bytes.NewReader(object))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return meta, json.Unmarshal(object, &meta)
	}
	for decoder.More() && (meta.APIVersion == "" || meta.Kind == "") {
		key, err := decoder.Token()
		if err != nil {
			break
		}
		var value any
		switch key {
		case "apiVersion":
			value = &meta.APIVersion
		case "kind":
			value = &meta.Kind
		default:
			value = &json.RawMessage{}
		}
		if err := decoder.Decode(value); err != nil {
			break
		}
	}
	if meta.APIVersion != "" && meta.Kind != "" {
		return meta, nil
	}
	// What is missing or wrong is said in the server's words; it also takes the names in other cases.
	return meta, json.Unmarshal(object, &meta)
}

// guarded keeps a fault of the engine to the object that shows it.
func guarded(work func() *verdict.Verdict) (v *verdict.Verdict) {
	defer func() {
		if reason := recover(); reason != nil {
			v = verdict.New(false)
			v.AddWarning("", fmt.Sprintf("the engine failed on this object: %v\n%s", reason, debug.Stack()))
		}
	}()
	return work()
}

func (i validateItem) strip() validateItem {
	i.Old = absentIfNull(i.Old)
	return i
}

func absentIfNull(text json.RawMessage) json.RawMessage {
	if string(text) == "null" {
		return nil
	}
	return text
}
