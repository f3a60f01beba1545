// A repository on the disk for one test file: a copy in a temporary folder, so that nothing above it is taken for its root.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const folders: string[] = [];
process.once('exit', () => folders.forEach((folder) => fs.rmSync(folder, { recursive: true, force: true })));

function temporaryFolder(): string {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'plumbline-')));
  folders.push(folder);
  return folder;
}

/** Copies a folder (with `remote`, as a repository that was cloned from there) and removes it when the process ends. */
export function copyOf(folder: string, options: { remote?: string } = {}): string {
  const root = temporaryFolder();
  fs.cpSync(folder, root, { recursive: true });
  fs.mkdirSync(path.join(root, '.git'), { recursive: true });
  if (options.remote !== undefined) {
    fs.writeFileSync(path.join(root, '.git/config'), `[remote "origin"]\n\turl = ${options.remote}\n`);
  }
  return root;
}

/** Writes files into a new temporary folder. */
export function repositoryOf(files: Record<string, string>): string {
  const root = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
  return root;
}
