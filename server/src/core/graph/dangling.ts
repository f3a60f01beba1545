// References that nothing answers, as findings: only where the answer would have to be in this repository. What a chart, a controller or
// another repository may bring is never missed here, unless a name that nobody uses lies one letter away.
import type { Fix, Problem, Severity } from '../problem';
import { label } from '../resource';
import { folderOf, joinPath } from '../workspace/paths';
import { couldBringMore, isBringer, rendersName } from './completeness';
import type { ReferenceFact } from './facts';
import { placeIn, type FileEntry } from './fileEntry';
import type { GraphContext } from './liveGraph';
import { nearest } from '../suggest';
import { isMisspelt } from './nearName';
import { isTemplated } from './nodes';
import type { Placed } from './placement';
import { selectorPairs } from './podLabels';
import type { Scope } from './scope';

/** A finding in one scope; those of several scopes become one. */
interface Finding {
  rule: string;
  severity: Severity;
  message: string;
  /** What is probably meant. */
  instead?: string;
  /** Of a selector: the pair that does not fit. */
  pair?: string;
  related?: NonNullable<Problem['related']>;
}

/** What else is missing the API server, kustomize and the substitution say themselves. */
const judged = new Set<ReferenceFact['entity']>(['object', 'key', 'port', 'label']);

export function danglingReferences(entry: FileEntry, context: GraphContext): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<unknown>();
  for (const reference of entry.references) {
    const { line, text, fixed, optional, object, selector } = reference;
    const missing = missingPath(entry, reference, context);
    if (missing !== undefined) {
      problems.push(problemOf(entry, reference, missing, []));
    }
    if (text === '' || fixed !== undefined || optional || line.quiet === true || object === undefined) {
      continue;
    }
    if (!judged.has(reference.entity)) {
      continue;
    }
    // The pairs of a selector are one question.
    if (reference.entity === 'label' && selector !== undefined) {
      if (seen.has(selector)) {
        continue;
      }
      seen.add(selector);
    }
    const found = findings(entry, reference, context);
    const [first] = found;
    if (first !== undefined) {
      const { pair } = first.finding;
      const at = entry.references.find(
        (other) => pair !== undefined && other.selector === selector && other.text === pair,
      );
      problems.push(problemOf(entry, at ?? reference, first.finding, environmentsOf(found, entry, reference, context)));
    }
  }
  return problems;
}

function findings(
  entry: FileEntry,
  reference: ReferenceFact,
  context: GraphContext,
): { scope: Scope; finding: Finding }[] {
  const { linker } = context;
  if (reference.object === undefined) {
    return nothing;
  }
  let found: { scope: Scope; finding: Finding }[] | undefined;
  for (const { scope, placed } of linker.placedOf(entry, reference.object)) {
    // What patches rewrite on the way is not what is written here.
    if (placed.opaque || isRewritten(scope, placed) || isReplaced(placed, reference, context)) {
      continue;
    }
    const finding = judge(scope, placed, reference, context);
    if (finding !== undefined) {
      (found ??= []).push({ scope, finding });
    }
  }
  return found ?? nothing;
}

const nothing: { scope: Scope; finding: Finding }[] = [];

function isRewritten({ sources }: Scope, placed: Placed): boolean {
  for (const { source, rewrites } of sources) {
    if (rewrites && source === placed.source) {
      return true;
    }
  }
  return false;
}

/** A patch writes the same field. */
function isReplaced(placed: Placed, reference: ReferenceFact, { state, linker }: GraphContext): boolean {
  if (placed.patches.length === 0) {
    return false;
  }
  return placed.patches.some((patch) => {
    const object = linker.objectOf(patch);
    const entry = state.entries.get(patch.entry);
    return entry?.references.some((other) => other.object === object && other.line === reference.line) === true;
  });
}

