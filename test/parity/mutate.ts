// Faults planted into texts: each mutant is a real manifest with one edit, whose line is known. Which of them are faults at all, the
// server says.
import { follow, keyName } from '../../server/src/core/yaml/resolve';
import { parseYaml } from '../../server/src/core/yaml/parse';
import type { MapNode, Node, Pair, ScalarNode } from '../../server/src/core/yaml/tree';

export interface Mutant {
  /** The class of the fault. */
  sort: string;
  text: string;
  /** What was edited, in the mutant's text: the whole words that it touched; of something removed, the place where it was. */
  token: [start: number, end: number];
  /** True where the edit only took something away. */
  removal: boolean;
  /** Zero-based lines, first and last, that the edit touched, in the mutant's text. */
  lines: [number, number];
  /** Lines of the keys that the edited place lies under: where something is missing, one of them is told. */
  above: number[];
}

interface Site {
  pair: Pair;
  map: MapNode;
  /** Names and indices from the root. */
  path: (string | number)[];
}

interface Edit {
  start: number;
  end: number;
  text: string;
}

type Mutator = (text: string, sites: Sites, random: () => number) => Edit | undefined;

interface Sites {
  pairs: Site[];
  scalars: (Site & { value: ScalarNode })[];
  maps: { map: MapNode; path: (string | number)[] }[];
  items: { start: number; end: number }[];
}

const pick = <T>(list: readonly T[], random: () => number): T | undefined => list[Math.floor(random() * list.length)];

/** A scalar whose path matches, with another text in its place. */
function scalarBy(matches: (site: Site, value: ScalarNode) => boolean, texts: readonly string[]): Mutator {
  return (_text, { scalars }, random) => {
    const site = pick(
      scalars.filter((s) => matches(s, s.value)),
      random,
    );
    const text = pick(texts, random);
    return site === undefined || text === undefined
      ? undefined
      : { start: site.value.start, end: site.value.end, text };
  };
}

const last = ({ path }: Site): string => String(path.at(-1));
const named =
  (...names: string[]) =>
  (site: Site): boolean =>
    names.includes(last(site));
const under =
  (...names: string[]) =>
  (site: Site): boolean =>
    names.includes(String(site.path.at(-2)));
const any = (): boolean => true;
const isText = (_site: Site, value: ScalarNode): boolean => /^[A-Za-z]/.test(value.text);
const isNumber = (_site: Site, value: ScalarNode): boolean => /^\d+$/.test(value.text);

