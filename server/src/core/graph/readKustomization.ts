// The facts of a kustomization file besides its references: what its generators make, and what it does to names, namespaces and labels.
import { folderOf, isRemote, joinPath } from '../workspace/paths';
import { itemsAt, nodeAt, pairsAt, textAt } from '../workspace/read';
import { follow } from '../yaml/resolve';
import type { MapNode, Node, ScalarNode } from '../yaml/tree';
import type { LabelFact, LayerFact } from './facts';
import type { DocumentReader } from './readReferences';
import { patchLine } from './roles';
import { kindRef } from './rolePaths';

export function readKustomizationFacts(reader: DocumentReader, path: string, root: MapNode): void {
  for (const [field, kind] of [
    ['configMapGenerator', 'ConfigMap'],
    ['secretGenerator', 'Secret'],
  ] as const) {
    itemsAt(root, field).forEach((item) => readGenerator(reader, path, item, kind));
  }
  reader.facts.layer = readLayer(path, root);
}

function readGenerator(reader: DocumentReader, path: string, item: Node, kind: string): void {
  const name = nodeAt(item, ['name']);
  const node = follow(item);
  if (node?.kind !== 'map') {
    return;
  }
  const behavior = textAt(node, 'behavior');
  const key = {
    group: '',
    kind,
    namespace: textAt(node, 'namespace') ?? '',
    name: name?.kind === 'scalar' ? name.text : '',
  };
  const object = reader.addObject(key, node, name, {
    apiVersion: 'v1',
    partial: behavior === 'merge' || behavior === 'replace',
    made: 'generator',
  });
  if (object.partial && name !== undefined) {
    reader.addReference(patchLine, name, { text: key.name, object, kinds: [kindRef(kind)] });
  }
  for (const entry of scalars(node, 'files')) {
    const equals = entry.text.indexOf('=');
    const given = equals >= 0 ? entry.text.slice(0, equals) : entry.text.slice(entry.text.lastIndexOf('/') + 1);
    const from = equals >= 0 ? 0 : entry.text.length - given.length;
    reader.addDefinition('key', given, reader.partOf(entry, given, from), entry, { object });
  }
  for (const entry of scalars(node, 'literals')) {
    const given = entry.text.slice(0, Math.max(0, entry.text.indexOf('='))).trim();
    if (given !== '') {
      reader.addDefinition('key', given, reader.partOf(entry, given, 0), entry, { object });
    }
  }
  const env = nodeAt(node, ['env']);
  const envs = [...scalars(node, 'envs'), ...(env?.kind === 'scalar' ? [env] : [])];
  if (envs.length > 0) {
    object.keyFiles = envs.flatMap((entry) => joinPath(folderOf(path), entry.text) ?? []);
  }
}

function scalars(node: Node, field: string): ScalarNode[] {
  return itemsAt(node, field).flatMap((item) => {
    const scalar = follow(item);
    return scalar?.kind === 'scalar' ? [scalar] : [];
  });
}

const opaque = ['helmCharts', 'helmChartInflationGenerator', 'generators', 'transformers'] as const;

function readLayer(path: string, root: MapNode): LayerFact {
  const dir = folderOf(path);
  const paths = (field: string): string[] =>
    scalars(root, field).flatMap(({ text }) => (isRemote(text) ? [] : (joinPath(dir, text) ?? [])));
  const files = (field: string): string[] =>
    itemsAt(root, field).flatMap((item) => {
      const text = textAt(item, 'path');
      return text === undefined ? [] : (joinPath(dir, text) ?? []);
    });
  const remote = ['resources', 'bases', 'components']
    .flatMap((field) => scalars(root, field))
    .find(({ text }) => isRemote(text));
  const unknown = opaque.find((field) => itemsAt(root, field).length > 0);
  const inlinePatches = [...itemsAt(root, 'patches'), ...itemsAt(root, 'patchesJson6902')].map(
    (item) => textAt(item, 'patch') ?? '',
  );
  const patches = [
    ...scalars(root, 'patchesStrategicMerge')
      .filter(({ text }) => !text.includes('\n'))
      .flatMap(({ text }) => joinPath(dir, text) ?? []),
    ...files('patches'),
    ...files('patchesJson6902'),
  ];
  const namespace = textAt(root, 'namespace');
  return {
    dir,
    component: textAt(root, 'kind') === 'Component',
    ...(namespace === undefined ? {} : { namespace }),
    namePrefix: textAt(root, 'namePrefix') ?? '',
    nameSuffix: textAt(root, 'nameSuffix') ?? '',
    labels: readLabels(root),
    resources: [...paths('resources'), ...paths('bases')],
    components: paths('components'),
    patches,
    ...(remote !== undefined ? { unknown: remote.text } : unknown !== undefined ? { unknown } : {}),
    changesLabels:
      inlinePatches.some((text) => /labels|selector/i.test(text)) ||
      itemsAt(root, 'replacements').length > 0 ||
      itemsAt(root, 'configurations').length > 0,
  };
}

function readLabels(root: MapNode): LayerFact['labels'] {
  const result: LayerFact['labels'] = [];
  const common = labelsOf(root, 'commonLabels');
  if (common.length > 0) {
    result.push({ pairs: common, selectors: true, templates: true });
  }
  for (const entry of itemsAt(root, 'labels')) {
    const selectors = textAt(entry, 'includeSelectors') === 'true';
    const templates = selectors || textAt(entry, 'includeTemplates') === 'true';
    const pairs = labelsOf(entry, 'pairs');
    if (pairs.length > 0) {
      result.push({ pairs, selectors, templates });
    }
  }
  return result;
}

function labelsOf(node: Node, field: string): LabelFact[] {
  return pairsAt(node, field).flatMap(({ key, value }) => {
    const text = follow(value);
    return key.kind === 'scalar' && text?.kind === 'scalar' ? [{ name: key.text, value: text.text }] : [];
  });
}
