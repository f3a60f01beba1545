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

function start(): void {
  const started = performance.now();
  try {
    const given = workerData as WorkerStart;
    compiled = given.module ?? compile(given);
    if (given.module === undefined) {
      say({ type: 'compiled', module: compiled });
    }
    optimizeAfter(given.tieringBudget);
    instance = instantiate(compiled);
    say({ type: 'ready', startMs: performance.now() - started, memory: instance.memory() });
  } catch (error) {
    say({ type: 'failed', message: textOf(error) });
  }
}

function compile({ file, tieringBudget }: WorkerStart): WebAssembly.Module {
  const stored = fs.readFileSync(file);
  const bytes = file.endsWith('.br') ? zlib.brotliDecompressSync(stored) : stored;
  optimizeAfter(tieringBudget);
  return new WebAssembly.Module(bytes);
}

/** V8 has one such value for the whole process, and other workers set theirs: called right before V8 reads it. */
function optimizeAfter(tieringBudget: number): void {
  v8.setFlagsFromString(`--wasm-tiering-budget=${tieringBudget}`);
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
