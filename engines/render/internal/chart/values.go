package chart

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	goyaml "go.yaml.in/yaml/v3"
	v2 "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"plumbline.dev/engines/abi"
	"plumbline.dev/engines/render/internal/origin"
	"plumbline.dev/engines/render/internal/source"
)

// valuesSource is a file (or a part of one) that gives values, with the path in the release's values that its root stands for.
type valuesSource struct {
	file  *source.Text
	scope valuesPath
	root  *goyaml.Node
	// point: the values are written there, but where in it each is could not be found.
	point *origin.Place
	// inline are the values of a point.
	inline map[string]any
}

// valuesSources finds where a value is defined. The first source that defines it is in effect.
type valuesSources struct {
	sources []valuesSource
	found   map[string]*origin.Place
}

// userValues merges values files and inline values, later ones on top.
func (r *reader) userValues(request Request) (map[string]any, *valuesSources, error) {
	merged := map[string]any{}
	sources := &valuesSources{found: map[string]*origin.Place{}}
	add := func(s valuesSource) { sources.sources = append([]valuesSource{s}, sources.sources...) }
	for _, name := range request.ValuesFiles {
		data, ok := r.read(absolute(name))
		if !ok {
			return nil, nil, &abi.Failure{Message: fmt.Sprintf("the values file %s does not exist", name), Path: source.Relative(absolute(name))}
		}
		file := r.texts[absolute(name)]
		values, err := loader.LoadValues(bytes.NewReader(data))
		if err != nil {
			return nil, nil, malformed(file, err)
		}
		merged = loader.MergeMaps(merged, values)
		add(valuesSource{file: file, root: parseYAML(data)})
	}
	if len(request.Values) > 0 && string(request.Values) != "null" {
		values, err := loader.LoadValues(bytes.NewReader(request.Values))
		if err != nil {
			return nil, nil, fmt.Errorf("inline values: %w", err)
		}
		merged = loader.MergeMaps(merged, values)
		if request.ValuesAt != nil {
			add(r.inlineSource(request))
		}
	}
	return merged, sources, nil
}

// inlineSource: values that are written in a manifest. When the manifest has them at that line as they are, each is found there.
func (r *reader) inlineSource(request Request) valuesSource {
	name := absolute(request.ValuesAt.Path)
	line := request.ValuesAt.Line
	s := valuesSource{point: &origin.Place{Path: name, Line: line, Role: origin.Values}}
	_ = json.Unmarshal(request.Values, &s.inline)
	data, ok := r.read(name)
	if !ok {
		return s
	}
	s.file = r.texts[name]
	s.point.Character = source.Indent(s.file.Line(line))
	decoder := goyaml.NewDecoder(bytes.NewReader(data))
	for {
		var document goyaml.Node
		if decoder.Decode(&document) != nil {
			return s
		}
		if root := mappingAt(&document, line+1); root != nil && sameKeys(root, s.inline) {
			s.root = root
			return s
		}
	}
}

// mappingAt finds the mapping whose key stands on a line (one-based), or that starts on it.
func mappingAt(node *goyaml.Node, line int) *goyaml.Node {
	if node.Kind == goyaml.MappingNode {
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Line == line && node.Content[i+1].Kind == goyaml.MappingNode {
				return node.Content[i+1]
			}
		}
		if node.Line == line {
			return node
		}
	}
	for _, child := range node.Content {
		if found := mappingAt(child, line); found != nil {
			return found
		}
	}
	return nil
}

func sameKeys(node *goyaml.Node, values map[string]any) bool {
	if len(node.Content) != 2*len(values) {
		return false
	}
	for i := 0; i < len(node.Content); i += 2 {
		if _, ok := values[node.Content[i].Value]; !ok {
			return false
		}
	}
	return true
}

// addDefaults adds the values files of a chart and its subcharts, which count less than those of the charts above them.
func (s *valuesSources) addDefaults(c *v2.Chart, r *reader) {
	eachChart(c, nil, func(c *v2.Chart, scope []string) {
		for _, raw := range c.Raw {
			if raw.Name != "values.yaml" {
				continue
			}
			if file := r.fileOf(raw.Data); file != nil {
				s.sources = append(s.sources, valuesSource{file: file, scope: scope, root: parseYAML(raw.Data)})
			}
		}
	})
}

func parseYAML(data []byte) *goyaml.Node {
	var document goyaml.Node
	if goyaml.Unmarshal(data, &document) != nil || len(document.Content) == 0 {
		return nil
	}
	return document.Content[0]
}

// place is where a value is defined; nil where no file defines it.
func (s *valuesSources) place(path valuesPath) *origin.Place {
	key := path.key()
	if place, known := s.found[key]; known {
		return place
	}
	place := s.find(path)
	// A subchart's globals may be those of a chart above it.
	if at := slices.Index(path, "global"); place == nil && at > 0 {
		place = s.find(path[at:])
	}
	s.found[key] = place
	return place
}

func (s *valuesSources) find(path valuesPath) *origin.Place {
	for _, from := range s.sources {
		if len(path) < len(from.scope) || !slices.Equal(path[:len(from.scope)], from.scope) {
			continue
		}
		below := path[len(from.scope):]
		if from.root == nil {
			if from.point != nil && defines(from.inline, below) {
				return from.point
			}
			continue
		}
		if node := follow(from.root, below); node != nil {
			line := node.Line - 1
			return &origin.Place{Path: from.file.Path, Line: line, Character: from.file.UTF16(line, node.Column-1), Role: origin.Values}
		}
	}
	return nil
}

// follow gives the key (or list item) at a path; a `*` stops at the list.
func follow(node *goyaml.Node, path valuesPath) *goyaml.Node {
	var at *goyaml.Node
	for _, name := range path {
		for node.Kind == goyaml.AliasNode {
			node = node.Alias
		}
		switch {
		case name == "*" && node.Kind != goyaml.ScalarNode:
			return at
		case node.Kind == goyaml.MappingNode:
			next := -1
			for i := 0; i+1 < len(node.Content); i += 2 {
				if node.Content[i].Value == name {
					next = i
				}
			}
			if next < 0 {
				return nil
			}
			at, node = node.Content[next], node.Content[next+1]
		case node.Kind == goyaml.SequenceNode:
			number, err := strconv.Atoi(name)
			if err != nil || number < 0 || number >= len(node.Content) {
				return nil
			}
			node = node.Content[number]
			at = node
		default:
			return nil
		}
	}
	return at
}

func defines(values map[string]any, path valuesPath) bool {
	var value any = values
	for _, name := range path {
		if name == "*" {
			return true
		}
		switch v := value.(type) {
		case map[string]any:
			next, ok := v[name]
			if !ok {
				return false
			}
			value = next
		case []any:
			number, err := strconv.Atoi(name)
			if err != nil || number >= len(v) {
				return false
			}
			value = v[number]
		default:
			return false
		}
	}
	return true
}

// malformed is the failure of a file that is not valid YAML.
func malformed(file *source.Text, err error) *abi.Failure {
	text := err.Error()
	line := 0
	if match := parserLine.FindStringSubmatch(text); match != nil {
		line, _ = strconv.Atoi(match[1])
		if !strings.Contains(text, "did not find expected") {
			line--
		}
		line = min(max(line, 0), max(file.Lines()-1, 0))
		text = text[strings.Index(text, match[0])+len(match[0]):]
	}
	character := source.Indent(file.Line(line))
	return &abi.Failure{
		Message: fmt.Sprintf("%s is not valid YAML: %s", source.Relative(file.Path), text),
		Path:    source.Relative(file.Path), Line: &line, Character: &character,
	}
}
