// `plumbline deployers` and `plumbline references` on the example repository.
import * as assert from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv';
import { endEngines, plumbline } from '../support/cli';
import { copyOf } from '../support/repository';
import { checkout } from '../support/shared';

describe('command line: navigation', () => {
  const root = copyOf(path.join(checkout, 'examples/shop/files'));
  after(endEngines);

  /** The value of a text that is as the documented schema says. */
  function valid(name: string, text: string): unknown {
    const schema = fs.readFileSync(path.join(checkout, 'server/schemas', `${name}.schema.json`), 'utf8');
    const validate = new Ajv({ strict: true }).compile(JSON.parse(schema) as object);
    const value = JSON.parse(text) as unknown;
    assert.ok(validate(value), JSON.stringify(validate.errors));
    return value;
  }

  it('says who deploys a file', async () => {
    const { status, out } = await plumbline(root, ['deployers', 'apps/web/base/service.yaml']);
    assert.strictEqual(status, 0);
    assert.strictEqual(
      out,
      `production
  apps/web/base/kustomization.yaml:6:5
    apps/web/overlays/production/kustomization.yaml:4:5
      web  clusters/production/web.yaml:1:1

staging
  apps/web/base/kustomization.yaml:6:5
    apps/web/overlays/staging/kustomization.yaml:4:5
      web  clusters/staging/web.yaml:1:1
`,
    );
    valid('deployers', (await plumbline(root, ['deployers', 'apps/web/base/service.yaml', '--format', 'json'])).out);
    const nobody = await plumbline(root, ['deployers', 'README.md']);
    assert.strictEqual(nobody.out, 'Nothing in this repository deploys README.md.\n');
  });

  it('says who refers to what stands on a line', async () => {
    const { out } = await plumbline(root, ['references', 'apps/web/base/service.yaml:4']);
    assert.strictEqual(
      out,
      `Service web  apps/web/base/service.yaml:4:9
  apps/web/overlays/production/ingress.yaml:16:23  backend Service
`,
    );
    const asJson = await plumbline(path.join(root, 'apps'), [
      'references',
      'web/base/service.yaml',
      '--format',
      'json',
    ]);
    const found = valid('references', asJson.out) as {
      definitions: { entity: string; references: { role: string }[] }[];
    };
    assert.deepStrictEqual(
      found.definitions.map(({ entity, references }) => [entity, references.map(({ role }) => role)]),
      [
        ['file', ['kustomize resource']],
        ['object', ['backend Service']],
      ],
    );
  });

  it('says what is wrong with a path', async () => {
    const { status, err } = await plumbline(root, ['references', 'apps/none.yaml:3']);
    assert.strictEqual(status, 2);
    assert.match(err, /There is no file or folder apps\/none\.yaml/);
  });
});
