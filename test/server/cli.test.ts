// The command line's contract: exit statuses, formats, what goes where, and answers to bad input.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv';
import { copyOf, repositoryOf } from '../support/repository';
import { endEngines, plumbline, plumblineProcess } from '../support/cli';
import { checkout } from '../support/shared';

const schema = (name: string): object =>
  JSON.parse(fs.readFileSync(path.join(checkout, 'server/schemas', `${name}.schema.json`), 'utf8')) as object;
/** The output as a value, after its shipped schema has accepted it. */
const valid = <T>(name: string, text: string): T => {
  const validate = new Ajv().compile(schema(name));
  const value: unknown = JSON.parse(text);
  assert.ok(validate(value), JSON.stringify(validate.errors, undefined, 1));
  return value as T;
};
interface CheckOutput {
  counts: Record<string, number>;
  findings: { rule: string; severity: string; path: string; range: unknown; resource?: string; field?: string }[];
}
interface RenderOutput {
  yaml: string;
  lines: unknown[];
  objects: { resource: string }[];
  reads: string[];
}
interface SarifOutput {
  version: string;
  runs: { results: { ruleId: string; level: string; locations: { physicalLocation: unknown }[] }[] }[];
}

const service = (port: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector: {app: web}\n  ports:\n    - port: ${port}\n`;

after(endEngines);

describe('plumbline', () => {
  it('explains itself', async () => {
    const help = await plumbline('/', ['--help']);
    assert.equal(help.status, 0);
    assert.match(help.out, /check.*\n.*render/s);
    assert.match(help.out, /Exit status: 0 nothing to report/);
    for (const command of ['check', 'render']) {
      const { status, out } = await plumbline('/', [command, '--help']);
      assert.equal(status, 0);
      assert.match(out, /Examples:\n {2}\$ plumbline/);
    }
    assert.deepEqual(await plumbline('/', ['--version']), { status: 0, out: '0.0.0-test\n', err: '' });
  });

  it('bad arguments are status 2, with what is wrong on standard error', async () => {
    for (const [args, message] of [
      [[], /Usage: plumbline/],
      [['chek'], /unknown command 'chek'.*check/s],
      [['check', '--fail-on', 'never'], /Allowed choices are error, warning, info/],
      [['check', '--format', 'xml'], /Allowed choices are text, json, sarif, junit, github, markdown/],
      [['check', '--kubernetes-version', 'new'], /A Kubernetes version such as 1\.35/],
      [['render'], /missing required argument 'source'/],
    ] as const) {
      const { status, out, err } = await plumbline('/', args);
      assert.equal(status, 2, args.join(' '));
      assert.equal(out, '');
      assert.match(err, message);
    }
  });

  it('is interrupted with status 130', async () => {
    const signal = AbortSignal.abort();
    assert.equal((await plumbline(repositoryOf({ 'a.yaml': service('80') }), ['check'], { signal })).status, 130);
  });
});

describe('plumbline check', () => {
  let clean: string;
  let faulty: string;
  before(() => {
    clean = copyOf(path.join(checkout, 'examples/shop/files'), { remote: 'https://git.example/shop/shop.git' });
    faulty = repositoryOf({
      'deploy/service.yaml': service('"80"'),
      'deploy/old.yaml':
        'apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\nspec:\n  containers:\n    - name: c\n      image: i\n      env:\n        - name: A\n          value: "1"\n        - name: A\n          value: "2"\n',
    });
  });

  it('a valid repository is status 0', async () => {
    const { status, out, err } = await plumbline(clean, ['check']);
    assert.equal(status, 0, out);
    assert.match(out, /^No problems in \d+ files, 6 sources rendered, \d+ objects validated\.\n$/);
    assert.equal(err, '');
    assert.deepEqual(await plumbline(clean, ['check', '--quiet']), { status: 0, out: '', err: '' });
  });

  it('findings are status 1, from the chosen severity on', async () => {
    const { status, out } = await plumbline(faulty, ['check']);
    assert.equal(status, 1);
    assert.match(
      out,
      /^deploy\/old\.yaml:12:\d+ warning [^]*\ndeploy\/service\.yaml:8:13 error .* kubernetes\/wrong-type\n\n1 error, 1 warning in 2 files/,
    );
    assert.equal((await plumbline(faulty, ['check', 'deploy/old.yaml'])).status, 0);
    assert.equal((await plumbline(faulty, ['check', 'deploy/old.yaml', '--fail-on', 'warning'])).status, 1);
  });

  it('looks only where it is told to, from where one stands', async () => {
    const { out } = await plumbline(path.join(faulty, 'deploy'), ['check', 'service.yaml', '--quiet']);
    assert.match(out, /^deploy\/service\.yaml|^service\.yaml/);
    assert.doesNotMatch(out, /old\.yaml/);
  });

  it('prints JSON that its schema describes', async () => {
    const { status, out } = await plumbline(faulty, ['check', '--format', 'json']);
    assert.equal(status, 1);
    const report = valid<CheckOutput>('check', out);
    assert.equal(report.counts.error, 1);
    const found = report.findings.find((f) => f.severity === 'error');
    assert.ok(found);
    assert.deepEqual(
      [found.rule, found.path, found.range, found.resource, found.field],
      [
        'kubernetes/wrong-type',
        'deploy/service.yaml',
        { start: { line: 7, character: 12 }, end: { line: 7, character: 16 } },
        'Service web',
        '/spec/ports/0/port',
      ],
    );
    valid('check', (await plumbline(clean, ['check', '--format', 'json'])).out);
  });

  it('prints SARIF, JUnit, GitHub annotations and Markdown', async () => {
    const print = async (format: string): Promise<string> =>
      (await plumbline(faulty, ['check', '--format', format])).out;
    const sarif = JSON.parse(await print('sarif')) as SarifOutput;
    assert.equal(sarif.version, '2.1.0');
    const [result] = sarif.runs.flatMap((run) => run.results).filter((r) => r.level === 'error');
    assert.ok(result);
    assert.equal(result.ruleId, 'kubernetes/wrong-type');
    assert.deepEqual(result.locations[0]?.physicalLocation, {
      artifactLocation: { uri: 'deploy/service.yaml', uriBaseId: 'ROOT' },
      region: { startLine: 8, startColumn: 13, endLine: 8, endColumn: 17 },
    });
    const junit = await print('junit');
    assert.match(junit, /<testsuite name="deploy\/service\.yaml" tests="1" failures="1">/);
    assert.match(junit, /&quot;80&quot;/);
    const github = await print('github');
    assert.match(
      github,
      /^::error file=deploy\/service\.yaml,line=8,endLine=8,col=13,endColumn=16,title=kubernetes\/wrong-type::/m,
    );
    const markdown = await print('markdown');
    assert.match(markdown, /^\| error \| `deploy\/service\.yaml:8:13` \| /m);
  });

  it('colours only where they are wanted', async () => {
    const escape = '\u001b[31m';
    assert.ok(!(await plumbline(faulty, ['check'])).out.includes(escape));
    assert.ok((await plumbline(faulty, ['check', '--color'])).out.includes(escape));
    assert.ok((await plumbline(faulty, ['check'], { terminal: true })).out.includes(escape));
    assert.ok(!(await plumbline(faulty, ['check', '--no-color'], { terminal: true })).out.includes(escape));
    assert.ok(!(await plumbline(faulty, ['check'], { terminal: true, env: { NO_COLOR: '1' } })).out.includes(escape));
  });

  it('shows progress on a terminal only, and clears it', async () => {
    const { err } = await plumbline(clean, ['check'], { terminal: true });
    assert.match(err, /Rendering 1\/6/);
    assert.ok(err.endsWith('\r\u001b[2K'));
  });

  it('what does not exist is status 2, with what was meant', async () => {
    const wrong = await plumbline(clean, ['check', '--environment', 'stagin']);
    assert.equal(wrong.status, 2);
    assert.match(
      wrong.err,
      /There is no environment stagin\. Did you mean staging\?\nEnvironments: staging, production/,
    );
    assert.match((await plumbline(clean, ['check', 'nowhere'])).err, /There is no file or folder nowhere\./);
    assert.equal((await plumbline(clean, ['check', 'apps', faulty])).status, 2);
  });

  it('a folder that is no repository, or empty, is fine', async () => {
    assert.equal((await plumbline(repositoryOf({ 'readme.md': '' }), ['check'])).status, 0);
    const { status, out } = await plumbline(repositoryOf({ 'a.yaml': service('80') }), ['check']);
    assert.equal(status, 0);
    assert.match(out, /1 file, 0 sources rendered, 1 object validated/);
  });

  it('obeys .plumbline.yaml: severities, exclusions, comments', async () => {
    const files = { 'a/service.yaml': service('"80"'), 'b/service.yaml': service('"80"') };
    const off = repositoryOf({
      ...files,
      '.plumbline.yaml': 'rules:\n  kubernetes/wrong-type: warning\nexclude: [b]\n',
    });
    const { status, out } = await plumbline(off, ['check', '--quiet']);
    assert.equal(status, 0);
    assert.match(out, /^a\/service\.yaml:8:13 warning [^\n]*\n$/);
    const ignored = repositoryOf({ 'a.yaml': service('"80" # plumbline-ignore kubernetes/wrong-type') });
    assert.equal((await plumbline(ignored, ['check'])).status, 0);
    const broken = repositoryOf({ ...files, '.plumbline.yaml': 'exlude: [b]\n' });
    assert.match((await plumbline(broken, ['check'])).out, /\.plumbline\.yaml:1:1 error .*Did you mean exclude\?/);
  });

  it('knows what stands in the baseline, tells what is new, and says which entries are stale', async () => {
    const other = (port: string): string => service(port).replaceAll('web', 'other');
    const folder = repositoryOf({ 'a.yaml': service('http'), 'b.yaml': other('80') });
    const written = await plumbline(folder, ['check', '--write-baseline']);
    assert.equal(written.status, 0, written.err);
    assert.match(
      written.out,
      /1 finding is known now: \.plumbline-baseline\.json\n.*baseline: \.plumbline-baseline\.json/s,
    );
    fs.writeFileSync(path.join(folder, '.plumbline.yaml'), 'baseline: .plumbline-baseline.json\n');
    const findings = async (): Promise<string[]> => {
      const { out } = await plumbline(folder, ['check', '--format', 'json']);
      return valid<CheckOutput>('check', out).findings.map(({ path, rule, severity }) => `${severity} ${path} ${rule}`);
    };
    fs.writeFileSync(path.join(folder, 'a.yaml'), `# moved\n\n${service('http')}`);
    assert.deepEqual(await findings(), []);
    fs.writeFileSync(path.join(folder, 'b.yaml'), other('[]'));
    assert.deepEqual(await findings(), ['error b.yaml kubernetes/wrong-type']);
    fs.writeFileSync(path.join(folder, 'b.yaml'), other('80'));
    fs.writeFileSync(path.join(folder, 'a.yaml'), service('81'));
    assert.deepEqual(await findings(), ['info .plumbline-baseline.json plumbline/stale-baseline']);
    assert.equal((await plumbline(folder, ['check', 'b.yaml', '--write-baseline'])).status, 2);
    fs.rmSync(path.join(folder, '.plumbline-baseline.json'));
    assert.deepEqual(await findings(), ['warning .plumbline.yaml plumbline/configuration']);
  });

  it('what cannot be rendered is said, and is no success of its own', async () => {
    const root = repositoryOf({ 'kustomization.yaml': 'resources: ["https://example.com/a.yaml"]\n' });
    const { status, out } = await plumbline(root, ['check']);
    assert.equal(status, 0);
    assert.match(out, /kustomization\.yaml:1:1 info \. is not checked: .*does not fetch/);
    assert.equal((await plumbline(root, ['check', '--fail-on', 'info'])).status, 1);
  });
});

