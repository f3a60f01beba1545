// Problems: what Plumbline says about a place in a file. The same value serves the editor, the command line and tests.

/** Zero-based line and UTF-16 column. */
export interface Position {
  line: number;
  character: number;
}

export interface Range {
  start: Position;
  end: Position;
}

/** A range in a file. `path` is relative to the repository root, with forward slashes on every system. */
export interface Location {
  path: string;
  range: Range;
}

export type Severity = 'error' | 'warning' | 'info' | 'hint';

/** A minimal text edit of one file; comments, order and quoting outside `range` stay. */
export interface TextEdit {
  path: string;
  range: Range;
  newText: string;
}

/** A change that removes a problem. */
export interface Fix {
  title: string;
  edits: TextEdit[];
  /** The one fix that is surely meant; editors put it first. */
  preferred?: boolean;
}

export interface Problem extends Location {
  /** Stable code, `<system>/<kebab-case>`, for example `kubernetes/unknown-field`. */
  rule: string;
  severity: Severity;
  /** Names the object where one is known, and the next step where one exists. One or two sentences. */
  message: string;
  /** `Kind namespace/name` of the object concerned. */
  resource?: string;
  /** JSON Pointer of the field concerned, inside that object. */
  field?: string;
  /** Names of the environments that it holds in, where others that deploy the place do not have it. The message names them, too. */
  environments?: string[];
  /** Kubernetes minor from which on the server refuses what it only warns of now. */
  removedIn?: string;
  /** Set where the problem was found in rendered output: the rendered place. `path`/`range` then say what causes it. */
  rendered?: { source: string; line: number };
  related?: { location: Location; message: string }[];
  fixes?: Fix[];
}

/** What every stage that reads a person's files returns: never an exception for bad input. */
export interface Outcome<T> {
  result: T;
  problems: Problem[];
}

const severityOrder: Severity[] = ['error', 'warning', 'info', 'hint'];

/** True when `a` is at least as severe as `b`. */
export function atLeast(a: Severity, b: Severity): boolean {
  return severityOrder.indexOf(a) <= severityOrder.indexOf(b);
}

/** By path, then position, then severity, then rule: the order in which lists are shown. */
export function compareProblems(a: Problem, b: Problem): number {
  return (
    (a.path < b.path ? -1 : a.path > b.path ? 1 : 0) ||
    a.range.start.line - b.range.start.line ||
    a.range.start.character - b.range.start.character ||
    severityOrder.indexOf(a.severity) - severityOrder.indexOf(b.severity) ||
    (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0)
  );
}
