// Hover from the schema: what a field is, what it may be, since which Kubernetes it exists, and where that is known from.
import type { JsonPath } from '../json';
import type { Range } from '../problem';
import { pathAt } from '../yaml/path';
import type { ParsedYaml, YamlDocument } from '../yaml/tree';
import { detailOf, markdown } from './complete';
import { safeMarkdown } from './safeMarkdown';
import { span } from './missingKind';
import type { SchemaNode } from './schemaNode';
import { Type } from './schemaNode';
import { describe, enumDescriptions, inline, itemOfList, kindOf, schemaAt } from './schemaPath';
import type { KindSchema, SchemaStore } from './schemaStore';

export interface HoverContext {
  /** Kubernetes version, for example `1.35`. */
  minor?: string | undefined;
  /** The schema of a document that is no object of the API server. */
  schema?: KindSchema | undefined;
}

export interface Hover {
  markdown: string;
  range: Range;
}

/** What stands at an offset; undefined where no schema knows it. */
export function hoverAt(
  parsed: ParsedYaml,
  document: YamlDocument,
  offset: number,
  store: SchemaStore,
  { minor, schema: known }: HoverContext = {},
): Hover | undefined {
  const found = pathAt(document, offset);
  const item = found === undefined || known !== undefined ? undefined : itemOfList(document, found.path);
  const kind =
    known ?? (item === undefined ? kindOf(document, store, minor) : store.lookup({ ...item.written, minor }));
  const place = found === undefined || item === undefined ? found : { ...found, path: found.path.slice(item.depth) };
  if (place === undefined || kind === undefined || place.node.kind !== 'scalar' || place.path.length === 0) {
    return undefined;
  }
  const { path } = place;
  const range = parsed.lines.range(place.node.start, place.node.end);
  const [field] = path;
  if (known === undefined && path.length === 1 && !place.inKey && (field === 'apiVersion' || field === 'kind')) {
    return { markdown: kindText(kind, store), range };
  }
  const schema = schemaAt(kind.schema, path);
  if (schema === undefined) {
    return undefined;
  }
  const parts = [heading(kind, path, schema)];
  const description = describe(kind.schema, path);
  const { values } = enumDescriptions(description);
  const valueText = place.inKey ? undefined : values.get(place.node.text);
  if (valueText !== undefined) {
    parts.push(`\`${place.node.text}\` ${safeMarkdown(valueText)}`);
  }
  const text = markdown(description);
  if (text !== '') {
    parts.push(text);
  }
  const allowed = allowedText(schema, values);
  if (allowed !== '') {
    parts.push(allowed);
  }
  parts.push(sourceText(kind, store, path));
  return { markdown: parts.join('\n\n'), range };
}

function heading(kind: KindSchema, path: JsonPath, schema: SchemaNode): string {
  const parent = schemaAt(kind.schema, path.slice(0, -1));
  const last = path.at(-1);
  const required = typeof last === 'string' && (parent?.required.includes(last) ?? false);
  const name = path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[]` : text === '' ? step : `${text}.${step}`),
    '',
  );
  return `**${name}** · ${detailOf(schema, required)}`;
}

function allowedText(schema: SchemaNode, descriptions: ReadonlyMap<string, string>): string {
  const item = (schema.types & Type.array) !== 0 ? schema.items : schema;
  if (item?.values !== undefined) {
    return [...item.values]
      .filter((value) => value !== '')
      .map((value) => {
        const text = descriptions.get(inline(value));
        return `- \`${inline(value)}\`${text === undefined ? '' : ` ${safeMarkdown(text).replaceAll('\n', ' ')}`}`;
      })
      .join('\n');
  }
  const limits = schema.limits;
  if (limits === undefined) {
    return '';
  }
  const texts: string[] = [];
  if (limits.minimum !== undefined || limits.maximum !== undefined) {
    texts.push(`From ${limits.minimum ?? '−∞'} to ${limits.maximum ?? '∞'}.`);
  }
  if (limits.minLength !== undefined || limits.maxLength !== undefined) {
    texts.push(`${limits.minLength ?? 0} to ${limits.maxLength ?? '∞'} characters.`);
  }
  if (limits.pattern !== undefined) {
    texts.push(`Pattern: \`${limits.pattern.text}\``);
  }
  return texts.join(' ');
}

/** The last line: whose schema it is, and the minors that have the field where not all have it. */
function sourceText(kind: KindSchema, store: SchemaStore, path: JsonPath): string {
  const source = `*${kind.kind}${kind.apiVersion === '' ? '' : ` ${kind.apiVersion}`} · ${kind.origin}*`;
  if (kind.custom) {
    return source;
  }
  const having = store.minors.filter((minor) => {
    const other = store.lookup({ apiVersion: kind.apiVersion, kind: kind.kind, minor });
    return other !== undefined && schemaAt(other.schema, path) !== undefined;
  });
  return having.length === store.minors.length ? source : `${source}\n\nOnly in Kubernetes ${having.join(', ')}.`;
}

function kindText(kind: KindSchema, store: SchemaStore): string {
  const life = kind.custom ? undefined : store.lifecycle(kind.apiVersion, kind.kind);
  const parts = [`**${kind.kind}** · ${kind.apiVersion} · ${kind.namespaced ? 'namespaced' : 'cluster-scoped'}`];
  const text = markdown(kind.schema.docs?.of(''));
  if (text !== '') {
    parts.push(text);
  }
  if (kind.deprecated !== undefined) {
    parts.push(`**Deprecated:** ${safeMarkdown(kind.deprecated)}`);
  }
  if (life?.deprecated !== undefined) {
    const end = life.removed === undefined ? '' : `, not served from ${life.removed} on`;
    parts.push(`**Deprecated** since Kubernetes ${life.deprecated}${end}.`);
  }
  if (!kind.servedByDefault) {
    parts.push('Served only by clusters that enable it.');
  }
  parts.push(`*${kind.origin}${kind.minors.length > 0 ? ` · known in ${span(kind.minors)}` : ''}*`);
  return parts.join('\n\n');
}
