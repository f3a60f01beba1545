// Runs one engine in a worker thread: started on first need, one call at a time, newest request of a slot first in line,
// stopped past its time limit, renewed past its memory limit, restarted after a crash.
import fs from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Abort, Log } from '../core/ports';
import { Cancelled, EngineUnavailable } from '../core/ports';
import type { FromWorker, ToWorker, WorkerCall, WorkerStart } from './engineMessages';

export type EngineName = 'render' | 'validate';

export interface EngineLimits {
  /** One call may take this long; then its worker is stopped. */
  timeMs: number;
  /** Linear memory above this is given back when nothing waits. */
  memoryBytes: number;
  /** A running call that nobody wants any more may hold up a waiting one for this long. */
  overtakenMs: number;
  /** A worker without work for this long is stopped. */
  idleMs: number;
}

export interface EngineCall {
  op: string;
  /** JSON text. */
  payload: string;
  files?: NonNullable<WorkerCall['files']>;
}

export interface EngineHostOptions {
  name: EngineName;
  /** Folder of `<name>.wasm` or `<name>.wasm.br`. */
  folder: string;
  log: Log;
  limits: EngineLimits;
  /** Calls that a fresh instance needs before any other, because it remembers nothing. */
  prelude?: () => EngineCall[];
  /** Hosts of the same engine that share this compile it once. */
  shared?: SharedModule;
}

/** The compiled module, while the worker that compiled it runs: it is a hundred megabytes. */
export interface SharedModule {
  /** Which file it was compiled from. */
  stamp?: string;
  module?: WebAssembly.Module;
  /** Told when there is one. */
  onCompiled?: () => void;
}

/** One call took longer than the limit and was stopped. */
export class EngineTimeout extends Error {
  constructor(
    readonly engine: EngineName,
    readonly limitMs: number,
  ) {
    super(`stopped after ${Math.round(limitMs / 1000)} s`);
  }
}

/** One call broke the engine's program, and did so again when it was repeated. */
export class EngineCrash extends Error {
  /** What the call asked for was more than an engine has: calls without end, data without end. */
  get isTooMuch(): boolean {
    return isEndless(this.message) || this.isOutOfMemory;
  }

  /** It may only be large. */
  get isOutOfMemory(): boolean {
    return /out of memory|cannot allocate memory/.test(this.message);
  }
}

const isEndless = (reason: string): boolean => /call stack|stack overflow/.test(reason);

export interface EngineStatus {
  /** Time from the worker's start until its module could be called. */
  startMs?: number;
  memoryBytes: number;
  running: boolean;
  /** How often a worker or an instance was started; tests and the log use it. */
  instances: number;
}

interface Job {
  call: EngineCall;
  request: EngineRequest;
  priority: number;
  /** Belongs to a fresh instance's prelude: never repeated. */
  prelude?: true;
  crashes: number;
  resolve(text: string): void;
  reject(error: Error): void;
}

/**
 * When V8 optimises a function. A person who types renders the same things again and again: optimising early halves that. Validation
 * runs a little of very much code: its first seconds went into compiling, and with two hundred times V8's budget the engine starts in a
 * third of the time and 5,000 objects cost a third less.
 */
const tieringBudgets: Record<EngineName, number> = { render: 1_800_000, validate: 300_000_000 };

/** Lower runs first: what a fresh instance needs, what a person waits for, then batches, then warm-up. */
const priorities = { prelude: 0, interactive: 1, batch: 2, background: 3 } as const;

/** One asker's calls. Cancelling it, by its abort or by a newer request of its slot, rejects all of them. */
export class EngineRequest {
  cancelled = false;
  private readonly cancelListeners: (() => void)[] = [];

  constructor(
    private readonly host: EngineHost,
    private readonly priority: number,
    abort?: Abort,
  ) {
    if (abort?.aborted === true) {
      this.cancelled = true;
    } else {
      abort?.addEventListener('abort', () => this.cancel());
    }
  }

