package kustomize

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"

	goyaml "go.yaml.in/yaml/v3"
	"plumbline.dev/engines/abi"
	"plumbline.dev/engines/render/internal/origin"
	"plumbline.dev/engines/render/internal/source"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// failure finds the place that a failed build is about. kustomize's texts nest and seldom name a line, so the inputs that were read
// are looked at first; its text is kept where it says what we cannot see.
func (b *build) failure(dir string, err error) *abi.Failure {
	f := &failures{build: b, text: b.plainLines(err.Error())}
	for _, find := range []func() *abi.Failure{
		func() *abi.Failure { return f.folder(dir) },
		f.malformed,
		f.unoffered,
		f.missing,
		f.field,
		f.patchTarget,
		f.patchOperation,
		f.replacement,
		f.duplicate,
		f.named,
	} {
		if found := find(); found != nil {
			return found
		}
	}
	failure := &abi.Failure{Message: f.message()}
	if k := f.kustomizationIn(dir); k != nil {
		failure.Path = source.Relative(k.file.Path)
	}
	return failure
}

// failures is one look at the inputs of a build that failed with a text.
type failures struct {
	*build
	text string
}

// at makes a failure of a place.
func at(place origin.Place, format string, arguments ...any) *abi.Failure {
	return &abi.Failure{
		Message: fmt.Sprintf(format, arguments...), Path: source.Relative(place.Path), Line: &place.Line, Character: &place.Character,
	}
}

// kustomizations gives those that were read, the latest first: the build failed there, or above it.
func (f *failures) kustomizations() []*kustomization {
	all := f.registry.kustomizations
	latest := make([]*kustomization, 0, len(all))
	for i := len(all) - 1; i >= 0; i-- {
		latest = append(latest, all[i])
	}
	return latest
}

func (f *failures) kustomizationIn(dir string) *kustomization {
	for _, k := range f.registry.kustomizations {
		if path.Dir(k.file.Path) == dir {
			return k
		}
	}
	return nil
}

var taggedLine = regexp.MustCompile(`\bline (\d{7,})`)

// plainLines turns the line numbers that say which text they are of (see tag.go) back into lines of files.
func (b *build) plainLines(text string) string {
	return taggedLine.ReplaceAllStringFunc(text, func(match string) string {
		number, _ := strconv.Atoi(strings.TrimPrefix(match, "line "))
		node := &yaml.Node{Line: number, Column: 1}
		if file, line, _, ok := b.registry.place(node); ok {
			return fmt.Sprintf("%s line %d", source.Relative(file.Path), line+1)
		}
		return fmt.Sprintf("line %d", lineOf(node))
	})
}

var rootedPath = regexp.MustCompile(`(^|[\s'"(=\[])(/[^\s'":,)\]]*)`)

// message is kustomize's text with paths as the repository has them.
func (f *failures) message() string {
	return rootedPath.ReplaceAllStringFunc(strings.TrimSpace(f.text), func(match string) string {
		at := strings.IndexByte(match, '/')
		name := path.Clean(match[at:])
		if name == "/" {
			return match[:at] + "."
		}
		if f.host.Kind(name) == abi.Missing && f.host.Kind(path.Dir(name)) != abi.Directory {
			return match // not a file's path, such as a JSON pointer
		}
		return match[:at] + name[1:]
	})
}

// folder: no kustomization to start from.
func (f *failures) folder(dir string) *abi.Failure {
	shown := source.Relative(dir)
	if shown == "" {
		shown = "the repository"
	}
	if f.host.Kind(dir) != abi.Directory {
		return &abi.Failure{Message: shown + " is not a folder", Path: source.Relative(dir)}
	}
	var found []string
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		if f.host.Kind(path.Join(dir, name)) == abi.File {
			found = append(found, name)
		}
	}
	switch len(found) {
	case 0:
		return &abi.Failure{Message: fmt.Sprintf("%s has no kustomization file (%s)", shown,
			strings.Join(konfig.RecognizedKustomizationFileNames(), ", ")), Path: source.Relative(dir)}
	case 1:
		return nil
	}
	zero := 0
	return &abi.Failure{Message: fmt.Sprintf("%s has more than one kustomization file: %s. Keep one of them.", shown, strings.Join(found, ", ")),
		Path: source.Relative(path.Join(dir, found[1])), Line: &zero, Character: &zero}
}

var parserLine = regexp.MustCompile(`\bline (\d+): `)

// malformed: a file that was read as YAML and cannot be parsed.
func (f *failures) malformed() *abi.Failure {
	for _, name := range f.registry.order {
		extension := path.Ext(name)
		if extension != ".yaml" && extension != ".yml" && path.Base(name) != "Kustomization" || f.isGeneratorInput(name) {
			continue
		}
		file := f.registry.files[name]
		decoder := goyaml.NewDecoder(strings.NewReader(string(file.Data)))
		for {
			var document goyaml.Node
			err := decoder.Decode(&document)
			if err == nil {
				continue
			}
			if err.Error() == "EOF" {
				break
			}
			line := 0
			text := strings.TrimPrefix(err.Error(), "yaml: ")
			if match := parserLine.FindStringSubmatch(text); match != nil {
				line, _ = strconv.Atoi(match[1])
				// The parser counts from 1 where characters are wrong, from 0 where the structure is.
				if !strings.Contains(text, "did not find expected") {
					line--
				}
				line = min(max(line, 0), max(file.Lines()-1, 0))
				text = strings.Replace(text, match[0], "", 1)
			}
			return at(placeIn(file, line, source.Indent(file.Line(line)), origin.File), "%s is not valid YAML: %s", source.Relative(name), text)
		}
	}
	return nil
}

