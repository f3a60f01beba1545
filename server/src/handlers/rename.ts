// Rename: the core's plan as one edit of the workspace that the editor can show before it is made.
import {
  WillRenameFilesRequest,
  type ChangeAnnotation,
  type PrepareRenameResult,
  type RenameFile,
  type RenameFilesParams,
  type RenameParams,
  type TextDocumentEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import type { WorkspaceGraph } from '../core/graph/graph';
import { planMoves } from '../core/navigate/movePaths';
import type { Move } from '../core/navigate/pathTexts';
import type { ChangePlan, PlanFiles } from '../core/navigate/plan';
import { planRename, prepareRename } from '../core/navigate/rename';
import type { Abort } from '../core/ports';
import { guarded } from '../guard';
import type { OpenRepository } from '../openRepository';
import type { Session } from '../session';
import type { PositionParams } from './documentPlace';
import { caretIn, graphOf, outOfDate, refusal } from './graphPlace';

export function registerRename(session: Session): void {
  const { connection, log } = session;
  connection.onPrepareRename(
    guarded<PositionParams, PrepareRenameResult | null>(log, 'prepareRename', async (params, abort) => {
      const caret = await caretIn(session, params, abort);
      const answer = caret && prepareRename(caret.graph, caret.file, caret.offset);
      if (answer !== undefined && 'refused' in answer) {
        throw refusal(answer.refused);
      }
      return answer ?? null;
    }),
  );
  connection.onRenameRequest(
    guarded<RenameParams, WorkspaceEdit | null>(log, 'rename', async (params, abort) => {
      const caret = await caretIn(session, params, abort);
      if (caret === undefined) {
        return null;
      }
      const { repository, graph, path, offset } = caret;
      const { version } = graph;
      const answer = await planRename(graph, filesOf(repository), { path, offset, newName: params.newName }, abort);
      if (graph.version !== version) {
        throw outOfDate();
      }
      if ('refused' in answer) {
        throw refusal(answer.refused);
      }
      answer.plan.notes.forEach((note) => void connection.window.showWarningMessage(note));
      return toEdit(session, repository, answer.plan);
    }),
  );
  connection.onRequest(
    WillRenameFilesRequest.method,
    guarded<RenameFilesParams, WorkspaceEdit | null>(
      log,
      'willRenameFiles',
      (params, abort) => editForMoves(session, params, abort),
      null,
    ),
  );
}

/** The paths that follow files which a person moves in the editor; the files themselves are moved by it. */
async function editForMoves(
  session: Session,
  { files }: RenameFilesParams,
  abort: Abort,
): Promise<WorkspaceEdit | null> {
  const byRepository = new Map<OpenRepository, Move[]>();
  for (const { oldUri, newUri } of files) {
    const place = await session.placeOf(oldUri);
    const to = place?.repository.pathOf(newUri);
    if (place !== undefined && to !== undefined && place.path !== '' && to !== '') {
      byRepository.set(place.repository, [...(byRepository.get(place.repository) ?? []), { from: place.path, to }]);
    }
  }
  const edits: WorkspaceEdit[] = [];
  for (const [repository, moves] of byRepository) {
    const graph: WorkspaceGraph = await graphOf(session, repository, abort);
    const { version } = graph;
    const plan = await planMoves(graph, filesOf(repository), moves, abort);
    if (graph.version !== version) {
      throw outOfDate();
    }
    plan.notes.forEach((note) => session.log.warn(note));
    const [first, ...others] = plan.notes;
    if (first !== undefined) {
      const more = others.length === 0 ? '' : ` (and ${others.length} more, listed in the log)`;
      void session.connection.window.showWarningMessage(`Not every path follows. ${first}${more}`);
    }
    edits.push(toEdit(session, repository, { ...plan, moves: [] }));
  }
  const documentChanges = edits.flatMap((edit) => edit.documentChanges ?? []);
  return documentChanges.length === 0
    ? null
    : {
        documentChanges,
        changeAnnotations: Object.assign({}, ...edits.map((edit) => edit.changeAnnotations ?? {})) as Record<
          string,
          ChangeAnnotation
        >,
      };
}

function filesOf(repository: OpenRepository): PlanFiles {
  const { tree } = repository.services;
  const paths = (repository.lastWorkspace?.files ?? []).map(({ path }) => path);
  return {
    paths,
    text: (path) => tree.read(path),
    async exists(path) {
      return (await tree.list()).some((file) => file === path || file.startsWith(`${path}/`));
    },
  };
}

function toEdit(session: Session, repository: OpenRepository, plan: ChangePlan): WorkspaceEdit {
  const annotations: Record<string, ChangeAnnotation> = {};
  const byPath = new Map<string, ChangePlan['edits']>();
  for (const edit of plan.edits) {
    byPath.set(edit.path, [...(byPath.get(edit.path) ?? []), edit]);
  }
  const changes = [...byPath].map(([path, edits]): TextDocumentEdit => {
    const uri = repository.uriOf(path);
    return {
      textDocument: { uri, version: session.documents.get(uri)?.version ?? null },
      edits: edits.map(({ range, newText, reason }) => {
        if (!session.editor.annotations) {
          return { range, newText };
        }
        const annotationId = reason.label;
        annotations[annotationId] = {
          label: reason.label,
          needsConfirmation: reason.confirm,
          ...(reason.description === undefined ? {} : { description: reason.description }),
        };
        return { range, newText, annotationId };
      }),
    };
  });
  // Files move last: the edits before are of their old places.
  const moves = plan.moves.map(({ from, to }): RenameFile => ({
    kind: 'rename',
    oldUri: repository.uriOf(from),
    newUri: repository.uriOf(to),
    options: { overwrite: false, ignoreIfExists: false },
  }));
  return {
    documentChanges: [...changes, ...moves],
    ...(session.editor.annotations ? { changeAnnotations: annotations } : {}),
  };
}
