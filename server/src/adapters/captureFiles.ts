// Captured schemas on disk: a description of the cluster, and its definitions one per line, so that only what is used is parsed. In
// the cache for one person, or in the repository for everybody who works with it.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { CapturedCluster, CapturedSchemas } from '../core/schema/captured';
import type { JsonValue } from '../core/json';
import { isObject } from '../core/json';
import { cacheFolder } from './cacheFolder';
import type { CapturedNow } from './captureCluster';
import { writeFileAtomically } from './writeFile';

const description = 'cluster.json';
const definitionsFile = 'definitions.jsonl';

/**
 * Where the captures of a repository lie on this machine. Names of contexts are chosen by people and often equal, so captures
 * are never shared between repositories.
 */
export function captureFolder(root: string): string {
  return cacheFolder('clusters', createHash('sha256').update(path.resolve(root)).digest('hex').slice(0, 24));
}

/** The folder of a context in the cache. */
export function contextFolder(root: string, context: string): string {
  return path.join(captureFolder(root), createHash('sha256').update(context).digest('hex').slice(0, 24));
}

/** Writes a capture in place of an older one. The description is written last: a capture without it does not exist. */
export async function writeCapture(folder: string, { cluster, definitions }: CapturedNow): Promise<void> {
  await fs.promises.rm(path.join(folder, description), { force: true });
  const lines = definitions.map((definition) => JSON.stringify(definition)).join('\n');
  await writeFileAtomically(path.join(folder, definitionsFile), `${lines}\n`);
  await writeFileAtomically(path.join(folder, description), `${JSON.stringify(cluster, null, 1)}\n`);
}

/** The captures in these folders; where two are of one context, the later folder counts. What is no capture is left out. */
export function readCaptures(folders: readonly string[]): CapturedSchemas[] {
  const found = new Map<string, CapturedSchemas>();
  for (const folder of folders) {
    const capture = readCapture(folder);
    if (capture !== undefined) {
      found.set(capture.context, capture);
    }
  }
  return [...found.values()];
}

/** Folders of captures of a repository in the cache. */
export function cachedCaptures(root: string): string[] {
  const folder = captureFolder(root);
  try {
    return fs
      .readdirSync(folder)
      .sort()
      .map((name) => path.join(folder, name));
  } catch {
    return [];
  }
}

function readCapture(folder: string): CapturedSchemas | undefined {
  let cluster: CapturedCluster;
  try {
    const value = JSON.parse(fs.readFileSync(path.join(folder, description), 'utf8')) as JsonValue;
    if (!isCapture(value)) {
      return undefined;
    }
    cluster = value;
  } catch {
    return undefined;
  }
  let lines: string[] | undefined;
  return {
    ...cluster,
    definitionText(line) {
      try {
        lines ??= fs.readFileSync(path.join(folder, definitionsFile), 'utf8').split('\n');
      } catch {
        lines = [];
      }
      return lines[line] ?? '';
    },
  };
}

function isCapture(value: JsonValue): value is JsonValue & CapturedCluster {
  return (
    isObject(value) &&
    value.format === 1 &&
    typeof value.context === 'string' &&
    typeof value.version === 'string' &&
    typeof value.capturedAt === 'string' &&
    Array.isArray(value.kinds) &&
    Array.isArray(value.definitions) &&
    Array.isArray(value.notes) &&
    isObject(value.facts)
  );
}
