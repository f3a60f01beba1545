// Which definitions a reference means: names through the scopes that its object is deployed in, keys and ports through the object that
// holds them, labels through selectors, paths through the tree of files.
import { folderOf, isWithin, joinPath } from '../workspace/paths';
import type { Source, Workspace } from '../workspace/source';
import type { DefinitionFact, PodFact, ReferenceFact, WrittenObject } from './facts';
import type { FileEntry } from './fileEntry';
import { LabelIndex, type Selectable } from './labelIndex';
import { chooses, selectorPairs } from './podLabels';
import type { Placed } from './placement';
import { isTarget, resolveIn, resolveInFile, type Scope } from './scope';

/** A definition with the file that it stands in; a file or folder defines itself. */
export type Target = { entry: FileEntry; fact: DefinitionFact } | { path: string; folder: boolean };

export interface LinkInput {
  workspace: Workspace;
  entry(path: string): FileEntry | undefined;
  files: ReadonlySet<string>;
  folders: ReadonlySet<string>;
  scopes: readonly Scope[];
  /** Scopes that deploy a file. */
  scopesOf(path: string): readonly Scope[];
  /** Objects by written name, for files that nothing deploys. */
  written(kind: { group: string; kind: string }, name: string): readonly { entry: FileEntry; object: WrittenObject }[];
}

/** One use of a reference: where it is deployed, and what answers it there. */
export interface Use {
  scope: Scope;
  from: Placed;
  targets: Target[];
}

/** Where the objects of a file are deployed. */
interface Places {
  entry: FileEntry;
  byObject: Map<WrittenObject, { scope: Scope; placed: Placed }[]>;
}

const nowhere: readonly { scope: Scope; placed: Placed }[] = [];

export class Linker {
  /** By path: an edit replaces the entry of its file, and with it what is known here. */
  private readonly places = new Map<string, Places>();
  private labelIndices = new WeakMap<Scope, LabelIndex>();

  constructor(private readonly input: LinkInput) {}

  readonly objectOf = (placed: Placed): WrittenObject | undefined =>
    this.input.entry(placed.entry)?.objects[placed.index];

  /** All definitions that a reference means, over all scopes. */
  targets(entry: FileEntry, reference: ReferenceFact): Target[] {
    if (reference.text === '' || (reference.fixed !== undefined && reference.entity !== 'variable')) {
      return [];
    }
    if (reference.entity === 'file' || reference.entity === 'folder') {
      return this.paths(entry, reference).flatMap((path) => this.pathTarget(path));
    }
    const found = this.uses(entry, reference).flatMap((use) => use.targets);
    if (reference.object === undefined) {
      found.push(...this.inKustomization(entry, reference));
    }
    if (found.length === 0 && reference.object !== undefined && this.placedOf(entry, reference.object).length === 0) {
      found.push(...this.unplaced(entry, reference));
    }
    return distinct(found);
  }

  /** What a reference means in each place where its object is deployed. */
  uses(entry: FileEntry, reference: ReferenceFact): Use[] {
    const { object } = reference;
    if (object === undefined) {
      return [];
    }
    return this.placedOf(entry, object).map(({ scope, placed }) => ({
      scope,
      from: placed,
      targets: this.resolve(scope, placed, entry, reference),
    }));
  }

  /** Every place in which an object of a file is deployed. */
  placedOf(entry: FileEntry, object: WrittenObject): readonly { scope: Scope; placed: Placed }[] {
    let places = this.places.get(entry.path);
    if (places?.entry !== entry) {
      places = this.placesOf(entry);
      this.places.set(entry.path, places);
    }
    return places.byObject.get(object) ?? nowhere;
  }

  private placesOf(entry: FileEntry): Places {
    const byObject: Places['byObject'] = new Map();
    for (const scope of this.input.scopesOf(entry.path)) {
      for (const placed of scope.byEntry.get(entry.path) ?? []) {
        const object = entry.objects[placed.index];
        const known = object === undefined ? undefined : byObject.get(object);
        if (known !== undefined) {
          known.push({ scope, placed });
        } else if (object !== undefined) {
          byObject.set(object, [{ scope, placed }]);
        }
      }
    }
    return { entry, byObject };
  }

  // ---- by entity

