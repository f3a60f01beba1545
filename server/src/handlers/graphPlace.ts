// The graph for one request: of the document's repository, with the text as it is now. While it is still being built the request waits,
// can be cancelled, and after a moment the editor shows what it waits for.
import { LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { Definition, WorkspaceGraph } from '../core/graph/graph';
import type { ReadFile } from '../core/navigate/writtenPlace';
import { Cancelled, type Abort } from '../core/ports';
import type { Location as Place } from '../core/problem';
import type { OpenRepository } from '../openRepository';
import type { Session } from '../session';
import type { PositionParams } from './documentPlace';

export interface GraphPlace {
  uri: string;
  /** Repository-relative. */
  path: string;
  repository: OpenRepository;
  graph: WorkspaceGraph;
}

export interface GraphCaret extends GraphPlace {
  file: ReadFile;
  offset: number;
}

/** How long a request waits for the graph before the editor says so, in milliseconds. */
const quietWait = 400;

/** The graph of a repository; rejects with `Cancelled` when nobody waits any more. */
export async function graphOf(session: Session, repository: OpenRepository, abort: Abort): Promise<WorkspaceGraph> {
  const building = repository.graph();
  // Not awaited by anybody after a cancellation.
  building.catch(() => undefined);
  const done: { graph?: WorkspaceGraph } = {};
  const watched = building.then((graph) => (done.graph = graph));
  watched.catch(() => undefined);
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await Promise.race([
      watched,
      new Promise<never>((_resolve, reject) => {
        abort.addEventListener('abort', () => reject(new Cancelled()));
        timer = setTimeout(() => void showWaiting(session, watched), quietWait);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

/** At most one notice at a time, however many requests wait. */
const waiting = new WeakSet<Session>();

async function showWaiting(session: Session, building: Promise<unknown>): Promise<void> {
  if (!session.editor.showsProgress || waiting.has(session)) {
    return;
  }
  waiting.add(session);
  try {
    const progress = await session.connection.window.createWorkDoneProgress();
    progress.begin('Plumbline: reading what the repository defines and refers to');
    await building.catch(() => undefined);
    progress.done();
  } finally {
    waiting.delete(session);
  }
}

export async function graphAt(session: Session, uri: string, abort: Abort): Promise<GraphPlace | undefined> {
  const place = await session.placeOf(uri);
  if (place === undefined) {
    return undefined;
  }
  const { repository, path } = place;
  // The notice of an edit may still be on its way to the repository.
  const text = session.documents.get(uri)?.getText();
  if (text !== undefined && repository.buffers.has(path)) {
    repository.edit(path, text);
  }
  return { uri, path, repository, graph: await graphOf(session, repository, abort) };
}

/** The graph and the place of a caret in an open document, at one and the same text. */
export async function caretIn(
  session: Session,
  { textDocument: { uri }, position }: PositionParams,
  abort: Abort,
): Promise<GraphCaret | undefined> {
  const version = session.documents.get(uri)?.version;
  const place = await graphAt(session, uri, abort);
  const document = session.document(uri);
  if (place === undefined || document === undefined) {
    return undefined;
  }
  if (document.version !== version) {
    // The position means a text that is gone.
    throw outOfDate();
  }
  const { parsed } = document;
  return { ...place, file: { path: place.path, parsed }, offset: parsed.lines.offsetAt(position) };
}

/** The editor asks again by itself, or drops the answer. */
export function outOfDate(): ResponseError<void> {
  return new ResponseError<void>(LSPErrorCodes.ContentModified, 'The text changed meanwhile.');
}

/** A sentence for the person, as the answer of a request that was refused. */
export function refusal(message: string): ResponseError<void> {
  return new ResponseError<void>(LSPErrorCodes.RequestFailed, message);
}

export function locationOf({ repository }: { repository: OpenRepository }, { path, range }: Place) {
  return { uri: repository.uriOf(path), range };
}

/** Where a file begins, for definitions that are files; folders without a kustomization have no place to go to. */
export function isPlace({ repository }: GraphPlace, { entity, at }: Definition): boolean {
  return entity !== 'folder' || repository.lastWorkspace?.files.some(({ path }) => path === at.path) === true;
}
