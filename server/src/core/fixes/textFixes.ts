// Fixes of the text itself: quotes and brackets that are not closed, tabs, colons, keys written twice, merges that were left open.
import { removeItem, removePair } from '../edit/edits';
import { doubleQuoted } from '../edit/writeValue';
import { toJsonText } from '../yaml/resolve';
import type { MapNode, Node } from '../yaml/tree';
import { change, fieldNode, rewrite, type Candidate, type FaultPlace } from './place';

export const textFixes: Record<string, (place: FaultPlace) => Candidate[]> = {
  'yaml/syntax': syntax,
  'yaml/duplicate-key': duplicateKey,
  'yaml/invalid-key': quoteKey,
  'yaml/colon-in-text': colonInText,
  'yaml/conflict-marker': conflict,
  'yaml/version': (place) => [removeLine(place, 'Remove the directive')],
  'kubernetes/duplicate-item': duplicateItem,
  'kubernetes/duplicate': duplicateItem,
};

/** Everything that may close or separate what the line left open; only what helps is offered. */
function syntax(place: FaultPlace): Candidate[] {
  const { file, start } = place;
  const { text, lines } = file.parsed;
  const { line } = lines.positionAt(start);
  const from = lines.offsetAt({ line, character: 0 });
  const rest = /^[^\r\n]*/.exec(text.slice(from))?.[0] ?? '';
  const to = from + rest.trimEnd().length;
  const candidates: Candidate[] = [];
  const insert = (at: number, newText: string, title: string): void => {
    candidates.push(change(file, at, at, newText, title));
  };
  const indent = /^[ \t]*/.exec(rest)?.[0] ?? '';
  if (indent.includes('\t')) {
    candidates.push(
      ...[2, 4, 8].map((width) =>
        change(file, from, from + indent.length, indent.replaceAll('\t', ' '.repeat(width)), 'Indent with spaces'),
      ),
    );
  }
  const value = /^(?:\s|- )*[\w./-]+:\s+(\S.*)$/.exec(rest.trimEnd());
  if (value?.[1] !== undefined && !/^["'|>&*!]/.test(value[1])) {
    const [before, comment = ''] = value[1].split(/(?=\s+#)/, 2);
    const quoted = doubleQuoted(before ?? '');
    candidates.push(change(file, to - value[1].length, to, quoted + comment, 'Quote the text'));
  }
  const bare = /^((?:\s|- )*[\w./-]+:)([^\s/:].*)$/.exec(rest.trimEnd());
  if (bare?.[1] !== undefined) {
    insert(from + bare[1].length, ' ', 'Put a space behind the colon');
  }
  for (const [close, name] of [
    ['"', 'quote'],
    ["'", 'quote'],
    [']', 'bracket'],
    ['}', 'brace'],
  ] as const) {
    insert(to, close, `Close the ${name} with ${close}`);
  }
  return candidates;
}

function duplicateKey(place: FaultPlace): Candidate[] {
  const { file, at } = place;
  const owner = at?.pair === undefined ? undefined : ownerOf(place.document.root, at.pair.key);
  const key = at?.pair?.key;
  if (owner === undefined || key?.kind !== 'scalar' || at?.pair === undefined) {
    return [];
  }
  const same = owner.pairs.filter((pair) => pair.key.kind === 'scalar' && pair.key.text === key.text);
  const isSame = same.every((pair) => toJsonText(pair.value) === toJsonText(same[0]?.value));
  const others = same.filter((pair) => pair !== at.pair);
  return [
    {
      title: `Remove this "${key.text}"`,
      edits: [removePair(file, owner, at.pair)],
      ...(isSame ? { preferred: true, safe: true } : {}),
    },
    ...others.map((pair) => ({
      title: `Remove the other "${key.text}", in line ${file.parsed.lines.positionAt(pair.key.start).line + 1}`,
      edits: [removePair(file, owner, pair)],
    })),
  ];
}

function duplicateItem(place: FaultPlace): Candidate[] {
  const { file, start } = place;
  // The finding is about an item, or about the field in it that repeats.
  for (let depth = place.field.length; depth > 0; depth--) {
    const index = place.field[depth - 1];
    const list = typeof index === 'number' ? fieldNode(place, place.field.slice(0, depth - 1)) : undefined;
    const item = list?.kind === 'seq' ? list.items.findIndex((each) => each.start <= start && start <= each.end) : -1;
    if (list?.kind === 'seq' && item >= 0) {
      const text = toJsonText(list.items[item]);
      const isSame = list.items.filter((each) => toJsonText(each) === text).length > 1;
      return [
        {
          title: 'Remove this item',
          edits: [removeItem(file, list, item)],
          ...(isSame ? { preferred: true, safe: true } : {}),
        },
      ];
    }
  }
  return [];
}

function quoteKey(place: FaultPlace): Candidate[] {
  const node = place.at?.node;
  return node?.kind === 'scalar' && node.style === 'plain' && node.text !== ''
    ? [{ ...change(place.file, node.start, node.end, doubleQuoted(node.text), 'Quote the key'), preferred: true }]
    : [];
}

function colonInText(place: FaultPlace): Candidate[] {
  const { text } = place.file.parsed;
  const written = text.slice(place.start, place.end);
  const colon = written.indexOf(':');
  return [
    ...(colon < 0
      ? []
      : [change(place.file, place.start + colon + 1, place.start + colon + 1, ' ', 'Put a space behind the colon')]),
    rewrite(place, doubleQuoted(written), 'Quote the text'),
  ];
}

/** Either side of a merge that was left open. */
function conflict(place: FaultPlace): Candidate[] {
  const { file, start } = place;
  const { text } = file.parsed;
  const whole =
    /^<{7}[^\r\n]*(?:\r\n|\r|\n)([\s\S]*?)(?:\|{7}[^\r\n]*(?:\r\n|\r|\n)[\s\S]*?)?^={7}[^\r\n]*(?:\r\n|\r|\n)([\s\S]*?)^>{7}[^\r\n]*(?:\r\n|\r|\n|$)/m.exec(
      text.slice(start),
    );
  if (whole === null || whole.index !== 0) {
    return [];
  }
  const end = start + whole[0].length;
  return [
    change(file, start, end, whole[1] ?? '', 'Keep the first side'),
    change(file, start, end, whole[2] ?? '', 'Keep the second side'),
    change(file, start, end, (whole[1] ?? '') + (whole[2] ?? ''), 'Keep both sides'),
  ];
}

function removeLine({ file, start }: FaultPlace, title: string): Candidate {
  const { lines } = file.parsed;
  const { line } = lines.positionAt(start);
  return change(
    file,
    lines.offsetAt({ line, character: 0 }),
    lines.offsetAt({ line: line + 1, character: 0 }),
    '',
    title,
  );
}

/** The map that a key belongs to. */
export function ownerOf(root: Node | undefined, key: Node): MapNode | undefined {
  if (root === undefined || key.start < root.start || key.start > root.end) {
    return undefined;
  }
  if (root.kind === 'map') {
    if (root.pairs.some((pair) => pair.key === key)) {
      return root;
    }
    for (const pair of root.pairs) {
      const found = ownerOf(pair.value, key);
      if (found !== undefined) {
        return found;
      }
    }
  } else if (root.kind === 'seq') {
    for (const item of root.items) {
      const found = ownerOf(item, key);
      if (found !== undefined) {
        return found;
      }
    }
  }
  return undefined;
}
