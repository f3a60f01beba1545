// .plumbline.yaml: what is read, what is refused and where, and that the shipped JSON Schema says the same.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv';
import { readConfiguration } from '../../server/src/core/workspace/config';
import { configSchema } from '../../server/src/core/workspace/configKeys';
import { checkout } from '../support/shared';

const whole = `
environments:
  - name: staging
    sources: [apps/staging]
    target: {context: kind-staging}
    kubernetesVersion: "1.35"
  - name: production
    target:
      snapshot: snapshots/production
    protected: true
    namespace: shop
rules:
  kubernetes/unknown-field: warning
  kustomize/missing-file: off
ignoreDifferences:
  - group: apps
    kind: Deployment
    jsonPointers: [/spec/replicas]
    managers: [autoscaler]
schemas: [crds]
exclude: ["**/testdata"]
`;

/** Each problem as `rule line:from-to message`. */
const problems = (text: string): string[] =>
  readConfiguration(text).problems.map(
    ({ rule, range, message }) =>
      `${rule} ${range.start.line}:${range.start.character}-${range.end.character} ${message}`,
  );

describe('.plumbline.yaml', () => {
  it('is read', () => {
    const { result, problems: none } = readConfiguration(whole);
    assert.deepEqual(none, []);
    assert.deepEqual(
      result.environments.map(({ at: _at, ...rest }) => rest),
      [
        {
          name: 'staging',
          sources: ['apps/staging'],
          target: { type: 'context', context: 'kind-staging' },
          kubernetesVersion: '1.35',
        },
        {
          name: 'production',
          target: { type: 'snapshot', path: 'snapshots/production' },
          protected: true,
          namespace: 'shop',
        },
      ],
    );
    assert.deepEqual(result.rules, { 'kubernetes/unknown-field': 'warning', 'kustomize/missing-file': 'off' });
    assert.deepEqual(result.exclude, ['**/testdata']);
  });

  it('an empty file is all defaults', () => {
    assert.deepEqual(problems(''), []);
    assert.deepEqual(problems('# nothing\n'), []);
    assert.deepEqual(problems('environments:\n'), []);
  });

  it('unknown keys are errors on the key', () => {
    assert.deepEqual(problems('enviroments: []\n'), [
      'plumbline/unknown-key 0:0-11 Plumbline has no key enviroments. Did you mean environments?',
    ]);
    assert.deepEqual(problems('environments:\n  - name: a\n    kubernetes-version: "1.35"\n'), [
      'plumbline/unknown-key 2:4-22 environments[0] has no key kubernetes-version. Did you mean kubernetesVersion?',
    ]);
  });

  it('wrong types are errors on the value, and the rest counts', () => {
    const text = 'environments:\n  - name: a\n    protected: sometimes\n  - 7\nexclude: all\nschemas: [crds]\n';
    assert.deepEqual(problems(text), [
      'plumbline/wrong-type 2:15-24 environments[0].protected must be true or false, not sometimes.',
      'plumbline/wrong-type 3:4-5 environments[1] must be a map, not 7.',
      'plumbline/wrong-type 4:9-12 exclude must be a list, not all.',
    ]);
    const { result } = readConfiguration(text);
    assert.deepEqual(
      result.environments.map((e) => e.name),
      ['a'],
    );
    assert.deepEqual(result.schemas, ['crds']);
  });

  it('names what is missing, double or not among the choices', () => {
    assert.deepEqual(problems('environments:\n  - sources: [a]\n'), [
      'plumbline/missing-key 1:4-11 environments[0] needs a name.',
    ]);
    assert.deepEqual(problems('environments:\n  - name: a\n    target: {context: a, snapshot: b}\n'), [
      'plumbline/missing-key 2:13-20 environments[0].target needs exactly one of context, snapshot, revision.',
    ]);
    assert.deepEqual(problems('environments:\n  - name: a\n  - name: a\n'), [
      'plumbline/duplicate-environment 2:10-11 There is already an environment a.',
    ]);
    assert.deepEqual(problems('rules:\n  kubernetes/unknown-field: eror\n'), [
      'plumbline/wrong-value 1:28-32 rules.kubernetes/unknown-field must be one of error, warning, info, hint, off. Did you mean error?',
    ]);
    assert.deepEqual(problems('environments:\n  - name: a\n    kubernetesVersion: 1.35\n'), [
      'plumbline/wrong-type 2:23-27 environments[0].kubernetesVersion must be a Kubernetes version such as "1.35" in quotes, not 1.35.',
    ]);
  });

  it('broken YAML is a problem and no exception', () => {
    const found = readConfiguration('environments:\n  - name: [a\n');
    assert.ok(found.problems.some((problem) => problem.rule.startsWith('yaml/')));
  });

  it('the shipped schema is the one of the table, and agrees with the reader', () => {
    const shipped: unknown = JSON.parse(
      fs.readFileSync(path.join(checkout, 'server/schemas/plumbline.schema.json'), 'utf8'),
    );
    assert.deepEqual(shipped, JSON.parse(JSON.stringify(configSchema())));
    const validate = new Ajv().compile(configSchema());
    assert.equal(
      validate({
        environments: [{ name: 'a', target: { context: 'x' }, kubernetesVersion: '1.35' }],
        rules: { 'a/b': 'off' },
      }),
      true,
    );
    for (const wrong of [
      { enviroments: [] },
      { environments: [{}] },
      { environments: [{ name: 'a', target: {} }] },
      { rules: { 'a/b': 'no' } },
      { exclude: 'all' },
    ]) {
      assert.equal(validate(wrong), false, JSON.stringify(wrong));
    }
  });
});
