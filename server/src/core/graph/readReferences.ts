// Reads the facts of a file: one walk over each document, along the lines of the role tables.
import type { DetectedDocument } from '../kinds/kind';
import { identityOf, listItems } from '../kinds/identity';
import { groupOf } from '../resource';
import { folderOf, isRemote, joinPath } from '../workspace/paths';
import { textAt } from '../workspace/read';
import type { FileRole } from '../workspace/source';
import { parseYaml } from '../yaml/parse';
import { entryOf, nodeAt } from '../yaml/path';
import { follow, isMergeKey, scalarValue } from '../yaml/resolve';
import type { MapNode, Node, ParsedYaml, ScalarNode } from '../yaml/tree';
import type { DocumentFacts, KindRef, PatchTarget, PodFact, ReferenceFact, SelectorFact, WrittenObject } from './facts';
import { FactCollector, mostFacts } from './collectFacts';
import {
  builtinGroups,
  embeddedPlaces,
  groupOfField,
  hasContainers,
  isMarkBetween,
  itemPaths,
  labelOf,
  marksIn,
  nextPaths,
  nodeAtRelative,
  pairsOf,
  someOf,
  spanOf,
  templatedReason,
  isTemplated,
  textAtRelative,
  type Above,
} from './nodes';
import { readKustomizationFacts, readOperations } from './readKustomization';
import { kindsOf, kindRef, pathsOf, type PathNode } from './rolePaths';
import type { RoleLine } from './roleLine';
import { patchLine, variableLine } from './roles';

/**
 * The facts of every document of a file, in order. `previous` are facts of an earlier version of the same file: documents whose text
 * did not change keep theirs.
 */
export function readReferences(
  path: string,
  parsed: ParsedYaml,
  documents: readonly DetectedDocument[],
  role: FileRole | undefined,
  previous?: ReadonlyMap<object, DocumentFacts>,
): DocumentFacts[] {
  const taken = new Set<DocumentFacts>();
  const facts: DocumentFacts[] = [];
  for (const detected of documents) {
    const { document } = detected;
    const before = previous?.get(document.identity);
    // Two documents of the same text have one identity, and each its own place.
    const known = before === undefined || taken.has(before) ? undefined : before;
    const read = known ?? new DocumentReader(path, parsed, detected, role).read();
    read.start = document.start;
    read.index = facts.length;
    taken.add(read);
    facts.push(read);
  }
  return facts;
}

const workloads = new Set([
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'ReplicationController',
  'PodTemplate',
]);
const containerFields = new Set(['containers', 'initContainers', 'ephemeralContainers']);
const notObjects = new Set(['User', 'Group']);
/** More than any file that a person writes needs: what goes on for longer is an alias bomb. */
const mostVisits = 2_000_000;

/** Collects facts; shared by the readers of the different kinds of documents. */
export class DocumentReader extends FactCollector {
  private readonly byNode = new Map<Node, ReferenceFact>();
  private readonly pending: { reference: ReferenceFact; via: Node }[] = [];
  private object: WrittenObject | undefined;
  private root: MapNode | undefined;
  /** What the object that is read makes a controller create. */
  private made: WrittenObject[] = [];
  private selectors = new Map<string, SelectorFact>();
  /** False where nothing in the object needs more than the lines of the tables. */
  private deep = false;
  /** Where the text speaks of containers or variables: what holds none of these places is walked along the lines alone. */
  private marks: readonly number[] | undefined;
  private visits = 0;

  constructor(
    private readonly path: string,
    parsed: ParsedYaml,
    private readonly detected: DetectedDocument,
    private readonly role: FileRole | undefined,
    embedded?: { facts: DocumentFacts; at: (offset: number) => number },
  ) {
    super(parsed, detected.document.start, embedded);
  }

