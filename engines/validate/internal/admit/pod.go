package admit

import api "k8s.io/kubernetes/pkg/apis/core"

// How long a pod may stay on a node that is gone, unless it says otherwise.
var tolerationSeconds int64 = 300

// Pod imitates the admission plugins Priority and DefaultTolerationSeconds on an update. They change the new object as
// they changed the stored one, so without them every update of a pod would seem to take their values away.
func Pod(pod, old *api.Pod) {
	if pod.Spec.Priority == nil {
		pod.Spec.Priority = old.Spec.Priority
	}
	if pod.Spec.PreemptionPolicy == nil {
		pod.Spec.PreemptionPolicy = old.Spec.PreemptionPolicy
	}
	for _, taint := range []string{"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"} {
		if !toleratesEviction(pod, taint) {
			pod.Spec.Tolerations = append(pod.Spec.Tolerations, api.Toleration{
				Key:               taint,
				Operator:          api.TolerationOpExists,
				Effect:            api.TaintEffectNoExecute,
				TolerationSeconds: &tolerationSeconds,
			})
		}
	}
}

func toleratesEviction(pod *api.Pod, taint string) bool {
	for _, t := range pod.Spec.Tolerations {
		if (t.Key == taint || t.Key == "") && (t.Effect == api.TaintEffectNoExecute || t.Effect == "") {
			return true
		}
	}
	return false
}
