// The check of a file. First tier, at every keystroke: faults of the text and the schema. Second tier: what the API
// server's own code says of each object, merged into the first.
import type { JsonObject } from '../json';
import { isObject } from '../json';
import { detect } from '../kinds/registry';
import type { DetectedDocument, Neighbours } from '../kinds/kind';
import { identityOf, listItems, type Identity } from '../kinds/identity';
import type { EngineVerdict } from '../ports';
import { compareProblems, type Problem } from '../problem';
import { groupOf } from '../resource';
import { directivesOf, type Directive } from '../schema/directive';
import { checkDocument } from '../schema/checkDocument';
import type { SchemaStore } from '../schema/schemaStore';
import { withFieldFixes } from '../upgrade/fieldFixes';
import { migrationFix } from '../upgrade/migration';
import { toExactJson } from '../yaml/resolve';
import type { ParsedYaml, SyntaxFault, YamlDocument } from '../yaml/tree';
import type { CheckCache } from './checkCache';
import { withoutConsequences } from './consequences';
import { engineProblems, notValidatedRule } from './engineProblems';
import { forVersion } from './engineSkew';
import { checkInlinePatches } from '../patch/inlinePatches';
import { checkJsonPatch } from '../patch/jsonPatch';
import { targetsOf } from '../patch/patchTargets';
import { plainSecrets } from '../secrets/plainSecret';
import { identityProblems } from './identityProblems';
import { merge } from './merge';
import type { ObjectPlace } from './objectPlace';
import { decidesByVariable } from './freeText';
import { goReaderFaults, readOver } from './goReader';
import { jsonSchemaProblems, unusedSchema } from './namedSchemaProblems';
import { serviceRangeProblems } from './serviceRange';
import { valueFaults } from './valueFaults';
import { agree, type CheckedVersion } from './versions';

export interface FileToCheck {
  path: string;
  parsed: ParsedYaml;
  neighbours?: Neighbours;
}

export interface CheckOptions {
  /** Undefined until schemas are loaded: only faults of the text are found then. */
  store?: SchemaStore;
  /** Kubernetes version, for example `1.35`; absent: the newest one known. */
  minor?: string;
  /** All versions that the file is checked for, in place of `minor`. */
  versions?: readonly CheckedVersion[];
  /** Absolute folder of the repository: schemas may be named by absolute paths below it. */
  root?: string;
  /** Keeps the findings of documents that do not change between two checks of a file. */
  cache?: CheckCache;
  /** The text was rendered: what only files in Git can be blamed for is left out. */
  rendered?: boolean;
}

export interface FileCheck {
  file: FileToCheck;
  documents: DetectedDocument[];
  /** What it was checked for; never empty. */
  versions: readonly CheckedVersion[];
  store: SchemaStore | undefined;
  /** Absolute folder of the repository, where it is known. */
  root: string | undefined;
  /** In text order; neither suppressed nor re-graded yet (`settle` does both). */
  problems: Problem[];
}

/** First tier. Never throws; unknown kinds of files have no problems. */
export function checkFile(file: FileToCheck, options: CheckOptions): FileCheck {
  const documents = detect(file.path, file.parsed, file.neighbours);
  const versions = options.versions ?? [{ minor: options.minor, environments: [] }];
  const sops = file.neighbours?.sops;
  const sopsKey = sops === undefined ? '' : `${sops.config} ${sops.rule !== undefined}`;
  const targetKey = JSON.stringify(file.neighbours?.patchTargets ?? '');
  const versionKey = versions
    .map(({ minor, cluster, environments }) => `${minor ?? ''}@${cluster ?? ''}=${environments.join()}`)
    .join(';');
  const directives = directivesOf(file.parsed, file.path, options.root);
  const problems = documents.flatMap((detected) => {
    const directive = directives.get(detected.document.index);
    const check = (): Problem[] => checkDetected(file, detected, versions, options, directive);
    if (options.cache === undefined) {
      return check();
    }
    const { checks, variables, kind } = detected;
    const key = [
      file.path,
      versionKey,
      kind.id,
      checks.syntax,
      variables,
      options.store?.version,
      sopsKey,
      targetKey,
      directives.get(detected.document.index)?.target,
    ].join('|');
    return options.cache.problemsOf(detected.document, file.parsed, key, check);
  });
  return {
    file,
    documents,
    versions,
    store: options.store,
    root: options.root,
    problems: problems.sort(compareProblems),
  };
}

