// Names that exist, offered where somebody types: with quotes or without, half typed or not begun, and what the text is afterwards.
import * as assert from 'node:assert';
import { nameItems } from '../../server/src/core/navigate/nameCompletion';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { graphOf } from '../support/graphFixture';
import { filesOf } from '../support/memoryFiles';

const repository = filesOf(`
# file: kustomization.yaml
resources:
  - pod.yaml
  - config.yaml
# file: other.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: nobody-deploys}
# file: config.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {LEVEL: info, "on": x}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: second}
# file: pod.yaml
PLACE
`);

const pod = (reference: string): string => `apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      env:
        - name: A
          valueFrom:
            configMapKeyRef:
${reference}
`;

/** The labels offered at `|`, and the line as it is after the first was taken. */
async function offered(path: string, text: string): Promise<{ labels: string[]; line: string }> {
  const offset = text.indexOf('|');
  const files = { ...repository, [path]: text.slice(0, offset) + text.slice(offset + 1) };
  const { graph } = await graphOf(files);
  const found = graph.candidates(path, offset);
  const parsed = parseYaml(files[path] ?? '');
  const items = found === undefined ? [] : nameItems(parsed, offset, found);
  const [first] = items;
  const after =
    first === undefined ? '' : parsed.text.slice(0, first.start) + first.insertText + parsed.text.slice(first.end);
  return {
    labels: items.map(({ label }) => label),
    line: after.split('\n')[parsed.lines.positionAt(offset).line]?.trim() ?? '',
  };
}

describe('completion of names', () => {
  const cases: [reference: string, labels: string[], line: string][] = [
    ['              name: |', ['second', 'settings'], 'name: second'],
    ['              name:|', ['second', 'settings'], 'name: second'],
    ['              name: se|', ['second', 'settings'], 'name: second'],
    ['              name: "|"', ['second', 'settings'], 'name: "second"'],
    ["              name: 's|'", ['second', 'settings'], "name: 'second'"],
    ['              name: settings\n              key: |', ['LEVEL', 'on'], 'key: LEVEL'],
  ];
  for (const [reference, labels, line] of cases) {
    it(`offers what is deployed beside it: ${reference.trim().replace('\n', ' / ')}`, async () => {
      assert.deepStrictEqual(await offered('pod.yaml', pod(reference)), { labels, line });
    });
  }

  it('quotes a name that would be read as something else', async () => {
    const text = pod('              name: settings\n              key: o|');
    const files = { ...repository, 'pod.yaml': text.replace('|', '') };
    const { graph } = await graphOf(files);
    const parsed = parseYaml(files['pod.yaml']);
    const found = graph.candidates('pod.yaml', text.indexOf('|'));
    assert.ok(found);
    const item = nameItems(parsed, text.indexOf('|'), found).find(({ label }) => label === 'on');
    assert.strictEqual(item?.insertText, '"on"');
  });

  it('offers paths as a kustomization writes them', async () => {
    const { labels, line } = await offered('kustomization.yaml', 'resources:\n  - pod.yaml\n  - |\n');
    assert.ok(labels.includes('config.yaml') && labels.includes('other.yaml'), labels.join());
    assert.match(line, /^- \w+\.yaml$/);
  });
});
