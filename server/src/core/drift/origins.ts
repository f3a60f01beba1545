// From a field of a desired object to the source line it came from, through the rendering's own text.
import type { JsonPath } from '../json';
import type { Origin } from '../ports';
import type { Rendering, Resource } from '../render/rendering';
import type { Node, Pair } from '../yaml/tree';

/** A place in a rendered document: the value's node and, where it is a map's, the whole pair. */
export interface TreePlace {
  node: Node;
  pair?: Pair;
  /** How many segments of the path exist. */
  depth: number;
}

const target = (node: Node): Node => (node.kind === 'alias' && node.target ? node.target : node);

/** The deepest node on a path; undefined for an empty document. */
export function placeInTree(root: Node | undefined, path: JsonPath): TreePlace | undefined {
  if (!root) {
    return undefined;
  }
  let place: TreePlace = { node: root, depth: 0 };
  for (const segment of path) {
    const node = target(place.node);
    if (node.kind === 'map') {
      const pair = node.pairs.find((p) => p.key.kind === 'scalar' && p.key.text === segment);
      if (!pair) {
        return place;
      }
      place = { node: pair.value, pair, depth: place.depth + 1 };
    } else if (node.kind === 'seq' && typeof segment === 'number' && node.items[segment]) {
      place = { node: node.items[segment], depth: place.depth + 1 };
    } else {
      return place;
    }
  }
  return place;
}

/** All origins of the rendered line that a field stands on, best first; of the nearest enclosing line where it is absent. */
export function originsAt(rendering: Rendering, resource: Resource, path: JsonPath): Origin[] {
  const place = placeInTree(resource.document.root, path);
  if (!place) {
    return [];
  }
  const line = rendering.parsed.lines.positionAt(place.pair?.key.start ?? place.node.start).line;
  return rendering.origins[line] ?? [];
}

export function originAt(rendering: Rendering, resource: Resource, path: JsonPath): Origin | undefined {
  return originsAt(rendering, resource, path)[0];
}
