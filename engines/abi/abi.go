// Package abi is what both engines share: named operations that take and return JSON, the files that the host offers,
// and (reactor.go) how a WebAssembly host calls them.
package abi

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
)

// Kind says what a path of the host is.
type Kind int

const (
	Missing Kind = iota
	File
	Directory
)

// Host is the only way to files: the working tree with unsaved text on top, read-only. Paths are absolute with forward
// slashes; "/" is the root of the repository.
type Host interface {
	Kind(path string) Kind
	// Read gives the bytes of a file; false where there is no such file.
	Read(path string) ([]byte, bool)
	// List gives the names in a directory, in no particular order.
	List(dir string) []string
}

// Operation answers one request. A failure may come with a result (for example, the files that were read until then).
type Operation func(host Host, input []byte) (any, error)

// Failure is an error with the place in a file that caused it. Line and Character are zero-based; Character counts
// UTF-16 units. Nil means unknown.
type Failure struct {
	Message   string `json:"message"`
	Path      string `json:"path,omitempty"`
	Line      *int   `json:"line,omitempty"`
	Character *int   `json:"character,omitempty"`
	// Stack is set for a fault of the engine itself.
	Stack string `json:"stack,omitempty"`
}

func (f *Failure) Error() string { return f.Message }

type answer struct {
	Result any      `json:"result,omitempty"`
	Error  *Failure `json:"error,omitempty"`
}

var operations = map[string]Operation{}

// Register makes an operation callable. Engines register in init functions.
func Register(name string, operation Operation) {
	if operations[name] != nil {
		panic("abi: " + name + " is registered twice")
	}
	operations[name] = operation
}

// RegisterJSON registers an operation whose input is decoded to a T first.
func RegisterJSON[T any](name string, operation func(host Host, input T) (any, error)) {
	Register(name, func(host Host, input []byte) (any, error) {
		var decoded T
		if err := json.Unmarshal(input, &decoded); err != nil {
			return nil, fmt.Errorf("%s: input: %w", name, err)
		}
		return operation(host, decoded)
	})
}

// Call runs one operation and gives its answer as JSON: {"result": …}, or {"error": {"message", "path"?, "line"?,
// "character"?}, "result"?}. A panic of the operation becomes an error with its stack; the engine can be called again.
func Call(host Host, name string, input []byte) (output []byte) {
	defer func() {
		if reason := recover(); reason != nil {
			output = encode(answer{Error: &Failure{Message: fmt.Sprint("panic: ", reason), Stack: string(debug.Stack())}})
		}
	}()
	operation := operations[name]
	if operation == nil {
		return encode(answer{Error: &Failure{Message: fmt.Sprintf("this engine has no operation %q", name)}})
	}
	result, err := operation(host, input)
	return encode(answer{Result: result, Error: failureOf(err)})
}

func failureOf(err error) *Failure {
	if err == nil {
		return nil
	}
	var failure *Failure
	if errors.As(err, &failure) {
		return failure
	}
	return &Failure{Message: err.Error()}
}

func encode(a answer) []byte {
	output, err := json.Marshal(a)
	if err != nil {
		output, _ = json.Marshal(answer{Error: &Failure{Message: "the answer cannot be written as JSON: " + err.Error()}})
	}
	return output
}
