// Diagnostics: the tree's answer at the keystroke, then the engine's on the same text, then that of what the file becomes. Each later
// list completes the earlier one; an answer for older text is dropped.
import { checkFile, completeCheck, engineObjects, type FileCheck } from '../core/check/checkFile';
import { neighboursOf } from '../core/check/neighbours';
import { settle } from '../core/check/suppress';
import { versionsOf } from '../core/check/versions';
import { Cancelled, EngineUnavailable, type Abort } from '../core/ports';
import type { Problem } from '../core/problem';
import { readNamedSchemas } from '../core/schema/namedSchemas';
import { addDefinitions } from '../core/render/checkRendering';
import type { Committed } from '../core/render/committed';
import { checkWorkspace, isFinal } from '../core/render/checkWorkspace';
import type { Workspace } from '../core/workspace/source';
import { toDiagnostic } from '../convert';
import { lineShift } from '../lineShift';
import { fileOf, type OpenRepository } from '../openRepository';
import type { OpenDocument, Session } from '../session';

/** Rest after the last keystroke before the engine is asked, and before what the file becomes is rendered; milliseconds. */
const engineRest = 60;
const renderRest = 350;

/** What the editor shows of a file. */
interface Shown {
  text: string;
  problems: readonly Problem[];
  /** Those that the quick tier did not find: they stay, where their lines did, until the slower tiers have spoken again. */
  slow: readonly Problem[];
}

/** A document on its way through the tiers. */
interface Run {
  uri: string;
  path: string;
  document: OpenDocument;
  repository: OpenRepository;
  quick: readonly Problem[];
  abort: AbortController;
}

export class Diagnostics {
  private readonly shown = new Map<string, Shown>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly runs = new Map<string, Run>();

  constructor(private readonly session: Session) {}

  /** The problems that the editor shows of a document; code actions and hovers read their fixes. */
  problemsOf(uri: string): readonly Problem[];
  /** The same, undefined where they belong to another text than this one. */
  problemsOf(uri: string, text: string): readonly Problem[] | undefined;
  problemsOf(uri: string, text?: string): readonly Problem[] | undefined {
    const shown = this.shown.get(uri);
    return text === undefined ? (shown?.problems ?? []) : shown?.text === text ? shown.problems : undefined;
  }

  /** What the quick tier says of a document, shown or not: fixes are tried out on texts that nobody has written yet. */
  quickly(document: OpenDocument, repository: OpenRepository, workspace: Workspace, path: string): readonly Problem[] {
    return this.settled(this.fileCheck(document, repository, workspace, path), workspace);
  }

  /** After every change of a document, and when it was opened. */
  async changed(uri: string): Promise<void> {
    this.stop(uri);
    const document = this.session.document(uri);
    const place = await this.session.placeOf(uri);
    if (document === undefined || place === undefined) {
      return;
    }
    if (!this.session.settings.validation.enabled) {
      this.publish(uri, place.repository, '', []);
      return;
    }
    const { repository, path } = place;
    const workspace = repository.lastWorkspace ?? (await repository.workspace());
    if (this.session.documents.get(uri)?.version !== document.version) {
      return;
    }
    await readNamedSchemas(document.parsed, path, repository.services.root, repository.services.namedSchemas());
    if (this.session.documents.get(uri)?.version !== document.version) {
      return;
    }
    const quick = this.settled(this.fileCheck(document, repository, workspace, path), workspace);
    const run: Run = { uri, path, document, repository, quick, abort: new AbortController() };
    this.runs.set(uri, run);
    this.publish(uri, repository, document.parsed.text, quick, this.stillTrue(run));
    this.later(uri, engineRest, () => this.askEngine(run));
  }

  closed(uri: string): void {
    this.stop(uri);
    this.shown.delete(uri);
    void this.session.connection.sendDiagnostics({ uri, diagnostics: [] });
  }

  /** Everything in the repository, open or not: the editor's list of problems is then what the command line prints. */
  async checkAll(
    repository: OpenRepository,
    progress: (text: string) => void,
    abort: Abort,
  ): Promise<{ errors: number; warnings: number; files: number }> {
    const workspace = await repository.workspace();
    const against = await repository.head(true);
    const report = await this.check(repository, workspace, {
      progress,
      abort,
      ...(against === undefined ? {} : { against }),
    });
    const byPath = new Map<string, Problem[]>(workspace.files.map((file) => [file.path, []]));
    for (const problem of report.problems) {
      byPath.set(problem.path, [...(byPath.get(problem.path) ?? []), problem]);
    }
    for (const [path, problems] of byPath) {
      const uri = repository.uriOf(path);
      if (problems.length > 0 || this.shown.has(uri)) {
        this.publish(uri, repository, this.session.document(uri)?.parsed.text ?? '', problems);
      }
    }
    const count = (severity: Problem['severity']): number =>
      report.problems.filter((problem) => problem.severity === severity).length;
    return { errors: count('error'), warnings: count('warning'), files: report.files };
  }

  private check(
    repository: OpenRepository,
    workspace: Workspace,
    options: { paths?: string[]; against?: Committed; progress?: (text: string) => void; abort: Abort },
  ): ReturnType<typeof checkWorkspace> {
    const { services } = repository;
    const graph = { offer: () => undefined, whole: () => repository.graph() };
    return checkWorkspace(
      workspace,
      services.tree,
      { ...services.checkPorts(), graph },
      {
        ...this.version(),
        knownVersions: repository.clusterVersions,
        ...options,
      },
    );
  }

