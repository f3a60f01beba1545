// The structural check: one object's tree against its compiled schema, with the API server's verdict and exact places. What only
// the server's own rules can decide is left to the engine; nothing here may contradict it.
import { toPointer, type JsonObject } from '../json';
import type { Fix, Problem, Severity } from '../problem';
import { entries, isMergeKey, scalarValue, toJson, type ScalarValue } from '../yaml/resolve';
import { plainValue } from '../yaml/scalars';
import type { LineIndex, MapNode, Node, Pair, ScalarNode, SeqNode } from '../yaml/tree';
import { combinedFault } from './combined';
import { deprecatedFields, type DeprecatedField } from './deprecatedFields';
import { formatFault } from './formats';
import { type Expectation, expectationText, limitFault, quoteFix, valueText } from './messages';
import type { SchemaNode } from './schemaNode';
import { Type } from './schemaNode';
import type { KindSchema } from './schemaStore';
import { nearest } from './suggest';
import { fieldOf, isWord, keyName, valueOf } from './treeValues';

export interface CheckOptions {
  /** Repository-relative path that problems carry. */
  path: string;
  lines: LineIndex;
  /** `Kind namespace/name`, for messages. */
  resource?: string;
  /** A patch: fields may be missing, and `$patch`-like directives are allowed. */
  partial?: boolean;
  /** Text is substituted for `${…}` before the server sees it (Flux post-build): such values are not judged. */
  variables?: boolean;
  /** The text was broken and the tree is partial: nothing is said about what may be missing or misplaced because of that. */
  recovered?: boolean;
}

/** Checks an object whose kind is known. Problems come in text order. */
export function checkStructure(root: Node, kind: KindSchema, options: CheckOptions): Problem[] {
  const check = new StructureCheck(kind, options);
  check.visit(root, kind.schema, undefined);
  return check.problems;
}

/** True where any text inside holds a placeholder. */
function holdsVariable(node: Node): boolean {
  switch (node.kind) {
    case 'map':
      return node.pairs.some(({ key, value }) => holdsVariable(key) || holdsVariable(value));
    case 'seq':
      return node.items.some(holdsVariable);
    case 'scalar':
      return node.text.includes('${');
    case 'alias':
      return false;
  }
}

const noNames: ReadonlySet<string> = new Set();

class StructureCheck {
  readonly problems: Problem[] = [];
  private readonly path: (string | number)[] = [];
  private readonly reported = new Set<string>();
  /** Set while the content of an alias is visited: problems are shown where the alias stands. */
  private alias: Node | undefined;
  /** Fields of the map in hand that a misspelt one surely means: they are not reported as missing, too. */
  private meant: ReadonlySet<string> = noNames;
  /** Inside a status that the server drops: only its form matters, not its values. */
  private dropped = false;

  constructor(
    private readonly kind: KindSchema,
    private readonly options: CheckOptions,
  ) {}

  /** `key` is the key whose value `node` is, where there is one. */
  visit(node: Node, schema: SchemaNode, key: Node | undefined): void {
    if (schema.types === Type.any) {
      return;
    }
    switch (node.kind) {
      case 'map':
        this.visitMap(node, schema, key);
        break;
      case 'seq':
        this.visitList(node, schema);
        break;
      case 'scalar':
        this.visitScalar(node, schema);
        break;
      case 'alias':
        if (node.target !== undefined) {
          const outer = this.alias;
          this.alias ??= node;
          this.visit(node.target, schema, key);
          this.alias = outer;
        }
    }
  }

