// Package origin holds where each line of a rendering came from, and writes it the way the host reads it.
package origin

import "plumbline.dev/engines/render/internal/source"

// Role says why a source line is an origin. The numbers are indices of `originRoles` in the server's ports.
type Role int

const (
	Resource Role = iota
	Patch
	Generator
	Transformer
	Template
	Values
	File
)

// Place is a place in a source file: zero-based line, zero-based UTF-16 character.
type Place struct {
	Path            string
	Line, Character int
	Role            Role
}

// Lines collects the places of each line of a rendering, best first.
type Lines struct {
	places [][]Place
}

// At adds places to a line; places that it has already are left out.
func (l *Lines) At(line int, places ...Place) {
	l.grow(line + 1)
next:
	for _, place := range places {
		for _, known := range l.places[line] {
			if known.Path == place.Path && known.Line == place.Line {
				continue next
			}
		}
		l.places[line] = append(l.places[line], place)
	}
}

// Of gives the places of a line.
func (l *Lines) Of(line int) []Place {
	if line >= len(l.places) {
		return nil
	}
	return l.places[line]
}

func (l *Lines) grow(lines int) {
	for len(l.places) < lines {
		l.places = append(l.places, nil)
	}
}

// Wire is the form in answers: the files by their number, and for each line groups of file, line, character and role.
type Wire struct {
	Paths []string `json:"paths"`
	Lines [][]int  `json:"lines"`
}

// Wire gives the places of so many lines.
func (l *Lines) Wire(lines int) *Wire {
	l.grow(lines)
	wire := &Wire{Paths: []string{}, Lines: make([][]int, lines)}
	numbers := map[string]int{}
	for i := range wire.Lines {
		group := make([]int, 0, 4*len(l.places[i]))
		for _, place := range l.places[i] {
			number, ok := numbers[place.Path]
			if !ok {
				number = len(wire.Paths)
				numbers[place.Path] = number
				wire.Paths = append(wire.Paths, source.Relative(place.Path))
			}
			group = append(group, number, place.Line, place.Character, int(place.Role))
		}
		wire.Lines[i] = group
	}
	return wire
}
