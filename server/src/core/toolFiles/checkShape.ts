// A tree against a shape, with the verdict of Go's JSON decoder: unknown fields, values of another type. Keys are matched as it does,
// whatever their case, and an empty value fits everywhere.
import { setScalar } from '../edit/edits';
import { toPointer } from '../json';
import type { Fix, Problem, Severity } from '../problem';
import { nearest } from '../suggest';
import { entries, follow, scalarValue } from '../yaml/resolve';
import type { MapNode, Node, ParsedYaml, ScalarNode } from '../yaml/tree';
import { shapeText, type ObjectShape, type Shape } from './shape';

export interface ShapeCheck {
  path: string;
  parsed: ParsedYaml;
  /** `kustomize`, `helm`: first half of the rules, and the name of who reads the file. */
  tool: string;
  /** What the file is called in messages: `a kustomization`. */
  called: string;
  /** How bad an unknown field is: the tool refuses the file (error) or passes over the field (warning). */
  unknown: Severity;
  /** The tool turns numbers and booleans into text where text is wanted. */
  stringifies?: boolean;
  /** `${…}` stands for text that is not known here. */
  variables?: boolean;
}

/** Problems in text order. Nothing is said about trees that were not read exactly: the caller leaves those out. */
export function checkShape(root: Node, shape: Shape, check: ShapeCheck): Problem[] {
  const problems: Problem[] = [];
  new Walk(check, problems).visit(root, shape, []);
  return problems;
}

type Path = readonly (string | number)[];

class Walk {
  private readonly seen = new Set<Node>();

  constructor(
    private readonly check: ShapeCheck,
    private readonly problems: Problem[],
  ) {}

  visit(given: Node, shape: Shape, path: Path): void {
    const node = follow(given);
    if (node === undefined || shape.type === 'any' || isEmpty(node)) {
      return;
    }
    if (given !== node) {
      // What an alias repeats is said where it is written.
      if (this.seen.has(node)) {
        return;
      }
    }
    this.seen.add(node);
    switch (shape.type) {
      case 'object':
        return node.kind === 'map' ? this.visitObject(node, shape, path) : this.wrongType(node, shape, path);
      case 'map':
        if (node.kind !== 'map') {
          return this.wrongType(node, shape, path);
        }
        return entries(node).forEach(({ name, value }) => this.visit(value, shape.values, [...path, name]));
      case 'list':
        if (node.kind !== 'seq') {
          return this.wrongType(node, shape, path);
        }
        return node.items.forEach((item, index) => this.visit(item, shape.items, [...path, index]));
      case 'string':
      case 'boolean':
      case 'integer':
        return this.visitScalar(node, shape, path);
    }
  }

  private visitObject(node: MapNode, shape: ObjectShape, path: Path): void {
    for (const { name, key, value } of entries(node)) {
      const known = fieldName(shape, name);
      if (known !== undefined) {
        this.visit(value, shape.fields[known]?.shape ?? { type: 'any' }, [...path, name]);
      } else if (!this.isVariable(name)) {
        this.unknownField(node, key, name, shape, path);
      }
    }
  }

  private unknownField(node: MapNode, key: Node, name: string, shape: ObjectShape, path: Path): void {
    const { tool, called, unknown } = this.check;
    const present = new Set(entries(node).map((entry) => entry.name));
    const names = Object.keys(shape.fields).filter((field) => !present.has(field));
    const meant = nearest(name, names);
    const all = Object.keys(shape.fields);
    const where = path.length === 0 ? '' : ` in ${pathText(path)}`;
    const hint =
      meant !== undefined ? ` Did you mean "${meant}"?` : all.length <= 8 ? ` It has: ${all.join(', ')}.` : '';
    const consequence = unknown === 'error' ? '' : ` ${capital(tool)} ignores it.`;
    const fix =
      meant !== undefined && key.kind === 'scalar' && inside(key, node)
        ? [{ title: `Change to "${meant}"`, edits: [setScalar(this.check, key, meant)], preferred: true }]
        : undefined;
    this.report(
      `${tool}/unknown-field`,
      // What the tool only passes over, and what resembles nothing, may be meant for somebody else.
      unknown === 'warning' && meant === undefined ? 'info' : unknown,
      key,
      [...path, name],
      `${capital(called)} has no field "${name}"${where}.${consequence}${hint}`,
      fix,
    );
  }

