// One instance of an engine: a Go program compiled to a WASI reactor, called through a buffer of bytes. The WASI shim
// below offers clocks, random numbers and standard error and nothing else, so an engine reaches files only through the
// `plumb` imports and never reaches the network or another process.
import { randomFillSync } from 'node:crypto';
import type { EngineFiles } from './engineFiles';
import { noFiles } from './engineFiles';

/** The Go program ended itself (out of memory, fatal error); the instance cannot be used any more. */
class ProgramExit extends Error {}

export interface EngineInstance {
  /** Runs one operation and gives its JSON answer as text. Throws where the program itself broke: drop the instance then. */
  call(op: string, payload: string, files?: EngineFiles): string;
  /** Size of the linear memory, which never shrinks. */
  memory(): number;
}

/** What `pl_*` functions an engine exports; see engines/abi. */
interface EngineExports {
  memory: WebAssembly.Memory;
  /** Absent where the build has run it already. */
  _initialize?(): void;
  pl_alloc(size: number): number;
  pl_call(size: number): number;
  pl_result(): number;
}

type HostFunction = (...args: number[]) => number | bigint | undefined;

// WASI error numbers and sizes that the shim uses.
const success = 0;
const badDescriptor = 8;
const notImplemented = 52;
const subscriptionSize = 48;
const eventSize = 32;
const keptErrorText = 64 * 1024;

/** Random bytes, fetched from the system many at a time: programs ask for eight at a time, thousands of times. */
function randomSource(): (size: number) => Uint8Array {
  const pool = new Uint8Array(4096);
  let used = pool.length;
  return (size) => {
    if (size > pool.length) {
      return randomFillSync(new Uint8Array(size));
    }
    if (used + size > pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    used += size;
    return pool.subarray(used - size, used);
  };
}

/** Instantiates a compiled module and runs its initialisation. */
export function instantiate(module: WebAssembly.Module): EngineInstance {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const random = randomSource();
  let files: EngineFiles = noFiles;
  let pending: Uint8Array = new Uint8Array();
  let errorText = '';

  // The memory's buffer is replaced whenever it grows: views are made for each use.
  const bytes = (): Uint8Array => new Uint8Array(program.memory.buffer);
  const view = (): DataView => new DataView(program.memory.buffer);
  const text = (at: number, size: number): string => decoder.decode(bytes().subarray(at >>> 0, (at >>> 0) + size));
  const offer = (value: Uint8Array): bigint => {
    pending = value;
    return BigInt(value.length);
  };

  // klog reads os.Args[0] while the program initialises: one argument is needed.
  const argument = encoder.encode('engine\0');
  const environment = [encoder.encode('GOGC=100\0')];

  const wasi: Record<string, (...args: never[]) => unknown> = {
    args_sizes_get: (count: number, size: number) => {
      view().setUint32(count, 1, true);
      view().setUint32(size, argument.length, true);
      return success;
    },
    args_get: (pointers: number, buffer: number) => {
      view().setUint32(pointers, buffer, true);
      bytes().set(argument, buffer);
      return success;
    },
    environ_sizes_get: (count: number, size: number) => {
      view().setUint32(count, environment.length, true);
      view().setUint32(
        size,
        environment.reduce((sum, entry) => sum + entry.length, 0),
        true,
      );
      return success;
    },
    environ_get: (pointers: number, buffer: number) => {
      for (const entry of environment) {
        view().setUint32(pointers, buffer, true);
        bytes().set(entry, buffer);
        pointers += 4;
        buffer += entry.length;
      }
      return success;
    },
    clock_time_get: (clock: number, _precision: bigint, out: number) => {
      const now = clock === 0 ? BigInt(Date.now()) * 1_000_000n : process.hrtime.bigint();
      view().setBigUint64(out, now, true);
      return success;
    },
    random_get: (at: number, size: number) => {
      bytes().set(random(size), at);
      return success;
    },
    fd_write: (_descriptor: number, vectors: number, count: number, written: number) => {
      let total = 0;
      for (let i = 0; i < count; i++) {
        const at = view().getUint32(vectors + 8 * i, true);
        const size = view().getUint32(vectors + 8 * i + 4, true);
        if (errorText.length < keptErrorText) {
          errorText += text(at, size);
        }
        total += size;
      }
      view().setUint32(written, total, true);
      return success;
    },
    // Only timers are ever waited for; they are reported as due at once, because nothing else can happen meanwhile.
    poll_oneoff: (subscriptions: number, events: number, count: number, out: number) => {
      for (let i = 0; i < count; i++) {
        const from = subscriptions + subscriptionSize * i;
        const to = events + eventSize * i;
        bytes().copyWithin(to, from, from + 8);
        view().setUint16(to + 8, 0, true);
        view().setUint8(to + 10, view().getUint8(from + 8));
      }
      view().setUint32(out, count, true);
      return success;
    },
    fd_fdstat_get: (_descriptor: number, out: number) => {
      bytes().fill(0, out, out + 24);
      // Character device: enough for Go to accept standard output and error.
      view().setUint8(out, 2);
      return success;
    },
    fd_prestat_get: () => badDescriptor,
    sched_yield: () => success,
    proc_exit: (code: number) => {
      throw new ProgramExit(`the engine ended itself with status ${code}`);
    },
  };

  const plumb: Record<string, HostFunction> = {
    kind: (at = 0, size = 0) => files.kind(text(at, size)),
    open: (at = 0, size = 0) => {
      const content = files.read(text(at, size));
      return content === undefined ? -1n : offer(content);
    },
    list: (at = 0, size = 0) => offer(encoder.encode(files.list(text(at, size)).join('\n'))),
    take: (at = 0) => {
      bytes().set(pending, at >>> 0);
      pending = new Uint8Array();
      return undefined;
    },
  };

  const imports: WebAssembly.Imports = {};
  for (const wanted of WebAssembly.Module.imports(module)) {
    const space = (imports[wanted.module] ??= {});
    const offered = wanted.module === 'plumb' ? plumb[wanted.name] : wasi[wanted.name];
    space[wanted.name] = offered ?? (() => notImplemented);
  }

  /** What broke, with the end of what the program printed: a fatal error of Go says its reason only there. */
  const withPrinted = (error: unknown): Error => {
    const reason = error instanceof Error ? error.message : String(error);
    const printed = errorText.split('\n').slice(0, 12).join('\n').trim();
    return new Error(printed === '' ? reason : `${reason}: ${printed}`);
  };

  const program = new WebAssembly.Instance(module, imports).exports as unknown as EngineExports;
  try {
    program._initialize?.();
  } catch (error) {
    throw withPrinted(error);
  }

  return {
    call(op, payload, callFiles = noFiles) {
      files = callFiles;
      errorText = '';
      try {
        const input = encoder.encode(`${op}\0${payload}`);
        bytesAt(program.pl_alloc(input.length), input.length).set(input);
        const size = program.pl_call(input.length);
        return decoder.decode(bytesAt(program.pl_result(), size));
      } catch (error) {
        throw withPrinted(error);
      } finally {
        files = noFiles;
      }
    },
    memory: () => program.memory.buffer.byteLength,
  };

  function bytesAt(pointer: number, size: number): Uint8Array {
    return bytes().subarray(pointer >>> 0, (pointer >>> 0) + size);
  }
}
