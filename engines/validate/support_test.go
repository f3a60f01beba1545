package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"plumbline.dev/engines/abi"
	"sigs.k8s.io/yaml"

	"plumbline.dev/engines/validate/internal/verdict"
)

// object is a manifest as a person writes it.
type object = map[string]any

func parse(t *testing.T, text string) object {
	t.Helper()
	var o object
	if err := yaml.Unmarshal([]byte(text), &o); err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	return o
}

// call runs an operation as the host does, through JSON.
func call[T any](t *testing.T, operation string, input any) T {
	t.Helper()
	payload, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Result T            `json:"result"`
		Error  *abi.Failure `json:"error"`
	}
	if err := json.Unmarshal(abi.Call(abi.Memory{}, operation, payload), &answer); err != nil {
		t.Fatal(err)
	}
	if answer.Error != nil {
		t.Fatalf("%s: %s\n%s", operation, answer.Error.Message, answer.Error.Stack)
	}
	return answer.Result
}

func validateOne(t *testing.T, item object) *verdict.Verdict {
	t.Helper()
	verdicts := call[[]*verdict.Verdict](t, "validate", object{"items": []any{item}})
	if len(verdicts) != 1 {
		t.Fatalf("%d verdicts for one item", len(verdicts))
	}
	return verdicts[0]
}

// summary is what tests compare: type and field of each problem, in order.
func summary(v *verdict.Verdict) string {
	var lines []string
	for _, p := range v.Problems {
		line := strings.TrimPrefix(p.Type, "FieldValue") + " " + p.Field
		if p.Assumed {
			line += " (assumed)"
		}
		lines = append(lines, strings.TrimSpace(line))
	}
	return strings.Join(lines, "\n")
}

func details(v *verdict.Verdict) string {
	text, _ := json.MarshalIndent(v, "", "  ")
	return string(text)
}

func check(t *testing.T, v *verdict.Verdict, want string) {
	t.Helper()
	if !v.Known {
		t.Errorf("not validated: %s", details(v))
	}
	if got := summary(v); got != strings.TrimSpace(want) {
		t.Errorf("got\n%s\nwant\n%s\n%s", got, want, details(v))
	}
}

// at gives the value at a path of names and indices, nil where there is none.
func at(value any, path ...any) any {
	for _, step := range path {
		switch s := step.(type) {
		case string:
			m, _ := value.(map[string]any)
			value = m[s]
		case int:
			l, _ := value.([]any)
			if s >= len(l) {
				return nil
			}
			value = l[s]
		}
	}
	return value
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, w := text(got), text(want); g != w {
		t.Errorf("%s: got %s, want %s", what, g, w)
	}
}

func text(value any) string {
	b, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(err)
	}
	return string(b)
}

func stored(t *testing.T, v *verdict.Verdict) object {
	t.Helper()
	var o object
	if err := json.Unmarshal(v.Object, &o); err != nil {
		t.Fatalf("no object: %v %s", err, details(v))
	}
	return o
}
