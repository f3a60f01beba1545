// Package source reads the text of files by line: the places that renderings come from are checked and counted here.
package source

import (
	"bytes"
	"sort"
	"strings"
	"unicode/utf8"
)

// Text is a file's content, cut into lines when first asked.
type Text struct {
	// Path is absolute in the host's files.
	Path string
	Data []byte

	starts []int
}

// New gives the text of a file. A byte-order mark belongs to the first line.
func New(path string, data []byte) *Text { return &Text{Path: path, Data: data} }

// Lines is the number of lines; a last line feed does not start another one.
func (t *Text) Lines() int {
	t.cut()
	return len(t.starts)
}

// Line is a line (zero-based) without its end; empty where there is none.
func (t *Text) Line(line int) string {
	t.cut()
	if line < 0 || line >= len(t.starts) {
		return ""
	}
	end := len(t.Data)
	if line+1 < len(t.starts) {
		end = t.starts[line+1] - 1
	}
	return string(bytes.TrimRight(t.Data[t.starts[line]:end], "\r\n"))
}

func (t *Text) cut() {
	if t.starts != nil {
		return
	}
	t.starts = make([]int, 1, 1+bytes.Count(t.Data, []byte{'\n'}))
	for i, c := range t.Data {
		if c == '\n' && i+1 < len(t.Data) {
			t.starts = append(t.starts, i+1)
		}
	}
}

// UTF16 is the UTF-16 offset of a character offset in a line: editors count in the one, YAML in the other.
func (t *Text) UTF16(line, character int) int {
	text := t.Line(line)
	units := 0
	for _, r := range text {
		if character <= 0 {
			return units
		}
		character--
		units++
		if r >= 0x10000 {
			units++
		}
	}
	return units + max(character, 0)
}

// From is the rest of a line from a character offset on.
func (t *Text) From(line, character int) string {
	text := t.Line(line)
	for ; character > 0 && text != ""; character-- {
		_, size := utf8.DecodeRuneInString(text)
		text = text[size:]
	}
	return text
}

// Indent is the number of spaces that a line starts with.
func Indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// Relative is a path as answers give it: relative to the root.
func Relative(path string) string { return strings.TrimPrefix(path, "/") }

// Position is the line and the character offset of a byte offset.
func (t *Text) Position(offset int) (line, character int) {
	t.cut()
	offset = min(max(offset, 0), len(t.Data))
	line = sort.SearchInts(t.starts, offset+1) - 1
	return line, utf8.RuneCount(t.Data[t.starts[line]:offset])
}