  private resolve(scope: Scope, from: Placed, entry: FileEntry, reference: ReferenceFact): Target[] {
    switch (reference.entity) {
      case 'object':
        return (
          reference.pattern === true ? this.patched(scope, entry, reference) : this.objects(scope, from, reference)
        ).flatMap((placed) => this.objectTarget(placed));
      case 'key':
        return reference.via === undefined
          ? []
          : this.objects(scope, from, reference.via).flatMap((holder) => this.keysOf(holder, reference.text));
      case 'port':
        return this.ports(scope, from, reference);
      case 'container':
      case 'volume':
      case 'claimTemplate':
        return reference.pod === undefined ? [] : this.inPod(from, reference.pod, reference);
      case 'label':
        return this.labels(scope, from, reference);
      case 'variable':
        return this.variables(from.source, reference.text);
      case 'file':
      case 'folder':
        return this.paths(entry, reference).flatMap((path) => this.pathTarget(path));
    }
  }

  /** Objects that a name reference means in a scope. */
  objects(scope: Scope, from: Placed, reference: ReferenceFact): Placed[] {
    if (reference.line.role === 'patched object') {
      return from.patched;
    }
    return resolveIn(scope, from, reference);
  }

  /** What the target of a patch in a Flux or Argo CD object means: objects of the source that this object declares. */
  private patched(scope: Scope, entry: FileEntry, reference: ReferenceFact): Placed[] {
    const own = scope.sources.filter(
      ({ source }) =>
        isDeclared(source) &&
        source.declared.path === entry.path &&
        this.declaringObject(entry, source) === reference.object,
    );
    return own.flatMap(({ placed }) => placed.filter((object) => isTarget(object, reference)));
  }

  private objectTarget(placed: Placed): Target[] {
    const entry = this.input.entry(placed.entry);
    const object = entry?.objects[placed.index];
    const fact = object?.definitions.find(({ entity }) => entity === 'object');
    return entry === undefined || fact === undefined ? [] : [{ entry, fact }];
  }

  /** True where the graph has read a file. */
  hasText(path: string): boolean {
    return this.input.entry(path)?.text !== undefined;
  }

  /** Everything of one entity that an object and its patches define. */
  definitionsOf(placed: Placed, entity: DefinitionFact['entity']): { entry: FileEntry; fact: DefinitionFact }[] {
    return [placed, ...placed.patches].flatMap((part) => {
      const entry = this.input.entry(part.entry);
      const object = entry?.objects[part.index];
      if (entry === undefined || object === undefined) {
        return [];
      }
      const own = object.definitions.flatMap((fact) => (fact.entity === entity ? [{ entry, fact }] : []));
      const files = entity === 'key' ? (object.keyFiles ?? []) : [];
      return [
        ...own,
        ...files.flatMap((path) => {
          const file = this.input.entry(path);
          return file === undefined
            ? []
            : file.documents.flatMap((d) => d.definitions.map((fact) => ({ entry: file, fact })));
        }),
      ];
    });
  }

  /** The same part of the same object, where its patches or what it patches write it too. */
  alike({ entry, fact }: { entry: FileEntry; fact: DefinitionFact }): Target[] {
    const { object, entity, name, pod } = fact;
    if (object === undefined || entity === 'object') {
      return [];
    }
    const found = this.placedOf(entry, object).flatMap(({ placed }) =>
      (placed.patched.length > 0 ? placed.patched : [placed]).flatMap((whole) => this.definitionsOf(whole, entity)),
    );
    return distinct(
      found.filter(
        (other) =>
          other.fact.name === name &&
          other.fact.object !== object &&
          (other.fact.pod === undefined) === (pod === undefined),
      ),
    );
  }

  private keysOf(holder: Placed, name: string): Target[] {
    return this.definitionsOf(holder, 'key').filter(({ fact }) => fact.name === name);
  }

  private ports(scope: Scope, from: Placed, reference: ReferenceFact): Target[] {
    const { via, selector, pod, text } = reference;
    if (pod !== undefined) {
      return this.inPod(from, pod, reference);
    }
    const holders =
      via !== undefined
        ? this.objects(scope, from, via)
        : selector === undefined
          ? []
          : this.chosen(scope, from, reference).map(({ placed }) => placed);
    return holders.flatMap((holder) => this.definitionsOf(holder, 'port').filter(({ fact }) => fact.name === text));
  }

  /** Parts of the same Pod: in this object, in its patches, and in what it patches. */
  private inPod(from: Placed, pod: PodFact, reference: ReferenceFact): Target[] {
    const wholes = from.patched.length > 0 ? from.patched : [from];
    const single = (this.objectOf(from)?.pods.length ?? 0) <= 1;
    const entities =
      reference.entity === 'volume' ? (['volume', 'claimTemplate'] as const) : ([reference.entity] as const);
    return wholes.flatMap((whole) =>
      entities.flatMap((entity) =>
        this.definitionsOf(whole, entity).filter(
          ({ fact }) => fact.name === reference.text && (single || fact.pod === undefined || fact.pod === pod),
        ),
      ),
    );
  }

