// What discovery knows of one file: which objects it declares. Read from the text of each document's top-level lines, because
// a repository has thousands of manifests of which only a few say how something is deployed; those few are parsed.
import type { JsonObject } from '../json';
import { isObject } from '../json';
import { resemblesObject } from '../kinds/lostObject';
import { groupOf } from '../resource';
import { parseYaml } from '../yaml/parse';
import { toJson } from '../yaml/resolve';
import type { Node, ParsedYaml } from '../yaml/tree';
import { textAt } from './read';

/** One object that a file declares. */
export interface ObjectFact {
  path: string;
  apiVersion: string;
  kind: string;
  name: string;
  namespace: string;
  /** Offset in the file at which its document starts. */
  start: number;
}

export interface FileFacts {
  path: string;
  text: string;
  objects: ObjectFact[];
  /** A document has no identity and looks as if it should: whether it is an object, its check decides. */
  resemblesObject: boolean;
  /** The parsed file; parsed at the first call, kept after. */
  parsed(): ParsedYaml;
}

/**
 * `before`: facts of an earlier text of the file, so that what did not change is not parsed again. The new facts hold on to them.
 * `known`: the tree of a text of the file; where it is this text's, nothing is parsed.
 */
export function readFacts(path: string, text: string, before?: FileFacts, known?: ParsedYaml): FileFacts {
  let parsed = known?.text === text ? known : undefined;
  const parse = (): ParsedYaml => (parsed ??= parseYaml(text, before?.parsed()));
  const objects = objectsIn(path, text, parse);
  return { path, text, objects, resemblesObject: objects.length === 0 && resemblesObject(text), parsed: parse };
}

/** The root of the first document that has one: what a file with a single document is. */
export function rootOfFile(facts: FileFacts): Node | undefined {
  return facts.parsed().documents.find((d) => d.root !== undefined)?.root;
}

/** The root node of an object's document. */
export function rootOf(facts: FileFacts, fact: ObjectFact): Node | undefined {
  return facts.parsed().documents.find((d) => d.start <= fact.start && fact.start < Math.max(d.end, d.start + 1))?.root;
}

/** The object as plain JSON; undefined where its document is not a map. */
export function objectJson(facts: FileFacts, fact: ObjectFact): JsonObject | undefined {
  const root = rootOf(facts, fact);
  const value = root === undefined ? undefined : toJson(root);
  return isObject(value) ? value : undefined;
}

/**
 * Kinds that look like objects and are read by tools, never by an API server. `undefined` kind: the whole group.
 * Flux and Argo CD objects are not here: they are deployed like any other.
 */
const toolKinds: [group: RegExp, kind?: RegExp][] = [
  [/^kustomize\.config\.k8s\.io$/],
  [/^builtin$/],
  [/^skaffold(\.dev)?$/],
  [/^kind\.x-k8s\.io$/],
  [/^k3d\.io$/],
  [/^ctlptl\.dev$/],
  [/^kubeadm\.k8s\.io$/],
  [/^kubelet\.config\.k8s\.io$/],
  [/^kubeproxy\.config\.k8s\.io$/],
  [/^kubescheduler\.config\.k8s\.io$/],
  [/^apiserver\.config\.k8s\.io$/],
  [/^audit\.k8s\.io$/],
  [/^client\.authentication\.k8s\.io$/],
  [/^backstage\.io$/],
  [/^config\.kubernetes\.io$/],
  [/^kpt\.dev$/],
  [/^kuttl\.dev$/],
  [/^chainsaw\.kyverno\.io$/],
  [/^cli\.kyverno\.io$/],
  [/^telepresence\.io$/, /^Config/],
  [/^schema\.plugin\.fluxcd\.io$/],
  [/^$/, /^Config$/],
];

/** False for configuration files of tools, which only look like objects. */
export function isDeployable(fact: { apiVersion: string; kind: string }): boolean {
  const group = fact.apiVersion.includes('/') ? groupOf(fact.apiVersion) : '';
  const named = fact.apiVersion.includes('/') ? group : /^v\d/.test(fact.apiVersion) ? '' : fact.apiVersion;
  return !toolKinds.some(([g, k]) => g.test(named) && (k === undefined || k.test(fact.kind)));
}

