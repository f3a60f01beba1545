// Text to positioned documents. Never throws: a segment that the exact reader refuses goes to the tolerant one, and the
// other documents of the file notice nothing. What did not change since the previous parse is not read again.
import { findComments } from './comments';
import { maskConflicts } from './conflicts';
import { checkTree } from './checks';
import type { RawDocument } from './events';
import { maxDepth, readExactly } from './events';
import { wordFaults } from './faults';
import { lineIndex } from './lines';
import { splitSegments } from './segments';
import type { Comment, LineIndex, Node, ParsedYaml, SyntaxFault, YamlDocument } from './tree';
import { readRepaired } from './repair';
import { hasExplicitKeys, reread, type ReaderException, type SoundText } from './reread';
import { readTolerantly } from './tolerant';

/**
 * Documents of a file in order; an empty text is one empty document. `previous` is the parse of an earlier version of the
 * same file: documents whose text is the same keep their trees, moved to the new offsets only when somebody looks.
 */
export function parseYaml(text: string, previous?: ParsedYaml): ParsedYaml {
  if (previous?.text === text) {
    return previous;
  }
  const unmerged = maskConflicts(text);
  const source = unmerged?.text ?? text;
  const before = previous instanceof ParsedFile ? previous : undefined;
  const segments = new Map<string, SegmentTree>();
  const order: SegmentTree[] = [];
  const documents: YamlDocument[] = [];
  const parts = splitSegments(source);
  // One edit leaves the number of segments alone, mostly; a changed one then stands where it stood.
  const counterparts = before?.order.length === parts.length ? before.order : [];
  for (const [index, { start, end }] of parts.entries()) {
    const content = start === 0 && end === source.length ? source : source.slice(start, end);
    const conflicts = unmerged?.faults.filter((fault) => fault.start >= start && fault.start < end) ?? [];
    const key = conflicts.length === 0 ? content : text.slice(start, end);
    const tree =
      segments.get(key) ??
      before?.segments.get(key) ??
      readSegment(content, start, conflicts, counterparts[index]?.sound);
    segments.set(key, tree);
    order.push(tree);
    for (const document of tree.documents) {
      documents.push(new PlacedDocument(documents.length, source, document, start - tree.base));
    }
  }
  return new ParsedFile(text, documents, segments, order);
}

/** A segment as it was first read, at `base`. Never changed afterwards: it is shared by all parses that contain its text. */
interface SegmentTree {
  base: number;
  documents: DocumentTree[];
  /** The newest text of the segment that can be the basis of a partial reading; its own, or one before it. */
  sound: SoundText | undefined;
}

interface DocumentTree {
  start: number;
  end: number;
  root: Node | undefined;
  faults: SyntaxFault[];
  recovered: boolean;
}

class ParsedFile implements ParsedYaml {
  readonly lines: LineIndex;

  constructor(
    readonly text: string,
    readonly documents: YamlDocument[],
    readonly segments: Map<string, SegmentTree>,
    readonly order: SegmentTree[],
  ) {
    this.lines = lineIndex(text);
  }
}

/** A document at its present place. Tree, comments and faults are made when first asked for. */
class PlacedDocument implements YamlDocument {
  private movedRoot: Node | undefined;
  private movedFaults: SyntaxFault[] | undefined;
  private foundComments: Comment[] | undefined;

  constructor(
    readonly index: number,
    private readonly text: string,
    private readonly tree: DocumentTree,
    private readonly by: number,
  ) {}

  get identity(): object {
    return this.tree;
  }
  get start(): number {
    return this.tree.start + this.by;
  }
  get end(): number {
    return this.tree.end + this.by;
  }
  get recovered(): boolean {
    return this.tree.recovered;
  }
  get root(): Node | undefined {
    if (this.by === 0 || this.tree.root === undefined) {
      return this.tree.root;
    }
    return (this.movedRoot ??= moved(this.tree.root, this.by, new Map()));
  }
  get faults(): SyntaxFault[] {
    const by = this.by;
    return (this.movedFaults ??= this.tree.faults.map((fault) => ({
      ...fault,
      start: fault.start + by,
      end: fault.end + by,
      ...(fault.related === undefined
        ? {}
        : { related: { ...fault.related, start: fault.related.start + by, end: fault.related.end + by } }),
    })));
  }
  get comments(): Comment[] {
    return (this.foundComments ??= findComments(this.text, this.start, this.end, this.root));
  }
}

/** A copy of a tree with all offsets moved; aliases point into the copy. */
function moved(node: Node, by: number, anchored: Map<Node, Node>): Node {
  const place = { start: node.start + by, end: node.end + by };
  let copy: Node;
  switch (node.kind) {
    case 'map':
      copy = { ...node, ...place, pairs: [] };
      copy.pairs = node.pairs.map((pair) => ({
        key: moved(pair.key, by, anchored),
        value: moved(pair.value, by, anchored),
      }));
      break;
    case 'seq':
      copy = { ...node, ...place, items: node.items.map((item) => moved(item, by, anchored)) };
      break;
    case 'alias': {
      copy = { kind: 'alias', ...place, name: node.name };
      const target = node.target === undefined ? undefined : anchored.get(node.target);
      if (target !== undefined) {
        copy.target = target;
      }
      break;
    }
    case 'scalar':
      copy = { ...node, ...place };
  }
  if (node.anchor !== undefined) {
    anchored.set(node, copy);
  }
  return copy;
}

