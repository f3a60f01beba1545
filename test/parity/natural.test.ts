// Real manifests as they are: what the server accepts has no error, and no warning but the server's own; what it refuses has an error.
import assert from 'node:assert/strict';
import type { Problem } from '../../server/src/core/problem';
import { ApiServer, type Judgement } from './apiServer';
import { definitions, folders, pieces, type Piece } from './material';
import { endProduct, verdictsOf } from './product';
import { warningsOfOurs } from './figures';
import { inParallel } from './sets';
import { record } from './report';

describe('real manifests', () => {
  let server: ApiServer;
  let cases: { piece: Piece; judgement: Judgement; problems: Problem[] }[];

  before(async () => {
    const all = await folders();
    const crds = definitions();
    server = await ApiServer.start(crds);
    const found = pieces(all);
    const verdicts = await verdictsOf(
      found.map(({ text }) => text),
      crds,
    );
    const judgements = await inParallel(found, 12, ({ text }) => server.judgeAll(text));
    cases = found.map((piece, i) => ({
      piece,
      judgement: judgements[i] as Judgement,
      problems: verdicts[i] ?? [],
    }));
  });
  after(async () => {
    await server?.stop();
    await endProduct();
  });

  it('are judged as the server judges them', () => {
    const isWrong = ({ problems }: (typeof cases)[number]): boolean =>
      problems.some(({ severity, rule }) => severity === 'error' && !/^(?:kustomize|helm)\//.test(rule));
    const accepted = cases.filter(({ judgement }) => judgement.accepted);
    const refused = cases.filter(({ judgement }) => !judgement.accepted);
    const alarms = accepted.filter(isWrong);
    const noise = accepted.filter(({ problems, judgement }) => warningsOfOurs(problems, judgement).length > 0);
    const missed = refused.filter((c) => !isWrong(c));
    record('natural', {
      documents: cases.length,
      accepted: accepted.length,
      refused: refused.length,
      falseAlarms: alarms.map(line),
      warnings: noise.map(line),
      missed: missed.map(line),
    });
    assert.deepEqual(alarms.map(line), []);
  });
});

function line({ piece, judgement, problems }: { piece: Piece; judgement: Judgement; problems: Problem[] }): string {
  const told = problems.map((p) => `${p.range.start.line + 1} ${p.severity} ${p.rule} ${p.message}`).join(' | ');
  return `${piece.name}: server ${judgement.reason} ${judgement.message.slice(0, 200)} | ours ${told}`;
}
