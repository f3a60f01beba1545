// Package kustomize builds kustomizations with kustomize's own code, on the host's files, and says for every rendered line which
// line of which file it came from.
package kustomize

import (
	"bytes"
	"errors"
	"sync"

	goyaml "go.yaml.in/yaml/v3"
	"plumbline.dev/engines/abi"
	"plumbline.dev/engines/render/internal/origin"
	"plumbline.dev/engines/render/internal/source"
	"sigs.k8s.io/kustomize/api/filters/patchjson6902"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
)

// Request names the folder of a kustomization, relative to the root.
type Request struct {
	Dir     string `json:"dir"`
	Origins bool   `json:"origins"`
}

// Result is what `kustomize build` prints, and where it came from.
type Result struct {
	YAML string `json:"yaml"`
	// Reads are the files that were read, in order. Nothing else can change the result.
	Reads []string `json:"reads"`
	*origin.Wire
}

// partial is the result of a build that failed.
type partial struct {
	Reads []string `json:"reads"`
}

// building: kustomize's hooks are global, so that builds of one process take turns.
var building sync.Mutex

// Build is `kustomize build`, byte for byte.
func Build(host abi.Host, request Request) (any, error) {
	building.Lock()
	defer building.Unlock()

	b := &build{host: host, registry: newRegistry()}
	result, err := b.run(request)
	if err != nil {
		return partial{Reads: b.reads()}, b.failure(absolute(request.Dir), err)
	}
	return result, nil
}

// build is one run of kustomize.
type build struct {
	host     abi.Host
	registry *registry
}

func (b *build) reads() []string {
	reads := make([]string, 0, len(b.registry.order))
	for _, name := range b.registry.order {
		reads = append(reads, source.Relative(name))
	}
	return reads
}

func (b *build) run(request Request) (*Result, error) {
	dir := absolute(request.Dir)
	tree := newFiles(b.host, b.registry.read)

	// Texts are always told apart: errors of the parser name the file then, too.
	goyaml.LineBase = b.registry.lineBase
	defer func() { goyaml.LineBase = nil }()
	history := newHistory(b.registry)
	if request.Origins {
		resmap.Observer = history.observe
		patchjson6902.Observer = keepThroughJSONPatch
		defer func() { resmap.Observer, patchjson6902.Observer = nil, nil }()
	}

	options := krusty.MakeDefaultOptions()
	// What the command line passes: the order of its releases, unless the kustomization sorts.
	options.Reorder = krusty.ReorderOptionUnspecified
	objects, err := krusty.MakeKustomizer(options).Run(tree, dir)
	if err != nil {
		return nil, err
	}
	goyaml.LineBase = nil
	return b.write(objects, history, request.Origins)
}

// write prints the objects as ResMap.AsYaml does, and maps each while its text is at hand.
func (b *build) write(objects resmap.ResMap, history *history, origins bool) (*Result, error) {
	if origins {
		history.finish(objects)
	}
	var out bytes.Buffer
	var lines origin.Lines
	line := 0
	for i, object := range objects.Resources() {
		if i > 0 {
			out.WriteString("---\n")
			line++
		}
		text, err := object.AsYAML()
		if err != nil {
			return nil, errors.Join(err)
		}
		out.Write(text)
		if origins {
			if err := history.mapObject(&lines, line, text, object.YNode()); err != nil {
				return nil, err
			}
		}
		line += bytes.Count(text, []byte{'\n'})
	}
	result := &Result{YAML: out.String(), Reads: b.reads()}
	if origins {
		result.Wire = lines.Wire(line)
	}
	return result, nil
}
