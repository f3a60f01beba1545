// The chains of "Who deploys this file?" as rows of a list that is read with the keyboard. No editor types.
import type { DeployerChain, DeployerStep, SourceKind } from '../../../server/src/core/protocol';
import { kindIcon, kindText } from '../sources/model';
import { joined } from '../text';

export type DeployerRow = { separator: string } | { label: string; description: string; step: DeployerStep };

/** One heading for each chain, with the environments it ends in; below it the steps, nearest to the file first. */
export function deployerRows(chains: readonly DeployerChain[]): DeployerRow[] {
  return chains.flatMap(({ environments, steps }) => [
    { separator: environments.length === 0 ? 'in no environment' : environments.join(', ') },
    ...steps.map((step, depth): DeployerRow => {
      const kind = kindOf(step);
      return {
        label: `${'\u2007\u2007'.repeat(depth)}$(${kindIcon[kind]}) ${step.label}`,
        description: joined(
          step.source !== undefined && kindText(kind),
          step.label === step.path ? undefined : step.path,
        ),
        step,
      };
    }),
  ]);
}

/** Ids of sources begin with their kind. */
function kindOf({ source }: DeployerStep): SourceKind {
  const kind = source?.slice(0, source.indexOf(':')) ?? '';
  return kind in kindIcon ? (kind as SourceKind) : 'kustomization';
}
