// What changes inside an object when its apiVersion does: fields that were renamed, wrapped or became required. Each is a list of small
// edits, or nothing where a person has to decide.
import { insertPair, removePair, renameKey, setValue, styleOf, type EditedFile } from '../edit/edits';
import { isObject, type JsonObject, type JsonValue } from '../json';
import type { TextEdit } from '../problem';
import { entryOf } from '../yaml/path';
import { follow, keyName, toJson } from '../yaml/resolve';
import type { MapNode, Node, Pair } from '../yaml/tree';

interface Change {
  file: EditedFile;
  root: MapNode;
  from: string;
  to: string;
}

/** Edits beside those of apiVersion and kind; undefined where the shape cannot be changed without a person. */
export function shapeEdits(kind: string, change: Change): TextEdit[] | undefined {
  return (shapes[kind] ?? (() => []))(change);
}

const shapes: Record<string, (change: Change) => TextEdit[] | undefined> = {
  Ingress: ({ file, root, to }) => (to === 'networking.k8s.io/v1' ? ingress(file, root) : []),
  HorizontalPodAutoscaler: ({ file, root, from }) => (from === 'autoscaling/v2beta1' ? autoscaler(file, root) : []),
  Deployment: ({ file, root }) => workload(file, root),
  DaemonSet: ({ file, root }) => workload(file, root),
  ReplicaSet: ({ file, root }) => workload(file, root),
  StatefulSet: ({ file, root }) => workload(file, root),
  PriorityLevelConfiguration: ({ file, root, from }) =>
    /v1alpha1|v1beta[12]$/.test(from)
      ? renamed(file, root, ['spec', 'limited'], 'assuredConcurrencyShares', 'nominalConcurrencyShares')
      : [],
  ResourceClaim: ({ file, root, from }) => (from.endsWith('v1beta1') ? deviceRequests(file, root, ['spec']) : []),
  ResourceClaimTemplate: ({ file, root, from }) =>
    from.endsWith('v1beta1') ? deviceRequests(file, root, ['spec', 'spec']) : [],
  HelmRelease: ({ file, root }) => helmRelease(file, root),
  Kustomization: ({ file, root }) => removed(file, root, ['spec'], 'validation'),
  GitRepository: ({ file, root }) => removed(file, root, ['spec'], 'gitImplementation'),
  // Their defaults changed with the version: what a webhook does on failure is for a person to say.
  MutatingWebhookConfiguration: ({ from }) => (from.endsWith('v1beta1') ? undefined : []),
  ValidatingWebhookConfiguration: ({ from }) => (from.endsWith('v1beta1') ? undefined : []),
};

// ---- Ingress

function ingress(file: EditedFile, root: MapNode): TextEdit[] | undefined {
  const spec = mapIn(root, 'spec');
  if (spec === undefined) {
    return [];
  }
  const edits: TextEdit[] = [];
  const fallback = entryOf(spec, 'backend');
  if (fallback !== undefined) {
    const inside = backend(file, fallback);
    if (inside === undefined) {
      return undefined;
    }
    edits.push(renameKey(file, fallback, 'defaultBackend'), ...inside);
  }
  for (const rule of itemsIn(spec, 'rules')) {
    const http = mapIn(rule, 'http');
    for (const path of http === undefined ? [] : itemsIn(http, 'paths')) {
      const [at, to] = [entryOf(path, 'path'), entryOf(path, 'backend')];
      const inside = to === undefined ? [] : backend(file, to);
      if (inside === undefined) {
        return undefined;
      }
      edits.push(...inside);
      if (entryOf(path, 'pathType') === undefined) {
        if (at === undefined) {
          return undefined;
        }
        edits.push(insertPair(file, path, 'pathType', 'ImplementationSpecific', at));
      }
    }
  }
  return edits;
}

