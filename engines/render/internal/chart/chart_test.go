package chart

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumbline.dev/engines/abi"
	"plumbline.dev/engines/render/internal/origin"
	"plumbline.dev/engines/render/internal/testhost"
)

const fixtures = "../../testdata"

var roleNames = []string{"resource", "patch", "generator", "transformer", "template", "values", "file"}

func shop() Request {
	return Request{
		Chart: "charts/shop", Release: "demo", Namespace: "store", ValuesFiles: []string{"charts/production.yaml"},
		KubernetesVersion: "1.33.0", APIVersions: []string{"example.com/v1"}, IncludeCRDs: true, Origins: true,
	}
}

func mustRender(t *testing.T, host abi.Host, request Request) *Result {
	t.Helper()
	result, err := Render(host, request)
	if err != nil {
		t.Fatal(err)
	}
	return result.(*Result)
}

func shown(r *Result) []string {
	var lines []string
	for i, text := range strings.Split(strings.TrimSuffix(r.YAML, "\n"), "\n") {
		group := r.Lines[i]
		line := text + " |"
		for j := 0; j < len(group); j += 4 {
			name := strings.TrimPrefix(r.Paths[group[j]], "charts/shop/")
			line += fmt.Sprintf(" %s:%d:%d %s", name, group[j+1]+1, group[j+2]+1, roleNames[group[j+3]])
		}
		lines = append(lines, line)
	}
	return lines
}

