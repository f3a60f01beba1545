// A person at the editor: a real VS Code in a real browser, with Plumbline installed as people install it, on a repository of its
// own. Screenshots are kept in dist/screenshots.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe } from 'mocha';
import { createExample } from '../../scripts/example.mjs';
import { root } from '../../scripts/lib/cache.mjs';
import { installCheckout, launchChromium, openWindow, startServer } from '../../scripts/lib/vscodeHost.mjs';

const screenshots = path.join(root, 'dist/screenshots');
const themes = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  contrast: 'Default High Contrast',
  contrastLight: 'Default High Contrast Light',
};
const axeSource = () => fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Begins a journey called `name`. `make(folder)` fills the repository (default: the example); `trust: false` opens it in Restricted
 * Mode; `folder: false` opens no folder.
 */
export async function begin(
  name,
  { theme = 'dark', trust = true, make = createExample, folder: withFolder = true } = {},
) {
  removeShots(name);
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-journey-'));
  const folder = path.join(dir, 'shop');
  await make(folder);
  const extensionsDir = path.join(dir, 'extensions');
  installCheckout(extensionsDir);
  const settings = { 'workbench.colorTheme': themes[theme], 'workbench.sideBar.location': 'left' };
  const server = await startServer({ driver: false, trust, extensionsDir, dataDir: path.join(dir, 'data'), settings });
  const browser = await launchChromium();
  const { page, outside } = await openWindow(browser, server, {
    ...(withFolder ? { folder } : {}),
    viewport: { width: 1400, height: 860 },
    colorScheme: theme.endsWith('ight') ? 'light' : 'dark',
  });
  page.setDefaultTimeout(30_000);
  return new Journey(name, page, folder, outside, async () => {
    await browser.close();
    await server.stop();
    fs.rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });
}

/** Pictures of an earlier run would pass for those of this one. */
function removeShots(name) {
  fs.mkdirSync(screenshots, { recursive: true });
  for (const file of fs.readdirSync(screenshots)) {
    if (file.startsWith(`${name}-`) && /^\d\d-/.test(file.slice(name.length + 1))) {
      fs.rmSync(path.join(screenshots, file));
    }
  }
}

class Journey {
  #shots = 0;

  constructor(name, page, folder, outside, end) {
    Object.assign(this, { name, page, folder, outside, end });
  }

  /** Keeps a screenshot, once what moves has come to rest. */
  async shot(what) {
    const number = String(++this.#shots).padStart(2, '0');
    await this.still();
    await this.page.screenshot({ path: path.join(screenshots, `${this.name}-${number}-${what}.png`) });
  }

  /** Waits until two pictures in a row are the same, for at most 3 s: animations and late decorations are over then. */
  async still() {
    let before = '';
    for (let i = 0; i < 12; i++) {
      const now = (await this.page.screenshot({ caret: 'hide' })).toString('base64');
      if (now === before) {
        return;
      }
      before = now;
      await this.page.waitForTimeout(250);
    }
  }

  /** Opens Plumbline's container in the side bar. */
  async showPlumbline() {
    const tab = this.page.getByRole('tab', { name: 'Plumbline' }).first();
    await tab.waitFor({ timeout: 120_000 });
    // A click on the open one would close the side bar.
    if ((await tab.getAttribute('aria-selected')) !== 'true') {
      await tab.click();
    }
  }

  /** Opens it and compares the chosen environment by the welcome text's button. */
  async compare() {
    await this.showPlumbline();
    await this.page.getByRole('button', { name: 'Compare with Live State' }).click({ timeout: 60_000 });
    await this.row(/, environment$/)
      .first()
      .waitFor({ timeout: 60_000 });
  }

  row(name) {
    return this.page.getByRole('treeitem', { name });
  }

  /** Runs a command from the palette, by its title. */
  async command(title) {
    await this.page.keyboard.press('F1');
    await this.#pick(`>${title}`, title.replace(/^Plumbline: /, ''));
  }

  async openFile(file) {
    await this.page.keyboard.press('Control+P');
    await this.#pick(file, path.posix.basename(file));
    await this.page
      .getByRole('tab', { name: path.posix.basename(file) })
      .first()
      .waitFor();
    await this.page.locator('.monaco-editor .view-line').first().waitFor();
  }

  /** The list is filled late on a busy machine: wait for the row before pressing Enter. */
  async #pick(text, rowText) {
    const input = this.page.locator('.quick-input-widget input[type=text]');
    await input.waitFor({ state: 'visible' });
    await input.fill(text);
    const first = this.page.locator('.quick-input-list .monaco-list-row').first();
    await first.filter({ hasText: rowText }).waitFor();
    await this.page.keyboard.press('Enter');
  }