  /** Resolves with the engine's answer as JSON text. */
  call(call: EngineCall): Promise<string> {
    return this.cancelled ? Promise.reject(new Cancelled()) : this.host.enqueue(call, this, this.priority);
  }

  cancel(): void {
    if (!this.cancelled) {
      this.cancelled = true;
      this.host.drop(this);
      this.cancelListeners.splice(0).forEach((listener) => listener());
    }
  }

  onCancel(listener: () => void): void {
    this.cancelListeners.push(listener);
  }
}

export class EngineHost {
  private worker: Worker | undefined;
  private ready = false;
  /** True until the prelude of the present instance has run. */
  private fresh = true;
  /** A prelude that broke or blocked the engine once is not tried again, or it would do so for ever. */
  private preludeBroken = false;
  private running: { job: Job; id: number; abandoned: boolean } | undefined;
  private waiting: Job[] = [];
  private readonly slots = new Map<string, EngineRequest>();
  private nextId = 1;
  private disposed = false;
  private memory = 0;
  private startMs: number | undefined;
  /** Whether the shared module is this host's. */
  private compiledHere = false;
  private instances = 0;
  /** Why the module did not start, and for which file: not tried again until that file changes. */
  private startFailure: { stamp: string; message: string } | undefined;
  private timeLimit: NodeJS.Timeout | undefined;
  private overtakeLimit: NodeJS.Timeout | undefined;
  private idleLimit: NodeJS.Timeout | undefined;

  constructor(private readonly options: EngineHostOptions) {}

  /** Opens a request; an older one of the same slot that still waits or runs is cancelled. */
  request(slot?: string, abort?: Abort): EngineRequest {
    const request = new EngineRequest(this, slot === undefined ? priorities.batch : priorities.interactive, abort);
    if (slot !== undefined) {
      this.slots.get(slot)?.cancel();
      this.slots.set(slot, request);
      request.onCancel(() => this.closeSlot(slot, request));
    }
    return request;
  }

  /** Frees the slot of a request that is done. */
  closeSlot(slot: string | undefined, request: EngineRequest): void {
    if (slot !== undefined && this.slots.get(slot) === request) {
      this.slots.delete(slot);
    }
  }

  /** Starts the worker and runs `calls` when nothing else waits; failures show again at the first real call. */
  warm(calls: EngineCall[]): void {
    if (this.worker !== undefined || this.disposed) {
      return;
    }
    const request = new EngineRequest(this, priorities.background);
    for (const call of calls) {
      request.call(call).catch(() => undefined);
    }
  }

  status(): EngineStatus {
    return {
      ...(this.startMs === undefined ? {} : { startMs: this.startMs }),
      memoryBytes: this.memory,
      running: this.worker !== undefined,
      instances: this.instances,
    };
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    this.rejectAll(new Cancelled());
    await this.stopWorker();
  }

