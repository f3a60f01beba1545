// A ceiling for the memory of a WebAssembly module: Go's linker sets none, and a chart that never stops would take 4 GB.
import fs from 'node:fs';
import { encoded, pageBytes, unsigned } from './wasmSections.mjs';

const memorySection = 5;

/** Writes the ceiling into a module's file. The program ends with "out of memory" where it asks for more. */
export function limitMemory(file, bytes) {
  const module = fs.readFileSync(file);
  for (let at = 8; at < module.length;) {
    const size = unsigned(module, at + 1);
    const end = size.next + size.value;
    if (module[at] === memorySection) {
      const [count, flags] = [module[size.next], module[size.next + 1]];
      if (count !== 1 || flags !== 0) {
        throw new Error(`${file}: one memory without a ceiling was expected`);
      }
      const least = unsigned(module, size.next + 2);
      const content = [1, 1, ...module.subarray(size.next + 2, least.next), ...encoded(bytes / pageBytes)];
      const section = Buffer.from([memorySection, ...encoded(content.length), ...content]);
      fs.writeFileSync(file, Buffer.concat([module.subarray(0, at), section, module.subarray(end)]));
      return;
    }
    at = end;
  }
  throw new Error(`${file} has no memory`);
}
