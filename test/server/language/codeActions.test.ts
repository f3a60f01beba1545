// textDocument/codeAction: fixes, suppressions and the source action that makes every safe fix.
import * as assert from 'node:assert';
import type { CodeAction, TextEdit } from 'vscode-languageserver';
import { edited, languageFolder, type LanguageFolder } from '../../support/languageFolder';

const pod = (container: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n    - name: a\n      image: b\n${container}`;

describe('textDocument/codeAction', () => {
  let folder: LanguageFolder;
  let names = 0;

  /** Opens a file, waits for findings of a rule and asks for actions on their lines. */
  const actionsFor = async (
    text: string,
    rule: string,
    only?: string[],
  ): Promise<{ uri: string; actions: CodeAction[] }> => {
    const { uri } = folder.open(`pod${names++}.yaml`, text);
    const found = await folder.server.diagnostics(uri, (all) => all.some((d) => d.code === rule));
    const range = found.find((d) => d.code === rule)?.range;
    const context = { diagnostics: [], ...(only === undefined ? {} : { only }) };
    return { uri, actions: await folder.ask<CodeAction[]>('textDocument/codeAction', uri, { range, context }) };
  };
  const changed = (text: string, uri: string, action: CodeAction | undefined): string =>
    edited(text, action?.edit?.changes?.[uri] ?? assert.fail(`no change of ${uri} in ${JSON.stringify(action)}`));

  before(async () => {
    folder = await languageFolder({ 'readme.md': '' }, { createsFiles: true });
  });
  after(() => folder.stop());

  it('puts the fix that is surely meant first, then the ways to be quiet', async () => {
    const text = pod('      imagePullPolicy: always\n');
    const { uri, actions } = await actionsFor(text, 'kubernetes/bad-enum');
    assert.strictEqual(actions[0]?.isPreferred, true);
    assert.strictEqual(changed(text, uri, actions[0]), pod('      imagePullPolicy: Always\n'));
    assert.deepStrictEqual(
      actions.slice(-4).map(({ title }) => title),
      [
        'Ignore kubernetes/bad-enum on this line',
        'Ignore kubernetes/bad-enum in Pod a (annotation)',
        'Make kubernetes/bad-enum a warning in .plumbline.yaml',
        'Turn kubernetes/bad-enum off in .plumbline.yaml',
      ],
    );
    assert.ok(actions.every((action) => action.diagnostics?.[0]?.code === 'kubernetes/bad-enum'));
  });

  it('adds what is missing and removes what is too much', async () => {
    const text = pod('      ports:\n        - name: http\n');
    const { uri, actions } = await actionsFor(text, 'kubernetes/missing-field');
    const add = actions.find(({ title }) => title === 'Add containerPort');
    assert.match(changed(text, uri, add), /- name: http\n {10}containerPort: \d+\n/);
    const other = pod('      nonsense: 1 # why\n');
    const removed = await actionsFor(other, 'kubernetes/unknown-field');
    const remove = removed.actions.find(({ title }) => title === 'Remove "nonsense"');
    assert.strictEqual(changed(other, removed.uri, remove), pod(''));
  });

  it('suppresses on the line and for the object; the finding goes', async () => {
    const text = pod('      nonsense: 1\n');
    for (const title of [/on this line$/, /in Pod a \(annotation\)$/]) {
      const { uri, actions } = await actionsFor(text, 'kubernetes/unknown-field');
      folder.server.change(
        uri,
        changed(
          text,
          uri,
          actions.find((action) => title.test(action.title)),
        ),
      );
      await folder.server.diagnostics(uri, (all) => all.length === 0);
    }
  });

  it('makes the configuration where there is none', async () => {
    const { actions } = await actionsFor(pod('      nonsense: 1\n'), 'kubernetes/unknown-field');
    const off = actions.find(({ title }) => title.startsWith('Turn kubernetes/unknown-field off'));
    const [create, edit] = off?.edit?.documentChanges ?? [];
    assert.deepStrictEqual(
      create && 'kind' in create && [create.kind, /\.plumbline\.yaml$/.test('uri' in create ? create.uri : '')],
      ['create', true],
    );
    assert.strictEqual(
      edit && 'edits' in edit ? (edit.edits[0] as TextEdit).newText : '',
      'rules:\n  kubernetes/unknown-field: off\n',
    );
  });

  it('fixes all that is safe, and only that', async () => {
    const text = pod('      ImagePullPolicy: Always\n      tty: "true"\n      nonsense: 1\n      prots: []\n');
    const { uri, actions } = await actionsFor(text, 'kubernetes/unknown-field', ['source.fixAll']);
    assert.deepStrictEqual(
      actions.map(({ kind }) => kind),
      ['source.fixAll.plumbline'],
    );
    assert.strictEqual(
      changed(text, uri, actions[0]),
      pod('      imagePullPolicy: Always\n      tty: true\n      nonsense: 1\n      prots: []\n'),
    );
    const none = await actionsFor(pod('      nonsense: 1\n'), 'kubernetes/unknown-field', ['source.fixAll.plumbline']);
    assert.deepStrictEqual(none.actions, []);
  });

  it('knows the text as it is, also while the findings are of an older one', async () => {
    const text = pod('      imagePullPolicy: always\n');
    const { uri } = await actionsFor(text, 'kubernetes/bad-enum');
    const moved = `# first\n${text}`;
    folder.server.change(uri, moved);
    const range = { start: { line: 9, character: 0 }, end: { line: 9, character: 0 } };
    const actions = await folder.ask<CodeAction[]>('textDocument/codeAction', uri, { range, context: {} });
    assert.strictEqual(changed(moved, uri, actions[0]), `# first\n${pod('      imagePullPolicy: Always\n')}`);
  });
});
