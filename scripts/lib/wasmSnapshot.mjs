// Moves the initialisation of a Go program from each start of its module to the build: the program initialises once here, and its memory and
// globals, as they are then, become the module's own first state. Clock and random numbers are fixed meanwhile, so the result is the same on
// every machine; the program asks for both again when it runs.
import fs from 'node:fs';
import { encoded, pageBytes, sectionsOf, unsigned } from './wasmSections.mjs';

const section = { memory: 5, global: 6, export: 7, data: 11, dataCount: 12 };
const kindGlobal = 3;
/** Opcodes of constant expressions by type of value. */
const constantOf = { 0x7f: 0x41, 0x7e: 0x42, 0x7d: 0x43, 0x7c: 0x44 };
/** Zeros inside a segment: shorter runs would make more segments than engines allow (100,000), and starting slower. */
const shortestGap = 512;
/** 2024-01-01 in nanoseconds: certificates and the like must not look as if they came from 1970. */
const buildTime = 1_704_067_200_000_000_000n;

/** Rewrites a module's file so that it starts initialised. It no longer exports `_initialize`. */
export async function snapshot(file) {
  const module = fs.readFileSync(file);
  const sections = sectionsOf(module);
  const content = (id) => sections.find((each) => each.id === id)?.content;
  const globals = readGlobals(content(section.global));
  const exports = readExports(content(section.export));
  const observed = rebuild(sections, {
    [section.export]: exportSection([
      ...exports,
      ...globals.map((_, index) => ({ name: globalName(index), kind: kindGlobal, index })),
    ]),
  });
  const instance = await initialised(observed);
  const memory = Buffer.from(instance.exports.memory.buffer);
  const values = globals.map((_, index) => instance.exports[globalName(index)].value);
  const segments = segmentsOf(memory);
  const bytes = rebuild(sections, {
    [section.memory]: memorySection(content(section.memory), memory.length / pageBytes),
    [section.global]: globalSection(globals, values),
    [section.export]: exportSection(exports.filter(({ name }) => name !== '_initialize')),
    [section.data]: dataSection(memory, segments),
    [section.dataCount]: content(section.dataCount) === undefined ? undefined : Buffer.from(encoded(segments.length)),
  });
  fs.writeFileSync(file, bytes);
}

const globalName = (index) => `plumbline.global.${index}`;

/** An instance whose program has initialised itself, in a world where time hardly passes and chance repeats itself. */
async function initialised(bytes) {
  // Only here: Node warns that it is experimental.
  const { WASI } = await import('node:wasi');
  const wasi = new WASI({ version: 'preview1', args: ['engine'], env: { GOGC: '100' }, returnOnExit: false });
  const imports = wasi.getImportObject();
  let memory;
  let time = buildTime;
  let random = 1;
  imports.wasi_snapshot_preview1.clock_time_get = (_clock, _precision, out) => {
    time += 1000n;
    new DataView(memory.buffer).setBigUint64(out, time, true);
    return 0;
  };
  imports.wasi_snapshot_preview1.random_get = (out, size) => {
    for (const at of new Uint8Array(memory.buffer, out, size).keys()) {
      random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
      new Uint8Array(memory.buffer)[out + at] = random >>> 24;
    }
    return 0;
  };
  const compiled = new WebAssembly.Module(bytes);
  for (const { module, name } of WebAssembly.Module.imports(compiled)) {
    imports[module] ??= {};
    imports[module][name] ??= () => {
      throw new Error(`${module}.${name} was called while the program initialised itself`);
    };
  }
  const instance = new WebAssembly.Instance(compiled, imports);
  memory = instance.exports.memory;
  wasi.initialize(instance);
  return instance;
}

