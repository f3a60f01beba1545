package verdict

import "strings"

// assumptions are texts of problems that are true only for a cluster configured like the engine: one IPv4 family,
// service addresses in 10.96.0.0/12, node ports 30000-32767, default feature gates.
var assumptions = []struct{ field, text string }{
	{"spec.clusterIP", "is not in the valid range"},
	{"spec.clusterIP", "failed to allocate IP"},
	{"spec.ipFamil", "not configured on this cluster"},
	{"spec.ipFamil", "not configured on cluster"},
	{"spec.ipFamil", "this cluster is not configured for dual-stack services"},
	{"spec.loadBalancerIP", "not configured on this cluster"},
	{"spec.ports", "provided port is not in the valid range"},
	{"spec.healthCheckNodePort", "provided port is not in the valid range"},
	{"", "feature gate"},
	{"", "feature-gate"},
	{"", "disallowed by cluster policy"},
}

// MarkAssumed sets Assumed on every problem that depends on the cluster's configuration.
func MarkAssumed(problems []Problem) {
	for i := range problems {
		p := &problems[i]
		for _, a := range assumptions {
			if strings.HasPrefix(p.Field, a.field) && strings.Contains(p.Message, a.text) {
				p.Assumed = true
				break
			}
		}
	}
}
