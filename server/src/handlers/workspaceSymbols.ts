// Objects of every open repository by name.
import { SymbolKind, type WorkspaceSymbol } from 'vscode-languageserver';
import { ranked } from '../core/navigate/symbolSearch';
import { guarded } from '../guard';
import type { Session } from '../session';
import { graphOf } from './graphPlace';

/** The editor narrows the list itself while a person goes on typing. */
const most = 200;

export function registerWorkspaceSymbols(session: Session): void {
  session.connection.onWorkspaceSymbol(
    guarded<{ query: string }, WorkspaceSymbol[]>(
      session.log,
      'workspaceSymbol',
      async ({ query }, abort) => {
        await session.ready;
        const found: WorkspaceSymbol[] = [];
        for (const repository of await session.all()) {
          const graph = await graphOf(session, repository, abort);
          for (const { name, object, at } of ranked(query, graph.search(query, most))) {
            found.push({
              name,
              kind: SymbolKind.Class,
              containerName: [object?.kind, object?.namespace, at.path].filter((part) => part).join(' · '),
              location: { uri: repository.uriOf(at.path), range: at.range },
            });
          }
        }
        return found.slice(0, most);
      },
      [],
    ),
  );
}