func TestOriginsOfEveryKind(t *testing.T) {
	got := shown(mustRender(t, testhost.Disk(fixtures), shop()))
	for _, want := range []string{
		"  name: demo-shop | templates/deployment.yaml:4:3 template",
		"    app.kubernetes.io/name: shop | templates/_helpers.tpl:2:1 template templates/deployment.yaml:6:5 template",
		"  replicas: 5 | templates/deployment.yaml:8:3 template charts/production.yaml:1:1 values",
		"        kubernetes.io/os: linux | templates/deployment.yaml:20:9 template values.yaml:6:3 values",
		"        acme.example/pool: general | templates/deployment.yaml:20:9 template values.yaml:7:3 values values.yaml:5:1 values",
		`        image: "ghcr.io/acme/shop:4.5" | templates/deployment.yaml:24:9 template values.yaml:3:3 values values.yaml:4:3 values`,
		"        - name: MODE | templates/deployment.yaml:28:9 template values.yaml:8:1 values",
		"            cpu: 100m | templates/deployment.yaml:33:11 template values.yaml:18:5 values",
		"  greeting: hello demo | templates/config.yaml:6:3 template values.yaml:14:1 values",
		"  versions: v1.33.0 true | templates/config.yaml:7:3 template",
		`  lookup: "{}" | templates/config.yaml:8:3 template`,
		"  - port: 8080 | templates/config.yaml:16:3 template values.yaml:20:3 values",
		"  size: 512Mi | charts/cache/templates/cache.yaml:6:3 template charts/production.yaml:3:3 values",
		"  eviction: lru | charts/cache/templates/cache.yaml:7:3 template charts/cache/values.yaml:2:1 values",
		"  region: north | charts/cache/templates/cache.yaml:8:3 template values.yaml:25:3 values",
		"  name: things.example.com | crds/things.yaml:4:3 resource",
		"  name: migrate | templates/migrate.yaml:4:3 template",
		`    annotated: "yes" | templates/_helpers.tpl:5:1 template templates/deployment.yaml:6:5 template`,
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

// Origins never change what is rendered, every line has one, and where a line is literal text its template says the same.
func TestEveryLineHasAnOriginThatSaysTheSame(t *testing.T) {
	request := shop()
	result := mustRender(t, testhost.Disk(fixtures), request)
	request.Origins = false
	if plain := mustRender(t, testhost.Disk(fixtures), request); plain.YAML != result.YAML {
		t.Error("another text with origins than without")
	}
	for i, text := range strings.Split(strings.TrimSuffix(result.YAML, "\n"), "\n") {
		if text == "---" || strings.TrimSpace(text) == "" || strings.HasPrefix(text, "# Source: ") {
			continue
		}
		group := result.Lines[i]
		if len(group) == 0 {
			t.Errorf("line %d has no origin: %s", i+1, text)
			continue
		}
		data, err := os.ReadFile(filepath.Join(fixtures, result.Paths[group[0]]))
		if err != nil {
			t.Fatal(err)
		}
		line := strings.Split(string(data), "\n")[group[1]][group[2]:]
		literal, _, action := strings.Cut(line, "{{")
		literal = strings.TrimSpace(literal)
		if role := origin.Role(group[3]); role != origin.Template && role != origin.Resource {
			t.Errorf("line %d: the best origin has the role %s", i+1, roleNames[role])
		}
		if !action && strings.TrimSpace(text) != literal || !strings.Contains(text, literal) {
			t.Errorf("line %d %q is not what %s:%d says: %q", i+1, text, result.Paths[group[0]], group[1]+1, line)
		}
	}
	if !strings.Contains(result.Notes, "shop runs as demo.") {
		t.Errorf("notes: %q", result.Notes)
	}
}

func TestInlineValues(t *testing.T) {
	host := abi.Memory{
		"/app/Chart.yaml":            "apiVersion: v2\nname: app\nversion: 1.0.0\n",
		"/app/values.yaml":           "a: {b.c: 1}\nd: 1\n",
		"/app/templates/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  {{- toYaml .Values.a | nindent 2 }}\n  d: {{ .Values.d }}\n",
		"/release.yaml":              "kind: HelmRelease\nspec:\n  values:\n    a:\n      b.c: two\n    d: 3\n",
	}
	request := Request{Chart: "app", Release: "r", Origins: true, Values: json.RawMessage(`{"a":{"b.c":"two"},"d":3}`)}
	request.ValuesAt = &struct {
		Path string `json:"path"`
		Line int    `json:"line"`
	}{"release.yaml", 2}
	got := strings.Join(shown(mustRender(t, host, request)), "\n")
	for _, want := range []string{"b.c: two | app/templates/config.yaml:5:3 template release.yaml:5:7 values", "d: 3 | app/templates/config.yaml:6:3 template release.yaml:6:5 values"} {
		if !strings.Contains(got, want) {
			t.Errorf("missing %s in\n%s", want, got)
		}
	}
	request.Values = json.RawMessage(`{"d":4}`) // not what stands there: the place as a whole
	if got := strings.Join(shown(mustRender(t, host, request)), "\n"); !strings.Contains(got, "d: 4 | app/templates/config.yaml:6:3 template release.yaml:3:3 values") {
		t.Error(got)
	}
}

func TestFailuresHavePlaces(t *testing.T) {
	base := map[string]string{
		"/app/Chart.yaml":        "apiVersion: v2\nname: app\nversion: 1.0.0\n",
		"/app/values.yaml":       "replicas: 1\nnested:\n  port: 80\n",
		"/app/templates/a.yaml":  "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n",
		"/app/templates/_h.tpl":  "{{ define \"h\" }}\n{{ required \"a name is needed\" .Values.name }}\n{{ end }}",
		"/app/extra-values.yaml": "replicas: many\n",
	}
	for name, test := range map[string]struct {
		changes map[string]string
		request Request
		want    string
	}{
		"no chart":             {map[string]string{"/app/Chart.yaml": "-"}, Request{}, "app has no Chart.yaml"},
		"malformed Chart.yaml": {map[string]string{"/app/Chart.yaml": "apiVersion: v2\nname: app\n version: 1\n"}, Request{}, "app/Chart.yaml:3:2 app/Chart.yaml is not valid YAML"},
		"no version":           {map[string]string{"/app/Chart.yaml": "apiVersion: v2\nname: app\n"}, Request{}, "app/Chart.yaml:1:1 chart.metadata.version is required"},
		"malformed values":     {map[string]string{"/app/values.yaml": "a: b\n c: d\n"}, Request{}, "app/values.yaml:2:2 app/values.yaml is not valid YAML"},
		"missing values file":  {nil, Request{ValuesFiles: []string{"app/gone.yaml"}}, "the values file app/gone.yaml does not exist"},
		"missing dependency": {map[string]string{"/app/Chart.yaml": "apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n- name: db\n  version: 1.x\n"}, Request{},
			"app/Chart.yaml:5:9 the dependency db (1.x) is missing in charts/"},
		"parse error": {map[string]string{"/app/templates/b.yaml": "a: b\nc: {{ if }}\n"}, Request{}, "app/templates/b.yaml:2:1 parse error at (app/templates/b.yaml:2)"},
		"execution error": {map[string]string{"/app/templates/b.yaml": "a: b\nc: {{ .Values.nested.port.x.y }}\n"}, Request{},
			"app/templates/b.yaml:2:14 can't evaluate field x in type"},
		"required": {map[string]string{"/app/templates/b.yaml": "a: {{ include \"h\" . }}\n"}, Request{}, "app/templates/_h.tpl:2:4 "},
		"fail":     {map[string]string{"/app/templates/b.yaml": "a: 1\nä: {{ fail \"enough\" }}\n"}, Request{}, "app/templates/b.yaml:2:7 "},
		"malformed output": {map[string]string{"/app/templates/b.yaml": "apiVersion: v1\nkind: A\n{{- if true }}\nx: y\n  z: {{ .Values.replicas }}\n{{- end }}\n"}, Request{},
			"app/templates/b.yaml:5:3 "},
		"schema": {map[string]string{"/app/values.schema.json": `{"properties": {"replicas": {"type": "integer"}}}`}, Request{ValuesFiles: []string{"app/extra-values.yaml"}},
			"app/extra-values.yaml:1:1 replicas: got string, want integer (values.schema.json)"},
		"schema, nested": {map[string]string{"/app/values.schema.json": `{"properties": {"nested": {"additionalProperties": false, "properties": {"host": {}}}}}`}, Request{},
			"app/values.yaml:3:3 nested.port: additional properties 'port' not allowed"},
		"kube version": {map[string]string{"/app/Chart.yaml": "apiVersion: v2\nname: app\nversion: 1.0.0\nkubeVersion: \">=1.99\"\n"}, Request{}, "app/Chart.yaml:4:1 chart requires kubeVersion"},
		"library":      {map[string]string{"/app/Chart.yaml": "apiVersion: v2\nname: app\nversion: 1.0.0\ntype: library\n"}, Request{}, "app/Chart.yaml:4:1 library charts are not installable"},
		"v3 chart":     {map[string]string{"/app/Chart.yaml": "apiVersion: v3\nname: app\nversion: 1.0.0\n"}, Request{}, "app/Chart.yaml:1:1 charts of the apiVersion v3"},
		"recursion":    {map[string]string{"/app/templates/b.yaml": "{{ define \"x\" }}{{ include \"x\" . }}{{ end }}a: {{ include \"x\" . }}\n"}, Request{}, "app/templates/b.yaml:1:20 the template \"x\" includes itself without end"},
		"bad release":  {nil, Request{Release: "Not_Valid"}, "release name \"Not_Valid\""},
	} {
		t.Run(name, func(t *testing.T) {
			host := abi.Memory{}
			for file, text := range base {
				host[file] = text
			}
			for file, text := range test.changes {
				if text == "-" {
					delete(host, file)
				} else {
					host[file] = text
				}
			}
			request := test.request
			request.Chart, request.Origins = "app", true
			if request.Release == "" {
				request.Release = "r"
			}
			_, err := Render(host, request)
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

// A chart that draws at random is shown as it was rendered; its origins come from another run with the same lines.
func TestRandomValues(t *testing.T) {
	host := abi.Memory{
		"/app/Chart.yaml":            "apiVersion: v2\nname: app\nversion: 1.0.0\n",
		"/app/templates/secret.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  password: {{ randAlphaNum 12 }}\n  after: x\n",
	}
	got := shown(mustRender(t, host, Request{Chart: "app", Release: "r", Origins: true}))
	if last := got[len(got)-1]; last != "  after: x | app/templates/secret.yaml:6:3 template" {
		t.Error(last)
	}
}