// isGeneratorInput: files of generators are data, whatever they are called.
func (f *failures) isGeneratorInput(name string) bool {
	for _, k := range f.registry.kustomizations {
		for _, r := range k.references() {
			if strings.HasSuffix(r.field, "MapGenerator") || r.field == "secretGenerator" {
				if k.resolve(r.name) == name {
					return true
				}
			}
		}
	}
	return false
}

// unoffered: what kustomize does by running programs.
func (f *failures) unoffered() *abi.Failure {
	for _, k := range f.kustomizations() {
		for _, name := range []string{"helmCharts", "helmChartInflationGenerator"} {
			if key, _ := field(k.root, name); key != nil && strings.Contains(f.text, "helm") {
				return at(k.place(key, origin.File), "%s makes kustomize run the helm program, which needs --enable-helm and the network. "+
					"Render the chart as a source of its own, or keep its rendered manifests in the repository.", name)
			}
		}
		if !strings.Contains(f.text, "plugin") {
			continue
		}
		for _, name := range []string{"generators", "transformers", "validators"} {
			if key, _ := field(k.root, name); key != nil {
				return at(k.place(key, origin.File), "%s names a plugin that kustomize would run as a program or container; only its built-in "+
					"generators and transformers can be rendered here. %s", name, f.message())
			}
		}
	}
	return nil
}

// missing: a file or folder that a kustomization names and that is not there.
func (f *failures) missing() *abi.Failure {
	for _, k := range f.kustomizations() {
		for _, r := range k.references() {
			if r.inline && strings.ContainsAny(r.node.Value, "\n{:") && !isRemote(r.name) {
				continue
			}
			place := k.place(r.node, origin.File)
			target := k.resolve(r.name)
			kind := f.host.Kind(target)
			switch {
			case kind == abi.Missing && isRemote(r.name):
				return at(place, "%s is outside the repository, and rendering never uses the network. Keep a copy in the repository "+
					"(`kustomize localize` makes one) and name that in %s.", r.name, r.field)
			case kind == abi.Missing:
				return at(place, "%s names %s, which does not exist", r.field, r.name)
			case kind == abi.Directory && !r.folder:
				return at(place, "%s names %s, which is a folder: a file is expected", r.field, r.name)
			case kind == abi.File && !r.file:
				return at(place, "%s names %s, which is a file: a folder with a kustomization is expected", r.field, r.name)
			case kind == abi.Directory && !f.hasKustomization(target):
				return at(place, "%s names %s, which has no kustomization file", r.field, r.name)
			}
		}
	}
	return nil
}

func (f *failures) hasKustomization(dir string) bool {
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		if f.host.Kind(path.Join(dir, name)) == abi.File {
			return true
		}
	}
	return false
}

var (
	unknownField = regexp.MustCompile(`unknown field "([^"]+)"`)
	wrongType    = regexp.MustCompile(`cannot unmarshal (\w+) into Go struct field \S+?\.([\w.]+) of type (\S+)`)
)

// field: a kustomization file that does not fit its schema.
func (f *failures) field() *abi.Failure {
	if match := unknownField.FindStringSubmatch(f.text); match != nil {
		for _, k := range f.kustomizations() {
			if key := findKey(k.root, match[1]); key != nil {
				return at(k.place(key, origin.File), "a kustomization has no field %q", match[1])
			}
		}
	}
	if match := wrongType.FindStringSubmatch(f.text); match != nil {
		names := strings.Split(match[2], ".")
		for _, k := range f.kustomizations() {
			if key := findKey(k.root, names[len(names)-1]); key != nil {
				return at(k.place(key, origin.File), "%s has a value of the wrong type: %s", match[2], f.message())
			}
		}
	}
	return nil
}

// findKey gives the first key of that name, the nearest to the root.
func findKey(node *yaml.Node, name string) *yaml.Node {
	if key, _ := field(node, name); key != nil {
		return key
	}
	for _, child := range node.Content {
		if key := findKey(child, name); key != nil {
			return key
		}
	}
	return nil
}

var unmatchedPatch = regexp.MustCompile(`no resource matches strategic merge patch "?([^."\s]+)[^/\s]*/([^"\s]+?)\.(?:\[noNs\]|[^."\s]*)"?(?:\s|:|$)`)

