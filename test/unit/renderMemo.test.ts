// Renderings that are shared: asked for once at the same text, anew after any change, and never another's cancellation.
import assert from 'node:assert/strict';
import { rememberRenderings } from '../../server/src/adapters/renderMemo';
import { Cancelled, type RenderAnswer, type Renderer } from '../../server/src/core/ports';
import { memoryTree } from '../support/memoryFiles';

const request = (dir: string): { kind: 'kustomize'; dir: string; origins: boolean } => ({
  kind: 'kustomize',
  dir,
  origins: true,
});

describe('shared renderings', () => {
  const tree = memoryTree({});
  let asked: string[];
  let generation: number;
  let fail: Error | undefined;
  const renderer: Renderer = {
    render: (_tree, { kind, ...rest }): Promise<RenderAnswer> => {
      asked.push('dir' in rest ? rest.dir : kind);
      const yaml = `answer ${asked.length}`;
      const failure = fail;
      fail = undefined;
      return failure === undefined
        ? Promise.resolve({ ok: true, rendered: { yaml, reads: [] } })
        : Promise.reject(failure);
    },
  };
  let shared: Renderer;
  const ask = async (dir: string): Promise<string> => {
    const answer = await shared.render(tree, request(dir));
    return answer.ok ? answer.rendered.yaml : 'failed';
  };
  beforeEach(() => {
    asked = [];
    generation = 1;
    fail = undefined;
    shared = rememberRenderings(renderer, tree, () => generation);
  });

  it('are asked for once at the same text, and anew after any change', async () => {
    assert.deepEqual(await Promise.all([ask('a'), ask('a'), ask('b')]), ['answer 1', 'answer 1', 'answer 2']);
    generation++;
    assert.equal(await ask('a'), 'answer 3');
  });

  it('are those of one tree only', async () => {
    await ask('a');
    await shared.render(memoryTree({}), request('a'));
    assert.deepEqual(asked, ['a', 'a']);
  });

  it('are asked for again when the first asker no longer wanted them', async () => {
    fail = new Cancelled();
    const first = ask('a');
    const second = ask('a');
    await assert.rejects(first, Cancelled);
    assert.equal(await second, 'answer 2');
    assert.equal(await ask('a'), 'answer 2');
  });
});
