// Bad input costs the graph neither its life nor its time: damaged texts, aliases without end, very long lists.
import assert from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { filesOfFixture, graphOf } from '../support/graphFixture';
import { repositoryRoot } from '../support/schemas';

const folder = path.join(repositoryRoot, 'test/fixtures/graph');

/** Asks everything of every file. */
async function ask(files: Record<string, string>): Promise<number> {
  const { graph, workspace } = await graphOf(files);
  let count = 0;
  for (const file of workspace.files) {
    count += graph.edgesIn(file.path).length + graph.problems(file.path).length + graph.definitionsIn(file.path).length;
    graph.deployers(file.path);
    for (let offset = 0; offset < (files[file.path]?.length ?? 0); offset += 97) {
      graph.at(file.path, offset);
      graph.candidates(file.path, offset);
    }
  }
  return count;
}

describe('workspace graph on bad input', function () {
  this.timeout(60_000);

  it('survives damaged texts', async () => {
    let state = 12345;
    const pick = (n: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * n);
    };
    const damage = [
      '',
      ' ',
      '\n',
      ':',
      '- ',
      '{',
      ']',
      '"',
      '&a ',
      '*a',
      '<<: *a\n',
      '---\n',
      '${',
      '{{ x }}',
      '\t',
      '#',
      '\r\n',
      'null',
    ];
    for (const name of fs.readdirSync(folder).filter((file) => file.endsWith('.yaml'))) {
      const files = filesOfFixture(fs.readFileSync(path.join(folder, name), 'utf8'));
      const paths = Object.keys(files);
      for (let round = 0; round < 25; round++) {
        const damaged = { ...files };
        for (let i = 0; i < 6; i++) {
          const file = paths[pick(paths.length)] ?? '';
          const text = damaged[file] ?? '';
          const at = pick(text.length);
          damaged[file] = text.slice(0, at) + (damage[pick(damage.length)] ?? '') + text.slice(at + pick(8));
        }
        await ask(damaged);
      }
    }
  });

  it('bounds aliases and merges without end', async () => {
    const lines = ['a0: &a0 {name: x, valueFrom: {configMapKeyRef: {name: y, key: z}}}'];
    for (let i = 1; i <= 40; i++) {
      lines.push(`a${i}: &a${i} {<<: *a${i - 1}, env: [*a${i - 1}, *a${i - 1}, *a${i - 1}]}`);
    }
    const text = `apiVersion: v1\nkind: Pod\nmetadata: {name: bomb}\n${lines.join('\n')}\nspec:\n  containers: [*a40, *a40]\n  volumes: [*a40]\n`;
    await ask({ 'bomb.yaml': text });
  });

  it('reads a repository that includes itself', async () => {
    const files = {
      'a/kustomization.yaml': 'resources: [../b, ../a, x.yaml]\ncomponents: [../b]\n',
      'b/kustomization.yaml': 'resources: [../a]\nnamePrefix: b-\n',
      'a/x.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {selector: {}}\n',
    };
    assert.ok((await ask(files)) > 0);
  });
});
