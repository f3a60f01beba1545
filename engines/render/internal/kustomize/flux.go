package kustomize

// Flux is what a Flux Kustomization adds to the kustomization that it names.
type Flux struct{}
