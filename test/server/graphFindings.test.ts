// References that nothing answers, over real repositories that their projects ship as they are: nothing is reported there.
import assert from 'node:assert/strict';
import path from 'node:path';
import { createFileTree } from '../../server/src/adapters/nodeFiles';
import { LiveGraph } from '../../server/src/core/graph/liveGraph';
import { createDiscovery } from '../../server/src/core/workspace/discover';
import { publicModules } from '../support/goModules';
import { checkout, corpus } from '../support/shared';

describe('references that nothing answers, over public repositories', function () {
  this.timeout(120_000);
  const total = { references: 0, answered: 0, files: 0 };
  after(() => {
    console.log(
      `      ${total.references} references in ${total.files} files, ${total.answered} answered, none reported`,
    );
  });
  const repositories: [string, string][] = [['examples/shop', path.join(checkout, 'examples/shop/files')]];
  for (const name of ['flux2-kustomize-helm-example', 'podinfo']) {
    const folder = corpus(name);
    if (folder !== undefined) {
      repositories.push([name, folder]);
    }
  }
  for (const [name, folder] of [...repositories, ...publicModules()]) {
    it(name, async () => {
      const tree = createFileTree(folder);
      const discovery = createDiscovery();
      const workspace = await discovery.discover(tree);
      const graph = new LiveGraph();
      await graph.update(workspace, { text: (file) => discovery.textOf(file), read: (file) => tree.read(file) });
      const found: string[] = [];
      for (const file of workspace.files) {
        const edges = graph.edgesIn(file.path);
        total.files++;
        total.references += edges.length;
        total.answered += edges.filter(({ targets }) => targets.length > 0).length;
        for (const { range, message } of graph.problems(file.path)) {
          found.push(`${file.path}:${range.start.line + 1} ${message}`);
        }
      }
      assert.deepEqual(found, []);
    });
  }
});
