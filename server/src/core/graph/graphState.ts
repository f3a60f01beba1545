// What a discovery found, placed and indexed: built in steps, so that whoever builds can let other work run between them.
import { folderOf } from '../workspace/paths';
import { fileSet } from '../workspace/kustomization';
import type { ResourceKey } from '../resource';
import type { Source, Workspace } from '../workspace/source';
import type { FileEntry } from './fileEntry';
import { Linker, type LinkInput } from './linker';
import { placeSource, type Placed, type PlacedSource, type PlacementInput } from './placement';
import { makeScope, nameKey, type Scope } from './scope';

/** What a discovery found, linked. Replaced as a whole; `edit` replaces single files in it. */
export interface State {
  workspace: Workspace;
  entries: Map<string, FileEntry>;
  files: ReadonlySet<string>;
  folders: ReadonlySet<string>;
  scopes: readonly Scope[];
  scopesByPath: ReadonlyMap<string, readonly Scope[]>;
  written: ReadonlyMap<string, readonly { path: string; index: number }[]>;
  /** Files by what their references say, and by the paths that they name. Names that were edited away stay until the next building. */
  byText: Map<string, Set<string>>;
  byPath: Map<string, Set<string>>;
  /** Objects of renderings, by source. */
  rendered: Map<string, readonly ResourceKey[]>;
}

export function emptyState(): State {
  return {
    workspace: {
      configuration: { environments: [], rules: {}, ignoreDifferences: [], schemas: [], exclude: [] },
      sources: [],
      environments: [],
      files: [],
      problems: [],
    },
    entries: new Map(),
    files: new Set(),
    folders: new Set(['']),
    scopes: [],
    scopesByPath: new Map(),
    written: new Map(),
    byText: new Map(),
    byPath: new Map(),
    rendered: new Map(),
  };
}

export function inputOf(state: State): LinkInput {
  const entry = (path: string): FileEntry | undefined => state.entries.get(path);
  return {
    workspace: state.workspace,
    entry,
    files: state.files,
    folders: state.folders,
    scopes: state.scopes,
    scopesOf: (path) => state.scopesByPath.get(path) ?? [],
    written: (kind, name) =>
      (state.written.get(nameKey(kind, name)) ?? []).flatMap(({ path, index }) => {
        const found = entry(path);
        const object = found?.objects[index];
        return found === undefined || object === undefined ? [] : [{ entry: found, object }];
      }),
  };
}

/** Stands in the index for references whose text is a pattern or prefix of names. */
export const patternText = '\u0000pattern';

export function indexReferences(
  entry: FileEntry,
  linker: Linker,
  byText: Map<string, Set<string>>,
  byPath: Map<string, Set<string>>,
): void {
  for (const reference of entry.references) {
    if (reference.entity === 'file' || reference.entity === 'folder') {
      linker.paths(entry, reference).forEach((path) => put(byPath, path, entry.path));
    } else {
      put(
        byText,
        reference.pattern === true && /[^\w-]/.test(reference.text) ? patternText : reference.text,
        entry.path,
      );
    }
  }
}

function put(map: Map<string, Set<string>>, key: string, value: string): void {
  const set = map.get(key);
  if (set === undefined) {
    map.set(key, new Set([value]));
  } else {
    set.add(value);
  }
}

