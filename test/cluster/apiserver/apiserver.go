package main

// kube-apiserver with the settings of an ordinary cluster, as far as one process on one machine can have them.

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"time"

	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
)

// runAPIServer returns when the server ends.
func runAPIServer(o options, port int, etcdSocket string, certificates *certificates) error {
	args := []string{
		"--etcd-servers=unix://" + etcdSocket,
		"--etcd-compaction-interval=" + o.compaction.String(),
		"--bind-address=127.0.0.1",
		"--advertise-address=127.0.0.1",
		// A loopback address may not be an endpoint of the Service "kubernetes".
		"--endpoint-reconciler-type=none",
		fmt.Sprintf("--secure-port=%d", port),
		"--tls-cert-file=" + certificates.path("server.crt"),
		"--tls-private-key-file=" + certificates.path("server.key"),
		"--client-ca-file=" + certificates.path("ca.crt"),
		"--token-auth-file=" + filepath.Join(o.dir, tokenFile),
		"--authorization-mode=RBAC",
		"--anonymous-auth=true",
		"--allow-privileged=true",
		// The default range would end after 254 Services.
		"--service-cluster-ip-range=10.96.0.0/12",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + certificates.path("sa.key"),
		"--service-account-signing-key-file=" + certificates.path("sa.key"),
		"--profiling=false",
		"--v=0",
	}
	if o.controllers == "none" {
		// Nobody would make the default ServiceAccounts, and no Pod could be created.
		args = append(args, "--disable-admission-plugins=ServiceAccount")
	}
	command := apiserver.NewAPIServerCommand()
	command.SetArgs(append(args, o.apiServerArgs...))
	return command.Execute()
}

// waitReady returns when /readyz says so and the namespace "default" is there, which comes a moment later.
func waitReady(client *http.Client, server string, ended <-chan error) error {
	for deadline := time.Now().Add(90 * time.Second); time.Now().Before(deadline); {
		if answers(client, server+"/readyz") && answers(client, server+"/api/v1/namespaces/default") {
			return nil
		}
		select {
		case err := <-ended:
			return fmt.Errorf("kube-apiserver ended before it was ready: %v", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
	return fmt.Errorf("kube-apiserver was not ready after 90 s")
}

func answers(client *http.Client, url string) bool {
	response, err := client.Get(url)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode == http.StatusOK
}
