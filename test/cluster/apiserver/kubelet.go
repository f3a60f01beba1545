package main

// A pretended scheduler and kubelet: binds every Pod to a pretended Node and reports it running (Pods of Jobs: succeeded), so that
// workloads reach their real statuses through the real controllers.

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/util/workqueue"
)

const kubeletWorkers = 16

type kubelet struct {
	client kubernetes.Interface
	nodes  int
}

// startKubelet makes the nodes and looks after Pods until the context ends.
func startKubelet(ctx context.Context, kubeconfig string, nodes int, delay time.Duration) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	config.QPS, config.Burst, config.UserAgent = 500, 1000, "testcluster-kubelet"
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	k := &kubelet{client: client, nodes: nodes}
	for i := 0; i < nodes; i++ {
		if err := k.makeNode(ctx, nodeName(i)); err != nil {
			return err
		}
	}

	factory := informers.NewSharedInformerFactory(client, 0)
	pods := factory.Core().V1().Pods()
	queue := workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[string]())
	enqueue := func(object any) {
		if key, err := cache.DeletionHandlingMetaNamespaceKeyFunc(object); err == nil {
			queue.AddAfter(key, delay)
		}
	}
	handler := cache.ResourceEventHandlerFuncs{AddFunc: enqueue, UpdateFunc: func(_, object any) { enqueue(object) }}
	if _, err := pods.Informer().AddEventHandler(handler); err != nil {
		return err
	}
	lister := pods.Lister()
	factory.Start(ctx.Done())
	for range kubeletWorkers {
		go func() {
			for {
				key, stop := queue.Get()
				if stop {
					return
				}
				namespace, name, _ := cache.SplitMetaNamespaceKey(key)
				if pod, err := lister.Pods(namespace).Get(name); err == nil && k.sync(ctx, pod) != nil {
					queue.AddRateLimited(key)
				} else {
					queue.Forget(key)
				}
				queue.Done(key)
			}
		}()
	}
	return nil
}

func nodeName(i int) string { return fmt.Sprintf("fake-%d", i) }

func (k *kubelet) makeNode(ctx context.Context, name string) error {
	nodes := k.client.CoreV1().Nodes()
	labels := map[string]string{"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}
	_, err := nodes.Create(ctx, &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels}}, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	node, err := nodes.Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	// Admission taints a new node not-ready; the controller that takes that away again does not run here.
	node.Spec.Taints = nil
	if node, err = nodes.Update(ctx, node, metav1.UpdateOptions{}); err != nil {
		return err
	}
	capacity := corev1.ResourceList{
		"cpu":    resource.MustParse("64"),
		"memory": resource.MustParse("256Gi"),
		"pods":   resource.MustParse("5000"),
	}
	now := metav1.Now()
	node.Status = corev1.NodeStatus{
		Capacity:    capacity,
		Allocatable: capacity,
		NodeInfo:    corev1.NodeSystemInfo{KubeletVersion: "v1.36.3-fake", OperatingSystem: "linux", Architecture: "amd64"},
		Conditions: []corev1.NodeCondition{{
			Type: corev1.NodeReady, Status: corev1.ConditionTrue, Reason: "FakeKubelet", LastHeartbeatTime: now, LastTransitionTime: now,
		}},
	}
	_, err = nodes.UpdateStatus(ctx, node, metav1.UpdateOptions{})
	return err
}

// sync takes a Pod one step further: deleted, bound, or reported.
func (k *kubelet) sync(ctx context.Context, pod *corev1.Pod) error {
	pods := k.client.CoreV1().Pods(pod.Namespace)
	if pod.DeletionTimestamp != nil {
		now := int64(0)
		options := metav1.DeleteOptions{GracePeriodSeconds: &now, Preconditions: &metav1.Preconditions{UID: &pod.UID}}
		return pods.Delete(ctx, pod.Name, options)
	}
	if pod.Annotations[stateAnnotation] == "Pending" || pod.Status.Phase != corev1.PodPending {
		return nil
	}
	number := podNumber(pod)
	if pod.Spec.NodeName == "" {
		return pods.Bind(ctx, &corev1.Binding{
			ObjectMeta: metav1.ObjectMeta{Name: pod.Name, Namespace: pod.Namespace, UID: pod.UID},
			Target:     corev1.ObjectReference{Kind: "Node", Name: nodeName(int(number) % k.nodes)},
		}, metav1.CreateOptions{})
	}
	if len(pod.Status.ContainerStatuses) > 0 {
		return nil
	}
	_, err := pods.UpdateStatus(ctx, withStatus(pod, number), metav1.UpdateOptions{})
	return err
}

// podNumber spreads Pods over nodes and addresses, the same way every time.
func podNumber(pod *corev1.Pod) uint32 {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(pod.UID))
	return hash.Sum32() >> 1
}
