package chart

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"

	goyaml "go.yaml.in/yaml/v3"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
	"plumbline.dev/engines/abi"
	"plumbline.dev/engines/render/internal/origin"
	"plumbline.dev/engines/render/internal/source"
)

var parserLine = regexp.MustCompile(`\bline (\d+): `)

// failure finds the place that Helm's text is about: it names templates by the chart's name, which are files here.
func (r *rendering) failure(err error) *abi.Failure {
	var known *abi.Failure
	if errors.As(err, &known) {
		return known
	}
	text := strings.TrimSpace(err.Error())
	for _, find := range []func(text string) *abi.Failure{r.notAChart, r.malformedFile, r.templatePlace, r.schemaViolation, r.malformedOutput} {
		if failure := find(text); failure != nil {
			return failure
		}
	}
	failure := &abi.Failure{Message: text}
	if file := r.texts[path.Join(r.dir, "Chart.yaml")]; file != nil {
		failure.Path = source.Relative(file.Path)
	}
	return failure
}

// at makes a failure of a place.
func at(place origin.Place, message string) *abi.Failure {
	return &abi.Failure{Message: message, Path: source.Relative(place.Path), Line: &place.Line, Character: &place.Character}
}

func nodePlace(file *source.Text, node *goyaml.Node) origin.Place {
	return origin.Place{Path: file.Path, Line: node.Line - 1, Character: file.UTF16(node.Line-1, node.Column-1)}
}

func (r *rendering) notAChart(string) *abi.Failure {
	if r.host.Kind(path.Join(r.dir, "Chart.yaml")) == abi.File {
		return nil
	}
	return &abi.Failure{
		Message: fmt.Sprintf("%s has no Chart.yaml: it is not a chart", strings.TrimPrefix(r.dir, "/")), Path: source.Relative(r.dir),
	}
}

// missingDependency: a dependency that Chart.yaml names and charts/ does not have.
func (r *rendering) missingDependency() error {
	have := map[string]bool{}
	for _, dependency := range r.chart.Dependencies() {
		have[dependency.Metadata.Name] = true
	}
	for _, wanted := range r.chart.Metadata.Dependencies {
		if have[wanted.Name] {
			continue
		}
		message := fmt.Sprintf("the dependency %s (%s) is missing in charts/. Run `helm dependency build` and keep what it fetches in the repository.",
			wanted.Name, wanted.Version)
		for _, name := range []string{"Chart.yaml", "requirements.yaml"} {
			file := r.texts[path.Join(r.dir, name)]
			if file == nil {
				continue
			}
			if node := dependencyNode(parseYAML(file.Data), wanted.Name); node != nil {
				return at(nodePlace(file, node), message)
			}
		}
		return errors.New(message)
	}
	return nil
}

func dependencyNode(root *goyaml.Node, name string) *goyaml.Node {
	if root == nil {
		return nil
	}
	for i := 0; i+1 < len(root.Content) && root.Kind == goyaml.MappingNode; i += 2 {
		if root.Content[i].Value != "dependencies" {
			continue
		}
		for _, item := range root.Content[i+1].Content {
			if node := follow(item, valuesPath{"name"}); node != nil {
				for j := 0; j+1 < len(item.Content); j += 2 {
					if item.Content[j] == node && item.Content[j+1].Value == name {
						return item.Content[j+1]
					}
				}
			}
		}
	}
	return nil
}

var unloadable = regexp.MustCompile(`cannot load (Chart\.yaml|Chart\.lock|values\.yaml|requirements\.yaml|requirements\.lock): ([\s\S]*)`)

// malformedFile: a file of the chart (or of an unpacked subchart) that Helm could not load.
func (r *rendering) malformedFile(text string) *abi.Failure {
	if match := unloadable.FindStringSubmatch(text); match != nil {
		for _, name := range r.order {
			if file := r.texts[name]; path.Base(name) == match[1] && !isYAML(file.Data) {
				return malformed(file, errors.New(match[2]))
			}
		}
		if file := r.texts[path.Join(r.dir, match[1])]; file != nil {
			return at(origin.Place{Path: file.Path}, text)
		}
	}
	if strings.HasPrefix(text, "validation: ") {
		return at(origin.Place{Path: path.Join(r.dir, "Chart.yaml")}, strings.TrimPrefix(text, "validation: "))
	}
	return nil
}

func isYAML(data []byte) bool {
	var document goyaml.Node
	return goyaml.Unmarshal(data, &document) == nil
}

// place names a template, its line and (for a fault while it runs) the byte in that line.
var place = regexp.MustCompile(`([\w][\w./@+-]*/templates/[\w./@+-]+):(\d+)(?::(\d+))?`)

// templatePlace: an error that names places in templates. The last one is the innermost: that is where it happened.
func (r *rendering) templatePlace(text string) *abi.Failure {
	if r.chart == nil {
		return nil
	}
	files, _ := r.templateFiles(r.chart)
	matches := place.FindAllStringSubmatch(text, -1)
	// Helm leaves out what was included where `required` or `fail` is called; the same run without its texts names it.
	if r.values != nil && r.files == nil {
		if _, err := newInstrumented(r.chart, r.values).render(allTemplates(r.chart, r.values)); err != nil {
			matches = append(matches, place.FindAllStringSubmatch(err.Error(), -1)...)
		}
	}
	for i := len(matches) - 1; i >= 0; i-- {
		file := files[matches[i][1]]
		if file == nil {
			continue
		}
		line, _ := strconv.Atoi(matches[i][2])
		line = min(max(line-1, 0), max(file.Lines()-1, 0))
		character := source.Indent(file.Line(line))
		if matches[i][3] != "" {
			offset, _ := strconv.Atoi(matches[i][3])
			whole := file.Line(line)
			character = file.UTF16(line, len([]rune(whole[:min(offset, len(whole))])))
		}
		return at(origin.Place{Path: file.Path, Line: line, Character: character}, shortened(r.withFiles(text, files)))
	}
	return nil
}

