// Where an opened folder lies in its repository, and how paths relative to it are named to Git.
import type { Failure, FailureReason } from '../core/ports';

export interface Place {
  /** The folder that was opened; may lie below the repository's top. */
  folder: string;
  /** Path of the folder below the repository's top: empty, or ending with a slash. */
  prefix: string;
  gitDir: string;
  /** True where the clone's history is cut off. */
  shallow: boolean;
}

/** Pathspecs of paths; the root itself is `.`. */
export function specs(paths: readonly string[], prefix = ''): string[] {
  return paths.map((p) => prefix + p || '.');
}

export function fails(reason: FailureReason, message: string): { ok: false; failure: Failure } {
  return { ok: false, failure: { reason, message } };
}
