// The worker host: order, cancellation, limits, crashes and files, on an engine of a few bytes that does as it is told.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { Cancelled, EngineUnavailable } from '../../server/src/core/ports';
import { overlayFiles } from '../../server/src/adapters/engineFiles';
import type { EngineHostOptions, EngineLimits } from '../../server/src/adapters/engineHost';
import { EngineCrash, EngineHost, EngineTimeout } from '../../server/src/adapters/engineHost';
import { failed, readOrigins } from '../../server/src/adapters/engineRender';
import { createEngines } from '../../server/src/adapters/engines';
import { failureProblem } from '../../server/src/core/render/failures';
import type { Rendering } from '../../server/src/core/render/rendering';
import type { Source } from '../../server/src/core/workspace/source';
import { memoryTree } from '../support/memoryFiles';
import { writeTinyEngine } from '../support/tinyEngine';

const emptyRange = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
const generous: EngineLimits = { timeMs: 20_000, memoryBytes: 1 << 30, overtakenMs: 20_000, idleMs: 20_000 };

describe('engine host', () => {
  let folder: string;
  let logged: string[];
  const hosts: EngineHost[] = [];
  const log = {
    info: (m: string) => logged.push(m),
    warn: (m: string) => logged.push(m),
    error: (m: string) => logged.push(m),
  };

  const host = (limits: Partial<EngineLimits> = {}, more: Partial<EngineHostOptions> = {}): EngineHost => {
    const made = new EngineHost({ name: 'render', folder, log, limits: { ...generous, ...limits }, ...more });
    hosts.push(made);
    return made;
  };
  const ask = (asked: EngineHost, op: string, payload = 'x', slot?: string): Promise<string> =>
    asked.request(slot).call({ op, payload });

  beforeEach(() => {
    logged = [];
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-engine-'));
    writeTinyEngine(folder, 'render');
  });
  afterEach(async () => {
    await Promise.all(hosts.splice(0).map((made) => made.dispose()));
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it('starts on the first call only, and answers calls in order', async () => {
    const engine = host();
    assert.equal(engine.status().running, false);
    assert.deepEqual(await Promise.all(['a', 'b', 'c'].map((text) => ask(engine, 'e', text))), ['a', 'b', 'c']);
    assert.equal(engine.status().instances, 1);
  });

  it('hands text over whole, whatever its characters', async () => {
    const text = 'ä€𝄞'.repeat(5000);
    assert.equal(await ask(host(), 'e', text), text);
  });

  it('runs what a person waits for before batches', async () => {
    const engine = host();
    const order: string[] = [];
    const note = (text: string): void => void order.push(text);
    await Promise.all([
      ask(engine, 'e', 'batch 1').then(note),
      ask(engine, 'e', 'batch 2').then(note),
      ask(engine, 'e', 'person', 'preview').then(note),
    ]);
    assert.equal(order[0], 'person');
  });

  it('drops a waiting request when a newer one of its slot arrives', async () => {
    const engine = host();
    const first = ask(engine, 'e', 'first', 'preview');
    const other = ask(engine, 'e', 'other', 'diagnostics');
    const second = ask(engine, 'e', 'second', 'preview');
    await assert.rejects(first, Cancelled);
    assert.deepEqual(await Promise.all([other, second]), ['other', 'second']);
  });

  it('stops a running call that is overtaken and holds up its successor', async () => {
    const engine = host({ overtakenMs: 50 });
    await ask(engine, 'e');
    const stuck = ask(engine, 'l', 'x', 'preview');
    const next = ask(engine, 'e', 'next', 'preview');
    await assert.rejects(stuck, Cancelled);
    assert.equal(await next, 'next');
    assert.equal(engine.status().instances, 2);
  });

  it('rejects at once when aborted, before and during the call', async () => {
    const engine = host({ overtakenMs: 50 });
    await assert.rejects(engine.request(undefined, AbortSignal.abort()).call({ op: 'e', payload: '' }), Cancelled);
    const abort = new AbortController();
    const stuck = engine.request(undefined, abort.signal).call({ op: 'l', payload: '' });
    abort.abort();
    await assert.rejects(stuck, Cancelled);
    assert.equal(await ask(engine, 'e', 'after'), 'after');
  });

  it('stops a call past its time limit and goes on with the next', async () => {
    const engine = host({ timeMs: 100 });
    const stuck = ask(engine, 'l');
    const next = ask(engine, 'e', 'next');
    await assert.rejects(stuck, EngineTimeout);
    assert.equal(await next, 'next');
  });

  it('repeats a call that crashes once, then gives up on it alone', async () => {
    const engine = host();
    const bad = ask(engine, 't');
    const good = ask(engine, 'e', 'good');
    await assert.rejects(bad, EngineCrash);
    assert.equal(await good, 'good');
    assert.equal(logged.filter((line) => line.includes('crashed')).length, 2);
  });

  it('does not call a source wrong that is too large for it', async () => {
    const answer = failed(
      new EngineCrash('unreachable: fatal error: runtime: cannot allocate memory runtime stack: …'),
    );
    assert.ok(!answer.ok);
    const declared = { path: 'crds/kustomization.yaml', range: emptyRange };
    const source = { name: 'crds', declared, render: { tool: 'kustomize', dir: 'crds' } } as Source;
    const rendering = { source, failure: answer.failure, objects: [], texts: [], reads: [] } as unknown as Rendering;
    assert.deepEqual(await failureProblem(rendering, memoryTree({})), {
      ...declared,
      rule: 'plumbline/not-rendered',
      severity: 'info',
      message: 'crds is not checked: Rendering it needs more memory than the render engine may take.',
    });
  });

  it('prepares every fresh instance before its first call', async () => {
    const engine = host({}, { prelude: () => [{ op: 'p', payload: '' }] });
    assert.equal(await ask(engine, 'q'), '1');
    await assert.rejects(ask(engine, 't'), EngineCrash);
    assert.equal(await ask(engine, 'q'), '1');
  });

  it('goes on without a preparation that breaks the engine', async () => {
    const engine = host({}, { prelude: () => [{ op: 't', payload: '' }] });
    assert.equal(await ask(engine, 'e', 'still'), 'still');
  });

  it('gives memory back above the limit, when nothing waits', async () => {
    const engine = host({ memoryBytes: 1 << 21 });
    await ask(engine, 'p');
    assert.equal(await ask(engine, 'q'), '1');
    assert.equal(await ask(engine, 'g', 'grown'), 'grown');
    assert.equal(await ask(engine, 'q'), '0');
    assert.ok(engine.status().memoryBytes < 1 << 21);
  });

  it('stops an idle worker and starts it again when needed', async () => {
    const engine = host({ idleMs: 1 });
    await ask(engine, 'e');
    const deadline = Date.now() + 5000;
    while (engine.status().running && Date.now() < deadline) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(engine.status().running, false);
    assert.equal(await ask(engine, 'e', 'again'), 'again');
  });

  it('says what to do when the module is missing, and finds it when it appears', async () => {
    const empty = path.join(folder, 'none');
    const engine = host({}, { folder: empty });
    await assert.rejects(
      ask(engine, 'e'),
      (error: unknown) => error instanceof EngineUnavailable && error.message.includes('npm run engines'),
    );
    writeTinyEngine(empty, 'render');
    assert.equal(await ask(engine, 'e', 'here'), 'here');
  });

  it('says what to do when the module is broken, and does not try it again until it changes', async () => {
    const file = path.join(folder, 'render.wasm');
    fs.writeFileSync(file, 'not a module');
    const engine = host();
    await assert.rejects(ask(engine, 'e'), EngineUnavailable);
    await assert.rejects(ask(engine, 'e'), EngineUnavailable);
    assert.equal(engine.status().instances, 1);
    writeTinyEngine(folder, 'render');
    assert.equal(await ask(engine, 'e', 'here'), 'here');
  });

  it('decompresses the packaged form', async () => {
    const file = path.join(folder, 'render.wasm');
    fs.writeFileSync(`${file}.br`, zlib.brotliCompressSync(fs.readFileSync(file)));
    fs.rmSync(file);
    assert.equal(await ask(host(), 'e', 'unpacked'), 'unpacked');
  });

  it('ends everything that waits when disposed', async () => {
    const engine = host();
    const waiting = ask(engine, 'e');
    const disposed = engine.dispose();
    await assert.rejects(waiting, Cancelled);
    await disposed;
    await assert.rejects(ask(engine, 'e'), Cancelled);
  });

  it('lets the engine read the tree, unsaved text first', async () => {
    fs.mkdirSync(path.join(folder, 'tree'));
    fs.writeFileSync(path.join(folder, 'tree/saved.yaml'), 'saved');
    fs.writeFileSync(path.join(folder, 'tree/edited.yaml'), 'old');
    const files = { root: path.join(folder, 'tree'), buffers: new Map([['edited.yaml', 'new']]) };
    const read = (file: string): Promise<string> => host().request().call({ op: 'r', payload: file, files });
    assert.equal(await read('saved.yaml'), 'saved');
    assert.equal(await read('/edited.yaml'), 'new');
    assert.equal(await read('../render.wasm'), '');
  });

  it('keeps engines that cannot run out of the versions, with both reasons in the log', async () => {
    const engines = createEngines({ folder: path.join(folder, 'none'), log });
    assert.deepEqual(await engines.versions(), {});
    assert.equal(logged.length, 2);
    await engines.dispose();
  });

  it('reads origins of the wire, and skips what it does not know', () => {
    assert.deepEqual(readOrigins(['a.yaml', 'b.yaml'], [[0, 3, 2, 0, 1, 7, 0, 1], [], [9, 0, 0, 0], null]), [
      [
        { path: 'a.yaml', line: 3, character: 2, role: 'resource' },
        { path: 'b.yaml', line: 7, character: 0, role: 'patch' },
      ],
      [],
      [],
      [],
    ]);
  });
});

describe('engine files', () => {
  let folder: string;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-files-'));
    fs.mkdirSync(path.join(folder, 'root/sub'), { recursive: true });
    fs.writeFileSync(path.join(folder, 'secret'), 'secret');
    fs.writeFileSync(path.join(folder, 'root/sub/a.yaml'), 'a');
    fs.symlinkSync(path.join(folder, 'secret'), path.join(folder, 'root/out'));
    fs.symlinkSync(folder, path.join(folder, 'root/up'));
    fs.symlinkSync(path.join(folder, 'root/sub'), path.join(folder, 'root/inside'));
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  const files = (buffers: Record<string, string> = {}) =>
    overlayFiles(path.join(folder, 'root'), new Map(Object.entries(buffers)));
  const textOf = (content: Uint8Array | undefined) => content && Buffer.from(content).toString();

  it('reads below the root, through links that stay inside', () => {
    assert.equal(textOf(files().read('sub/a.yaml')), 'a');
    assert.equal(textOf(files().read('/sub/../sub/./a.yaml')), 'a');
    assert.equal(textOf(files().read('inside/a.yaml')), 'a');
    assert.equal(files().kind('inside'), 2);
  });

  it('refuses every way out', () => {
    for (const file of ['../secret', 'sub/../../secret', 'out', 'up/secret', 'up']) {
      assert.equal(files().read(file), undefined, file);
      assert.equal(files().kind(file), 0, file);
    }
    assert.deepEqual(files().list('up'), []);
    assert.deepEqual(files().list('..'), []);
  });

  it('shows unsaved files that the disk does not have, with their folders', () => {
    const overlay = files({ 'sub/b.yaml': 'b', 'new/deep/c.yaml': 'c' });
    assert.deepEqual(overlay.list('sub'), ['a.yaml', 'b.yaml']);
    assert.deepEqual(overlay.list('new'), ['deep']);
    assert.ok(overlay.list('').includes('new'));
    assert.equal(overlay.kind('new/deep'), 2);
    assert.equal(overlay.kind('new/deep/c.yaml'), 1);
    assert.equal(overlay.kind('new/x'), 0);
  });
});
