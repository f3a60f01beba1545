// The facts of a kustomization file besides its references: what its generators make, and what it does to names, namespaces and labels.
import { folderOf, isRemote, joinPath } from '../workspace/paths';
import { itemsAt, nodeAt, pairsAt, textAt } from '../workspace/read';
import { follow } from '../yaml/resolve';
import type { MapNode, Node, ScalarNode } from '../yaml/tree';
import { groupOf } from '../resource';
import { parseYaml } from '../yaml/parse';
import type { IdentityOperation, LabelFact, LayerFact, LayerPatch, PatchTarget } from './facts';
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
  readInlinePatches(reader, root);
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

/** Strategic merge patches that are written in place become objects of the kustomization file. */
function readInlinePatches(reader: DocumentReader, root: MapNode): void {
  for (const field of ['patches', 'patchesJson6902', 'patchesStrategicMerge']) {
    for (const item of itemsAt(root, field)) {
      const text = field === 'patchesStrategicMerge' ? follow(item) : nodeAt(item, ['patch']);
      if (text?.kind === 'scalar' && text.text.includes('kind')) {
        const target = targetOf(nodeAt(item, ['target']));
        reader.readEmbedded(text, target);
      }
    }
  }
}

function readPatches(root: MapNode, dir: string): LayerPatch[] {
  const patches: LayerPatch[] = [];
  const add = (path: string | undefined, more: Omit<LayerPatch, 'path'>): void => {
    const joined = path === undefined ? undefined : joinPath(dir, path);
    if (joined !== undefined || more.operations !== undefined) {
      patches.push({ ...more, ...(joined === undefined ? {} : { path: joined }) });
    }
  };
  for (const { text } of scalars(root, 'patchesStrategicMerge')) {
    if (!text.includes('\n')) {
      add(text, { late: false });
    }
  }
  for (const field of ['patches', 'patchesJson6902']) {
    for (const item of itemsAt(root, field)) {
      const target = targetOf(nodeAt(item, ['target']));
      const late = field === 'patchesJson6902';
      const inline = textAt(item, 'patch');
      const list =
        inline === undefined ? undefined : parseYaml(inline).documents.find((d) => d.root !== undefined)?.root;
      const operations = list?.kind === 'seq' ? readOperations(list) : undefined;
      add(textAt(item, 'path'), {
        late,
        ...(target === undefined ? {} : { target }),
        ...(operations === undefined ? {} : { operations }),
      });
    }
  }
  return patches;
}

function targetOf(node: Node | undefined): PatchTarget | undefined {
  if (node?.kind !== 'map') {
    return undefined;
  }
  const target: PatchTarget = {};
  for (const field of ['group', 'kind', 'name', 'namespace'] as const) {
    const text = textAt(node, field);
    if (text !== undefined) {
      target[field] = text;
    }
  }
  return target;
}

const identityFields: Record<string, IdentityOperation['field']> = {
  '/kind': 'kind',
  '/metadata/name': 'name',
  '/metadata/namespace': 'namespace',
};

/** Operations of a JSON patch on an identity. */
export function readOperations(list: Node): IdentityOperation[] {
  return itemsAt(list).flatMap((item): IdentityOperation[] => {
    const path = textAt(item, 'path') ?? '';
    const op = textAt(item, 'op');
    const value = textAt(item, 'value') ?? '';
    if (path === '/apiVersion') {
      return [{ field: 'group', value: groupOf(value) }];
    }
    const field = identityFields[path];
    return field === undefined || (op !== 'add' && op !== 'replace' && op !== 'remove')
      ? []
      : [{ field, value: op === 'remove' ? '' : value }];
  });
}

const opaque = ['helmCharts', 'helmChartInflationGenerator', 'generators', 'transformers'] as const;

function readLayer(path: string, root: MapNode): LayerFact {
  const dir = folderOf(path);
  const paths = (field: string): string[] =>
    scalars(root, field).flatMap(({ text }) => (isRemote(text) ? [] : (joinPath(dir, text) ?? [])));
  const remote = ['resources', 'bases', 'components']
    .flatMap((field) => scalars(root, field))
    .find(({ text }) => isRemote(text));
  const unknown = opaque.find((field) => itemsAt(root, field).length > 0);
  const patches = readPatches(root, dir);
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
    changesLabels: patches.some(({ operations }) => operations !== undefined),
    rewrites: ['replacements', 'configurations', 'vars'].some((field) => itemsAt(root, field).length > 0),
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
