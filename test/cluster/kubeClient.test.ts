// The client under faults: what is asked again, what is not, and that nothing incomplete ever looks whole.
import assert from 'node:assert';
import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import * as net from 'node:net';
import * as path from 'node:path';
import type { ClusterTarget } from '../../server/src/adapters/clusterTarget';
import { createClusterTarget } from '../../server/src/adapters/clusterTarget';
import type { KubeClient } from '../../server/src/adapters/kubeClient';
import type { KindInfo } from '../../server/src/core/ports';
import { Cancelled } from '../../server/src/core/ports';
import type { KubernetesObject } from '../../server/src/core/resource';
import { failure, silentLog, until, value } from '../support/answers';
import type { Cluster } from '../support/cluster';
import { clientOf, startCluster } from '../support/cluster';
import type { FaultProxy } from '../support/faultProxy';
import { startFaultProxy } from '../support/faultProxy';

const configMaps: KindInfo = { group: '', version: 'v1', kind: 'ConfigMap', resource: 'configmaps', namespaced: true };
const items = '/api/v1/namespaces/many/configmaps';

describe('cluster client under faults', () => {
  let cluster: Cluster;
  let proxy: FaultProxy;
  let target: ClusterTarget;

  before(async function () {
    this.timeout(600_000);
    cluster = await startCluster({ controllers: 'none' });
    await cluster.call('POST', '/api/v1/namespaces', { metadata: { name: 'many' } });
    const names = Array.from({ length: 700 }, (_, i) => `c-${i}`);
    await Promise.all(
      names.map((name) => cluster.call('POST', items, { metadata: { name }, data: { text: 'x'.repeat(200) } })),
    );
    proxy = await startFaultProxy(cluster);
  });
  beforeEach(() => {
    proxy.faults.length = 0;
    proxy.requests.length = 0;
    target = createClusterTarget({ context: proxy.context, kubeconfig: proxy.kubeconfig, log: silentLog });
  });
  afterEach(() => target.close());
  after(async () => {
    await proxy.close();
    await cluster.stop();
  });

  const list = () => target.list(configMaps, 'many');

  describe('asks again', () => {
    it('after a 429 in plain text, once the server says so', async () => {
      const body = 'Too many requests, please try again later.\n';
      proxy.faults.push({
        do: 'status',
        code: 429,
        headers: { 'content-type': 'text/plain', 'retry-after': '1' },
        body,
        times: 1,
      });
      const started = Date.now();
      assert.strictEqual(value(await list()).length, 700);
      assert.ok(Date.now() - started >= 950, 'it did not wait as long as it was told');
    });

    it('after a 503 of a read', async () => {
      proxy.faults.push({ do: 'status', code: 503, times: 2 });
      assert.strictEqual(value(await list()).length, 700);
    });

    it('after a lost connection of a read, once', async () => {
      proxy.faults.push({ do: 'reset', times: 1 });
      assert.strictEqual(value(await list()).length, 700);
      proxy.faults.push({ do: 'reset', times: 2 });
      assert.strictEqual(failure(await list()).reason, 'unreachable');
    });

    it('after a list that breaks off, once; then it is not complete and says so', async () => {
      proxy.faults.push({ do: 'truncate', bytes: 10_000, times: 1 });
      assert.strictEqual(value(await list()).length, 700);
      proxy.faults.push({ do: 'truncate', bytes: 10_000, times: 2 });
      assert.strictEqual(failure(await list()).reason, 'partial');
    });

    it('after an answer that is not JSON, once; then it is partial', async () => {
      proxy.faults.push({ do: 'garbage', times: 1 });
      assert.strictEqual(value(await list()).length, 700);
      proxy.faults.push({ do: 'garbage', times: 2 });
      assert.strictEqual(failure(await list()).reason, 'partial');
    });

    it('for the whole list, in one piece, when the second page is gone (410)', async () => {
      proxy.faults.push({ do: 'status', code: 410, match: (r) => /continue=/.test(r.url ?? ''), times: 1 });
      assert.strictEqual(value(await list()).length, 700);
      const pages = proxy.requests.filter((r) => r.startsWith(`GET ${items}`));
      assert.strictEqual(pages.length, 3);
      assert.ok(!pages[2]?.includes('limit='), pages[2]);
    });
  });

  describe('gives up', () => {
    it('after a busy server stayed busy', async () => {
      proxy.faults.push({ do: 'status', code: 429 });
      const answer = failure(await list());
      assert.strictEqual(answer.reason, 'too-many-requests');
      assert.strictEqual(proxy.requests.length, 5);
    });

    it('at once for answers that would stay the same', async () => {
      for (const [code, reason] of [
        [401, 'unauthorized'],
        [403, 'forbidden'],
        [500, 'error'],
        [504, 'timeout'],
      ] as const) {
        proxy.faults.splice(0, 1, { do: 'status', code });
        proxy.requests.length = 0;
        assert.strictEqual(failure(await list()).reason, reason);
        // Credentials that may have been renewed meanwhile are tried once more.
        assert.strictEqual(proxy.requests.length, code === 401 ? 2 : 1);
      }
    });

    it('on the second page too: never half a list', async () => {
      for (const code of [403, 500]) {
        proxy.faults.splice(0, 1, { do: 'status', code, match: (r) => /continue=/.test(r.url ?? '') });
        failure(await list());
      }
    });

    it('when the time is up', async () => {
      const client = await clientOf(proxy.kubeconfig, proxy.context);
      proxy.faults.push({ do: 'hang' });
      const attempt = { what: 'Read the version', context: 'proxied' };
      const answer = failure(await client.json({ method: 'GET', path: '/version', timeoutMs: 300, attempt }));
      client.close();
      assert.strictEqual(answer.reason, 'timeout');
    });

    it('when it is cancelled, while it waits for an answer and between two tries', async () => {
      for (const fault of [
        { do: 'hang' } as const,
        { do: 'status', code: 429, headers: { 'retry-after': '20' } } as const,
      ]) {
        proxy.faults.splice(0, 1, fault);
        proxy.requests.length = 0;
        const abort = new AbortController();
        const pending = target.list(configMaps, 'many', abort.signal);
        await until(() => proxy.requests.length > 0);
        abort.abort();
        await assert.rejects(pending, Cancelled);
      }
    });
  });

  describe('writes', () => {
    const object = (name: string): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'default' },
    });
    const patches = () => proxy.requests.filter((r) => r.startsWith('PATCH')).length;

    it('are not sent twice after a lost connection or a 503', async () => {
      for (const fault of [{ do: 'reset' } as const, { do: 'status', code: 503 } as const]) {
        proxy.faults.splice(0, 1, fault);
        proxy.requests.length = 0;
        failure(await target.apply(object('once'), configMaps, { manager: 'plumbline', force: false }));
        assert.strictEqual(patches(), 1);
      }
    });

    it('are sent again after a 429, which was not executed; a dry run after everything', async () => {
      proxy.faults.push({ do: 'status', code: 429, times: 1 });
      value(await target.apply(object('busy'), configMaps, { manager: 'plumbline', force: false }));
      proxy.faults.splice(0, 1, { do: 'reset', times: 1 });
      value(await target.dryRun(object('dry'), configMaps, 'plumbline'));
    });
  });

  it('finds the same kinds on a server that lists them group by group', async () => {
    const id = (k: KindInfo) => `${k.group}/${k.version} ${k.kind} ${k.resource} ${k.namespaced}`;
    const aggregated = value(await target.kinds()).map(id);
    proxy.faults.push({ do: 'plain' });
    const before = proxy.requests.length;
    assert.deepStrictEqual(
      value(await target.kinds())
        .map(id)
        .sort(),
      aggregated.sort(),
    );
    assert.ok(proxy.requests.length - before > 10);
    // A group whose own server is down costs its kinds only.
    proxy.faults.unshift({ do: 'status', code: 404, match: (r) => r.url === '/apis/apps/v1' });
    const fewer = value(await target.kinds()).map(id);
    assert.deepStrictEqual(
      aggregated.filter((k) => !fewer.includes(k)).every((k) => k.startsWith('apps/v1')),
      true,
    );
  });

  it('uses eight connections for many requests, and keeps them', async () => {
    const before = proxy.connections();
    await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        target.get(configMaps, { group: '', kind: 'ConfigMap', namespace: 'many', name: `c-${i}` }),
      ),
    );
    assert.ok(proxy.connections() - before <= 8, String(proxy.connections() - before));
  });

  it('reads what the server really forgets between two pages', async function () {
    this.timeout(120_000);
    const own = await startCluster({ controllers: 'none', args: ['--compaction=2s'] });
    let client: KubeClient | undefined;
    try {
      const path = '/api/v1/namespaces/default/configmaps';
      for (let i = 0; i < 4; i++) {
        await own.call('POST', path, { metadata: { name: `c-${i}` } });
      }
      client = await clientOf(own.kubeconfig('root'), own.context('root'));
      const attempt = { what: 'List', context: 'root' };
      const first = value(await client.json({ method: 'GET', path, query: { limit: '2' }, attempt }));
      const token = (first.metadata as { continue: string }).continue;
      await until(async () => {
        await own.call('PATCH', `${path}/c-0`, { data: { at: String(Date.now()) } }, 'application/merge-patch+json');
        const next = await client?.json({ method: 'GET', path, query: { limit: '2', continue: token }, attempt });
        return next?.ok === false && next.failure.reason === 'partial';
      });
    } finally {
      client?.close();
      await own.stop();
    }
  });

  it('goes through an HTTP proxy, which sees no more than the address', async () => {
    const seen: string[] = [];
    const tunnel = http.createServer();
    const sockets = new Set<Socket>();
    tunnel.on('connect', (request, socket: Socket, head: Buffer) => {
      seen.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? ''}`);
      const [host, port] = (request.url ?? '').split(':');
      const upstream = net.connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.write(head);
        upstream.pipe(socket).pipe(upstream);
      });
      for (const s of [socket, upstream]) {
        sockets.add(s);
        s.on('error', () => undefined);
      }
    });
    await new Promise<void>((resolve) => tunnel.listen(0, '127.0.0.1', resolve));
    const { port } = tunnel.address() as AddressInfo;
    const file = path.join(cluster.dir, 'tunnel.kubeconfig');
    const original = fs.readFileSync(cluster.kubeconfig('admin'), 'utf8');
    fs.writeFileSync(
      file,
      original.replace(/( +)server: (\S+)/, `$1server: $2\n$1proxy-url: http://me:pass@127.0.0.1:${port}`),
    );
    const proxied = createClusterTarget({ context: cluster.context('admin'), kubeconfig: file, log: silentLog });
    assert.match(value(await proxied.version()), /^1\./);
    assert.deepStrictEqual(seen, [
      `CONNECT ${cluster.url.slice('https://'.length)} Basic ${Buffer.from('me:pass').toString('base64')}`,
    ]);
    proxied.close();
    sockets.forEach((s) => s.destroy());
    tunnel.close();
  });

  it('does not trust a server whose certificate is signed by somebody else', async () => {
    const file = path.join(cluster.dir, 'untrusting.kubeconfig');
    const original = fs.readFileSync(cluster.kubeconfig('root'), 'utf8');
    fs.writeFileSync(file, original.replace(/ +certificate-authority-data: \S+\n/, ''));
    const untrusting = createClusterTarget({ context: cluster.context('root'), kubeconfig: file, log: silentLog });
    const answer = failure(await untrusting.version());
    assert.strictEqual(answer.reason, 'unreachable');
    assert.match(answer.message, /no secure connection .*certificate-authority/);
    fs.writeFileSync(
      file,
      original.replace(/ +certificate-authority-data: \S+\n/, '    insecure-skip-tls-verify: true\n'),
    );
    value(await untrusting.version());
    untrusting.close();
  });
});