/** Shorter texts are read whole sooner than compared. */
const shortText = 4000;

function readSegment(text: string, base: number, conflicts: SyntaxFault[], before: SoundText | undefined): SegmentTree {
  const { raw, faults } = readDocuments(text, base, before?.base === base ? before : undefined);
  const recovered = conflicts.length > 0 || faults.length > 0;
  const documents = place(raw, text, base).map((document) => ({ ...document, recovered }));
  for (const document of documents) {
    if (document.root !== undefined) {
      document.faults.push(...checkTree(document.root));
    }
  }
  for (const fault of [...conflicts, ...faults]) {
    const owner = documents.find((document) => fault.start < document.end) ?? documents[documents.length - 1];
    owner?.faults.push(fault);
  }
  documents.forEach((document) => document.faults.sort((a, b) => a.start - b.start));
  const [only] = raw;
  const isSound = !recovered && raw.length === 1 && only?.anchored === false && !only.explicitEnd;
  const basis = text.length >= shortText && isSound && !hasExplicitKeys(text) ? only.root : undefined;
  return { base, documents, sound: basis === undefined ? before : { text, base, root: basis } };
}

/** The three readers in order: exact, exact after repairs, tolerant. */
function readDocuments(
  text: string,
  base: number,
  before: SoundText | undefined,
): { raw: RawDocument[]; faults: SyntaxFault[] } {
  const read = (source: string): RawDocument[] => readByParts(source, base, before);
  try {
    return { raw: read(text), faults: [] };
  } catch (error) {
    const repaired = isDisputed(error, text) ? undefined : readRepaired(text, base, error, read);
    if (repaired !== undefined) {
      return { raw: repaired.documents, faults: repaired.faults };
    }
    if ((error as ReaderException).reason?.includes('maxDepth') === true) {
      return { raw: [], faults: [unreadable(error, text, base)] };
    }
    const reading = readTolerantly(text, base);
    const faults = wordFaults(text, base, reading.errors);
    // Where the tolerant reader has nothing to say, it is the better judge, except of what it cannot see.
    if (faults.length === 0 && !(reading.documents.length > 0 && acceptable(error))) {
      faults.push(unreadable(error, text, base));
    }
    return { raw: reading.documents, faults };
  }
}

/** The exact reading, in part where an older text of the segment allows it: the same documents, and the same exceptions. */
function readByParts(text: string, base: number, before: SoundText | undefined): RawDocument[] {
  const part = before === undefined ? undefined : reread(before, text);
  if (part === undefined) {
    return readExactly(text, base);
  }
  if ('failure' in part) {
    // As js-yaml throws it: callers look at the reason and the place.
    throw Object.assign(new Error('not read'), part.failure);
  }
  return [{ root: part.root, contentEnd: part.root.end, explicitEnd: false, anchored: false }];
}

/** What the exact reader refuses and Go's reader takes: tags with several `!`, and the line breaks of old character sets. */
function isDisputed(error: unknown, text: string): boolean {
  return /exclamation/.test((error as ReaderException).reason ?? '') || /[\u0085\u2028\u2029]|.\uFEFF/.test(text);
}

/** Gives each document its stretch of the segment: up to and including the `...` line that ends it. */
function place(raw: RawDocument[], text: string, base: number): Omit<DocumentTree, 'recovered'>[] {
  const end = base + text.length;
  if (raw.length <= 1) {
    return [{ start: base, end, root: raw[0]?.root, faults: [] }];
  }
  let start = base;
  return raw.map((document, index) => {
    let until = end;
    if (index < raw.length - 1) {
      const marker = /(?:^|[\r\n])\.\.\.[^\r\n]*(?:\r\n|\r|\n|$)/g;
      marker.lastIndex = Math.max(0, Math.max(document.contentEnd, start) - base - 1);
      const match = marker.exec(text);
      until = match === null ? Math.max(start, document.contentEnd) : base + match.index + match[0].length;
    }
    const placed = { start, end: until, root: document.root, faults: [] };
    start = until;
    return placed;
  });
}

function acceptable(error: unknown): boolean {
  return (
    !(error instanceof RangeError) && !/null byte|non-printable|maxDepth/.test((error as ReaderException).reason ?? '')
  );
}

function unreadable(error: unknown, text: string, base: number): SyntaxFault {
  const { reason, mark } = error as ReaderException;
  const at = Math.min(mark?.position ?? 0, Math.max(0, text.length - 1));
  const range = { start: at + base, end: Math.min(at + 1, text.length) + base };
  if (reason === undefined || reason.includes('maxDepth')) {
    return { rule: 'yaml/too-deep', message: `Nested deeper than ${maxDepth} levels: not read further.`, ...range };
  }
  if (/null byte|non-printable/.test(reason)) {
    return { rule: 'yaml/syntax', message: 'A control character that YAML does not allow stands here.', ...range };
  }
  return { rule: 'yaml/syntax', message: `This is not valid YAML: ${reason}.`, ...range };
}