function checkDetected(
  file: FileToCheck,
  detected: DetectedDocument,
  versions: readonly CheckedVersion[],
  { store, rendered }: CheckOptions,
  directive: Directive | undefined,
): Problem[] {
  const { document, checks, identity } = detected;
  const problems: Problem[] = [];
  if (checks.syntax) {
    problems.push(...document.faults.map((fault) => faultProblem(file, fault, identity)));
  }
  problems.push(...(detected.kind.check?.({ path: file.path, parsed: file.parsed, detected }) ?? []));
  if (rendered !== true && !document.recovered) {
    problems.push(...patchProblems(file, detected, versions, store));
  }
  const named = directive?.kind === 'file' ? directive.target : undefined;
  if (directive !== undefined && store !== undefined && detected.kind.id !== 'helmTemplate') {
    problems.push(...jsonSchemaProblems(file, document, directive, store, identity));
    problems.push(...unusedSchema(file, directive, store, isDescribed(detected, versions, store)));
  }
  if (checks.structure === 'none' || document.root === undefined || isJsonSchema(store, named)) {
    return problems.sort(compareProblems);
  }
  for (const fault of [...goReaderFaults(file.parsed, document), ...valueFaults(document.root)]) {
    problems.push(faultProblem(file, fault, identity));
  }
  if (store !== undefined) {
    const found = agree(
      versions.map((version) => {
        const view = store.forCluster(version.cluster).forNamed(named);
        const problems = checkDocument(document, view, {
          path: file.path,
          lines: file.parsed.lines,
          partial: checks.structure === 'partial',
          variables: detected.variables,
          ...(version.minor === undefined ? {} : { minor: version.minor }),
        });
        if (view.cluster !== undefined && checks.engine && identity !== undefined) {
          problems.push(...serviceRangeProblems(file, identity, view.cluster));
        }
        return { version, problems };
      }),
    );
    addMigrations(found, file, document, versions, store);
    // The line about the schema that is named, and not fetched, says it already.
    const isSaid = directive?.kind === 'url';
    const said = isSaid ? found.filter(({ rule }) => rule !== 'kubernetes/no-schema') : found;
    problems.push(...(detected.encrypted ? said.filter((problem) => !concernsSops(problem, file.parsed)) : said));
  }
  if (checks.structure === 'whole') {
    problems.push(...identityProblems(file.path, file.parsed, document));
  }
  if (rendered !== true && !detected.encrypted && !document.recovered) {
    problems.push(...plainSecrets(file, document.root, file.neighbours?.sops));
  }
  return withoutConsequences(problems.sort(compareProblems));
}

/** A document that names a JSON Schema is checked with that alone, and with the rules of the server that are not in schemas. */
function isJsonSchema(store: SchemaStore | undefined, path: string | undefined): boolean {
  return path !== undefined && store?.named(path)?.schema.kind === 'json';
}

function isDescribed(
  { identity, kind }: DetectedDocument,
  versions: readonly CheckedVersion[],
  store: SchemaStore,
): boolean {
  return identity === undefined
    ? kind.id !== 'other'
    : versions.every(({ minor, cluster }) => {
        const { apiVersion, kind: name } = identity;
        return store.forCluster(cluster).lookup({ apiVersion, kind: name, minor }) !== undefined;
      });
}

/** What patches say that are operations, or texts inside the document. */
function patchProblems(
  file: FileToCheck,
  detected: DetectedDocument,
  versions: readonly CheckedVersion[],
  store: SchemaStore | undefined,
): Problem[] {
  const { root } = detected.document;
  if (root === undefined || (detected.kind.id !== 'jsonPatch' && store === undefined)) {
    return [];
  }
  return agree(
    versions.map((version) => {
      const { minor } = version;
      const targets = (file.neighbours?.patchTargets ?? []).flatMap((selector) =>
        store === undefined ? [] : targetsOf(selector, store, minor),
      );
      const problems =
        detected.kind.id === 'jsonPatch'
          ? checkJsonPatch(file, root, targets)
          : store === undefined
            ? []
            : checkInlinePatches(file, detected, store, minor);
      return { version, problems };
    }),
  );
}

/** Findings about a version that goes get the edit that moves the object on, fit for every cluster that it is deployed to. */
function addMigrations(
  found: readonly Problem[],
  file: FileToCheck,
  document: YamlDocument,
  versions: readonly CheckedVersion[],
  store: SchemaStore,
): void {
  for (const problem of found) {
    if (!/^kubernetes\/(?:deprecated-api|unknown-kind)$/.test(problem.rule) || problem.field !== '/apiVersion') {
      continue;
    }
    const identity = identityAt(document, file.parsed, problem);
    const minors = versions.map(({ minor }) => minor);
    const fix = identity === undefined ? undefined : migrationFix(file, identity, store, minors);
    if (fix !== undefined) {
      problem.fixes = [fix];
    }
  }
}

/** The object, or the item of a list, that a finding is about. */
function identityAt({ root }: YamlDocument, { lines }: ParsedYaml, { range }: Problem): Identity | undefined {
  const whole = identityOf(root);
  const offset = lines.offsetAt(range.start);
  const roots = whole === undefined ? [] : (listItems(whole) ?? [whole.root]);
  return roots
    .map((one) => identityOf(one))
    .find((one) => one !== undefined && one.root.start <= offset && offset < one.root.end);
}

function faultProblem(file: FileToCheck, fault: SyntaxFault, identity: Identity | undefined): Problem {
  const { path, parsed } = file;
  const range = (place: { start: number; end: number }): Problem['range'] => parsed.lines.range(place.start, place.end);
  return {
    rule: fault.rule,
    severity: readOver.has(fault.rule) ? 'warning' : 'error',
    message: fault.message,
    path,
    range: range(fault),
    ...(identity === undefined ? {} : { resource: identity.label }),
    ...(fault.related === undefined
      ? {}
      : { related: [{ location: { path, range: range(fault.related) }, message: fault.related.message }] }),
  };
}

