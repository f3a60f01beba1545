package kustomize

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"plumbline.dev/engines/abi"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// files is kustomize's file system over the host: reads are lazy, and every read is told. What kustomize would write (it writes
// nothing in a build) goes to memory.
type files struct {
	filesys.FileSystem
	host   abi.Host
	onRead func(path string, data []byte)
}

func newFiles(host abi.Host, onRead func(path string, data []byte)) files {
	return files{FileSystem: filesys.MakeFsInMemory(), host: host, onRead: onRead}
}

// absolute gives a path below the root; the host knows no other folder to be relative to.
func absolute(name string) string { return path.Clean("/" + name) }

func (f files) IsDir(name string) bool  { return f.host.Kind(absolute(name)) == abi.Directory }
func (f files) Exists(name string) bool { return f.host.Kind(absolute(name)) != abi.Missing }

func (f files) ReadDir(name string) ([]string, error) {
	if !f.IsDir(name) {
		return nil, &os.PathError{Op: "open", Path: name, Err: os.ErrNotExist}
	}
	return f.host.List(absolute(name)), nil
}

func (f files) ReadFile(name string) ([]byte, error) {
	data, ok := f.host.Read(absolute(name))
	if !ok {
		if f.IsDir(name) {
			return nil, &os.PathError{Op: "read", Path: name, Err: errors.New("is a directory")}
		}
		return nil, &os.PathError{Op: "open", Path: name, Err: os.ErrNotExist}
	}
	f.onRead(absolute(name), data)
	return data, nil
}

func (f files) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	cleaned := absolute(name)
	switch f.host.Kind(cleaned) {
	case abi.Directory:
		return filesys.ConfirmedDir(cleaned), "", nil
	case abi.File:
		return filesys.ConfirmedDir(path.Dir(cleaned)), path.Base(cleaned), nil
	}
	return "", "", &os.PathError{Op: "lstat", Path: name, Err: os.ErrNotExist}
}

func (f files) Glob(pattern string) ([]string, error) {
	dir := path.Dir(absolute(pattern))
	var found []string
	for _, name := range f.host.List(dir) {
		matched, err := path.Match(path.Base(pattern), name)
		if err != nil {
			return nil, err
		}
		if matched {
			found = append(found, path.Join(dir, name))
		}
	}
	sort.Strings(found)
	return found, nil
}

func (f files) Walk(string, filepath.WalkFunc) error {
	return errors.New("walking through folders is not offered")
}

// isRemote says whether a reference of a kustomization leads out of the repository.
func isRemote(reference string) bool {
	return strings.Contains(reference, "://") || strings.HasPrefix(reference, "git@") ||
		strings.HasPrefix(reference, "github.com/") || strings.Contains(reference, "?ref=")
}
