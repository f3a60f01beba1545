// Code actions: fixes of the findings on the chosen lines, ways not to be told of them, and every safe fix of the file at once.
import { CodeActionKind, type CodeAction, type CodeActionContext, type Range } from 'vscode-languageserver';
import { quickFixes, type QuickFix, type Recheck } from '../core/fixes/quickFixes';
import { changeSeverity, suppressForObject, suppressOnLine } from '../core/fixes/suppressFixes';
import type { Fix, Problem, Severity, TextEdit } from '../core/problem';
import { configFile } from '../core/workspace/config';
import { parseYaml } from '../core/yaml/parse';
import { toDiagnostic, toWorkspaceEdit } from '../convert';
import { guarded } from '../guard';
import type { OpenRepository } from '../openRepository';
import type { Session } from '../session';
import type { Diagnostics } from './diagnostics';
import { placeOfDocument, type DocumentPlace } from './documentPlace';

interface Params {
  textDocument: { uri: string };
  range: Range;
  context?: Partial<CodeActionContext>;
}

export const fixAllKind = `${CodeActionKind.SourceFixAll}.plumbline`;

/** Findings that a menu of actions is made for; more on one line help nobody. */
const mostFindings = 12;

export function registerCodeActions(session: Session, diagnostics: Diagnostics): void {
  session.connection.onCodeAction(
    guarded<Params, CodeAction[]>(
      session.log,
      'codeAction',
      async ({ textDocument, range, context }) => {
        const place = await placeOfDocument(session, textDocument.uri);
        if (place === undefined || !session.settings.codeActions.enabled) {
          return [];
        }
        const wants = (kind: string): boolean =>
          context?.only === undefined || context.only.some((only) => kind === only || kind.startsWith(only + '.'));
        const actions: CodeAction[] = [];
        if (wants(CodeActionKind.QuickFix)) {
          const chosen = currentProblems(diagnostics, place)
            .filter((p) => p.range.start.line <= range.end.line && p.range.end.line >= range.start.line)
            .slice(0, mostFindings);
          for (const problem of chosen) {
            actions.push(...fixActions(problem, place, diagnostics));
          }
          for (const problem of firstOfEachRule(chosen)) {
            actions.push(...(await quietActions(problem, place, session)));
          }
        }
        // A menu that was asked for without a kind is about the chosen lines.
        if (context?.only !== undefined && wants(fixAllKind)) {
          actions.push(...fixAll(place, diagnostics));
        }
        return actions;
      },
      [],
    ),
  );
}

/** The findings of the text as it is now: those that the editor shows, unless they belong to an older text. */
function currentProblems(diagnostics: Diagnostics, { uri, document, ...place }: DocumentPlace): readonly Problem[] {
  return (
    diagnostics.problemsOf(uri, document.parsed.text) ??
    diagnostics.quickly(document, place.repository, place.workspace, place.path)
  );
}

/** Tries a text out; the documents that a fix does not touch were checked already. */
function recheckOf({ document, repository, workspace, path }: DocumentPlace, diagnostics: Diagnostics): Recheck {
  return (parsed) => diagnostics.quickly({ ...document, parsed }, repository, workspace, path);
}

function fixesOf(problem: Problem, place: DocumentPlace, recheck: Recheck): QuickFix[] {
  const { path, document, repository, minor } = place;
  return quickFixes(problem, { path, parsed: document.parsed, store: repository.services.schemas(), minor }, recheck);
}

function fixActions(problem: Problem, place: DocumentPlace, diagnostics: Diagnostics): CodeAction[] {
  return fixesOf(problem, place, recheckOf(place, diagnostics)).map((fix) =>
    action(fix, problem, place.repository, fix.preferred === true),
  );
}

/** One menu entry for a rule is enough, however often it was broken on the chosen lines. */
function firstOfEachRule(problems: readonly Problem[]): Problem[] {
  return problems.filter(({ rule }, index) => problems.findIndex((other) => other.rule === rule) === index);
}

async function quietActions(problem: Problem, place: DocumentPlace, session: Session): Promise<CodeAction[]> {
  const { path, document, repository } = place;
  const file = { path, parsed: document.parsed };
  const { rule, severity } = problem;
  if (rule === 'yaml/syntax') {
    return [];
  }
  const inFile = [suppressOnLine(problem, file), suppressForObject(problem, file)].filter((fix) => fix !== undefined);
  const actions = path === configFile ? [] : inFile.map((fix) => action(fix, problem, repository));
  const text = await repository.services.tree.read(configFile);
  const less: Partial<Record<Severity, Severity>> = { error: 'warning', warning: 'info' };
  for (const wanted of [less[severity], 'off'] as const) {
    const fix = wanted && changeSeverity(rule, wanted, configFile, text === undefined ? undefined : parseYaml(text));
    if (fix !== undefined && (text !== undefined || session.editor.createsFiles)) {
      const made = action(fix, problem, repository);
      actions.push(text === undefined ? { ...made, edit: newFile(fix.edits, repository) } : made);
    }
  }
  return actions;
}

/** Every fix that surely means what was meant, as one change. Those that touch another are left for the next time. */
function fixAll(place: DocumentPlace, diagnostics: Diagnostics): CodeAction[] {
  const { document, repository, workspace, path } = place;
  const recheck = recheckOf(place, diagnostics);
  const { lines } = document.parsed;
  const taken: { start: number; end: number }[] = [];
  const edits: TextEdit[] = [];
  for (const problem of diagnostics.quickly(document, repository, workspace, path)) {
    const fix = fixesOf(problem, place, recheck).find(({ safe }) => safe);
    const places = fix?.edits.map(({ range }) => ({
      start: lines.offsetAt(range.start),
      end: lines.offsetAt(range.end),
    }));
    const touches = places?.some((one) => taken.some((other) => one.start <= other.end && other.start <= one.end));
    if (fix !== undefined && places !== undefined && touches !== true) {
      taken.push(...places);
      edits.push(...fix.edits);
    }
  }
  return edits.length === 0
    ? []
    : [
        {
          title: 'Fix all safe findings',
          kind: fixAllKind,
          edit: toWorkspaceEdit(edits, (to) => repository.uriOf(to)),
        },
      ];
}

function action(fix: Fix, problem: Problem, repository: OpenRepository, isPreferred = false): CodeAction {
  const uriOf = (path: string): string => repository.uriOf(path);
  return {
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [toDiagnostic(problem, uriOf)],
    ...(isPreferred ? { isPreferred } : {}),
    edit: toWorkspaceEdit(fix.edits, uriOf),
  };
}

/** The edits as the text of a file that does not exist yet. */
function newFile(edits: readonly TextEdit[], repository: OpenRepository): NonNullable<CodeAction['edit']> {
  const uri = repository.uriOf(configFile);
  return {
    documentChanges: [
      { kind: 'create', uri, options: { ignoreIfExists: true } },
      { textDocument: { uri, version: null }, edits: edits.map(({ range, newText }) => ({ range, newText })) },
    ],
  };
}
