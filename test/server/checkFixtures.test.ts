// Every file below fixtures/check is a repository in one text: `#- path` starts a file. It is checked as `plumbline check` does it, with
// the real engines, and its problems are exactly those that its carets name.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { compileJsonSchema } from '../../server/src/adapters/jsonSchemas';
import { createEngines, type Engines } from '../../server/src/adapters/engines';
import { checkWorkspace } from '../../server/src/core/render/checkWorkspace';
import { discover } from '../../server/src/core/workspace/discover';
import { productFolder } from '../../server/src/productFolder';
import { readMarked, writeMarked } from '../support/markers';
import { memoryTree } from '../support/memoryFiles';
import { newSchemaStore, repositoryRoot } from '../support/schemas';

const folder = path.join(repositoryRoot, 'test/fixtures/check');

describe('the whole check', () => {
  let engines: Engines;
  before(() => {
    const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
    engines = createEngines({ folder: productFolder('engines'), log: silent });
  });
  after(() => engines.dispose());

  for (const name of fs.readdirSync(folder).sort()) {
    it(name, async () => {
      const file = path.join(folder, name);
      const fixture = fs.readFileSync(file, 'utf8');
      const files = readMarked(fixture, '');
      const tree = memoryTree(Object.fromEntries(files.map((one) => [one.path, one.text])));
      const report = await checkWorkspace(await discover(tree), tree, {
        renderer: engines.renderer,
        validator: engines.validator,
        store: newSchemaStore(),
        jsonSchemas: () => Promise.resolve(compileJsonSchema),
      });
      assert.deepEqual(report.undecided, []);
      const expected = writeMarked(fixture, '', report.problems);
      if (process.env.UPDATE_EXPECT === '1') {
        fs.writeFileSync(file, expected);
      } else {
        assert.equal(fixture, expected);
      }
    });
  }
});
