// Package generated names the API packages whose custom resource definitions are generated from their Go types, because the modules
// that hold the written ones are not to be had. go.mod pins them and the generator.
package generated

import (
	_ "github.com/fluxcd/image-automation-controller/api/v1"
	_ "github.com/fluxcd/image-reflector-controller/api/v1"
	_ "github.com/fluxcd/source-watcher/api/v2/v1beta1"
)
