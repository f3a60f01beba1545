// The graph of one open repository. Built in small steps that leave room for typing; an edit reads one file again, and objects are placed
// anew only where identities changed. Edges are found when somebody asks for a file's.
import { Cancelled, type Abort } from '../ports';
import type { DetectedDocument } from '../kinds/kind';
import type { Location, Problem } from '../problem';
import type { ResourceKey } from '../resource';
import { folderOf, kustomizationFiles } from '../workspace/paths';
import type { Workspace, WorkspaceFile } from '../workspace/source';
import type { ParsedYaml } from '../yaml/tree';
import { candidatesAt } from './candidates';
import { danglingReferences } from './dangling';
import { deployersOf } from './deployers';
import type { DefinitionFact, DocumentFacts, ReferenceFact, WrittenObject } from './facts';
import { editEntry, isRead, placeIn, readEntry, type FileEntry } from './fileEntry';
import type {
  Appearance,
  AtPlace,
  Definition,
  Deployer,
  Edge,
  NameCandidate,
  Reference,
  WorkspaceGraph,
} from './graph';
import { build, emptyState, indexReferences, inputOf, patternText, type State } from './graphState';
import { Linker, type Target } from './linker';

export interface UpdateOptions {
  /** Text of a file as it is now; undefined where there is none or it is not known without waiting. */
  text(path: string): string | undefined;
  /** Text of a file that discovery does not read: what generators take keys from. */
  read?(path: string): Promise<string | undefined>;
  /** Lets everything else run; called every few milliseconds. */
  pause?: () => Promise<void>;
  /** Milliseconds from any start. */
  now?: () => number;
  abort?: Abort;
}

/** Longest stretch of work between two pauses, in milliseconds. */
const slice = 6;

export class LiveGraph implements WorkspaceGraph {
  version = 0;
  private state: State = emptyState();
  private linker: Linker;
  private edges = new Map<string, readonly Link[]>();
  private definitions = new Map<string, readonly Definition[]>();
  private byFact = new WeakMap<DefinitionFact, Definition>();
  private ofDefinition = new WeakMap<Definition, Target>();
  private runs = 0;
  private offered = new Map<string, FileEntry>();

  constructor() {
    this.linker = new Linker(inputOf(this.state));
  }

  /** True where nothing was built yet. */
  get isEmpty(): boolean {
    return this.version === 0;
  }

  // ---- building

  /** A file that somebody else has parsed already: the next `update` takes it as read. */
  offer(file: WorkspaceFile, text: string, parsed: ParsedYaml, documents: readonly DetectedDocument[]): void {
    if (isRead(file)) {
      this.offered.set(file.path, readEntry(file, text, this.state.entries.get(file.path), { parsed, documents }));
    }
  }

  /** Takes over what a discovery found. Of two at once the one that started last counts; the other ends as cancelled. */
  async update(workspace: Workspace, options: UpdateOptions): Promise<void> {
    const run = ++this.runs;
    const before = this.state;
    const pauses = stepper(options, () => run !== this.runs);
    const entries = new Map<string, FileEntry>();
    const later: WorkspaceFile[] = [];
    for (const file of workspace.files) {
      const known = this.offered.get(file.path) ?? before.entries.get(file.path);
      const text = isRead(file) ? options.text(file.path) : undefined;
      entries.set(file.path, readEntry(file, text, known));
      if (file.role === 'input') {
        later.push(file);
      }
      const rest = pauses();
      if (rest !== undefined) {
        await rest;
      }
    }
    await this.readKeyFiles(entries, later, before, options);
    this.offered = new Map();
    const building = build(workspace, entries, undefined, before.rendered);
    let step = building.next();
    while (step.done !== true) {
      const rest = pauses();
      if (rest !== undefined) {
        await rest;
      }
      step = building.next();
    }
    this.replace(step.value);
  }

  /** Files that generators read keys from; the others that they read are values as a whole. */
  private async readKeyFiles(
    entries: Map<string, FileEntry>,
    inputs: readonly WorkspaceFile[],
    before: State,
    options: UpdateOptions,
  ): Promise<void> {
    if (inputs.length === 0) {
      return;
    }
    const wanted = new Set(
      [...entries.values()].flatMap(({ objects }) => objects.flatMap(({ keyFiles }) => keyFiles ?? [])),
    );
    for (const file of inputs) {
      if (wanted.has(file.path)) {
        const text = options.text(file.path) ?? (await options.read?.(file.path));
        entries.set(file.path, readEntry(file, text, before.entries.get(file.path)));
      }
    }
  }

