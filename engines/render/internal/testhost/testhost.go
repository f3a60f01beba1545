// Package testhost is a host over a folder on disk, for tests.
package testhost

import (
	"os"
	"path/filepath"

	"plumbline.dev/engines/abi"
)

// Disk offers the files below a folder.
type Disk string

func (d Disk) Kind(name string) abi.Kind {
	info, err := os.Stat(filepath.Join(string(d), name))
	switch {
	case err != nil:
		return abi.Missing
	case info.IsDir():
		return abi.Directory
	}
	return abi.File
}

func (d Disk) Read(name string) ([]byte, bool) {
	data, err := os.ReadFile(filepath.Join(string(d), name))
	return data, err == nil
}

func (d Disk) List(dir string) []string {
	entries, err := os.ReadDir(filepath.Join(string(d), dir))
	if err != nil {
		return nil
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}
