package builtin

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"plumbline.dev/engines/validate/internal/verdict"
)

// served is what an API server of this version offers without further configuration, as its discovery lists it. Versions
// that are only registered (apps/v1beta1) and those that must be switched on (alpha, most of beta) are not in it.
var served = map[string]string{
	"admissionregistration.k8s.io/v1": "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration",
	"apiextensions.k8s.io/v1":         "CustomResourceDefinition",
	"apiregistration.k8s.io/v1":       "APIService",
	"apps/v1":                         "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet",
	"authentication.k8s.io/v1":        "SelfSubjectReview TokenReview",
	"authorization.k8s.io/v1":         "LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview",
	"autoscaling/v1":                  "HorizontalPodAutoscaler",
	"autoscaling/v2":                  "HorizontalPodAutoscaler",
	"batch/v1":                        "CronJob Job",
	"certificates.k8s.io/v1":          "CertificateSigningRequest",
	"coordination.k8s.io/v1":          "Lease",
	"discovery.k8s.io/v1":             "EndpointSlice",
	"events.k8s.io/v1":                "Event",
	"flowcontrol.apiserver.k8s.io/v1": "FlowSchema PriorityLevelConfiguration",
	"networking.k8s.io/v1":            "IPAddress Ingress IngressClass NetworkPolicy ServiceCIDR",
	"node.k8s.io/v1":                  "RuntimeClass",
	"policy/v1":                       "PodDisruptionBudget",
	"rbac.authorization.k8s.io/v1":    "ClusterRole ClusterRoleBinding Role RoleBinding",
	"resource.k8s.io/v1":              "DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice",
	"scheduling.k8s.io/v1":            "PriorityClass",
	"storage.k8s.io/v1":               "CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment VolumeAttributesClass",
	"v1":                              "Binding ComponentStatus ConfigMap Endpoints Event LimitRange Namespace Node PersistentVolume PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount",
}

// oldestSupported is the oldest minor of Kubernetes 1 that people still check against.
const oldestSupported = 33

var (
	servedKinds  = map[schema.GroupVersionKind]bool{}
	servedGroups = map[string]bool{}
)

func init() {
	for groupVersion, kinds := range served {
		gv, err := schema.ParseGroupVersion(groupVersion)
		if err != nil {
			panic(err)
		}
		servedGroups[gv.Group] = true
		for _, kind := range strings.Fields(kinds) {
			servedKinds[gv.WithKind(kind)] = true
		}
	}
}

// OwnsGroup is true for groups that belong to the API server itself: no custom resource lives there.
func OwnsGroup(group string) bool { return servedGroups[group] }

// notServed is the server's answer to a kind of its own groups that it does not offer, or nil where it does. scheme knows
// more versions than are served; those that a cluster may have switched on are only assumed to be missing.
func notServed(scheme *runtime.Scheme, kind schema.GroupVersionKind) *verdict.Problem {
	if servedKinds[kind] {
		return nil
	}
	groupVersion := kind.GroupVersion().String()
	p := &verdict.Problem{
		Type:    verdict.NoKindMatch,
		Field:   "apiVersion",
		Message: fmt.Sprintf("no matches for kind %q in version %q", kind.Kind, groupVersion),
		Assumed: mayBeSwitchedOn(scheme, kind),
	}
	if _, ok := served[groupVersion]; ok {
		p.Field = "kind"
	}
	return p
}

func mayBeSwitchedOn(scheme *runtime.Scheme, kind schema.GroupVersionKind) bool {
	object, err := scheme.New(kind)
	if err != nil {
		return false
	}
	removal, ok := object.(interface{ APILifecycleRemoved() (major, minor int) })
	if !ok {
		return true
	}
	major, minor := removal.APILifecycleRemoved()
	return major > 1 || minor > oldestSupported
}
