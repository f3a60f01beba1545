// The validate engine behind the port `Validator`: items in batches small enough that a person's question gets in between.
import type { JsonObject } from '../core/json';
import { isObject, writeJson } from '../core/json';
import type { Abort, ApplyItem, EngineVerdict, ValidateItem, Validator } from '../core/ports';
import { EngineUnavailable } from '../core/ports';
import type { EngineCall, EngineHost, EngineRequest } from './engineHost';
import { EngineCrash, EngineTimeout } from './engineHost';
import type { EnginePool } from './enginePool';

/** A batch holds up others for about as long as it takes to check this many objects: some 60 ms. */
const batchItems = 40;

const warmMetadata = { name: 'warm', namespace: 'default', labels: { app: 'warm' } };
/** Objects that take the validator through most of what it runs on every pod. */
export const validateWarmUp: EngineCall[] = [
  {
    op: 'validate',
    payload: JSON.stringify({
      items: [
        {
          object: {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            metadata: warmMetadata,
            spec: {
              selector: { matchLabels: { app: 'warm' } },
              template: {
                metadata: { labels: { app: 'warm' } },
                spec: { containers: [{ name: 'warm', image: 'warm', ports: [{ containerPort: 80 }] }] },
              },
            },
          },
        },
        { object: { apiVersion: 'v1', kind: 'Service', metadata: warmMetadata, spec: { ports: [{ port: 80 }] } } },
        { object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: warmMetadata, data: { warm: 'up' } } },
      ],
    }),
  },
];

/**
 * CRDs that were added, in the order in which they count: where two texts define one kind, the later one does. A fresh
 * instance of the engine gets them all again.
 */
export class AddedCrds {
  /** Texts with the kinds that they define, as the engine said; undefined while it was not asked. */
  private readonly texts = new Map<string, readonly string[] | undefined>();
  private readonly definedBy = new Map<string, string>();
  /** Every text that was ever added, in order, and how far each host has followed. */
  private readonly log: string[] = [];
  private readonly followed = new WeakMap<object, number>();

  /** The texts among these that the engine does not follow yet; they are the last ones now. */
  add(texts: readonly string[]): string[] {
    const added = [...new Set(texts)].filter((text) => !this.isInForce(text));
    for (const text of added) {
      this.texts.delete(text);
      this.texts.set(text, undefined);
      this.log.push(text);
    }
    return added;
  }

  /** Notes what the engine found in a text. */
  defined(text: string, kinds: readonly string[]): void {
    this.texts.set(text, kinds);
    kinds.forEach((kind) => this.definedBy.set(kind, text));
  }

  /** The calls that make a fresh instance know them. `host` is up to date then. */
  calls(host: object): EngineCall[] {
    this.followed.set(host, this.log.length);
    return this.texts.size === 0 ? [] : [crdsCall([...this.texts.keys()])];
  }

  /** What a host that was up to date before has missed since; it is up to date then. */
  missed(host: object): EngineCall[] {
    const from = this.followed.get(host);
    if (from === undefined || from === this.log.length) {
      return [];
    }
    this.followed.set(host, this.log.length);
    return [crdsCall(this.log.slice(from))];
  }

  private isInForce(text: string): boolean {
    return this.texts.get(text)?.every((kind) => this.definedBy.get(kind) === text) === true;
  }
}

export function createValidator(host: EngineHost, crds: AddedCrds, pool: EnginePool): Validator {
  return {
    async addCrds(texts) {
      const added = crds.add(texts);
      // An engine that is not running yet gets them when it starts; further hosts get them before their next piece of work.
      if (added.length > 0 && host.status().running) {
        crds.missed(host);
        const answer = await answerOf(host.request(), crdsCall(added));
        added.forEach((text, i) => crds.defined(text, kindsOf(answer, i)));
      }
    },

    async validate(items, options = {}) {
      return options.slot === undefined
        ? validatePooled(items, crds, pool, host, options.abort)
        : validateAlone(items, host, options.slot, options.abort);
    },

    async apply(item: ApplyItem, abort) {
      return readVerdict(
        await answerOf(host.request(undefined, abort), { op: 'apply', payload: JSON.stringify(item) }),
      );
    },
  };
}