  read(): DocumentFacts {
    const { kind, identity, document } = this.detected;
    const root = document.root === undefined ? undefined : follow(document.root);
    switch (kind.id) {
      case 'kubernetes':
      case 'crd':
      case 'patch':
        if (identity !== undefined) {
          this.readObject(identity.root, kind.id === 'patch');
        }
        break;
      case 'list':
        for (const item of identity === undefined ? [] : (listItems(identity) ?? [])) {
          const map = follow(item);
          if (map?.kind === 'map') {
            this.readObject(map, false);
          }
        }
        break;
      case 'kustomization':
      case 'component':
        if (root?.kind === 'map') {
          this.walkWith('kustomization', root);
          readKustomizationFacts(this, this.path, root);
        }
        break;
      case 'chart':
        if (root?.kind === 'map') {
          this.walkWith('chart', root);
        }
        break;
      case 'jsonPatch':
        if (root !== undefined) {
          this.facts.operations = readOperations(root);
        }
        break;
      case 'chartValues':
      case 'helmTemplate':
      case 'plumblineConfig':
      case 'toolConfiguration':
      case 'other':
        break;
    }
    this.bindPending();
    return this.facts;
  }

  private bindPending(): void {
    for (const { reference, via } of this.pending) {
      const found = this.byNode.get(via);
      if (found !== undefined) {
        reference.via = found;
      }
    }
  }

  /** A patch that is written in place, as a text: its objects are read as if they stood in a file of their own. */
  readEmbedded(node: ScalarNode, target: PatchTarget | undefined): void {
    const parsed = parseYaml(node.text);
    for (const document of parsed.documents) {
      const root = document.root === undefined ? undefined : follow(document.root);
      if (root?.kind === 'map') {
        const reader = new DocumentReader(this.path, parsed, { ...this.detected, document }, this.role, {
          facts: this.facts,
          at: embeddedPlaces(this.parsed.text, node),
        });
        reader.readObject(root, true, target);
        reader.bindPending();
      }
    }
  }

  private walkWith(place: string, root: MapNode): void {
    const paths = pathsOf(place);
    if (paths !== undefined) {
      this.walk(root, [paths], undefined, undefined);
    }
  }

  private readObject(root: MapNode, partial: boolean, target?: PatchTarget): void {
    const identity = identityOf(root);
    if (identity === undefined) {
      return;
    }
    const group = groupOf(identity.apiVersion);
    const name = identity.nameNode;
    const object = this.addObject(
      { group, kind: identity.kind, namespace: identity.namespace, name: identity.name },
      root,
      name,
      {
        apiVersion: identity.apiVersion,
        partial,
        ...(target === undefined ? {} : { target }),
        ...(partial && textAt(root, '$patch') === 'delete' ? { deletes: true } : {}),
      },
    );
    if (partial && name !== undefined && target === undefined) {
      this.addReference(patchLine, name, {
        object,
        kinds: [kindRef(group === '' ? identity.kind : `${group}/${identity.kind}`)],
      });
    }
    this.object = object;
    this.root = root;
    this.made = [];
    this.selectors = new Map();
    const first = this.facts.references.length;
    this.deep = identity.kind !== 'CustomResourceDefinition' && this.isMarked(root);
    const paths = [...someOf(pathsOf('object')), ...someOf(pathsOf(`${group}/${identity.kind}`))];
    this.readLabels(object, root);
    this.walk(root, paths, undefined, undefined);
    this.finishObject(object, root, first);
    this.object = undefined;
  }

  /** What can only be said once the whole object has been read. */
  private finishObject(object: WrittenObject, root: MapNode, first: number): void {
    const { kind, group } = object.key;
    for (let i = first; i < this.facts.references.length; i++) {
      const reference = this.facts.references[i] as ReferenceFact;
      const { selects } = reference.line;
      const selector = selects === undefined || reference.entity !== 'port' ? undefined : this.selectors.get(selects);
      if (selector !== undefined) {
        reference.selector = selector;
      }
    }
    const makes =
      (kind === 'ExternalSecret' && group === 'external-secrets.io') ||
      (kind === 'SealedSecret' && group === 'bitnami.com');
    const name = identityOf(root)?.nameNode;
    if (makes && this.made.length === 0 && name !== undefined) {
      this.addMade(name, 'Secret');
    }
    const secret = this.made.find((made) => made.key.kind === 'Secret');
    if (secret !== undefined) {
      for (const definition of object.definitions.filter(({ entity }) => entity === 'key')) {
        definition.object = secret;
        secret.definitions.push(definition);
      }
      object.definitions = object.definitions.filter(({ entity }) => entity !== 'key');
      secret.keysUnknown = true;
    }
  }

