package kustomize

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// A node's line number carries its whole history, because kustomize copies it wherever the node goes and never looks at it:
//
//	bits  0–21  one-based line in the text that the node was parsed from
//	bits 22–42  number of that text in the registry; 0: not parsed from any text that was read
//	bits 43–62  number of the cause: what made or changed the node since; 0: nothing did
//
// The column is a one-based character in that line.
const (
	lineBits  = 22
	textBits  = 21
	causeBits = 20

	maxLine  = 1<<lineBits - 1
	maxText  = 1<<textBits - 1
	maxCause = 1<<causeBits - 1

	textShift  = lineBits
	causeShift = lineBits + textBits
)

func lineOf(node *yaml.Node) int  { return node.Line & maxLine }
func textOf(node *yaml.Node) int  { return node.Line >> textShift & maxText }
func causeOf(node *yaml.Node) int { return node.Line >> causeShift & maxCause }

func setCause(node *yaml.Node, cause int) {
	node.Line = node.Line&(1<<causeShift-1) | cause<<causeShift
}

// field gives the key and the value of a mapping's entry; nil where there is none.
func field(mapping *yaml.Node, name string) (key, value *yaml.Node) {
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			return mapping.Content[i], mapping.Content[i+1]
		}
	}
	return nil, nil
}

func valueAt(mapping *yaml.Node, names ...string) *yaml.Node {
	for _, name := range names {
		_, mapping = field(mapping, name)
	}
	return mapping
}

// scalarAt is the value of a scalar at a path of keys; empty where there is none.
func scalarAt(mapping *yaml.Node, names ...string) string {
	if value := valueAt(mapping, names...); value != nil && value.Kind == yaml.ScalarNode {
		return value.Value
	}
	return ""
}

func items(sequence *yaml.Node) []*yaml.Node {
	if sequence == nil || sequence.Kind != yaml.SequenceNode {
		return nil
	}
	return sequence.Content
}