describe('plumbline render', () => {
  let shop: string;
  before(() => {
    shop = copyOf(path.join(checkout, 'examples/shop/files'), { remote: 'https://git.example/shop/shop.git' });
  });

  it('prints a folder as its files', async () => {
    const root = repositoryOf({ 'a/one.yaml': service('80'), 'a/two.yaml': '---\n' + service('81') });
    const { status, out } = await plumbline(root, ['render', 'a']);
    assert.equal(status, 0);
    assert.equal(out, service('80') + '---\n' + service('81'));
  });

  it('finds a source by path from where one stands, by name and by id', async () => {
    const byPath = await plumbline(shop, ['render', 'apps/web/overlays/production']);
    assert.equal(byPath.status, 0, byPath.err);
    assert.match(byPath.out, /kind: Ingress/);
    const near = await plumbline(path.join(shop, 'apps/web'), ['render', 'overlays/production']);
    assert.equal(near.out, byPath.out);
    assert.equal((await plumbline(shop, ['render', 'kustomization:apps/web/overlays/production'])).out, byPath.out);
    const orders = await plumbline(shop, ['render', 'orders', '--environment', 'production']);
    assert.equal(orders.status, 0, orders.err);
    assert.match(orders.out, /replicas: 3/);
  });

  it('puts the source line in front of each line', async () => {
    const { out } = await plumbline(shop, ['render', 'apps/web/overlays/production', '--origins']);
    assert.match(
      out,
      /^apps\/web\/base\/deployment\.yaml:20 +\| +image: registry\.example\/shop\/web:2\.8\.0$|^apps\/web\/base\/kustomization\.yaml:13 +\| +image: /m,
    );
    assert.match(out, /^apps\/web\/overlays\/production\/ingress\.yaml:9 +\| +- host: shop\.example$/m);
  });

  it('prints JSON that its schema describes', async () => {
    const { out } = await plumbline(shop, ['render', 'apps/web/overlays/production', '--format', 'json']);
    const result = valid<RenderOutput>('render', out);
    assert.equal(result.yaml, (await plumbline(shop, ['render', 'apps/web/overlays/production'])).out);
    assert.equal(result.lines.length, result.yaml.split('\n').length - 1);
    assert.ok(result.objects.some((o) => o.resource === 'Deployment shop/web'));
    assert.ok(result.reads.includes('apps/web/base/deployment.yaml'));
  });

  it('what cannot be rendered is status 2, with the place', async () => {
    const missing = await plumbline(shop, ['render', 'apps/web/overlays/prodction']);
    assert.equal(missing.status, 2);
    assert.match(missing.err, /There is no source .*Did you mean apps\/web\/overlays\/production\?/);
    const several = await plumbline(shop, ['render', 'web']);
    assert.equal(several.status, 2);
    assert.match(several.err, /web is the name of 2 sources/);
    const root = repositoryOf({ 'kustomization.yaml': 'resources:\n  - gone.yaml\n' });
    const broken = await plumbline(root, ['render', '.']);
    assert.deepEqual([broken.status, broken.out], [2, '']);
    assert.match(broken.err, /gone\.yaml/);
    const nowhere = await plumbline(shop, ['render', 'apps/web/base', '--revision', 'nope']);
    assert.equal(nowhere.status, 2);
  });

  it('is a process with the same statuses and clean streams', async () => {
    const ended = await plumblineProcess(shop, ['render', 'apps/web/overlays/staging']);
    assert.equal(ended.status, 0, ended.err);
    assert.equal(ended.err, '');
    assert.equal(ended.out, (await plumbline(shop, ['render', 'apps/web/overlays/staging'])).out);
    assert.equal((await plumblineProcess(shop, ['render', 'nothing'])).status, 2);
  });
});
