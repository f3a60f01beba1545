// package.json and the code are held to each other: commands, menus, settings, context keys, and what ships.
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { clientCommands, type Settings } from '../../server/src/core/protocol';

const root = path.resolve(__dirname, '../../..');
interface Item {
  command: string;
  when?: string;
}
const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  engines: { vscode: string };
  devDependencies: Record<string, string>;
  enabledApiProposals?: string[];
  contributes: {
    commands: { command: string; title: string; category: string }[];
    menus: Record<string, Item[]>;
    views: Record<string, { id: string }[]>;
    viewsWelcome: { view: string; contents: string; when: string }[];
    configuration: {
      properties: Record<string, { default?: unknown; description?: string; markdownDescription?: string }>;
    };
    colors: { id: string }[];
  };
};
const { contributes } = manifest;
const commands = contributes.commands.map((c) => c.command);

const clientFiles = (fs.readdirSync(path.join(root, 'client/src'), { recursive: true }) as string[])
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: fs.readFileSync(path.join(root, 'client/src', name), 'utf8') }));
const code = clientFiles.map((f) => f.text).join('\n');

const found = (pattern: RegExp, text: string): string[] => [...text.matchAll(pattern)].map((m) => m[1] ?? '');
const sorted = (values: Iterable<string>): string[] => [...new Set(values)].sort();

describe('manifest', () => {
  it('names exactly the commands that have code', () => {
    const operations = clientFiles.filter((f) => /^operations[\\/]/.test(f.name)).map((f) => f.text);
    const ids = operations.flatMap((text) => found(/Command = \{\s*id: '(\w+)'/g, text));
    assert.deepEqual(sorted(ids.map((id) => `plumbline.${id}`)), sorted(commands));
  });

  it('has only commands of its own in menus, all in one category', () => {
    assert.ok(contributes.commands.every((c) => c.category === 'Plumbline'));
    for (const [menu, items] of Object.entries(contributes.menus)) {
      assert.deepEqual(
        items.filter((i) => !commands.includes(i.command)),
        [],
        menu,
      );
    }
  });

  it('has every inline action in the context menu and the palette too', () => {
    const items = contributes.menus['view/item/context'] as (Item & { group: string })[];
    const context = items.filter((i) => !i.group.startsWith('inline')).map((i) => i.command);
    const hidden = (contributes.menus.commandPalette ?? []).filter((i) => i.when === 'false').map((i) => i.command);
    const titleOf = (id: string) => contributes.commands.find((c) => c.command === id)?.title;
    // For a row there may be a command of its own; the palette then has one of the same title, for the environment.
    const inPalette = commands.filter((c) => !hidden.includes(c)).map(titleOf);
    for (const { command } of items.filter((i) => i.group.startsWith('inline'))) {
      assert.ok(context.includes(command), `${command} is missing in the context menu`);
      assert.ok(inPalette.includes(titleOf(command)), `${command} is missing in the palette`);
    }
  });

  it('links from welcome texts only to commands and views that exist', () => {
    const views = contributes.views.plumbline?.map((v) => v.id) ?? [];
    for (const { view, contents } of contributes.viewsWelcome) {
      assert.ok(views.includes(view), view);
      const own = found(/\(command:(plumbline\.[\w.]+)\)/g, contents);
      assert.deepEqual(
        own.filter((c) => !commands.includes(c)),
        [],
      );
    }
  });

  it('uses in `when` clauses only context keys that the client sets', () => {
    const text = JSON.stringify([contributes.menus, contributes.viewsWelcome, contributes.commands]);
    const used = found(/(?<!command:|view == |"command":"|\.)\bplumbline\.(\w+)\b(?!\.svg)/g, text).filter(
      (key) => !['drift', 'history', 'sources'].includes(key) && !commands.includes(`plumbline.${key}`),
    );
    const set = found(/setContext\(\s*'(\w+)'/g, code);
    assert.deepEqual(
      sorted(used).filter((key) => !set.includes(key)),
      [],
    );
  });

  it('has every command that the server may name', () => {
    assert.deepEqual(
      Object.values(clientCommands).filter((c) => !commands.includes(c)),
      [],
    );
  });

  it('has exactly the settings that the client or the server reads', () => {
    const server: { [K in keyof Settings]: Settings[K] extends object ? (keyof Settings[K])[] : true } = {
      environment: true,
      kubernetesVersion: true,
      kubeconfig: true,
      validation: ['enabled', 'againstHead'],
      hover: ['enabled'],
      completion: ['enabled'],
      format: ['enabled', 'listIndent'],
      codeActions: ['enabled'],
      symbols: ['enabled'],
      folding: ['enabled'],
      selectionRanges: ['enabled'],
      links: ['enabled'],
      semanticTokens: ['enabled'],
      inlayHints: ['liveValues'],
      codeLens: ['drift'],
    };
    const names = Object.entries(server).flatMap(([area, of]) =>
      Array.isArray(of) ? of.map((name) => `${area}.${name}`) : [area],
    );
    const client = found(/read\('([\w.]+)'/g, code);
    // Read by the language client's library.
    const library = ['trace.server'];
    const declared = Object.keys(contributes.configuration.properties).map((p) => p.replace('plumbline.', ''));
    assert.deepEqual(sorted(declared), sorted([...names, ...client, ...library]));
  });

  it('describes every setting and gives it a default', () => {
    for (const [name, property] of Object.entries(contributes.configuration.properties)) {
      assert.ok((property.description ?? property.markdownDescription ?? '').length > 20, name);
      assert.notEqual(property.default, undefined, name);
    }
  });

  it('has every colour that the client uses', () => {
    const used = found(/'(plumbline\.\w+(?:Foreground|Border))'/g, code);
    assert.deepEqual(sorted(used), sorted(contributes.colors.map((c) => c.id)));
  });

  it('uses stable API only, typed for the oldest editor that it runs in', () => {
    assert.equal(manifest.enabledApiProposals, undefined);
    assert.equal(manifest.devDependencies['@types/vscode'], manifest.engines.vscode.replace('^', ''));
  });
});