function judge(scope: Scope, from: Placed, reference: ReferenceFact, context: GraphContext): Finding | undefined {
  switch (reference.entity) {
    case 'object':
      return missingObject(scope, from, reference, context);
    case 'key':
      return missingKey(scope, from, reference, context);
    case 'port':
      return missingPort(scope, from, reference, context);
    case 'label':
      return selectsNothing(scope, from, reference, context);
    case 'container':
    case 'volume':
    case 'claimTemplate':
    case 'file':
    case 'folder':
    case 'variable':
      // The API server, kustomize and the substitution say these themselves.
      return undefined;
  }
}

// ---- paths

/** Paths that no other check looks at: charts beside the chart, and values files of an Application that surely mean this repository. */
function missingPath(entry: FileEntry, reference: ReferenceFact, { state, linker }: GraphContext): Finding | undefined {
  const { line, path, text, object, fixed } = reference;
  if (line.in === 'chart' && path !== undefined && fixed === undefined) {
    // A copy in `charts` is what Helm uses; its origin is only needed to fetch it again.
    const copies = joinPath(folderOf(entry.path), 'charts') ?? '';
    return state.files.has(path === '' ? 'Chart.yaml' : `${path}/Chart.yaml`) || state.folders.has(copies)
      ? undefined
      : {
          rule: 'helm/missing-dependency',
          severity: 'warning',
          message: `There is no chart in ${path === '' ? 'the repository root' : path}.`,
        };
  }
  if (object?.key.kind !== 'Application' || line.role !== 'values file') {
    return undefined;
  }
  const isMissed = state.workspace.sources.some(
    ({ kind, declared, render, assumed }) =>
      kind === 'argoApplication' &&
      declared.path === entry.path &&
      assumed === undefined &&
      render.tool === 'unsupported' &&
      render.reason === `Its values file ${text} does not exist.`,
  );
  return isMissed && linker.targets(entry, reference).length === 0
    ? {
        rule: 'argocd/missing-file',
        severity: 'error',
        message: `The values file ${text} does not exist in this repository.`,
      }
    : undefined;
}

// ---- objects

/** What exists in every cluster, or comes into being without anybody's file. */
const builtinNames: readonly [kind: RegExp, name: RegExp][] = [
  [/^ServiceAccount$/, /^default$/],
  [/^ConfigMap$/, /^(kube-root-ca\.crt|extension-apiserver-authentication|openshift-service-ca\.crt)$/],
  [
    /^(Cluster)?Role$/,
    /^(system:.*|cluster-admin|admin|edit|view|extension-apiserver-authentication-reader|kubeadm:.*)$/,
  ],
  [/^PriorityClass$/, /^system-/],
  [/^Service$/, /^(kubernetes|kube-dns)$/],
  [/^Namespace$/, /^(default|kube-.*)$/],
  [/^AppProject$/, /^default$/],
  [/^(Git|OCI)Repository$/, /^flux-system$/],
  [/^Kustomization$/, /^flux-system$/],
];

/** Kinds that a self-contained environment has to define itself: a missing one is said even where no near name exists. */
const expected = new Map<string, { rule: string; severity: Severity }>([
  ['HorizontalPodAutoscaler:scaled workload', { rule: 'kubernetes/missing-reference', severity: 'warning' }],
  ['Ingress:backend Service', { rule: 'kubernetes/missing-reference', severity: 'warning' }],
  ['HTTPRoute:backend Service', { rule: 'kubernetes/missing-reference', severity: 'warning' }],
  ['RoleBinding:bound role', { rule: 'kubernetes/missing-reference', severity: 'warning' }],
  ['ConfigMap', { rule: 'kubernetes/missing-reference', severity: 'warning' }],
  ['ServiceAccount', { rule: 'kubernetes/missing-reference', severity: 'warning' }],
  ['PersistentVolumeClaim', { rule: 'kubernetes/missing-reference', severity: 'info' }],
  // Another repository of the same cluster may have these.
  ['source of a Kustomization', { rule: 'flux/missing-source', severity: 'info' }],
  ['source of a chart', { rule: 'flux/missing-source', severity: 'info' }],
  ['dependency', { rule: 'flux/missing-dependency', severity: 'info' }],
]);

