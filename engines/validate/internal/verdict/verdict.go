// Package verdict is what the engine says of an object: the API server's problems and warnings, each with its field.
package verdict

import (
	"encoding/json"
	"strings"
)

// Problem is one thing that the API server would refuse.
type Problem struct {
	// Type is the server's own cause type (FieldValueInvalid, FieldManagerConflict …), or one of the types below.
	Type string `json:"type"`
	// Field is the server's own field path, empty where it gives none.
	Field   string `json:"field"`
	Message string `json:"message"`
	// Assumed is set where the answer depends on values of the cluster that the engine can only assume.
	Assumed bool `json:"assumed,omitempty"`
}

// Types of problems for which the server gives a text only.
const (
	// StrictDecoding: an unknown or a duplicate field.
	StrictDecoding = "StrictDecoding"
	// Decode: the object cannot be read as its kind at all; nothing else was checked.
	Decode = "Decode"
	// TypedPatch: server-side apply cannot merge the object (unknown field, duplicate list key).
	TypedPatch = "TypedPatch"
	// NoKindMatch: the server serves no such kind in this version.
	NoKindMatch = "NoKindMatch"
)

// Verdict is the answer for one object.
type Verdict struct {
	// Known is false where the engine has no rules for the kind: the object was not validated.
	Known    bool      `json:"known"`
	Problems []Problem `json:"problems"`
	Warnings []string  `json:"warnings"`
	// Object is the object as the server would store it, when it was asked for and could be made.
	Object json.RawMessage `json:"object,omitempty"`
}

// New gives an empty verdict whose lists are written as [] and not as null.
func New(known bool) *Verdict {
	return &Verdict{Known: known, Problems: []Problem{}, Warnings: []string{}}
}

// notChecked is a problem by which the server says that it stopped early; it is no fault of the object.
const notChecked = "some validation rules were not checked"

// Add adds what an error says; nil adds nothing.
func (v *Verdict) Add(err error) *Verdict {
	for _, p := range FromError(err) {
		if p.Field == "" && strings.Contains(p.Message, notChecked) {
			v.AddWarning("", p.Message[strings.Index(p.Message, notChecked):])
			continue
		}
		v.Problems = append(v.Problems, p)
	}
	return v
}

// AddWarning adds a warning once. It lets a Verdict record the warnings that strategies give.
func (v *Verdict) AddWarning(_, text string) {
	for _, w := range v.Warnings {
		if w == text {
			return
		}
	}
	v.Warnings = append(v.Warnings, text)
}
