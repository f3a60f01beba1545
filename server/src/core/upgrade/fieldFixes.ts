// Quick fixes for deprecated fields, labels and annotations: what the server warns of, replaced where it is written. A finding may come
// from what a file becomes; the edit is made only where the file itself has the name that the finding is about.
import { insertPair, removePair, renameKey, setScalar, type EditedFile } from '../edit/edits';
import { identityOf, listItems } from '../kinds/identity';
import type { Fix, Problem } from '../problem';
import { documentAt, entryOf, pathAt } from '../yaml/path';
import { follow, keyName, scalarValue } from '../yaml/resolve';
import type { MapNode, Node, Pair, ParsedYaml } from '../yaml/tree';

/** Names that took the place of others, with the same values. */
const renamedNames: Record<string, string> = {
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'service.kubernetes.io/topology-aware-hints': 'service.kubernetes.io/topology-mode',
};

const ingressClass = 'kubernetes.io/ingress.class';

/** The same findings, with fixes where there are some. */
export function withFieldFixes(problems: readonly Problem[], parsed: ParsedYaml): Problem[] {
  return problems.map((problem) => {
    if (problem.rule !== 'kubernetes/deprecated' || problem.fixes !== undefined) {
      return problem;
    }
    const fix = fixOf(problem, { path: problem.path, parsed });
    return fix === undefined ? problem : { ...problem, fixes: [fix] };
  });
}

function fixOf(problem: Problem, file: EditedFile): Fix | undefined {
  const { parsed } = file;
  const offset = parsed.lines.offsetAt(problem.range.start);
  const document = documentAt(parsed, offset);
  const found = document === undefined ? undefined : pathAt(document, offset);
  if (document === undefined || document.recovered || found === undefined) {
    return undefined;
  }
  const pair = found.pair;
  const name = pair === undefined ? undefined : keyName(pair.key);
  const value = pair === undefined ? undefined : follow(pair.value);
  const next = name === undefined ? undefined : renamedNames[name];
  if (pair !== undefined && next !== undefined) {
    return { title: `Change to ${next}`, preferred: true, edits: [renameKey(file, pair, next)] };
  }
  if (name === 'trafficDistribution' && value?.kind === 'scalar' && value.text === 'PreferClose') {
    return { title: 'Change to PreferSameZone', preferred: true, edits: [setScalar(file, value, 'PreferSameZone')] };
  }
  return problem.message.includes(ingressClass) ? ingressClassFix(file, document.root, offset) : undefined;
}

/** The annotation becomes the field; the object must have both places in this file. */
function ingressClassFix(file: EditedFile, root: Node | undefined, offset: number): Fix | undefined {
  const whole = identityOf(root);
  const roots = whole === undefined ? [] : (listItems(whole) ?? [whole.root]);
  const ingress = roots
    .map((one) => follow(one))
    .find((one) => one !== undefined && one.start <= offset && offset < one.end);
  const map = ingress?.kind === 'map' ? ingress : undefined;
  const metadata = map && mapIn(map, 'metadata');
  const annotations = metadata && mapIn(metadata, 'annotations');
  const spec = map && mapIn(map, 'spec');
  const pair = annotations && entryOf(annotations, ingressClass);
  const value = pair?.value.kind === 'scalar' ? scalarValue(pair.value) : undefined;
  if (
    annotations === undefined ||
    metadata === undefined ||
    spec?.pairs[0] === undefined ||
    pair === undefined ||
    typeof value !== 'string' ||
    entryOf(spec, 'ingressClassName') !== undefined
  ) {
    return undefined;
  }
  const holder = entryOf(metadata, 'annotations') as Pair;
  const removal =
    annotations.pairs.length === 1 ? removePair(file, metadata, holder) : removePair(file, annotations, pair);
  return {
    title: 'Write it as spec.ingressClassName',
    preferred: true,
    edits: [removal, insertPair(file, spec, 'ingressClassName', value)],
  };
}

function mapIn(map: MapNode, name: string): MapNode | undefined {
  const pair = entryOf(map, name);
  const value = pair === undefined ? undefined : follow(pair.value);
  return value?.kind === 'map' ? value : undefined;
}
