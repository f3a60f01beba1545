// Figures as they are recorded: numbers for the print, every case that differs for the file.
import { errorsOf, line, type Case, type Figures } from './figures';
import type { PeerVerdicts } from './peers';

const percent = (part: number, whole: number): string => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(2)} %`);

export function tables(f: Figures): Record<string, number | string | readonly unknown[] | object> {
  const lines = (cases: readonly Case[]): object[] => cases.map(line);
  const located = f.places.token + f.places.parent + f.places.server;
  const told = f.values.answers - f.values.how.different;
  return {
    documents: f.documents,
    serverAccepts: f.accepted,
    serverRefuses: f.refused,
    parity: percent(f.documents - f.falseAlarms.length - f.missed.length, f.documents),
    falseAlarms: lines(f.falseAlarms),
    caught: `${f.caught} of ${f.refused}, ${percent(f.caught, f.refused)}`,
    missedAndHinted: lines(f.hinted),
    missedForClusterState: f.state,
    missedUnexplained: lines(f.unexplained),
    sameFields422: `${told} of ${f.values.answers}, ${percent(told, f.values.answers)}`,
    likeness422: f.values.how,
    sameFieldsOfEngine422: `${f.values.engineSame} of ${f.values.engineAsked}, ${percent(f.values.engineSame, f.values.engineAsked)}`,
    otherFieldsOfEngine422: lines(f.values.engineOther),
    otherFields422: lines(f.values.different),
    samePathsUnknownField: `${f.unknownFields.same} of ${f.unknownFields.answers}`,
    otherPathsUnknownField: lines(f.unknownFields.different),
    duplicateKeysTold: `${f.duplicates.same} of ${f.duplicates.answers}`,
    otherDuplicates: lines(f.duplicates.different),
    decodeErrorsLocated: `${f.decode.located} of ${f.decode.answers}, ${percent(f.decode.located, f.decode.answers)}`,
    decodeErrorsElsewhere: lines(f.decode.elsewhere),
    places: f.places,
    wellPlaced: `${located} of ${f.caught}, ${percent(located, f.caught)}`,
    misplaced: lines(f.misplaced),
    moreFindingsThanFaults: lines(f.several),
    warningsOfServer: `${f.warnings.same} of ${f.warnings.server} told, ${f.warnings.ours} ours`,
    falseWarnings: lines(f.warnings.falseWarnings),
    missingWarnings: lines(f.warnings.missing),
    byReason: f.byReason,
    byForm: f.byForm,
    bySort: f.bySort,
    byKind: f.byKind,
  };
}

interface PeerRow {
  documents: number;
  serverRefuses: number;
  /** What each finds of that, and how often it refuses what the server accepts. */
  plumbline: string;
  kubeconform: string;
  yamlLanguageServer: string;
}

/** All validators on the same documents, in total and by the server's reason. */
export function peerTable(cases: readonly Case[], { kubeconform, yamlLanguageServer }: PeerVerdicts): object {
  const ours = cases.map((c) => errorsOf(c).length > 0);
  const row = (wanted: (c: Case) => boolean): PeerRow => {
    const chosen = cases.flatMap((c, index) => (wanted(c) ? [{ isRefused: !c.judgement.accepted, index }] : []));
    const cell = (verdicts: readonly boolean[]): string => {
      const caught = chosen.filter(({ isRefused, index }) => isRefused && verdicts[index]).length;
      const alarms = chosen.filter(({ isRefused, index }) => !isRefused && verdicts[index]).length;
      const agreed = chosen.filter(({ isRefused, index }) => isRefused === verdicts[index]).length;
      return `${caught} found, ${alarms} false alarms, parity ${percent(agreed, chosen.length)}`;
    };
    return {
      documents: chosen.length,
      serverRefuses: chosen.filter(({ isRefused }) => isRefused).length,
      plumbline: cell(ours),
      kubeconform: cell(kubeconform),
      yamlLanguageServer: cell(yamlLanguageServer),
    };
  };
  const reasons = [...new Set(cases.map(({ judgement }) => judgement.reason))].filter(Boolean).sort();
  return {
    all: row(() => true),
    accepted: row(({ judgement }) => judgement.accepted),
    ...Object.fromEntries(reasons.map((reason) => [reason, row(({ judgement }) => judgement.reason === reason)])),
  };
}
