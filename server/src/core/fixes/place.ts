// The place of a finding in the tree, for fixes that are made when somebody asks for them.
import type { EditedFile } from '../edit/edits';
import type { JsonPath } from '../json';
import { identityOf, listItems, type Identity } from '../kinds/identity';
import type { Fix, Problem } from '../problem';
import { schemaAt } from '../schema/schemaPath';
import type { SchemaNode } from '../schema/schemaNode';
import type { SchemaStore } from '../schema/schemaStore';
import { documentAt, nodeAt, pathAt, type PathAtOffset } from '../yaml/path';
import type { Node, ParsedYaml, YamlDocument } from '../yaml/tree';

export interface FixContext {
  path: string;
  parsed: ParsedYaml;
  store: SchemaStore;
  /** Kubernetes version, for example `1.35`. */
  minor?: string | undefined;
}

export interface FaultPlace {
  file: EditedFile;
  problem: Problem;
  context: FixContext;
  document: YamlDocument;
  /** Offsets of the finding's range. */
  start: number;
  end: number;
  /** What stands there. */
  at: PathAtOffset | undefined;
  /** The object that the finding is in: a whole document, or an item of a `List`. */
  object: Identity | undefined;
  /** Steps of `problem.field`, inside the object. */
  field: JsonPath;
}

/** A change that may help; whether it does is found out before it is offered. */
export interface Candidate extends Fix {
  /** Nobody could mean anything else: it may be made without being looked at. */
  safe?: boolean;
}

export function placeOf(problem: Problem, context: FixContext): FaultPlace | undefined {
  const { parsed, path } = context;
  const start = parsed.lines.offsetAt(problem.range.start);
  const end = parsed.lines.offsetAt(problem.range.end);
  const document = documentAt(parsed, start);
  if (document === undefined || problem.path !== path) {
    return undefined;
  }
  return {
    file: { path, parsed },
    problem,
    context,
    document,
    start,
    end,
    at: pathAt(document, start),
    object: objectAt(document, start),
    field: steps(problem.field ?? ''),
  };
}

/** The object at an offset: the document, or an item of a `List`. */
export function objectAt(document: YamlDocument, offset: number): Identity | undefined {
  const whole = identityOf(document.root);
  const items = whole === undefined ? undefined : listItems(whole);
  if (items === undefined) {
    return whole;
  }
  const item = items.find((node) => node.start <= offset && offset <= node.end);
  return item === undefined ? whole : identityOf(item);
}

/** The schema of a place in the finding's object. */
export function schemaOf({ object, context }: FaultPlace, path: JsonPath): SchemaNode | undefined {
  if (object === undefined) {
    return undefined;
  }
  const { apiVersion, kind } = object;
  const known = context.store.lookup({ apiVersion, kind, minor: context.minor });
  return known === undefined ? undefined : schemaAt(known.schema, path);
}

/** The node that the finding's field names, or one of its parents. */
export function fieldNode({ object, document }: FaultPlace, path: JsonPath): Node | undefined {
  return nodeAt(object?.root ?? document.root, path);
}

/** A change of the finding's own range. */
export function rewrite({ file, start, end }: FaultPlace, newText: string, title: string): Candidate {
  return change(file, start, end, newText, title);
}

export function change(file: EditedFile, start: number, end: number, newText: string, title: string): Candidate {
  return { title, edits: [{ path: file.path, range: file.parsed.lines.range(start, end), newText }] };
}

function steps(pointer: string): (string | number)[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step.replaceAll('~1', '/').replaceAll('~0', '~')));
}
