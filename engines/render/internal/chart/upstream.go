package chart

import (
	"text/template"
	_ "unsafe" // for linkname

	ci "helm.sh/helm/v4/pkg/chart"
	"helm.sh/helm/v4/pkg/chart/common"
)

// The instrumented run takes Helm's steps one by one. The pieces that Helm keeps to itself are linked, not copied: they are what the
// pinned version has.

// renderable must be laid out like the engine's own type.
type renderable struct {
	tpl      string
	vals     common.Values
	basePath string
}

//go:linkname engineFuncMap helm.sh/helm/v4/pkg/engine.funcMap
func engineFuncMap() template.FuncMap

//go:linkname allTemplates helm.sh/helm/v4/pkg/engine.allTemplates
func allTemplates(c ci.Charter, vals common.Values) map[string]renderable

//go:linkname sortTemplates helm.sh/helm/v4/pkg/engine.sortTemplates
func sortTemplates(templates map[string]renderable) []string