  private addMade(name: ScalarNode, kind: string): void {
    const owner = this.object as WrittenObject;
    const { group, kind: made } = kindRef(kind);
    const key = { group, kind: made, namespace: owner.key.namespace, name: name.text };
    this.made.push(
      this.addObject(key, this.root as MapNode, name, {
        apiVersion: group === '' ? 'v1' : `${group}/v1`,
        partial: owner.partial,
        made: 'operator',
      }),
    );
  }

  // ---- the walk

  /** True where a node may hold containers or variables. */
  private isMarked({ start, end }: Node): boolean {
    return isMarkBetween((this.marks ??= marksIn(this.parsed.text)), start, end);
  }

  private readLabels(object: WrittenObject, root: MapNode): void {
    const isPod = object.key.kind === 'Pod' && object.key.group === '';
    const pod: PodFact | undefined = isPod ? { object, labels: [] } : undefined;
    if (pod !== undefined) {
      object.pods.push(pod);
    }
    for (const pair of pairsOf(nodeAt(root, ['metadata', 'labels']))) {
      const [name, value] = labelOf(pair);
      if (name !== undefined) {
        object.labels.push({ name, value });
        pod?.labels.push({ name, value });
        this.addDefinition('label', `${name}=${value}`, spanOf(pair), spanOf(pair), {
          object,
          ...(pod === undefined ? {} : { pod }),
        });
      }
    }
  }

  private walk(node: Node, paths: readonly PathNode[], above: Above | undefined, pod: PodFact | undefined): void {
    if (++this.visits > mostVisits) {
      return;
    }
    if (node.kind === 'alias') {
      // Only where something is looked for: the anchored node itself is walked in its own place.
      if (node.target !== undefined && paths.length > 0 && this.facts.references.length < mostFacts) {
        this.walk(node.target, paths, above, pod);
      }
      return;
    }
    if (node.kind === 'scalar') {
      this.readScalar(node, paths, above, pod);
      return;
    }
    const here: Above = { node, above };
    if (node.kind === 'seq') {
      const next = itemPaths(paths);
      const deep = next.length === 0 && this.deep;
      for (const item of node.items) {
        if (next.length > 0 || (deep && this.isMarked(item))) {
          this.walk(item, next, here, pod);
        }
      }
      return;
    }
    for (const path of paths) {
      this.readMap(node, path, here, pod);
    }
    this.walkPairs(node, paths, here, pod);
  }

  private walkPairs(map: MapNode, paths: readonly PathNode[], here: Above, pod: PodFact | undefined): void {
    const podHere = this.deep && pod === undefined && hasContainers(map) ? this.podAt(here) : undefined;
    const own = podHere === undefined ? paths : [...paths, ...someOf(pathsOf('Pod'))];
    for (const { key, value } of map.pairs) {
      if (key.kind !== 'scalar') {
        continue;
      }
      if (isMergeKey(key)) {
        const merged = follow(value);
        if (merged?.kind === 'map' && merged !== map && own.length > 0 && ++this.visits < mostVisits) {
          this.walkPairs(merged, own, here, podHere ?? pod);
        }
        continue;
      }
      const next = nextPaths(own, key.text);
      const template = this.templateAt(key.text, value);
      if (template !== undefined) {
        this.walkTemplate(value, template, next, here);
      } else if ((podHere ?? pod) !== undefined && containerFields.has(key.text)) {
        this.walkContainers(value, here, podHere ?? pod, next);
      } else if (next.length > 0 || (this.deep && this.isMarked(value))) {
        this.walk(value, next, here, podHere ?? pod);
      }
    }
  }

  /** `template` of a workload that everybody knows is a Pod template even where a patch leaves its containers out. */
  private templateAt(field: string, value: Node): PodFact | undefined {
    const object = this.object;
    if (
      field !== 'template' ||
      object === undefined ||
      !workloads.has(object.key.kind) ||
      follow(value)?.kind !== 'map'
    ) {
      return undefined;
    }
    return { object, labels: [] };
  }

  private walkTemplate(value: Node, pod: PodFact, paths: readonly PathNode[], here: Above): void {
    const template = follow(value);
    if (template?.kind !== 'map') {
      return;
    }
    this.addPod(pod, template);
    const inside: Above = { node: template, above: here };
    for (const pair of template.pairs) {
      if (pair.key.kind === 'scalar') {
        const spec = follow(pair.value);
        const next = nextPaths(paths, pair.key.text);
        if (pair.key.text === 'spec' && spec?.kind === 'map') {
          const all = [...next, ...someOf(pathsOf('Pod'))];
          const within: Above = { node: spec, above: inside };
          all.forEach((path) => this.readMap(spec, path, within, pod));
          this.walkPairs(spec, all, within, pod);
        } else if (this.deep) {
          this.walk(pair.value, next, inside, pod);
        }
      }
    }
  }

