//go:build wasip1

package abi

// The WebAssembly reactor. The host writes "operation NUL input" into the buffer that pl_alloc gives, calls pl_call, and
// reads as many bytes as that returned from where pl_result points. The next pl_alloc or pl_gc may drop that result.
// Host functions that give bytes announce their number first; the program then takes them into a buffer of its own.

import (
	"bytes"
	"runtime"
	"runtime/debug"
	"strings"
	"unsafe"
)

//go:wasmimport plumb kind
func hostKind(path string) int32

// hostOpen gives the size of a file, -1 where there is none; the host keeps its bytes until hostTake.
//
//go:wasmimport plumb open
func hostOpen(path string) int64

// hostList gives the size of the names in a directory, joined by line feeds.
//
//go:wasmimport plumb list
func hostList(dir string) int64

//go:wasmimport plumb take
func hostTake(into unsafe.Pointer)

type wasmHost struct{}

func (wasmHost) Kind(path string) Kind { return Kind(hostKind(path)) }

func (wasmHost) Read(path string) ([]byte, bool) {
	size := hostOpen(path)
	if size < 0 {
		return nil, false
	}
	return take(size), true
}

func (wasmHost) List(dir string) []string {
	size := hostList(dir)
	if size <= 0 {
		return nil
	}
	return strings.Split(string(take(size)), "\n")
}

func take(size int64) []byte {
	if size == 0 {
		return []byte{}
	}
	taken := make([]byte, size)
	hostTake(unsafe.Pointer(&taken[0]))
	return taken
}

// Held here so that the garbage collector leaves them alone while the host reads and writes them.
var input, output []byte

//go:wasmexport pl_alloc
func alloc(size int32) unsafe.Pointer {
	output = nil
	input = make([]byte, size+1) // one more, so that an empty input has an address
	return unsafe.Pointer(&input[0])
}

//go:wasmexport pl_call
func call(size int32) int32 {
	given := input[:size]
	input = nil
	name, payload, _ := bytes.Cut(given, []byte{0})
	result := Call(wasmHost{}, string(name), payload)
	output = append(result, 0)
	return int32(len(result))
}

//go:wasmexport pl_result
func result() unsafe.Pointer { return unsafe.Pointer(&output[0]) }

// pl_gc collects garbage and gives the kilobytes that are still in use.
//
//go:wasmexport pl_gc
func collect() int32 {
	output = nil
	debug.FreeOSMemory()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return int32(memory.HeapAlloc >> 10)
}

func init() {
	// Endless recursion ends in Go's own error, well before the host's stack is exhausted.
	debug.SetMaxStack(64 << 20)
}
