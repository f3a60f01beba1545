package kustomize

import (
	"path"
	"strings"

	"plumbline.dev/engines/render/internal/origin"
	"plumbline.dev/engines/render/internal/source"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// kustomization is a kustomization file with the places of its fields.
type kustomization struct {
	registry *registry
	file     *source.Text
	root     *yaml.Node
	// replacements are those of the field and of the files that it names.
	replacements []replacement
	replaced     bool
	// transformers are those of the field of that name.
	transformers    []transformer
	hasTransformers bool
}

// folded are the fields that are looked up here; kustomize reads them in any case.
var folded = []string{
	"namespace", "namePrefix", "nameSuffix", "images", "replicas", "labels", "commonLabels", "commonAnnotations", "replacements", "vars",
	"configMapGenerator", "secretGenerator", "generatorOptions", "generators", "transformers", "resources", "bases", "components", "patches",
	"patchesStrategicMerge", "patchesJson6902",
}

func newKustomization(r *registry, file *source.Text, root *yaml.Node) *kustomization {
	for i := 0; root.Kind == yaml.MappingNode && i+1 < len(root.Content); i += 2 {
		for _, name := range folded {
			if strings.EqualFold(root.Content[i].Value, name) {
				root.Content[i].Value = name
			}
		}
	}
	return &kustomization{registry: r, file: file, root: root}
}

// resolve gives the path of a file that the kustomization names.
func (k *kustomization) resolve(name string) string {
	return path.Join(path.Dir(k.file.Path), name)
}

func (k *kustomization) place(node *yaml.Node, role origin.Role) origin.Place {
	return placeIn(k.file, lineOf(node)-1, node.Column-1, role)
}

// reference is a scalar of a kustomization that names a file or folder.
type reference struct {
	field string
	node  *yaml.Node
	// name is the path in it, where the scalar holds more.
	name  string
	patch bool
	// inline: the scalar may hold YAML instead of a name.
	inline bool
	// folder, file: what it may be.
	folder, file bool
}

// references gives what the kustomization reads, in the order of the file's fields.
func (k *kustomization) references() []reference {
	var found []reference
	add := func(field string, node *yaml.Node, r reference) {
		if node != nil && node.Kind == yaml.ScalarNode && node.Value != "" {
			r.field, r.node = field, node
			if r.name == "" {
				r.name = node.Value
			}
			found = append(found, r)
		}
	}
	for i := 0; k.root.Kind == yaml.MappingNode && i+1 < len(k.root.Content); i += 2 {
		name, value := k.root.Content[i].Value, k.root.Content[i+1]
		switch name {
		case "resources", "bases":
			for _, item := range items(value) {
				add(name, item, reference{folder: true, file: name == "resources"})
			}
		case "components":
			for _, item := range items(value) {
				add(name, item, reference{folder: true})
			}
		case "patchesStrategicMerge":
			for _, item := range items(value) {
				add(name, item, reference{file: true, patch: true, inline: true})
			}
		case "patches", "patchesJson6902":
			for _, item := range items(value) {
				add(name, valueAt(item, "path"), reference{file: true, patch: true})
			}
		case "replacements":
			for _, item := range items(value) {
				add(name, valueAt(item, "path"), reference{file: true})
			}
		case "transformers", "generators", "validators":
			for _, item := range items(value) {
				add(name, item, reference{file: true, folder: true, inline: true})
			}
		case "crds", "configurations":
			for _, item := range items(value) {
				add(name, item, reference{file: true})
			}
		case "openapi":
			add(name, valueAt(value, "path"), reference{file: true})
		case "configMapGenerator", "secretGenerator":
			for _, entry := range items(value) {
				add(name, valueAt(entry, "env"), reference{file: true})
				for _, item := range items(valueAt(entry, "envs")) {
					add(name, item, reference{file: true})
				}
				for _, item := range items(valueAt(entry, "files")) {
					_, file := fileEntry(item.Value)
					add(name, item, reference{file: true, name: file})
				}
			}
		}
	}
	return found
}

// fileEntry cuts `key=path` of a generator; without a key it is the file's name.
func fileEntry(entry string) (key, file string) {
	if key, file, ok := strings.Cut(entry, "="); ok {
		return key, file
	}
	return path.Base(entry), entry
}

// replacement is one target field of a replacement.
type replacement struct {
	file   *source.Text
	path   *yaml.Node // the fieldPaths entry
	fields []string
	target *yaml.Node // the `select` of the target
}

// replacementTargets gives the fields that the kustomization replaces.
func (k *kustomization) replacementTargets() []replacement {
	if k.replaced {
		return k.replacements
	}
	k.replaced = true
	for _, item := range items(valueAt(k.root, "replacements")) {
		name := scalarAt(item, "path")
		if name == "" {
			k.addReplacement(k.file, item)
			continue
		}
		file := k.registry.files[k.resolve(name)]
		if file == nil {
			continue
		}
		for _, document := range parseAll(file.Data) {
			for _, content := range document.Content {
				// One replacement, or a list of them.
				k.addReplacement(file, content)
				for _, one := range items(content) {
					k.addReplacement(file, one)
				}
			}
		}
	}
	return k.replacements
}

func (k *kustomization) addReplacement(file *source.Text, node *yaml.Node) {
	for _, target := range items(valueAt(node, "targets")) {
		paths := items(valueAt(target, "fieldPaths"))
		for _, fieldPath := range paths {
			k.replacements = append(k.replacements, replacement{
				file: file, path: fieldPath, fields: splitFieldPath(fieldPath.Value), target: valueAt(target, "select"),
			})
		}
	}
}

// splitFieldPath cuts `spec.template.metadata.annotations.a\.b` and `containers.[name=x].image` at the dots that separate.
func splitFieldPath(fieldPath string) []string {
	var fields []string
	var current strings.Builder
	inBrackets := false
	for i := 0; i < len(fieldPath); i++ {
		switch c := fieldPath[i]; {
		case c == '\\' && i+1 < len(fieldPath):
			i++
			current.WriteByte(fieldPath[i])
		case c == '.' && !inBrackets:
			fields = append(fields, current.String())
			current.Reset()
		default:
			inBrackets = c == '[' || inBrackets && c != ']'
			current.WriteByte(c)
		}
	}
	return append(fields, current.String())
}

// matchesPath compares a replacement's field path with a place in an object; items has the list items on the way to it.
func (r replacement) matchesPath(at []string, items []*yaml.Node) bool {
	if len(r.fields) != len(at) {
		return false
	}
	for i, name := range r.fields {
		selector, isSelector := strings.CutPrefix(name, "[")
		switch {
		case name == at[i]:
		case items[i] == nil:
			return false
		case name == "*":
		case isSelector:
			key, value, _ := strings.Cut(strings.TrimSuffix(selector, "]"), "=")
			if key == "" && items[i].Value == value || key != "" && scalarAt(items[i], key) == value {
				continue
			}
			return false
		default:
			return false
		}
	}
	return true
}

// transformer is a configuration that the kustomization names in `transformers`, or holds in it; node lines count from first.
type transformer struct {
	file          *source.Text
	first, indent int
	root          *yaml.Node
}

func (k *kustomization) transformerFiles() []transformer {
	if k.hasTransformers {
		return k.transformers
	}
	k.hasTransformers = true
	for _, item := range items(valueAt(k.root, "transformers")) {
		in := transformer{file: k.registry.files[k.resolve(item.Value)]}
		var data []byte
		switch {
		case in.file != nil:
			data = in.file.Data
		case item.Style&yaml.LiteralStyle != 0:
			in.file, in.first, data = k.file, lineOf(item), []byte(item.Value)
			in.indent = source.Indent(k.file.Line(in.first))
		default:
			continue
		}
		for _, document := range parseAll(data) {
			for _, root := range document.Content {
				in.root = root
				k.transformers = append(k.transformers, in)
			}
		}
	}
	return k.transformers
}
