// From a rendering's text to its objects, and from a place in an object back to the line that someone wrote.
import { isObject, type JsonPath } from '../json';
import type { Origin } from '../ports';
import type { Problem, Range } from '../problem';
import { isKubernetesObject, keyOf, keyText, label, type KubernetesObject, type ResourceKey } from '../resource';
import { nodeAt, pairAt } from '../yaml/path';
import { toJson } from '../yaml/resolve';
import type { Node, ParsedYaml, YamlDocument } from '../yaml/tree';
import type { Rendering, Resource } from './rendering';

/** Whether a kind lives in namespaces; undefined where nobody knows the kind. */
export type Scope = (apiVersion: string, kind: string) => boolean | undefined;

/** The objects of a parsed rendering, with duplicates and non-objects as problems at their source lines. */
export function readResources(
  rendering: Pick<Rendering, 'parsed' | 'origins' | 'source'>,
  options: { scope: Scope; namespace: string; sourceId: string },
): { resources: Resource[]; problems: Problem[] } {
  const resources: Resource[] = [];
  const problems: Problem[] = [];
  for (const document of rendering.parsed.documents) {
    if (document.root === undefined) {
      continue;
    }
    for (const { object, at } of objectsIn(document)) {
      resources.push({
        key: resourceKey(object, options),
        object,
        document,
        source: options.sourceId,
        ...(at === undefined ? {} : { at }),
      });
    }
  }
  problems.push(...duplicates(rendering, resources));
  return { resources, problems };
}

/** Identity with the namespace that the object will really have; cluster-scoped kinds have none whatever they say. */
export function resourceKey(object: KubernetesObject, options: { scope: Scope; namespace: string }): ResourceKey {
  const key = keyOf(object);
  const namespaced = options.scope(object.apiVersion, object.kind);
  if (namespaced === false) {
    return { ...key, namespace: '' };
  }
  return namespaced === true && key.namespace === '' ? { ...key, namespace: options.namespace } : key;
}

function objectsIn(document: YamlDocument): { object: KubernetesObject; at?: JsonPath }[] {
  const value = toJson(document.root);
  if (!isObject(value)) {
    return [];
  }
  if (typeof value['kind'] === 'string' && value['kind'].endsWith('List') && Array.isArray(value['items'])) {
    return value['items'].flatMap((item, i) => (isKubernetesObject(item) ? [{ object: item, at: ['items', i] }] : []));
  }
  return isKubernetesObject(value) ? [{ object: value }] : [];
}

function duplicates(
  rendering: Pick<Rendering, 'parsed' | 'origins' | 'source'>,
  resources: readonly Resource[],
): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, Resource>();
  for (const resource of resources) {
    // generateName makes a new object each time; hooks are replaced by design.
    if (resource.key.name === '' || isHook(resource.object)) {
      continue;
    }
    const text = keyText(resource.key);
    const first = seen.get(text);
    if (first === undefined) {
      seen.set(text, resource);
      continue;
    }
    const place = placeOf(rendering, resource, ['metadata', 'name']);
    const before = placeOf(rendering, first, ['metadata', 'name']);
    problems.push({
      path: place.origin?.path ?? rendering.source.declared.path,
      range: place.origin === undefined ? rendering.source.declared.range : lineRange(place.origin),
      rule: 'kubernetes/duplicate-object',
      severity: rendering.source.render.tool === 'folder' ? 'warning' : 'error',
      message: `${label(resource.key)} is there twice in ${rendering.source.name}: the second one would overwrite the first.`,
      resource: label(resource.key),
      rendered: { source: rendering.source.id, line: place.line },
      ...(before.origin === undefined
        ? {}
        : {
            related: [
              { location: { path: before.origin.path, range: lineRange(before.origin) }, message: 'The first one' },
            ],
          }),
    });
  }
  return problems;
}

/** True for objects that a controller or Helm runs and removes: they never belong to a comparison. */
export function isHook(object: KubernetesObject): boolean {
  const annotations = object.metadata['annotations'];
  return isObject(annotations) && ('helm.sh/hook' in annotations || 'argocd.argoproj.io/hook' in annotations);
}

export interface Place {
  /** Zero-based line of the rendering. */
  line: number;
  origin: Origin | undefined;
  /** False where the field itself is not written and the nearest thing around it is meant. */
  exact: boolean;
}

/** Where a field of a rendered object stands in the rendering, and what it comes from. */
export function placeOf(
  rendering: Pick<Rendering, 'parsed' | 'origins' | 'source'>,
  resource: Resource,
  path: JsonPath,
): Place {
  const root = nodeAt(resource.document.root, resource.at ?? []);
  const full = [...path];
  for (let n = full.length; n >= 0; n--) {
    const node = startOf(root, full.slice(0, n));
    if (node === undefined) {
      continue;
    }
    const { line, character } = rendering.parsed.lines.positionAt(node.start);
    return { line, origin: originAt(rendering, line, character), exact: n === full.length };
  }
  const line = rendering.parsed.lines.positionAt(resource.document.start).line;
  return { line, origin: originAt(rendering, line, 0), exact: false };
}

/** The best source place of a field of a rendered object. */
export function originOf(rendering: Rendering, resource: Resource, path: JsonPath): Origin | undefined {
  return placeOf(rendering, resource, path).origin;
}

/** The best source place of a rendered line; lines that no one wrote take that of the line above. */
export function originAt(
  rendering: Pick<Rendering, 'origins' | 'source'>,
  line: number,
  character: number,
): Origin | undefined {
  const origin = rendering.origins[line]?.[0];
  // A folder's rendering is its files, so columns are the same too.
  return origin !== undefined && rendering.source.render.tool === 'folder' ? { ...origin, character } : origin;
}

/** A field starts at its key, a list item at itself. */
function startOf(root: Node | undefined, path: JsonPath): Node | undefined {
  return path.length === 0 ? root : (pairAt(root, path)?.key ?? nodeAt(root, path));
}

function lineRange(origin: Origin): Range {
  const start = { line: origin.line, character: origin.character };
  return { start, end: start };
}

/** Offset range of a document's lines in the rendering: first line and the line after the last. */
export function documentLines(parsed: ParsedYaml, document: YamlDocument): { first: number; after: number } {
  const first = parsed.lines.positionAt(document.start).line;
  const end = parsed.lines.positionAt(document.end);
  return { first, after: end.character === 0 ? end.line : end.line + 1 };
}