/** `serviceName` and `servicePort` become `service.name` and `service.port`; comments behind them stay. */
function backend(file: EditedFile, pair: Pair): TextEdit[] | undefined {
  const map = mapOf(pair.value);
  const [name, port] = [map && entryOf(map, 'serviceName'), map && entryOf(map, 'servicePort')];
  if (map === undefined || (name === undefined && port === undefined)) {
    return map === undefined ? undefined : [];
  }
  const number = port === undefined ? undefined : toJson(port.value);
  if (name === undefined || port === undefined || map.pairs.length !== 2 || pair.value.kind === 'alias') {
    return undefined;
  }
  const portField = typeof number === 'number' ? 'number' : 'name';
  if (map.flow) {
    const service = { name: toJson(name.value), port: { [portField]: number ?? null } };
    return [setValue(file, pair, { service })];
  }
  const { parsed } = file;
  const { eol, step } = styleOf(parsed);
  const at = parsed.lines.positionAt((map.pairs[0] as Pair).key.start).character;
  const [first] = map.pairs;
  const deeper = ' '.repeat(step);
  const under = eol + ' '.repeat(at + step);
  const wrapped = (one: Pair, key: string): TextEdit => ({
    path: file.path,
    range: parsed.lines.range(one.key.start, one.key.end),
    newText: (one === first ? `service:${under}` : deeper) + key,
  });
  return [wrapped(name, 'name'), wrapped(port, `port:${under}${deeper}${portField}`)];
}

// ---- workloads before apps/v1

function workload(file: EditedFile, root: MapNode): TextEdit[] | undefined {
  const spec = mapIn(root, 'spec');
  if (spec === undefined) {
    return [];
  }
  const edits: TextEdit[] = [];
  for (const gone of ['rollbackTo', 'templateGeneration']) {
    const pair = entryOf(spec, gone);
    if (pair !== undefined) {
      edits.push(removePair(file, spec, pair));
    }
  }
  if (entryOf(spec, 'selector') === undefined) {
    const template = mapIn(spec, 'template');
    const labels = template && mapIn(template, 'metadata') && entryOf(mapIn(template, 'metadata') as MapNode, 'labels');
    const value = labels === undefined ? undefined : toJson(labels.value);
    const before = entryOf(spec, 'replicas') ?? spec.pairs.find((pair) => pair.value.kind === 'scalar');
    if (!isObject(value) || before === undefined) {
      return undefined;
    }
    // The old versions took the labels of the pods where no selector was written.
    edits.push(insertPair(file, spec, 'selector', { matchLabels: value }, before));
  }
  return edits;
}

// ---- HorizontalPodAutoscaler

function autoscaler(file: EditedFile, root: MapNode): TextEdit[] | undefined {
  const spec = mapIn(root, 'spec');
  const edits: TextEdit[] = [];
  for (const metric of spec === undefined ? [] : itemsIn(spec, 'metrics')) {
    for (const [field, convert] of Object.entries(metrics)) {
      const pair = entryOf(metric, field);
      const old = pair === undefined ? undefined : toJson(pair.value);
      if (pair !== undefined) {
        const next = isObject(old) ? convert(old) : undefined;
        if (next === undefined) {
          return undefined;
        }
        edits.push(setValue(file, pair, next));
      }
    }
  }
  return edits;
}

const metrics: Record<string, (old: JsonObject) => JsonObject | undefined> = {
  resource: ({ name, ...old }) => {
    const target = targetOf(old);
    return name === undefined || target === undefined ? undefined : { name, target };
  },
  pods: ({ metricName, selector, ...old }) => withMetric({}, metricName, selector, targetOf(old)),
  object: ({ metricName, selector, target, ...old }) =>
    target === undefined ? undefined : withMetric({ describedObject: target }, metricName, selector, targetOf(old)),
  external: ({ metricName, metricSelector, ...old }) => withMetric({}, metricName, metricSelector, targetOf(old)),
};

function withMetric(
  first: JsonObject,
  name: JsonValue | undefined,
  selector: JsonValue | undefined,
  target: JsonObject | undefined,
): JsonObject | undefined {
  const metric = { ...(name === undefined ? {} : { name }), ...(selector === undefined ? {} : { selector }) };
  return name === undefined || target === undefined ? undefined : { ...first, metric, target };
}

