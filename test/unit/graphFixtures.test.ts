// Every file below fixtures/graph is a small repository: each of its references means exactly what the line under it says.
import assert from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { writeFixture } from '../support/graphFixture';
import { repositoryRoot } from '../support/schemas';

const folder = path.join(repositoryRoot, 'test/fixtures/graph');

describe('workspace graph', () => {
  for (const name of (fs.readdirSync(folder, { recursive: true }) as string[]).sort()) {
    if (!name.endsWith('.yaml')) {
      continue;
    }
    it(name, async () => {
      const file = path.join(folder, name);
      const fixture = fs.readFileSync(file, 'utf8');
      const written = await writeFixture(fixture);
      if (process.env.UPDATE_EXPECT === '1') {
        fs.writeFileSync(file, written);
      } else {
        assert.strictEqual(fixture, written);
      }
    });
  }
});
