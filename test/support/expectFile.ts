// Expectations in files beside the fixtures: adding a case is adding a file, and UPDATE_EXPECT=1 writes what was observed.
import assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { repositoryRoot } from './schemas';

export interface FixtureCase {
  name: string;
  text: string;
  /** Compares with `<case>.expected.txt`, or writes it. */
  expect(observed: string): void;
}

/** The cases of a fixture folder: every YAML file in it. */
export function fixtureCases(folder: string): FixtureCase[] {
  const dir = path.join(repositoryRoot, 'test/fixtures', folder);
  return fs
    .readdirSync(dir)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => ({
      name: file.replace(/\.yaml$/, ''),
      text: fs.readFileSync(path.join(dir, file), 'utf8'),
      expect(observed) {
        const expectation = path.join(dir, file.replace(/\.yaml$/, '.expected.txt'));
        const text = observed.trimEnd() + '\n';
        if (process.env.UPDATE_EXPECT === '1') {
          fs.writeFileSync(expectation, text);
          return;
        }
        const expected = fs.existsSync(expectation) ? fs.readFileSync(expectation, 'utf8') : '';
        assert.equal(text, expected.replaceAll('\r\n', '\n'));
      },
    }));
}

/** A fixture's text without its `$0`, and where that stood. */
export function withCursor(text: string): { text: string; offset: number } {
  const offset = text.indexOf('$0');
  assert.ok(offset >= 0, 'the fixture has no $0');
  return { text: text.slice(0, offset) + text.slice(offset + 2), offset };
}
