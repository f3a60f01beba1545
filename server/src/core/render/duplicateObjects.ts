// Objects that a folder holds twice: applied as they stand, the second one would overwrite the first.
import type { FileCheck } from '../check/checkFile';
import type { Location, Problem } from '../problem';
import { folderOf } from '../workspace/paths';
import type { Workspace } from '../workspace/source';
import type { ParsedYaml } from '../yaml/tree';

/** An object that a file declares, and where its name stands. */
export interface DeclaredIdentity {
  key: string;
  label: string;
  start: number;
  end: number;
}

/** What a checked file declares; patches declare nothing. */
export function identitiesOf(check: FileCheck): DeclaredIdentity[] {
  return check.documents.flatMap(({ identity, kind }) => {
    if (identity?.nameNode === undefined || kind.id === 'patch') {
      return [];
    }
    const group = identity.apiVersion.includes('/') ? folderOf(identity.apiVersion) : '';
    const key = [group, identity.kind, identity.namespace, identity.name].join('|');
    return [{ key, label: identity.label, start: identity.nameNode.start, end: identity.nameNode.end }];
  });
}

/** Findings at the second object of each pair. */
export async function duplicatesInFolders(
  workspace: Workspace,
  identities: ReadonlyMap<string, readonly DeclaredIdentity[]>,
  parsed: (path: string) => Promise<ParsedYaml>,
): Promise<Problem[]> {
  const placeOf = async (path: string, { start, end }: DeclaredIdentity): Promise<Location> => {
    const { lines } = await parsed(path);
    return { path, range: lines.range(start, end) };
  };
  const problems: Problem[] = [];
  for (const source of workspace.sources) {
    if (source.render.tool !== 'folder') {
      continue;
    }
    // Examples and alternatives lie in one folder: only what applies a folder as a whole makes its twins a fault.
    const deployed = isDeployed(workspace, source.id);
    /** Alternatives share many objects: one line for each pair of files says it. */
    const alternatives = new Map<string, Problem & { objects: number }>();
    const seen = new Map<string, { path: string; identity: DeclaredIdentity }>();
    for (const path of source.render.files) {
      for (const identity of identities.get(path) ?? []) {
        const first = seen.get(identity.key);
        if (first === undefined) {
          seen.set(identity.key, { path, identity });
          continue;
        }
        // A link, or a copy: one overwrites the other with the same.
        if (first.path !== path && (await parsed(first.path)).text === (await parsed(path)).text) {
          continue;
        }
        const pair = `${first.path}\n${path}`;
        const told = alternatives.get(pair);
        if (told !== undefined) {
          told.objects++;
          continue;
        }
        const problem: Problem = {
          ...(await placeOf(path, identity)),
          rule: 'kubernetes/duplicate-object',
          severity: deployed ? 'error' : 'info',
          message: `${identity.label} is there twice in ${source.name}: the second one would overwrite the first.`,
          resource: identity.label,
          related: [{ location: await placeOf(first.path, first.identity), message: 'The first one' }],
        };
        if (deployed) {
          problems.push(problem);
        } else {
          alternatives.set(pair, { ...problem, objects: 1 });
        }
      }
    }
    for (const { objects, ...problem } of alternatives.values()) {
      const others = objects === 1 ? '' : ` So would ${objects - 1} more of this file.`;
      problems.push({ ...problem, message: problem.message + others });
    }
  }
  return problems;
}

/** Whether something in the repository says that the whole folder is applied. */
function isDeployed({ sources, environments }: Workspace, id: string): boolean {
  return (
    sources.some(({ children }) => children.includes(id)) ||
    environments.some((environment) => environment.foundBy !== 'overlay' && environment.sources.includes(id))
  );
}
