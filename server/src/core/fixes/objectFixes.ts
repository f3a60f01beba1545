// Fixes of objects: fields that are missing or too many, and values that are nearly right.
import { base64 } from '../drift/base64';
import { insertPair, removePair, setScalar } from '../edit/edits';
import { isObject, type JsonValue } from '../json';
import { requiredFields, choicesOf } from '../schema/skeleton';
import { shortName, Type, type SchemaNode } from '../schema/schemaNode';
import { nodeAt } from '../yaml/path';
import { follow, toJson } from '../yaml/resolve';
import { change, fieldNode, schemaOf, type Candidate, type FaultPlace } from './place';
import { ownerOf } from './textFixes';

export const objectFixes: Record<string, (place: FaultPlace) => Candidate[]> = {
  'kubernetes/missing-field': missingField,
  'kubernetes/unknown-field': unknownField,
  'kustomize/unknown-field': unknownField,
  'helm/unknown-field': unknownField,
  'plumbline/unknown-key': unknownField,
  'kubernetes/bad-enum': otherValues,
  'kubernetes/bad-quantity': quantity,
  'kubernetes/bad-format': format,
  'kubernetes/bad-name': lowerCase,
};

const style = { listsIndented: true, partial: false };
/** What stands where only a person knows the value: a valid name that nobody takes for one. */
const placeholder = 'change-me';

function missingField(place: FaultPlace): Candidate[] {
  const { file, field, object } = place;
  const name = field.at(-1);
  const path = field.slice(0, -1);
  if (typeof name !== 'string') {
    return [];
  }
  if (path.length === 0 && (name === 'apiVersion' || name === 'kind')) {
    return identity(place, name);
  }
  const parent = fieldNode(place, path);
  if (parent === undefined && path.length === 1 && path[0] === 'metadata' && object !== undefined) {
    const after = object.root.pairs.find(({ key }) => key.kind === 'scalar' && key.text === 'kind');
    return [add(`Add metadata with a name`, insertPair(file, object.root, 'metadata', { name: nameOf(place) }, after))];
  }
  if (parent?.kind !== 'map') {
    return [];
  }
  const schema = schemaOf(place, field);
  const value = valueFor(place, name, schema);
  const present = parent.pairs.find(({ key }) => key.kind === 'scalar' && key.text === name);
  if (present !== undefined) {
    return value !== null && typeof value !== 'object'
      ? [add(`Write a value for ${name}`, setScalar(file, present.value, value))]
      : [];
  }
  return [add(`Add ${name}`, insertPair(file, parent, name, value))];
}

function add(title: string, edit: Candidate['edits'][number]): Candidate {
  return { title, edits: [edit] };
}

/** The versions of the kind that is written, or nothing where the kind is the one that is missing. */
function identity(place: FaultPlace, name: 'apiVersion' | 'kind'): Candidate[] {
  const { document, file, context } = place;
  const root = document.root;
  const first = root?.kind === 'map' ? root.pairs[0] : undefined;
  if (root?.kind !== 'map' || root.flow || first === undefined) {
    return [];
  }
  const written = toJson(root);
  const other = isObject(written) ? written[name === 'apiVersion' ? 'kind' : 'apiVersion'] : undefined;
  const known = context.store
    .kinds(context.minor)
    .filter((kind) => other === (name === 'apiVersion' ? kind.kind : kind.apiVersion));
  const eol = /\r\n|\r|\n/.exec(file.parsed.text)?.[0] ?? '\n';
  const empty = root.pairs.find(({ key }) => key.kind === 'scalar' && key.text === name);
  return known
    .slice(0, 4)
    .map((kind) =>
      empty === undefined
        ? change(file, first.key.start, first.key.start, `${name}: ${kind[name]}${eol}`, `Add ${name}: ${kind[name]}`)
        : add(`Write ${name}: ${kind[name]}`, setScalar(file, empty.value, kind[name])),
    );
}

function valueFor(place: FaultPlace, name: string, schema: SchemaNode | undefined): JsonValue {
  const { object, field } = place;
  const spec = object === undefined ? undefined : nodeAt(object.root, ['spec']);
  if (name === 'selector' && field.length === 2) {
    const labels = toJson(nodeAt(spec, ['template', 'metadata', 'labels']));
    if (isObject(labels) && Object.keys(labels).length > 0) {
      return shortName(schema?.definition) === 'LabelSelector' ? { matchLabels: labels } : labels;
    }
  }
  if (name === 'labels' && field.join('.') === 'spec.template.metadata.labels') {
    const labels = toJson(nodeAt(spec, ['selector', 'matchLabels']));
    if (isObject(labels) && Object.keys(labels).length > 0) {
      return labels;
    }
  }
  if (name === 'name') {
    return nameOf(place);
  }
  return schema === undefined ? placeholder : least(schema, 0);
}

