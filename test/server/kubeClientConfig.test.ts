// Kubeconfigs and credentials: which files are read, how they are merged, whose words a refusal uses. No cluster is contacted here
// but one that answers from a plain socket.
import assert from 'node:assert';
import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { createClusterTarget } from '../../server/src/adapters/clusterTarget';
import { loadKubeconfig } from '../../server/src/adapters/kubeconfig';
import { withoutValue } from '../../server/src/adapters/kubeFailure';
import { Cancelled } from '../../server/src/core/ports';
import { failure, silentLog, until, value } from '../support/answers';

describe('kubeconfig', () => {
  let dir: string;
  beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-kube-'))));
  afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

  const write = (name: string, content: object | string): string => {
    const file = path.join(dir, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    return file;
  };
  const config = (
    contexts: Record<string, { cluster: string; user: string }>,
    servers: Record<string, object>,
    users: Record<string, object>,
  ) => ({
    apiVersion: 'v1',
    kind: 'Config',
    contexts: Object.entries(contexts).map(([name, context]) => ({ name, context })),
    clusters: Object.entries(servers).map(([name, cluster]) => ({ name, cluster })),
    users: Object.entries(users).map(([name, user]) => ({ name, user })),
  });
  const one = (user: object, server = 'https://127.0.0.1:6443', cluster: object = {}) =>
    config({ here: { cluster: 'c', user: 'u' } }, { c: { server, ...cluster } }, { u: user });

  it('several files are merged, the first one wins, and absent ones are passed over', async () => {
    const first = write('a.yaml', {
      ...config({ x: { cluster: 'c', user: 'u' } }, { c: { server: 'https://first:1' } }, {}),
      'current-context': 'x',
    });
    const second = write('b.yaml', {
      ...config(
        { x: { cluster: 'other', user: 'u' }, y: { cluster: 'c', user: 'u' } },
        { c: { server: 'https://second:2' } },
        { u: { token: 't' } },
      ),
      'current-context': 'y',
    });
    const env = { KUBECONFIG: [first, path.join(dir, 'absent'), second].join(path.delimiter) };
    const merged = value(await loadKubeconfig({ env }));
    assert.deepStrictEqual(merged.files, [first, second]);
    assert.strictEqual(merged.current, 'x');
    assert.deepStrictEqual(
      merged.contexts.map((c) => [c.name, c.cluster, c.server]),
      [
        ['x', 'c', 'first:1'],
        ['y', 'c', 'first:1'],
      ],
    );
  });

  it('--kubeconfig wins over KUBECONFIG, and that over the home folder', async () => {
    write('home/.kube/config', one({}));
    const listed = write('listed', one({}));
    const given = write('given', one({}));
    const home = path.join(dir, 'home');
    assert.deepStrictEqual(value(await loadKubeconfig({ env: {}, home })).files, [path.join(home, '.kube/config')]);
    assert.deepStrictEqual(value(await loadKubeconfig({ env: { KUBECONFIG: listed }, home })).files, [listed]);
    assert.deepStrictEqual(value(await loadKubeconfig({ env: { KUBECONFIG: listed }, home, file: given })).files, [
      given,
    ]);
  });

  it('none at all: says where it looked and what to do', async () => {
    const answer = failure(await loadKubeconfig({ env: {}, home: dir }));
    assert.strictEqual(answer.reason, 'not-found');
    assert.ok(answer.message.includes(path.join(dir, '.kube', 'config')));
    assert.match(answer.message, /set KUBECONFIG, or compare with a snapshot/);
  });

  it('broken YAML: says the line and quotes nothing', async () => {
    const file = write('broken', 'users:\n- name: u\n  user: {token: s3cret\nclusters: [\n');
    const answer = failure(await loadKubeconfig({ file }));
    assert.match(answer.message, /not valid YAML \(line \d+\)/);
    assert.ok(!answer.message.includes('s3cret'));
    assert.strictEqual(failure(await loadKubeconfig({ file: write('list', '- a\n') })).reason, 'invalid');
  });

  it('an unknown context: says which there are and which may be meant', async () => {
    const file = write(
      'c',
      config({ staging: { cluster: 'c', user: 'u' }, production: { cluster: 'c', user: 'u' } }, {}, {}),
    );
    const answer = failure(await value(await loadKubeconfig({ file })).access('stagin'));
    assert.match(answer.message, /Did you mean staging\?.*staging, production/);
  });

  it('a context whose cluster is not described, a server that is no URL, a missing certificate file', async () => {
    const cases = [
      [config({ here: { cluster: 'gone', user: 'u' } }, {}, {}), /names the cluster "gone"/],
      [one({}, 'not a url'), /not an http\(s\) URL/],
      [
        one({}, 'https://h', { 'certificate-authority': 'ca.pem' }),
        /certificate-authority, .*ca\.pem, cannot be read \(ENOENT\)/,
      ],
      [one({}, 'https://h', { 'proxy-url': 'socks5://p:1' }), /socks5 proxy/],
    ] as const;
    for (const [content, message] of cases) {
      const loaded = value(await loadKubeconfig({ file: write('c', content) }));
      assert.match(failure(await loaded.access('here')).message, message);
    }
  });

  it('relative certificate files start at their own kubeconfig; data wins over files', async () => {
    write('sub/ca.pem', 'FROM FILE');
    const file = write(
      'sub/c',
      one({ 'client-certificate': 'ca.pem', 'client-key-data': Buffer.from('KEY').toString('base64') }, 'https://h', {
        'certificate-authority': 'ca.pem',
        'tls-server-name': 'other',
      }),
    );
    const access = value(await value(await loadKubeconfig({ file })).access('here'));
    assert.deepStrictEqual([access.ca, access.serverName, access.insecure], ['FROM FILE', 'other', false]);
    const identity = value(await access.credentials({ refresh: false }));
    assert.deepStrictEqual([identity.cert, identity.key], ['FROM FILE', 'KEY']);
  });

  it('a proxy of the environment, but not for this machine and what NO_PROXY names', async () => {
    const proxyOf = async (server: string, env: NodeJS.ProcessEnv) =>
      value(await value(await loadKubeconfig({ file: write('c', one({}, server)), env })).access('here')).proxy?.host;
    const env = { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'internal.example, .corp.example' };
    assert.strictEqual(await proxyOf('https://cloud.example', env), 'proxy:3128');
    assert.strictEqual(await proxyOf('https://api.internal.example', env), undefined);
    assert.strictEqual(await proxyOf('https://k.corp.example:6443', env), undefined);
    assert.strictEqual(await proxyOf('https://127.0.0.1:6443', env), undefined);
    assert.strictEqual(await proxyOf('https://localhost', env), undefined);
  });

  describe('credentials', () => {
    const credentials = async (user: object) =>
      value(await value(await loadKubeconfig({ file: write('c', one(user)) })).access('here')).credentials;
    const headers = async (user: object) => value(await (await credentials(user))({ refresh: false })).headers;
    const program = (source: string) => ({
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: process.execPath,
        args: ['-e', source],
        env: [{ name: 'WHO', value: 'me' }],
      },
    });
    const print = (status: string) =>
      `process.stdout.write(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: ${status} }))`;

    it('tokens, token files, basic, and another identity to act as', async () => {
      assert.deepStrictEqual(await headers({ token: 't' }), { authorization: 'Bearer t' });
      write('token', 'from-file\n');
      assert.deepStrictEqual(await headers({ tokenFile: 'token', token: 't' }), { authorization: 'Bearer from-file' });
      assert.deepStrictEqual(await headers({ username: 'a', password: 'b' }), { authorization: 'Basic YTpi' });
      assert.deepStrictEqual(
        await headers({ token: 't', as: 'low', 'as-groups': ['g1', 'g2'], 'as-user-extra': { scope: ['x'] } }),
        {
          authorization: 'Bearer t',
          'impersonate-user': 'low',
          'impersonate-group': ['g1', 'g2'],
          'impersonate-extra-scope': ['x'],
        },
      );
      assert.deepStrictEqual(await headers({}), {});
    });

    it('a credential program is asked by its protocol, once while its answer lasts', async () => {
      const counter = path.join(dir, 'count');
      const source = `require('fs').appendFileSync(${JSON.stringify(counter)}, 'x');
        const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
        ${print("{ token: process.env.WHO + ':' + info.kind + ':' + info.spec.interactive, expirationTimestamp: '2100-01-01T00:00:00Z' }")}`;
      const ask = await credentials(program(source));
      assert.strictEqual(value(await ask({ refresh: false })).headers.authorization, 'Bearer me:ExecCredential:false');
      await ask({ refresh: false });
      assert.strictEqual(fs.readFileSync(counter, 'utf8'), 'x');
      await ask({ refresh: true });
      assert.strictEqual(fs.readFileSync(counter, 'utf8'), 'xx');
      const together = await credentials(program(source));
      await Promise.all(Array.from({ length: 8 }, () => together({ refresh: false })));
      assert.strictEqual(fs.readFileSync(counter, 'utf8'), 'xxx');
    });

    it('an answer that has ended is asked for again; certificates are taken too', async () => {
      const ask = await credentials(
        program(
          print(
            "{ clientCertificateData: 'C', clientKeyData: 'K', token: 't' + process.pid, expirationTimestamp: '2001-01-01T00:00:00Z' }",
          ),
        ),
      );
      const [a, b] = [value(await ask({ refresh: false })), value(await ask({ refresh: false }))];
      assert.notStrictEqual(a.headers.authorization, b.headers.authorization);
      assert.deepStrictEqual([b.cert, b.key], ['C', 'K']);
    });

    it('a program that fails, prints something else, or is not installed says so, and its output is not told', async () => {
      const said = async (user: object) => failure(await (await credentials(user))({ refresh: false })).message;
      assert.match(
        await said(program("console.error('SSO session expired'); process.exit(3)")),
        /ended with 3: SSO session expired/,
      );
      const leaked = await said(program("console.log('secret-token')"));
      assert.match(leaked, /did not print an ExecCredential/);
      assert.ok(!leaked.includes('secret-token'));
      assert.match(await said(program(print('{}'))), /neither a token nor a certificate/);
      const missing = { exec: { command: 'no-such-login-program', installHint: 'Install it from the shop.' } };
      assert.match(await said(missing), /no-such-login-program is not installed \(Install it from the shop\.\)/);
      assert.match(await said({ 'auth-provider': { name: 'gcp' } }), /no longer part of Kubernetes/);
    });

    it('a program that waits ends with the work', async () => {
      const mark = path.join(dir, 'started');
      const ask = await credentials(
        program(
          `require('fs').writeFileSync(${JSON.stringify(mark)}, String(process.pid)); setInterval(() => {}, 1000)`,
        ),
      );
      const abort = new AbortController();
      const pending = ask({ refresh: false }, abort.signal);
      await until(() => fs.existsSync(mark) && fs.readFileSync(mark, 'utf8') !== '');
      abort.abort();
      await assert.rejects(pending, Cancelled);
      const pid = Number(fs.readFileSync(mark, 'utf8'));
      await until(() => !isAlive(pid));
    });

    it('an OpenID Connect token is used while it lasts; one that ended and cannot be renewed is refused', async () => {
      const token = (exp: number) =>
        ['{"alg":"none"}', JSON.stringify({ exp }), 'x'].map((p) => Buffer.from(p).toString('base64url')).join('.');
      const user = (id: string) => ({ 'auth-provider': { name: 'oidc', config: { 'id-token': id } } });
      const lasting = token(4102444800);
      assert.deepStrictEqual(await headers(user(lasting)), { authorization: `Bearer ${lasting}` });
      const ended = failure(await (await credentials(user(token(1))))({ refresh: false }));
      assert.strictEqual(ended.reason, 'unauthorized');
    });
  });

  it('a cluster that cannot be reached: address, error, next step; one that answers nonsense is not whole', async () => {
    const server = http.createServer((_, response) => response.end('<html>login here</html>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const file = write('c', one({ token: 't' }, `http://127.0.0.1:${port}`));
    const target = createClusterTarget({ context: 'here', kubeconfig: file, log: silentLog });
    assert.strictEqual(failure(await target.version()).reason, 'partial');
    target.close();
    await new Promise((resolve) => server.close(resolve));
    const answer = failure(await target.version());
    assert.strictEqual(answer.reason, 'unreachable');
    assert.match(
      answer.message,
      new RegExp(`127\\.0\\.0\\.1:${port} cannot be reached \\(ECONNREFUSED\\)\\. Check that the cluster runs`),
    );
    target.close();
  });
});

describe('a refused value', () => {
  const cases: [string, string, string][] = [
    [
      'Invalid value: -1: must be greater than or equal to 0',
      'Invalid value: must be greater than or equal to 0',
      'Invalid value',
    ],
    [
      'Invalid value: "s3cret: value": must be no more than 3 bytes',
      'Invalid value: must be no more than 3 bytes',
      'Invalid value',
    ],
    ['Invalid value: "a\\"b": must match', 'Invalid value: must match', 'Invalid value'],
    [
      'Invalid value: {"a":{"b":"s3cret: x"}}: field is immutable',
      'Invalid value: field is immutable',
      'Invalid value',
    ],
    ['Invalid value: s3cret', 'Invalid value', 'Invalid value'],
    [
      'Unsupported value: "s3cret": supported values: "A", "B"',
      'Unsupported value: supported values: "A", "B"',
      'Unsupported value',
    ],
    ['Duplicate value: "s3cret"', 'Duplicate value', 'Duplicate value'],
    ['Too long: may not be more than 253 bytes', 'Too long: may not be more than 253 bytes', 'Too long'],
    ['Required value', 'Required value', 'Required value'],
    ['Forbidden: may not be set', 'Forbidden: may not be set', 'Forbidden'],
  ];
  for (const [message, plain, secret] of cases) {
    it(`is not quoted: ${message}`, () => {
      assert.strictEqual(withoutValue(message, false), plain);
      assert.strictEqual(withoutValue(message, true), secret);
    });
  }
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