  private visitScalar(node: Node, shape: Shape, path: Path): void {
    if (node.kind !== 'scalar') {
      return this.wrongType(node, shape, path);
    }
    const value = scalarValue(node);
    if (value === null || (typeof value === 'string' && this.isVariable(value))) {
      return;
    }
    const fits =
      shape.type === 'string'
        ? typeof value === 'string' || this.check.stringifies === true
        : shape.type === 'boolean'
          ? typeof value === 'boolean'
          : typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
    if (!fits) {
      return this.wrongType(node, shape, path);
    }
    if (shape.type === 'string' && shape.values !== undefined && typeof value === 'string' && value !== '') {
      this.allowed(node, value, shape.values, path, shape.strict === true ? 'error' : 'warning');
    }
  }

  private allowed(node: ScalarNode, value: string, values: readonly string[], path: Path, severity: Severity): void {
    if (values.includes(value)) {
      return;
    }
    const meant = nearest(value, values);
    const message = `${pathText(path)} cannot be "${value}"; it is one of ${values.join(', ')}.`;
    const fixes =
      meant === undefined
        ? undefined
        : [{ title: `Change to "${meant}"`, edits: [setScalar(this.check, node, meant)], preferred: true }];
    this.report(
      `${this.check.tool}/bad-value`,
      severity,
      node,
      path,
      message + (meant === undefined ? '' : ` Did you mean "${meant}"?`),
      fixes,
    );
  }

  private wrongType(node: Node, shape: Shape, path: Path): void {
    const is =
      node.kind === 'map'
        ? 'a map'
        : node.kind === 'seq'
          ? 'a list'
          : node.kind === 'scalar'
            ? scalarText(node)
            : 'empty';
    const fixes: Fix[] | undefined =
      shape.type === 'string' && node.kind === 'scalar'
        ? [{ title: `Quote ${node.text}`, edits: [this.quoted(node)], preferred: true }]
        : undefined;
    const subject = path.length === 0 ? capital(this.check.called) : pathText(path);
    this.report(
      `${this.check.tool}/wrong-type`,
      'error',
      node,
      path,
      `${subject} is ${is}; it must be ${shapeText(shape)}.`,
      fixes,
    );
  }

  private quoted(node: ScalarNode): { path: string; range: Problem['range']; newText: string } {
    const { path, parsed } = this.check;
    return { path, range: parsed.lines.range(node.start, node.end), newText: JSON.stringify(node.text) };
  }

  private isVariable(value: string): boolean {
    return this.check.variables === true && value.includes('${');
  }

  private report(
    rule: string,
    severity: Severity,
    node: Node,
    path: Path,
    message: string,
    fixes: Fix[] | undefined,
  ): void {
    this.problems.push({
      rule,
      severity,
      message,
      path: this.check.path,
      range: this.check.parsed.lines.range(node.start, node.end),
      field: toPointer(path),
      ...(fixes === undefined ? {} : { fixes }),
    });
  }
}

/** The field that a key means: spelt so, or in other letter case, as Go's decoder takes it. */
function fieldName(shape: ObjectShape, name: string): string | undefined {
  return Object.hasOwn(shape.fields, name)
    ? name
    : Object.keys(shape.fields).find((field) => field.toLowerCase() === name.toLowerCase());
}

function isEmpty(node: Node): boolean {
  return node.kind === 'scalar' && scalarValue(node) === null;
}

function scalarText(node: ScalarNode): string {
  const value = scalarValue(node);
  return typeof value === 'string'
    ? `the string "${node.text.length > 40 ? node.text.slice(0, 39) + '…' : node.text}"`
    : typeof value === 'boolean'
      ? `the boolean ${String(value)}`
      : `the number ${node.text}`;
}

function inside(key: Node, map: MapNode): boolean {
  return key.start >= map.start && key.end <= map.end;
}

/** `images[0].newTag`. */
export function pathText(path: Path): string {
  return path.reduce<string>(
    (said, step) => (typeof step === 'number' ? `${said}[${step}]` : said === '' ? step : `${said}.${step}`),
    '',
  );
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
