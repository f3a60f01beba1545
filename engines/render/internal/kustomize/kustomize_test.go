package kustomize

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumbline.dev/engines/abi"
	"plumbline.dev/engines/render/internal/origin"
	"plumbline.dev/engines/render/internal/testhost"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

const fixtures = "../../testdata"

var roleNames = []string{"resource", "patch", "generator", "transformer", "template", "values", "file"}

func mustBuild(t *testing.T, host abi.Host, dir string, origins bool) *Result {
	t.Helper()
	result, err := Build(host, Request{Dir: dir, Origins: origins})
	if err != nil {
		t.Fatal(err)
	}
	return result.(*Result)
}

// shown gives each line with its origins, as people read them.
func shown(r *Result) []string {
	var lines []string
	for i, text := range strings.Split(strings.TrimSuffix(r.YAML, "\n"), "\n") {
		group := r.Lines[i]
		line := text + " |"
		for j := 0; j < len(group); j += 4 {
			line += fmt.Sprintf(" %s:%d:%d %s", r.Paths[group[j]], group[j+1]+1, group[j+2]+1, roleNames[group[j+3]])
		}
		lines = append(lines, line)
	}
	return lines
}

func TestBuildPrintsWhatKustomizePrints(t *testing.T) {
	for _, dir := range []string{"shop/base", "shop/overlays/prod"} {
		options := krusty.MakeDefaultOptions()
		options.Reorder = krusty.ReorderOptionUnspecified
		objects, err := krusty.MakeKustomizer(options).Run(filesys.MakeFsOnDisk(), filepath.Join(fixtures, dir))
		if err != nil {
			t.Fatal(err)
		}
		want, err := objects.AsYaml()
		if err != nil {
			t.Fatal(err)
		}
		for _, origins := range []bool{false, true} {
			got := mustBuild(t, testhost.Disk(fixtures), dir, origins)
			if got.YAML != string(want) {
				t.Errorf("%s, origins %v: other text than kustomize", dir, origins)
			}
		}
	}
}

func TestEveryLineHasAnOriginThatSaysTheSame(t *testing.T) {
	for _, dir := range []string{"shop/base", "shop/overlays/prod"} {
		result := mustBuild(t, testhost.Disk(fixtures), dir, true)
		for i, text := range strings.Split(strings.TrimSuffix(result.YAML, "\n"), "\n") {
			if text == "---" {
				continue
			}
			group := result.Lines[i]
			if len(group) == 0 {
				t.Errorf("%s:%d has no origin: %s", dir, i+1, text)
				continue
			}
			if role := origin.Role(group[3]); role != origin.Resource && role != origin.Patch {
				continue
			}
			data, err := os.ReadFile(filepath.Join(fixtures, result.Paths[group[0]]))
			if err != nil {
				t.Fatal(err)
			}
			source := strings.Split(string(data), "\n")[group[1]]
			key, value, _ := strings.Cut(strings.TrimLeft(text, " -"), ": ")
			if value == "" {
				value = strings.TrimSuffix(key, ":")
			}
			if value = strings.Trim(value, `"'`); value != "|" && !strings.Contains(source, value) {
				t.Errorf("%s:%d %q is not what %s:%d says: %q", dir, i+1, text, result.Paths[group[0]], group[1]+1, source)
			}
		}
	}
}

