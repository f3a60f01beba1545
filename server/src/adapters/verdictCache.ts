// Verdicts of the validate engine by the content of what was judged, in memory and from run to run on disk: what did not change is not
// judged again. The file holds hashes and what was said of them, never an object; Secrets are not in it at all.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { isObject, type JsonObject, type JsonValue } from '../core/json';
import type { EngineVerdict, ValidateItem, Validator } from '../core/ports';
import { groupOf } from '../core/resource';
import { parseYaml } from '../core/yaml/parse';
import { toJson } from '../core/yaml/resolve';
import { writeFileAtomically } from './writeFile';

export interface VerdictCacheOptions {
  validator: Validator;
  /** Which engine it is, so that another one starts anew; undefined: nothing is remembered. */
  engine: () => string | undefined;
  /** Where verdicts stay from run to run; absent: in memory only. */
  file?: string;
}

export interface VerdictCache {
  /** Asks the engine only for what it has not judged before. */
  readonly validator: Validator;
  /** Whether an earlier run left verdicts: then the engine may not be needed. */
  isFilled(): boolean;
  /** Writes what was learned in this run. */
  save(): Promise<void>;
}

/** Raised when the form of the file or of the keys changes. */
const formVersion = 1;
/** Verdicts kept: ten large repositories' worth in memory, some 2 MB on disk. */
const limit = 50_000;
/** Repositories whose verdicts stay on disk. */
const fileLimit = 100;

interface Stored {
  version: number;
  engine: string;
  /** Keys of objects with nothing to say about. */
  clean: string[];
  others: Record<string, EngineVerdict>;
}

const cleanVerdict: EngineVerdict = { known: true, problems: [], warnings: [] };

export function createVerdictCache({ validator, engine, file }: VerdictCacheOptions): VerdictCache {
  /** By key, the last used one last. */
  const verdicts = new Map<string, EngineVerdict>();
  const crds = new ForwardedCrds(validator);
  let identity: string | undefined;
  let loaded = false;
  let changed = false;

  /** Verdicts of another engine are worth nothing. */
  const follow = (): void => {
    const now = engine();
    if (now !== identity) {
      verdicts.clear();
      identity = now;
      loaded = false;
    }
    if (!loaded) {
      loaded = true;
      read(file, identity).forEach((verdict, key) => verdicts.set(key, verdict));
    }
  };

  const remember = (key: string, verdict: EngineVerdict): void => {
    verdicts.set(key, isClean(verdict) ? cleanVerdict : verdict);
    changed = true;
    for (const oldest of verdicts.size > limit ? verdicts.keys() : []) {
      verdicts.delete(oldest);
      break;
    }
  };

  return {
    validator: {
      addCrds(texts) {
        crds.add(texts);
        return Promise.resolve();
      },

      async validate(items, options) {
        follow();
        const keys = items.map((item) => (identity === undefined ? undefined : keyOf(item, crds)));
        const found = keys.map((key) => (key === undefined ? undefined : take(verdicts, key)));
        const missing = items.filter((_, i) => found[i] === undefined);
        if (missing.length === 0) {
          return found.filter((verdict) => verdict !== undefined);
        }
        await crds.forward(missing.map(({ object }) => object));
        const judged = (await validator.validate(missing, options)).values();
        return keys.map((key, i) => {
          const verdict = found[i] ?? judged.next().value ?? { known: false, problems: [], warnings: [] };
          if (key !== undefined && found[i] === undefined && isLasting(verdict)) {
            remember(key, verdict);
          }
          return verdict;
        });
      },

      async apply(item, abort) {
        await crds.forward([item.desired]);
        return validator.apply(item, abort);
      },
    },

    isFilled() {
      follow();
      return verdicts.size > 0;
    },

    async save() {
      if (!changed || file === undefined || identity === undefined) {
        return;
      }
      changed = false;
      const stored: Stored = { version: formVersion, engine: identity, clean: [], others: {} };
      for (const [key, verdict] of verdicts) {
        if (verdict === cleanVerdict) {
          stored.clean.push(key);
        } else {
          stored.others[key] = verdict;
        }
      }
      // The cache is a help, not a need: a full disk or a read-only home must not fail a check.
      await writeFileAtomically(file, JSON.stringify(stored), 0o600)
        .then(() => forgetOldest(path.dirname(file)))
        .catch(() => undefined);
    },
  };
}

