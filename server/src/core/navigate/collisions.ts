// Whether a new name is taken already, in the scope where it would have to be the only one.
import type { Appearance, Definition, WorkspaceGraph } from '../graph/graph';
import { keyText } from '../resource';
import { placeText, titleOf, type Renaming } from './sameThing';

/** Why the new names cannot be used beside what exists; undefined: they are free. */
export function collisionOf(
  graph: WorkspaceGraph,
  paths: readonly string[],
  { definitions, edges }: Renaming,
): string | undefined {
  /** A label that no selector reads, on either side, changes nothing that is chosen. */
  const isRead = (other: Definition): boolean =>
    other.entity !== 'label' || edges.length > 0 || graph.referencesTo(other).length > 0;
  const changed = new Set(definitions.map(({ definition }) => definition.id));
  const objects = new Set(definitions.map(({ definition }) => holderId(definition)));
  for (const path of paths) {
    for (const other of graph.definitionsIn(path)) {
      if (changed.has(other.id)) {
        continue;
      }
      for (const { definition, newName } of definitions) {
        if (other.entity === definition.entity && collides(other, definition, newName, objects) && isRead(other)) {
          return `${titleOf(other)} exists already, in ${placeText(other.at)}.`;
        }
      }
    }
  }
  return undefined;
}

function collides(other: Definition, definition: Definition, newName: string, objects: ReadonlySet<string>): boolean {
  switch (definition.entity) {
    case 'object':
      return isSameObject(other, definition, newName);
    case 'label':
      // Selectors would begin to choose what they did not choose before.
      return other.name === newName && !objects.has(holderId(other)) && meet(other, definition);
    case 'key':
      return other.name === newName && isSameHolder(other, definition) && sharesSource(other, definition);
    case 'port':
    case 'container':
    case 'volume':
    case 'claimTemplate':
      return other.name === newName && other.at.path === definition.at.path && isSameHolder(other, definition);
    case 'variable':
    case 'file':
    case 'folder':
      return false;
  }
}

function isSameObject(other: Definition, definition: Definition, newName: string): boolean {
  const [a, b] = [other.object, definition.object];
  if (a === undefined || b === undefined || a.kind !== b.kind || a.group !== b.group) {
    return false;
  }
  if (other.appearances.length === 0 || definition.appearances.length === 0) {
    return other.name === newName && a.namespace === b.namespace && other.at.path === definition.at.path;
  }
  return definition.appearances.some((mine) => {
    const name = mine.effective.name.replace(definition.name, newName);
    return other.appearances.some(
      (theirs) =>
        shares(mine, theirs) &&
        theirs.effective.name === name &&
        theirs.effective.namespace === mine.effective.namespace,
    );
  });
}

function shares(a: Appearance, b: Appearance): boolean {
  return a.source === b.source || a.environments.some((environment) => b.environments.includes(environment));
}

function sharesSource(a: Definition, b: Definition): boolean {
  return a.at.path === b.at.path || a.appearances.some((mine) => b.appearances.some((theirs) => shares(mine, theirs)));
}

function meet(a: Definition, b: Definition): boolean {
  return a.appearances.some((mine) =>
    b.appearances.some((theirs) => shares(mine, theirs) && mine.effective.namespace === theirs.effective.namespace),
  );
}

function isSameHolder(a: Definition, b: Definition): boolean {
  return a.object !== undefined && b.object !== undefined && keyText(a.object) === keyText(b.object);
}

function holderId({ at, object }: Definition): string {
  return `${at.path}#${object === undefined ? '' : keyText(object)}`;
}
