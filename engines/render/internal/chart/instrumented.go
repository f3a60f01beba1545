package chart

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"text/template"
	"text/template/parse"

	"helm.sh/helm/v4/pkg/chart/common"
	v2 "helm.sh/helm/v4/pkg/chart/v2"
)

// instrumented renders a chart a second time, with markers in its templates. Its output is only looked at for the markers: what
// people see is Helm's own run.
type instrumented struct {
	markers *markers
	// identity gives the values path of maps and lists.
	identity map[uintptr]valuesPath
	// scopes gives the values path of the chart that a template belongs to.
	scopes map[string]valuesPath
	marked map[*parse.Tree]bool
}

func newInstrumented(c *v2.Chart, values common.Values) *instrumented {
	n := &instrumented{
		markers: newMarkers(), identity: map[uintptr]valuesPath{}, scopes: map[string]valuesPath{}, marked: map[*parse.Tree]bool{},
	}
	if table, err := values.Table("Values"); err == nil {
		n.identify(map[string]any(table), nil)
	}
	eachChart(c, nil, func(c *v2.Chart, scope []string) {
		for _, t := range c.Templates {
			n.scopes[path.Join(c.ChartFullPath(), t.Name)] = scope
		}
	})
	return n
}

// render takes the steps of Helm's engine: parse all, then execute each template that is not a partial. It gives marked texts.
func (n *instrumented) render(templates map[string]renderable) (rendered map[string]string, err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("instrumented run: %v", reason)
		}
	}()
	root := template.New("gotpl").Option("missingkey=zero")
	root.Funcs(n.functions(root))
	names := sortTemplates(templates)
	for _, name := range names {
		if _, err := root.New(name).Parse(templates[name].tpl); err != nil {
			return nil, err
		}
	}
	// After all is parsed: later definitions override earlier ones.
	for _, t := range root.Templates() {
		if t.Tree != nil {
			n.markTree(t.Tree, t.Tree.ParseName, false)
		}
	}
	rendered = map[string]string{}
	for _, name := range names {
		if strings.HasPrefix(path.Base(name), "_") {
			continue
		}
		values := templates[name].vals
		values["Template"] = common.Values{"Name": name, "BasePath": templates[name].basePath}
		var out strings.Builder
		if err := root.ExecuteTemplate(&out, name, values); err != nil {
			return nil, err
		}
		rendered[name] = withoutNoValue(out.String())
	}
	return rendered, nil
}

// withoutNoValue removes what text/template prints for a missing key, as Helm does.
func withoutNoValue(text string) string { return strings.ReplaceAll(text, "<no value>", "") }

func (n *instrumented) functions(root *template.Template) template.FuncMap {
	functions := engineFuncMap()
	// Those that Helm binds to an engine.
	functions["required"] = func(warning string, value any) (any, error) {
		if value == nil || value == "" {
			return value, errors.New(warning)
		}
		return value, nil
	}
	functions["fail"] = func(message string) (string, error) { return "", errors.New(message) }
	functions["getHostByName"] = func(string) string { return "" }
	// Built-in functions that can be replaced by what they are.
	functions["print"], functions["printf"], functions["println"] = fmt.Sprint, fmt.Sprintf, fmt.Sprintln
	for name, function := range functions {
		functions[name] = n.wrap(name, function)
	}
	functions[cleanFunction] = func(value any) any {
		if text, ok := value.(string); ok {
			return plain(text)
		}
		return value
	}
	depth := map[string]int{}
	functions["include"] = n.include(root, depth)
	functions["tpl"] = n.tpl(root, depth)
	return functions
}

const maxDepth = 1000

func (n *instrumented) include(root *template.Template, depth map[string]int) any {
	return func(name string, data any) (string, error) {
		name = plain(name)
		if depth[name] > maxDepth {
			return "", errors.New("endless include")
		}
		depth[name]++
		defer func() { depth[name]-- }()
		var out strings.Builder
		err := root.ExecuteTemplate(&out, name, data)
		if isOnlyMarkers(out.String()) {
			return "", err
		}
		return out.String(), err
	}
}

func (n *instrumented) tpl(parent *template.Template, depth map[string]int) any {
	return func(text string, values any) (string, error) {
		t, err := parent.Clone()
		if err != nil {
			return "", err
		}
		t.Option("missingkey=zero")
		t.Funcs(template.FuncMap{"include": n.include(t, depth), "tpl": n.tpl(t, depth)})
		if t, err = t.New(parent.Name()).Parse(plain(text)); err != nil {
			return "", err
		}
		for _, defined := range t.Templates() {
			n.markTree(defined.Tree, "", true)
		}
		n.markTree(t.Tree, "", true)
		var out strings.Builder
		if err := t.Execute(&out, values); err != nil {
			return "", err
		}
		if result := withoutNoValue(out.String()); !isOnlyMarkers(result) {
			return result, nil
		}
		return "", nil
	}
}
