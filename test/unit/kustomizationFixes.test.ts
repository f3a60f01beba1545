// Deprecated fields of kustomizations written anew: what the file says stays the same, and so does everything around it.
import assert from 'node:assert';
import { checkFile } from '../../server/src/core/check/checkFile';
import { applyEdits } from '../../server/src/core/edit/edits';
import { parseYaml } from '../../server/src/core/yaml/parse';

/** The text after the first fix of a deprecated field; the text itself where none is offered. */
function fixed(text: string): string {
  const parsed = parseYaml(text);
  const { problems } = checkFile({ path: 'kustomization.yaml', parsed }, {});
  const fix = problems.find(({ rule }) => rule === 'kustomize/deprecated-field')?.fixes?.[0];
  return fix === undefined ? text : applyEdits(parsed, fix.edits);
}

describe('deprecated fields of kustomizations', () => {
  it('get their new name', () => {
    assert.strictEqual(fixed('bases: # all\n- ../a # one\n- ../b\n'), 'resources: # all\n- ../a # one\n- ../b\n');
    assert.strictEqual(fixed('imageTags:\n  - name: a\n'), 'images:\n  - name: a\n');
    assert.strictEqual(
      fixed('patchesJson6902:\n  - path: a\n    target: {kind: A}\n'),
      'patches:\n  - path: a\n    target: {kind: A}\n',
    );
  });
  it('move behind what is there', () => {
    assert.strictEqual(
      fixed('bases:\n- ../a # one\n- ../b\nresources:\n  - c.yaml\nnamespace: x\n'),
      'resources:\n  - c.yaml\n  - ../a # one\n  - ../b\nnamespace: x\n',
    );
    assert.strictEqual(fixed('resources:\n- c.yaml\nbases:\n- ../a'), 'resources:\n- c.yaml\n- ../a\n');
    assert.strictEqual(fixed('bases: [../a]\nresources: [b]\n'), 'bases: [../a]\nresources: [b]\n');
  });
  it('say whether a patch is a file or a text', () => {
    assert.strictEqual(
      fixed('patchesStrategicMerge:\n  # first\n  - a.yaml # file\n  - |-\n    kind: A\n\n    b: 1\n  - "b.yaml"\n'),
      'patches:\n  # first\n  - path: a.yaml # file\n  - patch: |-\n      kind: A\n\n      b: 1\n  - path: "b.yaml"\n',
    );
    assert.strictEqual(
      fixed('patchesStrategicMerge:\r\n- a.yaml\r\npatches:\r\n- path: b.yaml\r\n'),
      'patches:\r\n- path: b.yaml\r\n- path: a.yaml\r\n',
    );
  });
  it('keep what common labels imply', () => {
    assert.strictEqual(
      fixed('commonLabels:\n  # who\n  team: a\n  app: "b"\nnamespace: x\n'),
      'labels:\n  # who\n  - includeSelectors: true\n    pairs:\n      team: a\n      app: "b"\nnamespace: x\n',
    );
    const both = 'commonLabels: {a: b}\nlabels: []\n';
    assert.strictEqual(fixed(both), both);
  });
});