  /** Number, from one, of the first line of a file on disk that holds a text. */
  lineOf(file, text) {
    const lines = fs.readFileSync(path.join(this.folder, file), 'utf8').split('\n');
    return lines.findIndex((line) => line.includes(text)) + 1;
  }

  /** Puts the caret at a line and column, both from one. */
  async goTo(line, column = 1) {
    await this.page.keyboard.press('Control+G');
    const input = this.page.locator('.quick-input-widget input[type=text]');
    await input.waitFor({ state: 'visible' });
    await input.fill(`:${line}:${column}`);
    await this.page.keyboard.press('Enter');
    await this.page.getByText(`Ln ${line}, Col ${column}`).waitFor();
  }

  get dialog() {
    return this.page.locator('.monaco-dialog-box');
  }

  toast(text) {
    return this.page.locator('.notification-toast').filter({ hasText: text });
  }

  statusItem(text) {
    return this.page.locator('.statusbar-item').filter({ hasText: text });
  }

  /** Problems that axe finds in our views, as one line each, and rows whose spoken name lacks something that is seen. */
  async accessibilityFaults(selector) {
    await this.page.evaluate(axeSource());
    const found = await this.page.evaluate(
      (include) => window.axe.run({ include: [include] }, { resultTypes: ['violations'] }),
      selector,
    );
    // The header of a view is the editor's own; and the editor writes label and description of a row without a space
    // between them, so that no name could contain that text: rows are looked at below instead.
    const theirs = ({ id }, { html }) =>
      /"pane-header/.test(html) || (id === 'label-content-name-mismatch' && /role="treeitem"/.test(html));
    const faults = found.violations.flatMap((violation) =>
      violation.nodes
        .filter((node) => !theirs(violation, node))
        .map((node) => `${violation.id}: ${node.any[0]?.message ?? ''} ${node.html.slice(0, 120)}`),
    );
    const rows = await this.page.locator(`${selector} [role=treeitem]`).evaluateAll((elements) =>
      elements.map((element) => ({
        spoken: element.getAttribute('aria-label') ?? '',
        seen: ['.monaco-icon-name-container', '.monaco-icon-description-container'].map(
          (part) => element.querySelector(part)?.textContent ?? '',
        ),
      })),
    );
    return [
      ...faults,
      ...rows.filter((r) => r.seen.some((text) => !r.spoken.includes(text))).map((r) => JSON.stringify(r)),
    ];
  }

  /** The text of everything on screen. */
  text() {
    return this.page.evaluate(() => document.body.innerText);
  }
}

/** Registers a mocha suite with one journey: begun before, ended after; a failing step leaves a picture. */
export function journey(name, options, steps) {
  describe(`journey: ${name}`, function () {
    this.timeout(240_000);
    const ref = {};
    let failed = false;
    before(async () => {
      ref.journey = await begin(name, options);
    });
    beforeEach(() => {
      // What follows a failed step would only fail for its sake.
      if (failed) {
        throw new Error('An earlier step of this journey failed');
      }
    });
    afterEach(async function () {
      if (this.currentTest?.state === 'failed') {
        failed = true;
        await ref.journey?.shot('failed');
      }
    });
    after(() => ref.journey?.end());
    steps(() => ref.journey);
  });
}
