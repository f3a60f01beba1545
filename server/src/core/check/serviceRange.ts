// Addresses of Services against the ranges of the cluster that they are deployed to. Without those ranges nothing is said: the API
// server's own code can only assume some.
import type { ClusterFacts } from '../schema/captured';
import type { Identity } from '../kinds/identity';
import type { Problem } from '../problem';
import { fieldOf, valueOf } from '../schema/treeValues';
import type { Node, ParsedYaml } from '../yaml/tree';

export interface KnownRanges {
  context: string;
  facts: ClusterFacts;
}

/** An address that lies in none of the cluster's ranges is refused by it. */
export function serviceRangeProblems(
  file: { path: string; parsed: ParsedYaml },
  identity: Identity,
  { context, facts }: KnownRanges,
): Problem[] {
  const ranges = (facts.serviceCidrs ?? []).map(readRange);
  if (identity.apiVersion !== 'v1' || identity.kind !== 'Service' || ranges.length === 0) {
    return [];
  }
  // A range that cannot be read may hold anything.
  if (ranges.some((range) => range === undefined) || identity.root.kind !== 'map') {
    return [];
  }
  const spec = fieldOf(identity.root.pairs, 'spec')?.value;
  if (spec?.kind !== 'map' || valueOfField(spec, 'type') === 'ExternalName') {
    return [];
  }
  const one = fieldOf(spec.pairs, 'clusterIP')?.value;
  const several = fieldOf(spec.pairs, 'clusterIPs')?.value;
  const places: { node: Node; field: string }[] = [
    ...(one === undefined ? [] : [{ node: one, field: '/spec/clusterIP' }]),
    ...(several?.kind === 'seq' ? several.items.map((node, i) => ({ node, field: `/spec/clusterIPs/${i}` })) : []),
  ];
  const said = new Set<string>();
  return places.flatMap(({ node, field }) => {
    const text = valueOf(node);
    const address = typeof text === 'string' ? readAddress(text) : undefined;
    if (typeof text !== 'string' || address === undefined || said.has(text)) {
      return [];
    }
    said.add(text);
    if (ranges.some((range) => range !== undefined && contains(range, address))) {
      return [];
    }
    return [
      {
        rule: 'kubernetes/service-range',
        severity: 'error' as const,
        message: `${text} is outside the range of Service addresses of cluster ${context}: ${(facts.serviceCidrs ?? []).join(', ')}.`,
        path: file.path,
        range: file.parsed.lines.range(node.start, node.end),
        field,
        resource: identity.label,
      },
    ];
  });
}

function valueOfField(map: Node & { kind: 'map' }, name: string): unknown {
  const field = fieldOf(map.pairs, name);
  return field === undefined ? undefined : valueOf(field.value);
}

interface Address {
  bits: 32 | 128;
  value: bigint;
}

interface AddressRange {
  first: Address;
  prefix: number;
}

function readRange(text: string): AddressRange | undefined {
  const [head = '', length = '', ...rest] = text.split('/');
  const first = readAddress(head);
  const prefix = /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  return first === undefined || rest.length > 0 || !(prefix <= first.bits) ? undefined : { first, prefix };
}

function contains({ first, prefix }: AddressRange, address: Address): boolean {
  const shift = BigInt(first.bits - prefix);
  return address.bits === first.bits && address.value >> shift === first.value >> shift;
}

/** Undefined for what is no plain address: `None`, a placeholder, a mapped one. */
function readAddress(text: string): Address | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) {
    const parts = text.split('.').map(Number);
    return parts.some((part) => part > 255)
      ? undefined
      : { bits: 32, value: parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
  }
  if (!/^[0-9a-f:]+$/i.test(text) || !text.includes(':')) {
    return undefined;
  }
  const halves = text.split('::');
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const [head = [], tail = []] = groups;
  const missing = 8 - head.length - tail.length;
  if (halves.length > 2 || (halves.length === 1 ? missing !== 0 : missing < 1)) {
    return undefined;
  }
  const all = [...head, ...Array<string>(missing).fill('0'), ...tail];
  return all.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))
    ? undefined
    : { bits: 128, value: all.reduce((sum, group) => sum * 65536n + BigInt(parseInt(group, 16)), 0n) };
}
