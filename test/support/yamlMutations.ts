// Random damage to YAML, by bytes and by structure, and what must hold of every file whatever one of its documents holds.
import assert from 'node:assert/strict';
import { checkFile } from '../../server/src/core/check/checkFile';
import type { Problem } from '../../server/src/core/problem';
import type { SchemaStore } from '../../server/src/core/schema/schemaStore';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { toJson } from '../../server/src/core/yaml/resolve';
import type { Node } from '../../server/src/core/yaml/tree';
import type { Random } from './mutations';

const below = (random: Random, limit: number): number => Math.floor(random() * limit);

/** A text with one to four changes of its bytes or its lines. */
export function damaged(text: string, random: Random): string {
  let result = text;
  for (let changes = 1 + below(random, 4); changes > 0; changes--) {
    result = random() < 0.5 ? damagedBytes(result, random) : damagedLines(result, random);
  }
  return result;
}

function damagedBytes(text: string, random: Random): string {
  const bytes = Buffer.from(text);
  const at = below(random, bytes.length + 1);
  const length = below(random, 6);
  const more = Buffer.from(
    Array.from({ length: below(random, 4) }, () => (random() < 0.5 ? 33 + below(random, 94) : below(random, 256))),
  );
  return Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at + length)]).toString('utf8');
}

const insertions = [
  '- ',
  '  ',
  '\t',
  '"',
  "'",
  '[',
  '{',
  ']',
  '}',
  ': ',
  '? ',
  '# ',
  '&a ',
  '*a',
  '<<: *a',
  '|',
  '>-',
  '!!int ',
  '{{ x }}',
  '%',
  '@',
];

function damagedLines(text: string, random: Random): string {
  const lines = text.split('\n');
  const at = below(random, lines.length);
  const count = 1 + below(random, 5);
  const line = lines[at] as string;
  const part = lines.slice(at, at + count);
  const place = below(random, line.length + 1);
  const insertion = insertions[below(random, insertions.length)] as string;
  switch (below(random, 8)) {
    case 0:
      lines.splice(at, count);
      break;
    case 1:
      lines.splice(below(random, lines.length), 0, ...part);
      break;
    case 2:
      lines.splice(at, count, ...part.map((each) => ' '.repeat(1 + below(random, 4)) + each));
      break;
    case 3:
      lines.splice(at, count, ...part.map((each) => each.replace(/^ {1,4}/, '')));
      break;
    case 4:
      lines[at] = line.replace(/:.*/, '');
      break;
    case 5:
      lines[at] = line.slice(0, place);
      break;
    case 6:
      lines.splice(at, count, ...part.reverse());
      break;
    default:
      lines[at] = line.slice(0, place) + insertion + line.slice(place);
  }
  return lines.join('\n');
}

const neighbour = (name: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  lables: {}\ndata:\n  a: 1\nwrong: 1\n`;
const front = neighbour('front');
const back = neighbour('back');

/**
 * Reads and checks a document between two others. Throws where something throws, lies outside its text or parent, takes more
 * than ten seconds, or where the findings of the two others are not what they are without it.
 */
export function standsBetween(text: string, store: SchemaStore): void {
  const started = performance.now();
  const middle = text.endsWith('\n') ? text : text + '\n';
  const head = `${front}---\n`;
  const whole = `${head}${middle}---\n${back}`;
  const parsed = parseYaml(whole);
  for (const document of parsed.documents) {
    placed(document.root, 0, whole.length);
    toJson(document.root);
    for (const { start, end } of [...document.faults, ...document.comments]) {
      assert.ok(start >= 0 && start <= end && end <= whole.length, 'a fault outside the text');
    }
  }
  const { problems } = checkFile({ path: 'a.yaml', parsed }, { store });
  for (const { range, message } of problems) {
    const [start, end] = [parsed.lines.offsetAt(range.start), parsed.lines.offsetAt(range.end)];
    assert.ok(start <= end, `a finding that ends before it starts: ${message}`);
  }
  const within = (from: number, to: number): string[] => {
    const first = parsed.lines.positionAt(from).line;
    const last = parsed.lines.positionAt(to).line;
    return problems
      .filter(({ range: { start } }) => start.line >= first && start.line < last)
      .map((p) => describe(p, first));
  };
  const alone = (name: string): string[] => {
    const own = parseYaml(neighbour(name));
    return checkFile({ path: 'a.yaml', parsed: own }, { store }).problems.map((p) => describe(p, 0));
  };
  assert.deepEqual(within(0, front.length), alone('front'), 'the findings of the document in front');
  assert.deepEqual(
    within(whole.length - back.length, whole.length),
    alone('back'),
    'the findings of the document behind',
  );
  const seconds = (performance.now() - started) / 1000;
  assert.ok(seconds < 10, `${seconds.toFixed(1)} s`);
}

const describe = ({ rule, message, range }: Problem, from: number): string =>
  `${range.start.line - from}:${range.start.character} ${rule} ${message}`;

/** Nodes lie inside their parents; the value of a key may stand behind its map's own end where the text is broken. */
function placed(node: Node | undefined, from: number, to: number): void {
  if (node === undefined) {
    return;
  }
  assert.ok(node.start >= from && node.start <= node.end && node.end <= to, 'a node outside its parent');
  if (node.kind === 'map') {
    for (const { key, value } of node.pairs) {
      placed(key, node.start, node.end);
      placed(value, node.start, to);
    }
  } else if (node.kind === 'seq') {
    node.items.forEach((item) => {
      placed(item, node.start, to);
    });
  }
}
