package kustomize

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"plumbline.dev/engines/abi"
)

const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n"

func TestFailuresHavePlaces(t *testing.T) {
	for name, test := range map[string]struct {
		files abi.Memory
		// "path:line:character message part", one-based
		want string
	}{
		"no kustomization": {abi.Memory{"/app/x.yaml": configMap}, "app has no kustomization file"},
		"two files":        {abi.Memory{"/app/kustomization.yaml": "", "/app/kustomization.yml": ""}, "app/kustomization.yml:1:1 app has more than one"},
		"missing resource": {abi.Memory{"/app/kustomization.yaml": "resources:\n- a.yaml\n- b.yaml\n", "/app/a.yaml": configMap},
			"app/kustomization.yaml:3:3 resources names b.yaml, which does not exist"},
		"missing in a base": {abi.Memory{"/app/kustomization.yaml": "resources:\n- ../base\n", "/base/kustomization.yaml": "resources: [gone.yaml]\n"},
			"base/kustomization.yaml:1:13 resources names gone.yaml"},
		"missing patch": {abi.Memory{"/app/kustomization.yaml": "resources: [a.yaml]\npatches:\n- path: p.yaml\n", "/app/a.yaml": configMap},
			"app/kustomization.yaml:3:9 patches names p.yaml, which does not exist"},
		"missing generator file": {abi.Memory{"/app/kustomization.yaml": "configMapGenerator:\n- name: c\n  files:\n  - key=x.txt\n"},
			"app/kustomization.yaml:4:5 configMapGenerator names x.txt, which does not exist"},
		"remote": {abi.Memory{"/app/kustomization.yaml": "resources:\n- https://example.com/x.yaml\n"},
			"app/kustomization.yaml:2:3 https://example.com/x.yaml is outside the repository"},
		"remote base": {abi.Memory{"/app/kustomization.yaml": "resources:\n- github.com/acme/repo//deploy?ref=v1\n"},
			"app/kustomization.yaml:2:3 github.com/acme/repo//deploy?ref=v1 is outside the repository"},
		"charts": {abi.Memory{"/app/kustomization.yaml": "namespace: x\nhelmCharts:\n- name: podinfo\n"},
			"app/kustomization.yaml:2:1 helmCharts makes kustomize run the helm program"},
		"malformed resource": {abi.Memory{"/app/kustomization.yaml": "resources: [a.yaml]\n", "/app/a.yaml": "kind: A\nmetadata: {\nb: c\n  d: e\n"},
			"app/a.yaml:2:1 "},
		"malformed kustomization": {abi.Memory{"/app/kustomization.yaml": "resources:\n- a\n b: c\n"}, "app/kustomization.yaml:3:2 "},
		"unknown field": {abi.Memory{"/app/kustomization.yaml": "resources: [a.yaml]\nnamePrefixx: a\n", "/app/a.yaml": configMap},
			`app/kustomization.yaml:2:1 a kustomization has no field "namePrefixx"`},
		"wrong type": {abi.Memory{"/app/kustomization.yaml": "namePrefix: [a]\nresources: [a.yaml]\n", "/app/a.yaml": configMap},
			"app/kustomization.yaml:1:1 namePrefix has a value of the wrong type"},
		"patch without target": {abi.Memory{"/app/kustomization.yaml": "resources: [a.yaml]\npatches:\n- path: p.yaml\n", "/app/a.yaml": configMap,
			"/app/p.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: other\n"},
			"app/kustomization.yaml:3:9 this patch is for ConfigMap other"},
		"inline patch without target": {abi.Memory{"/app/kustomization.yaml": "resources: [a.yaml]\npatches:\n- patch: |\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata:\n      name: other.name\n      namespace: n\n",
			"/app/a.yaml": configMap},
			"app/kustomization.yaml:3:10 this patch is for Deployment other.name"},
		"json patch": {abi.Memory{"/app/kustomization.yaml": "resources: [a.yaml]\npatches:\n- target: {kind: ConfigMap}\n  patch: |\n    - op: replace\n      path: /data/x\n      value: y\n",
			"/app/a.yaml": configMap},
			"app/kustomization.yaml:6:13 the replace operation does not apply"},
		"twice": {abi.Memory{"/app/kustomization.yaml": "resources: [a.yaml, b.yaml]\n", "/app/a.yaml": configMap, "/app/b.yaml": configMap},
			"app/b.yaml:4:9 ConfigMap c is there twice"},
		"outside": {abi.Memory{"/app/kustomization.yaml": "configMapGenerator:\n- name: c\n  files:\n  - ../secret.txt\n", "/secret.txt": "x"},
			"app/kustomization.yaml:4:5 "},
		"cycle":     {abi.Memory{"/app/kustomization.yaml": "resources: [../base]\n", "/base/kustomization.yaml": "resources:\n- ../app\n"}, "base/kustomization.yaml:2:3 "},
		"component": {abi.Memory{"/app/kustomization.yaml": "components:\n- ../base\n", "/base/kustomization.yaml": "namePrefix: a\n"}, "app/kustomization.yaml:2:3 "},
		"replacement": {abi.Memory{"/app/kustomization.yaml": "resources: [a.yaml]\nreplacements:\n- source: {kind: ConfigMap, fieldPath: metadata.name}\n  targets:\n  - select: {kind: ConfigMap}\n    fieldPaths:\n    - data.x\n",
			"/app/a.yaml": configMap}, "app/kustomization.yaml:7:7 "},
		"no kind": {abi.Memory{"/app/kustomization.yaml": "resources:\n- a.yaml\n", "/app/a.yaml": "a: b\n"}, "app/kustomization.yaml:2:3 "},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Build(test.files, Request{Dir: "app", Origins: true})
			var failure *abi.Failure
			if !errors.As(err, &failure) {
				t.Fatalf("got %v", err)
			}
			got := failure.Message
			if failure.Line != nil {
				got = fmt.Sprintf("%s:%d:%d %s", failure.Path, *failure.Line+1, *failure.Character+1, got)
			}
			if !strings.HasPrefix(got, test.want) {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestFailedBuildsSayWhatTheyRead(t *testing.T) {
	result, err := Build(abi.Memory{"/kustomization.yaml": "resources: [gone.yaml]\n"}, Request{})
	if err == nil || len(result.(partial).Reads) != 1 {
		t.Errorf("got %v, %v", result, err)
	}
}