const mutators: Record<string, Mutator> = {
  'unknown field: misspelt': (_text, { pairs }, random) => {
    const site = pick(pairs, random);
    const name = site && keyName(site.pair.key);
    if (site === undefined || name === undefined || name.length < 3) {
      return undefined;
    }
    const at = 1 + Math.floor(random() * (name.length - 1));
    const variants = [
      name.slice(0, at) + name.slice(at + 1),
      name.slice(0, at) + 'x' + name.slice(at),
      name + 's',
      name[0] === name[0]?.toUpperCase() ? name.toLowerCase() : name[0]?.toUpperCase() + name.slice(1),
    ];
    return { start: site.pair.key.start, end: site.pair.key.end, text: pick(variants, random) ?? name };
  },
  'unknown field: added': (text, { maps }, random) => {
    const found = pick(
      maps.filter(({ map }) => !map.flow && map.pairs.length > 0),
      random,
    );
    return found && insertBefore(text, found.map, pick(['bogus: 1', 'extra: text', 'unknownThing: {}'], random) ?? '');
  },
  'field moved up': (text, { pairs }, random) => moved(text, pairs, random, -2),
  'field moved down': (text, { pairs }, random) => moved(text, pairs, random, 2),
  'field removed': (text, { pairs }, random) => {
    const site = pick(pairs, random);
    return site && removed(text, site.pair);
  },
  'duplicate key': (text, { pairs }, random) => {
    const site = pick(
      pairs.filter(({ map }) => !map.flow),
      random,
    );
    return site && insertBefore(text, site.map, text.slice(site.pair.key.start, site.pair.value.end));
  },
  'list item twice': (text, { items }, random) => {
    const item = pick(items, random);
    const start = item && lineStart(text, item.start);
    if (item === undefined || start === undefined || !/^\s*-\s/.test(text.slice(start, item.end))) {
      return undefined;
    }
    const copy = text.slice(start, item.end).replace(/\n*$/, '\n');
    return { start, end: start, text: copy };
  },
  'text for any': scalarBy(any, ['zzz', '"zzz"', 'a b', '"7"']),
  'number for any': scalarBy(any, ['7', '-1', '0', '3000000000', '99999999999999999999', '1.5', '1e3']),
  'bool for any': scalarBy(any, ['true', 'yes', 'off']),
  'null for any': scalarBy(any, ['null', '~', '']),
  'empty text': scalarBy(any, ['""']),
  'map for any': scalarBy(any, ['{}', '{a: b}']),
  'list for any': scalarBy(any, ['[]', '[a]', '[1, 2]', '[{}]']),
  'text quoted number': (_text, { scalars }, random) => {
    const site = pick(
      scalars.filter((s) => isNumber(s, s.value) && s.value.style === 'plain'),
      random,
    );
    return site && { start: site.value.start, end: site.value.end, text: `"${site.value.text}"` };
  },
  'scalar for map': (_text, { maps }, random) => {
    const found = pick(maps.slice(1), random);
    const text = pick(['text', '7', 'true', '[]'], random) ?? '';
    return found && { start: found.map.start, end: found.map.end, text };
  },
  'yaml 1.1 word': scalarBy(any, ['on', 'No', 'y', '0644', '0x1F', '1_000', '12:30', '.5', '2024-01-01', '.inf']),
  'case of text': (_text, { scalars }, random) => {
    const site = pick(
      scalars.filter((s) => isText(s, s.value)),
      random,
    );
    if (site === undefined) {
      return undefined;
    }
    const { text: was } = site.value;
    const now = random() < 0.5 ? was.toLowerCase() : was.toUpperCase();
    return now === was ? undefined : { start: site.value.start, end: site.value.end, text: JSON.stringify(now) };
  },
  'text changed': (_text, { scalars }, random) => {
    const site = pick(
      scalars.filter((s) => isText(s, s.value) && s.value.style === 'plain'),
      random,
    );
    return (
      site && { start: site.value.end, end: site.value.end, text: pick(['x', '-', '_', '.', '/a', ' b'], random) ?? '' }
    );
  },
  'bad name': scalarBy(named('name', 'generateName', 'namespace'), [
    'Bad_Name',
    '-a',
    'a'.repeat(300),
    '"a b"',
    '123',
    'a.b.',
    'UPPER',
    'a..b',
  ]),
  'bad label': scalarBy(under('labels', 'matchLabels', 'nodeSelector', 'selector'), [
    'a b',
    '-x-',
    'x'.repeat(64),
    '"a/b"',
    'true',
    '1',
  ]),
  'bad label key': (_text, { pairs }, random) => {
    const site = pick(pairs.filter(under('labels', 'matchLabels', 'annotations', 'nodeSelector')), random);
    const key = pick(['"a b"', '/x', 'a/b/c', '-a', 'x'.repeat(64)], random) ?? '';
    return site && { start: site.pair.key.start, end: site.pair.key.end, text: key };
  },
  'selector changed': (_text, { scalars }, random) => {
    const site = pick(scalars.filter(under('matchLabels', 'selector')), random);
    return site && { start: site.value.start, end: site.value.end, text: 'other-value' };
  },
  'bad quantity': scalarBy(
    (s) => /^(?:cpu|memory|storage|ephemeral-storage|sizeLimit)$/.test(last(s)),
    ['1Zi', 'abc', '-1', '1,5', '100 Mi', '0.1.2', '1e99', '10mb', '""', '0.0001'],
  ),
  'bad port': scalarBy(
    (s) => /port/i.test(last(s)),
    ['0', '-1', '70000', 'a_b', '"80"', 'waytoolongportname', '80.5', 'UPPER'],
  ),
  'bad image or command': scalarBy(named('image', 'imagePullPolicy', 'restartPolicy', 'protocol', 'type', 'operator'), [
    'Bogus',
    '""',
    'always',
    '5',
    '" x"',
  ]),
  'bad address': scalarBy(
    (s) => /ip|cidr|host|address|server|url|path/i.test(last(s)),
    ['300.1.1.1', '10.0.0.0/33', '::g', 'http//x', '../..', 'a b', '/', '*.*.example.com'],
  ),
  'bad schedule or time': scalarBy(
    (s) => /schedule|interval|timeout|seconds|duration|time|retry/i.test(last(s)),
    ['"61 * * * *"', '5x', '-5s', '"@yearly"', '10', '1h', 'abc', '"* * *"'],
  ),
  'bad reference': scalarBy(
    (s) => /name$|Ref$|^key$|claimName|serviceAccount/i.test(last(s)),
    ['no-such-thing', 'Wrong_Thing', '""', 'a/b'],
  ),
  'apiVersion or kind': scalarBy(
    (s) => s.path.length === 1 && named('apiVersion', 'kind')(s),
    ['v1', 'apps/v1', 'v2', 'apps/v1beta1', 'Deploymnet', 'deployment', 'Pod', 'Service', 'bogus/v1', 'policy/v1beta1'],
  ),
  'negative or huge': scalarBy(isNumber, ['-1', '0', '2147483648', '9223372036854775808', '1.0', '0.5', '1e2']),
  'indent changed': (text, { pairs }, random) => {
    const site = pick(pairs, random);
    const start = site && lineStart(text, site.pair.key.start);
    if (start === undefined) {
      return undefined;
    }
    const width = /^ */.exec(text.slice(start))?.[0].length ?? 0;
    return width > 0 && random() < 0.5
      ? { start, end: start + 1, text: '' }
      : { start, end: start, text: pick([' ', '  ', '\t'], random) ?? ' ' };
  },
  'colon lost': (_text, { pairs }, random) => {
    const site = pick(pairs, random);
    return site && { start: site.pair.key.end, end: site.pair.key.end + 1, text: '' };
  },
  'space lost': (text, { pairs }, random) => {
    const site = pick(
      pairs.filter(({ pair }) => text.slice(pair.key.end, pair.key.end + 2) === ': '),
      random,
    );
    return site && { start: site.pair.key.end + 1, end: site.pair.key.end + 2, text: '' };
  },
  'stray character': (_text, { pairs }, random) => {
    const site = pick(pairs, random);
    const at = site && pick([site.pair.key.start, site.pair.value.start, site.pair.value.end], random);
    return at === undefined
      ? undefined
      : {
          start: at,
          end: at,
          text:
            pick(
              ['"', "'", '[', '{', '}', ']', '@', '`', '*', '&', '!', '%', '- ', ': ', '#', ' #', ',', '|', '>', '\t'],
              random,
            ) ?? '',
        };
  },
  'dash lost': (text, { items }, random) => {
    const item = pick(items, random);
    if (item === undefined) {
      return undefined;
    }
    const start = lineStart(text, item.start);
    const dash = text.indexOf('-', start);
    return dash < 0 || dash >= item.start ? undefined : { start: dash, end: dash + 1, text: ' ' };
  },
  'dash added': (_text, { pairs }, random) => {
    const site = pick(pairs, random);
    return site && { start: site.pair.key.start, end: site.pair.key.start, text: '- ' };
  },
  'value of another field': (text, { scalars }, random) => {
    const [a, b] = [pick(scalars, random), pick(scalars, random)];
    return a === undefined || b === undefined || b.value.style === 'literal' || b.value.style === 'folded'
      ? undefined
      : { start: a.value.start, end: a.value.end, text: text.slice(b.value.start, b.value.end) };
  },
  'enum of another': scalarBy(isText, [
    'Always',
    'Never',
    'TCP',
    'RollingUpdate',
    'Recreate',
    'ClusterIP',
    'Exact',
    'Prefix',
    'Retain',
  ]),
};