const boundary = /^---(?=[ \t\r\n]|$)/gm;

function objectsIn(path: string, text: string, parse: () => ParsedYaml): ObjectFact[] {
  if (!text.includes('apiVersion') || !text.includes('kind')) {
    return [];
  }
  const starts = [0];
  for (const match of text.matchAll(boundary)) {
    starts.push(match.index);
  }
  const facts: ObjectFact[] = [];
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i] ?? 0;
    const segment = text.slice(start, starts[i + 1] ?? text.length);
    if (!segment.includes('apiVersion') || !segment.includes('kind')) {
      continue;
    }
    const apiVersion = topLevel(segment, 'apiVersion');
    const kind = topLevel(segment, 'kind');
    const identity = identityIn(segment);
    if (apiVersion !== undefined && kind !== undefined && identity !== undefined) {
      facts.push({ path, apiVersion, kind, ...identity, start: start + firstContent(segment) });
    } else if (apiVersion === undefined && kind === undefined && !/^[ \t]*[{"']/m.test(segment)) {
      continue;
    } else {
      // Flow style, quoted keys and the like: ask the real reader.
      for (const document of parse().documents) {
        const root = document.root;
        const parsedVersion = textAt(root, 'apiVersion');
        const parsedKind = textAt(root, 'kind');
        if (root === undefined || parsedVersion === undefined || parsedKind === undefined) {
          continue;
        }
        if (root.start >= start && root.start < start + segment.length) {
          facts.push({
            path,
            apiVersion: parsedVersion,
            kind: parsedKind,
            name: textAt(root, 'metadata', 'name') ?? '',
            namespace: textAt(root, 'metadata', 'namespace') ?? '',
            start: root.start,
          });
        }
      }
    }
  }
  return facts;
}

function topLevel(segment: string, key: string): string | undefined {
  const match = new RegExp(`^(?:--- +)?${key}:[ \\t]+([^\\r\\n]+?)[ \\t]*$`, 'm').exec(segment);
  return match?.[1] === undefined ? undefined : plain(match[1]);
}

/** A scalar as written on one line, without quotes and comment; undefined for what is not a simple scalar. */
function plain(text: string): string | undefined {
  const quoted = /^"([^"\\]*)"|^'([^']*)'/.exec(text);
  if (quoted !== null) {
    return quoted[1] ?? quoted[2];
  }
  const value = text.replace(/[ \t]#.*$/, '').trim();
  return value === '' || /^[[{&*!|>%@`#]/.test(value) ? undefined : value;
}

/** Name and namespace off the lines of `metadata`; undefined where they are not written as plain lines. */
function identityIn(segment: string): { name: string; namespace: string } | undefined {
  const head = /^metadata:([^\r\n]*)/m.exec(segment);
  if (head === null) {
    return segment.includes('metadata') ? undefined : { name: '', namespace: '' };
  }
  if (!/^\s*(#.*)?$/.test(head[1] ?? '')) {
    return undefined;
  }
  const after = segment.slice(head.index + head[0].length);
  const block =
    /^(?:\r\n|\r|\n)((?:[ \t]+[^\r\n]*(?:\r\n|\r|\n|$)|[ \t]*(?:\r\n|\r|\n)|#[^\r\n]*(?:\r\n|\r|\n))*)/.exec(
      after,
    )?.[1] ?? '';
  const indent = /^([ \t]+)[^\s#]/m.exec(block)?.[1] ?? '  ';
  const field = (key: string): string => {
    const match = new RegExp(`^${indent}${key}:[ \\t]+([^\\r\\n]+?)[ \\t]*$`, 'm').exec(block);
    return (match?.[1] === undefined ? undefined : plain(match[1])) ?? '';
  };
  return { name: field('name'), namespace: field('namespace') };
}

/** Offset of the first character of a document that is neither its marker, blank nor a comment. */
function firstContent(segment: string): number {
  const match = /^(?:---[ \t]*)?(?:(?:[ \t]*(?:#[^\r\n]*)?)?(?:\r\n|\r|\n))*/.exec(segment);
  return match?.[0].length ?? 0;
}
