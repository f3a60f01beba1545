// One document of a file: finds the object's kind and checks it, or says why it cannot be checked. Lists are their items.
import type { Problem, Severity } from '../problem';
import { label } from '../resource';
import { groupOf } from '../resource';
import type { MapNode, Node, YamlDocument } from '../yaml/tree';
import type { KindQuery, KindSchema, SchemaStore } from './schemaStore';
import { fieldOf, valueOf } from './treeValues';
import { compareMinors } from './minors';
import { successor } from './successor';
import { checkStructure, type CheckOptions } from './validate';

export interface DocumentCheckOptions extends Omit<CheckOptions, 'resource' | 'recovered'> {
  /** Kubernetes version to check against, for example `1.35`. */
  minor?: string;
}

/** Problems of a document that is a Kubernetes object; none for documents that are something else. */
export function checkDocument(document: YamlDocument, store: SchemaStore, options: DocumentCheckOptions): Problem[] {
  const { root } = document;
  return root === undefined ? [] : checkObject(root, store, { ...options, recovered: document.recovered });
}

function checkObject(root: Node, store: SchemaStore, options: CheckOptions & { minor?: string }): Problem[] {
  const identity = identityOf(root);
  if (identity === undefined) {
    return [];
  }
  const { map, apiVersion, kind } = identity;
  if (kind.text === 'List' && apiVersion.text === 'v1') {
    const items = fieldOf(map.pairs, 'items')?.value;
    return items?.kind === 'seq' ? items.items.flatMap((item) => checkObject(item, store, options)) : [];
  }
  const query: KindQuery = { apiVersion: apiVersion.text, kind: kind.text, minor: options.minor };
  const found = store.lookup(query);
  if (found === undefined) {
    return unknownKind(identity, store, query, options);
  }
  const resource = labelOf(identity);
  const problems = kindProblems(identity, found, resource, store, options);
  problems.push(...nameProblems(identity, found, resource, options));
  problems.push(...checkStructure(root, found, { ...options, resource }));
  return problems;
}

interface Identity {
  map: MapNode;
  apiVersion: { text: string; node: Node };
  kind: { text: string; node: Node };
  name: string;
  namespace: string;
  metadata: { key: Node; value: Node } | undefined;
  generated: boolean;
}

/** Configuration of tools that looks like an object and never reaches a cluster. */
const toolConfiguration =
  /^(builtin|(kustomize\.)?config\.(k8s|kubernetes)\.io\/.*|kubeadm\.k8s\.io\/.*|kubelet\.config\.k8s\.io\/.*)$/;

/** Undefined where the document is no Kubernetes object: it needs both apiVersion and kind. */
function identityOf(root: Node): Identity | undefined {
  if (root.kind !== 'map') {
    return undefined;
  }
  const text = (pair: { value: Node } | undefined): string => {
    const value = pair === undefined ? undefined : valueOf(pair.value);
    return typeof value === 'string' ? value : '';
  };
  const apiVersion = fieldOf(root.pairs, 'apiVersion');
  const kind = fieldOf(root.pairs, 'kind');
  if (apiVersion === undefined || kind === undefined || text(apiVersion) === '' || text(kind) === '') {
    return undefined;
  }
  if (toolConfiguration.test(text(apiVersion))) {
    return undefined;
  }
  const metadata = fieldOf(root.pairs, 'metadata');
  const meta = metadata?.value.kind === 'map' ? metadata.value : undefined;
  return {
    map: root,
    apiVersion: { text: text(apiVersion), node: apiVersion.value },
    kind: { text: text(kind), node: kind.value },
    name: meta ? text(fieldOf(meta.pairs, 'name')) : '',
    namespace: meta ? text(fieldOf(meta.pairs, 'namespace')) : '',
    metadata,
    generated: meta !== undefined && text(fieldOf(meta.pairs, 'generateName')) !== '',
  };
}

function labelOf({ apiVersion, kind, namespace, name }: Identity): string {
  return name === '' ? kind.text : label({ group: groupOf(apiVersion.text), kind: kind.text, namespace, name });
}

