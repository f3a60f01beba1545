// textDocument/hover: what a field is, and what it becomes where it is deployed.
import * as assert from 'node:assert';
import type { Hover, MarkupContent } from 'vscode-languageserver';
import { languageFolder, type LanguageFolder } from '../../support/languageFolder';

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: side
          image: side:1
        - name: web
          image: web:1
`;
const secret = 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: key\nstringData:\n  password: hunter2\n';

describe('textDocument/hover', () => {
  let folder: LanguageFolder;
  const hover = async (name: string, marked: string): Promise<string> => {
    const { uri, position } = folder.open(name, marked);
    const found = await folder.ask<Hover | null>('textDocument/hover', uri, { position });
    return (found?.contents as MarkupContent | undefined)?.value ?? '';
  };
  /** The hover once the renderer answers in time: its first start takes longer than a hover waits. */
  const warmHover = async (name: string, marked: string, wanted: RegExp): Promise<string> => {
    const deadline = Date.now() + 30_000;
    for (;;) {
      const text = await hover(name, marked);
      if (wanted.test(text) || Date.now() > deadline) {
        return text;
      }
    }
  };

  before(async () => {
    folder = await languageFolder({
      '.plumbline.yaml': 'environments:\n  - name: production\n    sources: [production]\n',
      'base/kustomization.yaml': 'resources: [web.yaml, secret.yaml]\n',
      'base/web.yaml': deployment,
      'base/secret.yaml': secret,
      'production/kustomization.yaml':
        'resources: [../base]\npatches: [{path: replicas.yaml}]\nimages:\n- name: web\n  newTag: "7"\n',
      'production/replicas.yaml':
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 5\n',
    });
  });
  after(() => folder.stop());

  it('explains a field', async () => {
    const text = await hover('base/web.yaml', deployment.replace('replicas', 'repl$0icas'));
    assert.match(text, /\*\*spec\.replicas\*\* · integer/);
    assert.match(text, /Number of desired pods/);
  });

  it('says what the chosen environment makes of it, and where', async () => {
    const replicas = await warmHover('base/web.yaml', deployment.replace('replicas', 'repl$0icas'), /production/);
    assert.match(replicas, /In \*\*production\*\*: ` 5 ` · \[production\/replicas\.yaml:5\]\(file:.*#L5\)/);
    const image = await warmHover('base/web.yaml', deployment.replace('web:1', 'we$0b:1'), /In \*\*/);
    assert.match(image, /` web:7 `/);
    assert.doesNotMatch(await hover('base/web.yaml', deployment.replace('side:1', 'si$0de:1')), /In \*\*/);
  });

  it('never shows a value of a Secret', async () => {
    const patched = secret.replace('hunter2', 'hun$0ter2');
    assert.doesNotMatch(await hover('base/secret.yaml', patched), /hunter2|In \*\*/);
  });

  it('explains the files of tools', async () => {
    assert.match(await hover('base/kustomization.yaml', 'resou$0rces: [web.yaml]\n'), /\*\*resources\*\*/);
    assert.match(await hover('.plumbline.yaml', 'envir$0onments: []\n'), /deployed to/);
  });
});
