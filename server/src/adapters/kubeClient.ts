// Talks to one API server: at most eight requests at once, retries that are safe, whole lists or none, failures by reason.
// JSON comes back as the server sent it: no field is dropped, renamed or converted.
import type { JsonObject, JsonValue } from '../core/json';
import { isObject } from '../core/json';
import type { Abort, Answer, Failure } from '../core/ports';
import { Cancelled } from '../core/ports';
import { delay, onAbort, throwIfAborted } from './abort';
import type { Connection, Reply } from './kubeConnection';
import { ConnectionError, connect, sockets } from './kubeConnection';
import type { ClusterAccess } from './kubeconfig';
import type { Identity } from './kubeCredentials';
import type { Attempt } from './kubeFailure';
import { failure, failureOf, statusOf } from './kubeFailure';

export interface KubeRequest {
  method: 'GET' | 'PATCH' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  query?: Record<string, string>;
  body?: JsonValue;
  accept?: string;
  contentType?: string;
  /**
   * True where asking twice changes nothing (reads, dry runs): then a lost connection and a 503 are tried again. Default: GET is,
   * everything else is not.
   */
  repeatable?: boolean;
  /** For the whole request with its retries, from the moment it leaves the queue. Default 30 s. */
  timeoutMs?: number;
  attempt: Attempt;
}

export interface KubeClient {
  /** The reply whatever its status; a failure only where there is none. Rejects with `Cancelled` when aborted. */
  send(request: KubeRequest, abort?: Abort): Promise<Answer<Reply>>;
  /** The JSON of a 2xx reply; every other status is a failure by its reason. */
  json(request: KubeRequest, abort?: Abort): Promise<Answer<JsonObject>>;
  /** All items of a collection, over all pages. A list that may be incomplete is a failure `partial`. */
  list(path: string, attempt: Attempt, abort?: Abort): Promise<Answer<JsonObject[]>>;
  close(): void;
}

const pageSize = 500;
const defaultTimeout = 30_000;
const retries = 4;

export function createKubeClient(access: ClusterAccess): KubeClient {
  const connection = connect(access);
  const slots = createSlots(sockets);

  async function send(request: KubeRequest, abort?: Abort): Promise<Answer<Reply>> {
    const release = await slots.take(abort);
    try {
      return await attemptUntil(connection, access, request, abort);
    } finally {
      release();
    }
  }

  async function json(request: KubeRequest, abort?: Abort): Promise<Answer<JsonObject>> {
    const repeatable = request.repeatable ?? request.method === 'GET';
    // A body that breaks off although the HTTP message is whole (a gateway in between) is asked for once more.
    for (let again = repeatable ? 1 : 0; ; again--) {
      const sent = await send(request, abort);
      if (!sent.ok) {
        return sent;
      }
      if (sent.value.status >= 300) {
        return { ok: false, failure: failureOf(sent.value, request.attempt) };
      }
      const value = parse(sent.value);
      if (value !== undefined) {
        return { ok: true, value };
      }
      if (again <= 0) {
        const { what, context } = request.attempt;
        return {
          ok: false,
          failure: failure('partial', `${what} in context "${context}": the answer is not whole. Refresh again.`),
        };
      }
    }
  }

  /** One pass over all pages; undefined where the server has forgotten the list that the pages belong to. */
  async function pages(
    path: string,
    limit: number,
    attempt: Attempt,
    abort?: Abort,
  ): Promise<Answer<JsonObject[]> | undefined> {
    const items: JsonObject[] = [];
    let token = '';
    for (;;) {
      const query: Record<string, string> = {
        ...(limit > 0 ? { limit: String(limit) } : {}),
        ...(token === '' ? {} : { continue: token }),
      };
      const page = await json({ method: 'GET', path, query, attempt, timeoutMs: 60_000 }, abort);
      if (!page.ok) {
        return token !== '' && page.failure.reason === 'partial' ? undefined : page;
      }
      const metadata = isObject(page.value.metadata) ? page.value.metadata : {};
      const list = page.value.items;
      const kind = page.value.kind;
      // An empty list is `null` in some aggregated servers' answers.
      if (
        typeof kind !== 'string' ||
        !kind.endsWith('List') ||
        !(Array.isArray(list) || list === null || list === undefined)
      ) {
        return {
          ok: false,
          failure: failure('partial', `${attempt.what} in context "${attempt.context}": the answer is not a list.`),
        };
      }
      for (const item of list ?? []) {
        if (isObject(item)) {
          items.push(item);
        }
      }
      token = typeof metadata.continue === 'string' ? metadata.continue : '';
      if (token === '') {
        return { ok: true, value: items };
      }
    }
  }

  async function list(path: string, attempt: Attempt, abort?: Abort): Promise<Answer<JsonObject[]>> {
    // A continue token that has expired cannot be followed without mixing two states: the list is read again in one piece.
    return (
      (await pages(path, pageSize, attempt, abort)) ??
      (await pages(path, 0, attempt, abort)) ?? {
        ok: false,
        failure: failure(
          'partial',
          `${attempt.what} in context "${attempt.context}": the list could not be read completely. Refresh again.`,
        ),
      }
    );
  }

  return { send, json, list, close: () => connection.close() };
}