  private visitMap(node: MapNode, schema: SchemaNode, key: Node | undefined): void {
    if ((schema.types & Type.object) === 0) {
      this.wrongType(node, schema, 'a map');
      return;
    }
    const outer = this.meant;
    this.meant = noNames;
    // One pass over the pairs: they are what takes the time. Maps with merge keys get a second one over what is merged in.
    let merging = false;
    const old = deprecatedFields(schema.definition);
    if (old !== undefined) {
      this.deprecated(node, old);
    }
    for (const pair of node.pairs) {
      if (pair.key.kind === 'scalar' && pair.key.text === '<<' && isMergeKey(pair.key)) {
        merging = true;
      } else {
        this.visitPair(pair, schema, node.pairs);
      }
    }
    const pairs = merging ? entries(node) : node.pairs;
    if (merging) {
      const own = new Set(node.pairs.map((pair) => pair.value));
      pairs.filter((pair) => !own.has(pair.value)).forEach((pair) => this.visitPair(pair, schema, pairs));
    }
    if (!this.dropped) {
      this.checkRequired(node, schema, pairs, key);
      if (schema.limits !== undefined) {
        this.limits(node, schema, pairs.length, 'properties');
      }
      if (schema.combined) {
        this.combinations(node, schema, pairs, key);
      }
    }
    this.meant = outer;
  }

  private visitPair(pair: Pair, schema: SchemaNode, siblings: readonly Pair[]): void {
    const { key } = pair;
    const name = key.kind === 'scalar' && !isWord(key.text) ? key.text : keyName(key);
    if (name === undefined) {
      return;
    }
    const property = schema.properties.get(name);
    if (property === undefined) {
      if (schema.others === 'forbidden') {
        this.unknownField(pair, name, schema, siblings);
      } else if (schema.others !== 'ignored') {
        this.descend(name, pair, schema.others);
      }
    } else if (name === 'status' && this.path.length === 0 && this.kind.statusDropped) {
      this.dropped = true;
      this.descend(name, pair, property);
      this.dropped = false;
    } else {
      this.descend(name, pair, property);
    }
  }

  private deprecated(node: MapNode, fields: Record<string, DeprecatedField>): void {
    for (const pair of node.pairs) {
      const name = keyName(pair.key) ?? '';
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (field !== undefined) {
        const { replacement, why } = field;
        const free = replacement !== undefined && fieldOf(node.pairs, replacement) === undefined;
        const fixes =
          free && this.alias === undefined
            ? [this.replaceFix(pair.key, replacement, `Change to "${replacement}"`)]
            : undefined;
        this.path.push(name);
        this.report('kubernetes/deprecated-field', pair.key, `${this.named()}is deprecated: ${why}.`, fixes, 'hint');
        this.path.pop();
      }
    }
  }

  private descend(name: string, pair: Pair, schema: SchemaNode): void {
    this.path.push(name);
    this.visit(pair.value, schema, pair.key);
    this.path.pop();
  }

  private unknownField(pair: Pair, name: string, schema: SchemaNode, siblings: readonly Pair[]): void {
    if ((this.options.partial && name.startsWith('$')) || this.isVariable(name)) {
      return;
    }
    if (this.options.recovered && /\s/.test(name)) {
      // Two lines that the tolerant reader took for one key.
      return;
    }
    const present = new Set(siblings.map((p) => keyName(p.key)));
    const free = [...schema.properties.keys()].filter((p) => !present.has(p));
    const suggestion = nearest(name, free);
    if (suggestion !== undefined) {
      this.meant = new Set([...this.meant, suggestion]);
    }
    this.path.push(name);
    const where = this.where(-1);
    const fixes =
      suggestion === undefined || this.alias !== undefined
        ? undefined
        : [this.replaceFix(pair.key, suggestion, `Change to "${suggestion}"`)];
    this.report(
      'kubernetes/unknown-field',
      pair.key,
      `${this.subject()}has no field "${name}"${where === '' ? '' : ` in ${where}`}.${suggestion === undefined ? this.known(schema) : ` Did you mean "${suggestion}"?`}`,
      fixes,
    );
    this.path.pop();
  }

  /** The fields that exist, where they are few enough to be read. */
  private known(schema: SchemaNode): string {
    const names = [...schema.properties.keys()];
    return names.length > 0 && names.length <= 8 ? ` It has: ${names.join(', ')}.` : '';
  }

