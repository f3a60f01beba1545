// Package chart renders Helm charts with Helm's own engine, on the host's files, and says for every rendered line which line of which
// template it came from, and which values it shows.
package chart

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	v2 "helm.sh/helm/v4/pkg/chart/v2"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	release "helm.sh/helm/v4/pkg/release/v1"
	releaseutil "helm.sh/helm/v4/pkg/release/v1/util"
	"plumbline.dev/engines/abi"
	"plumbline.dev/engines/render/internal/origin"
	"plumbline.dev/engines/render/internal/source"
)

// Request names the folder of a chart and what `helm template` gets as arguments.
type Request struct {
	Chart       string   `json:"chart"`
	Release     string   `json:"release"`
	Namespace   string   `json:"namespace"`
	ValuesFiles []string `json:"valuesFiles"`
	// Values are inline values (an object), on top of the files; ValuesAt says where they are written.
	Values   json.RawMessage `json:"values"`
	ValuesAt *struct {
		Path string `json:"path"`
		Line int    `json:"line"`
	} `json:"valuesAt"`
	KubernetesVersion string   `json:"kubernetesVersion"`
	APIVersions       []string `json:"apiVersions"`
	IncludeCRDs       bool     `json:"includeCrds"`
	SkipTests         bool     `json:"skipTests"`
	IsUpgrade         bool     `json:"isUpgrade"`
	Origins           bool     `json:"origins"`
}

// Result is what `helm template` prints, and where it came from.
type Result struct {
	YAML  string   `json:"yaml"`
	Notes string   `json:"notes,omitempty"`
	Reads []string `json:"reads"`
	*origin.Wire
}

// partial is the result of a chart that could not be rendered.
type partial struct {
	Reads []string `json:"reads"`
}

// absolute gives a path below the root.
func absolute(name string) string { return path.Clean("/" + name) }

// Render is `helm template`, byte for byte but for what charts draw at random.
func Render(host abi.Host, request Request) (any, error) {
	r := &rendering{reader: newReader(host), request: request, dir: absolute(request.Chart)}
	result, err := r.run()
	reads := make([]string, 0, len(r.order))
	for _, name := range r.order {
		reads = append(reads, source.Relative(name))
	}
	if err != nil {
		return partial{Reads: reads}, r.failure(err)
	}
	result.Reads = reads
	return result, nil
}

// rendering is one run of a chart.
type rendering struct {
	*reader
	request Request
	dir     string

	chart   *v2.Chart
	values  common.Values
	sources *valuesSources
	// files are Helm's: what each template rendered to, by the template's name.
	files map[string]string
}

func (r *rendering) run() (*Result, error) {
	if err := r.prepare(); err != nil {
		return nil, err
	}
	var helm engine.Engine
	files, err := helm.RenderWithContext(context.Background(), r.chart, r.values)
	if err != nil {
		return nil, err
	}
	r.files = files
	result := &Result{}
	for name, text := range files {
		if strings.HasSuffix(name, "NOTES.txt") {
			if name == path.Join(r.chart.Name(), "templates", "NOTES.txt") {
				result.Notes = text
			}
			delete(files, name)
		}
	}
	hooks, manifests, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	if err != nil {
		return nil, err
	}
	stream, segments := r.print(hooks, manifests)
	result.YAML = stream
	if r.request.Origins {
		lines := &origin.Lines{}
		if m := r.mapper(); m != nil {
			lines = m.mapSegments(stream, segments)
		}
		result.Wire = lines.Wire(strings.Count(stream, "\n"))
	}
	return result, nil
}

