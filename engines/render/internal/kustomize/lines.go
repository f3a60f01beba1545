package kustomize

import (
	"strings"

	goyaml "go.yaml.in/yaml/v3"
	"plumbline.dev/engines/render/internal/origin"
	"plumbline.dev/engines/render/internal/source"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// mapping gives the lines of one rendered object their origins. It walks the rendered text's tree, which knows the lines, and
// kustomize's own tree, which knows the history, side by side.
type mapping struct {
	*history
	lines *origin.Lines
	// first is the line of the rendering at which the object starts; text are its lines.
	first int
	text  []string
	// starts says which of them start an entry; the others go on with one.
	starts []bool
	// values are the scalars that start on a line and are as they were written.
	values map[int]*yaml.Node
}

// mapObject maps an object that is rendered as text, from the given line on.
func (h *history) mapObject(lines *origin.Lines, first int, text []byte, object *yaml.Node) error {
	var document goyaml.Node
	if err := goyaml.Unmarshal(text, &document); err != nil {
		return err
	}
	m := &mapping{history: h, lines: lines, first: first, text: strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")}
	m.starts = make([]bool, len(m.text))
	m.values = map[int]*yaml.Node{}
	if len(document.Content) > 0 {
		m.node(document.Content[0], object)
	}
	m.fillScalars()
	return nil
}

// fillScalars maps the further lines of scalars: to the line that their first word is written on, else to where the scalar starts.
func (m *mapping) fillScalars() {
	start := 0
	words := 0
	var wordLine []int
	for i := 1; i < len(m.text); i++ {
		if m.starts[i] {
			start, words, wordLine = i, 0, nil
			continue
		}
		if i == start+1 {
			wordLine = m.wordLines(start)
			words = m.wordsIn(start)
		}
		at := m.first + i
		if len(m.lines.Of(at)) == 0 {
			if words < len(wordLine) {
				best := m.lines.Of(m.first + start)[0]
				file := m.registry.files[best.Path]
				best.Line = wordLine[words]
				best.Character = source.Indent(file.Line(best.Line))
				m.lines.At(at, best)
			} else {
				m.lines.At(at, m.lines.Of(m.first+start)...)
			}
		}
		words += len(strings.Fields(m.text[i]))
	}
}

// wordLines gives the source lines of the words of the scalar that starts on a line of the object.
func (m *mapping) wordLines(line int) []int {
	value := m.values[line]
	if value == nil {
		return nil
	}
	file, at, column, ok := m.registry.place(value)
	if !ok || m.registry.texts[textOf(value)].point {
		return nil
	}
	return wordLines(file, at, column, value.Value)
}

// wordsIn is how many words of its scalar a line shows.
func (m *mapping) wordsIn(line int) int {
	value := m.values[line]
	text := m.text[line]
	if value == nil {
		return 0
	}
	words := strings.Fields(value.Value)
	shown := strings.Fields(text)
	// The line ends in the scalar's first words.
	for count := min(len(words), len(shown)); count > 0; count-- {
		if strings.TrimLeft(shown[len(shown)-count], `"'`) == words[0] {
			return count
		}
	}
	return 0
}

// entries looks up the entries of a mapping by key.
func entries(node *yaml.Node) func(name string) (key, value *yaml.Node) {
	if node == nil || node.Kind != yaml.MappingNode || len(node.Content) <= 32 {
		return func(name string) (key, value *yaml.Node) { return field(node, name) }
	}
	byName := make(map[string]int, len(node.Content)/2)
	for i := 0; i+1 < len(node.Content); i += 2 {
		byName[node.Content[i].Value] = i
	}
	return func(name string) (key, value *yaml.Node) {
		if i, ok := byName[name]; ok {
			return node.Content[i], node.Content[i+1]
		}
		return nil, nil
	}
}

func (m *mapping) node(rendered *goyaml.Node, object *yaml.Node) {
	switch rendered.Kind {
	case goyaml.MappingNode:
		entry := entries(object)
		for i := 0; i+1 < len(rendered.Content); i += 2 {
			key, value := entry(rendered.Content[i].Value)
			m.entry(rendered.Content[i].Line, rendered.Content[i+1], key, value)
			m.node(rendered.Content[i+1], value)
		}
	case goyaml.SequenceNode:
		for i, item := range rendered.Content {
			var from *yaml.Node
			if object != nil && object.Kind == yaml.SequenceNode && i < len(object.Content) {
				from = object.Content[i]
			}
			if item.Kind == goyaml.ScalarNode || len(item.Content) == 0 {
				m.entry(item.Line, item, nil, from)
			}
			m.node(item, from)
		}
	}
}

// entry maps the line of a key and its value, or of a list item. Key and value are of kustomize's tree and may be nil.
func (m *mapping) entry(line int, rendered *goyaml.Node, key, value *yaml.Node) {
	at := m.first + line - 1
	m.starts[line-1] = true
	if len(m.lines.Of(at)) > 0 {
		return // the key in front of it on the same line
	}
	isScalar := rendered.Kind == goyaml.ScalarNode
	if isScalar && key != nil && value != nil {
		// The line of the key says the same: a patch that repeats it, or kustomize that set it again, changed nothing.
		if place, ok := m.sameAsWritten(key, value); ok {
			m.lines.At(at, place)
		}
	}
	if value != nil && (isScalar || key == nil) {
		if c := causeOf(value); c != 0 {
			m.lines.At(at, m.causes[c].places...)
			if file := m.causes[c].lines; file != nil && isScalar {
				m.generatedLines(at, rendered, file)
			}
		}
		if place, ok := m.registry.written(value); ok && (!isScalar || m.registry.unchanged(value)) {
			m.lines.At(at, place)
			if isScalar && causeOf(value) == 0 {
				m.values[line-1] = value
			}
			if isScalar && rendered.Style&(goyaml.LiteralStyle|goyaml.FoldedStyle) != 0 {
				m.literalLines(at, value, place.Role)
			}
		}
	}
	if key != nil {
		if place, ok := m.registry.written(key); ok {
			if isScalar && len(m.lines.Of(at)) == 0 {
				place.Role = origin.File // the key is this one, its value came in a way that is not known
			}
			m.lines.At(at, place)
		} else if c := causeOf(key); c != 0 && len(m.lines.Of(at)) == 0 {
			m.lines.At(at, m.causes[c].places...)
		}
	}
	if len(m.lines.Of(at)) == 0 && value != nil && !isScalar {
		if written := firstWritten(value); written != nil {
			m.lines.At(at, m.aboveFirst(key, written))
		} else if c := firstCause(value); c != 0 {
			m.lines.At(at, m.causes[c].places...)
		}
	}
}

// aboveFirst is the place of a key that lost its position: on the line of what stands first below it or shortly above.
func (m *mapping) aboveFirst(key, first *yaml.Node) origin.Place {
	place, _ := m.registry.written(first)
	file, line, _, _ := m.registry.place(first)
	for up := 0; key != nil && up <= 3; up++ {
		text := file.Line(line - up)
		at := len(text) - len(strings.TrimLeft(text, " -"))
		if strings.HasPrefix(text[at:], key.Value+":") {
			return placeIn(file, line-up, at, place.Role)
		}
	}
	return place
}

// sameAsWritten gives the place behind a key where the value stands, when the key's own line has this value.
func (m *mapping) sameAsWritten(key, value *yaml.Node) (origin.Place, bool) {
	if causeOf(value) != 0 || textOf(key) == textOf(value) {
		return origin.Place{}, false
	}
	file, line, column, ok := m.registry.place(key)
	if !ok || m.registry.texts[textOf(key)].point {
		return origin.Place{}, false
	}
	rest, found := strings.CutPrefix(file.From(line, column), key.Value+":")
	if !found {
		return origin.Place{}, false
	}
	column += len([]rune(key.Value)) + 1 + source.Indent(rest)
	if same, certain := startsWith(file, line, column, value.Value); !same || !certain || value.Value == "" {
		return origin.Place{}, false
	}
	return placeIn(file, line, column, m.registry.roleOf(file)), true
}

// literalLines maps the lines of a block scalar one to one, where the source has the same lines.
func (m *mapping) literalLines(at int, value *yaml.Node, role origin.Role) {
	file, line, _, ok := m.registry.place(value)
	if !ok || m.registry.texts[textOf(value)].point {
		return
	}
	m.sameLines(at, strings.Count(strings.TrimSuffix(value.Value, "\n"), "\n")+1, file, line+1, role)
}

// generatedLines maps the content of a generated key to the file that it was read from.
func (m *mapping) generatedLines(at int, rendered *goyaml.Node, file *source.Text) {
	if rendered.Style&(goyaml.LiteralStyle|goyaml.FoldedStyle) == 0 {
		if strings.Contains(file.Line(0), rendered.Value) && rendered.Value != "" {
			m.lines.At(at, placeIn(file, 0, 0, origin.Generator))
		}
		return
	}
	m.sameLines(at, strings.Count(strings.TrimSuffix(rendered.Value, "\n"), "\n")+1, file, 0, origin.Generator)
}

func (m *mapping) sameLines(at, count int, file *source.Text, line int, role origin.Role) {
	for i := range count {
		index := at - m.first + 1 + i
		if index >= len(m.text) {
			return
		}
		got, want := file.Line(line+i), m.text[index]
		if strings.TrimSpace(got) != strings.TrimSpace(want) {
			return
		}
		m.lines.At(at+1+i, placeIn(file, line+i, min(source.Indent(got), len([]rune(got))), role))
	}
}