function unknownKind(identity: Identity, store: SchemaStore, query: KindQuery, options: CheckOptions): Problem[] {
  if (options.variables === true && (query.apiVersion + query.kind).includes('${')) {
    return [];
  }
  const missing = store.explain(query);
  const [suggestion] = missing.suggestions;
  // Where the version serves other kinds, the kind is what is wrong.
  const isKind = suggestion === undefined ? missing.ofKnownVersion : suggestion.kind !== query.kind;
  const place = isKind ? identity.kind.node : identity.apiVersion.node;
  const problem = at(
    missing.verdict === 'unknown' ? 'kubernetes/no-schema' : 'kubernetes/unknown-kind',
    missing.verdict === 'refused' ? 'error' : missing.verdict === 'doubtful' ? 'warning' : 'info',
    place,
    missing.message,
    place === identity.kind.node ? '/kind' : '/apiVersion',
    labelOf(identity),
    options,
  );
  // Where neither half is surely the wrong one, the other is pointed at, too.
  const isOneSure =
    missing.reason !== 'misspelt' ||
    (suggestion !== undefined &&
      (suggestion.kind === query.kind ? !missing.ofKnownVersion : suggestion.apiVersion === query.apiVersion));
  if (problem.severity === 'error' && !isOneSure) {
    const other = isKind ? identity.apiVersion.node : identity.kind.node;
    problem.related = [
      {
        location: { path: options.path, range: options.lines.range(other.start, other.end) },
        message: isKind ? 'Or this version is not meant.' : 'Or this kind is not meant.',
      },
    ];
  }
  if (missing.suggestions.length > 0) {
    problem.fixes = missing.suggestions.map((s, i) => ({
      title: `Change to ${s.apiVersion} ${s.kind}`,
      ...(i === 0 ? { preferred: true } : {}),
      edits: [
        ...(s.apiVersion === query.apiVersion ? [] : [replace(identity.apiVersion.node, s.apiVersion, options)]),
        ...(s.kind === query.kind ? [] : [replace(identity.kind.node, s.kind, options)]),
      ],
    }));
  }
  return [problem];
}

function kindProblems(
  identity: Identity,
  found: KindSchema,
  resource: string,
  store: SchemaStore,
  options: CheckOptions & { minor?: string },
): Problem[] {
  const warning = (rule: string, message: string, removedIn?: string): Problem[] => [
    {
      ...at(rule, 'warning', identity.apiVersion.node, message, '/apiVersion', resource, options),
      ...(removedIn === undefined ? {} : { removedIn }),
    },
  ];
  if (found.deprecated !== undefined) {
    return warning('kubernetes/deprecated-api', found.deprecated);
  }
  const name = `${found.apiVersion} ${found.kind}`;
  const enabling = found.servedByDefault ? '' : ', which is served only by clusters that enable it,';
  const life = found.custom ? undefined : store.lifecycle(found.apiVersion, found.kind);
  if (life?.deprecated !== undefined && compareMinors(life.deprecated, options.minor ?? store.minors.at(-1)) <= 0) {
    const next = successor(found, store, options.minor);
    const end = life.removed === undefined ? '' : ` and is not served from ${life.removed} on`;
    const use = next === undefined ? '' : ` Use ${next.apiVersion}${next.kind === found.kind ? '' : ` ${next.kind}`}.`;
    return warning(
      'kubernetes/deprecated-api',
      `${name}${enabling} is deprecated since Kubernetes ${life.deprecated}${end}.${use}`,
      life.removed,
    );
  }
  return enabling === ''
    ? []
    : warning('kubernetes/api-not-enabled', `${name} is served only by clusters that enable it.`);
}

/** Every stored object has a name; requests like SubjectAccessReview are answered and never stored. */
function nameProblems(identity: Identity, found: KindSchema, resource: string, options: CheckOptions): Problem[] {
  // The server names a LimitRange itself.
  const isStored = !/^(authentication|authorization)\.k8s\.io\//.test(found.apiVersion) && found.kind !== 'LimitRange';
  const metadata = identity.metadata?.value;
  const judged = metadata === undefined || metadata.kind === 'map' || valueOf(metadata) === null;
  if (identity.name !== '' || identity.generated || !isStored || !judged || options.partial || options.recovered) {
    return [];
  }
  const named = metadata?.kind === 'map' ? fieldOf(metadata.pairs, 'name') : undefined;
  if (named !== undefined && valueOf(named.value) !== null && valueOf(named.value) !== '') {
    // A name of another type is reported as such.
    return [];
  }
  const place = named?.key ?? identity.metadata?.key ?? identity.kind.node;
  return [
    at(
      'kubernetes/missing-field',
      'error',
      place,
      `${resource} needs a name in metadata.`,
      '/metadata/name',
      resource,
      options,
    ),
  ];
}

function at(
  rule: string,
  severity: Severity,
  node: Node,
  message: string,
  field: string,
  resource: string,
  options: CheckOptions,
): Problem {
  return {
    rule,
    severity,
    message,
    path: options.path,
    range: options.lines.range(node.start, node.end),
    field,
    resource,
  };
}

function replace(
  node: Node,
  newText: string,
  options: CheckOptions,
): { path: string; range: Problem['range']; newText: string } {
  return { path: options.path, range: options.lines.range(node.start, node.end), newText };
}
