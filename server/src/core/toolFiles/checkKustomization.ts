// A kustomization file as kustomize reads it: fields and types, what its parts need, and the fields that it calls deprecated. Whether
// what it names exists, discovery says; what it builds to, the render engine.
import { plainSecretLiterals } from '../secrets/plainSecret';
import type { Problem, Severity } from '../problem';
import { nearest } from '../suggest';
import { entryOf } from '../yaml/path';
import { follow, scalarValue } from '../yaml/resolve';
import type { MapNode, Node, Pair } from '../yaml/tree';
import { itemsAt, pairOf, textAt } from '../workspace/read';
import { checkShape } from './checkShape';
import { deprecatedFields } from './deprecatedFields';
import { kustomizationShape } from './kustomizationShape';
import type { ToolFile } from './toolFile';

const versions = { Kustomization: 'kustomize.config.k8s.io/v1beta1', Component: 'kustomize.config.k8s.io/v1alpha1' };

export function checkKustomization(file: ToolFile): Problem[] {
  const root = rootMap(file);
  if (root === undefined) {
    return [];
  }
  const { path, parsed } = file;
  const shape = checkShape(root, kustomizationShape, {
    path,
    parsed,
    tool: 'kustomize',
    called: 'a kustomization',
    unknown: 'error',
  });
  const problems: Problem[] = [...shape];
  const report: Report = (node, rule, severity, message, fixes) =>
    problems.push({
      path,
      range: parsed.lines.range(node.start, node.end),
      rule,
      severity,
      message,
      ...(fixes === undefined ? {} : { fixes }),
    });
  checkIdentity(file, root, report);
  checkContent(root, report);
  itemsAt(root, 'patches').forEach((item) => checkPatch(item, report));
  itemsAt(root, 'patchesJson6902').forEach((item) => checkPatch(item, report));
  checkGenerators(root, report);
  itemsAt(root, 'replacements').forEach((item) => checkReplacement(item, report));
  problems.push(...plainSecretLiterals({ path, parsed }, root));
  // What is wrong in the first place needs no advice on how to write it better.
  if (!shape.some(({ severity }) => severity === 'error')) {
    problems.push(...deprecatedFields({ path, parsed }, root));
  }
  return problems;
}

type Report = (node: Node, rule: string, severity: Severity, message: string, fixes?: Problem['fixes']) => void;

/** kustomize reads the first document of the file only. */
function rootMap({ parsed, detected }: ToolFile): MapNode | undefined {
  const first = parsed.documents.find(({ root }) => root !== undefined);
  return first === detected.document && first.root?.kind === 'map' && !first.recovered ? first.root : undefined;
}

function checkIdentity(file: ToolFile, root: MapNode, report: Report): void {
  const [kind, apiVersion] = [entryOf(root, 'kind'), entryOf(root, 'apiVersion')];
  const kindText = textOf(kind) ?? '';
  if (kind !== undefined && kindText !== '' && kindText !== 'Kustomization' && kindText !== 'Component') {
    const meant = nearest(kindText, Object.keys(versions));
    report(
      kind.value,
      'kustomize/bad-value',
      'error',
      `The kind of a kustomization is Kustomization or Component, not "${kindText}".`,
      meant === undefined ? undefined : [change(file, kind.value, meant)],
    );
    return;
  }
  const wanted = kindText === 'Component' ? versions.Component : versions.Kustomization;
  const version = textOf(apiVersion) ?? '';
  if (apiVersion !== undefined && version !== '' && version !== wanted) {
    report(
      apiVersion.value,
      'kustomize/bad-value',
      'error',
      `kustomize reads a ${kindText === '' ? 'Kustomization' : kindText} as ${wanted} only, not as ${version}.`,
      [change(file, apiVersion.value, wanted)],
    );
  }
}

function change({ path, parsed }: ToolFile, node: Node, text: string): NonNullable<Problem['fixes']>[number] {
  return {
    title: `Change to "${text}"`,
    edits: [{ path, range: parsed.lines.range(node.start, node.end), newText: text }],
    preferred: true,
  };
}

