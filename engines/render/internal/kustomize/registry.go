package kustomize

import (
	"path"
	"regexp"
	"slices"
	"strings"

	goyaml "go.yaml.in/yaml/v3"
	"plumbline.dev/engines/render/internal/origin"
	"plumbline.dev/engines/render/internal/source"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// registry knows every text that is parsed in a build: the files that were read, and the patches that are written inside
// kustomization files. The parser asks it where a text comes from.
type registry struct {
	texts []text // number 0 is no text
	// byContent gives the latest text with that content: a file is parsed right after it was read, so that of two equal files each
	// one is found.
	byContent map[string]int
	files     map[string]*source.Text
	// order has the paths of the files as they were first read.
	order []string
	// kustomizations are the kustomization files by path, in the order in which they were first read.
	kustomizations []*kustomization
	patchFiles     map[string]bool
	values         map[string]map[[2]int]string // see valuesOf
}

// text is a piece of a file. Its line n is the file's line first+n, its columns start after indent characters.
type text struct {
	file          *source.Text
	first, indent int
	// point: lines of the text are not lines of the file (a quoted or folded scalar); everything is at its start.
	point  bool
	column int
}

func newRegistry() *registry {
	return &registry{
		texts:      make([]text, 1),
		byContent:  map[string]int{},
		files:      map[string]*source.Text{},
		patchFiles: map[string]bool{},
		values:     map[string]map[[2]int]string{},
	}
}

// lineBase answers the parser: what to add to the lines of a text so that they say where it comes from.
func (r *registry) lineBase(content []byte) int { return r.byContent[string(content)] << textShift }

// documentEnd is where kustomize cuts a file into documents.
var documentEnd = regexp.MustCompile(`\n---.*\n`)

// read is told of every file that kustomize reads.
func (r *registry) read(name string, data []byte) {
	file, known := r.files[name]
	if !known {
		file = source.New(name, data)
		r.files[name] = file
		r.order = append(r.order, name)
	}
	r.register(strings.ReplaceAll(string(data), "\r\n", "\n"), text{file: file})
	if known || !slices.Contains(konfig.RecognizedKustomizationFileNames(), path.Base(name)) {
		return
	}
	var document goyaml.Node
	if goyaml.Unmarshal(data, &document) != nil || len(document.Content) == 0 {
		return
	}
	r.registerInline(file, document.Content[0])
	k := newKustomization(r, file, document.Content[0])
	r.kustomizations = append(r.kustomizations, k)
	for _, reference := range k.references() {
		if reference.patch {
			r.patchFiles[k.resolve(reference.node.Value)] = true
		}
	}
}

func (r *registry) register(content string, t text) {
	if len(r.texts) > maxText {
		return
	}
	add := func(piece string, first int) {
		if strings.TrimSpace(piece) == "" {
			return
		}
		t.first = first
		r.byContent[piece] = len(r.texts)
		r.texts = append(r.texts, t)
	}
	first, from := t.first, 0
	ends := documentEnd.FindAllStringIndex(content, -1)
	if len(ends) > 0 {
		add(content, first)
	}
	for _, end := range ends {
		add(content[from:end[0]]+"\n", first)
		first += strings.Count(content[from:end[1]], "\n")
		from = end[1]
	}
	add(content[from:], first)
}

// registerInline makes scalars known that are parsed as YAML of their own: patches, generators, transformers.
func (r *registry) registerInline(file *source.Text, node *goyaml.Node) {
	for _, child := range node.Content {
		r.registerInline(file, child)
	}
	if node.Kind != goyaml.ScalarNode || !strings.ContainsAny(node.Value, ":{") {
		return
	}
	inline := text{file: file, first: lineOf(node)}
	content := strings.TrimLeft(node.Value, " \n")
	if node.Style&goyaml.LiteralStyle == 0 {
		inline.point, inline.first, inline.column = true, lineOf(node)-1, node.Column-1
	} else {
		// Contents start on the line after the indicator, without the indentation that the first line has.
		skipped := strings.Count(node.Value[:len(node.Value)-len(content)], "\n")
		inline.first += skipped
		inline.indent = source.Indent(file.Line(inline.first))
	}
	r.register(content, inline)
	// Patches are trimmed before they are parsed.
	if trimmed := strings.TrimSpace(content); trimmed != content {
		r.register(trimmed, inline)
	}
}

// place is where a node was parsed; false for nodes that no text has.
func (r *registry) place(node *yaml.Node) (file *source.Text, line, column int, ok bool) {
	number := textOf(node)
	if number == 0 || number >= len(r.texts) {
		return nil, 0, 0, false
	}
	t := r.texts[number]
	if t.point {
		return t.file, t.first, t.column, true
	}
	return t.file, t.first + lineOf(node) - 1, t.indent + node.Column - 1, true
}

// roleOf says what a file's own lines are in a rendering.
func (r *registry) roleOf(file *source.Text) origin.Role {
	if r.patchFiles[file.Path] || r.kustomizationAt(file.Path) != nil {
		return origin.Patch
	}
	return origin.Resource
}

func (r *registry) kustomizationAt(name string) *kustomization {
	for _, k := range r.kustomizations {
		if k.file.Path == name {
			return k
		}
	}
	return nil
}

// written is where a node was parsed, as a place of an answer.
func (r *registry) written(node *yaml.Node) (origin.Place, bool) {
	file, line, column, ok := r.place(node)
	if !ok {
		return origin.Place{}, false
	}
	return placeIn(file, line, column, r.roleOf(file)), true
}

func placeIn(file *source.Text, line, column int, role origin.Role) origin.Place {
	return origin.Place{Path: file.Path, Line: line, Character: file.UTF16(line, column), Role: role}
}

// unchanged says whether the text that a scalar was parsed from still says what the scalar says now.
func (r *registry) unchanged(node *yaml.Node) bool {
	file, line, column, ok := r.place(node)
	if !ok {
		return false
	}
	if r.texts[textOf(node)].point {
		return strings.Contains(file.Line(line), node.Value)
	}
	if same, certain := startsWith(file, line, column, node.Value); certain {
		return same
	}
	// The parser counts from the start of a file here, and inline texts are not looked at: their escapes are rare.
	t := r.texts[textOf(node)]
	value, known := r.valuesOf(t.file)[[2]int{line + 1, column + 1}]
	return known && t.indent == 0 && value == node.Value
}

// valuesOf reads a file again for what cannot be compared by looking at it (escapes and the like): scalars by line and column.
func (r *registry) valuesOf(file *source.Text) map[[2]int]string {
	byPlace, known := r.values[file.Path]
	if known {
		return byPlace
	}
	byPlace = map[[2]int]string{}
	r.values[file.Path] = byPlace
	for _, document := range parseAll(file.Data) {
		visitScalars(document, func(scalar *goyaml.Node) {
			byPlace[[2]int{scalar.Line, scalar.Column}] = scalar.Value
		})
	}
	return byPlace
}

// parseAll parses the documents of a file up to the first that cannot be parsed, with plain line numbers.
func parseAll(data []byte) []*goyaml.Node {
	hook := goyaml.LineBase
	goyaml.LineBase = nil
	defer func() { goyaml.LineBase = hook }()
	decoder := goyaml.NewDecoder(strings.NewReader(strings.ReplaceAll(string(data), "\r\n", "\n")))
	var documents []*goyaml.Node
	for {
		document := &goyaml.Node{}
		if decoder.Decode(document) != nil {
			return documents
		}
		documents = append(documents, document)
	}
}

func visitScalars(node *goyaml.Node, visit func(*goyaml.Node)) {
	if node.Kind == goyaml.ScalarNode {
		visit(node)
	}
	for _, child := range node.Content {
		visitScalars(child, visit)
	}
}