  private addPod(pod: PodFact, holder: MapNode): void {
    pod.object.pods.push(pod);
    for (const pair of pairsOf(nodeAt(holder, ['metadata', 'labels']))) {
      const [name, value] = labelOf(pair);
      if (name !== undefined) {
        pod.labels.push({ name, value });
        this.addDefinition('label', `${name}=${value}`, spanOf(pair), spanOf(pair), { object: pod.object, pod });
      }
    }
  }

  /** A map with containers is the spec of a Pod, whoever holds it. */
  private podAt(here: Above): PodFact | undefined {
    const object = this.object;
    if (object === undefined) {
      return undefined;
    }
    const holder = here.above?.node;
    const [own] = object.pods;
    if (object.key.kind === 'Pod' && holder === this.root && own !== undefined) {
      return own;
    }
    const pod: PodFact = { object, labels: [] };
    // The labels of a custom resource are not those of its Pods.
    if (holder?.kind === 'map' && holder !== this.root) {
      this.addPod(pod, holder);
    } else {
      object.pods.push(pod);
    }
    return pod;
  }

  private walkContainers(value: Node, here: Above, pod: PodFact | undefined, paths: readonly PathNode[]): void {
    const list = follow(value);
    if (list?.kind !== 'seq') {
      return;
    }
    const next = [...itemPaths(paths), ...someOf(pathsOf('container'))];
    const inside: Above = { node: list, above: here };
    list.items.forEach((item) => this.walk(item, next, inside, pod));
  }

  /** Lines that speak of a map's keys or pairs. */
  private readMap(map: MapNode, path: PathNode, here: Above, pod: PodFact | undefined): void {
    for (const line of path.keys) {
      for (const pair of map.pairs) {
        if (pair.key.kind === 'scalar' && !isMergeKey(pair.key)) {
          this.addDefinition(line.entity, pair.key.text, pair.key, spanOf(pair), this.holderOf(line, pod));
        }
      }
    }
    for (const line of path.pairs) {
      this.readSelector(line, map, here);
    }
  }

  private readSelector(line: RoleLine, map: MapNode, here: Above): void {
    const holder = here.above?.node;
    const selector: SelectorFact = {
      pairs: [],
      inexact: holder?.kind === 'map' && entryOf(holder, 'matchExpressions') !== undefined,
    };
    const object = this.object;
    for (const pair of pairsOf(map)) {
      const [name, value] = labelOf(pair);
      if (name === undefined) {
        selector.inexact = true;
        continue;
      }
      selector.pairs.push({ name, value });
      const text = `${name}=${value}`;
      selector.inexact ||= isTemplated(text);
      this.addReference(line, spanOf(pair), { text, selector, ...(object === undefined ? {} : { object }) });
    }
    if (line.selects !== undefined && !this.selectors.has(line.selects)) {
      this.selectors.set(line.selects, selector);
    }
  }

  private readScalar(
    node: ScalarNode,
    paths: readonly PathNode[],
    above: Above | undefined,
    pod: PodFact | undefined,
  ): void {
    for (const path of paths) {
      for (const line of path.values) {
        this.readValue(line, node, above, pod);
      }
    }
    if (this.deep && node.text.includes('${') && this.object !== undefined) {
      this.readVariables(node, this.object);
    }
  }

