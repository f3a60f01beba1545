module plumbline.dev/engines/abi

go 1.26.0