  /** A file's text is another one now, and what discovery found stays. Reads that file alone. */
  edit(path: string, text: string): void {
    const { state } = this;
    const before = state.entries.get(path);
    if (before === undefined || before.text === text || (before.text === undefined && before.file.role !== 'input')) {
      return;
    }
    const after = editEntry(before, text);
    state.entries.set(path, after);
    if (after.shape !== before.shape) {
      const building = build(state.workspace, state.entries, { changed: path, state });
      let step = building.next();
      while (step.done !== true) {
        step = building.next();
      }
      this.replace(step.value);
      return;
    }
    if (after.labels !== before.labels) {
      this.linker.forgetLabels();
    }
    indexReferences(after, this.linker, state.byText, state.byPath);
    this.forget();
  }

  /**
   * What a source renders to, for sources whose objects are not read from files (charts): they count as defined. Known until the next
   * discovery.
   */
  setRendered(source: string, objects: readonly ResourceKey[]): void {
    this.state.rendered.set(source, objects);
  }

  private replace(state: State): void {
    this.state = state;
    this.linker = new Linker(inputOf(state));
    this.forget();
  }

  private forget(): void {
    this.version++;
    this.edges = new Map();
    this.definitions = new Map();
    this.byFact = new WeakMap();
  }

  // ---- questions

  definitionsIn(path: string): readonly Definition[] {
    const known = this.definitions.get(path);
    if (known !== undefined) {
      return known;
    }
    const entry = this.state.entries.get(path);
    const facts = entry?.documents.flatMap((document) => document.definitions) ?? [];
    const found =
      entry === undefined
        ? []
        : [
            this.definitionOf({ path, folder: false }),
            ...[...facts]
              .sort((a, b) => a.document.index - b.document.index || a.start - b.start || b.end - a.end)
              .map((fact) => this.definitionOf({ entry, fact })),
          ];
    this.definitions.set(path, found);
    return found;
  }

  edgesIn(path: string): readonly Edge[] {
    return this.linksIn(path).map(({ edge }) => edge);
  }

  private linksIn(path: string): readonly Link[] {
    const known = this.edges.get(path);
    if (known !== undefined) {
      return known;
    }
    const entry = this.state.entries.get(path);
    const found =
      entry === undefined
        ? []
        : [...entry.references]
            .filter(({ text }) => text !== '')
            .sort((a, b) => a.document.index - b.document.index || a.start - b.start)
            .map((fact) => this.linkOf(entry, fact));
    this.edges.set(path, found);
    return found;
  }

  private linkOf(entry: FileEntry, fact: ReferenceFact): Link {
    const targets = this.linker.targets(entry, fact);
    const reference = referenceOf(entry, fact);
    return { fact, targets, edge: { reference, targets: targets.map((target) => this.definitionOf(target)) } };
  }

  at(path: string, offset: number): AtPlace | undefined {
    const entry = this.state.entries.get(path);
    if (entry === undefined) {
      return undefined;
    }
    const touches = ({ document, start, end }: { document: DocumentFacts; start: number; end: number }): boolean =>
      document.start + start <= offset && offset <= document.start + end;
    const width = ({ start, end }: { start: number; end: number }): number => end - start;
    const definition = entry.documents
      .flatMap((document) => document.definitions.filter(touches))
      .sort((a, b) => width(a) - width(b))[0];
    const reference = entry.references
      .filter((fact) => fact.text !== '' && touches(fact))
      .sort((a, b) => width(a) - width(b))[0];
    const link = reference === undefined ? undefined : this.linkOf(entry, reference);
    if (definition === undefined && link === undefined) {
      return undefined;
    }
    const narrowest = Math.min(
      definition === undefined ? Infinity : width(definition),
      link === undefined ? Infinity : width(link.fact),
    );
    return {
      ...(definition !== undefined && width(definition) === narrowest
        ? { definition: this.definitionOf({ entry, fact: definition }) }
        : {}),
      ...(link !== undefined && width(link.fact) === narrowest ? { edge: link.edge } : {}),
    };
  }

