package chart

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	goyaml "go.yaml.in/yaml/v3"
)

// wrap makes a template function that works on plain text: markers are taken out of its arguments and put back into its result,
// line by line, where the result still says the same.
func (n *instrumented) wrap(name string, function any) any {
	value := reflect.ValueOf(function)
	kind := value.Type()
	printsYAML := name == "toYaml" || name == "toYamlPretty" || name == "mustToYaml"
	return reflect.MakeFunc(kind, func(arguments []reflect.Value) []reflect.Value {
		var marked []string
		for i := range arguments {
			if kind.IsVariadic() && i == len(arguments)-1 {
				rest := arguments[i]
				for j := range rest.Len() {
					if cleaned, text := cleanValue(rest.Index(j)); text != "" {
						marked = append(marked, text)
						rest.Index(j).Set(cleaned)
					}
				}
				continue
			}
			if cleaned, text := cleanValue(arguments[i]); text != "" {
				marked = append(marked, text)
				arguments[i] = cleaned
			}
		}
		var results []reflect.Value
		if kind.IsVariadic() {
			results = value.CallSlice(arguments)
		} else {
			results = value.Call(arguments)
		}
		if len(results) == 0 {
			return results
		}
		text, ok := textOf(results[0])
		if !ok || text == "" {
			return results
		}
		with := text
		switch {
		case printsYAML && len(arguments) == 1:
			with = n.markYAML(arguments[0], text)
		case len(marked) > 0:
			with = reattach(text, marked)
		}
		if with != text {
			results[0] = replaceText(results[0], with)
		}
		return results
	}).Interface()
}

// textOf is the string that a value is or holds.
func textOf(value reflect.Value) (string, bool) {
	if value.Kind() == reflect.Interface && !value.IsNil() {
		value = value.Elem()
	}
	if !value.IsValid() || value.Kind() != reflect.String {
		return "", false
	}
	return value.String(), true
}

func replaceText(value reflect.Value, text string) reflect.Value {
	replaced := reflect.New(value.Type()).Elem()
	if value.Kind() == reflect.Interface {
		replaced.Set(reflect.ValueOf(text))
	} else {
		replaced.SetString(text)
	}
	return replaced
}

// cleanValue gives a string without its markers, and the text that it was; that is empty where there was nothing to take out.
func cleanValue(value reflect.Value) (reflect.Value, string) {
	text, ok := textOf(value)
	if !ok || !hasMarker(text) {
		return value, ""
	}
	return replaceText(value, plain(text)), text
}

// markYAML: a map or list of the values that is printed whole is known by its identity; each of its lines gets its values path.
func (n *instrumented) markYAML(argument reflect.Value, text string) string {
	if argument.Kind() == reflect.Interface {
		argument = argument.Elem()
	}
	if !argument.IsValid() || argument.Kind() != reflect.Map && argument.Kind() != reflect.Slice || argument.Len() == 0 {
		return text
	}
	from, known := n.identity[argument.Pointer()]
	if !known || len(from) == 0 {
		return text
	}
	var document goyaml.Node
	if goyaml.Unmarshal([]byte(text), &document) != nil || len(document.Content) == 0 {
		return text
	}
	byLine := map[int]valuesPath{}
	pathsByLine(document.Content[0], from, byLine)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if path := byLine[i+1]; path != nil {
			at := indentOf(line)
			lines[i] = line[:at] + n.markers.text(site{kind: valueSite, values: []valuesPath{path}}) + line[at:]
		}
	}
	return strings.Join(lines, "\n")
}

func pathsByLine(node *goyaml.Node, at valuesPath, byLine map[int]valuesPath) {
	switch node.Kind {
	case goyaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			below := at.with(node.Content[i].Value)
			byLine[node.Content[i].Line] = below
			pathsByLine(node.Content[i+1], below, byLine)
		}
	case goyaml.SequenceNode:
		for i, item := range node.Content {
			below := at.with(strconv.Itoa(i))
			if byLine[item.Line] == nil {
				byLine[item.Line] = below
			}
			pathsByLine(item, below, byLine)
		}
	}
}

// identify notes the maps and lists of the values by their identity.
func (n *instrumented) identify(value any, at valuesPath) {
	v := reflect.ValueOf(value)
	switch v.Kind() {
	case reflect.Map:
		if v.Len() > 0 {
			n.identity[v.Pointer()] = at
		}
		for _, key := range v.MapKeys() {
			n.identify(v.MapIndex(key).Interface(), at.with(fmt.Sprint(key.Interface())))
		}
	case reflect.Slice:
		if v.Len() > 0 {
			n.identity[v.Pointer()] = at
		}
		for i := range v.Len() {
			n.identify(v.Index(i).Interface(), at.with(strconv.Itoa(i)))
		}
	}
}

// markedLine is a line of an argument: its text without indentation, and the markers in it.
type markedLine struct {
	text  string
	marks []textMark
}

type textMark struct {
	offset int
	marker string
}

func markedLines(argument string) []markedLine {
	var lines []markedLine
	carried := ""
	for _, raw := range strings.Split(argument, "\n") {
		text, marks := takeMarks(raw)
		line := markedLine{text: strings.TrimSpace(text)}
		lead := len(text) - len(strings.TrimLeft(text, " \t"))
		for _, m := range marks {
			offset := min(max(m.offset-lead, 0), len(line.text))
			line.marks = append(line.marks, textMark{offset, string(markerRune(m.id))})
		}
		if line.text == "" {
			// Markers on an empty line belong to the next that is not.
			for _, m := range line.marks {
				carried += m.marker
			}
			continue
		}
		if carried != "" {
			line.marks = append([]textMark{{0, carried}}, line.marks...)
			carried = ""
		}
		lines = append(lines, line)
	}
	return lines
}

// reattach puts the markers of arguments into the result of a function: in order, at lines that contain an argument's line. Where
// none does (the result is quoted, encoded, hashed), the first marker stays in front.
func reattach(result string, marked []string) string {
	var from []markedLine
	for _, argument := range marked {
		from = append(from, markedLines(argument)...)
	}
	if len(from) == 0 {
		return result
	}
	lines := strings.Split(result, "\n")
	next := 0
	for i, line := range lines {
		if next >= len(from) || strings.TrimSpace(line) == "" {
			continue
		}
		for j := next; j < len(from); j++ {
			if at := strings.Index(line, from[j].text); at >= 0 {
				lines[i] = from[j].insertInto(line, at)
				next = j + 1
				break
			}
		}
	}
	if next > 0 {
		return strings.Join(lines, "\n")
	}
	first := ""
	for _, line := range from {
		if len(line.marks) > 0 {
			first = line.marks[0].marker
			break
		}
	}
	for i, line := range lines {
		if strings.TrimSpace(line) != "" {
			at := indentOf(line)
			lines[i] = line[:at] + first + line[at:]
			break
		}
	}
	return strings.Join(lines, "\n")
}

func (l markedLine) insertInto(line string, at int) string {
	var out strings.Builder
	out.WriteString(line[:at])
	written := 0
	for _, m := range l.marks {
		offset := min(m.offset, len(line)-at)
		out.WriteString(line[at+written : at+offset])
		out.WriteString(m.marker)
		written = offset
	}
	out.WriteString(line[at+written:])
	return out.String()
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }
