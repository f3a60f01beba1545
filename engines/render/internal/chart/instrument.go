package chart

import (
	"maps"
	"strings"
	"text/template/parse"
)

// treeMarker puts markers into one parsed template. The parser has trimmed white space already, so that nothing else about the
// template changes.
type treeMarker struct {
	*instrumented
	template string
	// inTpl: the text has no file of its own.
	inTpl bool
	scope valuesPath
}

// bindings are what is known of dot and the variables at a place of a template: the values path that each stands for.
type bindings struct {
	dot       reference
	variables map[string]reference
}

// reference is a values path, the root context (`.Values` leads to the values) or unknown.
type reference struct {
	path valuesPath
	root bool
}

var rootContext = reference{root: true}

func (r reference) known() bool { return r.root || r.path != nil }

func (c bindings) inside(dot reference) bindings {
	return bindings{dot, maps.Clone(c.variables)}
}

// markTree instruments a parsed template once.
func (n *instrumented) markTree(tree *parse.Tree, name string, inTpl bool) {
	if tree == nil || tree.Root == nil || n.marked[tree] {
		return
	}
	n.marked[tree] = true
	t := &treeMarker{instrumented: n, template: name, inTpl: inTpl, scope: n.scopes[name]}
	// In a define, dot is what the caller gives; that is the root context nearly always.
	t.list(tree.Root, bindings{rootContext, map[string]reference{"$": rootContext}})
}

func (t *treeMarker) marker(offset parse.Pos, kind siteKind, values []valuesPath) string {
	if t.inTpl {
		kind = tplSite
	}
	return t.markers.text(site{template: t.template, offset: int(offset), kind: kind, values: values})
}

func (t *treeMarker) list(list *parse.ListNode, c bindings) {
	if list == nil {
		return
	}
	nodes := make([]parse.Node, 0, 2*len(list.Nodes))
	mark := func(offset parse.Pos, values []valuesPath) {
		text := t.marker(offset, actionSite, values)
		nodes = append(nodes, &parse.TextNode{NodeType: parse.NodeText, Pos: offset, Text: []byte(text)})
	}
	for _, node := range list.Nodes {
		switch node := node.(type) {
		case *parse.TextNode:
			node.Text = t.markText(node.Text, node.Pos)
		case *parse.ActionNode:
			references := t.references(node.Pipe, c)
			t.pipe(node.Pipe)
			if len(node.Pipe.Decl) == 0 {
				mark(node.Pos, pathsOf(references))
			} else if len(node.Pipe.Decl) == 1 {
				c.variables[node.Pipe.Decl[0].Ident[0]] = single(references)
			}
		case *parse.TemplateNode:
			t.pipe(node.Pipe)
			mark(node.Pos, nil)
		case *parse.IfNode:
			t.pipe(node.Pipe)
			t.list(node.List, c.inside(c.dot))
			t.list(node.ElseList, c.inside(c.dot))
		case *parse.WithNode:
			dot := single(t.references(node.Pipe, c))
			t.branch(&node.BranchNode, c, dot)
		case *parse.RangeNode:
			dot := single(t.references(node.Pipe, c))
			if dot.path != nil {
				dot.path = dot.path.with("*")
			} else {
				dot = reference{}
			}
			t.branch(&node.BranchNode, c, dot)
		}
		nodes = append(nodes, node)
	}
	list.Nodes = nodes
}

// branch is the body of with or range; the last variable that it declares is the value.
func (t *treeMarker) branch(node *parse.BranchNode, c bindings, dot reference) {
	t.pipe(node.Pipe)
	inside := c.inside(dot)
	if count := len(node.Pipe.Decl); count > 0 {
		inside.variables[node.Pipe.Decl[count-1].Ident[0]] = dot
	}
	t.list(node.List, inside)
	t.list(node.ElseList, c.inside(c.dot))
}

// markText puts a marker before the first character of each line, and of each piece after an action.
func (t *treeMarker) markText(text []byte, offset parse.Pos) []byte {
	var out []byte
	fresh := true
	for i, c := range text {
		if fresh && c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			out = append(out, t.marker(offset+parse.Pos(i), textSite, nil)...)
			fresh = false
		}
		if c == '\n' {
			fresh = true
		}
		out = append(out, c)
	}
	return out
}

// single is the one reference of a pipe; functions such as default and required are looked through.
func single(references []reference) reference {
	if len(references) == 1 {
		return references[0]
	}
	return reference{}
}

func pathsOf(references []reference) []valuesPath {
	var paths []valuesPath
	for _, r := range references {
		if r.path != nil {
			paths = append(paths, r.path)
		}
	}
	return paths
}

// references gives the values that a pipe names, in order, without repetition.
func (t *treeMarker) references(pipe *parse.PipeNode, c bindings) []reference {
	var found []reference
	seen := map[string]bool{}
	add := func(base reference, names []string) {
		path := base.path
		if base.root {
			if len(names) < 2 || names[0] != "Values" {
				return
			}
			path, names = t.scope, names[1:]
		} else if path == nil {
			return
		}
		path = path.with(names...)
		if !seen[path.key()] {
			seen[path.key()] = true
			found = append(found, reference{path: path})
		}
	}
	var walk func(node parse.Node)
	walk = func(node parse.Node) {
		switch node := node.(type) {
		case *parse.PipeNode:
			for _, command := range node.Cmds {
				walk(command)
			}
		case *parse.CommandNode:
			for _, argument := range node.Args {
				walk(argument)
			}
		case *parse.FieldNode:
			add(c.dot, node.Ident)
		case *parse.DotNode:
			if !c.dot.root {
				add(c.dot, nil)
			}
		case *parse.VariableNode:
			if base := c.variables[node.Ident[0]]; base.known() && (len(node.Ident) > 1 || !base.root) {
				add(base, node.Ident[1:])
			}
		case *parse.ChainNode:
			walk(node.Node)
		}
	}
	if pipe != nil {
		walk(pipe)
	}
	return found
}

// builtins are functions of text/template itself that look at their arguments. They are not in Helm's map and cannot be wrapped;
// and, or and not only ask whether something is empty, and the print functions are replaced.
var builtins = map[string]bool{
	"len": true, "index": true, "slice": true, "html": true, "js": true, "urlquery": true, "call": true,
	"eq": true, "ne": true, "lt": true, "le": true, "gt": true, "ge": true,
}

// cleanFunction takes the markers out of its argument.
const cleanFunction = "plumblineClean"

// pipe cleans what is given to built-in functions and to methods (`.Files.Get (include …)`).
func (t *treeMarker) pipe(pipe *parse.PipeNode) {
	if pipe == nil {
		return
	}
	var commands []*parse.CommandNode
	for i, command := range pipe.Cmds {
		looks := false
		switch function := command.Args[0].(type) {
		case *parse.IdentifierNode:
			looks = builtins[function.Ident]
		case *parse.FieldNode, *parse.VariableNode, *parse.ChainNode:
			looks = len(command.Args) > 1 || i > 0
		}
		for j, argument := range command.Args {
			t.insidePipes(argument)
			if !looks || j == 0 {
				continue
			}
			switch argument.(type) {
			case *parse.PipeNode, *parse.VariableNode, *parse.DotNode:
				command.Args[j] = cleaned(argument)
			}
		}
		if looks && i > 0 {
			commands = append(commands, cleanCommand(command.Pos))
		}
		commands = append(commands, command)
	}
	pipe.Cmds = commands
}

// insidePipes looks into arguments in parentheses.
func (t *treeMarker) insidePipes(argument parse.Node) {
	if chain, ok := argument.(*parse.ChainNode); ok {
		argument = chain.Node
	}
	if pipe, ok := argument.(*parse.PipeNode); ok {
		t.pipe(pipe)
	}
}

func cleanCommand(offset parse.Pos, arguments ...parse.Node) *parse.CommandNode {
	name := parse.NewIdentifier(cleanFunction).SetPos(offset)
	return &parse.CommandNode{NodeType: parse.NodeCommand, Pos: offset, Args: append([]parse.Node{name}, arguments...)}
}

func cleaned(argument parse.Node) parse.Node {
	offset := argument.Position()
	return &parse.PipeNode{NodeType: parse.NodePipe, Pos: offset, Cmds: []*parse.CommandNode{cleanCommand(offset, argument)}}
}

// isOnlyMarkers: text that is empty but for markers must count as empty.
func isOnlyMarkers(text string) bool { return strings.TrimFunc(text, isMarker) == "" }
