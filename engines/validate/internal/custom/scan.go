package custom

import (
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// scan reads group and kind of a CustomResourceDefinition from its text without parsing it, because a repository brings
// megabytes of definitions of which a few are ever used. It understands the block style that generators write; of anything
// else it says false, and the caller parses.
func scan(document string) (schema.GroupKind, bool) {
	s := scanner{lines: strings.Split(document, "\n")}
	kind, ok := s.value(0, len(s.lines), 0, "kind")
	if !ok || kind != "CustomResourceDefinition" {
		return schema.GroupKind{}, false
	}
	specStart, specEnd, specIndent := s.children(0, len(s.lines), 0, "spec")
	group, ok := s.value(specStart, specEnd, specIndent, "group")
	if !ok {
		return schema.GroupKind{}, false
	}
	namesStart, namesEnd, namesIndent := s.children(specStart, specEnd, specIndent, "names")
	kind, ok = s.value(namesStart, namesEnd, namesIndent, "kind")
	return schema.GroupKind{Group: group, Kind: kind}, ok
}

type scanner struct{ lines []string }

// value gives the plain scalar of a key among the lines [start, end) that stand at exactly this indentation.
func (s scanner) value(start, end, indent int, key string) (string, bool) {
	i := s.find(start, end, indent, key)
	if i < 0 {
		return "", false
	}
	text := strings.TrimSpace(strings.TrimPrefix(s.lines[i][indent:], key+":"))
	if comment := strings.Index(text, " #"); comment >= 0 {
		text = strings.TrimSpace(text[:comment])
	}
	if len(text) > 1 && (text[0] == '"' || text[0] == '\'') && text[len(text)-1] == text[0] {
		text = text[1 : len(text)-1]
	}
	return text, isPlain(text)
}

// children gives the lines below a key that holds a block mapping, and their indentation.
func (s scanner) children(start, end, indent int, key string) (int, int, int) {
	i := s.find(start, end, indent, key)
	if i < 0 || strings.TrimSpace(s.lines[i][indent:]) != key+":" {
		return 0, 0, 0
	}
	first, childIndent := i+1, -1
	for j := first; j < end; j++ {
		depth, content := indentOf(s.lines[j])
		if !content {
			continue
		}
		if depth <= indent {
			return first, j, childIndent
		}
		if childIndent < 0 {
			childIndent = depth
		}
	}
	return first, end, childIndent
}

func (s scanner) find(start, end, indent int, key string) int {
	for i := start; indent >= 0 && i < end; i++ {
		if depth, content := indentOf(s.lines[i]); content && depth == indent && strings.HasPrefix(s.lines[i][indent:], key+":") {
			return i
		}
	}
	return -1
}

// indentOf gives the leading blanks of a line; false for lines without content.
func indentOf(line string) (int, bool) {
	rest := strings.TrimLeft(line, " ")
	trimmed := strings.TrimSpace(rest)
	return len(line) - len(rest), trimmed != "" && trimmed[0] != '#'
}

// isPlain is true for names of groups and kinds, which need no quoting, anchors or tags.
func isPlain(text string) bool {
	for _, r := range text {
		if !(r == '.' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') {
			return false
		}
	}
	return text != ""
}
