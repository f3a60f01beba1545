// Where the product's built parts lie: the engines, the schema pack, the worker. The same answer for the compiled sources
// (`out/server/src`) and for the bundles (`dist`).
import path from 'node:path';

/** Absolute path of `dist`, optionally of something in it. */
export function productFolder(...parts: string[]): string {
  const dist = path.basename(__dirname) === 'dist' ? __dirname : path.resolve(__dirname, '../../../dist');
  return path.join(dist, ...parts);
}