  /** For EngineRequest only. */
  enqueue(call: EngineCall, request: EngineRequest, priority: number): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.disposed) {
        reject(new Cancelled());
        return;
      }
      this.waiting.push({ call, request, priority, crashes: 0, resolve, reject });
      this.watchOvertaken();
      this.pump();
    });
  }

  /** For EngineRequest only: forgets a cancelled request's calls. */
  drop(request: EngineRequest): void {
    for (const job of this.waiting.filter((waiting) => waiting.request === request)) {
      job.reject(new Cancelled());
    }
    this.waiting = this.waiting.filter((waiting) => waiting.request !== request);
    if (this.running?.job.request === request) {
      // A running call cannot be interrupted, only its worker stopped; that is worth it only when somebody waits.
      this.running.abandoned = true;
      this.running.job.reject(new Cancelled());
      this.watchOvertaken();
    }
  }

  private pump(): void {
    if (this.running !== undefined || this.disposed) {
      return;
    }
    if (this.waiting.length === 0) {
      this.rest();
      return;
    }
    clearTimeout(this.idleLimit);
    if (this.worker === undefined) {
      this.startWorker();
      return;
    }
    if (!this.ready) {
      return;
    }
    const first = this.waiting.reduce((best, job) => (job.priority < best.priority ? job : best));
    this.waiting.splice(this.waiting.indexOf(first), 1);
    this.send(this.fresh ? this.withPrelude(first) : first);
  }

  /** Puts the calls that a fresh instance needs in front of a job, and returns the first of them. */
  private withPrelude(job: Job): Job {
    this.fresh = false;
    const calls = this.preludeBroken ? [] : (this.options.prelude?.() ?? []);
    const own = new EngineRequest(this, priorities.prelude);
    const prelude: Job[] = calls.map((call) => ({
      call,
      request: own,
      priority: priorities.prelude,
      prelude: true,
      crashes: 0,
      resolve: () => undefined,
      // What the prelude adds is then unknown to the engine, and its answers say so.
      reject: (error) => {
        this.preludeBroken ||= error instanceof EngineTimeout || error instanceof EngineCrash;
        this.options.log.warn(`${this.options.name} engine: preparing it failed: ${error.message}`);
      },
    }));
    const [first, ...rest] = [...prelude, job];
    this.waiting.unshift(...rest);
    return first ?? job;
  }

  private send(job: Job): void {
    const id = this.nextId++;
    this.running = { job, id, abandoned: false };
    this.worker?.ref();
    this.timeLimit = setTimeout(() => this.timedOut(), this.options.limits.timeMs);
    this.post({ type: 'call', call: { id, ...job.call } });
  }

  private post(message: ToWorker): void {
    this.worker?.postMessage(message);
  }

  /** Ends the running call and returns its job, unless the message belongs to an older call. */
  private finish(id: number): Job | undefined {
    if (this.running?.id !== id) {
      return undefined;
    }
    const { job } = this.running;
    this.running = undefined;
    clearTimeout(this.timeLimit);
    clearTimeout(this.overtakeLimit);
    this.overtakeLimit = undefined;
    return job;
  }

  private timedOut(): void {
    const job = this.running && this.finish(this.running.id);
    const { name, limits, log } = this.options;
    log.warn(`${name} engine: a call took longer than ${limits.timeMs} ms and was stopped`);
    void this.stopWorker();
    job?.reject(new EngineTimeout(name, limits.timeMs));
    this.pump();
  }

  /** Stops a worker that is busy with something nobody wants while something else waits. */
  private watchOvertaken(): void {
    if (this.running?.abandoned !== true || this.waiting.length === 0 || this.overtakeLimit !== undefined) {
      return;
    }
    const { id } = this.running;
    this.overtakeLimit = setTimeout(() => {
      this.overtakeLimit = undefined;
      if (this.running?.id === id && this.waiting.length > 0) {
        this.finish(id);
        void this.stopWorker();
        this.pump();
      }
    }, this.options.limits.overtakenMs);
  }

  private rest(): void {
    if (this.worker === undefined || !this.ready) {
      return;
    }
    if (this.memory > this.options.limits.memoryBytes && !this.fresh) {
      this.options.log.info(`${this.options.name} engine: renewed at ${Math.round(this.memory / 1048576)} MB`);
      this.fresh = true;
      this.memory = 0;
      this.instances++;
      this.post({ type: 'reset' });
    }
    // A worker without work does not keep the process alive.
    this.worker.unref();
    clearTimeout(this.idleLimit);
    this.idleLimit = setTimeout(() => void this.stopWorker(), this.options.limits.idleMs).unref();
  }

  private startWorker(): void {
    const { name, folder } = this.options;
    const file = moduleFile(folder, name);
    if (file === undefined) {
      const missing = path.join(folder, `${name}.wasm`);
      this.rejectAll(new EngineUnavailable(`The ${name} engine is missing (${missing}). Run \`npm run engines\`.`));
      return;
    }
    const stamp = stampOf(file);
    if (this.startFailure?.stamp === stamp) {
      this.rejectAll(new EngineUnavailable(this.startFailure.message));
      return;
    }
    const shared = this.options.shared;
    const start: WorkerStart = {
      file,
      tieringBudget: tieringBudgets[name],
      ...(shared?.module === undefined || shared.stamp !== stamp ? {} : { module: shared.module }),
    };
    const worker = new Worker(path.join(__dirname, 'engineWorker.js'), { workerData: start, env: {}, execArgv: [] });
    this.worker = worker;
    this.ready = false;
    this.fresh = true;
    this.instances++;
    const fail = (reason: string): void => {
      if (this.worker !== worker) {
        return;
      }
      const message = `The ${name} engine does not start: ${reason}. Run \`npm run engines\` to build it again.`;
      this.startFailure = { stamp, message };
      void this.stopWorker();
      this.rejectAll(new EngineUnavailable(message));
    };
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'compiled') {
        if (shared !== undefined && this.worker === worker) {
          Object.assign(shared, { stamp, module: message.module });
          this.compiledHere = true;
          shared.onCompiled?.();
        }
      } else if (this.worker === worker) {
        this.receive(message, fail);
      }
    });
    const ended = (reason: string): void => {
      if (this.worker !== worker) {
        return;
      }
      if (this.ready) {
        this.worker = undefined;
        this.crashed(this.running?.id ?? 0, reason);
      } else {
        fail(reason);
      }
    };
    worker.on('error', (error) => ended(error instanceof Error ? error.message : String(error)));
    worker.on('exit', (code) => ended(`its thread ended with status ${code}`));
  }

  private receive(message: Exclude<FromWorker, { type: 'compiled' }>, fail: (reason: string) => void): void {
    switch (message.type) {
      case 'ready':
        this.ready = true;
        this.startMs = message.startMs;
        this.memory = message.memory;
        this.options.log.info(`${this.options.name} engine: ready after ${Math.round(message.startMs)} ms`);
        this.pump();
        break;
      case 'failed':
        fail(message.message);
        break;
      case 'answer':
        this.memory = message.memory;
        this.finish(message.id)?.resolve(message.text);
        this.pump();
        break;
      case 'crashed':
        this.fresh = true;
        this.instances++;
        this.crashed(message.id, message.message);
        break;
    }
  }

  /** The program broke: the call is repeated once, silently, on a fresh instance. */
  private crashed(id: number, reason: string): void {
    const abandoned = this.running?.abandoned === true;
    const job = this.finish(id);
    this.options.log.warn(`${this.options.name} engine: crashed: ${reason}`);
    if (job !== undefined && !abandoned) {
      job.crashes++;
      // Calls without end are as endless on a fresh instance; memory may have been short because of others.
      if (job.crashes > 1 || job.prelude === true || isEndless(reason)) {
        job.reject(new EngineCrash(reason));
      } else {
        this.waiting.unshift(job);
      }
    }
    this.pump();
  }

  private async stopWorker(): Promise<void> {
    const worker = this.worker;
    this.worker = undefined;
    this.ready = false;
    this.memory = 0;
    clearTimeout(this.idleLimit);
    this.releaseModule();
    await worker?.terminate();
  }

  private releaseModule(): void {
    if (this.compiledHere && this.options.shared !== undefined) {
      delete this.options.shared.module;
      this.compiledHere = false;
    }
  }

  private rejectAll(error: Error): void {
    clearTimeout(this.timeLimit);
    clearTimeout(this.overtakeLimit);
    this.overtakeLimit = undefined;
    const jobs = [...(this.running ? [this.running.job] : []), ...this.waiting];
    this.running = undefined;
    this.waiting = [];
    for (const job of jobs) {
      job.reject(error);
    }
  }
}

/** The module's file: the plain one where it exists, otherwise the packaged, compressed one. */
function moduleFile(folder: string, name: EngineName): string | undefined {
  return [path.join(folder, `${name}.wasm`), path.join(folder, `${name}.wasm.br`)].find((file) => fs.existsSync(file));
}

/** Tells one build of an engine from another; undefined where it is missing. */
export function buildOf(folder: string, name: EngineName): string | undefined {
  const file = moduleFile(folder, name);
  return file === undefined ? undefined : stampOf(file);
}

function stampOf(file: string): string {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  return `${file} ${stat?.size} ${stat?.mtimeMs}`;
}
