// Patches whose `target` selects nothing. kustomize builds without a word then, and the change that someone meant is simply not there.
import type { Problem } from '../problem';
import { textAt, itemsAt, nodeAt, pairsAt, problemAt, type PlacedYaml } from './read';
import { rootOfFile, type FileFacts, type ObjectFact } from './facts';
import type { Closure } from './graph';
import type { Kustomization } from './kustomization';

/** What a kustomization takes in, as far as it can be known without building it. */
export interface PatchContext {
  closure: Closure;
  facts(path: string): FileFacts | undefined;
  kustomizations: ReadonlyMap<string, Kustomization>;
}

export function missingPatchTargets(facts: FileFacts, context: PatchContext): Problem[] {
  const file: PlacedYaml = { path: facts.path, parsed: facts.parsed() };
  const patches = itemsAt(rootOfFile(facts), 'patches');
  if (patches.length === 0) {
    return [];
  }
  const objects = knownObjects(context);
  // Without any object there is nothing to be wrong about: files that a bootstrap will fill look like this.
  if (objects === undefined || objects.length === 0) {
    return [];
  }
  const problems: Problem[] = [];
  for (const patch of patches) {
    const target = nodeAt(patch, ['target']);
    const kind = textAt(target, 'kind');
    const name = textAt(target, 'name');
    if (target === undefined || (kind === undefined && name === undefined)) {
      continue;
    }
    const kinds = pattern(kind);
    const names = pattern(name);
    if (kinds === undefined || names === undefined) {
      continue;
    }
    if (!objects.some((object) => kinds.test(object.kind) && object.names.some((text) => names.test(text)))) {
      const place = nodeAt(target, [name === undefined ? 'kind' : 'name']) ?? target;
      const wanted = [kind ?? 'object', ...(name === undefined ? [] : [name])].join(' ');
      problems.push(
        problemAt(
          file,
          place,
          'kustomize/missing-patch-target',
          'warning',
          `The patch does nothing: no ${wanted} is among the resources.`,
        ),
      );
    }
  }
  return problems;
}

/** kustomize anchors its patterns; an absent one matches everything. Undefined where it is no pattern. */
function pattern(text: string | undefined): RegExp | undefined {
  try {
    return new RegExp(`^(?:${text ?? '.*'})$`);
  } catch {
    return undefined;
  }
}

interface KnownObject {
  kind: string;
  /** The name as written, and as the prefixes and suffixes on the way may have made it. */
  names: string[];
}

/** Undefined where something takes part whose objects cannot be known here: charts, remote bases, generators of other kinds. */
function knownObjects(context: PatchContext): KnownObject[] | undefined {
  const { closure, kustomizations } = context;
  const facts = (path: string): FileFacts | undefined => context.facts(path);
  if (closure.obstacle !== undefined || closure.cycle !== undefined) {
    return undefined;
  }
  const found: { kind: string; name: string }[] = [];
  for (const path of closure.files) {
    const read = facts(path);
    if (read === undefined) {
      return undefined;
    }
    for (const object of read.objects) {
      if (object.kind.endsWith('List') || object.name === '') {
        return undefined;
      }
      found.push(identity(object));
    }
  }
  const prefixes = new Set(['']);
  const suffixes = new Set(['']);
  for (const dir of closure.kustomizations) {
    const kustomization = kustomizations.get(dir);
    const read = kustomization === undefined ? undefined : facts(kustomization.path);
    if (read === undefined) {
      continue;
    }
    const root = rootOfFile(read);
    if (['generators', 'transformers', 'helmCharts'].some((key) => itemsAt(root, key).length > 0)) {
      return undefined;
    }
    for (const [key, kind] of [
      ['configMapGenerator', 'ConfigMap'],
      ['secretGenerator', 'Secret'],
    ] as const) {
      itemsAt(root, key).forEach((item) => found.push({ kind, name: textAt(item, 'name') ?? '' }));
    }
    collect(prefixes, textAt(root, 'namePrefix'), (before, prefix) => prefix + before);
    collect(suffixes, textAt(root, 'nameSuffix'), (before, suffix) => before + suffix);
    if (pairsAt(root, 'vars').length > 0) {
      return undefined;
    }
  }
  return found.map(({ kind, name }) => ({
    kind,
    names: [...prefixes].flatMap((prefix) => [...suffixes].map((suffix) => prefix + name + suffix)),
  }));
}

const identity = ({ kind, name }: ObjectFact): { kind: string; name: string } => ({ kind, name });

/** Every way in which nested kustomizations may have put a prefix or suffix together. */
function collect(all: Set<string>, text: string | undefined, put: (before: string, text: string) => string): void {
  if (text !== undefined && all.size < 64) {
    [...all].forEach((before) => all.add(put(before, text)));
    all.add(text);
  }
}
