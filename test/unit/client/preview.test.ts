// Line origins of a preview in both directions, and the pause after a keystroke.
import * as assert from 'node:assert/strict';
import { OriginIndex, rangesOf } from '../../../client/src/preview/origins';
import { nextPause } from '../../../client/src/preview/pause';

describe('preview origins', () => {
  // Rendered lines 0–3; a kustomization's namespace line (1:2) made line 1 alone and helped to make line 3.
  const index = new OriginIndex({
    uris: ['file:///a.yaml', 'file:///kustomization.yaml'],
    origins: [[0, 0, 0], [1, 2, 4], [], [0, 7, 2, 1, 2, 0]],
  });

  it('finds the source lines of a rendered line, best first', () => {
    assert.deepEqual(index.sourcesOf(3), [
      { uri: 'file:///a.yaml', line: 7, character: 2 },
      { uri: 'file:///kustomization.yaml', line: 2, character: 0 },
    ]);
    assert.deepEqual(index.sourcesOf(2), []);
    assert.deepEqual(index.sourcesOf(99), []);
  });

  it('finds the rendered lines of a source line; those it made hide those it helped to make', () => {
    assert.deepEqual(index.renderedOf('file:///a.yaml', 7), [3]);
    assert.deepEqual(index.renderedOf('file:///kustomization.yaml', 2), [1]);
    assert.deepEqual(index.renderedOf('file:///a.yaml', 1), []);
    assert.deepEqual(index.renderedOf('file:///none.yaml', 0), []);
    assert.equal(index.has('file:///a.yaml'), true);
    assert.equal(index.has('file:///none.yaml'), false);
  });

  it('joins consecutive lines', () => {
    assert.deepEqual(rangesOf([4, 1, 2, 9, 3]), [
      [1, 4],
      [9, 9],
    ]);
    assert.deepEqual(rangesOf([]), []);
  });

  it('waits as long as rendering takes, within limits', () => {
    assert.equal(nextPause(5), 0);
    assert.equal(nextPause(20), 0);
    assert.equal(nextPause(80.4), 80);
    assert.equal(nextPause(5000), 300);
  });
});
