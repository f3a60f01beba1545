// Both engines behind their ports: what composition roots make once and pass around.
import type { JsonObject } from '../core/json';
import { isObject } from '../core/json';
import type { Log, Renderer, Validator } from '../core/ports';
import os from 'node:os';
import type { EngineLimits, EngineName, EngineStatus, SharedModule } from './engineHost';
import { buildOf, EngineHost } from './engineHost';
import { EnginePool } from './enginePool';
import { createRenderer, renderWarmUp } from './engineRender';
import { AddedCrds, createValidator, validateWarmUp } from './engineValidate';

export interface EnginesOptions {
  /** Where `render.wasm` and `validate.wasm` (or their `.br` forms) lie. */
  folder: string;
  log: Log;
  limits?: Partial<Record<EngineName, Partial<EngineLimits>>>;
  /** Workers that may validate large batches side by side. */
  workers?: number;
}

export interface Engines {
  renderer: Renderer;
  validator: Validator;
  /** Starts them (default: both) in the background, so that the first real question is answered at full speed. */
  warm(which?: readonly EngineName[]): void;
  /** Tells one build of an engine from another; undefined where it is missing. */
  build(name: EngineName): string | undefined;
  /** What each engine says it is made of (`{ kubernetes: "1.36.3", … }`). Starts them; an engine that cannot run is left out. */
  versions(): Promise<Partial<Record<EngineName, JsonObject>>>;
  status(): Record<EngineName, EngineStatus>;
  dispose(): Promise<void>;
}

const minute = 60_000;
const megabyte = 1024 * 1024;
const defaults: Record<EngineName, EngineLimits> = {
  render: { timeMs: 30_000, memoryBytes: 256 * megabyte, overtakenMs: 2_000, idleMs: 10 * minute },
  validate: { timeMs: 60_000, memoryBytes: 512 * megabyte, overtakenMs: 3_000, idleMs: 10 * minute },
};

/** The first worker of an engine stays for the next question; the others were started for one batch. */
const furtherWorkerIdleMs = 20_000;
/** Some 0.3 s of validation must wait before another worker is worth its start and its memory. */
const piecesPerFurtherWorker = 8;

/** Nothing is loaded before the first question or `warm`. */
export function createEngines({ folder, log, limits = {}, workers = defaultWorkers() }: EnginesOptions): Engines {
  const crds = new AddedCrds();
  const shared: SharedModule = {};
  const validateHost = (more: Partial<EngineLimits> = {}): EngineHost => {
    const host: EngineHost = new EngineHost({
      name: 'validate',
      folder,
      log,
      limits: { ...defaults.validate, ...more, ...limits.validate },
      prelude: () => crds.calls(host),
      shared,
    });
    return host;
  };
  const hosts: Record<EngineName, EngineHost> = {
    render: new EngineHost({ name: 'render', folder, log, limits: { ...defaults.render, ...limits.render } }),
    validate: validateHost(),
  };
  const further = Array.from({ length: workers - 1 }, () => validateHost({ idleMs: furtherWorkerIdleMs }));
  const pool = new EnginePool({
    first: hosts.validate,
    more: further,
    canShare: () => shared.module !== undefined,
    waitingPerHost: piecesPerFurtherWorker,
  });
  shared.onCompiled = () => pool.pump();
  const names: EngineName[] = ['render', 'validate'];

  return {
    renderer: createRenderer(hosts.render),
    validator: createValidator(hosts.validate, crds, pool),
    warm(which = names) {
      const calls = { render: renderWarmUp, validate: validateWarmUp };
      which.forEach((name) => hosts[name].warm(calls[name]));
    },
    build: (name) => buildOf(folder, name),
    async versions() {
      const found: Partial<Record<EngineName, JsonObject>> = {};
      await Promise.all(
        names.map(async (name) => {
          try {
            const text = await hosts[name].request().call({ op: 'version', payload: '{}' });
            const { result } = JSON.parse(text) as JsonObject;
            if (isObject(result)) {
              found[name] = result;
            }
          } catch (error) {
            log.warn(`${name} engine: no version: ${error instanceof Error ? error.message : String(error)}`);
          }
        }),
      );
      return found;
    },
    status: () => ({ render: hosts.render.status(), validate: hosts.validate.status() }),
    async dispose() {
      await Promise.all([hosts.render, hosts.validate, ...further].map((host) => host.dispose()));
    },
  };
}

/** One core stays for reading and parsing; more than three workers cost more memory than they save time. */
function defaultWorkers(): number {
  return Math.max(1, Math.min(3, os.availableParallelism() - 1));
}
