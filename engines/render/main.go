// The render engine: kustomize's and Helm's own code behind the operations `kustomize`, `helm` and `version`.
package main

import (
	"runtime/debug"
	"strings"

	"plumbline.dev/engines/abi"
	"plumbline.dev/engines/render/internal/chart"
	"plumbline.dev/engines/render/internal/kustomize"
)

func init() {
	abi.RegisterJSON("kustomize", kustomize.Build)
	abi.RegisterJSON("helm", chart.Render)
	abi.RegisterJSON("version", func(abi.Host, struct{}) (any, error) { return versions(), nil })
}

// versions says what the engine is made of; `kubernetes` is what charts see where a request names no version.
func versions() map[string]string {
	found := map[string]string{"kubernetes": chart.DefaultKubernetesVersion()}
	names := map[string]string{"sigs.k8s.io/kustomize/api": "kustomize", "helm.sh/helm/v4": "helm"}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if name, ok := names[module.Path]; ok {
				found[name] = strings.TrimPrefix(module.Version, "v")
			}
		}
	}
	return found
}

// The engine only ever answers calls (engines/abi).
func main() {}
