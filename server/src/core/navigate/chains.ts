// "Who deploys this file?": the tree of deployers as chains, one for each way from the file up to what nobody else deploys.
import type { Deployer } from '../graph/graph';
import type { Location } from '../problem';

export interface ChainStep {
  label: string;
  at: Location;
  source?: string;
  environments: readonly string[];
}

export interface Chain {
  /** Nearest to the file first. */
  steps: ChainStep[];
  /** Environments that the end of the chain is deployed to. */
  environments: readonly string[];
}

/** More chains than a person would look through; a base that everything includes has as many as it has users. */
const most = 500;

/** Chains that reach an environment first, by its name; then those that reach none. */
export function chainsOf(deployers: readonly Deployer[]): Chain[] {
  const chains: Chain[] = [];
  const walk = (deployer: Deployer, below: ChainStep[], seen: ReadonlySet<Deployer>): void => {
    if (chains.length >= most || seen.has(deployer)) {
      return;
    }
    const { label, at, source, environments } = deployer;
    const steps = [...below, { label, at, environments, ...(source === undefined ? {} : { source }) }];
    if (deployer.above.length === 0) {
      chains.push({ steps, environments });
      return;
    }
    const deeper = new Set(seen).add(deployer);
    deployer.above.forEach((above) => walk(above, steps, deeper));
  };
  deployers.forEach((deployer) => walk(deployer, [], new Set()));
  const order = (chain: Chain): string => (chain.environments.length === 0 ? '\uffff' : chain.environments.join(' '));
  return chains
    .map((chain, index) => ({ chain, index, order: order(chain) }))
    .sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : a.index - b.index))
    .map(({ chain }) => chain);
}