/** kustomize refuses a file that says nothing. An empty list is said; a key without a value is not. */
function checkContent(root: MapNode, report: Report): void {
  const says = root.pairs.some(({ key, value }) => {
    const name = key.kind === 'scalar' ? key.text : '';
    const node = follow(value);
    return (
      name !== 'apiVersion' &&
      name !== 'kind' &&
      !(node?.kind === 'scalar' && (scalarValue(node) === null || node.text === ''))
    );
  });
  if (!says) {
    report(
      root.pairs[0]?.key ?? root,
      'kustomize/empty',
      'error',
      'This kustomization takes in nothing: kustomize refuses it.',
    );
  }
}

function checkPatch(item: Node, report: Report): void {
  const map = follow(item);
  if (map?.kind !== 'map') {
    return;
  }
  const [path, patch] = [pairOf(map, 'path'), pairOf(map, 'patch')];
  const hasPath = textAt(map, 'path') !== undefined;
  const hasPatch = (textAt(map, 'patch') ?? '').trim() !== '';
  if (hasPath && hasPatch) {
    report((patch as Pair).key, 'kustomize/bad-patch', 'error', 'A patch has either "path" or "patch", not both.');
  } else if (!hasPath && !hasPatch) {
    const at = path?.key ?? patch?.key ?? map.pairs[0]?.key ?? map;
    report(at, 'kustomize/bad-patch', 'error', 'A patch needs "path", a file, or "patch", the text of the patch.');
  }
}

function checkGenerators(root: MapNode, report: Report): void {
  for (const [field, kind] of [
    ['configMapGenerator', 'ConfigMap'],
    ['secretGenerator', 'Secret'],
  ] as const) {
    for (const item of itemsAt(root, field)) {
      const map = follow(item);
      if (map?.kind !== 'map') {
        continue;
      }
      const name = pairOf(map, 'name');
      if (name === undefined || textOf(name) === '') {
        report(
          name?.key ?? map.pairs[0]?.key ?? map,
          'kustomize/missing-field',
          'error',
          `A generated ${kind} needs a name.`,
        );
      }
      for (const literal of itemsAt(map, 'literals')) {
        const node = follow(literal);
        const value = node?.kind === 'scalar' ? scalarValue(node) : undefined;
        if (typeof value === 'string' && !/^[^=]+=/.test(value)) {
          // The text may be a secret: it is not repeated.
          report(literal, 'kustomize/bad-value', 'error', 'A literal is written key=value.');
        }
      }
    }
  }
}

function checkReplacement(item: Node, report: Report): void {
  const map = follow(item);
  if (map?.kind !== 'map' || textAt(map, 'path') !== undefined) {
    return;
  }
  const [source, value, targets] = [pairOf(map, 'source'), pairOf(map, 'sourceValue'), pairOf(map, 'targets')];
  const at = map.pairs[0]?.key ?? map;
  if (isAbsent(source) && isAbsent(value)) {
    report(at, 'kustomize/bad-replacement', 'error', 'A replacement needs "source", or "sourceValue" in its place.');
  } else if (!isAbsent(source) && !isAbsent(value)) {
    report(
      (value as Pair).key,
      'kustomize/bad-replacement',
      'error',
      'A replacement has either "source" or "sourceValue".',
    );
  }
  if (isAbsent(targets)) {
    report(at, 'kustomize/bad-replacement', 'error', 'A replacement needs "targets".');
  }
  for (const target of itemsAt(map, 'targets')) {
    const node = follow(target);
    if (node?.kind === 'map' && isAbsent(pairOf(node, 'select'))) {
      report(
        node.pairs[0]?.key ?? node,
        'kustomize/bad-replacement',
        'error',
        'A target of a replacement needs "select": which objects get the value.',
      );
    }
  }
}

function isAbsent(pair: Pair | undefined): boolean {
  const node = pair === undefined ? undefined : follow(pair.value);
  return node === undefined || (node.kind === 'scalar' && scalarValue(node) === null);
}

function textOf(pair: Pair | undefined): string | undefined {
  const node = pair === undefined ? undefined : follow(pair.value);
  const value = node?.kind === 'scalar' ? scalarValue(node) : undefined;
  return value === null ? '' : typeof value === 'string' ? value : undefined;
}
