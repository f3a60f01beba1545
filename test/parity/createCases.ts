// Mutants with the server's judgement and the product's findings: what the figures of creates are made of.
import { identified, type ApiServer } from './apiServer';
import type { Case } from './figures';
import { plan, type Bases } from './plan';
import { engineFieldsOf, verdictsOf } from './product';
import { inParallel, random } from './sets';

export async function createCases(
  server: ApiServer,
  bases: Bases,
  { seed, ...options }: { seed: number; size: number; stacked?: number },
  definitions: readonly string[],
): Promise<Case[]> {
  const mutants = plan(bases, { ...options, random: random(seed) });
  const verdicts = await verdictsOf(
    mutants.map(({ text }) => text),
    definitions,
  );
  const judgements = await inParallel(mutants, 12, ({ asked, base }) => server.judge(asked, identified(base)));
  const cases: Case[] = mutants.map((mutant, i) => ({
    ...mutant,
    judgement: judgements[i] as Case['judgement'],
    problems: verdicts[i] ?? [],
  }));
  const valued = cases.filter(({ judgement }) => judgement.causes.length > 0);
  const fields = await engineFieldsOf(valued.map(({ asked }) => asked));
  valued.forEach((c, i) => Object.assign(c, { engineFields: fields[i] }));
  return cases;
}
