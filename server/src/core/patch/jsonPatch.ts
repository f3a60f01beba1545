// JSON Patch operations (RFC 6902) as kustomize reads them: every operation well-formed, every path a JSON Pointer, and, where it is
// known what is patched, every path and value fit for the schema of it.
import { nearest } from '../suggest';
import { fromPointer } from '../json';
import type { Problem, Severity, TextEdit } from '../problem';
import type { SchemaNode } from '../schema/schemaNode';
import { Type } from '../schema/schemaNode';
import { entryOf } from '../yaml/path';
import { entries, follow, scalarValue } from '../yaml/resolve';
import type { MapNode, Node, ParsedYaml, ScalarNode } from '../yaml/tree';

/** Needed beside "op" and "path". */
const needed: Record<string, readonly string[]> = {
  add: ['value'],
  replace: ['value'],
  test: ['value'],
  remove: [],
  move: ['from'],
  copy: ['from'],
};

interface Place {
  path: string;
  parsed: ParsedYaml;
}

/** What is patched, where it is known. */
export interface PatchTarget {
  /** `Deployment`. */
  kind: string;
  schema: SchemaNode;
}

/** Problems in text order; of several possible targets, only what is wrong for each of them. */
export function checkJsonPatch(place: Place, root: Node, targets: readonly PatchTarget[] = []): Problem[] {
  const [first, ...others] = targets;
  const found = checkFor(place, root, first);
  return others.reduce((kept, target) => {
    const also = new Set(checkFor(place, root, target).map(({ range }) => JSON.stringify(range)));
    return kept.filter(({ range }) => also.has(JSON.stringify(range)));
  }, found);
}

function checkFor(place: Place, root: Node, target: PatchTarget | undefined): Problem[] {
  const list = follow(root);
  if (list?.kind !== 'seq') {
    return [];
  }
  const problems: Problem[] = [];
  const report: Report = (node, message, severity = 'error', edit) =>
    problems.push({
      rule: 'kustomize/bad-patch',
      severity,
      message,
      path: place.path,
      range: place.parsed.lines.range(node.start, node.end),
      ...(edit === undefined
        ? {}
        : { fixes: [{ title: `Change to ${edit}`, edits: [editOf(place, node, edit)], preferred: true }] }),
    });
  for (const item of list.items) {
    const operation = follow(item);
    if (operation?.kind === 'map') {
      checkOperation(operation, report, target);
    } else if (operation !== undefined) {
      report(item, 'A JSON Patch is a list of operations, each a map with "op" and "path".');
    }
  }
  return problems;
}

type Report = (node: Node, message: string, severity?: Severity, edit?: string) => void;

function editOf({ path, parsed }: Place, node: Node, newText: string): TextEdit {
  return { path, range: parsed.lines.range(node.start, node.end), newText };
}

function checkOperation(operation: MapNode, report: Report, target: PatchTarget | undefined): void {
  const at = operation.pairs[0]?.key ?? operation;
  const op = textOf(operation, 'op');
  const required = op === undefined ? undefined : needed[op.text];
  if (op === undefined || op.text === '') {
    report(
      at,
      'This operation does not say what it does: it needs "op", one of add, remove, replace, move, copy, test.',
    );
  } else if (required === undefined) {
    const meant = nearest(op.text, Object.keys(needed));
    report(
      op,
      `There is no operation "${op.text}"; it is one of ${Object.keys(needed).join(', ')}.${meant === undefined ? '' : ` Did you mean "${meant}"?`}`,
      'error',
      meant,
    );
  }
  for (const { name, key } of entries(operation)) {
    if (!['op', 'path', 'value', 'from'].includes(name)) {
      const meant = nearest(name, ['op', 'path', 'value', 'from']);
      // Others are passed over, and some people write comments so.
      if (meant !== undefined && entryOf(operation, meant) === undefined) {
        report(key, `An operation has no field "${name}". Did you mean "${meant}"?`, 'warning', meant);
      }
    }
  }
  const isKnown = op !== undefined && required !== undefined;
  if (entryOf(operation, 'path') === undefined) {
    report(at, 'This operation needs "path": the place that it changes, for example /spec/replicas.');
  }
  for (const name of required ?? []) {
    if (isKnown && entryOf(operation, name) === undefined) {
      const empties = name === 'value' && op.text !== 'test';
      report(
        op,
        `The operation ${op.text} needs "${name}"${empties ? ': without it the field becomes null' : ''}.`,
        empties ? 'warning' : 'error',
      );
    }
  }
  for (const name of ['path', 'from']) {
    const pointer = textOf(operation, name);
    if (pointer === undefined) {
      continue;
    }
    const fault = pointerFault(pointer.text);
    if (fault !== undefined) {
      report(pointer, fault.message, 'error', fault.edit);
    } else if (target !== undefined && isKnown) {
      checkPlace(operation, pointer, name === 'path' ? op.text : 'test', target, report);
    }
  }
}

