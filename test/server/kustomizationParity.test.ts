// kustomization files against kustomize itself: hundreds of small changes of a file that says nearly everything, each judged by the tree
// and by the render engine. What kustomize refuses to read, the tree refuses, and the other way round.
import assert from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { overlayFiles } from '../../server/src/adapters/engineFiles';
import { instantiate, type EngineInstance } from '../../server/src/adapters/engineModule';
import { checkFile } from '../../server/src/core/check/checkFile';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { pick, seeded } from '../support/mutations';
import { checkout } from '../support/shared';

const files: Record<string, string> = {
  'web.yaml':
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 1, template: {spec: {containers: [{name: web, image: web}]}}}\n',
  'config.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: config}\ndata: {a: b}\n',
  'patch.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 2}\n',
  'a.env': 'A=1\n',
};

const seed = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
metadata:
  name: all
  annotations:
    a: b
resources:
  - web.yaml
  - config.yaml
namespace: shop
namePrefix: a-
nameSuffix: -z
labels:
  - pairs:
      app: web
    includeSelectors: false
    includeTemplates: true
    fields:
      - path: spec/a
        kind: Deployment
        create: true
commonAnnotations:
  team: shop
patches:
  - path: patch.yaml
    options:
      allowNameChange: true
      allowKindChange: false
  - patch: |-
      - op: replace
        path: /spec/replicas
        value: 3
    target:
      group: apps
      version: v1
      kind: Deployment
      name: web
      labelSelector: app=web
      annotationSelector: a=b
images:
  - name: web
    newName: registry.example.com/web
    newTag: "1.16"
    digest: ""
replicas:
  - name: web
    count: 2
configMapGenerator:
  - name: generated
    behavior: create
    literals:
      - a=b
    envs:
      - a.env
    options:
      disableNameSuffixHash: true
      immutable: true
      labels:
        a: b
secretGenerator:
  - name: secret
    type: Opaque
    literals:
      - password=x
generatorOptions:
  labels:
    generated: "true"
replacements:
  - source:
      kind: ConfigMap
      name: config
      fieldPath: data.a
      options:
        delimiter: "."
        index: 0
    targets:
      - select:
          kind: Deployment
        reject:
          - name: other
        fieldPaths:
          - metadata.annotations.x
        options:
          create: true
buildMetadata:
  - originAnnotations
sortOptions:
  order: legacy
  legacySortOptions:
    orderFirst:
      - Namespace
    orderLast: []
`;

describe('kustomization files against kustomize', () => {
  let engine: EngineInstance;
  before(() => {
    engine = instantiate(new WebAssembly.Module(fs.readFileSync(path.join(checkout, 'dist/engines/render.wasm'))));
  });

  function failure(text: string): string | undefined {
    const buffers = new Map(Object.entries({ ...files, 'kustomization.yaml': text }));
    const request = JSON.stringify({ dir: '', origins: false });
    const answer = JSON.parse(engine.call('kustomize', request, overlayFiles('', buffers))) as {
      error?: { message: string };
    };
    return answer.error?.message;
  }

  const refused = (text: string): string[] =>
    checkFile({ path: 'kustomization.yaml', parsed: parseYaml(text) }, {})
      .problems.filter(({ severity }) => severity === 'error')
      .map(({ rule, message }) => `${rule}: ${message}`);

  it('agrees on the file itself', () => {
    assert.strictEqual(failure(seed), undefined);
    assert.deepStrictEqual(refused(seed), []);
  });

  it('agrees on what is changed in it', function () {
    this.timeout(120_000);
    const random = seeded(4);
    const lines = seed.split('\n');
    let both = 0;
    for (let i = 0; i < 300; i++) {
      const at = Math.floor(random() * lines.length);
      const line = lines[at] ?? '';
      const [, head = '', key = '', rest = ''] = /^(\s*(?:- )?)([\w]+)(:.*)$/.exec(line) ?? [];
      const changed =
        key === ''
          ? line.replace(/- .*/, pick(random, ['- 5', '- a: b', '- [x]', '- true', '-', '- "q"']))
          : head +
            pick(random, [
              key.slice(0, -1) + rest,
              `${key}x${rest}`,
              `${key}: 5`,
              `${key}: true`,
              `${key}: abc`,
              `${key}:`,
              `${key}: {}`,
              `${key}: []`,
            ]);
      const text = [...lines.slice(0, at), changed, ...lines.slice(at + 1)].join('\n');
      const [found, said] = [refused(text), failure(text)];
      if (found.length > 0) {
        assert.notStrictEqual(said, undefined, `false alarm at "${changed}": ${found.join(' ')}`);
        both++;
      } else if (said !== undefined) {
        assert.doesNotMatch(
          said,
          /has no field|of the wrong type|unknown field|cannot unmarshal|is empty/,
          `missed at "${changed}"`,
        );
      }
    }
    assert.ok(both > 60, String(both));
  });
});
