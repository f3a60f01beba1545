package verdict

import (
	"errors"
	"regexp"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// FromError splits an error of the server's code into its single problems.
func FromError(err error) []Problem {
	if err == nil {
		return nil
	}
	if causes := causesOf(err); len(causes) > 0 {
		problems := make([]Problem, 0, len(causes))
		for _, c := range causes {
			problems = append(problems, Problem{Type: string(c.Type), Field: fieldOf(c.Field), Message: c.Message})
		}
		return problems
	}
	if runtime.IsStrictDecodingError(err) {
		return fromStrict(err)
	}
	var fault *field.Error
	if errors.As(err, &fault) {
		// A decoder's fault that, for once, comes with its place.
		return []Problem{{Type: Decode, Field: fault.Field, Message: fault.ErrorBody()}}
	}
	if p, ok := fromTypedPatch(err.Error()); ok {
		return []Problem{p}
	}
	if reason := apierrors.ReasonForError(err); reason != metav1.StatusReasonUnknown {
		return []Problem{{Type: string(reason), Message: err.Error()}}
	}
	return []Problem{{Type: Decode, Message: err.Error()}}
}

// fieldOf writes all paths alike: some begin with a dot, and the root is written as a nil pointer.
func fieldOf(path string) string {
	if path == "<nil>" {
		return ""
	}
	return strings.TrimPrefix(path, ".")
}

func causesOf(err error) []metav1.StatusCause {
	var status apierrors.APIStatus
	if errors.As(err, &status) && status.Status().Details != nil {
		return status.Status().Details.Causes
	}
	return nil
}

// A strict decoder reports all its findings as one error that holds a list of texts.
func fromStrict(err error) []Problem {
	var list interface{ Errors() []error }
	if !errors.As(err, &list) {
		return []Problem{fromStrictText(err.Error())}
	}
	var problems []Problem
	for _, e := range list.Errors() {
		problems = append(problems, fromStrictText(e.Error()))
	}
	return problems
}

var strictText = regexp.MustCompile(`^(?:unknown|duplicate) field "(.*)"$`)

// The server's text is the only place where the path of an unknown or duplicate field stands.
func fromStrictText(text string) Problem {
	p := Problem{Type: StrictDecoding, Message: text}
	if m := strictText.FindStringSubmatch(text); m != nil {
		p.Field = m[1]
	}
	return p
}

// UnknownField is the strict decoder's finding for a field that the caller found by itself.
func UnknownField(path string) Problem {
	return fromStrictText(`unknown field "` + path + `"`)
}

var (
	typedPatchText = regexp.MustCompile(`failed to create typed (?:patch|live) object|error (?:in|converting)|field not declared in schema`)
	typedPatchPath = regexp.MustCompile(`(?:: |errors:\n\s*)(\.[^\s:]*): `)
)

// Server-side apply refuses what it cannot merge with one text; the path in it starts with a dot.
func fromTypedPatch(text string) (Problem, bool) {
	if !typedPatchText.MatchString(text) {
		return Problem{}, false
	}
	p := Problem{Type: TypedPatch, Message: text}
	if m := typedPatchPath.FindStringSubmatch(text); m != nil {
		p.Field = fieldOf(m[1])
	}
	return p, true
}
