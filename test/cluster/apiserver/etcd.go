package main

// etcd inside this process, on a unix socket: no port to collide with, and nothing else can reach it.

import (
	"net/url"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
)

type etcd struct{ server *embed.Etcd }

// startEtcd starts on the folder's data and returns the socket that clients use.
func startEtcd(dir string) (*etcd, string, error) {
	socket := filepath.Join(dir, "etcd.sock")
	if len(socket) > 100 { // a socket's path has at most 107 bytes
		short, err := os.MkdirTemp("", "tc-")
		if err != nil {
			return nil, "", err
		}
		socket = filepath.Join(short, "etcd.sock")
	}
	_ = os.Remove(socket)
	_ = os.Remove(socket + ".peer")

	config := embed.NewConfig()
	config.Dir = filepath.Join(dir, "etcd")
	config.LogLevel = "error"
	// A killed process loses nothing that the system has; only a crash of the machine would, and then the test is gone too.
	config.UnsafeNoFsync = true
	config.QuotaBackendBytes = 4 << 30
	config.ListenClientUrls = []url.URL{{Scheme: "unix", Path: socket}}
	config.ListenPeerUrls = []url.URL{{Scheme: "unix", Path: socket + ".peer"}}
	// Advertised addresses must have a host and a port; a single member never uses them.
	config.AdvertiseClientUrls = []url.URL{{Scheme: "http", Host: "localhost:2379"}}
	config.AdvertisePeerUrls = []url.URL{{Scheme: "http", Host: "localhost:2380"}}
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	server, err := embed.StartEtcd(config)
	if err != nil {
		return nil, "", err
	}
	<-server.Server.ReadyNotify()
	return &etcd{server}, socket, nil
}

// stop closes etcd, but does not wait long for open watches: the write-ahead log is safe without.
func (e *etcd) stop(patience time.Duration) {
	closed := make(chan struct{})
	go func() { e.server.Close(); close(closed) }()
	select {
	case <-closed:
	case <-time.After(patience):
	}
}
