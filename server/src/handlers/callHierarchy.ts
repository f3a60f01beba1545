// Who deploys or uses this, and what does it use: the core's hierarchy as the editor's call hierarchy.
import {
  SymbolKind,
  type CallHierarchyIncomingCall,
  type CallHierarchyItem,
  type CallHierarchyOutgoingCall,
} from 'vscode-languageserver';
import {
  hierarchyAt,
  incomingTo,
  outgoingFrom,
  type HierarchyCall,
  type HierarchyItem,
  type ItemRef,
} from '../core/navigate/hierarchy';
import type { Abort } from '../core/ports';
import { guarded } from '../guard';
import type { OpenRepository } from '../openRepository';
import type { Session } from '../session';
import type { PositionParams } from './documentPlace';
import { caretIn, graphOf } from './graphPlace';

interface ItemData {
  folder: string;
  ref: ItemRef;
}

const kinds: Record<HierarchyItem['kind'], SymbolKind> = {
  file: SymbolKind.File,
  object: SymbolKind.Class,
  part: SymbolKind.Field,
  deployer: SymbolKind.Module,
};

export function registerCallHierarchy(session: Session): void {
  const { log, connection } = session;
  const { callHierarchy } = connection.languages;
  callHierarchy.onPrepare(
    guarded<PositionParams, CallHierarchyItem[] | null>(
      log,
      'prepareCallHierarchy',
      async (params, abort) => {
        const caret = await caretIn(session, params, abort);
        return caret === undefined
          ? null
          : hierarchyAt(caret.graph, caret.path, caret.offset, params.position).map((item) =>
              toItem(caret.repository, item),
            );
      },
      null,
    ),
  );
  const follow = async <C>(
    { data }: CallHierarchyItem,
    abort: Abort,
    answer: (repository: OpenRepository, ref: ItemRef, graph: Awaited<ReturnType<typeof graphOf>>) => C[],
  ): Promise<C[]> => {
    const { folder, ref } = data as ItemData;
    const repository = await session.byFolder(folder);
    return answer(repository, ref, await graphOf(session, repository, abort));
  };
  callHierarchy.onIncomingCalls(
    guarded<{ item: CallHierarchyItem }, CallHierarchyIncomingCall[]>(
      log,
      'incomingCalls',
      ({ item }, abort) =>
        follow(item, abort, (repository, ref, graph) =>
          incomingTo(graph, ref).map((call: HierarchyCall) => ({
            from: toItem(repository, call.item),
            fromRanges: call.ranges,
          })),
        ),
      [],
    ),
  );
  callHierarchy.onOutgoingCalls(
    guarded<{ item: CallHierarchyItem }, CallHierarchyOutgoingCall[]>(
      log,
      'outgoingCalls',
      ({ item }, abort) =>
        follow(item, abort, (repository, ref, graph) =>
          outgoingFrom(graph, ref).map((call: HierarchyCall) => ({
            to: toItem(repository, call.item),
            fromRanges: call.ranges,
          })),
        ),
      [],
    ),
  );
}

function toItem(repository: OpenRepository, item: HierarchyItem): CallHierarchyItem {
  const data: ItemData = { folder: repository.folder, ref: item.ref };
  return {
    name: item.name,
    detail: item.detail,
    kind: kinds[item.kind],
    uri: repository.uriOf(item.path),
    range: item.whole,
    selectionRange: item.at,
    data,
  };
}
