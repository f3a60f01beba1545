package source

import "testing"

func TestLinesAndColumns(t *testing.T) {
	text := New("/a.yaml", []byte("first\r\nä: 😀 x\n\nlast"))
	for line, want := range []string{"first", "ä: 😀 x", "", "last", ""} {
		if got := text.Line(line); got != want {
			t.Errorf("line %d: %q", line, got)
		}
	}
	if text.Lines() != 4 {
		t.Errorf("%d lines", text.Lines())
	}
	// Before the x: five characters, of which one takes two UTF-16 units.
	if got := text.UTF16(1, 5); got != 6 {
		t.Errorf("UTF-16 offset %d", got)
	}
	if got := text.From(1, 3); got != "😀 x" {
		t.Errorf("rest of the line: %q", got)
	}
	if line, character := text.Position(len("first\r\nä: ")); line != 1 || character != 3 {
		t.Errorf("position %d:%d", line, character)
	}
	if New("/empty", nil).Line(0) != "" {
		t.Error("an empty file has no text")
	}
}