  referencesTo(definition: Definition): readonly Edge[] {
    const target = this.targetOf(definition);
    if (target === undefined) {
      return [];
    }
    const isMeant = (other: Target): boolean =>
      'fact' in target ? 'fact' in other && other.fact === target.fact : 'path' in other && other.path === target.path;
    const paths = new Set(
      'fact' in target
        ? this.namesOf(target).flatMap((name) => [...(this.state.byText.get(name) ?? [])])
        : (this.state.byPath.get(target.path) ?? []),
    );
    if (!('fact' in target)) {
      // A file is also meant where its folder is named: a kustomization by its folder.
      const folder = folderOf(target.path);
      if (
        !target.folder &&
        (kustomizationFiles as readonly string[]).includes(target.path.slice(folder === '' ? 0 : folder.length + 1))
      ) {
        const folderTarget: Target = { path: folder, folder: true };
        return [...this.edgesTo(paths, isMeant), ...this.referencesTo(this.definitionOf(folderTarget))];
      }
    }
    return this.edgesTo(paths, isMeant);
  }

  alike(definition: Definition): readonly Definition[] {
    const target = this.targetOf(definition);
    return target !== undefined && 'fact' in target
      ? this.linker.alike(target).map((other) => this.definitionOf(other))
      : [];
  }

  private edgesTo(paths: ReadonlySet<string>, isMeant: (target: Target) => boolean): Edge[] {
    return [...paths]
      .sort()
      .flatMap((path) => this.linksIn(path).flatMap(({ edge, targets }) => (targets.some(isMeant) ? [edge] : [])));
  }

  /** Every text by which a definition may be referred to. */
  private namesOf({ entry, fact }: { entry: FileEntry; fact: DefinitionFact }): string[] {
    if (fact.entity !== 'object' || fact.object === undefined) {
      return [fact.name];
    }
    const placed = this.linker.placedOf(entry, fact.object).flatMap(({ placed: { names } }) => names);
    return [...new Set([fact.name, ...placed, patternText])];
  }

  private targetOf(definition: Definition): Target | undefined {
    const known = this.ofDefinition.get(definition);
    const path = definition.at.path;
    if (known !== undefined && (!('fact' in known) || this.state.entries.get(path) === known.entry)) {
      return known;
    }
    const again = this.definitionsIn(path).find(({ id }) => id === definition.id);
    return again === undefined ? undefined : this.ofDefinition.get(again);
  }

  candidates(path: string, offset: number): { from: number; to: number; items: readonly NameCandidate[] } | undefined {
    const entry = this.state.entries.get(path);
    return entry === undefined ? undefined : candidatesAt(entry, offset, this.context());
  }

  deployers(path: string): readonly Deployer[] {
    return deployersOf(path, this.context());
  }

  search(query: string, limit: number): readonly Definition[] {
    const wanted = query.toLowerCase();
    const found: { target: Target; rank: number }[] = [];
    for (const entry of this.state.entries.values()) {
      for (const object of entry.objects) {
        const fact = object.definitions.find(({ entity }) => entity === 'object');
        const name = object.key.name.toLowerCase();
        const at = `${object.key.kind} ${name}`.toLowerCase().indexOf(wanted);
        if (fact !== undefined && (at >= 0 || isSubsequence(wanted, name))) {
          found.push({
            target: { entry, fact },
            rank: name === wanted ? 0 : name.startsWith(wanted) ? 1 : at >= 0 ? 2 : 3,
          });
        }
      }
    }
    return found
      .sort((a, b) => a.rank - b.rank)
      .slice(0, limit)
      .map(({ target }) => this.definitionOf(target));
  }

  problems(path: string): readonly Problem[] {
    const entry = this.state.entries.get(path);
    return entry === undefined ? [] : danglingReferences(entry, this.context());
  }

  private context(): GraphContext {
    return {
      state: this.state,
      linker: this.linker,
      definitionOf: (target) => this.definitionOf(target),
      linksIn: (path) => this.linksIn(path),
    };
  }

  // ---- as others see it

  private definitionOf(target: Target): Definition {
    if (!('fact' in target)) {
      const definition = this.pathDefinition(target);
      this.ofDefinition.set(definition, target);
      return definition;
    }
    const known = this.byFact.get(target.fact);
    if (known !== undefined) {
      return known;
    }
    const { entry, fact } = target;
    const holder = fact.object;
    const appearances = (): readonly Appearance[] => (holder === undefined ? [] : this.appearancesOf(entry, holder));
    const definition: Definition = {
      get id() {
        return idOf(entry, fact);
      },
      entity: fact.entity,
      name: fact.name,
      at: placeIn(entry, fact.document, fact.start, fact.end),
      whole: placeIn(entry, fact.document, fact.wholeStart, fact.wholeEnd),
      ...(holder === undefined ? {} : { object: holder.key }),
      get appearances() {
        return appearances();
      },
      ...(fact.fixed === undefined ? {} : { fixed: fact.fixed }),
    };
    this.byFact.set(fact, definition);
    this.ofDefinition.set(definition, target);
    return definition;
  }

  private pathDefinition({ path, folder }: { path: string; folder: boolean }): Definition {
    const start = { line: 0, character: 0 };
    const file = folder
      ? kustomizationFiles.map((name) => (path === '' ? name : `${path}/${name}`)).find((p) => this.state.files.has(p))
      : path;
    const at: Location = { path: file ?? path, range: { start, end: start } };
    return {
      id: `${path}#${folder ? 'folder' : 'file'}`,
      entity: folder ? 'folder' : 'file',
      name: path,
      at,
      whole: at,
      appearances: [],
    };
  }

  private appearancesOf(entry: FileEntry, object: WrittenObject): Appearance[] {
    const found = new Map<string, { source: string; environments: string[]; effective: ResourceKey }>();
    for (const { scope, placed } of this.linker.placedOf(entry, object)) {
      const key = `${placed.source.id}|${placed.key.namespace}|${placed.key.name}`;
      const appearance = found.get(key) ?? { source: placed.source.id, environments: [], effective: placed.key };
      if (scope.environment !== undefined && !appearance.environments.includes(scope.environment)) {
        appearance.environments.push(scope.environment);
      }
      found.set(key, appearance);
    }
    return [...found.values()];
  }
}

/** A reference with what it means, as facts and as others see it. */
export interface Link {
  edge: Edge;
  fact: ReferenceFact;
  targets: readonly Target[];
}

/** What the answers of the graph are made from. */
export interface GraphContext {
  state: Pick<State, 'workspace' | 'entries' | 'files' | 'folders' | 'scopes' | 'byPath' | 'byText' | 'rendered'>;
  linker: Linker;
  definitionOf(target: Target): Definition;
  linksIn(path: string): readonly Link[];
}

export function referenceOf(entry: FileEntry, fact: ReferenceFact): Reference {
  return {
    from: placeIn(entry, fact.document, fact.start, fact.end),
    text: fact.text,
    entity: fact.entity,
    role: fact.line.role,
    ...(fact.object === undefined ? {} : { object: fact.object.key }),
    kinds: fact.kinds,
    ...(fact.namespace === undefined ? {} : { namespace: fact.namespace }),
    optional: fact.optional,
    ...(fact.fixed === undefined ? {} : { fixed: fact.fixed }),
  };
}

function idOf(entry: FileEntry, fact: DefinitionFact): string {
  const holder = fact.object;
  const within = holder === undefined || fact.entity === 'object' ? '' : `${holder.key.kind}/${holder.key.name}/`;
  const kind = fact.entity === 'object' && holder !== undefined ? `${holder.key.kind}/` : '';
  const same = fact.document.definitions.filter(
    (other) =>
      other.entity === fact.entity &&
      other.name === fact.name &&
      other.object?.key.kind === holder?.key.kind &&
      other.object?.key.name === holder?.key.name,
  );
  const at = same.indexOf(fact);
  return `${entry.path}#${fact.document.index}/${fact.entity}/${within}${kind}${fact.name}${at > 0 ? `~${at}` : ''}`;
}

function isSubsequence(wanted: string, text: string): boolean {
  let at = 0;
  for (const letter of text) {
    if (letter === wanted[at]) {
      at++;
    }
  }
  return at === wanted.length;
}

/** Asks for a pause whenever a stretch of work was long enough. */
function stepper(options: UpdateOptions, isOvertaken: () => boolean): () => Promise<void> | undefined {
  const { now, pause, abort } = options;
  let since = now?.() ?? 0;
  const check = (): void => {
    if (isOvertaken() || abort?.aborted === true) {
      throw new Cancelled();
    }
  };
  const rest = async (): Promise<void> => {
    await pause?.();
    since = now?.() ?? 0;
    check();
  };
  return () => {
    if (now !== undefined && pause !== undefined && now() - since >= slice) {
      return rest();
    }
    check();
    return undefined;
  };
}
