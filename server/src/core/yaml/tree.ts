// The positioned YAML tree: what js-yaml's events say, with UTF-16 offsets and comments, and nothing resolved yet.
// Scalars get a value only on demand, per dialect (resolve.ts), because Kubernetes tools read YAML 1.1.

import type { Range } from '../problem';

export type Node = MapNode | SeqNode | ScalarNode | AliasNode;

interface NodeBase {
  /** Offset of the first character (after anchor and tag). */
  start: number;
  /** Offset after the last character. */
  end: number;
  anchor?: string;
  /** Explicit tag as written, for example `!!int`. */
  tag?: string;
}

export interface MapNode extends NodeBase {
  kind: 'map';
  pairs: Pair[];
  flow: boolean;
}

export interface Pair {
  key: Node;
  /** Empty values are plain scalars of length 0 at the place where the value would stand. */
  value: Node;
}

export interface SeqNode extends NodeBase {
  kind: 'seq';
  items: Node[];
  flow: boolean;
}

export interface ScalarNode extends NodeBase {
  kind: 'scalar';
  /** The text after unescaping and folding. */
  text: string;
  style: 'plain' | 'single' | 'double' | 'literal' | 'folded';
}

export interface AliasNode extends NodeBase {
  kind: 'alias';
  name: string;
  /** The anchored node; undefined where no such anchor stands before. Never follows itself. */
  target?: Node;
}

/** `#` to the end of the line. */
export interface Comment {
  start: number;
  end: number;
}

/** A fault of the text itself; `rule` is one of the `yaml/…` codes. */
export interface SyntaxFault {
  rule: string;
  message: string;
  start: number;
  end: number;
  /** Another place of the same text that explains the fault: the first of two equal keys. */
  related?: { message: string; start: number; end: number };
}

/** One `---` document. Offsets of all its nodes are offsets of the whole file's text. */
export interface YamlDocument {
  index: number;
  start: number;
  end: number;
  /** Undefined for an empty document. */
  root: Node | undefined;
  comments: Comment[];
  faults: SyntaxFault[];
  /** True where the exact reader failed and the tolerant one built the tree: a partial tree with correct positions. */
  recovered: boolean;
  /** The same object for as long as the document's text stays the same, wherever it moves to: a key for caches. */
  readonly identity: object;
}

export interface ParsedYaml {
  text: string;
  documents: YamlDocument[];
  lines: LineIndex;
}

/** Translates offsets and positions of one text. CR, LF and CRLF end a line. */
export interface LineIndex {
  readonly count: number;
  positionAt(offset: number): { line: number; character: number };
  offsetAt(position: { line: number; character: number }): number;
  range(start: number, end: number): Range;
}
