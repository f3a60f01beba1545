// `target` of a patch: which objects it changes.
import { textAt } from '../workspace/read';
import type { Node } from '../yaml/tree';

/** `target` of a patch as written; every part is a regular expression. */
export interface PatchSelector {
  group?: string;
  version?: string;
  kind?: string;
}

/** `target` of a patch; undefined where there is none. */
export function selectorOf(target: Node | undefined): PatchSelector | undefined {
  if (target?.kind !== 'map') {
    return undefined;
  }
  const [group, version, kind] = [textAt(target, 'group'), textAt(target, 'version'), textAt(target, 'kind')];
  return {
    ...(group === undefined ? {} : { group }),
    ...(version === undefined ? {} : { version }),
    ...(kind === undefined ? {} : { kind }),
  };
}
