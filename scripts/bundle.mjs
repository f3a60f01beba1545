// Set-up part: bundles the extension, the language server, the command line and what they load lazily into dist/.
// `--watch` keeps going; `--minify` is for the package. The extension's own bundle is what every window pays for: its size is held here.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import esbuild from 'esbuild';
import { root } from './lib/cache.mjs';

/** Every bundle and its first file. One that another bundle imports is loaded from its own file, at its first use. */
const entries = {
  extension: 'client/src/extension.ts',
  operations: 'client/src/operations/index.ts',
  previews: 'client/src/preview/previews.ts',
  languageClient: 'client/src/lspConnection.ts',
  server: 'server/src/start/server.ts',
  serverMain: 'server/src/main.ts',
  cli: 'server/src/start/cli.ts',
  cliMain: 'server/src/cli.ts',
  engineWorker: 'server/src/adapters/engineWorker.ts',
  kubeconfig: 'server/src/adapters/kubeconfig.ts',
  jsonSchemas: 'server/src/adapters/jsonSchemas.ts',
};
const extensionLimit = 40 * 1024;

/** Builds what exists. Resolves with the sizes in bytes by name; rejects when the extension's bundle is too large. */
export async function ensure(say = () => {}, { minify = false, watch = false, to = path.join(root, 'dist') } = {}) {
  const names = Object.keys(entries).filter((name) => fs.existsSync(path.join(root, entries[name])));
  const contexts = await Promise.all(names.map((name) => esbuild.context(options(name, minify, to))));
  const results = await Promise.all(contexts.map((context) => context.rebuild()));
  removeOthers(names, to);
  const sizes = Object.fromEntries(names.map((name, i) => [name, outputSize(results[i])]));
  say(`bundle: ${names.map((name) => `${name} ${Math.ceil(sizes[name] / 1024)} KB`).join(', ')}`);
  if (watch) {
    await Promise.all(contexts.map((context) => context.watch()));
    say('bundle: watching');
  } else {
    await Promise.all(contexts.map((context) => context.dispose()));
  }
  if (sizes.extension > extensionLimit) {
    throw new Error(
      `dist/extension.js has ${sizes.extension} bytes, more than the ${extensionLimit} that a window may pay.`,
    );
  }
  return sizes;
}

function options(name, minify, to) {
  const entry = path.join(root, entries[name]);
  // A file that brings its own first line keeps it; the command line must have one.
  const hashbang = name === 'cli' && !fs.readFileSync(entry, 'utf8').startsWith('#!');
  return {
    entryPoints: [entry],
    outfile: path.join(to, `${name}.js`),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode'],
    // Lazy parts are required: extension hosts load CommonJS everywhere.
    supported: { 'dynamic-import': false },
    // The extension's bundle is always as small as the one that ships, so that its limit means something every day.
    minify: minify || name === 'extension',
    sourcemap: minify ? false : 'linked',
    legalComments: 'none',
    metafile: true,
    logLevel: 'error',
    absWorkingDir: root,
    mainFields: ['module', 'main'],
    ...(hashbang ? { banner: { js: '#!/usr/bin/env node' } } : {}),
    plugins: [apart(name), plainParserState],
  };
}

/**
 * js-yaml makes its parser's state by spreading its options. On Node 20 such an object is a dictionary, and every step of the scan is
 * looked up in it: the scan takes four times as long. Written out, it is fast everywhere.
 */
const plainParserState = {
  name: 'plain-parser-state',
  setup(build) {
    build.onLoad({ filter: /[\\/]js-yaml[\\/]dist[\\/]js-yaml\.mjs$/ }, ({ path: file }) => {
      const spread = /const state = \{\s*\.\.\.DEFAULT_PARSER_OPTIONS,\s*\.\.\.options,/;
      const text = fs.readFileSync(file, 'utf8');
      if (!spread.test(text)) {
        throw new Error(`${file} is not the version that scripts/bundle.mjs knows: see there.`);
      }
      const written = Object.entries({ filename: "''", maxDepth: '100' })
        .map(([option, value]) => `${option}: options?.${option} ?? ${value},`)
        .join(' ');
      return { contents: text.replace(spread, `const state = { ${written}`), loader: 'js' };
    });
  },
};

/** Leaves an import of another bundle's first file as a `require` of that bundle. */
function apart(own) {
  const bundleOf = new Map(Object.entries(entries).map(([name, file]) => [path.join(root, file), name]));
  return {
    name: 'apart',
    setup(build) {
      build.onResolve({ filter: /^\.{1,2}\// }, (args) => {
        const file = path.resolve(args.resolveDir, args.path).replace(/\.js$/, '') + '.ts';
        const name = bundleOf.get(file);
        return name !== undefined && name !== own ? { path: `./${name}.js`, external: true } : undefined;
      });
    },
  };
}

const outputSize = (result) =>
  Object.entries(result.metafile.outputs).find(([file]) => file.endsWith('.js'))?.[1].bytes ?? 0;

/** A bundle whose first file is gone must not stay behind and be packed. */
function removeOthers(names, to) {
  for (const name of Object.keys(entries).filter((n) => !names.includes(n))) {
    for (const end of ['.js', '.js.map']) {
      fs.rmSync(path.join(to, name + end), { force: true });
    }
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await ensure(console.error, { minify: process.argv.includes('--minify'), watch: process.argv.includes('--watch') });
}
