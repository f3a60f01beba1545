// Who an object says it is: apiVersion, kind, namespace and name, with the nodes that say so.
import { groupOf, label } from '../resource';
import { entryOf } from '../yaml/path';
import { follow, scalarValue } from '../yaml/resolve';
import type { MapNode, Node, Pair, ScalarNode } from '../yaml/tree';

export interface Identity {
  root: MapNode;
  apiVersion: string;
  kind: string;
  /** Empty where there is none. */
  name: string;
  namespace: string;
  kindNode: ScalarNode;
  nameNode?: ScalarNode;
  /** `Kind namespace/name`; the kind alone where the object has no name. */
  label: string;
}

/** Undefined where a node is no object: both apiVersion and kind must be texts. */
export function identityOf(node: Node | undefined): Identity | undefined {
  const root = node === undefined ? undefined : follow(node);
  if (root?.kind !== 'map') {
    return undefined;
  }
  const apiVersion = textOf(entryOf(root, 'apiVersion'));
  const kind = textOf(entryOf(root, 'kind'));
  if (apiVersion === undefined || kind === undefined || apiVersion.text === '' || kind.text === '') {
    return undefined;
  }
  const metadata = mapOf(entryOf(root, 'metadata'));
  const name = metadata === undefined ? undefined : textOf(entryOf(metadata, 'name'));
  const namespace = (metadata === undefined ? undefined : textOf(entryOf(metadata, 'namespace')))?.text ?? '';
  const key = { group: groupOf(apiVersion.text), kind: kind.text, namespace, name: name?.text ?? '' };
  return {
    root,
    apiVersion: apiVersion.text,
    kind: kind.text,
    name: key.name,
    namespace,
    kindNode: kind,
    ...(name === undefined ? {} : { nameNode: name }),
    label: key.name === '' ? key.kind : label(key),
  };
}

/** The items of a `List`, in order; undefined where the object is no list. */
export function listItems(identity: Identity): Node[] | undefined {
  if (identity.apiVersion !== 'v1' || identity.kind !== 'List') {
    return undefined;
  }
  const items = entryOf(identity.root, 'items');
  const node = items === undefined ? undefined : follow(items.value);
  return node?.kind === 'seq' ? node.items : [];
}

function textOf(pair: Pair | undefined): ScalarNode | undefined {
  const node = pair === undefined ? undefined : follow(pair.value);
  return node?.kind === 'scalar' && typeof scalarValue(node) === 'string' ? node : undefined;
}

function mapOf(pair: Pair | undefined): MapNode | undefined {
  const node = pair === undefined ? undefined : follow(pair.value);
  return node?.kind === 'map' ? node : undefined;
}
