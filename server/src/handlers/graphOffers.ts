// What the graph adds to completion and hover. Both answer from what is there: they never wait for the graph to be built for the first
// time, because somebody is typing.
import { nameItems } from '../core/navigate/nameCompletion';
import { referenceHover } from '../core/navigate/referenceHover';
import type { WorkspaceGraph } from '../core/graph/graph';
import type { CompletionProvider } from './completion';
import type { CaretPlace } from './documentPlace';
import type { HoverProvider } from './hover';

/** The graph with the newest text; undefined while there is none yet. It is then on its way, for the next time. */
async function graphNow({ repository, path, document }: CaretPlace): Promise<WorkspaceGraph | undefined> {
  repository.edit(path, document.parsed.text);
  const building = repository.graph();
  building.catch(() => undefined);
  return repository.lastGraph.version === 0 ? undefined : building;
}

export const completeNames: CompletionProvider = async (at) => {
  if (isKeyBeingTyped(at)) {
    return [];
  }
  const graph = await graphNow(at);
  const found = graph?.candidates(at.path, at.offset);
  return found === undefined ? [] : nameItems(at.document.parsed, at.offset, found);
};

/** Names stand in values and behind dashes: a word alone on its line becomes a key, at every letter of which nobody should wait. */
function isKeyBeingTyped({ document, offset }: CaretPlace): boolean {
  const { text } = document.parsed;
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  return /^\s*[\w.$/-]+$/.test(line) && !/^\s*-/.test(line);
}

export const hoverReference: HoverProvider = async (at) => {
  const graph = await graphNow(at);
  const place = graph?.at(at.path, at.offset);
  return place === undefined
    ? undefined
    : referenceHover(place, (path, line) => `${at.repository.uriOf(path)}#L${line + 1}`);
};
