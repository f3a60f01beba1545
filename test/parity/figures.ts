// The figures of a run: how often our verdict is the server's, whether the same fields are named, and whether findings stand where
// the edit was made. What misses is kept as lines that a person can read.
import type { Problem } from '../../server/src/core/problem';
import { toPointer } from '../../server/src/core/json';
import { identityOf } from '../../server/src/core/kinds/identity';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { asWritten, fieldSpot } from '../../server/src/core/check/objectPlace';
import { fieldSteps, nodeAtFieldPath } from '../../server/src/core/yaml/path';
import type { Node } from '../../server/src/core/yaml/tree';
import type { Judgement } from './apiServer';
import type { Planned } from './plan';

/**
 * How our fields are those of a 422 answer: the same; `sharper`: an entry or part of what the server names (the label, not the map of
 * labels); `consequence`: the server also names
 * what follows from a fault that we name (fields inside of what is missing, the label that is the name); `text`: we name a fault of the text, after which the server
 * reads something else; `different`.
 */
export type Likeness = 'same' | 'sharper' | 'consequence' | 'text' | 'different';

export interface Case extends Planned {
  /** The fields of the engine's own verdict, where it was asked. */
  engineFields?: string[];
  judgement: Judgement;
  problems: Problem[];
}

export type Place = 'token' | 'parent' | 'server' | 'line' | 'around' | 'elsewhere';