export const sorts = Object.keys(mutators);

/** A mutant of one class; undefined where the text has no place for it. */
export function mutate(text: string, sort: string, random: () => number): Mutant | undefined {
  const edit = mutators[sort]?.(text, sitesOf(text), random);
  if (edit === undefined || text.slice(edit.start, edit.end) === edit.text) {
    return undefined;
  }
  const mutated = text.slice(0, edit.start) + edit.text + text.slice(edit.end);
  const first = count(mutated.slice(0, edit.start));
  const lines: [number, number] = [first, first + count(edit.text.replace(/\n$/, ''))];
  return {
    sort,
    text: mutated,
    token: wordAround(mutated, edit.start, edit.start + edit.text.length),
    removal: edit.text === '',
    lines,
    above: linesAbove(text, edit.start),
  };
}

/** A range with the rest of the words at its ends. */
function wordAround(text: string, from: number, to: number): [number, number] {
  let [start, end] = [from, to];
  while (end > start && /\s/.test(text[end - 1] ?? '')) {
    end--;
  }
  while (start < end && /\s/.test(text[start] ?? '')) {
    start++;
  }
  // Of spaces and dashes, what stands behind them on their line is what has moved.
  const behind = /^[ \t-]*/.exec(text.slice(start))?.[0].length ?? 0;
  if (start + behind >= end && /[^\s]/.test(text[start + behind] ?? '')) {
    end = start + behind + 1;
  }
  while (start > 0 && /[^\s:,[\]{}]/.test(text[start - 1] ?? '')) {
    start--;
  }
  while (end < text.length && /[^\s:,[\]{}]/.test(text[end] ?? '')) {
    end++;
  }
  return [start, end];
}

