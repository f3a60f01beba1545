package abi

import (
	"path"
	"strings"
)

// Memory is a host over texts in memory, for tests. Keys are absolute paths.
type Memory map[string]string

func (m Memory) Kind(name string) Kind {
	name = path.Clean(name)
	if _, ok := m[name]; ok {
		return File
	}
	if len(m.List(name)) > 0 {
		return Directory
	}
	return Missing
}

func (m Memory) Read(name string) ([]byte, bool) {
	text, ok := m[path.Clean(name)]
	return []byte(text), ok
}

func (m Memory) List(dir string) []string {
	prefix := strings.TrimSuffix(path.Clean(dir), "/") + "/"
	seen := map[string]bool{}
	var names []string
	for name := range m {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			first, _, _ := strings.Cut(rest, "/")
			if !seen[first] {
				seen[first] = true
				names = append(names, first)
			}
		}
	}
	return names
}
