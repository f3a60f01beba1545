// Package admit does to an object what the API server does between decoding and validation for single kinds: allocation
// for Services, and the admission plugins that fill in Pods.
package admit

import (
	"net"
	_ "unsafe" // for go:linkname

	utilnet "k8s.io/apimachinery/pkg/util/net"
	api "k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/registry/core/service/ipallocator"
	"k8s.io/kubernetes/pkg/registry/core/service/portallocator"
	"k8s.io/kubernetes/pkg/registry/core/service/storage"
)

// What a cluster has unless it was configured otherwise (kubeadm and the API server's own defaults).
const (
	assumedServiceRange  = "10.96.0.0/12"
	assumedNodePortRange = "30000-32767"
)

// The Service storage's steps before validation belong to a type that also needs a database; they are reached by their
// linker names, so that what runs here is the server's code itself. A change of their signatures fails the tests.

//go:linkname makeAlloc k8s.io/kubernetes/pkg/registry/core/service/storage.makeAlloc
func makeAlloc(family api.IPFamily, addresses map[api.IPFamily]ipallocator.Interface, ports portallocator.Interface) storage.Allocators

//go:linkname allocateCreate k8s.io/kubernetes/pkg/registry/core/service/storage.(*Allocators).allocateCreate
func allocateCreate(a *storage.Allocators, service *api.Service, dryRun bool) (transaction, error)

//go:linkname allocateUpdate k8s.io/kubernetes/pkg/registry/core/service/storage.(*Allocators).allocateUpdate
func allocateUpdate(a *storage.Allocators, after storage.After, before storage.Before, dryRun bool) (transaction, error)

//go:linkname normalizeClusterIPs k8s.io/kubernetes/pkg/registry/core/service/storage.normalizeClusterIPs
func normalizeClusterIPs(after storage.After, before storage.Before)

//go:linkname patchAllocatedValues k8s.io/kubernetes/pkg/registry/core/service/storage.patchAllocatedValues
func patchAllocatedValues(after storage.After, before storage.Before)

// transaction has the method set of the storage's own, unexported type.
type transaction interface {
	Commit()
	Revert()
}

// Service allocates addresses and ports from an empty cluster and completes the fields that go with them; old is nil on
// create. Allocated values are random; with stable they are those of a server's dry run instead: the same each time, but
// nobody's.
func Service(service, old *api.Service, stable bool) error {
	if !stable {
		return allocate(service, old, false)
	}
	// A dry run does not look at the range of node ports, so the problems come from the real thing, on a copy.
	if err := allocate(service.DeepCopy(), old, false); err != nil {
		return err
	}
	return allocate(service, old, true)
}

// vacant is an empty cluster between two allocations: what one takes is given back. Making it anew would cost more than all
// other work on a Service, because the range of addresses is a bitmap of a million bits.
var vacant *storage.Allocators

func allocate(service, old *api.Service, dryRun bool) error {
	allocators := vacant
	// An allocation that breaks off leaves nothing behind.
	vacant = nil
	if allocators == nil {
		made, err := emptyCluster()
		if err != nil {
			return err
		}
		allocators = &made
	}
	taken, err := allocateIn(allocators, service, old, dryRun)
	if err != nil {
		return err
	}
	if taken != nil {
		taken.Revert()
	}
	vacant = allocators
	return nil
}

func allocateIn(allocators *storage.Allocators, service, old *api.Service, dryRun bool) (transaction, error) {
	if old == nil {
		normalizeClusterIPs(storage.After{Service: service}, storage.Before{})
		return allocateCreate(allocators, service, dryRun)
	}
	after, before := storage.After{Service: service}, storage.Before{Service: old}
	patchAllocatedValues(after, before)
	normalizeClusterIPs(after, before)
	return allocateUpdate(allocators, after, before, dryRun)
}

func emptyCluster() (storage.Allocators, error) {
	_, network, err := net.ParseCIDR(assumedServiceRange)
	if err != nil {
		return storage.Allocators{}, err
	}
	addresses, err := ipallocator.NewInMemory(network)
	if err != nil {
		return storage.Allocators{}, err
	}
	portRange, err := utilnet.ParsePortRange(assumedNodePortRange)
	if err != nil {
		return storage.Allocators{}, err
	}
	ports, err := portallocator.NewInMemory(*portRange)
	if err != nil {
		return storage.Allocators{}, err
	}
	families := map[api.IPFamily]ipallocator.Interface{api.IPv4Protocol: addresses}
	return makeAlloc(api.IPv4Protocol, families, ports), nil
}
