// A proxy in front of the test API server that breaks chosen requests: what networks, gateways and busy servers do. It ends TLS with
// the server's own certificate, so that a client sees an ordinary cluster; log in as a token user, certificates do not pass through.
import * as fs from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import type { Cluster, ClusterUser } from './cluster';

export type Fault = {
  /** Which requests; default: all. */
  match?: (request: IncomingMessage) => boolean;
  /** How often; default: always. */
  times?: number;
} & (
  | { do: 'status'; code: number; headers?: Record<string, string>; body?: string; message?: string; reason?: string }
  /** The connection is reset before an answer. */
  | { do: 'reset' }
  /** No answer, ever. */
  | { do: 'hang' }
  | { do: 'delay'; ms: number }
  /** The connection is reset after some bytes of the answer. */
  | { do: 'truncate'; bytes: number }
  /** A whole answer that is not JSON. */
  | { do: 'garbage' }
  /** The server is asked for plain JSON, as an older one would answer. */
  | { do: 'plain' }
  /** A stream is reset after a while. */
  | { do: 'cut'; ms: number }
);

export interface FaultProxy {
  /** Kubeconfig of the user through the proxy; the context's name is `proxied`. */
  readonly kubeconfig: string;
  readonly context: string;
  /** Consulted in order at each request; change it at any time. */
  readonly faults: Fault[];
  /** `METHOD path?query` of each request since the start, faults included. */
  readonly requests: string[];
  /** Connections that clients opened. */
  connections(): number;
  close(): Promise<void>;
}

export async function startFaultProxy(cluster: Cluster, user: ClusterUser = 'root'): Promise<FaultProxy> {
  const pki = (name: string): Buffer => fs.readFileSync(path.join(cluster.dir, 'pki', name));
  const agent = new https.Agent({ keepAlive: true, ca: pki('ca.crt') });
  const faults: Fault[] = [];
  const requests: string[] = [];
  let connections = 0;

  const server = https.createServer({ cert: pki('server.crt'), key: pki('server.key') }, (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const fault = faults.find((f) => (f.times ?? 1) > 0 && (f.match?.(request) ?? true));
    if (fault?.times !== undefined) {
      fault.times -= 1;
    }
    serve(request, response, fault, cluster.url, agent);
  });
  server.on('secureConnection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const kubeconfig = path.join(cluster.dir, `proxied-${port}.kubeconfig`);
  const original = fs.readFileSync(cluster.kubeconfig(user), 'utf8');
  fs.writeFileSync(
    kubeconfig,
    original.replace(/server: \S+/, `server: https://127.0.0.1:${port}`).replaceAll(`testcluster-${user}`, 'proxied'),
  );
  return {
    kubeconfig,
    context: 'proxied',
    faults,
    requests,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function serve(
  request: IncomingMessage,
  response: ServerResponse,
  fault: Fault | undefined,
  upstream: string,
  agent: https.Agent,
): void {
  switch (fault?.do) {
    case 'status':
      request.resume();
      response.writeHead(fault.code, { 'content-type': 'application/json', ...fault.headers });
      response.end(fault.body ?? status(fault.code, fault.reason, fault.message));
      return;
    case 'reset':
      request.socket.destroy();
      return;
    case 'hang':
      request.resume();
      return;
    case 'garbage':
      request.resume();
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"kind":"ConfigMapList","apiVersion":"v1","items":[{');
      return;
    case 'delay':
      setTimeout(() => pass(request, response, undefined, upstream, agent), fault.ms).unref();
      return;
    case 'plain':
      request.headers.accept = 'application/json';
      pass(request, response, undefined, upstream, agent);
      return;
    case 'truncate':
    case 'cut':
    case undefined:
      pass(request, response, fault, upstream, agent);
  }
}

function pass(
  request: IncomingMessage,
  response: ServerResponse,
  fault: Fault | undefined,
  upstream: string,
  agent: https.Agent,
): void {
  const { host: _, connection: __, ...headers } = request.headers;
  const forwarded = https.request(new URL(request.url ?? '/', upstream), { method: request.method, headers, agent });
  forwarded.on('error', () => response.destroy());
  response.on('close', () => forwarded.destroy());
  request.pipe(forwarded);
  forwarded.on('response', (answer) => {
    const { connection: ___, ...passed } = answer.headers;
    response.writeHead(answer.statusCode ?? 502, passed);
    answer.on('error', () => response.destroy());
    if (fault?.do !== 'truncate') {
      answer.pipe(response);
      if (fault?.do === 'cut') {
        setTimeout(() => request.socket.destroy(), fault.ms).unref();
      }
      return;
    }
    let left = fault.bytes;
    answer.on('data', (chunk: Buffer) => {
      if (left > 0) {
        response.write(chunk.subarray(0, left), () => left <= 0 && request.socket.destroy());
        left -= chunk.length;
      }
    });
    answer.on('end', () => response.end());
  });
}

const reasons: Record<number, string> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  410: 'Expired',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

function status(code: number, reason = reasons[code] ?? 'Unknown', message = `injected ${code}`): string {
  return JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code });
}
