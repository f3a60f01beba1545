// Revisions as rows: what a person reads of a commit, in the History view and in the list to roll back to.
import type { RevisionView } from '../../../server/src/core/protocol';
import { ago, joined, shortRevision } from '../text';

/** `live in staging · a1b2c3d · Mara Ito · 3 d ago`. */
export function revisionDescription(revision: RevisionView, now: number): string {
  return joined(deployedText(revision), shortRevision(revision.id), revision.author, ago(revision.date, now));
}

/** Where the revision runs: `live in staging`; empty where nobody recorded it. */
export function deployedText(revision: RevisionView): string {
  const where = revision.deployed ?? [];
  return where.length === 0 ? '' : `live in ${where.join(', ')}`;
}