// patchTarget: a patch for an object that the kustomization does not have.
func (f *failures) patchTarget() *abi.Failure {
	match := unmatchedPatch.FindStringSubmatch(f.text)
	if match == nil {
		return nil
	}
	for _, p := range f.patches() {
		for _, document := range p.documents {
			if scalarAt(document, "kind") == match[1] && scalarAt(document, "metadata", "name") == match[2] {
				return at(p.entry, "this patch is for %s %s, which none of the resources is", match[1], match[2])
			}
		}
	}
	return nil
}

var missingPath = regexp.MustCompile(`(\w+) operation does not apply: doc is missing (?:path|key): "?([^\s":]+)`)

// patchOperation: a JSON patch that does not fit its target.
func (f *failures) patchOperation() *abi.Failure {
	match := missingPath.FindStringSubmatch(f.text)
	if match == nil {
		return nil
	}
	for _, p := range f.patches() {
		for _, document := range p.documents {
			for _, operation := range items(document) {
				pointer := valueAt(operation, "path")
				if pointer == nil || scalarAt(operation, "op") != match[1] || pointer.Value != match[2] {
					continue
				}
				place := p.entry
				if written, ok := f.registry.written(pointer); ok {
					place = written
				}
				return at(place, "the %s operation does not apply: its target has no %s", match[1], match[2])
			}
		}
	}
	return nil
}

// patch is an entry of a kustomization with what it holds.
type patch struct {
	entry     origin.Place
	documents []*yaml.Node
}

func (f *failures) patches() []patch {
	goyaml.LineBase = f.registry.lineBase
	defer func() { goyaml.LineBase = nil }()
	var found []patch
	for _, k := range f.kustomizations() {
		add := func(node *yaml.Node, text string) {
			if node == nil {
				return
			}
			p := patch{entry: k.place(node, origin.File)}
			for _, piece := range documentEnd.Split(strings.ReplaceAll(text, "\r\n", "\n"), -1) {
				var document goyaml.Node
				// The registry knows pieces with the line feed that cutting takes, and the last one as it is.
				for _, form := range []string{piece + "\n", piece, strings.TrimSpace(piece)} {
					if _, known := f.registry.byContent[form]; known {
						piece = form
						break
					}
				}
				if goyaml.Unmarshal([]byte(piece), &document) == nil && len(document.Content) > 0 {
					p.documents = append(p.documents, document.Content[0])
				}
			}
			found = append(found, p)
		}
		for _, r := range k.references() {
			if !r.patch {
				continue
			}
			if file := f.registry.files[k.resolve(r.name)]; file != nil {
				add(r.node, string(file.Data))
			} else if r.inline {
				add(r.node, r.node.Value)
			}
		}
		for _, name := range []string{"patches", "patchesJson6902"} {
			for _, item := range items(valueAt(k.root, name)) {
				if inline := valueAt(item, "patch"); inline != nil {
					add(inline, inline.Value)
				}
			}
		}
	}
	return found
}

// replacement: a replacement whose source or target is not there.
func (f *failures) replacement() *abi.Failure {
	if !strings.Contains(f.text, "replacement") && !strings.Contains(f.text, "nothing selected by") &&
		!strings.Contains(f.text, "unable to find field") {
		return nil
	}
	for _, k := range f.kustomizations() {
		for _, r := range k.replacementTargets() {
			if strings.Contains(f.text, `"`+r.path.Value+`"`) {
				return at(placeIn(r.file, lineOf(r.path)-1, r.path.Column-1, origin.File), "%s", f.message())
			}
		}
		if key, _ := field(k.root, "replacements"); key != nil {
			return at(k.place(key, origin.File), "%s", f.message())
		}
	}
	return nil
}

var registeredTwice = regexp.MustCompile(`may not add resource with an already registered id: ([^."\s]+)[^/\s]*/([^"\s]+?)\.(\[noNs\]|[^."\s]*)(?:\s|:|'|$)`)

// duplicate: two objects with one identity.
func (f *failures) duplicate() *abi.Failure {
	match := registeredTwice.FindStringSubmatch(f.text)
	if match == nil {
		return nil
	}
	var last *abi.Failure
	for _, name := range f.registry.order {
		file := f.registry.files[name]
		for _, document := range parseAll(file.Data) {
			for _, object := range document.Content {
				if scalarAt(object, "kind") == match[1] && scalarAt(object, "metadata", "name") == match[2] {
					node := valueAt(object, "metadata", "name")
					last = at(placeIn(file, lineOf(node)-1, node.Column-1, origin.File), "%s %s is there twice: each object may come from one resource only",
						match[1], match[2])
				}
			}
		}
	}
	return last
}

// named: whatever else kustomize says of a file or folder that a kustomization names.
func (f *failures) named() *abi.Failure {
	for _, k := range f.kustomizations() {
		for _, r := range k.references() {
			target := k.resolve(r.name)
			for _, form := range []string{"'" + target + "'", `"` + target + `"`, "'" + r.name + "'", `"` + r.name + `"`, "(" + r.name + ")"} {
				if strings.Contains(f.text, form) {
					return at(k.place(r.node, origin.File), "%s", f.message())
				}
			}
		}
	}
	return nil
}