/** Errors about the object itself: what a build of it would become is not asked of the server here. */
export const errorsOf = ({ problems }: Case): Problem[] =>
  problems.filter(({ severity, rule }) => severity === 'error' && !/^(?:kustomize|helm)\//.test(rule));

/** What only a cluster can know: a refusal of one of these classes is no miss that an engine could avoid. */
const clusterState: [RegExp, string][] = [
  [/no PriorityClass with name|priority admission controller computed/, 'PriorityClasses of the cluster'],
  [/provided port is already allocated/, 'node port is taken'],
  [/provided IP is already allocated/, 'address is taken'],
  [/provided port is not in the valid range/, 'range of node ports'],
  [/is not in the valid range|failed to allocate IP/, 'range of service addresses'],
  [/not configured on (?:this )?cluster|dual-stack/, 'IP families of the cluster'],
  [/Precondition failed: UID|the UID in the precondition/, 'uid of the stored object'],
  [/resourceVersion should not be set/, 'the object exists or not'],
  [/the object has been modified/, 'version of the stored object'],
  [/namespaces ".*" (?:not found|cannot be)/, 'namespace does not exist'],
  [/feature.?gate/i, 'feature gates'],
];

export function stateOfMessage(message: string): string | undefined {
  return clusterState.find(([pattern]) => pattern.test(message))?.[1];
}

/** The class of cluster state that a refusal depends on; undefined where the document alone decides. */
export function stateOf({ judgement, problems, text }: Case): string | undefined {
  const known = stateOfMessage(judgement.message);
  // What the server does not serve here, another may: the finding says that no definition is at hand.
  const isUnknown = judgement.reason === 'no such kind' && problems.some(({ rule }) => rule === 'kubernetes/no-schema');
  // Flux fills in variables: what is rendered is judged.
  const isTemplate = /\$\{[A-Za-z_]/.test(text) ? 'variables that are filled in later' : undefined;
  return known ?? (isUnknown ? 'kinds that the cluster serves' : isTemplate);
}

/** Rules by which we say that something was not judged: no error, and not silence either. */
const saysUnjudged = /no-schema|not-validated|cluster-dependent|not-enabled|unknown-kind/;

export interface Figures {
  documents: number;
  accepted: number;
  refused: number;
  falseAlarms: Case[];
  missed: Case[];
  /** Misses that are said as a hint, and misses by the class of cluster state they need. */
  hinted: Case[];
  state: Record<string, number>;
  /** Misses that neither a hint nor the cluster's state explains. */
  unexplained: Case[];
  caught: number;
  byReason: Record<string, { refused: number; caught: number; falseAlarms: number }>;
  bySort: Record<string, Row>;
  byKind: Record<string, Row>;
  byForm: Record<string, Row>;
  /** 422 answers: whether the set of fields is the same, in what is shown and in what the engine alone says. */
  values: { answers: number; how: Record<Likeness, number>; different: Case[] } & {
    /** The engine is asked where the text itself can be read. */
    engineAsked: number;
    engineSame: number;
    engineOther: Case[];
  };
  unknownFields: { answers: number; same: number; different: Case[] };
  duplicates: { answers: number; same: number; different: Case[] };
  /** Refusals to decode: whether a finding covers the edited words. */
  decode: { answers: number; located: number; elsewhere: Case[] };
  places: Record<Place, number>;
  misplaced: Case[];
  several: Case[];
  warnings: { server: number; same: number; ours: number; falseWarnings: Case[]; missing: Case[] };
}

interface Row {
  documents: number;
  refused: number;
  caught: number;
  falseAlarms: number;
  placed: number;
}

export function figuresOf(cases: readonly Case[]): Figures {
  const accepted = cases.filter(({ judgement }) => judgement.accepted);
  const refused = cases.filter(({ judgement }) => !judgement.accepted);
  const isWrong = (c: Case): boolean => errorsOf(c).length > 0;
  const missed = refused.filter((c) => !isWrong(c));
  const hit = refused.filter(isWrong);
  const places: Record<Place, number> = { token: 0, parent: 0, server: 0, line: 0, around: 0, elsewhere: 0 };
  const placeOfCase = new Map(hit.map((c) => [c, placeOf(c)] as const));
  placeOfCase.forEach((place) => places[place]++);
  const state: Record<string, number> = {};
  for (const c of missed) {
    const name = stateOf(c);
    if (name !== undefined) {
      state[name] = (state[name] ?? 0) + 1;
    }
  }
  const rows = (keyOf: (c: Case) => string): Record<string, Row> => {
    const table: Record<string, Row> = {};
    for (const c of cases) {
      const row = (table[keyOf(c)] ??= { documents: 0, refused: 0, caught: 0, falseAlarms: 0, placed: 0 });
      row.documents++;
      row.refused += c.judgement.accepted ? 0 : 1;
      row.caught += !c.judgement.accepted && isWrong(c) ? 1 : 0;
      row.falseAlarms += c.judgement.accepted && isWrong(c) ? 1 : 0;
      row.placed += isWellPlaced(placeOfCase.get(c)) ? 1 : 0;
    }
    return Object.fromEntries(Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  const byReason: Figures['byReason'] = {};
  for (const c of refused) {
    const row = (byReason[c.judgement.reason] ??= { refused: 0, caught: 0, falseAlarms: 0 });
    row.refused++;
    row.caught += isWrong(c) ? 1 : 0;
  }
  const of = (reason: string): Case[] => hit.filter(({ judgement }) => judgement.reason === reason);
  const values = of('values').filter(({ judgement }) => judgement.causes.length > 0);
  const read = values.filter((c) => compareFields(c) !== 'text');
  const compared = values.map((c) => ({ c, how: compareFields(c) }));
  const unknown = of('unknown field');
  const duplicates = of('duplicate key');
  const decode = of('decode');
  return {
    documents: cases.length,
    accepted: accepted.length,
    refused: refused.length,
    falseAlarms: accepted.filter(isWrong),
    missed,
    hinted: missed.filter(isHinted),
    state,
    unexplained: missed.filter((c) => !isHinted(c) && stateOf(c) === undefined),
    caught: hit.length,
    byReason,
    bySort: rows(({ sort }) => sort),
    byKind: rows(({ kind }) => kind),
    byForm: rows(({ form }) => form),
    values: {
      answers: values.length,
      how: { same: 0, sharper: 0, consequence: 0, text: 0, different: 0, ...counts(compared.map(({ how }) => how)) },
      different: compared.filter(({ how }) => how === 'different').map(({ c }) => c),
      engineAsked: read.length,
      engineSame: read.filter(isSameInEngine).length,
      engineOther: read.filter((c) => !isSameInEngine(c)),
    },
    unknownFields: pathsAgree(unknown, 'unknown', /unknown-field|unknown-kind/),
    duplicates: pathsAgree(duplicates, 'duplicate', /duplicate-key/),
    decode: {
      answers: decode.length,
      located: decode.filter(isLocated).length,
      elsewhere: decode.filter((c) => !isLocated(c)),
    },
    places,
    misplaced: hit.filter((c) => !isWellPlaced(placeOfCase.get(c))),
    several: hit.filter((c) => errorsOf(c).length > faultsOf(c.judgement)),
    warnings: warningsOf(cases),
  };
}

function isHinted({ problems }: Case): boolean {
  return problems.some(({ rule }) => saysUnjudged.test(rule));
}

/** On the edited words, on the parent of what is gone, or at the very fields that the server names. */
const isWellPlaced = (place: Place | undefined): boolean =>
  place === 'token' || place === 'parent' || place === 'server';

export function placeOf(c: Case): Place {
  const errors = errorsOf(c);
  const starts = lineStarts(c.text);
  const offset = ({ line, character }: { line: number; character: number }): number => (starts[line] ?? 0) + character;
  const isOnToken = (range: Problem['range']): boolean =>
    offset(range.start) <= c.token[1] && offset(range.end) >= c.token[0];
  const ranges = errors.flatMap(({ range, related = [] }) => [range, ...related.map(({ location }) => location.range)]);
  if (ranges.some(isOnToken)) {
    return 'token';
  }
  const parent = c.above[0];
  const isMissing = c.removal || /moved|indent|dash|removed/.test(c.sort);
  if (isMissing && ranges.some(({ start }) => start.line === parent || (parent === undefined && start.line <= 3))) {
    return 'parent';
  }
  if (c.judgement.causes.length > 0 && /^(?:same|sharper|consequence)$/.test(compareFields(c))) {
    return 'server';
  }
  const [first, last] = c.lines;
  const slack = errors.some(({ rule }) => rule === 'yaml/syntax') ? 1 : 0;
  if (ranges.some(({ start, end }) => start.line <= last + slack && end.line >= first - slack)) {
    return 'line';
  }
  return errors.some(({ range }) => c.above.includes(range.start.line)) ? 'around' : 'elsewhere';
}

function isLocated(c: Case): boolean {
  const place = placeOf(c);
  return place === 'token' || place === 'parent';
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    starts.push(at + 1);
  }
  return starts;
}

/** The object that a case is about, as the server's paths are read against it. */
function rootOf({ text, form }: Case): Node | undefined {
  const root = parseYaml(text).documents.find((document) => document.root !== undefined)?.root;
  if (form !== 'item') {
    return root;
  }
  const place = root === undefined ? undefined : nodeAtFieldPath(root, 'items[1]');
  return place?.exact === true ? place.node : root;
}

/** A path of the server as a JSON Pointer of the text; some fields of the server are known by the name of their twin. */
function pointerOf(root: Node | undefined, field: string): string {
  const plain = field === '<nil>' ? '' : field.replace(/^\./, '');
  const identity = identityOf(root);
  if (identity !== undefined) {
    return fieldSpot({ path: '', parsed: parseYaml(''), identity }, asWritten(plain, identity)).pointer;
  }
  return toPointer(fieldSteps(plain));
}

const isWithin = (field: string, place: string): boolean => field === place || field.startsWith(place + '/');

export function compareFields(c: Case): Likeness {
  const root = rootOf(c);
  const causes = c.judgement.causes.filter(
    ({ message }) => !message.includes('some validation rules were not checked'),
  );
  const theirs = [...new Set(causes.map(({ field }) => pointerOf(root, field)))];
  const errors = errorsOf(c);
  const ours = [...new Set(errors.map(({ field = '' }) => field))];
  if (theirs.length === ours.length && theirs.every((field) => ours.includes(field))) {
    return 'same';
  }
  if (errors.some(({ rule }) => rule.startsWith('yaml/'))) {
    return 'text';
  }
  const grounded = ours.every((own) => theirs.some((field) => isWithin(own, field)));
  if (theirs.every((field) => ours.some((own) => isWithin(own, field))) && grounded) {
    return 'sharper';
  }
  const holding = errors.filter(({ rule }) => /missing-field|wrong-type/.test(rule)).map(({ field = '' }) => field);
  const following = new Set(causes.filter((cause) => follows(cause, ours)).map(({ field }) => pointerOf(root, field)));
  const related = (field: string): boolean =>
    ours.some((own) => isWithin(own, field)) || holding.some((own) => isWithin(field, own)) || following.has(field);
  return theirs.every(related) &&
    ours.every((own) => theirs.some((field) => isWithin(own, field) || isWithin(field, own)))
    ? 'consequence'
    : 'different';
}

/** What the server says of a second place because of the first. */
function follows({ field, message }: { field: string; message: string }, ours: readonly string[]): boolean {
  return (
    (message.includes('`selector` does not match template `labels`') && ours.includes('/spec/selector')) ||
    (field === 'metadata.labels' && ours.includes('/metadata/name')) ||
    // A target port that nobody wrote is the port.
    (/\.targetPort$/.test(field) && ours.includes(toPointer(fieldSteps(field.replace(/targetPort$/, 'port')))))
  );
}

/** As the table of the method compares them: the set of the fields as they are written. */
function isSameInEngine({ judgement, engineFields = [] }: Case): boolean {
  const plain = (field: string): string => (field === '<nil>' ? '' : field.replace(/^\./, ''));
  // That some rules were not asked is no fault of the object.
  const causes = judgement.causes.filter(({ message }) => !message.includes('some validation rules were not checked'));
  const theirs = new Set(causes.map(({ field }) => plain(field)));
  const ours = new Set(engineFields);
  return theirs.size === ours.size && [...theirs].every((field) => ours.has(field));
}

function counts<T extends string>(list: readonly T[]): Partial<Record<T, number>> {
  const found: Partial<Record<T, number>> = {};
  for (const name of list) {
    found[name] = (found[name] ?? 0) + 1;
  }
  return found;
}

function strictPaths(message: string, word: 'unknown' | 'duplicate'): string[] {
  return [...message.matchAll(new RegExp(`${word} field "((?:[^"\\\\]|\\\\.)*)"`, 'g'))].map((match) => match[1] ?? '');
}

function pathsAgree(
  cases: readonly Case[],
  word: 'unknown' | 'duplicate',
  rule: RegExp,
): { answers: number; same: number; different: Case[] } {
  const different = cases.filter((c) => {
    const root = rootOf(c);
    const theirs = new Set(strictPaths(c.judgement.message, word).map((field) => pointerOf(root, field)));
    const ours = new Set(
      errorsOf(c)
        .filter((p) => rule.test(p.rule))
        .map(({ field = '' }) => field),
    );
    // Of a duplicate in the text the structural finding has a place and no path. What has another type altogether has no fields.
    const wrongTypes = errorsOf(c).filter((p) => /wrong-type|decode/.test(p.rule));
    return word === 'duplicate'
      ? ours.size === 0
      : ![...theirs].every((field) => ours.has(field) || wrongTypes.some((p) => isWithin(field, p.field ?? '')));
  });
  return { answers: cases.length, same: cases.length - different.length, different };
}

/** How many faults the server itself tells apart. */
function faultsOf({ causes, message }: Judgement): number {
  return Math.max(1, causes.length, message.match(/unknown field "|already set in map|duplicate field/g)?.length ?? 0);
}

const isWarning = ({ severity, rule }: Problem): boolean => severity === 'warning' && rule !== 'yaml/unknown-tag';

/** Warnings of ours that the server's answer does not have. */
export function warningsOfOurs(problems: readonly Problem[], { warnings }: Judgement): Problem[] {
  return problems.filter((p) => isWarning(p) && !warnings.some((warning) => speaksOf(p, warning)));
}

function speaksOf(problem: Problem, warning: string): boolean {
  return (
    problem.message.includes(warning.replace(/^[a-z][\w.[\]/-]*: /, '').replace(/\.$/, '')) ||
    (/deprecated/.test(warning) && /deprecated/.test(problem.rule)) ||
    (/duplicate|hides previous/.test(warning) && /duplicate/.test(problem.rule))
  );
}

/** Ours beside those of the server's answer, by their text; the structural check words deprecations of versions itself. */
function warningsOf(cases: readonly Case[]): Figures['warnings'] {
  const judged = cases.filter(({ judgement }) => judgement.accepted);
  let [server, same, ours] = [0, 0, 0];
  const falseWarnings: Case[] = [];
  const missing: Case[] = [];
  for (const c of judged) {
    const told = c.problems.filter(isWarning);
    const theirs = c.judgement.warnings;
    server += theirs.length;
    ours += told.length;
    const found = theirs.filter((warning) => told.some((problem) => speaksOf(problem, warning)));
    same += found.length;
    if (found.length < theirs.length) {
      missing.push(c);
    }
    if (warningsOfOurs(c.problems, c.judgement).length > 0) {
      falseWarnings.push(c);
    }
  }
  return { server, same, ours, falseWarnings, missing };
}

/** A case for people. */
export function line({ name, sort, kind, form, text, lines, judgement, problems, engineFields }: Case): object {
  return {
    name,
    kind,
    form,
    sort,
    at: text
      .split('\n')
      .slice(lines[0], lines[1] + 1)
      .map((l, i) => `${lines[0] + i + 1}: ${l.slice(0, 120)}`),
    server: `${judgement.reason} ${judgement.message.slice(0, 400)}`,
    ...(engineFields === undefined ? {} : { engineFields }),
    causes: judgement.causes.map(({ field, message }) => `${field}: ${message.slice(0, 120)}`),
    warnings: judgement.warnings,
    ours: problems.map(
      (p) =>
        `${p.range.start.line + 1}:${p.range.start.character + 1}-${p.range.end.line + 1} ${p.severity} ${p.rule} ${p.field ?? ''} ${p.message.slice(0, 200)}`,
    ),
    text: text.length < 3000 ? text : '',
  };
}
