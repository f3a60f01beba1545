// What an engine's host and its worker thread say to each other.

/** Handed to the worker when it starts. */
export interface WorkerStart {
  /** The module: `.wasm`, or `.wasm.br`, which the worker decompresses. */
  file: string;
  /** How much of a function must have run before V8 optimises it, in V8's own unit. */
  tieringBudget: number;
  /** The module as another worker compiled it; its code is shared then. */
  module?: WebAssembly.Module;
}

export interface WorkerCall {
  id: number;
  op: string;
  /** JSON text. */
  payload: string;
  files?: { root: string; buffers: ReadonlyMap<string, string> };
}

/** `reset` replaces the instance by a fresh one, to give memory back. */
export type ToWorker = { type: 'call'; call: WorkerCall } | { type: 'reset' };

export type FromWorker =
  /** The module, for other workers; before it is initialised. */
  | { type: 'compiled'; module: WebAssembly.Module }
  /** The module is compiled and initialised. */
  | { type: 'ready'; startMs: number; memory: number }
  /** The module cannot be started at all. */
  | { type: 'failed'; message: string }
  | { type: 'answer'; id: number; text: string; memory: number }
  /** The program broke during this call; the worker has dropped the instance. */
  | { type: 'crashed'; id: number; message: string };
