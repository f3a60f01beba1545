package chart

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"sort"
	"time"

	"helm.sh/helm/v4/pkg/chart/loader/archive"
	v2 "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/ignore"
	"plumbline.dev/engines/abi"
	"plumbline.dev/engines/render/internal/source"
)

// reader reads files of the host and remembers them: the ones that were read, and which file a chart's bytes came from.
type reader struct {
	host  abi.Host
	order []string
	texts map[string]*source.Text
	// byData gives the file that a slice of bytes starts in; charts carry slices, not paths.
	byData map[*byte]*source.Text
}

func newReader(host abi.Host) *reader {
	return &reader{host: host, texts: map[string]*source.Text{}, byData: map[*byte]*source.Text{}}
}

var byteOrderMark = []byte{0xEF, 0xBB, 0xBF}

func (r *reader) read(name string) ([]byte, bool) {
	data, ok := r.host.Read(name)
	if !ok {
		return nil, false
	}
	if r.texts[name] == nil {
		r.order = append(r.order, name)
	}
	data = bytes.TrimPrefix(data, byteOrderMark)
	r.texts[name] = source.New(name, data)
	if len(data) > 0 {
		r.byData[&data[0]] = r.texts[name]
	}
	return data, true
}

// fileOf is the file that a part of a chart was read from; nil where it came out of an archive.
func (r *reader) fileOf(data []byte) *source.Text {
	if len(data) == 0 {
		return nil
	}
	return r.byData[&data[0]]
}

// load reads a chart folder like Helm does from disk: `.helmignore` applies, packed subcharts are unpacked.
func (r *reader) load(dir string) (*v2.Chart, error) {
	rules := ignore.Empty()
	if data, ok := r.read(path.Join(dir, ".helmignore")); ok {
		parsed, err := ignore.Parse(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		rules = parsed
	}
	rules.AddDefaults()
	var files []*archive.BufferedFile
	var walk func(inside string)
	walk = func(inside string) {
		names := r.host.List(path.Join(dir, inside))
		sort.Strings(names)
		for _, name := range names {
			relative := path.Join(inside, name)
			isFolder := r.host.Kind(path.Join(dir, relative)) == abi.Directory
			if rules.Ignore(relative, entry{name, isFolder}) {
				continue
			}
			if isFolder {
				walk(relative)
			} else if data, ok := r.read(path.Join(dir, relative)); ok {
				files = append(files, &archive.BufferedFile{Name: relative, Data: data})
			}
		}
	}
	walk("")
	return loader.LoadFiles(files)
}

// entry is what ignore rules want to know of a file.
type entry struct {
	name     string
	isFolder bool
}

func (e entry) Name() string       { return e.name }
func (e entry) Size() int64        { return 0 }
func (e entry) ModTime() time.Time { return time.Time{} }
func (e entry) IsDir() bool        { return e.isFolder }
func (e entry) Sys() any           { return nil }
func (e entry) Mode() fs.FileMode {
	if e.isFolder {
		return os.ModeDir | 0o755
	}
	return 0o644
}

// templateFiles gives the files of all templates by the name that Helm gives them, subcharts included. Templates of packed subcharts
// are in the second map, with the archive.
func (r *reader) templateFiles(c *v2.Chart) (files, archives map[string]*source.Text) {
	files, archives = map[string]*source.Text{}, map[string]*source.Text{}
	var visit func(c *v2.Chart, archive *source.Text)
	visit = func(c *v2.Chart, archive *source.Text) {
		for _, template := range c.Templates {
			name := path.Join(c.ChartFullPath(), template.Name)
			if file := r.fileOf(template.Data); file != nil {
				files[name] = file
			} else if archive != nil {
				archives[name] = archive
			}
		}
		for _, dependency := range c.Dependencies() {
			packed := archive
			for _, raw := range c.Raw {
				name := "charts/" + dependency.Metadata.Name + "-" + dependency.Metadata.Version + ".tgz"
				if file := r.fileOf(raw.Data); file != nil && raw.Name == name {
					packed = file
				}
			}
			visit(dependency, packed)
		}
	}
	visit(c, nil)
	return files, archives
}

// eachChart visits a chart and its subcharts with the values path of each.
func eachChart(c *v2.Chart, scope []string, visit func(c *v2.Chart, scope []string)) {
	visit(c, scope)
	for _, dependency := range c.Dependencies() {
		eachChart(dependency, append(append([]string{}, scope...), dependency.Name()), visit)
	}
}