function missingObject(
  scope: Scope,
  from: Placed,
  reference: ReferenceFact,
  context: GraphContext,
): Finding | undefined {
  const { linker } = context;
  const { text, kinds, line } = reference;
  const [kind] = kinds;
  if (kind === undefined || reference.pattern === true || line.role === 'patched object') {
    return undefined;
  }
  if (
    linker.objects(scope, from, reference).length > 0 ||
    builtinNames.some(([kinds, names]) => kinds.test(kind.kind) && names.test(text))
  ) {
    return undefined;
  }
  const namespace = reference.namespace ?? (reference.cluster ? '' : from.key.namespace);
  const sameKind = kinds.flatMap(({ group, kind: other }) => scope.byKind.get(`${group}/${other}`) ?? []);
  // A name or namespace with a variable in it may become the one that is meant.
  const isOpen =
    isTemplated(namespace) || sameKind.some(({ key }) => isTemplated(key.name) || isTemplated(key.namespace));
  if (isOpen || rendersName(scope, kinds, namespace, text, context) || isCopied(sameKind, text, context)) {
    return undefined;
  }
  const what = `${kind.kind} ${namespace === '' ? '' : `${namespace}/`}${text}`;
  const wanted =
    expected.get(`${from.key.kind}:${line.role}`) ??
    (kind.kind.endsWith('Class')
      ? undefined
      : (expected.get(line.role) ??
        (line.in === 'Pod' || line.in === 'container' ? expected.get(kind.kind) : undefined)));
  const rule = wanted?.rule ?? 'kubernetes/missing-reference';
  const near = nearObject(scope, from, reference, wanted !== undefined, context);
  if (near !== undefined) {
    return {
      rule,
      severity: 'warning',
      message: `${what} is not in this repository. Did you mean ${near.text}?`,
      instead: near.text,
      ...(near.at === undefined ? {} : { related: [{ location: near.at, message: near.label }] }),
    };
  }
  // StatefulSets make claims of their templates.
  const isMade = kind.kind === 'PersistentVolumeClaim' && scope.byKind.has('apps/StatefulSet');
  if (wanted === undefined || isMade || couldBringMore(scope, kind, namespace, context)) {
    return undefined;
  }
  if (kind.kind === 'Role' || kind.kind !== 'ClusterRole') {
    return { rule, severity: wanted.severity, message: `${what} is not in this repository.` };
  }
  return undefined;
}

/** Controllers copy objects between namespaces where an annotation tells them to. */
function isCopied(sameKind: readonly Placed[], name: string, { state }: GraphContext): boolean {
  return sameKind.some(
    (object) =>
      object.key.name === name && /reflect|replicat|kubed|sync/i.test(state.entries.get(object.entry)?.text ?? ''),
  );
}

/**
 * An object of the wanted kind whose name is one letter away: surely the one that is meant where nobody else uses it, or where names of
 * the kind are always in the repository.
 */
function nearObject(
  scope: Scope,
  from: Placed,
  reference: ReferenceFact,
  isExpected: boolean,
  context: GraphContext,
): { text: string; at: NonNullable<Problem['related']>[number]['location'] | undefined; label: string } | undefined {
  const { kinds, text, namespace } = reference;
  const wanted = namespace ?? from.key.namespace;
  const candidates = kinds.flatMap(({ group, kind }) => scope.byKind.get(`${group}/${kind}`) ?? []);
  for (const object of candidates) {
    const written = object.source === from.source ? (object.names[0] ?? '') : object.key.name;
    const isThere = reference.cluster || object.key.namespace === '' || object.key.namespace === wanted;
    if (
      !isThere ||
      !isMisspelt(text, written) ||
      (isUsed(scope, object, context) && !(isExpected && text.length >= 6))
    ) {
      continue;
    }
    const entry = context.state.entries.get(object.entry);
    const fact = context.linker.objectOf(object)?.definitions.find(({ entity }) => entity === 'object');
    if (entry !== undefined && fact !== undefined) {
      const at = placeIn(entry, fact.document, fact.start, fact.end);
      return { text: written, at, label: `${label(object.key)} is defined here` };
    }
  }
  return undefined;
}

