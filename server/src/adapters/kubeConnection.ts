// One HTTP exchange with an API server: TLS, keep-alive sockets, a proxy's tunnel, gzip, time limits. Knows nothing of Kubernetes.
import * as http from 'node:http';
import * as https from 'node:https';
import type { Duplex } from 'node:stream';
import * as tls from 'node:tls';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Abort } from '../core/ports';
import { Cancelled } from '../core/ports';
import { onAbort } from './abort';
import type { ClusterAccess } from './kubeconfig';
import type { Identity } from './kubeCredentials';

/** Requests in flight at once. More raises only the latency and takes seats from others on a shared cluster. */
export const sockets = 8;
/** Idle sockets are closed before a server or load balancer does it, which would cost a failed request. */
const idle = 30_000;

export interface Exchange {
  method: string;
  /** With its query. */
  path: string;
  headers: Record<string, string | string[]>;
  body?: string;
  timeoutMs: number;
}

export interface Reply {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** Whole and unpacked. */
  body: Buffer;
}

/**
 * Why there is no reply. `refused`: nothing was sent. `cut`: the connection ended while the request was under way, so that a write
 * may have happened; `truncated`: the same in the middle of the answer. `tls`: the certificate or the handshake failed.
 */
export class ConnectionError extends Error {
  constructor(
    readonly kind: 'refused' | 'cut' | 'truncated' | 'timeout' | 'tls',
    /** The system's own code, or the time limit's text; fit for people. */
    readonly detail: string,
  ) {
    super(detail);
    this.name = 'ConnectionError';
  }
}

export interface Connection {
  /** Rejects with `ConnectionError`, or with `Cancelled` when aborted. */
  send(exchange: Exchange, identity: Identity, abort?: Abort): Promise<Reply>;
  close(): void;
}

export function connect(access: ClusterAccess): Connection {
  const secure = access.server.protocol === 'https:';
  const options = { keepAlive: true, maxSockets: sockets, timeout: idle };
  const agent = access.proxy
    ? new TunnelAgent(access.proxy, options)
    : secure
      ? new https.Agent(options)
      : new http.Agent(options);
  const host = access.server.hostname.replace(/^\[|\]$/g, '');
  const base: https.RequestOptions = {
    agent,
    host,
    port: access.server.port || (secure ? 443 : 80),
    ...(access.ca === undefined ? {} : { ca: access.ca }),
    ...(access.serverName === undefined ? {} : { servername: access.serverName }),
    rejectUnauthorized: !access.insecure,
  };
  const prefix = access.server.pathname.replace(/\/$/, '');
  return {
    send: (exchange, identity, abort) =>
      send(secure ? https : http, base, { ...exchange, path: prefix + exchange.path }, identity, abort),
    close: () => agent.destroy(),
  };
}

function send(
  module: typeof https | typeof http,
  base: https.RequestOptions,
  exchange: Exchange,
  identity: Identity,
  abort: Abort | undefined,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    if (abort?.aborted === true) {
      reject(new Cancelled());
      return;
    }
    let sent = false;
    const data = exchange.body === undefined ? undefined : Buffer.from(exchange.body);
    const request = module.request({
      ...base,
      method: exchange.method,
      path: exchange.path,
      ...(identity.cert === undefined ? {} : { cert: identity.cert }),
      ...(identity.key === undefined ? {} : { key: identity.key }),
      headers: {
        'accept-encoding': 'gzip',
        ...exchange.headers,
        ...identity.headers,
        ...(data === undefined ? {} : { 'content-length': data.length }),
      },
    });
    const timer = setTimeout(
      () => fail(new ConnectionError('timeout', `no answer within ${Math.round(exchange.timeoutMs / 1000)} s`)),
      exchange.timeoutMs,
    );
    const off = onAbort(abort, () => fail(new Cancelled()));
    const finish = (): void => {
      clearTimeout(timer);
      off();
    };
    const fail = (error: Error): void => {
      finish();
      request.destroy();
      reject(error);
    };
    request.on('socket', (socket) => {
      // A reused socket is connected already: whatever happens to it may happen after the server has read the request.
      sent = !socket.connecting;
      if (!sent) {
        socket.once(module === https ? 'secureConnect' : 'connect', () => (sent = true));
      }
    });
    request.on('error', (error: NodeJS.ErrnoException) => fail(connectionError(error, sent)));
    request.on('response', (message) => {
      const chunks: Buffer[] = [];
      message.on('data', (chunk: Buffer) => chunks.push(chunk));
      message.on('error', (error: NodeJS.ErrnoException) =>
        fail(new ConnectionError('truncated', error.code ?? 'the connection ended')),
      );
      message.on('close', () => {
        if (!message.complete) {
          fail(new ConnectionError('truncated', 'the connection ended'));
          return;
        }
        finish();
        unpack(message, Buffer.concat(chunks)).then(resolve, () =>
          reject(new ConnectionError('truncated', 'it could not be unpacked')),
        );
      });
    });
    request.end(data);
  });
}

const unzip = promisify(gunzip);

async function unpack(message: http.IncomingMessage, raw: Buffer): Promise<Reply> {
  const body = message.headers['content-encoding'] === 'gzip' ? await unzip(raw) : raw;
  return { status: message.statusCode ?? 0, headers: message.headers, body };
}

function connectionError(error: NodeJS.ErrnoException, sent: boolean): ConnectionError {
  const code = error.code ?? '';
  if (error instanceof ConnectionError) {
    return error;
  }
  if (/CERT|SELF_SIGNED|SSL|TLS|UNABLE_TO|ERR_OSSL|HOSTNAME_MISMATCH/.test(code)) {
    return new ConnectionError('tls', code);
  }
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'ECONNABORTED' || code.startsWith('HPE_')) {
    return new ConnectionError(sent ? 'cut' : 'refused', code);
  }
  return new ConnectionError('refused', code === '' ? 'the connection failed' : code);
}

/** Sockets through an HTTP proxy: CONNECT to the server, then TLS inside, so that the proxy sees neither content nor credentials. */
class TunnelAgent extends https.Agent {
  constructor(
    private readonly proxy: URL,
    options: https.AgentOptions,
  ) {
    super(options);
  }

  override createConnection(
    options: https.RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const target = `${options.host ?? ''}:${options.port ?? 443}`;
    const user = decodeURIComponent(this.proxy.username);
    const login =
      user === '' ? undefined : Buffer.from(`${user}:${decodeURIComponent(this.proxy.password)}`).toString('base64');
    const done = callback as unknown as (error: Error | null, stream?: Duplex) => void;
    const request = (this.proxy.protocol === 'https:' ? https : http).request({
      host: this.proxy.hostname.replace(/^\[|\]$/g, ''),
      port: this.proxy.port || (this.proxy.protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...(login === undefined ? {} : { 'proxy-authorization': `Basic ${login}` }) },
    });
    request.on('error', (error: NodeJS.ErrnoException) =>
      done(new ConnectionError('refused', `proxy ${this.proxy.host}: ${error.code ?? 'no connection'}`)),
    );
    request.on('connect', (response, socket) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        done(new ConnectionError('refused', `proxy ${this.proxy.host} answered ${response.statusCode ?? 0}`));
        return;
      }
      const plain = (options as { secureEndpoint?: boolean }).secureEndpoint === false;
      // `path` would be taken for a local socket's.
      done(
        null,
        plain
          ? socket
          : tls.connect({ ...(options as tls.ConnectionOptions), path: undefined, socket } as tls.ConnectionOptions),
      );
    });
    request.end();
    return undefined;
  }
}
