// The validate engine: what the API server would say of an object, and what it would make of it. It is the server's own
// code (strategies of its registries, schemas and rules of CustomResourceDefinitions, server-side apply) without a server:
// no storage, no network, no admission webhooks.
package main

import (
	_ "time/tzdata" // time zones of CronJobs are checked, and a sandbox has no zone files
)

// kubernetesVersion is the release whose rules these are; a test keeps it equal to go.mod.
const kubernetesVersion = "1.36.3"

func main() {}