function readGlobals(content) {
  const globals = [];
  const count = unsigned(content, 0);
  let at = count.next;
  for (let i = 0; i < count.value; i++) {
    const [type, mutable, opcode] = [content[at], content[at + 1], content[at + 2]];
    if (constantOf[type] !== opcode) {
      throw new Error(`global ${i} does not start with a constant`);
    }
    globals.push({ type, mutable });
    at += 3;
    if (type === 0x7d || type === 0x7c) {
      at += type === 0x7d ? 4 : 8;
    } else {
      at = unsigned(content, at).next;
    }
    if (content[at++] !== 0x0b) {
      throw new Error(`global ${i} starts with more than a constant`);
    }
  }
  return globals;
}

function globalSection(globals, values) {
  const parts = [encoded(globals.length)];
  globals.forEach(({ type, mutable }, i) => {
    const value = values[i];
    const bytes = type === 0x7d || type === 0x7c ? floating(value, type === 0x7d ? 4 : 8) : signed(BigInt(value));
    parts.push([type, mutable, constantOf[type], ...bytes, 0x0b]);
  });
  return Buffer.from(parts.flat());
}

function floating(value, size) {
  const bytes = Buffer.alloc(size);
  size === 4 ? bytes.writeFloatLE(value) : bytes.writeDoubleLE(value);
  return bytes;
}

/** Signed LEB128. */
function signed(value) {
  const bytes = [];
  for (let rest = value; ;) {
    const low = Number(rest & 127n);
    rest >>= 7n;
    if ((rest === 0n && low < 64) || (rest === -1n && low >= 64)) {
      return [...bytes, low];
    }
    bytes.push(low | 128);
  }
}

function readExports(content) {
  const exports = [];
  const count = unsigned(content, 0);
  let at = count.next;
  for (let i = 0; i < count.value; i++) {
    const size = unsigned(content, at);
    const end = size.next + size.value;
    const index = unsigned(content, end + 1);
    exports.push({ name: content.toString('utf8', size.next, end), kind: content[end], index: index.value });
    at = index.next;
  }
  return exports;
}

function exportSection(exports) {
  const entries = exports.map(({ name, kind, index }) => {
    const text = Buffer.from(name);
    return Buffer.concat([Buffer.from(encoded(text.length)), text, Buffer.from([kind, ...encoded(index)])]);
  });
  return Buffer.concat([Buffer.from(encoded(exports.length)), ...entries]);
}

/** The memory's smallest size becomes the one that it has now; its ceiling stays. */
function memorySection(content, pages) {
  const flags = content[1];
  const least = unsigned(content, 2);
  return Buffer.from([content[0], flags, ...encoded(pages), ...content.subarray(least.next)]);
}

/** Ranges of the memory that are not zero. */
function segmentsOf(memory) {
  const segments = [];
  let at = 0;
  for (;;) {
    while (at < memory.length && memory[at] === 0) {
      // Whole words first: most of the memory is empty.
      at += at % 8 === 0 && at + 8 <= memory.length && memory.readBigUInt64LE(at) === 0n ? 8 : 1;
    }
    if (at >= memory.length) {
      return segments;
    }
    const start = at;
    let end = at;
    while (at < memory.length && at - end < shortestGap) {
      if (memory[at++] !== 0) {
        end = at;
      }
    }
    segments.push({ start, end });
  }
}

function dataSection(memory, segments) {
  const parts = [Buffer.from(encoded(segments.length))];
  for (const { start, end } of segments) {
    const head = [0, 0x41, ...signed(BigInt(start | 0)), 0x0b, ...encoded(end - start)];
    parts.push(Buffer.from(head), memory.subarray(start, end));
  }
  return Buffer.concat(parts);
}

/** The module with some sections' contents replaced; all sections stay in their order. */
function rebuild(sections, replaced) {
  const parts = [Buffer.from([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0])];
  for (const { id, content } of sections) {
    const bytes = replaced[id] ?? content;
    parts.push(Buffer.from([id, ...encoded(bytes.length)]), bytes);
  }
  return Buffer.concat(parts);
}
