// What a rename has to change together: a definition, every reference to it, and, where such a reference also means other definitions
// (the same ConfigMap in two overlays), those too, until nothing is left out. Prefixes and suffixes of overlays are looked through.
import type { Definition, Edge, WorkspaceGraph } from '../graph/graph';
import { label } from '../resource';

/** A definition or reference with the text that takes the place of its own. */
export interface Renaming {
  definitions: { definition: Definition; newName: string }[];
  edges: { edge: Edge; newText: string }[];
  /** Set where it cannot be done: a sentence with its reason. */
  refused?: string;
}

/** Everything that has to change when `first` is to be called `newName`; the first one is the first of the result. */
export function renamingOf(graph: WorkspaceGraph, first: Definition, newName: string): Renaming {
  const definitions = new Map<string, { definition: Definition; newName: string }>();
  const edges = new Map<string, { edge: Edge; newText: string }>();
  const result = (refused?: string): Renaming => ({
    definitions: [...definitions.values()],
    edges: [...edges.values()],
    ...(refused === undefined ? {} : { refused }),
  });
  const waiting = [{ definition: first, newName }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const known = definitions.get(next.definition.id);
    if (known !== undefined) {
      if (known.newName !== next.newName) {
        return result(`${titleOf(known.definition)} would get two names, ${known.newName} and ${next.newName}.`);
      }
      continue;
    }
    definitions.set(next.definition.id, next);
    if (next.definition.fixed !== undefined) {
      return result(sentence(next.definition.fixed));
    }
    for (const definition of graph.alike(next.definition)) {
      waiting.push({ definition, newName: next.newName });
    }
    for (const edge of graph.referencesTo(next.definition)) {
      const { reference } = edge;
      const id = placeText(reference.from);
      if (edges.has(id)) {
        continue;
      }
      if (reference.fixed !== undefined) {
        return result(
          `${placeText(reference.from)} refers to it as "${reference.text}", which cannot be changed: ${sentence(reference.fixed)}`,
        );
      }
      const newText = newTextOf(reference.text, next.definition, next.newName);
      if (newText === undefined && stillMatches(reference.text, next.definition, next.newName)) {
        continue;
      }
      if (newText === undefined) {
        return result(
          `${placeText(reference.from)} refers to it as "${reference.text}", which does not hold its name.`,
        );
      }
      edges.set(id, { edge, newText });
      for (const target of edge.targets) {
        const name = newNameBehind(reference.text, newText, target);
        if (name === undefined) {
          return result(
            `${placeText(reference.from)} also means ${titleOf(target)} in ${placeText(target.at)}, which "${newText}" would not.`,
          );
        }
        waiting.push({ definition: target, newName: name });
      }
    }
  }
  return result();
}

/** What a reference to a definition says once that has a new name; undefined where its text does not hold the old one. */
export function newTextOf(text: string, definition: Definition, newName: string): string | undefined {
  if (definition.entity === 'label') {
    return newName;
  }
  for (const { before, after } of forms(definition)) {
    if (text === before + definition.name + after) {
      return before + newName + after;
    }
  }
  // `namespace/name`, `name.namespace.svc`, `${name}`: the name with its neighbours.
  const parts = /^(\$\{|.*\/)?([^/$]*?)((?:\.[^/]*|:?[=+?-][^}]*)?\}?)$/s.exec(text);
  if (parts !== null) {
    const [, before = '', , after = ''] = parts;
    const inner = text.slice(before.length, text.length - after.length);
    if (inner === definition.name && (before !== '' || after !== '')) {
      return before + newName + after;
    }
  }
  return undefined;
}

/** True for a pattern of a patch's target that chooses the object under either name. */
function stillMatches(text: string, definition: Definition, newName: string): boolean {
  if (definition.entity !== 'object' || !/[*+?|()[\]^$]/.test(text)) {
    return false;
  }
  try {
    const pattern = new RegExp(`^(?:${text})$`);
    return forms(definition).some(
      ({ before, after }) => pattern.test(before + definition.name + after) && pattern.test(before + newName + after),
    );
  } catch {
    return false;
  }
}

/** The name that a definition must get so that a reference, changed from `text` to `newText`, still means it. */
export function newNameBehind(text: string, newText: string, definition: Definition): string | undefined {
  if (definition.entity === 'label') {
    return newText;
  }
  for (const { before, after } of forms(definition)) {
    if (text === before + definition.name + after) {
      const fits = newText.startsWith(before) && newText.endsWith(after);
      const name = fits ? newText.slice(before.length, newText.length - after.length) : '';
      return name === '' || newText.length < before.length + after.length ? undefined : name;
    }
  }
  const at = text.indexOf(definition.name);
  const [before, after] = at < 0 ? ['', ''] : [text.slice(0, at), text.slice(at + definition.name.length)];
  return at >= 0 &&
    newText.startsWith(before) &&
    newText.endsWith(after) &&
    newText.length > before.length + after.length
    ? newText.slice(before.length, newText.length - after.length)
    : undefined;
}

/** What overlays put before and after a written name; the name as it is written comes first. */
export function forms(definition: Definition): { before: string; after: string }[] {
  const found = [{ before: '', after: '' }];
  if (definition.entity !== 'object') {
    return found;
  }
  for (const { effective } of definition.appearances) {
    const at = effective.name.indexOf(definition.name);
    if (at >= 0 && effective.name !== definition.name) {
      found.push({
        before: effective.name.slice(0, at),
        after: effective.name.slice(at + definition.name.length),
      });
    }
  }
  return found;
}

/** How a definition is called in sentences: `Deployment shop/web`, `key config.yaml of ConfigMap web`. */
export function titleOf(definition: Definition): string {
  const { entity, name, object } = definition;
  if (entity === 'object') {
    return object === undefined ? name : label(object);
  }
  const word = entity === 'claimTemplate' ? 'volume claim template' : entity;
  return `${word} ${name}${object === undefined || entity === 'label' ? '' : ` of ${label(object)}`}`;
}

/** `apps/web/service.yaml:12`, as people write places. */
export function placeText({ path, range }: Definition['at']): string {
  return `${path}:${range.start.line + 1}:${range.start.character + 1}`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
