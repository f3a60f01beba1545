// Real repositories beside the checkout, where they are. Tests that read them are registered only then.
import fs from 'node:fs';
import path from 'node:path';

/** The checkout; compiled tests run from `out/test/support`. */
export const checkout = path.resolve(__dirname, '../../..');

/** The folder with the corpora: `PLUMBLINE_SHARED`, else `../shared`. Undefined where there is none. */
export function sharedDir(): string | undefined {
  const dir = process.env['PLUMBLINE_SHARED'] ?? path.resolve(checkout, '../shared');
  return fs.existsSync(path.join(dir, 'corpus')) ? dir : undefined;
}

/** A repository of the corpus, by name. */
export function corpus(name: string): string | undefined {
  const shared = sharedDir();
  return shared === undefined ? undefined : path.join(shared, 'corpus', name);
}

export const fixtures = path.join(checkout, 'test/fixtures');
