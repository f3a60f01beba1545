// The example repository for tests: with its whole history, compared with a cluster in place of its snapshots.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Cluster, ClusterUser } from './cluster';
import { script } from './cluster';
import { repoAt, type GitRepo } from './gitRepo';

/** A fresh example repository; `remove` deletes it. */
export async function shop(): Promise<GitRepo> {
  const parent = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-shop-')));
  const dir = path.join(parent, 'shop');
  await (await script('example.mjs')).createExample?.(dir);
  const repo = repoAt(dir, parent);
  await repo.git('config', 'user.name', 'Ada Example');
  await repo.git('config', 'user.email', 'ada@example.com');
  return repo;
}

/** The text of a `.plumbline.yaml` with one environment whose target is a context of the cluster. */
export function comparedWith(
  cluster: Cluster,
  environment: { name: string; user?: ClusterUser; protected?: boolean; sources?: string[] },
): string {
  const { name, user = 'admin', sources } = environment;
  return [
    'environments:',
    `  - name: ${name}`,
    '    target:',
    `      context: ${cluster.context(user)}`,
    `      kubeconfig: ${JSON.stringify(cluster.kubeconfig(user))}`,
    '    kubernetesVersion: "1.36"',
    ...(environment.protected === true ? ['    protected: true'] : []),
    ...(sources === undefined ? [] : ['    sources:', ...sources.map((source) => `      - ${JSON.stringify(source)}`)]),
    '',
  ].join('\n');
}
