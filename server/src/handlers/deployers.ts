// "Who deploys this file?" for the command of that name.
import { deployersRequest, type DeployerChain } from '../core/protocol';
import { chainsOf } from '../core/navigate/chains';
import { on } from '../requests';
import type { Session } from '../session';
import { graphAt } from './graphPlace';

export function registerDeployers(session: Session): void {
  on(session, deployersRequest, async ({ uri }, abort) => {
    const place = await graphAt(session, uri, abort);
    if (place === undefined) {
      return { path: '', chains: [] };
    }
    const { repository, graph, path } = place;
    const chains = chainsOf(graph.deployers(path)).map(({ steps, environments }): DeployerChain => ({
      environments: [...environments],
      steps: steps.map(({ label, at, source }) => ({
        label,
        path: at.path,
        uri: repository.uriOf(at.path),
        range: at.range,
        ...(source === undefined ? {} : { source }),
      })),
    }));
    return { path, chains };
  });
}
