package kustomize

import (
	"strconv"
	"strings"

	"plumbline.dev/engines/render/internal/origin"
	"plumbline.dev/engines/render/internal/source"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// history follows the objects of a build through its kustomizations and notes on every node that was not parsed from a file, or
// no longer says what the file says, what in which kustomization made it so.
type history struct {
	registry *registry
	// causes are numbered from 1; nodes carry the number.
	causes []cause
	byKey  map[string]int
	lives  map[*resource.Resource]*life
	// generated gives the generator of a final name.
	generated map[string]cause
}

// cause is what made a value: the places to look at, best first.
type cause struct {
	places []origin.Place
	// lines: the value is the content of this file, line by line.
	lines *source.Text
}

func (c cause) known() bool { return len(c.places) > 0 }

// life is what is known of an object: what it was called before it was renamed, and the kustomizations that it passed, in order.
type life struct {
	kind, name string
	passed     []*kustomization
}

func newHistory(r *registry) *history {
	return &history{
		registry: r, causes: make([]cause, 1), byKey: map[string]int{},
		lives: map[*resource.Resource]*life{}, generated: map[string]cause{},
	}
}

// observe is told of the objects of a kustomization when its transformers are done.
func (h *history) observe(root, file string, objects resmap.ResMap) {
	k := h.registry.kustomizationAt(absolute(root + "/" + file))
	if k == nil {
		return
	}
	for _, object := range objects.Resources() {
		l := h.lives[object]
		if l == nil {
			id := object.OrgId()
			l = &life{kind: id.Kind, name: id.Name}
			h.lives[object] = l
		}
		by := []*kustomization{k}
		if k.generator(l) != nil {
			// It may merge into what another kustomization generated; the merged object forgets that one.
			by = append(by, h.generatorsOf(l, k)...)
			l.passed = by[1:]
		}
		l.passed = append(l.passed, k)
		h.note(object, l, by, false)
	}
}

// generatorsOf gives the other kustomizations that generate an object of this kind and name, the latest read first.
func (h *history) generatorsOf(l *life, except *kustomization) []*kustomization {
	var found []*kustomization
	for i := len(h.registry.kustomizations) - 1; i >= 0; i-- {
		if k := h.registry.kustomizations[i]; k != except && k.generator(l) != nil {
			found = append(found, k)
		}
	}
	return found
}

// finish looks at the objects once more after names were hashed, references followed and variables put in.
func (h *history) finish(objects resmap.ResMap) {
	for _, object := range objects.Resources() {
		l := h.lifeOf(object)
		for i := len(l.passed) - 1; i >= 0; i-- {
			if c := l.passed[i].generatorName(l); c.known() {
				h.generated[object.GetName()] = c
				break
			}
		}
	}
	for _, object := range objects.Resources() {
		l := h.lifeOf(object)
		// The outermost kustomization had the last word.
		passed := make([]*kustomization, 0, len(l.passed))
		for i := len(l.passed) - 1; i >= 0; i-- {
			passed = append(passed, l.passed[i])
		}
		h.note(object, l, passed, true)
	}
}

func (h *history) lifeOf(object *resource.Resource) *life {
	if l := h.lives[object]; l != nil {
		return l
	}
	return &life{kind: object.GetKind(), name: object.GetName()}
}

// note marks the nodes of an object that something in the given kustomizations made or changed.
func (h *history) note(object *resource.Resource, l *life, by []*kustomization, last bool) {
	w := &noting{history: h, object: object, life: l, by: by, last: last}
	w.visit(object.YNode())
}

// noting is one walk through an object.
type noting struct {
	*history
	object *resource.Resource
	life   *life
	by     []*kustomization
	// path is where the walk is; items has the list items on the way, nil at keys.
	path  []string
	items []*yaml.Node
	// last: the build is over, what has a cause keeps it.
	last bool
}

func (n *noting) enter(name string, item *yaml.Node) {
	n.path, n.items = append(n.path, name), append(n.items, item)
}

func (n *noting) leave() {
	n.path, n.items = n.path[:len(n.path)-1], n.items[:len(n.items)-1]
}

func (n *noting) visit(node *yaml.Node) {
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			key, value := node.Content[i], node.Content[i+1]
			if internal(key) {
				continue
			}
			n.enter(key.Value, nil)
			n.visit(value)
			if textOf(key) == 0 && causeOf(key) == 0 {
				n.key(key, value)
			}
			n.leave()
		}
	case yaml.SequenceNode:
		for i, item := range node.Content {
			n.enter(strconv.Itoa(i), item)
			n.visit(item)
			n.leave()
		}
	case yaml.ScalarNode:
		n.scalar(node)
	}
}