  /** What the selector of a reference chooses in a scope. */
  chosen(scope: Scope, from: Placed, reference: ReferenceFact): { placed: Placed; pod: PodFact | undefined }[] {
    const { selector } = reference;
    if (selector === undefined || selector.pairs.length === 0) {
      return [];
    }
    return this.selectables(scope, from, reference, selectorPairs(from, selector)).map(({ placed, pod }) => ({
      placed,
      pod,
    }));
  }

  /** What has all of the pairs; with `almost`, what has all but one. */
  selectables(
    scope: Scope,
    from: Placed,
    { line }: ReferenceFact,
    pairs: ReadonlyMap<string, string>,
    almost = false,
  ): { placed: Placed; pod: PodFact | undefined; labels: ReadonlyMap<string, string> }[] {
    const found =
      line.selects === 'self'
        ? (from.patched.length > 0 ? from.patched : [from])
            .flatMap((placed) => LabelIndex.podsOf(placed, this.objectOf))
            .filter(({ labels }) => chooses(pairs, labels))
        : this.labelled(scope, from, line.selects === 'services' ? 'services' : 'pods', pairs, almost);
    return found.map((selectable) => ({ ...selectable, pod: LabelIndex.podOf(selectable, this.objectOf) }));
  }

  private labelled(
    scope: Scope,
    from: Placed,
    what: 'pods' | 'services',
    pairs: ReadonlyMap<string, string>,
    almost: boolean,
  ): readonly Selectable[] {
    let index = this.labelIndices.get(scope);
    if (index === undefined) {
      index = new LabelIndex(scope, this.objectOf);
      this.labelIndices.set(scope, index);
    }
    // Monitors look into other namespaces where they say so.
    const namespace = from.key.kind.endsWith('Monitor') ? '*' : from.key.namespace;
    return almost ? index.almostChosen(what, namespace, pairs) : index.chosen(what, namespace, pairs);
  }

  /** Labels of some file are others now. */
  forgetLabels(): void {
    this.labelIndices = new WeakMap();
  }

  private labels(scope: Scope, from: Placed, reference: ReferenceFact): Target[] {
    return this.chosen(scope, from, reference).flatMap(({ placed, pod }) =>
      this.definitionsOf(placed, 'label').filter(
        ({ fact }) =>
          fact.name === reference.text &&
          (pod === undefined
            ? fact.pod === undefined
            : fact.pod !== undefined && (fact.pod === pod || fact.object?.partial === true)),
      ),
    );
  }

  /** Where a variable of a post-build substitution gets its value. */
  private variables(source: Source, name: string): Target[] {
    if (source.kind !== 'fluxKustomization') {
      return [];
    }
    const entry = this.input.entry(source.declared.path);
    const declared = entry === undefined ? undefined : this.declaringObject(entry, source);
    if (entry === undefined || declared === undefined) {
      return [];
    }
    const own = declared.definitions.flatMap((fact) =>
      fact.entity === 'variable' && fact.name === name ? [{ entry, fact }] : [],
    );
    if (own.length > 0) {
      return own;
    }
    const from = entry.references.filter(
      ({ object, line }) => object === declared && line.role === 'source of variables',
    );
    return from.flatMap((reference) =>
      this.uses(entry, reference).flatMap(({ scope, from: placed }) =>
        this.objects(scope, placed, reference).flatMap((holder) => this.keysOf(holder, name)),
      ),
    );
  }

  /** The object that declares a source. */
  declaringObject(entry: FileEntry, source: Source): WrittenObject | undefined {
    const offset = entry.lines.offsetAt(source.declared.range.start);
    return entry.objects.find(
      ({ document, start, end, made }) =>
        made === undefined && document.start + start <= offset && offset <= document.start + end,
    );
  }

  // ---- without a place in a scope

  private inKustomization(entry: FileEntry, reference: ReferenceFact): Target[] {
    if (reference.entity !== 'object') {
      return [];
    }
    return this.input.scopes.flatMap((scope) =>
      resolveInFile(scope, entry.path, reference).flatMap((placed) => this.objectTarget(placed)),
    );
  }