  private fileCheck(document: OpenDocument, repository: OpenRepository, workspace: Workspace, path: string): FileCheck {
    const file = fileOf(workspace, path);
    return checkFile(
      { path, parsed: document.parsed, neighbours: neighboursOf(workspace, file) },
      {
        store: repository.services.schemas(),
        root: repository.services.root,
        cache: document.cache,
        versions: versionsOf(workspace, file?.sources ?? [], {
          ...this.version(),
          known: repository.clusterVersions,
          clusters: repository.services.schemas().clusters,
        }),
      },
    );
  }

  private settled(check: FileCheck, workspace: Workspace): readonly Problem[] {
    return settle(check.problems, check.file.parsed, workspace.configuration);
  }

  private isCurrent({ uri, document, abort }: Run): boolean {
    return !abort.signal.aborted && this.session.documents.get(uri)?.version === document.version;
  }

  /** The engine on the file itself, where its objects are applied as they stand. */
  private async askEngine(run: Run): Promise<void> {
    const { uri, path, document, repository } = run;
    const { services } = repository;
    const workspace = await repository.workspace();
    const file = fileOf(workspace, path);
    const check = this.fileCheck(document, repository, workspace, path);
    const objects = file?.role === 'manifest' && isFinal(workspace, file) ? engineObjects(check) : [];
    if (objects.length > 0 && this.isCurrent(run)) {
      const { validator } = services.checkPorts();
      const values = objects.map(({ object }) => object);
      await addDefinitions(values, { store: services.schemas(), validator });
      const verdicts = await validator.validate(
        values.map((object) => ({ object, namespace: 'default' })),
        { slot: uri, abort: run.abort.signal },
      );
      if (!this.isCurrent(run)) {
        return;
      }
      const problems = settle(completeCheck(check, objects, verdicts), document.parsed, workspace.configuration);
      this.publish(uri, repository, document.parsed.text, problems, this.without(this.stillTrue(run), problems));
    }
    if (this.isCurrent(run)) {
      this.later(uri, renderRest - engineRest, () => this.render(run));
    }
  }

  /** What the file becomes: every source that it takes part in, rendered and judged, and what changes since the last commit. */
  private async render(run: Run): Promise<void> {
    const { uri, path, document, repository } = run;
    const workspace = await repository.workspace();
    const against = this.session.settings.validation.againstHead ? await repository.head() : undefined;
    const report = await this.check(repository, workspace, {
      paths: [path],
      abort: run.abort.signal,
      ...(against === undefined ? {} : { against }),
    });
    if (this.isCurrent(run)) {
      const problems = report.problems.filter((problem) => problem.path === path);
      this.publish(uri, repository, document.parsed.text, problems);
    }
  }

  /** Slow findings shown for the text before whose lines are the same in this one. */
  private stillTrue({ uri, document, quick }: Run): Problem[] {
    const before = this.shown.get(uri);
    if (before === undefined || before.slow.length === 0) {
      return [];
    }
    const shift = lineShift(before.text, document.parsed.text);
    const moved = before.slow.flatMap((problem) => {
      const { start, end } = problem.range;
      const by = shift(start.line, end.line);
      if (by === undefined) {
        return [];
      }
      if (by === 0) {
        return [problem];
      }
      // Its edits would be out of place, and the next tier brings them again.
      const { fixes: _fixes, ...rest } = problem;
      return [
        {
          ...rest,
          range: {
            start: { line: start.line + by, character: start.character },
            end: { line: end.line + by, character: end.character },
          },
        },
      ];
    });
    return this.without(moved, quick);
  }

  private without(problems: readonly Problem[], known: readonly Problem[]): Problem[] {
    const identity = (p: Problem): string => `${p.range.start.line}|${p.range.start.character}|${p.rule}`;
    const has = new Set(known.map(identity));
    return problems.filter((problem) => !has.has(identity(problem)));
  }

  private publish(
    uri: string,
    repository: OpenRepository,
    text: string,
    problems: readonly Problem[],
    kept: readonly Problem[] = [],
  ): void {
    const all = [...problems, ...kept];
    const quick = this.runs.get(uri)?.quick ?? [];
    this.shown.set(uri, { text, problems: all, slow: this.without(all, quick) });
    void this.session.connection.sendDiagnostics({
      uri,
      diagnostics: all.map((problem) => toDiagnostic(problem, (path) => repository.uriOf(path))),
    });
  }

  private version(): { kubernetesVersion?: string } {
    const { kubernetesVersion } = this.session.settings;
    return kubernetesVersion === '' ? {} : { kubernetesVersion };
  }

  private later(uri: string, milliseconds: number, work: () => Promise<void>): void {
    clearTimeout(this.timers.get(uri));
    this.timers.set(
      uri,
      setTimeout(() => {
        this.timers.delete(uri);
        work().catch((error: unknown) => this.report(error));
      }, milliseconds),
    );
  }

  private stop(uri: string): void {
    clearTimeout(this.timers.get(uri));
    this.timers.delete(uri);
    this.runs.get(uri)?.abort.abort();
    this.runs.delete(uri);
  }

  private report(error: unknown): void {
    if (!(error instanceof Cancelled)) {
      const text = error instanceof Error ? error.message : String(error);
      this.session.log.error(error instanceof EngineUnavailable ? text : `Checking failed: ${text}`);
    }
  }
}
