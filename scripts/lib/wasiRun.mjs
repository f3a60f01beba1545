// Runs a test program that Go compiled for wasip1, as `go test -exec` calls it: the program, then its arguments, in the package's
// folder. Tests then use the compiled packages of the module that ships, in place of compiling everything again for this machine.
import fs from 'node:fs';
import { WASI } from 'node:wasi';

const [program, ...args] = process.argv.slice(2);
const wasi = new WASI({
  version: 'preview1',
  args: [program, ...args],
  env: { ...process.env, PWD: process.cwd() },
  preopens: { '/': '/' },
  // Ends the process from within: unwinding through the instance has crashed after the tests had passed.
  returnOnExit: false,
});
const module = await WebAssembly.compile(fs.readFileSync(program));
// The engine's own imports (files of the editor) are linked in but never called: tests bring their files themselves.
const missing = (name) => () => {
  throw new Error(`${name} is not there in tests`);
};
const imports = wasi.getImportObject();
for (const { module: from, name } of WebAssembly.Module.imports(module)) {
  imports[from] ??= {};
  imports[from][name] ??= missing(`${from}.${name}`);
}
const instance = await WebAssembly.instantiate(module, imports);
wasi.start(instance);