/** What a person waits for: on one host, in order, until something newer takes its slot. */
async function validateAlone(
  items: readonly ValidateItem[],
  host: EngineHost,
  slot: string,
  abort?: Abort,
): Promise<EngineVerdict[]> {
  const request = host.request(slot, abort);
  try {
    const verdicts: EngineVerdict[] = [];
    for (let from = 0; from < items.length; from += batchItems) {
      verdicts.push(...(await validateBatch(request, items.slice(from, from + batchItems))));
    }
    return verdicts;
  } finally {
    host.closeSlot(slot, request);
  }
}

/** A batch: in pieces, each on the next free host. */
async function validatePooled(
  items: readonly ValidateItem[],
  crds: AddedCrds,
  pool: EnginePool,
  first: EngineHost,
  abort?: Abort,
): Promise<EngineVerdict[]> {
  const requests = new Map<EngineHost, EngineRequest>();
  const requestOn = (host: EngineHost): EngineRequest => {
    let request = requests.get(host);
    if (request === undefined) {
      request = host.request(undefined, abort);
      requests.set(host, request);
    }
    return request;
  };
  const pieces: Promise<EngineVerdict[]>[] = [];
  for (let from = 0; from < items.length; from += batchItems) {
    const piece = items.slice(from, from + batchItems);
    pieces.push(
      new Promise((resolve, reject) => {
        pool.add(async (host) => {
          try {
            const request = requestOn(host);
            for (const call of host === first ? [] : crds.missed(host)) {
              await answerOf(request, call);
            }
            resolve(await validateBatch(request, piece));
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        });
      }),
    );
  }
  return (await Promise.all(pieces)).flat();
}

/** An object that breaks or blocks the engine costs its own verdict only: the batch is halved until it stands alone. */
async function validateBatch(request: EngineRequest, items: readonly ValidateItem[]): Promise<EngineVerdict[]> {
  let answer: unknown;
  try {
    answer = await answerOf(request, { op: 'validate', payload: writeJson({ items }) });
  } catch (error) {
    if (!(error instanceof EngineCrash || error instanceof EngineTimeout)) {
      throw error;
    }
    if (items.length === 1) {
      return [notValidated(`The validate engine could not check this object: ${error.message}`)];
    }
    const half = Math.ceil(items.length / 2);
    return [
      ...(await validateBatch(request, items.slice(0, half))),
      ...(await validateBatch(request, items.slice(half))),
    ];
  }
  const verdicts = Array.isArray(answer) ? answer : [];
  return items.map((_, i) => readVerdict(verdicts[i]));
}

/** `known: false` keeps such an object from ever counting as valid. */
function notValidated(message: string): EngineVerdict {
  return { known: false, problems: [{ type: 'EngineFailure', field: '', message }], warnings: [] };
}

function crdsCall(texts: readonly string[]): EngineCall {
  return { op: 'crds', payload: JSON.stringify({ texts }) };
}

/** The result of an operation; an operation that fails as a whole is our fault, never the objects'. */
async function answerOf(request: EngineRequest, call: EngineCall): Promise<unknown> {
  const answer = JSON.parse(await request.call(call)) as JsonObject;
  if (answer.error !== undefined) {
    const said = isObject(answer.error) ? answer.error.message : answer.error;
    const reason = typeof said === 'string' ? said : JSON.stringify(said);
    throw new EngineUnavailable(`The validate engine failed: ${reason}. Please report it.`);
  }
  return answer.result;
}

function kindsOf(answer: unknown, index: number): string[] {
  const found: unknown = Array.isArray(answer) ? answer[index] : undefined;
  return (found as { kinds?: string[] } | undefined)?.kinds ?? [];
}

function readVerdict(value: unknown): EngineVerdict {
  const verdict = value as Partial<EngineVerdict> | undefined;
  if (typeof verdict?.known !== 'boolean') {
    return notValidated('The validate engine gave no answer for this object.');
  }
  return {
    known: verdict.known,
    problems: verdict.problems ?? [],
    warnings: verdict.warnings ?? [],
    ...(verdict.object === undefined ? {} : { object: verdict.object }),
  };
}