/** Places all objects, a source at a time. With `only`, sources that the changed file takes no part in keep their places. */
export function* build(
  workspace: Workspace,
  entries: Map<string, FileEntry>,
  only?: { changed: string; state: State },
  renderedBefore: ReadonlyMap<string, readonly ResourceKey[]> = new Map(),
): Generator<undefined, State> {
  const { files, folders } = only?.state ?? fileSet([...entries.keys()]);
  yield;
  const often = every(200);
  const filesOf = new Map<string, string[]>();
  const kustomizations = new Map<string, string>();
  for (const file of workspace.files) {
    for (const id of file.sources) {
      const list = filesOf.get(id);
      if (list === undefined) {
        filesOf.set(id, [file.path]);
      } else {
        list.push(file.path);
      }
    }
    if (entries.get(file.path)?.layer !== undefined) {
      kustomizations.set(folderOf(file.path), file.path);
    }
  }
  yield;
  const input: PlacementInput = {
    entry: (path) => entries.get(path),
    kustomizations,
    filesOf: (id) => filesOf.get(id) ?? [],
  };
  const scopeBefore = new Map((only?.state.scopes ?? []).map((scope) => [scope.id, scope] as const));
  const before = new Map(
    only?.state.scopes.flatMap(({ sources }) => sources.map((placed) => [placed.source, placed] as const)),
  );
  const placedSources = new Map<string, PlacedSource>();
  const place = (source: Source): PlacedSource => {
    let placed = placedSources.get(source.id);
    if (placed === undefined) {
      const known = before.get(source);
      const stays = known !== undefined && only !== undefined && !takesPart(known, only.changed);
      placed = stays ? known : placeSource(source, input);
      placedSources.set(source.id, placed);
    }
    return placed;
  };
  /** The scope as it was, where none of its sources was placed anew. */
  const again = (id: string, sources: readonly PlacedSource[]): Scope | undefined => {
    const known = scopeBefore.get(id);
    return known?.sources.length === sources.length && known.sources.every((placed, i) => placed === sources[i])
      ? known
      : undefined;
  };
  const byId = new Map(workspace.sources.map((source) => [source.id, source]));
  const scopes: Scope[] = [];
  const deployed = new Set<string>();
  for (const environment of workspace.environments) {
    const sources: PlacedSource[] = [];
    for (const id of environment.sources) {
      const source = byId.get(id);
      if (source !== undefined) {
        deployed.add(id);
        sources.push(place(source));
        yield;
      }
    }
    scopes.push(again(environment.name, sources) ?? makeScope(environment.name, environment.name, sources));
    yield;
  }
  for (const source of workspace.sources) {
    if (source.root && !deployed.has(source.id)) {
      const sources = [place(source)];
      scopes.push(again(source.id, sources) ?? makeScope(source.id, undefined, sources));
      yield;
    }
  }
  const scopesByPath = new Map<string, Scope[]>();
  for (const scope of scopes) {
    for (const path of scope.byEntry.keys()) {
      const list = scopesByPath.get(path);
      if (list === undefined) {
        scopesByPath.set(path, [scope]);
      } else {
        list.push(scope);
      }
    }
    yield;
  }
  const written = new Map<string, { path: string; index: number }[]>();
  for (const entry of entries.values()) {
    entry.objects.forEach(({ key, partial }, index) => {
      if (!partial) {
        const text = nameKey(key, key.name);
        const list = written.get(text);
        if (list === undefined) {
          written.set(text, [{ path: entry.path, index }]);
        } else {
          list.push({ path: entry.path, index });
        }
      }
    });
    if (often()) {
      yield;
    }
  }
  const state: State = {
    workspace,
    entries,
    files,
    folders,
    scopes,
    scopesByPath,
    written,
    byText: only?.state.byText ?? new Map<string, Set<string>>(),
    byPath: only?.state.byPath ?? new Map<string, Set<string>>(),
    rendered: only?.state.rendered ?? new Map(renderedBefore),
  };
  const linker = new Linker(inputOf(state));
  const indexed = only === undefined ? entries.values() : [entries.get(only.changed)];
  for (const entry of indexed) {
    if (entry !== undefined) {
      indexReferences(entry, linker, state.byText, state.byPath);
    }
    if (often()) {
      yield;
    }
  }
  return state;
}

/** True at every `count`th call. */
function every(count: number): () => boolean {
  let calls = 0;
  return () => ++calls % count === 0;
}

function takesPart({ placed, kustomizations }: PlacedSource, path: string): boolean {
  return kustomizations.has(path) || placed.some((object: Placed) => object.entry === path);
}