function pointerFault(pointer: string): { message: string; edit?: string } | undefined {
  if (pointer !== '' && !pointer.startsWith('/')) {
    const edit = /^[\w-]+(?:[./][\w-]+)*$/.test(pointer) ? `/${pointer.replaceAll('.', '/')}` : undefined;
    return {
      message: `"${pointer}" is no JSON Pointer: it starts with "/".`,
      ...(edit === undefined ? {} : { edit }),
    };
  }
  // kustomize takes a lone "~" as it is; it is nearly always meant as an escape.
  return undefined;
}

/** The path against the schema: known fields, positions in lists, and a value of the type. */
function checkPlace(operation: MapNode, pointer: ScalarNode, op: string, target: PatchTarget, report: Report): void {
  let schema: SchemaNode | undefined = target.schema;
  const steps = fromPointer(pointer.text);
  const walked: string[] = [];
  /** The last step named an entry of a free map, not a field. */
  let entriesAbove = false;
  for (const step of steps) {
    if (schema === undefined || schema.types === Type.any) {
      return;
    }
    if ((schema.types & Type.object) !== 0) {
      const property: SchemaNode | undefined = schema.properties.get(step);
      if (property === undefined && schema.others === 'forbidden') {
        const meant = nearest(step, schema.properties.keys());
        const where = walked.length === 0 ? '' : ` in ${walked.join('.')}`;
        const edit =
          meant === undefined ? undefined : '/' + steps.map((s, i) => (i === walked.length ? meant : s)).join('/');
        report(
          pointer,
          `${target.kind} has no field "${step}"${where}.${meant === undefined ? '' : ` Did you mean "${meant}"?`}`,
          'error',
          edit,
        );
        return;
      }
      entriesAbove = property === undefined;
      schema = property ?? (schema.others === 'forbidden' || schema.others === 'ignored' ? undefined : schema.others);
    } else if ((schema.types & Type.array) !== 0) {
      if (!/^(?:0|[1-9]\d*|-)$/.test(step)) {
        report(
          pointer,
          `${walked.join('.')} is a list: its items are named by number, or "-" behind the last one, not "${step}".`,
        );
        return;
      }
      entriesAbove = false;
      schema = schema.items;
    } else {
      const escaped = entriesAbove
        ? [...steps.slice(0, walked.length - 1), steps.slice(walked.length - 1).join('~1')]
        : undefined;
      report(
        pointer,
        escaped === undefined
          ? `${walked.join('.')} of ${target.kind} is a single value: there is nothing below it.`
          : `${walked.slice(0, -1).join('.')} of ${target.kind} holds single values: a "/" inside a key is written "~1".`,
        'error',
        escaped === undefined ? undefined : '/' + escaped.join('/'),
      );
      return;
    }
    walked.push(step);
  }
  const value = entryOf(operation, 'value');
  if (schema !== undefined && value !== undefined && (op === 'add' || op === 'replace')) {
    checkValue(value.value, schema, `${steps.join('.')} of ${target.kind}`, report);
  }
}

/** The kind of the value alone: what is inside it the rendered object shows. */
function checkValue(given: Node, schema: SchemaNode, called: string, report: Report): void {
  const node = follow(given);
  if (
    node === undefined ||
    schema.types === Type.any ||
    schema.format === 'quantity' ||
    schema.format === 'int-or-string'
  ) {
    return;
  }
  const is =
    node.kind === 'map'
      ? { type: Type.object, text: 'a map' }
      : node.kind === 'seq'
        ? { type: Type.array, text: 'a list' }
        : node.kind === 'scalar'
          ? scalarType(node)
          : undefined;
  if (is !== undefined && (schema.types & is.type) === 0) {
    report(given, `${called} must be ${typeText(schema.types)}, not ${is.text}.`);
  }
}

function scalarType(node: ScalarNode): { type: number; text: string } | undefined {
  const value = scalarValue(node);
  switch (typeof value) {
    case 'string':
      return { type: Type.string, text: `the string "${node.text}"` };
    case 'boolean':
      return { type: Type.boolean, text: `the boolean ${String(value)}` };
    case 'bigint':
      return { type: Type.integer | Type.number, text: `the number ${node.text}` };
    case 'number':
      return {
        type: Number.isInteger(value) ? Type.integer | Type.number : Type.number,
        text: `the number ${node.text}`,
      };
    case 'object':
    case 'undefined':
    case 'function':
    case 'symbol':
      return undefined;
  }
}

function typeText(types: number): string {
  const names: [number, string][] = [
    [Type.string, 'a string'],
    [Type.integer, 'a whole number'],
    [Type.number, 'a number'],
    [Type.boolean, 'true or false'],
    [Type.array, 'a list'],
    [Type.object, 'a map'],
  ];
  return names
    .filter(([type]) => (types & type) !== 0)
    .map(([, name]) => name)
    .join(' or ');
}

function textOf(map: MapNode, name: string): ScalarNode | undefined {
  const pair = entryOf(map, name);
  const node = pair === undefined ? undefined : follow(pair.value);
  return node?.kind === 'scalar' ? node : undefined;
}