/** One request with its retries, until its deadline. */
async function attemptUntil(
  connection: Connection,
  access: ClusterAccess,
  request: KubeRequest,
  abort: Abort | undefined,
): Promise<Answer<Reply>> {
  const deadline = Date.now() + (request.timeoutMs ?? defaultTimeout);
  const repeatable = request.repeatable ?? request.method === 'GET';
  let resets = 0;
  let renewed = false;
  for (let tries = 0; ; tries++) {
    throwIfAborted(abort);
    const identity = await access.credentials({ refresh: renewed && tries > 0 }, abort);
    if (!identity.ok) {
      return identity;
    }
    let reply: Reply;
    try {
      reply = await connection.send(exchangeOf(request, deadline), identity.value, abort);
    } catch (error) {
      if (!(error instanceof ConnectionError)) {
        throw error;
      }
      // Nothing was sent, or it may be sent twice: once more. A server that is down refuses again at once.
      const lost = error.kind === 'cut' || error.kind === 'truncated';
      const again = lost ? repeatable : error.kind === 'refused' && error.detail === 'ECONNRESET';
      if (again && resets++ === 0 && Date.now() < deadline) {
        await delay(100, abort);
        continue;
      }
      return { ok: false, failure: unreachable(error, access, request.attempt) };
    }
    if (reply.status === 401 && !renewed && canRenew(identity.value)) {
      renewed = true;
      continue;
    }
    const wait = tries < retries ? pause(reply, repeatable, tries) : undefined;
    if (wait === undefined || Date.now() + wait > deadline) {
      return { ok: true, value: reply };
    }
    await delay(wait, abort);
  }
}

/** How long to wait before asking again; undefined where the reply stands. A 429 was not executed, whatever it asked for. */
function pause(reply: Reply, repeatable: boolean, tries: number): number | undefined {
  if (reply.status !== 429 && !(reply.status === 503 && repeatable)) {
    return undefined;
  }
  const header = Number(reply.headers['retry-after']);
  const details = statusOf(reply).details;
  const told =
    Number.isFinite(header) && header > 0 ? header : isObject(details) ? Number(details.retryAfterSeconds) : NaN;
  const seconds = Number.isFinite(told) && told > 0 ? told : 0.25 * 2 ** tries;
  // A little spread, so that eight requests refused together do not come back together.
  return Math.round(seconds * 1000 * (1 + Math.random() / 10));
}

const canRenew = (identity: Identity): boolean => identity.headers.authorization !== undefined;

function exchangeOf(request: KubeRequest, deadline: number) {
  const query = new URLSearchParams(request.query).toString();
  return {
    method: request.method,
    path: query === '' ? request.path : `${request.path}?${query}`,
    headers: {
      accept: request.accept ?? 'application/json',
      'user-agent': 'plumbline',
      ...(request.body === undefined ? {} : { 'content-type': request.contentType ?? 'application/json' }),
    },
    ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    timeoutMs: Math.max(1, deadline - Date.now()),
  };
}

function unreachable(error: ConnectionError, access: ClusterAccess, attempt: Attempt): Failure {
  const server = `${access.server.hostname}:${access.server.port || (access.server.protocol === 'https:' ? '443' : '80')}`;
  const at = `${attempt.what} in context "${attempt.context}"`;
  switch (error.kind) {
    case 'timeout':
      return failure(
        'timeout',
        `${at}: ${server} gave ${error.detail}. Check the connection (VPN, proxy), then refresh.`,
      );
    case 'tls':
      return failure(
        'unreachable',
        `${at}: no secure connection to ${server} (${error.detail}). Check certificate-authority and tls-server-name in the kubeconfig; a root certificate of your own goes into NODE_EXTRA_CA_CERTS.`,
      );
    case 'cut':
      return failure('unreachable', `${at}: the connection to ${server} broke off (${error.detail}). Refresh again.`);
    case 'truncated':
      return failure('partial', `${at}: the answer of ${server} broke off (${error.detail}). Refresh again.`);
    case 'refused':
      return failure(
        'unreachable',
        `${at}: ${server} cannot be reached (${error.detail}). Check that the cluster runs and the connection (VPN, proxy) is up, then refresh.`,
      );
  }
}

function parse(reply: Reply): JsonObject | undefined {
  try {
    const value = JSON.parse(reply.body.toString()) as JsonValue;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** First come, first served; the time in the queue does not count against a request's limit. */
function createSlots(count: number): { take(abort: Abort | undefined): Promise<() => void> } {
  let free = count;
  const waiting: (() => void)[] = [];
  const release = (): void => {
    const next = waiting.shift();
    if (next) {
      next();
    } else {
      free++;
    }
  };
  return {
    take: (abort) =>
      new Promise((resolve, reject) => {
        if (abort?.aborted === true) {
          reject(new Cancelled());
          return;
        }
        let released = false;
        const once = (): void => {
          if (!released) {
            released = true;
            release();
          }
        };
        if (free > 0) {
          free--;
          resolve(once);
          return;
        }
        const start = (): void => {
          off();
          resolve(once);
        };
        waiting.push(start);
        const off = onAbort(abort, () => {
          const at = waiting.indexOf(start);
          if (at >= 0) {
            waiting.splice(at, 1);
            reject(new Cancelled());
          }
        });
      }),
  };
}
