package abi

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestCall(t *testing.T) {
	line := 3
	RegisterJSON("test-echo", func(_ Host, in map[string]int) (any, error) { return in, nil })
	Register("test-panic", func(Host, []byte) (any, error) { panic("out of ideas") })
	Register("test-fails", func(Host, []byte) (any, error) {
		return map[string]any{"reads": []string{"a"}}, fmt.Errorf("outer: %w", &Failure{Message: "inner", Path: "a", Line: &line})
	})
	Register("test-plain", func(Host, []byte) (any, error) { return nil, errors.New("no place") })
	for _, test := range []struct{ name, input, want string }{
		{"test-echo", `{"a":1}`, `{"result":{"a":1}}`},
		{"test-echo", `[`, `{"error":{"message":"test-echo: input: unexpected end of JSON input"}}`},
		{"test-fails", ``, `{"result":{"reads":["a"]},"error":{"message":"inner","path":"a","line":3}}`},
		{"test-plain", ``, `{"error":{"message":"no place"}}`},
		{"nothing", ``, `{"error":{"message":"this engine has no operation \"nothing\""}}`},
	} {
		if got := string(Call(Memory{}, test.name, []byte(test.input))); got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
	if got := string(Call(Memory{}, "test-panic", nil)); !strings.Contains(got, "panic: out of ideas") || !strings.Contains(got, `"stack"`) {
		t.Errorf("panic: got %s", got)
	}
}

func TestMemory(t *testing.T) {
	m := Memory{"/a/b.yaml": "x"}
	if m.Kind("/a") != Directory || m.Kind("/a/b.yaml") != File || m.Kind("/c") != Missing || m.Kind("/") != Directory {
		t.Error("kinds")
	}
}