  private checkRequired(node: MapNode, schema: SchemaNode, pairs: readonly Pair[], key: Node | undefined): void {
    if (schema.required.length === 0 || this.options.partial || this.options.recovered) {
      return;
    }
    for (const name of schema.required) {
      const pair = fieldOf(pairs, name);
      const property = schema.properties.get(name);
      if ((property?.custom && property.default !== undefined) || this.meant.has(name)) {
        continue;
      }
      // The server drops a null where null is no value of its own, and then misses the field.
      const isNull = pair !== undefined && valueOf(pair.value) === null;
      if (pair !== undefined && !(isNull && property?.raw.nullable !== true)) {
        continue;
      }
      const where = this.where(0);
      this.path.push(name);
      this.report(
        'kubernetes/missing-field',
        pair?.key ?? key ?? node.pairs[0]?.key ?? node,
        isNull
          ? `${this.subject()}needs a value for "${name}"${where === '' ? '' : ` in ${where}`}.`
          : `${this.subject()}needs the field "${name}"${where === '' ? '' : ` in ${where}`}.`,
      );
      this.path.pop();
    }
  }

  /** `oneOf` and the like, after the fields themselves: what is wrong inside says more than the combination that it breaks. */
  private combinations(node: MapNode, schema: SchemaNode, pairs: readonly Pair[], key: Node | undefined): void {
    const { partial, recovered, variables } = this.options;
    if (partial || recovered || this.meant.size > 0 || (variables && holdsVariable(node))) {
      return;
    }
    const value: JsonObject = {};
    for (const [name, property] of schema.properties) {
      if (property.default !== undefined) {
        value[name] = property.default;
      }
    }
    for (const pair of pairs) {
      const name = keyName(pair.key);
      if (name !== undefined) {
        value[name] = toJson(pair.value);
      }
    }
    const fault = combinedFault(schema.raw, value);
    if (fault === undefined) {
      return;
    }
    const wrong = fault.field === undefined ? undefined : fieldOf(pairs, fault.field);
    const where = this.where(0);
    const isChild = wrong !== undefined && fault.message.startsWith('does not fit');
    const subject = where === '' ? this.subject() : `${where} of ${this.options.resource ?? this.kind.kind} `;
    if (isChild) {
      this.path.push(fault.field ?? '');
      this.report('kubernetes/combination', wrong.value, `${this.named()}${fault.message}`);
      this.path.pop();
      return;
    }
    this.report(
      'kubernetes/combination',
      wrong?.key ?? key ?? node.pairs[0]?.key ?? node,
      `${subject}${fault.message}`,
    );
  }

  private visitList(node: SeqNode, schema: SchemaNode): void {
    if ((schema.types & Type.array) === 0) {
      if (!acceptsList(schema)) {
        this.wrongType(node, schema, 'a list');
      }
      return;
    }
    const { items } = schema;
    if (items !== undefined) {
      node.items.forEach((item, index) => {
        this.path.push(index);
        if (items.custom && !this.dropped && valueOf(item) === null) {
          this.emptyItem(item, items);
        } else {
          this.visit(item, items, undefined);
        }
        this.path.pop();
      });
    }
    if (!this.dropped) {
      if (schema.listType === 'map' || schema.listType === 'set') {
        this.duplicates(node, schema);
      }
      if (schema.limits !== undefined) {
        this.limits(node, schema, node.items.length, 'items');
      }
    }
  }

  /** Nulls of custom resources are dropped from maps, but not from lists. */
  private emptyItem(item: Node, schema: SchemaNode): void {
    if (schema.types !== Type.any && schema.raw.nullable !== true && schema.default === undefined) {
      this.wrongType(item, schema, 'empty');
    }
  }

  /** Items of keyed lists and sets must differ; some built-in lists are held to it on server-side apply only. */
  private duplicates(list: SeqNode, schema: SchemaNode): void {
    if (list.items.length < 2 || this.options.recovered) {
      return;
    }
    const seen = new Map<string, number>();
    list.items.forEach((item, index) => {
      const identity = itemIdentity(item, schema);
      if (identity === undefined) {
        return;
      }
      const first = seen.get(identity.key);
      if (first === undefined) {
        seen.set(identity.key, index);
        return;
      }
      const where = this.where(0);
      this.path.push(index);
      this.report(
        'kubernetes/duplicate-item',
        identity.node,
        `${this.subject()}has two items with ${identity.text} in ${where}${schema.unique ? '' : '; server-side apply refuses that'}. Remove or rename one of them.`,
        undefined,
        schema.unique ? 'error' : 'warning',
        list.items[first],
      );
      this.path.pop();
    });
  }

