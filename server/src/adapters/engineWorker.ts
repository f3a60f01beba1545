// Entry of an engine's worker thread: loads one module and answers one call at a time.
import fs from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import v8 from 'node:v8';
import zlib from 'node:zlib';
import { overlayFiles } from './engineFiles';
import type { FromWorker, ToWorker, WorkerStart } from './engineMessages';
import type { EngineInstance } from './engineModule';
import { instantiate } from './engineModule';

const port = parentPort;
if (port === null) {
  throw new Error('engineWorker runs as a worker thread only');
}
const say = (message: FromWorker): void => port.postMessage(message);
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

let compiled: WebAssembly.Module | undefined;
let instance: EngineInstance | undefined;

/**
 * How much of a function must have run before V8 optimises it, in its own unit; its default is a hundred times less. Compiling is
 * what an engine's first seconds go into, and Go's functions are large: with this, an engine starts in a third of the time, 5,000 objects
 * cost a third less, and a long session ends up with the same code. Read at instantiation; it counts for the whole process.
 */
const tieringBudget = 300_000_000;

function start(): void {
  v8.setFlagsFromString(`--wasm-tiering-budget=${tieringBudget}`);
  const started = performance.now();
  try {
    const given = workerData as WorkerStart;
    compiled = given.module ?? compile(given.file);
    if (given.module === undefined) {
      say({ type: 'compiled', module: compiled });
    }
    instance = instantiate(compiled);
    say({ type: 'ready', startMs: performance.now() - started, memory: instance.memory() });
  } catch (error) {
    say({ type: 'failed', message: textOf(error) });
  }
}

function compile(file: string): WebAssembly.Module {
  const stored = fs.readFileSync(file);
  return new WebAssembly.Module(file.endsWith('.br') ? zlib.brotliDecompressSync(stored) : stored);
}

port.on('message', (message: ToWorker) => {
  if (message.type === 'reset') {
    instance = undefined;
    return;
  }
  const { id, op, payload, files } = message.call;
  try {
    instance ??= instantiate(compiled as WebAssembly.Module);
    const text = instance.call(op, payload, files && overlayFiles(files.root, files.buffers));
    say({ type: 'answer', id, text, memory: instance.memory() });
  } catch (error) {
    instance = undefined;
    say({ type: 'crashed', id, message: textOf(error) });
  }
});

start();
