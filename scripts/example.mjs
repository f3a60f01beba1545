#!/usr/bin/env node
// Makes the example repository: a real Git repository with history, from examples/shop. The files there are the newest
// commit; history.json says what each commit added or changed, so that older states follow by undoing the later changes.
//   node scripts/example.mjs DIR
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { listFiles, root } from './lib/cache.mjs';
import { run } from './lib/run.mjs';

const example = path.join(root, 'examples/shop');

/** Writes the repository to `dir`, which must be empty or absent. Returns the commits' object names, oldest first. */
export async function createExample(dir) {
  if (fs.existsSync(dir) && fs.readdirSync(dir).length > 0) {
    throw new Error(`${dir} is not empty: name another folder for the example repository.`);
  }
  fs.mkdirSync(dir, { recursive: true });
  const { people, commits } = JSON.parse(fs.readFileSync(path.join(example, 'history.json'), 'utf8'));
  const newest = new Map(
    listFiles(path.join(example, 'files')).map((name) => [
      name,
      fs.readFileSync(path.join(example, 'files', name), 'utf8').replaceAll('\r\n', '\n'),
    ]),
  );
  const git = (args, env) =>
    run('git', ['-c', 'core.autocrlf=false', '-c', 'commit.gpgsign=false', ...args], { cwd: dir, env });
  await git(['init', '--quiet', '--initial-branch=main']);
  await git(['config', 'core.autocrlf', 'false']);
  await git(['remote', 'add', 'origin', 'https://git.example/shop/shop.git']);
  const ids = [];
  const added = new Set();
  for (const [index, commit] of commits.entries()) {
    for (const name of newest.keys()) {
      if ((commit.adds ?? []).some((prefix) => (prefix.endsWith('/') ? name.startsWith(prefix) : name === prefix))) {
        added.add(name);
      }
    }
    for (const name of added) {
      const file = path.join(dir, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, undo(name, newest.get(name), commits.slice(index + 1)));
    }
    const [author, email] = people[commit.by];
    const env = {
      GIT_AUTHOR_NAME: author,
      GIT_AUTHOR_EMAIL: email,
      GIT_AUTHOR_DATE: commit.date,
      GIT_COMMITTER_NAME: author,
      GIT_COMMITTER_EMAIL: email,
      GIT_COMMITTER_DATE: commit.date,
    };
    await git(['add', '--all']);
    await git(
      ['commit', '--quiet', '--no-verify', '-m', commit.subject, ...(commit.body ? ['-m', commit.body] : [])],
      env,
    );
    ids.push((await git(['rev-parse', 'HEAD'])).trim());
  }
  const left = [...newest.keys()].filter((name) => !added.has(name));
  if (left.length > 0) {
    throw new Error(`examples/shop/history.json: no commit adds ${left.join(', ')}`);
  }
  return ids;
}

function undo(name, text, later) {
  for (const change of later
    .flatMap((c) => c.changes ?? [])
    .filter((c) => c.path === name)
    .reverse()) {
    if (text.split(change.after).length !== 2) {
      throw new Error(`examples/shop/history.json: ${JSON.stringify(change.after)} must stand exactly once in ${name}`);
    }
    text = text.replace(change.after, () => change.before);
  }
  return text;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const dir = process.argv[2];
  if (!dir) {
    console.error('Usage: node scripts/example.mjs DIR');
    process.exit(2);
  }
  await createExample(path.resolve(dir));
  console.log(`The example repository is in ${path.resolve(dir)}`);
}