  /** An object that nothing deploys still means something to a reader: the nearest one of that name. */
  private unplaced(entry: FileEntry, reference: ReferenceFact): Target[] {
    const { pod, object, entity } = reference;
    if (
      (entity === 'container' || entity === 'volume' || (entity === 'port' && pod !== undefined)) &&
      object !== undefined
    ) {
      return object.definitions.flatMap((fact) =>
        fact.name === reference.text &&
        (fact.entity === entity || (entity === 'volume' && fact.entity === 'claimTemplate'))
          ? [{ entry, fact }]
          : [],
      );
    }
    if (entity !== 'object' && !(entity === 'key' && reference.via !== undefined)) {
      return [];
    }
    const named = entity === 'key' ? reference.via : reference;
    const candidates = (named?.kinds ?? []).flatMap((kind) => this.input.written(kind, named?.text ?? ''));
    const near = nearestOf(candidates, entry.path);
    return near.flatMap((found) =>
      found.object.definitions.flatMap((fact) =>
        entity === 'object'
          ? fact.entity === 'object'
            ? [{ entry: found.entry, fact }]
            : []
          : fact.entity === 'key' && fact.name === reference.text
            ? [{ entry: found.entry, fact }]
            : [],
      ),
    );
  }

  // ---- files and folders

  private pathTarget(path: string): Target[] {
    if (this.input.files.has(path)) {
      return [{ path, folder: false }];
    }
    return this.input.folders.has(path) ? [{ path, folder: true }] : [];
  }

  /** Repository paths that a reference means. */
  paths(entry: FileEntry, reference: ReferenceFact): string[] {
    const { line, path, text, object } = reference;
    if (path === undefined && line.from !== 'source') {
      return [];
    }
    if (line.from !== 'source') {
      return path === undefined ? [] : [path];
    }
    if (object === undefined) {
      return [];
    }
    if (object.key.kind === 'ApplicationSet') {
      return this.matching(text, line.entity === 'folder');
    }
    const sources = this.input.workspace.sources.filter(
      (source) =>
        isDeclared(source) && source.declared.path === entry.path && this.declaringObject(entry, source) === object,
    );
    return [...new Set(sources.flatMap((source) => this.pathInSource(source, reference)))];
  }

  private pathInSource(source: Source, { line, text, path }: ReferenceFact): string[] {
    const isHere = source.render.tool !== 'unsupported' || source.path !== '';
    if (!isHere) {
      return [];
    }
    if (line.role.startsWith('path of') || line.role.startsWith('chart of')) {
      const written = joinPath('', text);
      // An Application of several sources: each has its own path.
      return written === undefined || (source.kind === 'argoApplication' && source.path !== written)
        ? []
        : [source.path];
    }
    if (line.role.startsWith('component')) {
      const folder = joinPath(source.path, text);
      return folder === undefined ? [] : [folder];
    }
    if (source.kind === 'argoApplication') {
      const lent = /^\$[^/]+\/(.*)$/.exec(text)?.[1];
      const file =
        lent !== undefined
          ? joinPath('', lent)
          : text.startsWith('/')
            ? joinPath('', text)
            : joinPath(source.path, text);
      return file === undefined ? [] : [file];
    }
    return path === undefined ? [] : [path];
  }

  /** Files or folders that a pattern of an ApplicationSet's generator names. */
  private matching(text: string, folders: boolean): string[] {
    const clean = joinPath('', text);
    if (clean === undefined) {
      return [];
    }
    if (!/[*?[]/.test(clean)) {
      return [clean];
    }
    const pattern = new RegExp(
      `^${clean
        .split(/(\*\*\/?|\*|\?)/)
        .map((part) =>
          part.startsWith('**')
            ? '.*'
            : part === '*'
              ? '[^/]*'
              : part === '?'
                ? '[^/]'
                : part.replace(/[.+^${}()|[\]\\]/g, '\\$&'),
        )
        .join('')}$`,
    );
    return [...(folders ? this.input.folders : this.input.files)].filter((path) => pattern.test(path)).slice(0, 200);
  }
}

/** Sources that an object declares, by their own kind of object. */
function isDeclared({ kind }: Source): boolean {
  return kind === 'fluxKustomization' || kind === 'fluxHelmRelease' || kind === 'argoApplication';
}

function distinct(targets: readonly Target[]): Target[] {
  const seen = new Set<unknown>();
  return targets.filter((target) => {
    const key = 'fact' in target ? target.fact : target.path;
    return seen.has(key) ? false : (seen.add(key), true);
  });
}

/** Those whose files share the most folders with a path. */
function nearestOf<T extends { entry: FileEntry }>(all: readonly T[], path: string): T[] {
  let best: T[] = [];
  let bestShared = -1;
  for (const candidate of all) {
    let folder = folderOf(path);
    while (!isWithin(folder, candidate.entry.path)) {
      folder = folderOf(folder);
    }
    if (folder.length > bestShared) {
      best = [candidate];
      bestShared = folder.length;
    } else if (folder.length === bestShared) {
      best.push(candidate);
    }
  }
  return best;
}
