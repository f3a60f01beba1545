// textDocument/completion and completionItem/resolve, for editors that know snippets and those that do not.
import * as assert from 'node:assert';
import { InsertTextFormat, type CompletionItem, type MarkupContent, type TextEdit } from 'vscode-languageserver';
import { edited, languageFolder, type LanguageFolder } from '../../support/languageFolder';

describe('textDocument/completion', () => {
  let folder: LanguageFolder;
  let plain: LanguageFolder;
  const files = {
    'kustomization.yaml': 'resources: [base.yaml]\npatches: [{path: patch.yaml}]\n',
    'base.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {selector: {}, template: {}}\n',
    'patch.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n',
    'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n',
    'chart/templates/a.yaml': 'kind: ConfigMap\n',
  };
  const complete = async (name: string, marked: string, at = folder): Promise<CompletionItem[]> => {
    const { uri, position } = at.open(name, marked);
    return at.ask<CompletionItem[]>('textDocument/completion', uri, { position });
  };
  const find = (items: CompletionItem[], label: string): CompletionItem => {
    const item = items.find((each) => each.label === label);
    assert.ok(item, `${label} in ${items.map((each) => each.label).join(', ')}`);
    return item;
  };

  before(async () => {
    folder = await languageFolder(files, {
      textDocument: { completion: { completionItem: { snippetSupport: true } } },
      suggestCommand: 'suggest.again',
    });
    plain = await languageFolder(files);
  });
  after(async () => {
    await folder.stop();
    await plain.stop();
  });

  it('offers whole objects in an empty file, as snippets or as plain text', async () => {
    const snippet = find(await complete('new.yaml', '$0'), 'Service');
    assert.strictEqual(snippet.insertTextFormat, InsertTextFormat.Snippet);
    assert.match((snippet.textEdit as TextEdit).newText, /name: \$\{1:name\}\n/);
    const text = find(await complete('new.yaml', '$0', plain), 'Service');
    assert.strictEqual(text.insertTextFormat, InsertTextFormat.PlainText);
    assert.doesNotMatch((text.textEdit as TextEdit).newText, /\$/);
  });

  it('offers the resources that a container or a claim may ask for', async () => {
    let count = 0;
    const labels = async (text: string): Promise<string[]> =>
      (await complete(`resources-${++count}.yaml`, text)).map((i) => i.label);
    const pod = 'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    - name: a\n      resources:\n        limits:\n';
    assert.deepStrictEqual(await labels(`${pod}          $0\n`), ['cpu', 'memory', 'ephemeral-storage']);
    assert.deepStrictEqual(await labels(`${pod}          cpu: 1\n          m$0\n`), ['memory', 'ephemeral-storage']);
    const claim = 'apiVersion: v1\nkind: PersistentVolumeClaim\nspec:\n  resources:\n    requests:\n      $0\n';
    assert.deepStrictEqual(await labels(claim), ['storage']);
    assert.deepStrictEqual(await labels(pod.replace('resources:\n        limits:', 'command:') + '        $0\n'), []);
  });

  it('documents an item when it is looked at', async () => {
    const items = await complete('pod.yaml', 'apiVersion: v1\nkind: Pod\nspec:\n  restart$0\n');
    const item = find(items, 'restartPolicy');
    assert.strictEqual(item.documentation, undefined);
    const resolved = await folder.server.connection.sendRequest<CompletionItem>('completionItem/resolve', item);
    assert.match((resolved.documentation as MarkupContent).value, /Restart policy/);
  });

  it('asks the editor to go on behind a key whose value can be completed', async () => {
    const text = 'apiVersion: v1\nkind: Pod\nspec:\n  $0\n';
    assert.strictEqual(find(await complete('b.yaml', text), 'securityContext').command?.command, 'suggest.again');
    assert.strictEqual(find(await complete('b.yaml', text, plain), 'securityContext').command, undefined);
  });

  it('requires nothing in a patch', async () => {
    const text = 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: a\nspec:\n  $0\n';
    const inPatch = find(await complete('patch.yaml', text), 'template');
    assert.strictEqual((inPatch.textEdit as TextEdit).newText, 'template:\n    ');
    const whole = find(await complete('base.yaml', text), 'template');
    assert.match((whole.textEdit as TextEdit).newText, /containers:/);
  });

  it('works in every document, with the line ends of Windows', async () => {
    const marked = 'apiVersion: v1\r\nkind: Namespace\r\n---\r\napiVersion: v1\r\nkind: Pod\r\nspec:\r\n  cont$0\r\n';
    const { uri, text, position } = folder.open('two.yaml', marked);
    const items = await folder.ask<CompletionItem[]>('textDocument/completion', uri, { position });
    const result = edited(text, [find(items, 'containers').textEdit as TextEdit]);
    assert.doesNotMatch(result, /[^\r]\n/);
  });

  it('says nothing in templates, in files of other tools and in empty files that have another use', async () => {
    assert.deepStrictEqual(await complete('chart/templates/a.yaml', 'apiVersion: v1\nkind: Pod\n$0'), []);
    assert.deepStrictEqual(await complete('compose.yaml', 'services:\n  web:\n    image: nginx\n$0'), []);
    assert.deepStrictEqual(await complete('docker-compose.yml', '$0'), []);
    assert.deepStrictEqual(await complete('.github/workflows/ci.yaml', '$0'), []);
  });

  it('can be turned off', async () => {
    const off = await languageFolder({}, { settings: { completion: { enabled: false }, hover: { enabled: false } } });
    try {
      const { uri, position } = off.open('pod.yaml', 'apiVersion: v1\nkind: Pod\nsp$0ec: {}\n');
      assert.deepStrictEqual(await off.ask('textDocument/completion', uri, { position }), []);
      assert.strictEqual(await off.ask('textDocument/hover', uri, { position }), null);
    } finally {
      await off.stop();
    }
  });
});