/** Some reference of the scope means the object: it is there for that one. */
function isUsed(scope: Scope, object: Placed, { state, linker }: GraphContext): boolean {
  const files = new Set(object.names.flatMap((name) => [...(state.byText.get(name) ?? [])]));
  for (const path of files) {
    const entry = state.entries.get(path);
    for (const reference of entry?.references ?? []) {
      if (
        reference.entity !== 'object' ||
        reference.object === undefined ||
        !object.names.includes(reference.text) ||
        reference.line.role === 'patched object'
      ) {
        continue;
      }
      const uses = linker.placedOf(entry as FileEntry, reference.object).filter((use) => use.scope === scope);
      if (uses.some(({ placed }) => linker.objects(scope, placed, reference).includes(object))) {
        return true;
      }
    }
  }
  return false;
}

// ---- keys and ports

function missingKey(
  scope: Scope,
  from: Placed,
  reference: ReferenceFact,
  { linker, state }: GraphContext,
): Finding | undefined {
  const { via, text } = reference;
  if (via === undefined || via.optional || via.fixed !== undefined) {
    return undefined;
  }
  const holders = linker.objects(scope, from, via);
  if (holders.length === 0) {
    return undefined;
  }
  const keys = new Set<string>();
  for (const holder of holders) {
    const written = [holder, ...holder.patches];
    // A file that is not there is told where it is named; which key was meant to come of it is anybody's guess.
    const lacksInput = written.some(({ entry }) =>
      state.entries
        .get(entry)
        ?.references.some(
          ({ line, path }) => line.role.startsWith('generated key') && path !== undefined && !state.files.has(path),
        ),
    );
    const parts = written.map((part) => linker.objectOf(part));
    const isOpen =
      lacksInput ||
      parts.some(
        (object) =>
          object === undefined ||
          object.keysUnknown === true ||
          object.made === 'operator' ||
          (object.keyFiles ?? []).some((path) => !linker.hasText(path)),
      );
    if (isOpen || holder.opaque) {
      return undefined;
    }
    linker.definitionsOf(holder, 'key').forEach(({ fact }) => keys.add(fact.name));
  }
  // One that is empty here is filled by somebody else.
  if (keys.size === 0 || keys.has(text) || [...keys].some(isTemplated)) {
    return undefined;
  }
  const [holder] = holders;
  const near = nearest(text, keys);
  return {
    rule: 'kubernetes/missing-key',
    severity: 'warning',
    message: `${holder === undefined ? '' : label(holder.key)} has no key ${text}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
    ...(near === undefined ? {} : { instead: near }),
  };
}

function missingPort(scope: Scope, from: Placed, reference: ReferenceFact, context: GraphContext): Finding | undefined {
  const { linker } = context;
  const { text, via, pod, selector } = reference;
  // A number as text is no name of a port, which the API server says. The word is the AWS load balancer controller's: an annotation says
  // what the backend is.
  if (/^\d+$/.test(text) || text === 'use-annotation') {
    return undefined;
  }
  const holders =
    via !== undefined
      ? via.fixed === undefined
        ? linker.objects(scope, from, via)
        : []
      : pod !== undefined
        ? from.partial
          ? from.patched
          : [from]
        : selector === undefined || selector.inexact
          ? []
          : [...new Set(linker.chosen(scope, from, reference).map(({ placed }) => placed))];
  if (
    holders.length === 0 ||
    holders.some((holder) => holder.opaque || (isBringer(holder.key.group) && holder.key.kind !== 'Gateway'))
  ) {
    return undefined;
  }
  const names = new Set(holders.flatMap((holder) => linker.definitionsOf(holder, 'port').map(({ fact }) => fact.name)));
  if (names.has(text) || [...names].some(isTemplated)) {
    return undefined;
  }
  const [holder] = holders;
  const near = nearest(text, names);
  const what =
    holders.length === 1 && holder !== undefined ? `${label(holder.key)} has` : 'None of the chosen objects has';
  return {
    rule: 'kubernetes/missing-port',
    severity: 'warning',
    message: `${what} ${what.startsWith('None') ? 'a' : 'no'} ${reference.line.role.startsWith('listener') ? 'listener' : 'port'} ${text}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
    ...(near === undefined ? {} : { instead: near }),
  };
}

