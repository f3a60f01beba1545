// Places that belong to what stands at a caret: what it means, what holds that, who refers to it, what overlays make of it.
import type { AtPlace, Definition, Edge, WorkspaceGraph } from '../graph/graph';
import type { Location } from '../problem';
import { keyText } from '../resource';

/** What a place means: the targets of a reference, else the definition that stands there. */
export function subjectsOf({ definition, edge }: AtPlace): readonly Definition[] {
  if (edge !== undefined && edge.targets.length > 0) {
    return edge.targets;
  }
  return definition === undefined ? [] : [definition];
}

/** The objects that hold what is meant: of a key its ConfigMap, of a port its workload; of an object the definition of its kind. */
export function typesOf(graph: WorkspaceGraph, place: AtPlace): readonly Definition[] {
  return subjectsOf(place).flatMap((subject) => {
    if (subject.object === undefined) {
      return [];
    }
    if (subject.entity !== 'object') {
      return objectsOf(graph, subject);
    }
    const { group, kind } = subject.object;
    // A CRD is called by its plural: of those of this group, the one that ends like the kind.
    return graph
      .search(`.${group}`, 500)
      .filter(
        ({ object, name }) =>
          group !== '' &&
          object?.kind === 'CustomResourceDefinition' &&
          name.endsWith(`.${group}`) &&
          isPluralOf(name.slice(0, name.length - group.length - 1), kind.toLowerCase()),
      );
  });
}

function isPluralOf(plural: string, kind: string): boolean {
  return [kind, `${kind}s`, `${kind}es`, `${kind.replace(/y$/, 'i')}es`].includes(plural);
}

function objectsOf(graph: WorkspaceGraph, { at, object }: Definition): Definition[] {
  return graph
    .definitionsIn(at.path)
    .filter(
      (other) =>
        other.entity === 'object' &&
        other.object !== undefined &&
        object !== undefined &&
        keyText(other.object) === keyText(object),
    );
}

/** Who refers to what a place means, and every definition that is meant with it. */
export function referencesAt(
  graph: WorkspaceGraph,
  place: AtPlace,
): { definitions: readonly Definition[]; edges: readonly Edge[] } {
  const definitions = subjectsOf(place);
  const edges = new Map<string, Edge>();
  for (const definition of definitions) {
    for (const edge of graph.referencesTo(definition)) {
      edges.set(JSON.stringify(edge.reference.from), edge);
    }
  }
  return { definitions, edges: [...edges.values()] };
}

/** Where an object gets its final shape: patches of it, then what declares the sources that deploy it. */
export function patchesOf(
  graph: WorkspaceGraph,
  place: AtPlace,
  declared: (source: string) => Location | undefined,
): Location[] {
  const found = new Map<string, Location>();
  const add = (at: Location): Map<string, Location> => found.set(JSON.stringify(at), at);
  for (const subject of subjectsOf(place)) {
    for (const { reference } of graph.referencesTo(subject)) {
      if (/\bpatch/.test(reference.role)) {
        add(reference.from);
      }
    }
    for (const { source } of subject.appearances) {
      const at = declared(source);
      if (at !== undefined) {
        add(at);
      }
    }
  }
  return [...found.values()];
}

export interface ReferredTo {
  definition: Definition;
  edges: readonly Edge[];
}

/** Who refers to the objects of a file and to the file; or, with a line (from zero), to everything that stands or is meant there. */
export function referencesIn(graph: WorkspaceGraph, path: string, line?: number): ReferredTo[] {
  const here = ({ range }: Location): boolean => range.start.line <= (line ?? 0) && (line ?? 0) <= range.end.line;
  const isPath = ({ entity }: Definition): boolean => entity === 'file' || entity === 'folder';
  const all = graph.definitionsIn(path);
  const meant =
    line === undefined
      ? all.filter((definition) => definition.entity === 'object' || isPath(definition))
      : [
          ...all.filter((definition) => !isPath(definition) && here(definition.at)),
          ...graph
            .edgesIn(path)
            .filter(({ reference }) => here(reference.from))
            .flatMap(({ targets }) => targets),
        ];
  return [...new Map(meant.map((definition) => [definition.id, definition])).values()].map((definition) => ({
    definition,
    edges: graph.referencesTo(definition),
  }));
}
