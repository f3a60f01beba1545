// Faults planted in real manifests: accepted or refused as the server does, one finding for one fault, on its line.
import assert from 'node:assert/strict';
import type { Problem } from '../../server/src/core/problem';
import { ApiServer, identified, isList, type Judgement } from './apiServer';
import { definitions, folders, pieces, type Piece } from './material';
import { mutate, sorts, type Mutant } from './mutate';
import { endProduct, verdictsOf } from './product';
import { record } from './report';
import { inParallel, random } from './sets';

/** PLUMBLINE_SEED makes another set; PLUMBLINE_MUTANTS its size; with PLUMBLINE_STACKED each has so many faults. */
const seed = Number(process.env['PLUMBLINE_SEED'] ?? 1);
const size = Number(process.env['PLUMBLINE_MUTANTS'] ?? 6000);
const stacked = Number(process.env['PLUMBLINE_STACKED'] ?? 1);

interface Case extends Mutant {
  name: string;
  judgement: Judgement;
  problems: Problem[];
}

describe('mutants of real manifests', () => {
  let server: ApiServer;
  let cases: Case[];

  before(async () => {
    const all = await folders();
    const crds = definitions(all);
    server = await ApiServer.start(crds);
    const found = pieces(all).filter(({ text }) => !isList(text) && text.length < 15_000);
    const served = found.filter(({ text }) => {
      const identity = identified(text);
      // Reviews are questions to a server, no objects that anybody keeps in Git.
      return identity !== undefined && !/Review$/.test(identity.kind) && server.serves(identity) !== undefined;
    });
    const truths = await inParallel(served, 12, ({ text }) => server.judge(text));
    const bases = served.filter((_, i) => truths[i]?.accepted === true);
    const next = random(seed);
    // Kinds that are rare among the manifests weigh as much as common ones.
    const byKind = new Map<string, Piece[]>();
    for (const piece of bases) {
      const key = JSON.stringify({ ...identified(piece.text), namespace: '' });
      byKind.set(key, [...(byKind.get(key) ?? []), piece]);
    }
    const kinds = [...byKind.values()];
    const mutants: (Mutant & { name: string; base: string })[] = [];
    const texts = new Set<string>();
    for (let tries = 0; mutants.length < size && tries < size * 20; tries++) {
      const family = kinds[Math.floor(next() * kinds.length)] ?? [];
      const base = next() < 0.5 ? family[Math.floor(next() * family.length)] : bases[Math.floor(next() * bases.length)];
      let mutant = base && mutate(base.text, sorts[Math.floor(next() * sorts.length)] ?? '', next);
      for (let more = 1; more < stacked && mutant !== undefined; more++) {
        mutant = mutate(mutant.text, sorts[Math.floor(next() * sorts.length)] ?? '', next);
      }
      if (base !== undefined && mutant !== undefined && !texts.has(mutant.text)) {
        texts.add(mutant.text);
        mutants.push({ ...mutant, name: base.name, base: base.text });
      }
    }
    console.log(`      ${bases.length} valid manifests of ${kinds.length} kinds`);
    const verdicts = await verdictsOf(
      mutants.map(({ text }) => text),
      crds,
    );
    const judgements = await inParallel(mutants, 12, ({ text, base }) => server.judge(text, identified(base)));
    cases = mutants.map((mutant, i) => ({
      ...mutant,
      judgement: judgements[i] as Judgement,
      problems: verdicts[i] ?? [],
    }));
  });
  after(async () => {
    await server?.stop();
    await endProduct();
  });

  it('are judged as the server judges them', () => {
    const errors = ({ problems }: Case): Problem[] => problems.filter(({ severity }) => severity === 'error');
    const accepted = cases.filter(({ judgement }) => judgement.accepted);
    const refused = cases.filter(({ judgement }) => !judgement.accepted);
    const alarms = accepted.filter((c) => errors(c).length > 0);
    const missed = refused.filter((c) => errors(c).length === 0);
    const hit = refused.filter((c) => errors(c).length > 0);
    const unsaid = missed.filter(
      ({ problems }) =>
        !problems.some(({ rule }) => /no-schema|not-validated|cluster-dependent|not-enabled/.test(rule)),
    );
    const elsewhere = hit.filter((c) => !errors(c).some((problem) => isThere(problem, c)));
    const around = elsewhere.filter((c) => errors(c).some(({ range }) => c.above.includes(range.start.line)));
    const several = hit.filter((c) => errors(c).length > faultsOf(c.judgement));
    const classes = new Map<string, { refused: number; missed: number }>();
    for (const c of refused) {
      const entry = classes.get(c.judgement.reason) ?? { refused: 0, missed: 0 };
      entry.refused++;
      entry.missed += errors(c).length === 0 ? 1 : 0;
      classes.set(c.judgement.reason, entry);
    }
    record(`mutants-${seed}${stacked > 1 ? `-stacked` : ''}`, {
      mutants: cases.length,
      accepted: accepted.length,
      refused: refused.length,
      falseAlarms: alarms.map(line),
      missed: missed.map(line),
      unsaid: unsaid.map(line),
      onItsLine: hit.length - elsewhere.length,
      aroundIt: around.length,
      elsewhere: elsewhere.filter((c) => !around.includes(c)).map(line),
      several: several.map(line),
      classes: Object.fromEntries(classes),
    });
    assert.deepEqual(alarms.map(line), []);
  });
});

/** Whether a finding stands at the edited lines, beside them, or where what is missing there belongs. */
function isThere({ range, related, rule }: Problem, { lines, above }: Case): boolean {
  const touches = (at: Problem['range'], by = 0): boolean =>
    at.start.line <= lines[1] + by && at.end.line >= lines[0] - by;
  return (
    touches(range, rule === 'yaml/syntax' ? 1 : 0) ||
    related?.some(({ location }) => touches(location.range)) === true ||
    (/missing/.test(rule) && above.includes(range.start.line))
  );
}

/** How many faults the server itself tells apart. */
function faultsOf({ causes, message }: Judgement): number {
  return Math.max(1, causes.length, message.match(/unknown field "|already set in map|duplicate field/g)?.length ?? 0);
}

function line({ name, sort, text, lines, judgement, problems }: Case): object {
  return {
    name,
    sort,
    at: text
      .split('\n')
      .slice(lines[0], lines[1] + 1)
      .map((l, i) => `${lines[0] + i + 1}: ${l.slice(0, 120)}`),
    server: `${judgement.reason} ${judgement.message.slice(0, 400)}`,
    causes: judgement.causes.map(({ field, message }) => `${field}: ${message.slice(0, 120)}`),
    ours: problems
      .filter(({ severity }) => severity !== 'hint')
      .map(
        (p) =>
          `${p.range.start.line + 1}-${p.range.end.line + 1} ${p.severity} ${p.rule} ${p.field ?? ''} ${p.message.slice(0, 200)}`,
      ),
    text: text.length < 3000 ? text : '',
  };
}
