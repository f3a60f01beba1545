// textDocument/formatting and rangeFormatting: manifests are brought into shape, everything else is left alone.
import * as assert from 'node:assert';
import type { TextEdit } from 'vscode-languageserver';
import { edited, languageFolder, type LanguageFolder } from '../../support/languageFolder';

const untidy = (kind: string): string =>
  `apiVersion: v1\nkind: ${kind}\nmetadata:\n    name: a   \ndata:\n    a: "1"\n    # note\n    b: "2"`;
const tidy = (kind: string): string => untidy(kind).replace('a   ', 'a') + '\n';

describe('textDocument/formatting', () => {
  let folder: LanguageFolder;
  const options = { tabSize: 2, insertSpaces: true };
  const format = async (name: string, text: string): Promise<string> => {
    const { uri } = folder.open(name, text);
    return edited(text, await folder.ask<TextEdit[]>('textDocument/formatting', uri, { options }));
  };

  before(async () => {
    folder = await languageFolder({
      'kustomization.yaml': 'resources:\n- config.yaml\n',
      'config.yaml': untidy('ConfigMap'),
      'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n',
      'chart/values.yaml': 'a: 1\n',
      'chart/templates/config.yaml': untidy('ConfigMap'),
    });
  });
  after(() => folder.stop());

  it('is announced', () => {
    assert.strictEqual(folder.server.capabilities.documentFormattingProvider, true);
    assert.strictEqual(folder.server.capabilities.documentRangeFormattingProvider, true);
  });

  it('tidies a manifest', async () => {
    assert.strictEqual(await format('config.yaml', untidy('ConfigMap')), tidy('ConfigMap'));
  });

  it('keeps the line ends of Windows', async () => {
    const windows = (text: string): string => text.replace(/\n/g, '\r\n');
    assert.strictEqual(await format('windows.yaml', windows(untidy('ConfigMap'))), windows(tidy('ConfigMap')));
  });

  it('keeps kustomize’s flat lists flat', async () => {
    const text = 'resources:\n- b.yaml\n-   a.yaml\n';
    assert.strictEqual(await format('flat/kustomization.yaml', text), 'resources:\n- b.yaml\n- a.yaml\n');
  });

  it('never touches templates', async () => {
    assert.strictEqual(await format('chart/templates/config.yaml', untidy('ConfigMap')), untidy('ConfigMap'));
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n    name: {{ .Values.name }}   \n';
    assert.strictEqual(await format('loose.yaml', text), text);
  });

  it('never touches files of other tools, or broken ones', async () => {
    const compose = 'services:\n    web:\n      image: nginx   \n';
    assert.strictEqual(await format('compose.yaml', compose), compose);
    const broken = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n    name: [a   \n';
    assert.strictEqual(await format('broken.yaml', broken), broken);
  });

  it('formats a range', async () => {
    const text = 'apiVersion: v1   \nkind: ConfigMap   \nmetadata: {name: a}   \n';
    const { uri } = folder.open('range.yaml', text);
    const range = { start: { line: 1, character: 0 }, end: { line: 1, character: 18 } };
    const edits = await folder.ask<TextEdit[]>('textDocument/rangeFormatting', uri, { options, range });
    assert.strictEqual(edited(text, edits), text.replace('ConfigMap   ', 'ConfigMap'));
  });
});

describe('textDocument/formatting by settings', () => {
  it('can be turned off, and indents lists as asked', async () => {
    const text = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: a\n    image: b\n';
    for (const [format, expected] of [
      [{ enabled: false }, text],
      [{ listIndent: 'flat' }, text],
      [{ listIndent: 'indented' }, text.replace('  - name: a\n    image', '    - name: a\n      image')],
    ] as const) {
      const folder = await languageFolder({}, { settings: { format } });
      try {
        const { uri } = folder.open('pod.yaml', text);
        const edits = await folder.ask<TextEdit[]>('textDocument/formatting', uri, { options: {} });
        assert.strictEqual(edited(text, edits), expected, JSON.stringify(format));
      } finally {
        await folder.stop();
      }
    }
  });
});