var endless = regexp.MustCompile(`rendering template has a nested reference name: (.+?): unable to execute template`)

// shortened puts what is wrong in front of the trace that leads to it, and leaves out a trace of a thousand steps.
func shortened(text string) string {
	if match := endless.FindStringSubmatch(text); match != nil {
		return fmt.Sprintf("the template %q includes itself without end", match[1])
	}
	lines := strings.Split(text, "\n")
	if len(lines) < 2 {
		return text
	}
	return strings.TrimSpace(lines[len(lines)-1]) + "\n" + text
}

// withFiles gives a text with templates named as the files that they are.
func (r *rendering) withFiles(text string, files map[string]*source.Text) string {
	return place.ReplaceAllStringFunc(text, func(match string) string {
		name, rest, _ := strings.Cut(match, ":")
		if file := files[name]; file != nil {
			return source.Relative(file.Path) + ":" + rest
		}
		return match
	})
}

var (
	schemaStart  = regexp.MustCompile(`values don't meet the specifications of the schema`)
	schemaFault  = regexp.MustCompile(`(?m)^\s*- at '([^']*)': (.*)$`)
	schemaExtra  = regexp.MustCompile(`additional properties? '([^']+)'`)
	schemaOfName = regexp.MustCompile(`(?m)^([\w.-]+):$`)
)

// schemaViolation: values that values.schema.json refuses, at the place that gives them.
func (r *rendering) schemaViolation(text string) *abi.Failure {
	if !schemaStart.MatchString(text) || r.sources == nil {
		return nil
	}
	for _, match := range schemaFault.FindAllStringSubmatch(text, -1) {
		below := pointer(match[1])
		if extra := schemaExtra.FindStringSubmatch(match[2]); extra != nil {
			below = below.with(extra[1])
		}
		var scope valuesPath
		before := text[:strings.Index(text, match[0])]
		if names := schemaOfName.FindAllStringSubmatch(before, -1); len(names) > 0 {
			scope = r.scopeOf(names[len(names)-1][1])
		}
		for full := scope.with(below...); len(full) > len(scope); full = full[:len(full)-1] {
			if found := r.sources.place(full); found != nil {
				return at(*found, fmt.Sprintf("%s: %s (values.schema.json)", strings.Join(scope.with(below...), "."), match[2]))
			}
		}
	}
	return at(origin.Place{Path: path.Join(r.dir, "values.schema.json")}, text)
}

// scopeOf is the values path of the chart of that name.
func (r *rendering) scopeOf(name string) valuesPath {
	var found valuesPath
	for _, dependency := range r.chart.Dependencies() {
		if dependency.Name() == name {
			found = valuesPath{name}
		}
	}
	return found
}

func pointer(text string) valuesPath {
	var path valuesPath
	for _, part := range strings.Split(text, "/") {
		if part != "" {
			path = append(path, strings.NewReplacer("~1", "/", "~0", "~").Replace(part))
		}
	}
	return path
}

var outputFault = regexp.MustCompile(`YAML parse error on (\S+): ([\s\S]*)`)

// malformedOutput: a template whose output is not valid YAML, at the line of the template that wrote the wrong line.
func (r *rendering) malformedOutput(text string) *abi.Failure {
	match := outputFault.FindStringSubmatch(text)
	if match == nil || r.files == nil {
		return nil
	}
	name := match[1]
	files, _ := r.templateFiles(r.chart)
	message := strings.Replace(text, name, templateShown(files, name), 1)
	rendered, number := r.brokenDocument(name)
	if number > 0 {
		shown := strings.Split(rendered, "\n")
		message += fmt.Sprintf("\nThe rendered line is: %s", strings.TrimSpace(shown[min(number, len(shown))-1]))
		if m := r.mapper(); m != nil {
			lines := m.mapSegments(rendered, []segment{{template: name, text: rendered}})
			for line := number - 1; line >= 0; line-- {
				if places := lines.Of(line); len(places) > 0 {
					return at(places[0], message)
				}
			}
		}
	}
	if file := files[name]; file != nil {
		return at(origin.Place{Path: file.Path}, message)
	}
	return nil
}

func templateShown(files map[string]*source.Text, name string) string {
	if file := files[name]; file != nil {
		return source.Relative(file.Path)
	}
	return name
}

// brokenDocument gives the first document of a rendered file that cannot be parsed, and the line (one-based) in it.
func (r *rendering) brokenDocument(name string) (text string, line int) {
	documents := releaseutil.SplitManifests(r.files[name])
	for i := range len(documents) {
		text := documents[fmt.Sprintf("manifest-%d", i)]
		var parsed any
		err := goyaml.Unmarshal([]byte(text), &parsed)
		if err == nil {
			continue
		}
		match := parserLine.FindStringSubmatch(err.Error())
		if match == nil {
			return text, 0
		}
		line, _ := strconv.Atoi(match[1])
		if strings.Contains(err.Error(), "did not find expected") {
			line++
		}
		return text, line
	}
	return "", 0
}

// inChartFile is a failure at a field of Chart.yaml.
func (r *rendering) inChartFile(field, message string) error {
	file := r.texts[path.Join(r.dir, "Chart.yaml")]
	if file != nil {
		if root := parseYAML(file.Data); root != nil {
			if node := follow(root, valuesPath{field}); node != nil {
				return at(nodePlace(file, node), message)
			}
		}
	}
	return errors.New(message)
}
