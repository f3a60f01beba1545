package kustomize

import (
	"strconv"
	"strings"

	goyaml "go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// keepThroughJSONPatch is told of an object before and after a JSON patch, which writes it anew and forgets all positions: what the
// patch left alone gets its positions back, what it wrote gets those of the patch.
func keepThroughJSONPatch(patch string, before, after *yaml.RNode) {
	keepPositions(before.YNode(), after.YNode())
	var document goyaml.Node
	if goyaml.Unmarshal([]byte(patch), &document) != nil || len(document.Content) == 0 {
		return
	}
	operations := items(document.Content[0])
	// The last operation on a place wrote what stands there; one that appends to a list wrote its last item that is not taken yet.
	for i := len(operations) - 1; i >= 0; i-- {
		operation := operations[i]
		name, pointer := scalarAt(operation, "op"), valueAt(operation, "path")
		if pointer == nil || name == "remove" || name == "test" {
			continue
		}
		path := strings.Split(pointer.Value, "/")
		key, written := locate(after.YNode(), path)
		value := valueAt(operation, "value")
		if value != nil && (written == nil || hasPosition(written) || !equal(value, written)) {
			// Operations after this one may have moved list items.
			_, list := locate(after.YNode(), path[:len(path)-1])
			for _, item := range items(list) {
				if !hasPosition(item) && equal(value, item) {
					key, written = nil, item
					break
				}
			}
		}
		if written == nil || textOf(written) != 0 && written.Kind == yaml.ScalarNode {
			continue
		}
		if key != nil && textOf(key) == 0 {
			key.Line, key.Column = pointer.Line, pointer.Column
		}
		if value != nil {
			takePositions(value, written)
		}
	}
}

// locate follows a JSON pointer. `-` is the last list item without a position.
func locate(node *yaml.Node, pointer []string) (key, value *yaml.Node) {
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	value = node
	for _, part := range pointer {
		if part == "" && value == node {
			continue // before the first slash
		}
		switch value.Kind {
		case yaml.MappingNode:
			if key, value = field(value, unescape.Replace(part)); value == nil {
				return nil, nil
			}
		case yaml.SequenceNode:
			key = nil
			at, err := strconv.Atoi(part)
			if part == "-" {
				for at = len(value.Content) - 1; at > 0 && hasPosition(value.Content[at]); at-- {
				}
			} else if err != nil {
				return nil, nil
			}
			if at < 0 || at >= len(value.Content) {
				return nil, nil
			}
			value = value.Content[at]
		default:
			return nil, nil
		}
	}
	return key, value
}

func hasPosition(node *yaml.Node) bool {
	if textOf(node) != 0 {
		return true
	}
	for _, child := range node.Content {
		if hasPosition(child) {
			return true
		}
	}
	return false
}

// takePositions gives a written value the positions of the patch, where both say the same.
func takePositions(from, to *yaml.Node) {
	if from.Kind != to.Kind || from.Kind == yaml.ScalarNode && from.Value != to.Value {
		return
	}
	if textOf(to) == 0 {
		to.Line, to.Column = from.Line, from.Column
	}
	switch to.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(to.Content); i += 2 {
			if key, value := field(from, to.Content[i].Value); key != nil {
				takePositions(key, to.Content[i])
				takePositions(value, to.Content[i+1])
			}
		}
	case yaml.SequenceNode:
		for i := range to.Content {
			if i < len(from.Content) {
				takePositions(from.Content[i], to.Content[i])
			}
		}
	}
}

// keepPositions gives after the positions of what stands in before: maps by key, lists by equal items in order, then by index.
func keepPositions(before, after *yaml.Node) {
	if before == nil || after == nil || before.Kind != after.Kind {
		return
	}
	if after.Kind == yaml.ScalarNode {
		if before.Value == after.Value {
			after.Line, after.Column = before.Line, before.Column
		}
		return
	}
	after.Line, after.Column = before.Line, before.Column
	if after.Kind == yaml.MappingNode {
		places := make(map[string]int, len(before.Content)/2)
		for i := 0; i+1 < len(before.Content); i += 2 {
			places[before.Content[i].Value] = i
		}
		for i := 0; i+1 < len(after.Content); i += 2 {
			if at, ok := places[after.Content[i].Value]; ok {
				keepPositions(before.Content[at], after.Content[i])
				keepPositions(before.Content[at+1], after.Content[i+1])
			}
		}
		return
	}
	for i, from := range pairItems(before.Content, after.Content) {
		if from >= 0 {
			keepPositions(before.Content[from], after.Content[i])
		}
	}
}

// pairItems finds for each new list item the old one that it was: -1 for items that are new. Insertions and removals move the rest.
func pairItems(before, after []*yaml.Node) []int {
	pairs := make([]int, len(after))
	next := 0
	for i, item := range after {
		pairs[i] = -1
		for j := next; j < len(before); j++ {
			if equal(before[j], item) {
				pairs[i], next = j, j+1
				break
			}
			// Look ahead a little only: lists are long, patches are small.
			if j-next > 32 {
				break
			}
		}
	}
	used := map[int]bool{}
	for _, from := range pairs {
		used[from] = true
	}
	// An item that was changed inside: the same name, else the same number where the lists are equally long.
	for i, item := range after {
		if pairs[i] >= 0 || item.Kind != yaml.MappingNode {
			continue
		}
		name := scalarAt(item, "name")
		for j, old := range before {
			if !used[j] && (name != "" && scalarAt(old, "name") == name || name == "" && i == j && len(before) == len(after)) {
				pairs[i], used[j] = j, true
				break
			}
		}
	}
	return pairs
}

func equal(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.Value != b.Value || len(a.Content) != len(b.Content) {
		return false
	}
	if a.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(a.Content); i += 2 {
			// JSON sorts keys.
			if _, value := field(b, a.Content[i].Value); value == nil || !equal(a.Content[i+1], value) {
				return false
			}
		}
		return true
	}
	for i := range a.Content {
		if !equal(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}
