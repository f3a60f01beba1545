// The second tier: what the engine says of objects, at exact places, merged with what the schema check said. The verdicts
// are recorded from the API server's own code.
import assert from 'node:assert';
import { createCheckCache } from '../../server/src/core/check/checkCache';
import { checkFile, completeCheck, engineObjects } from '../../server/src/core/check/checkFile';
import { baselineText, readBaseline, staleEntries, withoutKnown } from '../../server/src/core/check/baseline';
import { settle, suppressionsOf } from '../../server/src/core/check/suppress';
import { documentSymbols, type DocumentSymbol } from '../../server/src/core/check/symbols';
import type { EngineProblem, EngineVerdict } from '../../server/src/core/ports';
import type { Problem } from '../../server/src/core/problem';
import type { Baseline } from '../../server/src/core/workspace/source';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { newSchemaStore } from '../support/schemas';

const store = newSchemaStore();

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 3
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
        - name: web
          image: nginx
          ports:
            - name: http
              containerPort: 80
            - name: http
              containerPort: 81
          volumeMounts:
            - name: data
              mountPath: /data
`;

const problem = (type: string, field: string, message: string, assumed = false): EngineProblem => ({
  type,
  field,
  message,
  ...(assumed ? { assumed } : {}),
});
const verdict = (problems: EngineProblem[], warnings: string[] = []): EngineVerdict => ({
  known: true,
  problems,
  warnings,
});

function complete(text: string, ...verdicts: EngineVerdict[]): Problem[] {
  const check = checkFile({ path: 'a.yaml', parsed: parseYaml(text) }, { store });
  return completeCheck(check, engineObjects(check), verdicts);
}

/** `"underlined text" severity rule`, and with `full` the message. */
function shown(text: string, problems: Problem[], full = false): string[] {
  const { lines } = parseYaml(text);
  return problems.map(({ range, severity, rule, message }) => {
    const source = text.slice(lines.offsetAt(range.start), lines.offsetAt(range.end));
    return `${range.start.line}: ${JSON.stringify(source)} ${severity} ${rule}${full ? ': ' + message : ''}`;
  });
}

describe('engine findings', () => {
  it('stand at the exact place, in words, with fine rules', () => {
    const found = complete(
      deployment,
      verdict(
        [
          problem('FieldValueInvalid', 'spec.replicas', 'Invalid value: -1: must be greater than or equal to 0'),
          problem('FieldValueInvalid', 'spec.template.metadata.labels', 'Invalid value: {"app":"web"}: `selector` does not match template `labels`'), // prettier-ignore
          problem('FieldValueDuplicate', 'spec.template.spec.containers[0].ports[1].name', 'Duplicate value: "http"'),
          problem('FieldValueNotFound', 'spec.template.spec.containers[0].volumeMounts[0].name', 'Not found: "data"'),
          problem('FieldValueRequired', 'spec.template.spec.restartPolicy', 'Required value: valid values: "OnFailure", "Never"'), // prettier-ignore
          problem('FieldValueForbidden', 'spec.strategy.rollingUpdate', "Forbidden: may not be specified when strategy `type` is 'Recreate'"), // prettier-ignore
          problem('FieldValueInvalid', 'metadata.name', "Invalid value: \"Web_App\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"), // prettier-ignore
          problem('FieldValueNotSupported', 'spec.template.spec.containers[0].imagePullPolicy', 'Unsupported value: "Alway": supported values: "Always", "IfNotPresent", "Never"'), // prettier-ignore
          problem('StrictDecoding', '', 'unknown field "spec.template.spec.containers[0].image"'),
        ],
        ['spec.template.spec.containers[0].ports[1]: duplicate port name "http"', 'a warning without a field'],
      ),
    );
    assert.deepStrictEqual(shown(deployment, found, true), [
      '1: "Deployment" warning kubernetes/warning: Deployment web: a warning without a field.',
      "3: \"web\" error kubernetes/bad-name: metadata.name of Deployment web is \"Web_App\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (for example 'example.com').",
      '4: "spec" error kubernetes/forbidden: spec.strategy.rollingUpdate of Deployment web is not allowed: may not be specified when strategy `type` is \'Recreate\'.',
      '5: "3" error kubernetes/invalid: spec.replicas of Deployment web is -1: must be greater than or equal to 0.',
      '10: "{app: web}" error kubernetes/selector-mismatch: Deployment web selects pods by labels that its own pod template does not have.',
      '11: "spec" error kubernetes/missing-field: Deployment web needs spec.template.spec.restartPolicy: valid values: "OnFailure", "Never".',
      '13: "name: web" error kubernetes/bad-enum: spec.template.spec.containers[0].imagePullPolicy of Deployment web cannot be "Alway"; it is one of "Always", "IfNotPresent", "Never".',
      '14: "image" error kubernetes/unknown-field: Deployment web has no field "image" in spec.template.spec.containers[0].',
      '18: "name: http" warning kubernetes/warning: spec.template.spec.containers[0].ports[1] of Deployment web: duplicate port name "http".',
      '18: "http" error kubernetes/duplicate-port: Deployment web has two ports called "http" (spec.template.spec.containers[0].ports[1].name).',
      '21: "data" error kubernetes/missing-volume: Deployment web mounts the volume "data", which the pod does not define (spec.template.spec.containers[0].volumeMounts[0].name).',
    ]);
    assert.strictEqual(
      found.find(({ rule }) => rule === 'kubernetes/bad-enum')?.field,
      '/spec/template/spec/containers/0/imagePullPolicy',
    );
  });

  it('complete the first tier and never repeat it', () => {
    const text = deployment
      .replace('replicas: 3', 'replica: 3')
      .replace('image: nginx', 'image: nginx\n          imagePullPolicy: Alway');
    const strict = problem('StrictDecoding', '', 'unknown field "spec.replica"');
    const found = complete(
      text,
      verdict([
        strict,
        problem('FieldValueNotSupported', 'spec.template.spec.containers[0].imagePullPolicy', 'Unsupported value: "Alway": supported values: "Always", "IfNotPresent", "Never"'), // prettier-ignore
        problem('FieldValueNotFound', 'spec.template.spec.containers[0].volumeMounts[0].name', 'Not found: "data"'),
      ]),
    );
    assert.deepStrictEqual(shown(text, found), [
      '5: "replica" error kubernetes/unknown-field',
      '15: "Alway" error kubernetes/bad-enum',
      '22: "data" error kubernetes/missing-volume',
    ]);
    assert.ok(
      found.every(({ rule, fixes }) => rule === 'kubernetes/missing-volume' || fixes !== undefined),
      'the first tier stays',
    );
  });

  it('raise a warning of the first tier that the server refuses', () => {
    const text = deployment.replace(
      '          volumeMounts',
      '        - name: web\n          image: b\n          volumeMounts',
    );
    const found = complete(text, verdict([problem('FieldValueDuplicate', 'spec.template.spec.containers[1].name', 'Duplicate value: "web"')])); // prettier-ignore
    assert.deepStrictEqual(
      found.filter(({ range }) => range.start.line === 20).map(({ rule, severity }) => `${severity} ${rule}`),
      ['error kubernetes/duplicate-item'],
    );
  });

  it('point at the entry of a map that the server names as a whole', () => {
    const text = deployment.replace('labels: {app: web}', 'labels: {app: web, tier: "has space"}');
    const found = complete(text, verdict([problem('FieldValueInvalid', 'spec.template.metadata.labels', 'Invalid value: "has space": a valid label must be an empty string')])); // prettier-ignore
    assert.deepStrictEqual(shown(text, found), ['10: "\\"has space\\"" error kubernetes/bad-label']);
  });

  it('take what the server cannot decode to the place that the schema check found', () => {
    const text = deployment.replace('replicas: 3', 'replicas: three');
    const decode = problem(
      'Decode',
      '',
      'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    );
    assert.deepStrictEqual(shown(text, complete(text, verdict([decode]))), ['5: "three" error kubernetes/wrong-type']);
    // Without a structural finding the place is searched for in the object.
    const port = problem('Decode', '', 'json: cannot unmarshal number into Go struct field ContainerPort.spec.template.spec.containers.ports.containerPort of type string'); // prettier-ignore
    assert.deepStrictEqual(shown(deployment, complete(deployment, verdict([port])), true), [
      '17: "80" error kubernetes/decode: Deployment web: spec.template.spec.containers.0.ports.0.containerPort cannot be read: a number stands where the server expects string.',
    ]);
    const quantity = problem('Decode', '', "unable to parse quantity's suffix");
    assert.deepStrictEqual(shown(deployment, complete(deployment, verdict([quantity])), true), [
      '1: "Deployment" error kubernetes/decode: Deployment web cannot be read: unable to parse quantity\'s suffix.',
    ]);
  });

  it('leave out consequences, and what is only assumed of the cluster', () => {
    const text = deployment.replace('  selector:\n    matchLabels: {app: web}\n', '');
    const found = complete(
      text,
      verdict([
        problem('FieldValueRequired', 'spec.selector', 'Required value'),
        problem('FieldValueInvalid', 'spec.template.metadata.labels', 'Invalid value: {"app":"web"}: `selector` does not match template `labels`'), // prettier-ignore
      ]),
    );
    assert.deepStrictEqual(shown(text, found), ['4: "spec" error kubernetes/missing-field']);
    const service =
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  clusterIP: 1.2.3.4\n  ports:\n    - port: 1\n';
    const assumed = problem('FieldValueInvalid', 'spec.clusterIPs', 'Invalid value: ["1.2.3.4"]: failed to allocate IP 1.2.3.4', true); // prettier-ignore
    assert.deepStrictEqual(shown(service, complete(service, verdict([assumed]))), []);
  });

  it('belong to their object: items of lists, documents of a file', () => {
    const text = 'apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: a}\n  - apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: b}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: c}\n'; // prettier-ignore
    const named = (name: string): EngineVerdict =>
      verdict([problem('FieldValueInvalid', 'metadata.name', `Invalid value: "${name}": no`)]);
    assert.deepStrictEqual(shown(text, complete(text, named('a'), named('b'), named('c'))), [
      '5: "a" error kubernetes/bad-name',
      '8: "b" error kubernetes/bad-name',
      '12: "c" error kubernetes/bad-name',
    ]);
  });

  it('are asked for whole, readable objects only', () => {
    const objects = (text: string, role?: 'patch'): number => {
      const neighbours = role === undefined ? {} : { role };
      return engineObjects(checkFile({ path: 'a.yaml', parsed: parseYaml(text), neighbours }, { store })).length;
    };
    const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';
    assert.strictEqual(objects(map), 1);
    assert.strictEqual(objects(map, 'patch'), 0);
    assert.strictEqual(objects(map + 'data:\n  a: "x\n  b: y\n'), 0);
    assert.strictEqual(objects(map.replace('name: a', 'name: "${x}"')), 0);
    // What a script says, whoever fills it in, decides nothing.
    assert.strictEqual(objects(map + 'data:\n  a: ${x}\n'), 1);
    assert.strictEqual(objects(map.replace('ConfigMap', 'Secret') + 'data:\n  a: ${x}\n'), 0);
    assert.strictEqual(objects(map + 'sops: {mac: x}\n'), 0);
    assert.strictEqual(objects('a: b\n'), 0);
  });

  it('say what was not judged', () => {
    const unknown: EngineVerdict = { known: false, problems: [], warnings: [] };
    assert.deepStrictEqual(shown(deployment, complete(deployment, unknown)), [
      '1: "Deployment" info kubernetes/not-validated',
    ]);
    const failed = { ...unknown, problems: [problem('EngineFailure', '', 'The validate engine stopped.')] };
    assert.deepStrictEqual(shown(deployment, complete(deployment, failed)), [
      '1: "Deployment" warning kubernetes/not-validated',
    ]);
    // Where no schema is known, that is said already.
    const custom = 'apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\n';
    assert.deepStrictEqual(shown(custom, complete(custom, unknown)), ['0: "example.com/v1" info kubernetes/no-schema']);
  });

  it('of fields without the index of their list, or held by another, are no second fault', () => {
    const text = deployment.replace('        - name: web\n', '        - name: [web]\n');
    const first = problem('FieldValueInvalid', 'spec.template.spec.containers.name', 'Invalid value: ""');
    assert.strictEqual(
      complete(text, verdict([first])).filter(({ rule }) => rule !== 'kubernetes/wrong-type').length,
      0,
    );
  });

  it('of the rules of custom resources are called so', () => {
    const text =
      'apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata:\n  name: a\nspec:\n  secretName: a\n  issuerRef: {name: a}\n';
    const cel = problem('FieldValueInvalid', 'spec', 'Invalid value: "object": one of dnsNames or uris must be set');
    assert.deepStrictEqual(shown(text, complete(text, verdict([cel])), true), [
      '4: "spec" error kubernetes/cel: spec of Certificate a: one of dnsNames or uris must be set.',
    ]);
  });
});

describe('suppression', () => {
  const text =
    'a: 1 # plumbline-ignore x/one, x/two because\n# plumbline-ignore y/* generated\n# note\nb: 2\nc: "# plumbline-ignore z/z"\n';
  it('reads comments on the line and above it, not texts', () => {
    assert.deepStrictEqual(
      [...suppressionsOf(parseYaml(text)).lines],
      [
        [0, ['x/one', 'x/two']],
        [3, ['y/*']],
      ],
    );
  });
  it('removes what is ignored or off, and changes severities', () => {
    const at = (line: number, rule: string): Problem => ({
      rule,
      severity: 'error',
      message: '',
      path: 'a',
      range: { start: { line, character: 0 }, end: { line, character: 1 } },
    });
    const problems = [at(0, 'x/one'), at(0, 'x/three'), at(3, 'y/any'), at(4, 'z/z'), at(4, 'z/off')];
    const settled = settle(problems, parseYaml(text), { rules: { 'x/three': 'hint', 'z/off': 'off' } });
    assert.deepStrictEqual(
      settled.map(({ rule, severity }) => `${severity} ${rule}`),
      ['hint x/three', 'error z/z'],
    );
  });
});

describe('suppression of an object', () => {
  const at = (line: number, rule: string, path = 'a.yaml'): Problem => ({
    rule,
    severity: 'error',
    message: '',
    path,
    range: { start: { line, character: 0 }, end: { line, character: 1 } },
  });
  const object = (name: string, annotation: string): string =>
    `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n  annotations: {plumbline.dev/ignore: "${annotation}"}\nspec: {}\n`;

  it('follows its annotation, and no other object does', () => {
    const text = `${object('a', 'x/one, y/*')}---\n${object('b', 'x/two')}`;
    const problems = [0, 5, 7, 12].flatMap((line) => [at(line, 'x/one'), at(line, 'x/two'), at(line, 'y/any')]);
    assert.deepStrictEqual(
      settle([...problems, at(1, 'yaml/syntax')], parseYaml(text)).map((p) => `${p.range.start.line} ${p.rule}`),
      ['0 x/two', '5 x/two', '7 x/one', '7 y/any', '12 x/one', '12 y/any', '1 yaml/syntax'],
    );
  });

  it('works for the items of a list', () => {
    const item = (name: string, rules: string): string =>
      `  - apiVersion: v1\n    kind: Service\n    metadata: {name: ${name}, annotations: {plumbline.dev/ignore: ${rules}}}\n`;
    const text = `apiVersion: v1\nkind: List\nitems:\n${item('a', 'x/one')}${item('b', 'x/two')}`;
    assert.deepStrictEqual(
      settle([at(4, 'x/one'), at(7, 'x/one')], parseYaml(text)).map((p) => p.range.start.line),
      [7],
    );
  });

  it('follows the overrides of its path, the last one first', () => {
    const configuration = {
      rules: { 'x/one': 'warning', 'x/two': 'off' },
      overrides: [
        { paths: ['base/**', 'other/*.yaml'], rules: { 'x/one': 'off', 'x/two': 'info' } },
        { paths: ['base/.hidden/**'], rules: { 'x/one': 'hint' } },
      ],
    } satisfies Parameters<typeof settle>[2];
    const of = (path: string): string[] =>
      settle([at(0, 'x/one', path), at(0, 'x/two', path)], parseYaml(''), configuration).map((p) => p.severity);
    assert.deepStrictEqual(of('a.yaml'), ['warning']);
    assert.deepStrictEqual(of('base/a.yaml'), ['info']);
    assert.deepStrictEqual(of('base/.hidden/a.yaml'), ['hint', 'info']);
  });
});

describe('baseline', () => {
  const text = 'kind: A\nspec:\n  one: 1\n  two: 2\n  one: 1\n';
  const parsed = parseYaml(text);
  const at = (line: number, rule = 'x/one', resource = 'Deployment a'): Problem => ({
    rule,
    severity: 'warning',
    message: `in line ${line}`,
    path: 'a.yaml',
    resource,
    field: `/spec/${line}`,
    range: { start: { line, character: 2 }, end: { line, character: 5 } },
  });
  const read = (problems: Problem[], of = parsed): Baseline =>
    readBaseline(
      baselineText(problems, () => of),
      'b.json',
    ).result;

  it('hides what was there, wherever it moves to, and nothing else', () => {
    const baseline = read([at(2), at(3)]);
    const moved = parseYaml('# a\n# b\n' + text);
    const later = [at(4), at(5), at(6), at(4, 'x/two'), at(4, 'x/one', 'Deployment b')];
    assert.deepStrictEqual(
      withoutKnown(later, moved, baseline).map((p) => [p.range.start.line, p.rule, p.resource]),
      [
        [6, 'x/one', 'Deployment a'],
        [4, 'x/two', 'Deployment a'],
        [4, 'x/one', 'Deployment b'],
      ],
      'the second of two equal lines is new',
    );
  });

  it('tells a finding again once its line changes, and that the entry is stale', () => {
    const baseline = read([at(2), at(3)]);
    const changed = parseYaml(text.replace('two: 2', 'two: 3'));
    assert.strictEqual(withoutKnown([at(3)], changed, baseline).length, 1);
    assert.deepStrictEqual(
      staleEntries([at(2), at(3)], () => changed, baseline).map((p) => [p.path, p.range.start.line, p.severity]),
      [['b.json', 4, 'info']],
    );
  });

  it('never knows broken text, and copies no line of a Secret', () => {
    const secret = parseYaml('kind: Secret\ndata:\n  password: aHVudGVyMg==\n');
    const written = baselineText([at(2, 'x/one', 'Secret shop/a'), at(2, 'yaml/syntax')], () => secret);
    assert.doesNotMatch(written, /aHVudGVyMg|yaml\/syntax/);
    assert.match(written, /"at":"\/spec\/2"/);
  });

  it('is the same text for the same findings, and says what is no baseline', () => {
    assert.strictEqual(
      baselineText([at(3), at(2)], () => parsed),
      baselineText([at(2), at(3)], () => parsed),
    );
    for (const bad of ['', '[]', '{', '{"version": 2, "findings": []}']) {
      assert.strictEqual(readBaseline(bad, 'b.json').problems.length, 1, bad);
    }
    assert.deepStrictEqual(
      readBaseline(
        baselineText([], () => parsed),
        'b.json',
      ).problems,
      [],
    );
  });
});

describe('check cache', () => {
  it('checks only the documents that changed, and moves the findings of the others', () => {
    const cache = createCheckCache();
    const other = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  prots: []\n---\n';
    const first = other + deployment.replace('replicas: 3', 'replica: 3');
    const before = parseYaml(first);
    const options = { store, cache };
    const findings = checkFile({ path: 'a.yaml', parsed: before }, options).problems;
    const second = first.replace('name: a\n', 'name: a\n  labels: {}\n');
    const after = parseYaml(second, before);
    const again = checkFile({ path: 'a.yaml', parsed: after }, options).problems;
    assert.strictEqual(findings.length, 2);
    assert.deepStrictEqual(again, checkFile({ path: 'a.yaml', parsed: parseYaml(second) }, { store }).problems);
  });
});

describe('document symbols', () => {
  it('name objects, keys and items', () => {
    const text = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: ns}\nspec:\n  containers:\n    - name: one\n    - 5\n---\nx: 1\n---\n# none\n'; // prettier-ignore
    const outline = (symbols: DocumentSymbol[], depth = 0): string[] =>
      symbols.flatMap((s) => [
        '  '.repeat(depth) + [s.name, s.detail, s.kind].join('|'),
        ...outline(s.children, depth + 1),
      ]);
    assert.deepStrictEqual(outline(documentSymbols(parseYaml(text))), [
      'Pod a|ns|object',
      '  apiVersion|v1|value',
      '  kind|Pod|value',
      '  metadata||map',
      '    name|a|value',
      '    namespace|ns|value',
      '  spec||map',
      '    containers||list',
      '      one||map',
      '        name|one|value',
      '      1|5|value',
      'Document 2||map',
      '  x|1|value',
    ]);
  });
});

describe('a pair that is no kind', () => {
  const related = (apiVersion: string, kind: string): string[] => {
    const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: a\n`;
    const { problems } = checkFile({ path: 'a.yaml', parsed: parseYaml(text) }, { store });
    return problems
      .filter(({ rule }) => rule === 'kubernetes/unknown-kind')
      .flatMap(({ related = [] }) => related.map(({ location }) => text.split('\n')[location.range.start.line] ?? ''));
  };
  it('points at both halves where neither is surely wrong', () => {
    assert.deepEqual(related('discovery.k8s.io/v1', 'Pod'), ['kind: Pod']);
    assert.deepEqual(related('apps/v1', 'Service'), ['kind: Service']);
  });
  it('points at one half where correcting it is enough, or where the version is gone', () => {
    assert.deepEqual(related('apps/v1', 'Deplyment'), []);
    assert.deepEqual(related('apps/v1beta1', 'Deployment'), []);
  });
});

describe('an identity that is commented out', () => {
  const related = (text: string): string[] =>
    checkFile({ path: 'a.yaml', parsed: parseYaml(text) }, { store }).problems.flatMap(({ related = [] }) =>
      related.map(({ location: { range } }) => `${range.start.line}:${range.start.character}-${range.end.character}`),
    );
  it('is pointed at in its own document only', () => {
    assert.deepEqual(related('#apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n'), ['0:0-15']);
    assert.deepEqual(related('apiVersion: v1\n# kind: ConfigMap\nmetadata: {name: a}\n'), ['1:0-17']);
    assert.deepEqual(related('apiVersion: v1\nmetadata:\n  # kind: ConfigMap\n  name: a\n'), []);
    assert.deepEqual(related('#apiVersion: v1\na: b\n---\nkind: ConfigMap\nmetadata: {name: a}\n'), []);
  });
});