  private visitScalar(node: ScalarNode, schema: SchemaNode): void {
    const value = scalarValue(node);
    if (value === null || (typeof value === 'string' && this.isVariable(value))) {
      // Null is accepted everywhere and means absent; what that misses is checked where the field is required.
      return;
    }
    if (!accepts(schema.types, value)) {
      this.wrongScalar(node, schema, value);
      return;
    }
    if (schema.format !== undefined && !(this.dropped && schema.custom)) {
      const fault = formatFault(schema, value);
      if (fault !== undefined) {
        this.report(fault.rule, node, `${this.named()}${fault.message}`);
        return;
      }
    }
    if (this.dropped) {
      return;
    }
    if (schema.values !== undefined) {
      this.allowed(node, schema, schema.values, value);
    }
    if (schema.limits !== undefined) {
      this.limits(node, schema, value, 'value');
    }
  }

  private allowed(node: ScalarNode, schema: SchemaNode, values: ReadonlySet<unknown>, value: ScalarValue): void {
    if (values.has(value) || (value === '' && schema.emptyIsAbsent)) {
      return;
    }
    const names = [...values].map(String);
    const suggestion = nearest(String(value), names);
    this.report(
      'kubernetes/bad-enum',
      node,
      `${this.named()}cannot be ${valueText(node)}; it is one of ${names.join(', ')}.${suggestion === undefined ? '' : ` Did you mean "${suggestion}"?`}`,
      suggestion === undefined || this.alias !== undefined
        ? undefined
        : [this.replaceFix(node, suggestion, `Change to "${suggestion}"`)],
    );
  }

  private wrongScalar(node: ScalarNode, schema: SchemaNode, value: ScalarValue): void {
    if (schema.format === 'quantity') {
      this.report('kubernetes/bad-quantity', node, `${this.named()}is ${valueText(node)}, which is not a quantity.`);
      return;
    }
    const isWholeNumberExpected =
      typeof value === 'number' && (schema.types & (Type.integer | Type.number)) === Type.integer;
    const kind = isWholeNumberExpected
      ? node.text
      : typeof value === 'string'
        ? `the string ${valueText(node)}`
        : typeof value === 'boolean'
          ? `the boolean ${String(value)}${node.text.toLowerCase() === String(value) ? '' : ` (YAML 1.1 reads ${node.text} so)`}`
          : `the number ${node.text}`;
    this.wrongType(node, schema, kind, this.scalarFix(node, schema, value));
  }

  /** Quoting turns a word or number into text; unquoting does the opposite where the text is what the schema wants. */
  private scalarFix(node: ScalarNode, schema: SchemaNode, value: ScalarValue): Fix[] | undefined {
    if (this.alias !== undefined) {
      return undefined;
    }
    if (typeof value !== 'string' && (schema.types & Type.string) !== 0) {
      return [this.replaceFix(node, quoteFix(node.text), 'Put the value in quotes')];
    }
    if (typeof value === 'string' && node.style !== 'plain' && !node.text.includes('\n')) {
      const plain = plainValue(node.text, 'kubernetes');
      if (plain !== null && typeof plain !== 'string' && accepts(schema.types, plain)) {
        return [this.replaceFix(node, node.text, 'Remove the quotes')];
      }
    }
    return undefined;
  }

  private wrongType(node: Node, schema: SchemaNode, got: string, fixes?: Fix[]): void {
    if ((this.options.recovered && node.kind !== 'scalar') || (this.dropped && schema.custom)) {
      return;
    }
    const expected: Expectation = expectationText(schema);
    this.report('kubernetes/wrong-type', node, `${this.named()}is ${got}; it must be ${expected}.`, fixes);
  }

  private limits(node: Node, schema: SchemaNode, value: ScalarValue, what: 'value' | 'items' | 'properties'): void {
    const fault = schema.limits === undefined ? undefined : limitFault(schema.limits, value, what);
    if (fault !== undefined && !this.options.recovered) {
      this.report('kubernetes/bad-format', node, `${this.named()}${fault}`);
    }
  }

