// The schema that a document names itself, in the comment that people already have: `# yaml-language-server: $schema=…`, or
// `# plumbline-schema: …`. At the head of a file it counts for every document; a document's own one wins.
import type { ParsedYaml, YamlDocument } from '../yaml/tree';

export interface Directive {
  /**
   * `off`: nothing is checked. `url`: never fetched. `file`: a file of the repository, by its path there. `outside`: a file elsewhere,
   * which is not read.
   */
  kind: 'off' | 'url' | 'file' | 'outside';
  /** Repository-relative path, else what is written. */
  target: string;
  /** What is written, in the text. */
  start: number;
  end: number;
}

const pattern = /^#\s*(?:yaml-language-server\s*:\s*(?:.*\s)?\$schema\s*=\s*|plumbline-schema\s*:\s*)(\S+)/;

/** What stands in a comment. */
interface Written {
  text: string;
  start: number;
  end: number;
}

const none: ReadonlyMap<number, Written> = new Map();
const known = new WeakMap<ParsedYaml, ReadonlyMap<number, Written>>();

/** The directive of each document, by its index. `path` is the file's own, `root` the absolute folder of the repository if known. */
export function directivesOf(parsed: ParsedYaml, path: string, root?: string): ReadonlyMap<number, Directive> {
  const written = writtenIn(parsed);
  return new Map(
    [...written].map(([index, { text, start, end }]) => [index, { ...targetOf(text, path, root), start, end }]),
  );
}

/** Documents that are not to be checked. */
export function uncheckedDocuments(parsed: ParsedYaml): YamlDocument[] {
  return [...writtenIn(parsed)].flatMap(([index, { text }]) => (isOff(text) ? (parsed.documents[index] ?? []) : []));
}

function writtenIn(parsed: ParsedYaml): ReadonlyMap<number, Written> {
  const found = known.get(parsed) ?? read(parsed);
  known.set(parsed, found);
  return found;
}

function read(parsed: ParsedYaml): ReadonlyMap<number, Written> {
  if (!parsed.text.includes('$schema') && !parsed.text.includes('plumbline-schema')) {
    return none;
  }
  const found = new Map<number, Written>();
  let atHead: Written | undefined;
  const firstContent = parsed.documents.find(({ root }) => root !== undefined)?.root?.start ?? Infinity;
  for (const { index, comments } of parsed.documents) {
    for (const { start, end } of comments) {
      const match = pattern.exec(parsed.text.slice(start, end));
      const text = match?.[1];
      if (match === null || text === undefined) {
        continue;
      }
      const at = start + match[0].length - text.length;
      const written = { text, start: at, end: at + text.length };
      if (start < firstContent) {
        atHead ??= written;
      }
      if (!found.has(index)) {
        found.set(index, written);
      }
    }
  }
  for (const { index } of parsed.documents) {
    if (atHead !== undefined && !found.has(index)) {
      found.set(index, atHead);
    }
  }
  return found;
}

const isOff = (text: string): boolean => text === 'none' || text === 'off';

function targetOf(written: string, path: string, root: string | undefined): Pick<Directive, 'kind' | 'target'> {
  if (isOff(written)) {
    return { kind: 'off', target: written };
  }
  let text = written.replace(/#.*$/, '');
  if (/^file:/i.test(text)) {
    try {
      text = decodeURIComponent(text.replace(/^file:(?:\/\/(?:localhost)?)?/i, '')).replace(/^\/(?=[A-Za-z]:)/, '');
    } catch {
      return { kind: 'outside', target: written };
    }
  } else if (/^[a-z][a-z0-9+.-]+:/i.test(text)) {
    return { kind: 'url', target: written };
  }
  text = text.replaceAll('\\', '/');
  const isAbsolute = text.startsWith('/') || /^[A-Za-z]:\//.test(text);
  if (isAbsolute) {
    const base = root?.replaceAll('\\', '/').replace(/\/?$/, '/');
    return base !== undefined && text.startsWith(base)
      ? { kind: 'file', target: text.slice(base.length) }
      : { kind: 'outside', target: written };
  }
  const steps = path.split('/').slice(0, -1);
  for (const step of text.split('/')) {
    if (step === '..') {
      if (steps.pop() === undefined) {
        return { kind: 'outside', target: written };
      }
    } else if (step !== '.' && step !== '') {
      steps.push(step);
    }
  }
  return { kind: 'file', target: steps.join('/') };
}