func (n *noting) scalar(node *yaml.Node) {
	if n.last && causeOf(node) != 0 {
		return
	}
	if textOf(node) != 0 && n.registry.unchanged(node) {
		n.firstOf(node, func(k *kustomization) cause { return k.replacementOf(n) })
		return
	}
	named, isGenerated := n.generated[node.Value]
	switch {
	case n.firstOf(node, func(k *kustomization) cause {
		c := k.causeOf(n, node.Value)
		if c.known() && isGenerated {
			c.places = append(append([]origin.Place{}, named.places...), c.places...)
		}
		return c
	}):
	case isGenerated:
		setCause(node, n.number(named))
	case causeOf(node) == 0:
		if !n.firstOf(node, (*kustomization).variables) && n.last && textOf(node) == 0 {
			n.firstOf(node, (*kustomization).extension)
		}
	}
}

// firstOf marks a node with the first cause that the kustomizations have for it.
func (n *noting) firstOf(node *yaml.Node, find func(*kustomization) cause) bool {
	for _, k := range n.by {
		if c := find(k); c.known() {
			setCause(node, n.number(c))
			return true
		}
	}
	return false
}

// internal: annotations that kustomize keeps its own notes in; none of them is rendered.
func internal(key *yaml.Node) bool {
	return strings.HasPrefix(key.Value, "internal.config.kubernetes.io/")
}

// key gives a key that was made the cause of what stands below it.
func (n *noting) key(key, value *yaml.Node) {
	if value.Kind != yaml.ScalarNode && firstWritten(value) != nil {
		return // it came with what was written below it
	}
	if c := firstCause(value); c != 0 {
		setCause(key, c)
		return
	}
	n.firstOf(key, func(k *kustomization) cause { return k.causeOfKey(n) })
}

// firstWritten is the first node, this one or below it, that was parsed from a text.
func firstWritten(node *yaml.Node) *yaml.Node {
	if textOf(node) != 0 {
		return node
	}
	for _, child := range node.Content {
		if found := firstWritten(child); found != nil {
			return found
		}
	}
	return nil
}

func firstCause(node *yaml.Node) int {
	if c := causeOf(node); c != 0 || node.Kind == yaml.ScalarNode {
		return c
	}
	for i, child := range node.Content {
		if node.Kind == yaml.MappingNode && i%2 == 0 {
			if c := causeOf(child); c != 0 {
				return c
			}
			continue
		}
		if node.Kind == yaml.MappingNode && internal(node.Content[i-1]) {
			continue
		}
		if c := firstCause(child); c != 0 {
			return c
		}
	}
	return 0
}

// number gives equal causes the same number.
func (h *history) number(c cause) int {
	key := make([]byte, 0, 64)
	for _, place := range c.places {
		key = append(key, place.Path...)
		key = append(key, 0)
		key = strconv.AppendInt(key, int64(place.Line), 10)
		key = append(key, ':')
		key = strconv.AppendInt(key, int64(place.Character), 10)
	}
	if known, ok := h.byKey[string(key)]; ok {
		return known
	}
	if len(h.causes) > maxCause {
		return 0
	}
	h.causes = append(h.causes, c)
	h.byKey[string(key)] = len(h.causes) - 1
	return len(h.causes) - 1
}
