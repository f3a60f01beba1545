// Command testcluster is a real Kubernetes API server for tests: etcd, kube-apiserver, kube-controller-manager and a pretended
// scheduler and kubelet in one process, on 127.0.0.1 only.
//
// Into its data folder it writes a kubeconfig for each user (admin by client certificate; root, editor, viewer and nobody by
// token), the certificates, and READY once it answers. Started again on the same folder it keeps data, certificates, tokens and port.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	logsapi "k8s.io/component-base/logs/api/v1"
)

// options are the command line.
type options struct {
	dir            string
	port           int
	controllers    string
	fakeNodes      int
	podDelay       time.Duration
	compaction     time.Duration
	apiServerArgs  list
	controllerArgs list
}

// list is a flag that may be given several times.
type list []string

func (l *list) String() string         { return strings.Join(*l, " ") }
func (l *list) Set(value string) error { *l = append(*l, value); return nil }

func parseFlags() options {
	var o options
	flag.StringVar(&o.dir, "dir", "", "data folder")
	flag.IntVar(&o.port, "port", 0, "port on 127.0.0.1; 0: the port of the folder's last run, else a free one")
	flag.StringVar(&o.controllers, "controllers", "minimal", "none, minimal, default, or names for kube-controller-manager")
	flag.IntVar(&o.fakeNodes, "fake-nodes", 0, "pretended nodes; with them, Pods are bound and run")
	flag.DurationVar(&o.podDelay, "pod-delay", 0, "how long the pretended kubelet waits before each step")
	flag.DurationVar(&o.compaction, "compaction", 5*time.Minute, "how long etcd remembers old revisions")
	flag.Var(&o.apiServerArgs, "apiserver-arg", "flag for kube-apiserver; may be repeated")
	flag.Var(&o.controllerArgs, "controller-arg", "flag for kube-controller-manager; may be repeated")
	flag.Parse()
	if o.dir == "" {
		fail(fmt.Errorf("--dir is needed"))
	}
	dir, err := filepath.Abs(o.dir)
	fail(err)
	o.dir = dir
	return o
}

// fail ends the process when there is an error: nothing here can go on without its predecessor.
func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "testcluster:", err)
		os.Exit(1)
	}
}

func main() {
	started := time.Now()
	o := parseFlags()
	fail(os.MkdirAll(o.dir, 0o700))
	fail(lockFolder(o.dir))
	ready := filepath.Join(o.dir, "READY")
	_ = os.Remove(ready)

	port, err := choosePort(o.dir, o.port)
	fail(err)
	server := fmt.Sprintf("https://127.0.0.1:%d", port)
	certificates, err := loadCertificates(o.dir)
	fail(err)
	tokens, err := loadTokens(o.dir)
	fail(err)
	fail(writeKubeconfigs(o.dir, server, certificates, tokens))

	// Both Kubernetes commands run in this process; the second would refuse to set up logging again.
	logsapi.ReapplyHandling = logsapi.ReapplyHandlingIgnoreUnchanged
	etcd, socket, err := startEtcd(o.dir)
	fail(err)

	ended := make(chan error, 2)
	go func() { ended <- runAPIServer(o, port, socket, certificates) }()
	client := certificates.client()
	fail(waitReady(client, server, ended))
	fail(bindRoles(client, server))
	if o.controllers != "none" {
		go func() { ended <- runControllers(o, certificates) }()
	}
	if o.fakeNodes > 0 {
		fail(startKubelet(context.Background(), filepath.Join(o.dir, "admin.kubeconfig"), o.fakeNodes, o.podDelay))
	}
	fail(writeReady(ready, server, started))

	// The API server handles these signals itself and drains its watches first; a test need not wait for that long.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	select {
	case err = <-ended:
	case <-signals:
		select {
		case err = <-ended:
		case <-time.After(3 * time.Second):
		}
	}
	_ = os.Remove(ready)
	etcd.stop(time.Second)
	fail(err)
}

// writeReady tells the test that the server answers. The file is whole or absent; its pid tells it from a killed server's.
func writeReady(file, server string, started time.Time) error {
	content, err := json.Marshal(map[string]any{"pid": os.Getpid(), "server": server, "readyMs": time.Since(started).Milliseconds()})
	if err != nil {
		return err
	}
	if err := os.WriteFile(file+".tmp", content, 0o600); err != nil {
		return err
	}
	return os.Rename(file+".tmp", file)
}