// ---- selectors

/** A selector that chooses nothing, while something is there that differs from it by one misspelt word. */
function selectsNothing(
  scope: Scope,
  from: Placed,
  reference: ReferenceFact,
  context: GraphContext,
): Finding | undefined {
  const { linker } = context;
  const { selector, line } = reference;
  if (
    selector === undefined ||
    selector.inexact ||
    selector.pairs.length === 0 ||
    line.selects === 'self' ||
    scope.sources.some(({ source, changesLabels }) => source === from.source && changesLabels)
  ) {
    return undefined;
  }
  const wanted = selectorPairs(from, selector);
  if (linker.selectables(scope, from, reference, wanted).length > 0) {
    return undefined;
  }
  for (const { placed, pod, labels } of linker.selectables(scope, from, reference, wanted, true)) {
    const near = placed.opaque ? undefined : oneApart(wanted, labels);
    if (near === undefined) {
      continue;
    }
    const object = pod?.object ?? linker.objectOf(placed);
    const file = context.state.entries.get(placed.entry);
    const fact = object?.definitions.find(
      (d) => d.entity === 'label' && d.name === near.there && (pod === undefined || d.pod === pod),
    );
    const related =
      file === undefined || fact === undefined
        ? []
        : [
            {
              location: placeIn(file, fact.document, fact.start, fact.end),
              message: `${label(placed.key)} has ${near.there}`,
            },
          ];
    return {
      rule: 'kubernetes/selects-nothing',
      severity: 'warning',
      message: `The ${line.role} chooses nothing: ${label(placed.key)} has ${near.there}, not ${near.here}.`,
      pair: near.here,
      related,
    };
  }
  return undefined;
}

/** The one pair in which labels differ from what is wanted, by one misspelt word. */
function oneApart(
  wanted: ReadonlyMap<string, string>,
  labels: ReadonlyMap<string, string>,
): { here: string; there: string } | undefined {
  const different = [...wanted].filter(([name, value]) => labels.get(name) !== value);
  const [only, ...others] = different;
  if (only === undefined || others.length > 0) {
    return undefined;
  }
  const [name, value] = only;
  const there = labels.get(name);
  if (there !== undefined) {
    return isMisspelt(value, there) ? { here: `${name}=${value}`, there: `${name}=${there}` } : undefined;
  }
  const key = [...labels].find(([other, text]) => text === value && !wanted.has(other) && isMisspelt(name, other))?.[0];
  return key === undefined ? undefined : { here: `${name}=${value}`, there: `${key}=${value}` };
}

// ---- as problems

/** Environments by name where only some of those that deploy the file have the finding. */
function environmentsOf(
  found: readonly { scope: Scope }[],
  entry: FileEntry,
  reference: ReferenceFact,
  { linker }: GraphContext,
): string[] {
  const all = new Set(
    (reference.object === undefined ? [] : linker.placedOf(entry, reference.object)).map(({ scope }) => scope),
  );
  const having = new Set(found.map(({ scope }) => scope));
  return all.size === having.size ? [] : [...having].flatMap(({ environment }) => environment ?? []);
}

function problemOf(
  entry: FileEntry,
  reference: ReferenceFact,
  finding: Finding,
  environments: readonly string[],
): Problem {
  const place = placeIn(entry, reference.document, reference.start, reference.end);
  const { instead } = finding;
  const fixes: Fix[] =
    instead === undefined ? [] : [{ title: `Change to ${instead}`, edits: [{ ...place, newText: instead }] }];
  const words = environments.length === 0 ? '' : `In ${environments.join(' and ')}: `;
  return {
    ...place,
    rule: finding.rule,
    severity: finding.severity,
    message: words + finding.message,
    ...(reference.object === undefined || reference.object.key.name === ''
      ? {}
      : { resource: label(reference.object.key) }),
    ...(finding.related === undefined || finding.related.length === 0 ? {} : { related: finding.related }),
    ...(fixes.length === 0 ? {} : { fixes }),
  };
}
