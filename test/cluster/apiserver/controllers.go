package main

// kube-controller-manager with the controllers that a test asks for.

import (
	"path/filepath"
	"strings"

	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

// minimalControllers let namespaces be deleted, Pods have a ServiceAccount, owner references work and the roles "view" and "edit" fill.
var minimalControllers = []string{
	"namespace-controller",
	"serviceaccount-controller",
	"root-ca-certificate-publisher-controller",
	"garbage-collector-controller",
	"clusterrole-aggregation-controller",
}

// defaultControllers add those that give workloads their statuses.
var defaultControllers = append([]string{
	"deployment-controller",
	"replicaset-controller",
	"statefulset-controller",
	"daemonset-controller",
	"job-controller",
	"cronjob-controller",
	"serviceaccount-token-controller",
	"endpoints-controller",
	"endpointslice-controller",
	"horizontal-pod-autoscaler-controller",
	"disruption-controller",
	"resourcequota-controller",
}, minimalControllers...)

// runControllers returns when the manager ends.
func runControllers(o options, certificates *certificates) error {
	names := o.controllers
	switch names {
	case "minimal":
		names = strings.Join(minimalControllers, ",")
	case "default":
		names = strings.Join(defaultControllers, ",")
	}
	args := []string{
		"--kubeconfig=" + filepath.Join(o.dir, "admin.kubeconfig"),
		"--controllers=" + names,
		"--leader-elect=false",
		"--secure-port=0",
		"--use-service-account-credentials=false",
		"--service-account-private-key-file=" + certificates.path("sa.key"),
		"--root-ca-file=" + certificates.path("ca.crt"),
		"--kube-api-qps=500",
		"--kube-api-burst=1000",
		"--concurrent-deployment-syncs=20",
		"--concurrent-replicaset-syncs=20",
		"--profiling=false",
		"--v=0",
	}
	command := controllers.NewControllerManagerCommand()
	command.SetArgs(append(args, o.controllerArgs...))
	return command.Execute()
}