  private readVariables(node: ScalarNode, object: WrittenObject): void {
    const raw = this.parsed.text.slice(node.start, node.end);
    for (const match of raw.matchAll(/(?<!\$)\$\{([A-Za-z_]\w*)/g)) {
      const start = node.start + match.index + 2;
      const name = match[1] ?? '';
      this.addReference(variableLine, { start, end: start + name.length }, { text: name, object });
    }
  }

  private readValue(line: RoleLine, node: ScalarNode, above: Above | undefined, pod: PodFact | undefined): void {
    const isEmpty = node.text === '' && node.style === 'plain';
    if (!isEmpty && typeof scalarValue(node) !== 'string') {
      return;
    }
    if (line.defines === true) {
      if (isEmpty) {
        return;
      }
      if (line.entity === 'object') {
        if (this.object !== undefined) {
          this.addMade(node, line.kinds?.[0] ?? 'Secret');
        }
        return;
      }
      const whole = above?.node ?? node;
      this.addDefinition(line.entity, node.text, node, whole, this.holderOf(line, pod));
      return;
    }
    this.readUse(line, node, above, pod, isEmpty);
  }

  private holderOf(
    line: RoleLine,
    pod: PodFact | undefined,
  ): { object?: WrittenObject; pod?: PodFact; line: RoleLine } {
    const inPod = line.in === 'container' || line.in === 'Pod';
    return {
      line,
      ...(this.object === undefined ? {} : { object: this.object }),
      ...(inPod && pod !== undefined ? { pod } : {}),
    };
  }

  private readUse(
    line: RoleLine,
    node: ScalarNode,
    above: Above | undefined,
    pod: PodFact | undefined,
    isEmpty: boolean,
  ): void {
    const kinds = this.kindsAt(line, above);
    if (kinds === undefined) {
      return;
    }
    const more: Partial<ReferenceFact> & { text: string } = { text: node.text, kinds };
    let place: { start: number; end: number } = node;
    if (line.after !== undefined) {
      const at = node.text.indexOf(line.after);
      if (at < 0 && line.in === 'chart') {
        return;
      }
      if (at >= 0) {
        more.text = node.text.slice(at + line.after.length);
        place = this.partOf(node, more.text, at + line.after.length);
      }
    }
    if (this.object !== undefined) {
      more.object = this.object;
    }
    if (pod !== undefined && (line.in === 'Pod' || line.in === 'container')) {
      more.pod = pod;
    }
    const namespace = line.namespaceAt === undefined ? undefined : textAtRelative(line.namespaceAt, above);
    if (namespace !== undefined) {
      more.namespace = namespace;
    }
    if (line.optionalAt !== undefined && textAtRelative(line.optionalAt, above) === 'true') {
      more.optional = true;
    }
    if (line.pattern === true) {
      more.pattern = true;
    }
    if (isEmpty) {
      more.slack = /^ */.exec(this.parsed.text.slice(node.end, node.end + 40))?.[0].length ?? 0;
    }
    if (line.from !== undefined && !isEmpty) {
      this.readPath(line, more);
    }
    const reference = this.addReference(line, place, more);
    if (reference === undefined) {
      return;
    }
    this.byNode.set(node, reference);
    const via = line.via === undefined ? undefined : nodeAtRelative(line.via, above);
    if (via !== undefined) {
      this.pending.push({ reference, via });
    }
  }

  private readPath(line: RoleLine, more: Partial<ReferenceFact> & { text: string }): void {
    const { text } = more;
    if (line.from === 'file' && isRemote(text)) {
      more.fixed = 'It lies outside this repository.';
      return;
    }
    if (/[\n{}]/.test(text)) {
      more.fixed = templatedReason;
      return;
    }
    const path = joinPath(line.from === 'file' ? folderOf(this.path) : '', text);
    if (path !== undefined) {
      more.path = path;
    }
  }

  /** Kinds that may answer; undefined where the value names no object at all. */
  private kindsAt(line: RoleLine, above: Above | undefined): readonly KindRef[] | undefined {
    if (line.kindAt === undefined) {
      return kindsOf(line);
    }
    const known = kindsOf(line);
    const kind = textAtRelative(line.kindAt, above);
    if (kind === undefined) {
      return known.length > 0 ? known.slice(0, 1) : [];
    }
    if (notObjects.has(kind)) {
      return undefined;
    }
    const written = line.groupAt === undefined ? undefined : textAtRelative(line.groupAt, above);
    if (written !== undefined) {
      return [kindRef(`${groupOfField(written)}/${kind}`)];
    }
    const same = known.filter((ref) => ref.kind === kind);
    const [first] = known;
    if (same.length > 0) {
      return same;
    }
    // `kind: ClusterIssuer` beside a name whose default is an Issuer: of the same group.
    return [kindRef(first !== undefined ? `${first.group}/${kind}` : `${builtinGroups.get(kind) ?? '*'}/${kind}`)];
  }

  /** The role that discovery gave the file; readers of special documents ask. */
  get fileRole(): FileRole | undefined {
    return this.role;
  }
}
