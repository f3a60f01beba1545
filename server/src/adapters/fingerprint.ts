// Fingerprints of secret values for snapshots: slow and salted by the place, so that a file which holds one helps nobody to
// guess the value, and remembered for the life of the process.
import { createHash, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { Fingerprint } from '../core/drift/secretMarks';

const derive = promisify<Buffer, string, number, Buffer>(scrypt);
const known = new Map<string, Promise<string>>();

/** About 40 ms for each value that was not asked about before. */
export const fingerprint: Fingerprint = (place, value) => {
  const bytes = Buffer.from(value, 'base64');
  const id = createHash('sha256').update(`${place}\n`).update(bytes).digest('hex');
  let found = known.get(id);
  if (found === undefined) {
    found = derive(bytes, `plumbline ${place}`, 16).then((key) => key.toString('hex'));
    known.set(id, found);
  }
  return found;
};
