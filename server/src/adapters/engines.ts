// Both engines behind their ports: what composition roots make once and pass around.
import type { JsonObject } from '../core/json';
import { isObject } from '../core/json';
import type { Log, Renderer, Validator } from '../core/ports';
import type { EngineLimits, EngineName, EngineStatus } from './engineHost';
import { EngineHost } from './engineHost';
import { createRenderer, renderWarmUp } from './engineRender';
import { AddedCrds, createValidator, validateWarmUp } from './engineValidate';

export interface EnginesOptions {
  /** Where `render.wasm` and `validate.wasm` (or their `.br` forms) lie. */
  folder: string;
  log: Log;
  limits?: Partial<Record<EngineName, Partial<EngineLimits>>>;
}

export interface Engines {
  renderer: Renderer;
  validator: Validator;
  /** Starts both in the background, so that the first real question is answered at full speed. */
  warm(): void;
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

/** Nothing is loaded before the first question or `warm`. */
export function createEngines({ folder, log, limits = {} }: EnginesOptions): Engines {
  const crds = new AddedCrds();
  const hosts: Record<EngineName, EngineHost> = {
    render: new EngineHost({ name: 'render', folder, log, limits: { ...defaults.render, ...limits.render } }),
    validate: new EngineHost({
      name: 'validate',
      folder,
      log,
      limits: { ...defaults.validate, ...limits.validate },
      prelude: () => crds.calls(),
    }),
  };
  const names: EngineName[] = ['render', 'validate'];

  return {
    renderer: createRenderer(hosts.render),
    validator: createValidator(hosts.validate, crds),
    warm() {
      hosts.render.warm(renderWarmUp);
      hosts.validate.warm(validateWarmUp);
    },
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
      await Promise.all(names.map((name) => hosts[name].dispose()));
    },
  };
}