function targetOf(old: JsonObject): JsonObject | undefined {
  const names = Object.keys(old);
  const only = names.length === 1 ? names[0] : undefined;
  const value = only === undefined ? undefined : (old[only] ?? null);
  switch (only) {
    case 'targetAverageUtilization':
      return { type: 'Utilization', averageUtilization: value ?? null };
    case 'targetAverageValue':
    case 'averageValue':
      return { type: 'AverageValue', averageValue: value ?? null };
    case 'targetValue':
      return { type: 'Value', value: value ?? null };
    case undefined:
    default:
      return undefined;
  }
}

// ---- dynamic resource allocation

/** What a request asked for directly stands under `exactly` now; only its name stays, and the alternatives, which are new. */
function deviceRequests(file: EditedFile, root: MapNode, at: string[]): TextEdit[] | undefined {
  const devices = mapAt(root, [...at, 'devices']);
  const edits: TextEdit[] = [];
  for (const request of devices === undefined ? [] : itemsIn(devices, 'requests')) {
    if (entryOf(request, 'deviceClassName') === undefined) {
      continue;
    }
    const [name, first] = request.pairs;
    const last = request.pairs.at(-1);
    if (
      request.flow ||
      name === undefined ||
      first === undefined ||
      last === undefined ||
      keyName(name.key) !== 'name'
    ) {
      return undefined;
    }
    edits.push(indented(file, first, last, 'exactly'));
  }
  return edits;
}

/** The lines from one pair to another as the value of a new key in their place; comments between them move along. */
function indented({ path, parsed }: EditedFile, first: Pair, last: Pair, key: string): TextEdit {
  const { eol, step } = styleOf(parsed);
  const from = parsed.lines.positionAt(first.key.start);
  const start = parsed.lines.offsetAt({ line: from.line, character: 0 });
  const text = parsed.text.slice(start, last.value.end);
  const lines = text.split(/\r?\n/).map((line) => (line === '' ? line : ' '.repeat(step) + line));
  return {
    path,
    range: parsed.lines.range(start, last.value.end),
    newText: `${' '.repeat(from.character)}${key}:${eol}${lines.join(eol)}`,
  };
}

// ---- Flux

function helmRelease(file: EditedFile, root: MapNode): TextEdit[] {
  const chart = mapAt(root, ['spec', 'chart', 'spec']);
  const pair = chart && entryOf(chart, 'valuesFile');
  if (pair?.value.kind !== 'scalar' || chart === undefined || entryOf(chart, 'valuesFiles') !== undefined) {
    return [];
  }
  const { start, end } = pair.value;
  const { parsed, path } = file;
  const list = { path, range: parsed.lines.range(start, end), newText: `[${parsed.text.slice(start, end)}]` };
  return [renameKey(file, pair, 'valuesFiles'), list];
}

// ---- parts

function renamed(file: EditedFile, root: MapNode, at: string[], from: string, to: string): TextEdit[] {
  const map = mapAt(root, at);
  const pair = map && entryOf(map, from);
  return pair === undefined ? [] : [renameKey(file, pair, to)];
}

function removed(file: EditedFile, root: MapNode, at: string[], name: string): TextEdit[] {
  const map = mapAt(root, at);
  const pair = map && entryOf(map, name);
  return pair === undefined || map === undefined ? [] : [removePair(file, map, pair)];
}

function mapAt(root: MapNode, path: readonly string[]): MapNode | undefined {
  let map: MapNode | undefined = root;
  for (const step of path) {
    map = map && mapIn(map, step);
  }
  return map;
}

function mapOf(node: Node): MapNode | undefined {
  const target = follow(node);
  return target?.kind === 'map' ? target : undefined;
}

function mapIn(map: MapNode, name: string): MapNode | undefined {
  const pair = entryOf(map, name);
  return pair === undefined ? undefined : mapOf(pair.value);
}

function itemsIn(map: MapNode, name: string): MapNode[] {
  const pair = entryOf(map, name);
  const list = pair === undefined ? undefined : follow(pair.value);
  return list?.kind === 'seq' ? list.items.flatMap((item) => mapOf(item) ?? []) : [];
}