/** Lines in front of a place that are indented less than all lines between them and it. */
function linesAbove(text: string, at: number): number[] {
  const lines = text.slice(0, at).split('\n');
  const indentOf = (line: string): number => /^[ -]*/.exec(line)?.[0].length ?? 0;
  let least = Infinity;
  const above: number[] = [];
  for (let index = lines.length - 1; index >= 0; index--) {
    const line = lines[index] ?? '';
    if (line.trim() !== '' && !/^\s*#/.test(line) && indentOf(line) < least) {
      least = indentOf(line);
      above.push(index);
    }
  }
  return above;
}

const count = (text: string): number => text.split('\n').length - 1;

function sitesOf(text: string): Sites {
  const sites: Sites = { pairs: [], scalars: [], maps: [], items: [] };
  const visit = (node: Node, path: (string | number)[]): void => {
    if (node.kind === 'map') {
      sites.maps.push({ map: node, path });
      for (const pair of node.pairs) {
        const name = keyName(pair.key);
        const at = [...path, name ?? ''];
        const site = { pair, map: node, path: at };
        sites.pairs.push(site);
        const value = pair.value.kind === 'alias' ? undefined : follow(pair.value);
        if (
          value?.kind === 'scalar' &&
          value.end > value.start &&
          value.style !== 'literal' &&
          value.style !== 'folded'
        ) {
          sites.scalars.push({ ...site, value });
        }
        visit(pair.value, at);
      }
    } else if (node.kind === 'seq') {
      node.items.forEach((item, index) => {
        if (!node.flow) {
          sites.items.push({ start: item.start, end: item.end });
        }
        visit(item, [...path, index]);
      });
    }
  };
  const root = parseYaml(text).documents[0]?.root;
  if (root !== undefined) {
    visit(root, []);
  }
  return sites;
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** A line of its own in front of a block map's first entry, or behind the dash that the map starts at. */
function insertBefore(text: string, map: MapNode, line: string): Edit | undefined {
  const first = map.pairs[0]?.key;
  if (first === undefined || map.flow) {
    return undefined;
  }
  const column = first.start - lineStart(text, first.start);
  return { start: first.start, end: first.start, text: `${line.trimEnd()}\n${' '.repeat(column)}` };
}

function removed(text: string, pair: Pair): Edit | undefined {
  const start = lineStart(text, pair.key.start);
  // The first entry of a list's item carries the dash.
  if (text.slice(start, pair.key.start).trim() !== '') {
    return undefined;
  }
  const newline = text.indexOf('\n', Math.max(pair.value.end - 1, pair.key.end));
  return { start, end: newline < 0 ? text.length : newline + 1, text: '' };
}

/** A whole entry, its lines shifted by some columns: it becomes a field of something else. */
function moved(text: string, pairs: readonly Site[], random: () => number, by: number): Edit | undefined {
  const site = pick(pairs, random);
  const gone = site && removed(text, site.pair);
  if (gone === undefined) {
    return undefined;
  }
  const lines = text.slice(gone.start, gone.end).split('\n');
  const shifted = lines.map((line) =>
    line.trim() === '' ? line : by > 0 ? ' '.repeat(by) + line : line.replace(new RegExp(`^ {0,${-by}}`), ''),
  );
  return { ...gone, text: shifted.join('\n') };
}
