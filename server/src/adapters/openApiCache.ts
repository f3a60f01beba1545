// OpenAPI documents of API servers on disk, by their content's hash: servers of one version share them, and a restart costs nothing.
import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { JsonObject, JsonValue } from '../core/json';
import { isObject } from '../core/json';
import type { Abort, Answer } from '../core/ports';
import { cacheFolder } from './cacheFolder';
import type { KubeClient } from './kubeClient';
import type { Attempt } from './kubeFailure';
import { failure, failureOf } from './kubeFailure';
import { writeFileAtomically } from './writeFile';

/** Documents kept on disk: some versions of Kubernetes with many CRDs (0.1–1.6 MB each). */
const limit = 600;

export interface OpenApiSource {
  /** Documents of the given groups/versions (`apps/v1`, `v1`) that the server describes; others are left out. */
  documents(groupVersions: readonly string[], abort?: Abort): Promise<Answer<JsonObject[]>>;
}

export function createOpenApiSource(
  client: () => Promise<Answer<KubeClient>>,
  attempt: Attempt,
  folder = cacheFolder('openapi'),
): OpenApiSource {
  /** Parsed documents of this run, by the URL with its hash. */
  const parsed = new Map<string, JsonObject>();

  async function document(kube: KubeClient, url: string, abort: Abort | undefined): Promise<Answer<JsonObject>> {
    const known = parsed.get(url);
    if (known) {
      return { ok: true, value: known };
    }
    const hash = /[?&]hash=([0-9A-Fa-f]{128})(?:&|$)/.exec(url)?.[1]?.toUpperCase();
    const cached = hash === undefined ? undefined : await readVerified(path.join(folder, `${hash}.json`), hash);
    const answer: Answer<JsonObject> = cached
      ? { ok: true, value: cached }
      : await fetchDocument(kube, url, hash, abort);
    if (answer.ok) {
      parsed.set(url, answer.value);
    }
    return answer;
  }

  async function fetchDocument(
    kube: KubeClient,
    url: string,
    hash: string | undefined,
    abort: Abort | undefined,
  ): Promise<Answer<JsonObject>> {
    let sent = await kube.send({ method: 'GET', path: url, attempt }, abort);
    // The document changed since the index was read: the server points at the new one.
    const moved = sent.ok && sent.value.status === 301 ? sent.value.headers.location : undefined;
    if (moved !== undefined) {
      sent = await kube.send({ method: 'GET', path: moved, attempt }, abort);
    }
    if (!sent.ok) {
      return sent;
    }
    if (sent.value.status !== 200) {
      return { ok: false, failure: failureOf(sent.value, attempt) };
    }
    const value = parse(sent.value.body);
    if (value === undefined) {
      return {
        ok: false,
        failure: failure(
          'partial',
          `${attempt.what} in context "${attempt.context}": the answer is not whole. Refresh again.`,
        ),
      };
    }
    if (hash !== undefined && hashOf(sent.value.body) === hash) {
      // The cache is a help, not a need: a full disk or a read-only home must not stop the comparison.
      await writeFileAtomically(path.join(folder, `${hash}.json`), sent.value.body)
        .then(() => forgetOldest(folder))
        .catch(() => undefined);
    }
    return { ok: true, value };
  }

  return {
    async documents(groupVersions, abort) {
      const kube = await client();
      if (!kube.ok) {
        return kube;
      }
      const index = await kube.value.json({ method: 'GET', path: '/openapi/v3', attempt }, abort);
      if (!index.ok) {
        return index;
      }
      const paths = isObject(index.value.paths) ? index.value.paths : {};
      const urls: string[] = [];
      for (const groupVersion of new Set(groupVersions)) {
        const entry = paths[groupVersion.includes('/') ? `apis/${groupVersion}` : `api/${groupVersion}`];
        if (isObject(entry) && typeof entry.serverRelativeURL === 'string') {
          urls.push(entry.serverRelativeURL);
        }
      }
      const answers = await Promise.all(urls.map((url) => document(kube.value, url, abort)));
      const documents: JsonObject[] = [];
      for (const answer of answers) {
        if (!answer.ok) {
          return answer;
        }
        documents.push(answer.value);
      }
      return { ok: true, value: documents };
    },
  };
}

/** The cached document, unless it is missing, damaged or not what its name says. */
async function readVerified(file: string, hash: string): Promise<JsonObject | undefined> {
  try {
    const body = await fs.readFile(file);
    return hashOf(body) === hash ? parse(body) : undefined;
  } catch {
    return undefined;
  }
}

async function forgetOldest(folder: string): Promise<void> {
  const names = (await fs.readdir(folder)).filter((name) => name.endsWith('.json'));
  if (names.length <= limit) {
    return;
  }
  const files = await Promise.all(
    names.map(async (name) => ({
      file: path.join(folder, name),
      time: (await fs.stat(path.join(folder, name))).mtimeMs,
    })),
  );
  files.sort((a, b) => a.time - b.time);
  await Promise.all(files.slice(0, files.length - limit).map(({ file }) => fs.rm(file, { force: true })));
}

const hashOf = (body: Buffer): string => createHash('sha512').update(body).digest('hex').toUpperCase();

function parse(body: Buffer): JsonObject | undefined {
  try {
    const value = JSON.parse(body.toString()) as JsonValue;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
