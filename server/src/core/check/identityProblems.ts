// Findings about an identity that is lost: what the tools that read the file would pass over in silence.
import { identityOf, listItems } from '../kinds/identity';
import { lostObject, identityFaults } from '../kinds/lostObject';
import { toPointer } from '../json';
import type { Fix, Problem } from '../problem';
import { visibleRange } from './objectPlace';
import { follow, keyName, scalarValue } from '../yaml/resolve';
import type { Node, ParsedYaml, YamlDocument } from '../yaml/tree';

/** Findings where a document, or an item of a list, is an object but for apiVersion or kind; none for everything else. */
export function identityProblems(path: string, parsed: ParsedYaml, document: YamlDocument): Problem[] {
  const identity = identityOf(document.root);
  const items = identity === undefined ? undefined : listItems(identity);
  if (document.recovered || (identity !== undefined && items === undefined)) {
    return [];
  }
  return (items ?? [document.root]).flatMap((node) => problemsOf(path, parsed, node, items !== undefined));
}

/** What stands in a list is meant to be an object, whatever is left of it. */
function problemsOf(path: string, parsed: ParsedYaml, node: Node | undefined, isItem: boolean): Problem[] {
  const target = node === undefined ? undefined : follow(node);
  const root = isItem && target?.kind === 'map' && identityOf(target) === undefined ? target : lostObject(target);
  if (root === undefined) {
    return [];
  }
  const at = ({ start, end }: { start: number; end: number }): Problem['range'] => parsed.lines.range(start, end);
  return identityFaults(root).map(({ name, pair, misspelt }) => {
    if (misspelt !== undefined) {
      const { key } = misspelt;
      const written = parsed.text.slice(key.start, key.end);
      return {
        path,
        range: at(key),
        rule: 'kubernetes/unknown-field',
        severity: 'error',
        field: toPointer([keyName(key) ?? '']),
        message: `No object has a field ${written}. Did you mean "${name}"? Without it nothing here is deployed.`,
        fixes: [{ title: `Change to "${name}"`, preferred: true, edits: [{ path, range: at(key), newText: name }] }],
      };
    }
    const value = pair === undefined ? undefined : follow(pair.value);
    if (pair === undefined || value === undefined || isEmpty(value)) {
      const place =
        pair === undefined
          ? (root.pairs[0]?.key ?? root)
          : value !== undefined && value.end > value.start
            ? value
            : withRest(parsed.text, pair.key);
      const comment = pair === undefined ? commentedOut(parsed.text, root, name) : undefined;
      const sign = pair === undefined ? undefined : hidingSign(parsed.text, pair.key);
      return {
        path,
        range: at(place),
        rule: 'kubernetes/missing-field',
        severity: 'error',
        message: `This object needs ${name === 'kind' ? 'a kind' : 'an apiVersion'}: without it nothing here is deployed.`,
        field: `/${name}`,
        ...(comment === undefined
          ? {}
          : { related: [{ location: { path, range: at(comment) }, message: 'It is commented out here.' }] }),
        ...(sign === undefined ? {} : { fixes: [signFix(path, at(sign), parsed.text[sign.start] ?? '')] }),
      };
    }
    return {
      path,
      range: visibleRange(parsed, value, pair.key),
      rule: 'kubernetes/wrong-type',
      severity: 'error',
      message: `${name} must be a string.`,
      field: `/${name}`,
    };
  });
}

/** A key with what follows it on its line: an anchor, a tag or a comment that stands where the value should. */
function withRest(text: string, { start, end }: Node): { start: number; end: number } {
  const rest = /^\s*:[^\r\n,}]*/.exec(text.slice(end, end + 1000))?.[0].trimEnd() ?? '';
  return { start, end: rest.length > 1 ? end + rest.length : end };
}

/** The comment on a line of its own, above or among the keys of an object, that sets the field which is missing. */
function commentedOut(text: string, root: Node, name: string): { start: number; end: number } | undefined {
  const first = text.lastIndexOf('\n', root.start - 1) + 1;
  const column = root.start - first;
  // Comments right above the first key belong to the object, too.
  let from = first;
  while (from > 0) {
    const above = text.lastIndexOf('\n', from - 2) + 1;
    if (!/^[ \t]*(?:- +)?#/.test(text.slice(above, from))) {
      break;
    }
    from = above;
  }
  const comments = new RegExp(`^([ \\t]*(?:- +)?)#[ \\t]*${name}:[^\\r\\n]*`, 'gm');
  for (const found of text.slice(from, root.end).matchAll(comments)) {
    const indent = found[1]?.length ?? 0;
    if (indent <= column) {
      return { start: from + found.index + indent, end: from + found.index + found[0].length };
    }
  }
  return undefined;
}

/** The sign that makes a comment, an anchor or a tag of the single word where the value should stand. */
function hidingSign(text: string, { end }: Node): { start: number; end: number } | undefined {
  const before = /^\s*:[ \t]+(?=[#&!][A-Za-z][\w./-]*[ \t]*\r?$)/m.exec(text.slice(end, end + 1000));
  const start = before?.index === 0 ? end + before[0].length : undefined;
  return start === undefined ? undefined : { start, end: start + 1 };
}

function signFix(path: string, range: Problem['range'], sign: string): Fix {
  return { title: `Remove the "${sign}"`, preferred: true, edits: [{ path, range, newText: '' }] };
}

function isEmpty(node: Node): boolean {
  const value = node.kind === 'scalar' ? scalarValue(node) : undefined;
  return value === null || value === '';
}
