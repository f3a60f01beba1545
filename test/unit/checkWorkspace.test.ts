// The whole check over plain values: what the engine could not decide, and which versions a file is checked for.
import assert from 'node:assert/strict';
import type { EngineVerdict, Renderer, Validator } from '../../server/src/core/ports';
import { environmentsOf, versionsOf } from '../../server/src/core/check/versions';
import { checkWorkspace, type CheckReport } from '../../server/src/core/render/checkWorkspace';
import { discover } from '../../server/src/core/workspace/discover';
import type { Workspace } from '../../server/src/core/workspace/source';
import { filesOf, memoryTree } from '../support/memoryFiles';
import { mergeValidator } from '../support/mergeValidator';
import { newSchemaStore } from '../support/schemas';

const renderer: Renderer = {
  render: () => Promise.resolve({ ok: false, failure: { message: 'not rendered here' }, reads: [] }),
};

async function report(text: string, verdict: EngineVerdict): Promise<CheckReport> {
  const tree = memoryTree(filesOf(text));
  const validator: Validator = { ...mergeValidator, validate: (items) => Promise.resolve(items.map(() => verdict)) };
  return checkWorkspace(await discover(tree), tree, { renderer, validator, store: newSchemaStore() });
}

const configMap = '# file: a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n';

describe('what the engine could not judge', () => {
  it('is undecided where it failed on an object', async () => {
    const failure = { type: 'EngineFailure', field: '', message: 'The validate engine could not check this object.' };
    const { undecided, problems } = await report(configMap, { known: false, problems: [failure], warnings: [] });
    assert.deepEqual(undecided, [
      'ConfigMap a was checked against its schema only: The validate engine could not check this object.',
    ]);
    assert.deepEqual(
      problems.map(({ rule, severity }) => [rule, severity]),
      [['kubernetes/not-validated', 'warning']],
    );
  });

  it('is information where it has no rules for a kind', async () => {
    const { undecided, problems } = await report(configMap, { known: false, problems: [], warnings: [] });
    assert.deepEqual(undecided, []);
    assert.deepEqual(
      problems.map(({ severity }) => severity),
      ['info'],
    );
  });
});

describe('versions of a file', () => {
  const repository = (configuration: string): Promise<Workspace> =>
    discover(
      memoryTree(
        filesOf(`
# file: .plumbline.yaml
${configuration}
# file: apps/base/kustomization.yaml
resources: [app.yaml]
# file: apps/base/app.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
# file: apps/overlays/staging/kustomization.yaml
resources: [../../base]
# file: apps/overlays/production/kustomization.yaml
resources: [../../base]
# file: other/plain.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: b}
`),
      ),
    );
  const two = 'environments:\n  - name: staging\n    kubernetesVersion: v1.34.2\n  - name: production\n';
  const sourcesOf = (workspace: Workspace, path: string): string[] =>
    workspace.files.find((file) => file.path === path)?.sources ?? [];

  it('are those of all that deploy it through what includes it', async () => {
    const workspace = await repository(two);
    const base = sourcesOf(workspace, 'apps/base/app.yaml');
    assert.deepEqual(
      [...environmentsOf(workspace, base)].map(({ name }) => name),
      ['staging', 'production'],
    );
    assert.deepEqual(versionsOf(workspace, base, { kubernetesVersion: '1.36' }), [
      { minor: '1.34', environments: ['staging'] },
      { minor: '1.36', environments: ['production'] },
    ]);
    assert.deepEqual(versionsOf(workspace, base, { known: new Map([['production', 'v1.34.9']]) }), [
      { minor: '1.34', environments: ['staging', 'production'] },
    ]);
  });

  it('are what the person says for what no environment deploys', async () => {
    const workspace = await repository(two);
    const plain = sourcesOf(workspace, 'other/plain.yaml');
    assert.deepEqual(versionsOf(workspace, plain, { kubernetesVersion: '1.33' }), [
      { minor: '1.33', environments: [] },
    ]);
    assert.deepEqual(versionsOf(workspace, plain), [{ minor: undefined, environments: [] }]);
  });

  it('are one where the check is for one environment', async () => {
    const workspace = await repository(two);
    const environment = workspace.environments.find(({ name }) => name === 'staging');
    assert.ok(environment);
    assert.deepEqual(versionsOf(workspace, sourcesOf(workspace, 'apps/base/app.yaml'), { environment }), [
      { minor: '1.34', environments: ['staging'] },
    ]);
  });
});
