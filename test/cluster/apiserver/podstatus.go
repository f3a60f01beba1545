package main

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// stateAnnotation asks for another end than a running Pod: Pending, ImagePullBackOff, CrashLoopBackOff, NotReady or Failed.
const stateAnnotation = "testcluster/state"

// withStatus is the Pod as a kubelet would report it.
func withStatus(pod *corev1.Pod, number uint32) *corev1.Pod {
	now, reported := metav1.Now(), pod.DeepCopy()
	phase, ready, restarts := corev1.PodRunning, corev1.ConditionTrue, int32(0)
	state := corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: now}}
	finished := func(code int32, reason string) corev1.ContainerState {
		return corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: code, Reason: reason, FinishedAt: now}}
	}
	waiting := func(reason, message string) corev1.ContainerState {
		return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
	}
	switch want := pod.Annotations[stateAnnotation]; {
	case want == "ImagePullBackOff":
		phase, ready, state = corev1.PodPending, corev1.ConditionFalse, waiting(want, "Back-off pulling image")
	case want == "CrashLoopBackOff":
		ready, restarts, state = corev1.ConditionFalse, 5, waiting(want, "back-off 5m0s restarting failed container")
	case want == "NotReady":
		ready = corev1.ConditionFalse
	case want == "Failed":
		phase, ready, state = corev1.PodFailed, corev1.ConditionFalse, finished(1, "Error")
	case pod.Spec.RestartPolicy != corev1.RestartPolicyAlways: // a Job's
		phase, ready, state = corev1.PodSucceeded, corev1.ConditionFalse, finished(0, "Completed")
	}

	address := fmt.Sprintf("10.%d.%d.%d", 1+number%200, number>>8&255, 1+number>>16%254)
	status := &reported.Status
	status.Phase, status.StartTime, status.HostIP = phase, &now, "192.0.2.1"
	status.PodIP, status.PodIPs = address, []corev1.PodIP{{IP: address}}
	condition := func(kind corev1.PodConditionType, value corev1.ConditionStatus) corev1.PodCondition {
		return corev1.PodCondition{Type: kind, Status: value, LastTransitionTime: now}
	}
	status.Conditions = []corev1.PodCondition{
		condition(corev1.PodScheduled, corev1.ConditionTrue),
		condition(corev1.PodInitialized, corev1.ConditionTrue),
		condition(corev1.ContainersReady, ready),
		condition(corev1.PodReady, ready),
	}
	status.ContainerStatuses = nil
	for _, container := range pod.Spec.Containers {
		started := state.Running != nil
		status.ContainerStatuses = append(status.ContainerStatuses, corev1.ContainerStatus{
			Name:         container.Name,
			Image:        container.Image,
			ImageID:      "fake://" + container.Image,
			ContainerID:  "fake://" + string(pod.UID),
			Ready:        ready == corev1.ConditionTrue,
			Started:      &started,
			State:        state,
			RestartCount: restarts,
		})
	}
	return reported
}
