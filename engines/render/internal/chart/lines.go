package chart

import (
	"sort"
	"strings"

	"plumbline.dev/engines/render/internal/origin"
	"plumbline.dev/engines/render/internal/source"
)

// segment is a document in the output stream.
type segment struct {
	// start is the offset of its first byte in the stream.
	start int
	// template is the name of the rendered file that it is a part of; text is that part.
	template, text string
	// crd: the file is a plain manifest of crds/.
	crd *source.Text
}

// mapper turns markers into the origins of lines.
type mapper struct {
	*instrumented
	files map[string]*source.Text
	// archives are the packed subcharts that other templates are in.
	archives map[string]*source.Text
	sources  *valuesSources
	// marks of each rendered file; files that have none could not be mapped.
	marks map[string][]mark
	// rendered are the files' texts, as Helm rendered them.
	rendered map[string]string
}

// markRendered compares the instrumented run with Helm's. A file's markers count when its text is the same; when only values differ
// (random ones), they move along with their lines.
func (m *mapper) markRendered(marked map[string]string) {
	m.marks = map[string][]mark{}
	for name, want := range m.rendered {
		text, marks := takeMarks(marked[name])
		switch {
		case text == want:
			m.marks[name] = marks
		case strings.Count(text, "\n") == strings.Count(want, "\n"):
			m.marks[name] = moveMarks(marks, text, want)
		}
	}
}

func lineStarts(text string) []int {
	starts := make([]int, 1, 1+strings.Count(text, "\n"))
	for i := range len(text) {
		if text[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// moveMarks moves marks to a text that has the same number of lines.
func moveMarks(marks []mark, from, to string) []mark {
	old, new := lineStarts(from), lineStarts(to)
	moved := make([]mark, 0, len(marks))
	for _, one := range marks {
		line := sort.SearchInts(old, one.offset+1) - 1
		end := len(to)
		if line+1 < len(new) {
			end = new[line+1] - 1
		}
		moved = append(moved, mark{offset: min(new[line]+one.offset-old[line], end), id: one.id})
	}
	return moved
}

// mapSegments gives the origins of the lines of a stream.
func (m *mapper) mapSegments(stream string, segments []segment) *origin.Lines {
	lines := &origin.Lines{}
	starts := lineStarts(stream)
	next := map[string]int{}
	for _, s := range segments {
		first := sort.SearchInts(starts, s.start+1) - 1
		if s.crd != nil && s.crd.Path == "" {
			continue
		}
		if s.crd != nil {
			for i := range s.crd.Lines() {
				text := s.crd.Line(i)
				lines.At(first+i, origin.Place{Path: s.crd.Path, Line: i, Character: min(source.Indent(text), len(text)), Role: origin.Resource})
			}
			continue
		}
		// A document is a part of its rendered file; the same text may be there again further on.
		whole := m.rendered[s.template]
		at := strings.Index(whole[next[s.template]:], s.text)
		if at < 0 {
			next[s.template] = 0
			if at = strings.Index(whole, s.text); at < 0 {
				continue
			}
		}
		at += next[s.template]
		next[s.template] = min(at+len(s.text), max(len(whole)-1, 0))
		m.mapPart(lines, first, s, at)
	}
	return lines
}

// lineState is what the markers before a place say of it.
type lineState struct {
	// at is the innermost template place; call the action that runs the text of a tpl; outer the line in the rendered template itself.
	at, call, outer *site
	// values were named by what printed here.
	values []valuesPath
}

// mapPart maps the lines of a document that starts at an offset of its rendered file.
func (m *mapper) mapPart(lines *origin.Lines, first int, s segment, at int) {
	marks := m.marks[s.template]
	next := sort.Search(len(marks), func(i int) bool { return marks[i].offset >= at })
	// What goes on from before the document belongs to its first line as well.
	var state lineState
	for i := next - 1; i >= 0 && i >= next-8; i-- {
		if site := &m.markers.sites[marks[i].id]; site.kind != valueSite && site.template == s.template {
			state.outer = site
			break
		}
	}
	offset := at
	for i, text := range strings.Split(s.text, "\n") {
		lead := len(text) - len(strings.TrimLeft(text, " "))
		var named []valuesPath
		take := func(end int) {
			for ; next < len(marks) && marks[next].offset < end; next++ {
				named = append(named, state.pass(&m.markers.sites[marks[next].id], s.template)...)
			}
		}
		take(offset + lead + 1)
		start := state
		// What stands at the very end of a line trimmed the line feed in front of it: it prints on the next one.
		take(offset + len(text))
		if strings.TrimSpace(text) != "" {
			m.place(lines, first+i, start, named)
		}
		offset += len(text) + 1
	}
}

// pass takes a marker into account; it gives the values that it names.
func (s *lineState) pass(at *site, template string) []valuesPath {
	switch at.kind {
	case valueSite:
		s.values = at.values
		return at.values
	case tplSite:
		if s.call != nil {
			s.at, s.values = s.call, s.call.values
		}
		return nil
	case actionSite:
		s.call = at
	case textSite:
	}
	s.at, s.values = at, at.values
	if at.template == template {
		s.outer = at
	}
	return at.values
}

func (m *mapper) place(lines *origin.Lines, line int, state lineState, named []valuesPath) {
	for _, at := range []*site{state.at, state.outer} {
		if at == nil {
			continue
		}
		if file := m.files[at.template]; file != nil {
			lines.At(line, templatePlace(file, at.offset))
		} else if archive := m.archives[at.template]; archive != nil {
			lines.At(line, origin.Place{Path: archive.Path, Role: origin.File})
		}
	}
	for _, paths := range [][]valuesPath{state.values, named} {
		for _, path := range paths {
			if place := m.sources.place(path); place != nil {
				lines.At(line, *place)
			}
		}
	}
}

// templatePlace is an offset of a template as a place.
func templatePlace(file *source.Text, offset int) origin.Place {
	// An action is known by its first word.
	if opened := strings.TrimRight(strings.TrimSuffix(strings.TrimRight(string(file.Data[:offset]), " \t\r\n"), "-"), " "); strings.HasSuffix(opened, "{{") {
		offset = len(opened) - len("{{")
	}
	line, column := file.Position(offset)
	return origin.Place{Path: file.Path, Line: line, Character: file.UTF16(line, column), Role: origin.Template}
}
