// The validate engine behind the port `Validator`: items in batches small enough that a person's question gets in between.
import type { JsonObject } from '../core/json';
import { isObject } from '../core/json';
import type { ApplyItem, EngineVerdict, ValidateItem, Validator } from '../core/ports';
import { EngineUnavailable } from '../core/ports';
import type { EngineCall, EngineHost, EngineRequest } from './engineHost';
import { EngineCrash, EngineTimeout } from './engineHost';

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

  /** The texts among these that the engine does not follow yet; they are the last ones now. */
  add(texts: readonly string[]): string[] {
    const added = [...new Set(texts)].filter((text) => !this.isInForce(text));
    for (const text of added) {
      this.texts.delete(text);
      this.texts.set(text, undefined);
    }
    return added;
  }

  /** Notes what the engine found in a text. */
  defined(text: string, kinds: readonly string[]): void {
    this.texts.set(text, kinds);
    kinds.forEach((kind) => this.definedBy.set(kind, text));
  }

  /** The calls that make a fresh instance know them. */
  calls(): EngineCall[] {
    return this.texts.size === 0 ? [] : [crdsCall([...this.texts.keys()])];
  }

  private isInForce(text: string): boolean {
    return this.texts.get(text)?.every((kind) => this.definedBy.get(kind) === text) === true;
  }
}

export function createValidator(host: EngineHost, crds: AddedCrds): Validator {
  return {
    async addCrds(texts) {
      const added = crds.add(texts);
      // An engine that is not running yet gets them when it starts.
      if (added.length > 0 && host.status().running) {
        const answer = await answerOf(host.request(), crdsCall(added));
        added.forEach((text, i) => crds.defined(text, kindsOf(answer, i)));
      }
    },

    async validate(items, options = {}) {
      const request = host.request(options.slot, options.abort);
      try {
        const verdicts: EngineVerdict[] = [];
        for (let from = 0; from < items.length; from += batchItems) {
          verdicts.push(...(await validateBatch(request, items.slice(from, from + batchItems))));
        }
        return verdicts;
      } finally {
        host.closeSlot(options.slot, request);
      }
    },

    async apply(item: ApplyItem, abort) {
      return readVerdict(
        await answerOf(host.request(undefined, abort), { op: 'apply', payload: JSON.stringify(item) }),
      );
    },
  };
}

/** An object that breaks or blocks the engine costs its own verdict only: the batch is halved until it stands alone. */
async function validateBatch(request: EngineRequest, items: readonly ValidateItem[]): Promise<EngineVerdict[]> {
  let answer: unknown;
  try {
    answer = await answerOf(request, { op: 'validate', payload: JSON.stringify({ items }) });
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
