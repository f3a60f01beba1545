// Where an object of an answer stands in a person's text, and where a field of it stands.
import type { JsonPath } from '../json';
import { toPointer } from '../json';
import type { Range } from '../problem';
import type { Identity } from '../kinds/identity';
import { fieldSteps, nodeAtFieldPath } from '../yaml/path';
import type { Node, ParsedYaml } from '../yaml/tree';

/** An object inside a file. */
export interface ObjectPlace {
  path: string;
  parsed: ParsedYaml;
  identity: Identity;
}

export interface FieldSpot {
  range: Range;
  /** JSON Pointer of the field itself, also where it is absent. */
  pointer: string;
  /** False where the field is absent and the range is that of the nearest ancestor that exists. */
  exact: boolean;
  node: Node;
}

/** The server prints some fields by the name of their newer twin. */
const twins: [RegExp, string][] = [
  [/^metadata\.taints\b/, 'spec.taints'],
  [/^template\.labels\b/, 'template.metadata.labels'],
  [/^spec\.validation\./, 'spec.versions[0].schema.'],
  [/^spec\.(subresources|additionalPrinterColumns)\b/, 'spec.versions[0].$1'],
  [/^spec\.clusterIPs(?:\[0\])?$/, 'spec.clusterIP'],
  [/^spec\.(template\.spec\.)?securityContext\.hostNetwork$/, 'spec.$1hostNetwork'],
];

/**
 * A path of the server's validation as the text has it. Volumes of a StatefulSet are validated behind those of its claim templates,
 * which replace volumes of the same name: their indices are not those of the text. The name and the namespace of a webhook's service are
 * taken for each other.
 */
export function asWritten(field: string, { kind, root }: Identity): string {
  const service = /^(.*[cC]lientConfig\.service)\.(name|namespace)$/.exec(field);
  if (service !== null && /WebhookConfiguration$|^CustomResourceDefinition$/.test(kind)) {
    return `${service[1] ?? ''}.${service[2] === 'name' ? 'namespace' : 'name'}`;
  }
  const match = kind === 'StatefulSet' ? /^(spec\.template\.spec\.volumes)\[(\d+)\](.*)$/.exec(field) : null;
  if (match === null) {
    return field;
  }
  const [, list = '', index = '', rest = ''] = match;
  const namesIn = (path: string, name: string): (string | undefined)[] => {
    const { node, exact } = nodeAtFieldPath(root, path);
    return !exact || node.kind !== 'seq'
      ? []
      : node.items.map((item) => {
          const found = nodeAtFieldPath(item, name);
          return found.exact && found.node.kind === 'scalar' ? found.node.text : undefined;
        });
  };
  const claims = new Set(namesIn('spec.volumeClaimTemplates', 'metadata.name'));
  const volumes = namesIn(list, 'name').map((name, at) => ({ at, isOwn: name === undefined || !claims.has(name) }));
  const own = volumes.filter(({ isOwn }) => isOwn)[Number(index) - claims.size];
  return claims.size === 0 || own === undefined ? field : `${list}[${own.at}]${rest}`;
}

/** The place of one of the server's field paths; an empty path is the object itself. */
export function fieldSpot(place: ObjectPlace, field: string): FieldSpot {
  const { root } = place.identity;
  let found = nodeAtFieldPath(root, field);
  if (!found.exact) {
    for (const [pattern, replacement] of twins) {
      const twin = pattern.test(field) ? nodeAtFieldPath(root, field.replace(pattern, replacement)) : undefined;
      if (twin !== undefined && (twin.exact || twin.path.length > found.path.length)) {
        found = twin;
      }
    }
  }
  const steps: JsonPath = [...found.path, ...fieldSteps(found.rest)];
  const node = found.path.length === 0 ? place.identity.kindNode : found.node;
  return {
    range: visibleRange(place.parsed, node, found.key, found.exact),
    pointer: toPointer(steps),
    exact: found.exact,
    node: found.node,
  };
}

/** A value that fits on a line is underlined itself; of a larger one its key, or the beginning of the list item. */
export function visibleRange(parsed: ParsedYaml, node: Node, key: Node | undefined, exact = true): Range {
  const range = parsed.lines.range(node.start, node.end);
  if (exact && node.end > node.start && range.start.line === range.end.line) {
    return range;
  }
  if (key !== undefined) {
    return parsed.lines.range(key.start, key.end);
  }
  if (node.kind === 'map' && node.pairs[0] !== undefined) {
    const { key: first, value } = node.pairs[0];
    const whole = parsed.lines.range(first.start, value.end);
    return whole.start.line === whole.end.line ? whole : parsed.lines.range(first.start, first.end);
  }
  const line = parsed.lines.offsetAt({ line: range.start.line + 1, character: 0 });
  const text = parsed.text.slice(node.start, Math.min(node.end, line)).trimEnd();
  return parsed.lines.range(node.start, Math.max(node.start + text.length, Math.min(node.start + 1, node.end)));
}