/** Definitions are handed to the engine only when it is asked something: what it said before may answer everything. */
class ForwardedCrds {
  /** The definition in force, by `group kind`. */
  private readonly inForce = new Map<string, { text: string; hash: string }>();
  /** `group kind` of each text by its hash, read once. */
  private readonly kindOf = new Map<string, string>();
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly validator: Validator) {}

  /** Where two texts define one kind the later one counts. */
  add(texts: readonly string[]): void {
    for (const text of texts) {
      const hash = hashOf(text);
      let kind = this.kindOf.get(hash);
      if (kind === undefined) {
        kind = kindDefinedBy(text);
        this.kindOf.set(hash, kind);
      }
      this.inForce.set(kind, { text, hash });
    }
  }

  /** Changes when the definition of an object's kind does; empty for built-in kinds. */
  fingerprint(object: JsonObject): string {
    return this.inForce.get(kindKey(object))?.hash ?? '';
  }

  /** Gives the engine, which others may ask too, the definitions that these objects are judged by. */
  forward(objects: readonly JsonObject[]): Promise<void> {
    const texts = new Set(objects.flatMap((object) => this.inForce.get(kindKey(object))?.text ?? []));
    if (texts.size === 0) {
      return Promise.resolve();
    }
    // One after the other: the engine reads a text that it has just read no second time.
    const add = (): Promise<void> => this.validator.addCrds([...texts]);
    this.last = this.last.then(add, add);
    return this.last;
  }
}

function kindKey({ apiVersion, kind }: JsonObject): string {
  return `${groupOf(textOf(apiVersion))} ${textOf(kind)}`;
}

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');

/** `group kind` that a definition is of; a text that cannot be read defines nothing. */
function kindDefinedBy(text: string): string {
  let value: JsonValue | undefined;
  try {
    value = text.trimStart().startsWith('{')
      ? (JSON.parse(text) as JsonValue)
      : toJson(parseYaml(text).documents[0]?.root);
  } catch {
    value = undefined;
  }
  const spec = isObject(value) ? value.spec : undefined;
  const names = isObject(spec) ? spec.names : undefined;
  return isObject(spec) && isObject(names) ? `${textOf(spec.group)} ${textOf(names.kind)}` : '';
}

/**
 * What a verdict depends on, besides the engine; undefined for what is not remembered: Secrets, updates, and questions for the defaulted
 * object.
 */
function keyOf({ object, old, namespace, return: wanted }: ValidateItem, crds: ForwardedCrds): string | undefined {
  if (old !== undefined || wanted === true || isSecret(object)) {
    return undefined;
  }
  return hashOf(JSON.stringify([crds.fingerprint(object), namespace ?? '', object]));
}

const isSecret = ({ kind }: JsonObject): boolean => typeof kind !== 'string' || kind.includes('Secret');

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 32);

function take(verdicts: Map<string, EngineVerdict>, key: string): EngineVerdict | undefined {
  const verdict = verdicts.get(key);
  if (verdict !== undefined) {
    verdicts.delete(key);
    verdicts.set(key, verdict);
  }
  return verdict;
}

const isClean = ({ known, problems, warnings, object }: EngineVerdict): boolean =>
  known && problems.length === 0 && warnings.length === 0 && object === undefined;

/** What says that the engine failed is no verdict: it is asked again. */
const isLasting = ({ known, problems, warnings }: EngineVerdict): boolean =>
  known || (warnings.length === 0 && problems.every(({ type }) => type !== 'EngineFailure'));

function forgetOldest(folder: string): void {
  const files = fs.readdirSync(folder).map((name) => path.join(folder, name));
  if (files.length <= fileLimit) {
    return;
  }
  const aged = files.map((name) => ({ name, time: fs.statSync(name).mtimeMs })).sort((a, b) => a.time - b.time);
  aged.slice(0, aged.length - fileLimit).forEach(({ name }) => fs.rmSync(name, { force: true }));
}

/** What an earlier run of the same engine left; nothing where the file is missing, damaged or of another form. */
function read(file: string | undefined, engine: string | undefined): Map<string, EngineVerdict> {
  const found = new Map<string, EngineVerdict>();
  if (file === undefined || engine === undefined) {
    return found;
  }
  try {
    const stored = JSON.parse(fs.readFileSync(file, 'utf8')) as Stored;
    if (stored.version === formVersion && stored.engine === engine) {
      stored.clean.forEach((key) => found.set(key, cleanVerdict));
      Object.entries(stored.others).forEach(([key, verdict]) => found.set(key, verdict));
    }
    return found;
  } catch {
    return new Map();
  }
}