func TestOriginsOfEveryKind(t *testing.T) {
	host := abi.Memory{
		"/base/kustomization.yaml": `resources: [app.yaml]
configMapGenerator:
- name: settings
  literals: [LEVEL=info, MODE=fast]
  files: [notes.txt]
  envs: [more.env]
`,
		"/base/notes.txt": "first line\nsecond line\n",
		"/base/more.env":  "# comment\nREGION=north\n",
		"/base/app.yaml": `# an application
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app
  annotations:
    note: "es\"caped"
spec:
  replicas: 1
  template:
    spec:
      containers:
      - {name: main, image: acme/app:1.0}   # flow
      - name: side
        image: acme/side:1.0
        args:
        - a long argument that is written
          on two lines
        envFrom:
        - configMapRef:
            name: settings
`,
		"/over/kustomization.yaml": `resources:
- ../base
namePrefix: my-
images:
- name: acme/side
  newTag: "2.0"
configMapGenerator:
- name: settings
  behavior: merge
  literals:
  - LEVEL=debug
patches:
- target: {kind: Deployment}
  patch: |
    - op: add
      path: /spec/template/spec/containers/-
      value:
        name: added
        image: acme/added:3.0
    - op: replace
      path: /spec/replicas
      value: 4
`,
	}
	got := shown(mustBuild(t, host, "over", true))
	for _, want := range []string{
		"  LEVEL: debug | over/kustomization.yaml:11:5 generator",
		"  MODE: fast | base/kustomization.yaml:4:26 generator",
		"  REGION: north | base/more.env:2:1 generator base/kustomization.yaml:6:10 generator",
		"    first line | base/notes.txt:1:1 generator",
		"    second line | base/notes.txt:2:1 generator",
		`    note: es"caped | base/app.yaml:7:11 resource`,
		"  replicas: 4 | over/kustomization.yaml:22:14 patch base/app.yaml:9:3 resource",
		"      - image: acme/app:1.0 | base/app.yaml:13:29 resource",
		"      - args: | base/app.yaml:16:9 resource",
		"        - a long argument that is written on two lines | base/app.yaml:17:11 resource",
		"        image: acme/side:2.0 | over/kustomization.yaml:6:11 transformer base/app.yaml:15:9 resource",
		"      - image: acme/added:3.0 | over/kustomization.yaml:19:16 patch",
		"        name: added | over/kustomization.yaml:18:15 patch",
		"  name: my-app | over/kustomization.yaml:3:13 transformer base/app.yaml:5:3 resource",
	} {
		found := false
		for _, line := range got {
			found = found || line == want
		}
		if !found {
			t.Errorf("missing: %s", want)
		}
	}
	if t.Failed() {
		t.Log("\n" + strings.Join(got, "\n"))
	}
}

// Two files with the same text (in two bases with different prefixes) are told apart.
func TestEqualFilesAreToldApart(t *testing.T) {
	config := "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: same\ndata:\n  key: value\n"
	host := abi.Memory{
		"/kustomization.yaml":   "resources: [a, b]\n",
		"/a/kustomization.yaml": "namePrefix: a-\nresources: [c.yaml]\n", "/a/c.yaml": config,
		"/b/kustomization.yaml": "namePrefix: b-\nresources: [c.yaml]\n", "/b/c.yaml": config,
	}
	got := strings.Join(shown(mustBuild(t, host, "", true)), "\n")
	for _, want := range []string{"key: value | a/c.yaml:6:8 resource", "key: value | b/c.yaml:6:8 resource"} {
		if !strings.Contains(got, want) {
			t.Errorf("missing %s in\n%s", want, got)
		}
	}
}

func TestReads(t *testing.T) {
	got := strings.Join(mustBuild(t, testhost.Disk(fixtures), "shop/overlays/prod", false).Reads, " ")
	for _, want := range []string{"shop/overlays/prod/kustomization.yaml", "shop/base/kustomization.yaml", "shop/overlays/prod/patch-api.yaml", "shop/base/app.properties"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not among the files read: %s", want, got)
		}
	}
}

// How long a build with origins takes for one object of many lines; the sizes show whether it grows with them.
func BenchmarkOrigins(b *testing.B) {
	for _, count := range []int{1000, 10000} {
		var text strings.Builder
		text.WriteString("apiVersion: example.com/v1\nkind: Large\nmetadata:\n  name: large\nspec:\n")
		for i := range count {
			fmt.Fprintf(&text, "  - name: item%d\n    values:\n      first: %d\n      second: \"%d\"\n", i, i, i)
		}
		host := abi.Memory{"/kustomization.yaml": "resources: [all.yaml]\nlabels: [{pairs: {a: b}}]\n", "/all.yaml": text.String()}
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			for b.Loop() {
				if _, err := Build(host, Request{Origins: true}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