/** A name that says where it comes from: the image's for a container, the file's for an object. */
function nameOf({ field, context, object }: FaultPlace): string {
  const sibling = object === undefined ? undefined : toJson(nodeAt(object.root, field.slice(0, -1)));
  const image = isObject(sibling) && typeof sibling.image === 'string' ? sibling.image : undefined;
  const text =
    image === undefined
      ? field[0] === 'metadata' || field.length === 0
        ? (/([^/]*?)\.[^./]*$/.exec(context.path)?.[1] ?? '')
        : ''
      : (image.split('/').at(-1) ?? '').replace(/[:@].*/, '');
  const clean = text
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
  return clean === '' ? placeholder : clean;
}

/** The smallest value of a schema: required fields, first choices, and something to change where only a person knows it. */
function least(schema: SchemaNode, depth: number): JsonValue {
  const choices = choicesOf(schema);
  if (choices !== undefined) {
    const first = schema.values === undefined ? true : [...schema.values].find((value) => value !== '');
    return schema.default !== undefined && schema.default !== '' ? schema.default : (first ?? placeholder);
  }
  if (schema.types & Type.object) {
    const fields = depth > 5 ? [] : requiredFields(schema, style);
    const entries = fields.map((name): [string, JsonValue] => [
      name,
      least(schema.properties.get(name) ?? schema, depth + 1),
    ]);
    return Object.fromEntries<JsonValue>(entries);
  }
  if (schema.types & Type.array) {
    return schema.items === undefined ? [] : [least(schema.items, depth + 1)];
  }
  if (schema.types & Type.string) {
    return placeholder;
  }
  if (schema.types & (Type.integer | Type.number)) {
    return schema.limits?.minimum ?? (typeof schema.default === 'number' && schema.default !== 0 ? schema.default : 1);
  }
  return schema.types & Type.boolean ? true : placeholder;
}

/** What cannot be meant is taken out; a misspelt name has its own fix. */
function unknownField(place: FaultPlace): Candidate[] {
  const { at, file, document } = place;
  const owner = at?.inKey === true && at.pair !== undefined ? ownerOf(document.root, at.pair.key) : undefined;
  return at?.pair === undefined || owner === undefined || at.node.kind !== 'scalar'
    ? []
    : [{ title: `Remove "${at.node.text}"`, edits: [removePair(file, owner, at.pair)] }];
}

function otherValues(place: FaultPlace): Candidate[] {
  const { at, file, field } = place;
  const schema = schemaOf(place, field);
  const values = [...(schema?.values ?? [])].filter((value) => value !== '');
  if (at?.node.kind !== 'scalar' || at.inKey || values.length > 8) {
    return [];
  }
  const { node } = at;
  return values.flatMap((value) =>
    typeof value === 'object' ? [] : [add(`Change to ${String(value)}`, setScalar(file, node, value))],
  );
}

/** `128MB`, `100mm`, `1 Gi`, `512mi`: what people write for the suffixes that exist. */
function quantity(place: FaultPlace): Candidate[] {
  const { at, file } = place;
  const written = at?.node.kind === 'scalar' && !at.inKey ? /^\s*([\d.]+)\s*([A-Za-z]+)\s*$/.exec(at.node.text) : null;
  if (at === undefined || written === null) {
    return [];
  }
  const [, number = '', unit = ''] = written;
  const suffixes: Record<string, string[]> = {
    b: [''], k: ['k'], kb: ['k', 'Ki'], ki: ['Ki'], kib: ['Ki'], mb: ['M', 'Mi'], mi: ['Mi'], mib: ['Mi'], g: ['G'], gb: ['G', 'Gi'], gi: ['Gi'],
    gib: ['Gi'], t: ['T'], tb: ['T', 'Ti'], ti: ['Ti'], tib: ['Ti'], mm: ['m'], millicores: ['m'], cpu: [''], cores: [''],
  }; // prettier-ignore
  const known = unit === 'm' || unit === 'M' ? [unit] : (suffixes[unit.toLowerCase()] ?? []);
  return known.map((suffix) => add(`Change to ${number}${suffix}`, setScalar(file, at.node, number + suffix)));
}

function format(place: FaultPlace): Candidate[] {
  const { at, file, object } = place;
  if (at?.node.kind !== 'scalar' || at.inKey) {
    return [];
  }
  const { node } = at;
  const duration = /^\s*(\d+)\s*(s|m|h|sec|secs|seconds?|min|mins|minutes?|hours?|hrs?|d|days?)\s*$/i.exec(node.text);
  if (duration !== null) {
    const unit = (duration[2] ?? '').charAt(0).toLowerCase();
    const text = unit === 'd' ? `${Number(duration[1]) * 24}h` : `${duration[1] ?? ''}${unit}`;
    return [add(`Change to ${text}`, setScalar(file, node, text))];
  }
  if (object?.kind === 'Secret' && at.path.includes('data')) {
    return [add('Encode the value as base64', setScalar(file, node, base64(node.text)))];
  }
  return [];
}

/** Names of objects are written small. */
function lowerCase(place: FaultPlace): Candidate[] {
  const node = place.at === undefined ? undefined : follow(place.at.node);
  if (node?.kind !== 'scalar' || place.at?.inKey === true || node.text.length > 253) {
    return [];
  }
  const text = node.text
    .toLowerCase()
    .replace(/[_ ]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return text === node.text || text === '' ? [] : [add(`Change to ${text}`, setScalar(place.file, node, text))];
}
