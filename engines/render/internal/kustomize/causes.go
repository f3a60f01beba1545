package kustomize

import (
	"encoding/base64"
	"regexp"
	"strings"

	"plumbline.dev/engines/render/internal/origin"
	"plumbline.dev/engines/render/internal/source"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// causeOf finds the field of the kustomization that gives a scalar at this place of this object its value. Every rule compares the
// value itself, so that a field that could have made a value, but a different one, is no cause.
func (k *kustomization) causeOf(n *noting, value string) cause {
	at, l, object := n.path, n.life, n.object
	if value == "" || len(at) == 0 {
		return cause{}
	}
	last := at[len(at)-1]
	if c := k.generatorOf(at, value, l); c.known() {
		return c
	}
	if c := k.replacementOf(n); c.known() {
		return c
	}
	if last == "namespace" {
		if node := valueAt(k.root, "namespace"); node != nil && node.Value == value {
			return k.transformer(node)
		}
	}
	if last == "name" && object.GetKind() == "Namespace" && len(at) == 2 {
		if node := valueAt(k.root, "namespace"); node != nil && node.Value == value {
			return k.transformer(node)
		}
	}
	if c := k.imageOf(value); c.known() {
		return c
	}
	if last == "replicas" {
		for _, entry := range items(valueAt(k.root, "replicas")) {
			if name := scalarAt(entry, "name"); name == l.name || name == object.GetName() {
				if count := valueAt(entry, "count"); count != nil && count.Value == value {
					return k.transformer(count)
				}
			}
		}
	}
	if c := k.labelOf(at, value); c.known() {
		return c
	}
	if c := k.affixOf(value); c.known() {
		return c
	}
	return k.transformerFileOf(at, value)
}

func (k *kustomization) transformer(nodes ...*yaml.Node) cause {
	var c cause
	for _, node := range nodes {
		c.places = append(c.places, k.place(node, origin.Transformer))
	}
	return c
}

// imageOf: the parts of an entry of `images` that stand in the value.
func (k *kustomization) imageOf(value string) cause {
	for _, entry := range items(valueAt(k.root, "images")) {
		name := valueAt(entry, "newName")
		wanted := scalarAt(entry, "name")
		if name != nil {
			wanted = name.Value
		}
		rest, ok := strings.CutPrefix(value, wanted)
		if !ok || wanted == "" {
			continue
		}
		var nodes []*yaml.Node
		// The digest wins over the tag; a tag may be followed by one.
		if node := valueAt(entry, "digest"); node != nil && strings.HasSuffix(rest, "@"+node.Value) {
			nodes = append(nodes, node)
			rest = strings.TrimSuffix(rest, "@"+node.Value)
		}
		if node := valueAt(entry, "newTag"); node != nil && rest == ":"+node.Value {
			nodes = append(nodes, node)
		}
		if node := valueAt(entry, "tagSuffix"); node != nil && strings.HasSuffix(rest, node.Value) {
			nodes = append(nodes, node)
		}
		if name != nil {
			nodes = append(nodes, name)
		}
		if len(nodes) > 0 {
			return k.transformer(nodes...)
		}
	}
	return cause{}
}

// labelParents are the fields that labels and annotations are written to, by labels, commonLabels and commonAnnotations.
var labelParents = map[string]bool{"labels": true, "annotations": true, "matchLabels": true, "selector": true, "podSelector": true}

func (k *kustomization) labelOf(at []string, value string) cause {
	if len(at) < 2 || !labelParents[at[len(at)-2]] {
		return cause{}
	}
	var found cause
	k.eachLabels(at[len(at)-2], func(pairs *yaml.Node) bool {
		if key, node := field(pairs, at[len(at)-1]); node != nil && node.Value == value {
			found = k.transformer(key)
		}
		return !found.known()
	})
	return found
}

// eachLabels visits the maps that the kustomization adds to fields of this name, until visit says enough.
func (k *kustomization) eachLabels(parent string, visit func(pairs *yaml.Node) bool) {
	if parent == "annotations" {
		if pairs := valueAt(k.root, "commonAnnotations"); pairs != nil {
			visit(pairs)
		}
		return
	}
	if pairs := valueAt(k.root, "commonLabels"); pairs != nil && !visit(pairs) {
		return
	}
	for _, entry := range items(valueAt(k.root, "labels")) {
		if pairs := valueAt(entry, "pairs"); pairs != nil && !visit(pairs) {
			return
		}
	}
}

// affixOf: a name (or a reference to one) that starts or ends with what the kustomization adds.
func (k *kustomization) affixOf(value string) cause {
	var nodes []*yaml.Node
	if node := valueAt(k.root, "namePrefix"); node != nil && node.Value != "" && strings.HasPrefix(value, node.Value) {
		nodes = append(nodes, node)
	}
	// Generated names have their hash behind the suffix.
	if node := valueAt(k.root, "nameSuffix"); node != nil && node.Value != "" && strings.Contains(value, node.Value) {
		nodes = append(nodes, node)
	}
	return k.transformer(nodes...)
}

// transformerFileOf: a value that a transformer with a file of its own gives: a label or annotation, a namespace, a part of a name.
func (k *kustomization) transformerFileOf(at []string, value string) cause {
	for _, t := range k.transformerFiles() {
		var node *yaml.Node
		switch scalarAt(t.root, "kind") {
		case "LabelTransformer", "AnnotationsTransformer":
			for _, name := range []string{"labels", "annotations"} {
				if key, found := field(valueAt(t.root, name), at[len(at)-1]); found != nil && found.Value == value {
					node = key
				}
			}
		case "NamespaceTransformer":
			if found := valueAt(t.root, "metadata", "namespace"); found != nil && found.Value == value {
				node = found
			}
		case "PrefixTransformer", "PrefixSuffixTransformer":
			if found := valueAt(t.root, "prefix"); found != nil && found.Value != "" && strings.HasPrefix(value, found.Value) {
				node = found
			}
		case "SuffixTransformer":
			if found := valueAt(t.root, "suffix"); found != nil && found.Value != "" && strings.Contains(value, found.Value) {
				node = found
			}
		case "ImageTagTransformer":
			tag := valueAt(t.root, "imageTag", "newTag")
			if tag != nil && strings.HasSuffix(value, ":"+tag.Value) {
				node = tag
			}
		case "ReplicaCountTransformer":
			if count := valueAt(t.root, "replica", "count"); count != nil && count.Value == value && at[len(at)-1] == "replicas" {
				node = count
			}
		}
		if node != nil {
			return cause{places: []origin.Place{placeIn(t.file, t.first+lineOf(node)-1, t.indent+node.Column-1, origin.Transformer)}}
		}
	}
	return cause{}
}

// variables: a value that nothing else made had variables put in.
func (k *kustomization) variables() cause {
	if key, _ := field(k.root, "vars"); key != nil {
		return k.transformer(key)
	}
	return cause{}
}

// extension: what nothing else explains was made by a generator or transformer with a file of its own, if there is one.
func (k *kustomization) extension() cause {
	for _, name := range []string{"transformers", "generators"} {
		if key, _ := field(k.root, name); key != nil {
			return cause{places: []origin.Place{k.place(key, origin.File)}}
		}
	}
	return cause{}
}

func (k *kustomization) replacementOf(n *noting) cause {
	for _, r := range k.replacementTargets() {
		if r.matchesPath(n.path, n.items) && selects(r.target, n.object, n.life) {
			column := r.path.Column - 1
			return cause{places: []origin.Place{placeIn(r.file, lineOf(r.path)-1, column, origin.Transformer)}}
		}
	}
	return cause{}
}

// selects compares the plain fields of a selector with an object.
func selects(selector *yaml.Node, object *resource.Resource, l *life) bool {
	matches := func(name, value string) bool {
		pattern := scalarAt(selector, name)
		if pattern == "" || pattern == value {
			return true
		}
		matched, err := regexp.MatchString("^(?:"+pattern+")$", value)
		return err == nil && matched
	}
	gvk := object.GetGvk()
	if !matches("kind", gvk.Kind) || !matches("group", gvk.Group) || !matches("version", gvk.Version) {
		return false
	}
	if !matches("namespace", object.GetNamespace()) && object.GetNamespace() != "" {
		return false
	}
	if matches("name", object.GetName()) || matches("name", l.name) {
		return true
	}
	for _, id := range object.PrevIds() {
		if matches("name", id.Name) {
			return true
		}
	}
	return false
}

// ---- generators ----

var generatorFields = map[string]string{"ConfigMap": "configMapGenerator", "Secret": "secretGenerator"}

// generator is the entry that generates or changes the object, if the kustomization has one.
func (k *kustomization) generator(l *life) *yaml.Node {
	for _, entry := range items(valueAt(k.root, generatorFields[l.kind])) {
		if scalarAt(entry, "name") == l.name {
			return entry
		}
	}
	return nil
}

func (k *kustomization) generated(node *yaml.Node) cause {
	if node == nil {
		return cause{}
	}
	return cause{places: []origin.Place{k.place(node, origin.Generator)}}
}

func (k *kustomization) generatorName(l *life) cause {
	return k.generated(valueAt(k.generator(l), "name"))
}

func (k *kustomization) generatorOf(at []string, value string, l *life) cause {
	entry := k.generator(l)
	if entry == nil {
		return cause{}
	}
	switch {
	case len(at) == 2 && (at[0] == "data" || at[0] == "binaryData"):
		return k.generatedData(entry, at[1], l.kind == "Secret" || at[0] == "binaryData", value)
	case len(at) == 2 && at[0] == "metadata" && at[1] == "name":
		return k.generatorName(l)
	case len(at) == 2 && at[0] == "metadata" && at[1] == "namespace":
		return k.generated(valueAt(entry, "namespace"))
	case len(at) == 3 && at[0] == "metadata" && (at[1] == "labels" || at[1] == "annotations"):
		for _, options := range []*yaml.Node{valueAt(entry, "options"), valueAt(k.root, "generatorOptions")} {
			if key, _ := field(valueAt(options, at[1]), at[2]); key != nil {
				return k.generated(key)
			}
		}
	case len(at) == 1 && at[0] == "type":
		if node := valueAt(entry, "type"); node != nil {
			return k.generated(node)
		}
		return k.generatorName(l)
	case len(at) == 1 && at[0] == "immutable":
		for _, options := range []*yaml.Node{valueAt(entry, "options"), valueAt(k.root, "generatorOptions")} {
			if node := valueAt(options, "immutable"); node != nil {
				return k.generated(node)
			}
		}
	case len(at) == 1 && (at[0] == "apiVersion" || at[0] == "kind"):
		return k.generatorName(l)
	}
	return cause{}
}

// causeOfKey: keys of generated maps have no value to compare.
func (k *kustomization) causeOfKey(n *noting) cause {
	if k.generator(n.life) != nil {
		return k.generatorName(n.life)
	}
	last := n.path[len(n.path)-1]
	var found cause
	if labelParents[last] {
		k.eachLabels(last, func(pairs *yaml.Node) bool {
			found = k.transformer(pairs)
			return false
		})
	}
	return found
}

// generatedData: the literal, the line of an env file or the file that gives a key its value.
func (k *kustomization) generatedData(entry *yaml.Node, key string, encoded bool, value string) cause {
	if encoded {
		if plain, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(value), "")); err == nil {
			value = string(plain)
		}
	}
	for _, literal := range items(valueAt(entry, "literals")) {
		if name, given, _ := strings.Cut(literal.Value, "="); name == key && strings.Trim(given, `"'`) == strings.Trim(value, `"'`) {
			return k.generated(literal)
		}
	}
	envs := items(valueAt(entry, "envs"))
	if env := valueAt(entry, "env"); env != nil {
		envs = append(envs, env)
	}
	for _, env := range envs {
		file := k.registry.files[k.resolve(env.Value)]
		if line := envLine(file, key, value); line >= 0 {
			return cause{places: []origin.Place{placeIn(file, line, 0, origin.Generator), k.place(env, origin.Generator)}}
		}
	}
	for _, item := range items(valueAt(entry, "files")) {
		name, target := fileEntry(item.Value)
		file := k.registry.files[k.resolve(target)]
		if name != key || file == nil || string(file.Data) != value {
			continue
		}
		c := k.generated(item)
		if !encoded {
			c.lines = file
		}
		return c
	}
	return cause{}
}

// envLine is the line of an env file that sets a variable; -1 where none does. The last one counts.
func envLine(file *source.Text, key, value string) int {
	if file == nil {
		return -1
	}
	found := -1
	for i := range file.Lines() {
		if name, given, _ := strings.Cut(strings.TrimSpace(file.Line(i)), "="); name == key && given == value {
			found = i
		}
	}
	return found
}
