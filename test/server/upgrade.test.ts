// `plumbline upgrade`: what breaks, for each environment, in every form that it is printed in.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv';
import { repositoryOf } from '../support/repository';
import { endEngines, plumbline } from '../support/cli';
import { checkout } from '../support/shared';

interface Output {
  to: string;
  note?: string;
  environments: { name?: string; from?: string; breaks: Finding[]; deprecated: Finding[]; already: number }[];
}
interface Finding {
  path: string;
  rule: string;
  message: string;
  range: { start: { line: number } };
  fixes?: { title: string }[];
}

const repository = (): string =>
  repositoryOf({
    '.git/HEAD': 'ref: refs/heads/main\n',
    '.plumbline.yaml': `environments:
  - name: staging
    kubernetesVersion: "1.36"
  - name: production
    kubernetesVersion: "1.34"
`,
    'base/kustomization.yaml': 'resources: [class.yaml, pod.yaml]\n',
    'base/class.yaml': `apiVersion: storage.k8s.io/v1alpha1
kind: VolumeAttributesClass
metadata: {name: slow}
driverName: a.example.com
---
apiVersion: storage.k8s.io/v1beta1
kind: VolumeAttributesClass
metadata: {name: fast}
driverName: a.example.com
`,
    'base/pod.yaml': `apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  nodeSelector:
    beta.kubernetes.io/os: linux
  containers: [{name: a, image: a}]
`,
    'overlays/staging/kustomization.yaml': 'resources: [../../base]\n',
    'overlays/production/kustomization.yaml': 'resources: [../../base]\n',
  });

const shown = ({ environments }: Output): unknown =>
  environments.map(({ name, from, breaks, deprecated, already }) => {
    const one = (finding: Finding): string =>
      `${finding.path}:${finding.range.start.line + 1} ${finding.rule} ${finding.fixes?.[0]?.title ?? '-'}`;
    return [name, from, breaks.map(one), deprecated.map(one), already];
  });

describe('plumbline upgrade', () => {
  after(endEngines);
  const asked = async (root: string, ...args: string[]): Promise<{ status: number; output: Output }> => {
    const { status, out } = await plumbline(root, ['upgrade', '--format', 'json', ...args]);
    const schema = fs.readFileSync(path.join(checkout, 'server/schemas/upgrade.schema.json'), 'utf8');
    const validate = new Ajv().compile(JSON.parse(schema) as object);
    const output = JSON.parse(out) as Output;
    assert.ok(validate(output), JSON.stringify(validate.errors));
    return { status, output };
  };

  it('says for each environment what breaks and what is deprecated, with the edit', async () => {
    const { status, output } = await asked(repository(), '--to', '1.36');
    const deprecated = [
      'base/class.yaml:6 kubernetes/deprecated-api Migrate to storage.k8s.io/v1',
      'base/pod.yaml:6 kubernetes/deprecated Change to kubernetes.io/os',
    ];
    assert.deepEqual(shown(output), [
      ['staging', '1.36', [], deprecated, 1],
      ['production', '1.34', ['base/class.yaml:1 kubernetes/unknown-kind Migrate to storage.k8s.io/v1'], deprecated, 0],
    ]);
    assert.equal(status, 1);
  });

  it('knows of removals in versions whose schemas are not there yet', async () => {
    const { output } = await asked(repository(), '--to', '1.40', '-e', 'staging');
    assert.deepEqual(shown(output), [
      [
        'staging',
        '1.36',
        ['base/class.yaml:6 kubernetes/deprecated-api Migrate to storage.k8s.io/v1'],
        ['base/pod.yaml:6 kubernetes/deprecated Change to kubernetes.io/os'],
        1,
      ],
    ]);
    assert.match(output.note ?? '', /1\.40 are not known/);
  });

  it('is status 0 where nothing breaks, also without environments', async () => {
    const root = repositoryOf({
      'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {}\n',
    });
    const { status, out } = await plumbline(root, ['upgrade', '--to', '1.35']);
    assert.equal(out, 'Nothing breaks on Kubernetes 1.35.\n');
    assert.equal(status, 0);
  });

  it('is readable as text and as Markdown', async () => {
    const root = repository();
    const text = await plumbline(root, ['upgrade', '--to', '1.36', '-e', 'production']);
    assert.match(
      text.out,
      /^production, now Kubernetes 1\.34\n {2}base\/class\.yaml:1:13 breaks .*removed in Kubernetes 1\.35/,
    );
    assert.match(text.out, /1 finding breaks\. 2 uses of something deprecated\.\n$/);
    const markdown = await plumbline(root, ['upgrade', '--to', '1.36', '--format', 'markdown']);
    assert.match(markdown.out, /^# What breaks on Kubernetes 1\.36\n\n## staging, now Kubernetes 1\.36\n/);
    assert.match(markdown.out, /- base\/class\.yaml:1:13 — storage\.k8s\.io\/v1alpha1 .* Quick fix: Migrate to/);
  });

  it('refuses what is no version', async () => {
    const { status, err } = await plumbline('/', ['upgrade', '--to', 'next']);
    assert.equal(status, 2);
    assert.match(err, /A Kubernetes version such as 1\.35 is needed/);
  });
});
