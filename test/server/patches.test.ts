// Patches that do not apply: said at the operation, in the file or in the text inside the kustomization.
import assert from 'node:assert';
import { endEngines, plumbline } from '../support/cli';
import { repositoryOf } from '../support/repository';

const web = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web}]}
`;

describe('patches that do not apply', function () {
  this.timeout(60_000);
  after(endEngines);

  async function findings(operation: string, inline: boolean): Promise<string> {
    const patch = inline ? `patch: |-\n      ${operation}\n` : 'path: operations.yaml\n';
    const root = repositoryOf({
      'web.yaml': web,
      'kustomization.yaml': `resources: [web.yaml]\npatches:\n  - target: {kind: Deployment}\n    ${patch}`,
      ...(inline ? {} : { 'operations.yaml': `${operation}\n` }),
    });
    return (await plumbline(root, ['check'])).out.split('\n')[0] ?? '';
  }

  for (const [operation, message] of [
    ['- {op: remove, path: /spec/paused}', 'The remove operation does not apply: its target has no /spec/paused.'],
    [
      '- {op: test, path: /spec/replicas, value: 7}',
      'The test does not hold: /spec/replicas of the target has another value.',
    ],
    [
      '- {op: add, path: /spec/template/spec/containers/9, value: {name: b}}',
      'The add operation does not apply: the list of its target is shorter than /spec/template/spec/containers/9 says.',
    ],
  ] as const) {
    const column = operation.indexOf('/') + 1;
    it(`${operation} in a file`, async () => {
      assert.strictEqual(
        await findings(operation, false),
        `operations.yaml:1:${column} error ${message} kustomize/bad-patch`,
      );
    });
    it(`${operation} in the kustomization`, async () => {
      assert.strictEqual(
        await findings(operation, true),
        `kustomization.yaml:5:${column + 6} error ${message} kustomize/bad-patch`,
      );
    });
  }
});
