// What manifests of public projects taught: input that is sound, or broken in a way that must be told, though nobody would write it for
// a test.
import assert from 'node:assert/strict';
import { checkFile, engineObjects } from '../../server/src/core/check/checkFile';
import { engineProblems } from '../../server/src/core/check/engineProblems';
import { writeJson } from '../../server/src/core/json';
import { identityOf } from '../../server/src/core/kinds/identity';
import type { EngineProblem } from '../../server/src/core/ports';
import { discover } from '../../server/src/core/workspace/discover';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { memoryTree } from '../support/memoryFiles';

const check = (text: string): string[] =>
  checkFile({ path: 'a.yaml', parsed: parseYaml(text) }, {}).problems.map(
    ({ range, severity, rule, message }) => `${range.start.line + 1} ${severity} ${rule} ${message}`,
  );

/** Where the engine's problems land: the text under their ranges. */
function places(text: string, problems: EngineProblem[]): string[] {
  const parsed = parseYaml(text);
  const identity = identityOf(parsed.documents[0]?.root);
  assert.ok(identity);
  const verdict = { known: true, problems, warnings: [] };
  return engineProblems(verdict, { path: 'a.yaml', parsed, identity }).map(({ range }) =>
    text.slice(parsed.lines.offsetAt(range.start), parsed.lines.offsetAt(range.end)),
  );
}

describe('input of real projects', () => {
  it('JSON objects that follow each other are documents of their own', () => {
    const text =
      '{\n  "apiVersion": "v1",\n  "kind": "ConfigMap"\n}\n{"apiVersion": "v1", "kind": "Secret"} {"a": "}{"}\n';
    const { documents } = parseYaml(text);
    assert.deepEqual(
      documents.map(({ root, faults }) => [root?.kind, faults.length]),
      [
        ['map', 0],
        ['map', 0],
        ['map', 0],
      ],
    );
    assert.deepEqual(check(text), []);
  });

  it('an item of a list that lost its identity is told', () => {
    const list = (item: string): string => `apiVersion: v1\nkind: List\nitems:\n- ${item}\n`;
    assert.deepEqual(check(list('apiVersion: v1\n  kidn: Pod')).length, 1);
    assert.deepEqual(check(list('apiVersion: v1\n  kin: Pod')), [
      '5 error kubernetes/unknown-field No object has a field kin. Did you mean "kind"? Without it nothing here is deployed.',
    ]);
    assert.match(
      check(list('kind: 7\n  apiVersion: v1')).join(),
      /4 error kubernetes\/wrong-type kind must be a string/,
    );
    assert.deepEqual(check(list('apiVersion: v1\n  kind: Pod')), []);
  });

  it('broken JSON on one line is still an object', () => {
    assert.match(check('{"apiVersion""v1","kind":"Pod","metadata":{"name":"a"}}\n').join(), /error yaml\/syntax/);
    assert.deepEqual(check('{"name""x","version":"1"}\n'), []);
  });

  it('integers keep their digits on the way to the engine', () => {
    const file = checkFile(
      { path: 'a.yaml', parsed: parseYaml('apiVersion: v1\nkind: X\ncount: 9223372036854775807\ns: "1"\n') },
      {},
    );
    assert.equal(
      writeJson(engineObjects(file).map(({ object }) => object)),
      '[{"apiVersion":"v1","kind":"X","count":9223372036854775807,"s":"1"}]',
    );
  });

  it('volumes of a StatefulSet are numbered behind its claim templates', () => {
    const text = `apiVersion: apps/v1
kind: StatefulSet
spec:
  volumeClaimTemplates:
  - metadata: {name: data}
  template:
    spec:
      volumes:
      - name: data
      - name: one
      - name: two
`;
    const field = 'spec.template.spec.volumes[2].name';
    assert.deepEqual(places(text, [{ type: 'FieldValueInvalid', field, message: 'Invalid value: "two": no' }]), [
      'two',
    ]);
  });

  it('the service of a webhook that has no namespace is said to have no name', () => {
    const text = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
webhooks:
- clientConfig:
    service:
      name: a
      namespace:
`;
    const field = 'webhooks[0].clientConfig.service.name';
    const parsed = parseYaml(text);
    const identity = identityOf(parsed.documents[0]?.root);
    assert.ok(identity);
    const verdict = {
      known: true,
      problems: [{ type: 'FieldValueRequired', field, message: 'Required value' }],
      warnings: [],
    };
    const [problem] = engineProblems(verdict, { path: 'a.yaml', parsed, identity });
    assert.equal(problem?.field, '/webhooks/0/clientConfig/service/namespace');
  });

  it('what cannot be decoded is found through maps whose keys the server leaves out', () => {
    const text = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
spec:
  versions:
  - schema:
      openAPIV3Schema:
        properties:
          spec:
            properties:
              size:
                maxLength: 5
              other:
                maxLength: 0.5
                additionalProperties: 7
`;
    const decode = (message: string): string[] => places(text, [{ type: 'Decode', field: '', message }]);
    const path = 'JSONSchemaProps.spec.versions.schema.openAPIV3Schema.properties.properties.maxLength';
    assert.deepEqual(decode(`json: cannot unmarshal number 0.5 into Go struct field ${path} of type int64`), ['0.5']);
    assert.deepEqual(decode('boolean or JSON schema expected'), ['7']);
  });

  it('an owner that is written twice is one owner', () => {
    const text = 'apiVersion: v1\nkind: Pod\nmetadata:\n  ownerReferences: []\n';
    const owners = (a: string, b: string): string[] =>
      places(text, [
        {
          type: 'FieldValueInvalid',
          field: 'metadata.ownerReferences',
          message: `Invalid value: [{}]: Only one reference can have Controller set to true. Found "true" in references for ${a} and ${b}`,
        },
      ]);
    assert.equal(owners('Job/a', 'Job/a').length, 0);
    assert.equal(owners('Job/a', 'Job/b').length, 1);
  });

  it("Flux's Kustomization may lie in a kustomization.yaml, and a chart's name need not be a release's", async () => {
    const { files, sources } = await discover(
      memoryTree({
        'apps/kustomization.yaml':
          'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\n',
        'charts/my_Chart/Chart.yaml': 'apiVersion: v2\nname: my_Chart\nversion: 1.0.0\n',
        'charts/my_Chart/templates/a.yaml': 'a: 1\n',
      }),
    );
    assert.equal(files.find(({ path }) => path === 'apps/kustomization.yaml')?.role, 'manifest');
    const render = sources.find(({ kind }) => kind === 'chart')?.render;
    assert.equal(render?.tool === 'helm' ? render.release : undefined, 'my-chart');
  });
});
