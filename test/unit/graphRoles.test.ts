// The tables of roles: every line is met by a fixture, and every path in them can be met at all.
import assert from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { readEntry } from '../../server/src/core/graph/fileEntry';
import type { RoleLine } from '../../server/src/core/graph/roleLine';
import { roleLines } from '../../server/src/core/graph/roles';
import { filesOfFixture, graphOf } from '../support/graphFixture';
import { repositoryRoot } from '../support/schemas';

const folder = path.join(repositoryRoot, 'test/fixtures/graph');

describe('roles of the workspace graph', () => {
  it('each have a fixture', async () => {
    const met = new Set<RoleLine>();
    for (const name of fs.readdirSync(folder).filter((file) => file.endsWith('.yaml'))) {
      const files = filesOfFixture(fs.readFileSync(path.join(folder, name), 'utf8'));
      const { workspace } = await graphOf(files);
      for (const file of workspace.files) {
        for (const document of readEntry(file, files[file.path]).documents) {
          document.references.forEach(({ line }) => met.add(line));
          document.definitions.forEach(({ line }) => line !== undefined && met.add(line));
        }
      }
    }
    // Namespaces beside names follow from the lines of the names; what a controller makes is a definition of its own.
    const isDerived = (line: RoleLine): boolean =>
      line.role.startsWith('namespace of:') || (line.defines === true && line.entity === 'object');
    const unmet = roleLines.filter((line) => !met.has(line) && !isDerived(line));
    assert.deepStrictEqual(
      unmet.map((line) => `${line.in} ${line.path}`),
      [],
    );
  });
});
