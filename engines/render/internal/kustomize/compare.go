package kustomize

import (
	"strings"

	"plumbline.dev/engines/render/internal/source"
)

// startsWith says whether the scalar that starts at a place of a file has the given value. It reads the usual notations without
// parsing; certain is false where only a parser can tell.
func startsWith(file *source.Text, line, column int, value string) (same, certain bool) {
	rest := file.From(line, column)
	if rest == "" {
		return value == "", true
	}
	switch rest[0] {
	case '"', '\'':
		return quoted(rest, value)
	case '|':
		return literal(file, line, value), true
	case '>':
		return sameWords(file, line+1, "", value), true
	case '&', '*', '!':
		return false, false
	}
	if after, ok := strings.CutPrefix(rest, value); ok && value != "" {
		switch trimmed := strings.TrimLeft(after, " \t"); {
		case trimmed == "":
			return !continues(file, line, column), true
		case len(trimmed) < len(after) && trimmed[0] == '#', trimmed == ":", strings.HasPrefix(trimmed, ": "):
			return true, true
		case strings.ContainsRune(",]}", rune(after[0])):
			return false, false // the end of it in a flow collection, its next character elsewhere
		}
	}
	if strings.ContainsAny(value, " ") && continues(file, line, column) {
		return sameWords(file, line+1, rest, value), true
	}
	return false, true
}

// quoted compares a scalar in quotes that ends on its line and has no escapes.
func quoted(rest, value string) (same, certain bool) {
	quote := rest[:1]
	end := strings.Index(rest[1:], quote)
	if end < 0 {
		return false, false
	}
	inner := rest[1 : 1+end]
	if strings.Contains(inner, `\`) && quote == `"` || strings.HasPrefix(rest[2+end:], quote) {
		return false, false
	}
	return inner == value, true
}

// literal compares a block scalar with the lines below its indicator.
func literal(file *source.Text, line int, value string) bool {
	lines := strings.Split(strings.TrimRight(value, "\n"), "\n")
	indent := -1
	for i, want := range lines {
		got := file.Line(line + 1 + i)
		if want == "" {
			if strings.TrimSpace(got) != "" {
				return false
			}
			continue
		}
		if indent < 0 {
			indent = max(len(got)-len(want), 0)
		}
		if len(got) < indent || got[indent:] != want {
			return false
		}
	}
	return true
}

// continues says whether a plain scalar goes on below its line: the next line is indented deeper than what holds the scalar.
func continues(file *source.Text, line, column int) bool {
	next, own := file.Line(line+1), file.Line(line)
	holder := source.Indent(own)
	for strings.HasPrefix(own[holder:], "- ") {
		if holder+2 == column {
			break // the item itself: the dash holds it
		}
		holder += 2
	}
	trimmed := strings.TrimLeft(next, " ")
	return trimmed != "" && trimmed[0] != '#' && source.Indent(next) > holder
}

// wordLines gives for each word of a folded scalar the line that it is written on; nil where the words are not the same.
func wordLines(file *source.Text, line, column int, value string) []int {
	rest := file.From(line, column)
	if strings.HasPrefix(rest, ">") {
		line++
		rest = file.Line(line)
	}
	got := strings.Fields(strings.TrimLeft(rest, `"'`))
	var lines []int
	for _, want := range strings.Fields(value) {
		for len(got) == 0 {
			if line++; line >= file.Lines() {
				return nil
			}
			got = strings.Fields(file.Line(line))
		}
		if got[0] != want && strings.TrimRight(got[0], `"'`) != want {
			return nil
		}
		got = got[1:]
		lines = append(lines, line)
	}
	return lines
}

// sameWords compares a scalar that is folded over several lines, word by word.
func sameWords(file *source.Text, line int, first, value string) bool {
	got := strings.Fields(first)
	for _, want := range strings.Fields(value) {
		for len(got) == 0 {
			if line >= file.Lines() {
				return false
			}
			got = strings.Fields(file.Line(line))
			line++
		}
		if got[0] != want {
			return false
		}
		got = got[1:]
	}
	return true
}