// prepare loads the chart and its values, and checks what Helm checks before it renders.
func (r *rendering) prepare() error {
	loaded, err := r.load(r.dir)
	if err != nil {
		return err
	}
	r.chart = loaded
	if version := loaded.Metadata.APIVersion; version != v2.APIVersionV1 && version != v2.APIVersionV2 {
		return r.inChartFile("apiVersion", fmt.Sprintf("charts of the apiVersion %s cannot be rendered; Helm takes v1 and v2", version))
	}
	if kind := loaded.Metadata.Type; kind != "" && kind != "application" {
		return r.inChartFile("type", kind+" charts are not installable")
	}
	if err := r.missingDependency(); err != nil {
		return err
	}
	values, sources, err := r.userValues(r.request)
	if err != nil {
		return err
	}
	r.sources = sources
	if err := chartutil.ValidateReleaseName(r.request.Release); err != nil {
		return fmt.Errorf("release name %q: %w", r.request.Release, err)
	}
	if err := chartutil.ProcessDependencies(loaded, values); err != nil {
		return fmt.Errorf("chart dependencies processing failed: %w", err)
	}
	sources.addDefaults(loaded, r.reader)
	capabilities, err := r.capabilities()
	if err != nil {
		return err
	}
	options := common.ReleaseOptions{
		Name: r.request.Release, Namespace: r.request.Namespace, Revision: 1,
		IsInstall: !r.request.IsUpgrade, IsUpgrade: r.request.IsUpgrade,
	}
	r.values, err = util.ToRenderValuesWithSchemaValidation(loaded, values, options, capabilities, false)
	if err != nil {
		return err
	}
	if wanted := loaded.Metadata.KubeVersion; wanted != "" && !chartutil.IsCompatibleRange(wanted, capabilities.KubeVersion.String()) {
		return r.inChartFile("kubeVersion", fmt.Sprintf("chart requires kubeVersion: %s which is incompatible with Kubernetes %s",
			wanted, capabilities.KubeVersion.Version))
	}
	return nil
}

// DefaultKubernetesVersion is what charts see where a request names no version: that of Helm's own Kubernetes libraries.
func DefaultKubernetesVersion() string { return strings.TrimPrefix(defaultKubernetesVersion, "v") }

// capabilities are what charts see as `.Capabilities`: Helm's own, with the version and the APIs that are asked for.
func (r *rendering) capabilities() (*common.Capabilities, error) {
	capabilities := common.DefaultCapabilities.Copy()
	capabilities.APIVersions = slices.Concat(common.VersionSet(defaultAPIVersions), r.request.APIVersions)
	wanted := r.request.KubernetesVersion
	if wanted == "" {
		wanted = defaultKubernetesVersion
	}
	version, err := common.ParseKubeVersion(wanted)
	if err != nil {
		return nil, fmt.Errorf("invalid Kubernetes version %q: %w", wanted, err)
	}
	capabilities.KubeVersion = *version
	return capabilities, nil
}

// print writes the stream as `helm template` does: CRDs, manifests in install order, hooks.
func (r *rendering) print(hooks []*release.Hook, manifests []releaseutil.Manifest) (string, []segment) {
	var out bytes.Buffer
	var segments []segment
	add := func(name, text string, crd *source.Text) {
		fmt.Fprintf(&out, "---\n# Source: %s\n", name)
		segments = append(segments, segment{start: out.Len(), template: name, text: text, crd: crd})
		out.WriteString(text)
		out.WriteByte('\n')
	}
	if r.request.IncludeCRDs {
		for _, crd := range r.chart.CRDObjects() {
			file := r.fileOf(crd.File.Data)
			if file == nil {
				file = source.New("", crd.File.Data) // in a packed subchart
			}
			add(crd.Filename, string(crd.File.Data), file)
		}
	}
	for _, manifest := range manifests {
		add(manifest.Name, manifest.Content, nil)
	}
	// The manifests are trimmed as a whole; hooks follow as they are.
	text := out.String()
	trimmed := strings.TrimSpace(text)
	cut := strings.Index(text, trimmed)
	for i := range segments {
		segments[i].start -= cut
	}
	out.Reset()
	out.WriteString(trimmed)
	out.WriteByte('\n')
	for _, hook := range hooks {
		if !r.request.SkipTests || !slices.Contains(hook.Events, release.HookTest) {
			add(hook.Path, hook.Manifest, nil)
		}
	}
	return out.String(), segments
}

// mapper runs the chart with markers. Nil when that run failed: it must never make a rendering fail.
func (r *rendering) mapper() *mapper {
	n := newInstrumented(r.chart, r.values)
	marked, err := n.render(allTemplates(r.chart, r.values))
	if err != nil {
		return nil
	}
	m := &mapper{instrumented: n, sources: r.sources, rendered: r.files}
	m.files, m.archives = r.templateFiles(r.chart)
	m.markRendered(marked)
	return m
}