/** The controller removes the `sops` key and puts clear values in the place of `ENC[…]`. */
function concernsSops(problem: Problem, parsed: ParsedYaml): boolean {
  if (problem.field === '/sops' || problem.field?.startsWith('/sops/') === true) {
    return true;
  }
  const start = parsed.lines.offsetAt(problem.range.start);
  return /^["']?ENC\[/.test(parsed.text.slice(start, start + 5));
}

/** An object for the engine, and where its problems belong. */
export interface EngineObject {
  object: JsonObject;
  place: ObjectPlace;
}

/** The objects that the engine can judge: whole, readable, of known values. Items of lists are objects of their own. */
export function engineObjects(check: FileCheck): EngineObject[] {
  const { path, parsed } = check.file;
  return check.documents.flatMap((detected) => {
    const isWhole = !detected.document.faults.some(({ rule }) => rule === 'yaml/unknown-alias');
    if (!detected.checks.engine || detected.identity === undefined || !isWhole || hasVariables(detected, parsed)) {
      return [];
    }
    const roots = listItems(detected.identity) ?? [detected.identity.root];
    return roots.flatMap((root) => {
      const identity = identityOf(root);
      const object = toExactJson(root);
      return identity === undefined || !isObject(object) || definitionOf(check, detected.document, identity) !== 'own'
        ? []
        : [{ object, place: { path, parsed, identity } }];
    });
  });
}

/**
 * Whose definition of a custom kind the engine has: the one that counts for this document; another one, because it has one of each kind
 * and a cluster or a named schema differs here; or one that nobody here knows any more, where none counts.
 */
function definitionOf(
  { file, versions, store, root }: FileCheck,
  document: YamlDocument,
  { apiVersion, kind }: Identity,
): 'own' | 'other' | 'none' {
  const group = groupOf(apiVersion);
  if (store === undefined || !group.includes('.')) {
    return 'own';
  }
  const directive = directivesOf(file.parsed, file.path, root).get(document.index);
  const named = directive?.kind === 'file' ? directive.target : undefined;
  const views = versions.map(({ minor, cluster }) => ({ minor, view: store.forCluster(cluster).forNamed(named) }));
  if (views.every(({ minor, view }) => view.lookup({ apiVersion, kind, minor }) === undefined)) {
    return 'none';
  }
  return views.every(({ view }) => view.isEnginesOwn(group, kind)) ? 'own' : 'other';
}

/** The engine would judge the placeholder instead of what takes its place; the rendered object is judged instead. */
function hasVariables({ variables, document }: DetectedDocument, parsed: ParsedYaml): boolean {
  return (
    variables &&
    /\$\{[A-Za-z_]/.test(parsed.text.slice(document.start, document.end)) &&
    decidesByVariable(document.root)
  );
}

/** What the engine is not asked about though nothing is wrong with it, said quietly: silence would read as "valid". */
export function unjudged(check: FileCheck): Problem[] {
  const { path, parsed } = check.file;
  return check.documents.flatMap((detected) => {
    const { identity, checks } = detected;
    if (!checks.engine || identity === undefined) {
      return [];
    }
    const reason = hasVariables(detected, parsed)
      ? 'what ${…} stands for is not known here'
      : definitionOf(check, detected.document, identity) === 'other'
        ? `${identity.kind} is defined differently elsewhere`
        : undefined;
    if (reason === undefined) {
      return [];
    }
    const { kindNode, label } = identity;
    return [
      {
        rule: notValidatedRule,
        severity: 'hint' as const,
        message: `${label} was checked against its schema only: ${reason}.`,
        path,
        range: parsed.lines.range(kindNode.start, kindNode.end),
        resource: label,
      },
    ];
  });
}

/** Both tiers as one list. `verdicts` answer `objects` one to one. */
export function completeCheck(
  check: FileCheck,
  objects: readonly EngineObject[],
  verdicts: readonly EngineVerdict[],
): Problem[] {
  let rest: readonly Problem[] = check.problems;
  const completed: Problem[] = [];
  objects.forEach(({ place }, index) => {
    const verdict = verdicts[index];
    if (verdict === undefined) {
      return;
    }
    const lines = place.parsed.lines.range(place.identity.root.start, place.identity.root.end);
    const isInside = ({ range }: Problem): boolean =>
      compare(range.start, lines.start) >= 0 && compare(range.start, lines.end) <= 0;
    const said = agree(
      check.versions.map((version) => ({
        version,
        problems: engineProblems(forVersion(verdict, place.identity, version.minor, check.store), place),
      })),
    );
    completed.push(...merge(rest.filter(isInside), said));
    rest = rest.filter((problem) => !isInside(problem));
  });
  return withFieldFixes([...rest, ...completed].sort(compareProblems), check.file.parsed);
}

function compare(a: { line: number; character: number }, b: { line: number; character: number }): number {
  return a.line - b.line || a.character - b.character;
}
