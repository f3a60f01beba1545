// References that nothing answers, as findings: only where the answer would have to be in this repository.
import type { Problem } from '../problem';
import type { FileEntry } from './fileEntry';
import type { GraphContext } from './liveGraph';

export function danglingReferences(_entry: FileEntry, _context: GraphContext): Problem[] {
  return [];
}