  private isVariable(text: string): boolean {
    return this.options.variables === true && text.includes('${');
  }

  /** `Deployment default/web `: the object, as the beginning of a sentence. */
  private subject(): string {
    return `${this.options.resource ?? this.kind.kind} `;
  }

  /** `spec.replicas of Deployment default/web `: the field, as the beginning of a sentence. */
  private named(): string {
    return `${this.where(0)} of ${this.options.resource ?? this.kind.kind} `;
  }

  /** The path as people write it; `-1` leaves the last step out. */
  private where(end: 0 | -1): string {
    const steps = end === 0 ? this.path : this.path.slice(0, end);
    return steps.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('');
  }

  private replaceFix(node: Node, newText: string, title: string): Fix {
    return {
      title,
      preferred: true,
      edits: [{ path: this.options.path, range: this.options.lines.range(node.start, node.end), newText }],
    };
  }

  private report(
    rule: string,
    node: Node,
    message: string,
    fixes?: Fix[],
    severity: Severity = 'error',
    first?: Node,
  ): void {
    const place = this.alias ?? node;
    // What an alias or a merge key repeats is said once.
    const id = `${rule} ${place.start} ${rule === 'kubernetes/missing-field' ? this.path.at(-1) : ''}`;
    if (this.reported.has(id)) {
      return;
    }
    this.reported.add(id);
    const problem: Problem = {
      rule,
      severity,
      message,
      path: this.options.path,
      range: this.options.lines.range(place.start, place.end),
      field: toPointer(this.path),
    };
    if (this.options.resource !== undefined) {
      problem.resource = this.options.resource;
    }
    if (fixes !== undefined) {
      problem.fixes = fixes;
    }
    if (first !== undefined) {
      problem.related = [
        {
          location: { path: this.options.path, range: this.options.lines.range(first.start, first.end) },
          message: 'The first one is here.',
        },
      ];
    }
    this.problems.push(problem);
  }
}

/** Texts that the server also takes as lists: bytes, and an empty list where a custom text has a format. */
function acceptsList(schema: SchemaNode): boolean {
  return (
    schema.format === 'byte' || (schema.custom && (schema.types & Type.string) !== 0 && schema.raw.format !== undefined)
  );
}

function accepts(types: number, value: ScalarValue): boolean {
  if (typeof value === 'string') {
    return (types & Type.string) !== 0;
  }
  if (typeof value === 'boolean') {
    return (types & Type.boolean) !== 0;
  }
  if (typeof value === 'number') {
    return (types & Type.number) !== 0 || ((types & Type.integer) !== 0 && Number.isInteger(value));
  }
  return value === null || (types & Type.integer) !== 0;
}

/** What makes a list item that item: its map keys, or its value. Undefined where that cannot be said. */
function itemIdentity(item: Node, schema: SchemaNode): { key: string; text: string; node: Node } | undefined {
  const node = item.kind === 'alias' ? item.target : item;
  if (schema.listType === 'set') {
    const value = node === undefined ? undefined : valueOf(node);
    return value === undefined || value === null
      ? undefined
      : { key: `${typeof value} ${value}`, text: `the value ${String(value)}`, node: item };
  }
  if (node?.kind !== 'map') {
    return undefined;
  }
  const keys: string[] = [];
  const texts: string[] = [];
  let place: Node = item;
  for (const name of schema.mapKeys) {
    const pair = fieldOf(node.pairs, name);
    const fallback = schema.items?.properties.get(name)?.default;
    const value = pair === undefined ? fallback : valueOf(pair.value);
    if (value === undefined || value === null || typeof value === 'object') {
      // An absent key without a default is reported as missing, or is a key of its own.
      keys.push('absent');
      continue;
    }
    keys.push(`${typeof value} ${String(value)}`);
    if (pair !== undefined) {
      texts.push(`${name} ${String(value)}`);
      place = item.kind === 'alias' || place !== item ? place : pair.value;
    }
  }
  return texts.length === 0 ? undefined : { key: keys.join('|'), text: `the same ${texts.join(' and ')}`, node: place };
}
