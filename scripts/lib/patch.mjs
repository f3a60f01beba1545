// Applies a unified diff to a folder, strictly: every hunk must fit word for word at the line it names, or nothing is kept.
// Patches are for exactly one version of a module; one that fits only nearly is a fault to look at, not to guess about.
import fs from 'node:fs';
import path from 'node:path';

/** Applies `patch` (text) to the files of `dir`. Text before the first `--- ` line is the patch's reason and is skipped. */
export function applyPatch(dir, patch, name) {
  const results = new Map();
  for (const file of parsePatch(patch, name)) {
    const before = file.from === undefined ? [] : linesOf(fs.readFileSync(path.join(dir, file.from), 'utf8'));
    results.set(file, patched(before, file, name));
  }
  for (const [file, lines] of results) {
    if (file.from !== undefined && file.from !== file.to) {
      fs.rmSync(path.join(dir, file.from));
    }
    if (file.to !== undefined) {
      const target = path.join(dir, file.to);
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.writeFileSync(target, lines.map((line) => line + '\n').join(''));
    }
  }
}

/** The files of a patch: `from` and `to` (undefined where there is none), and their hunks. */
function parsePatch(patch, name) {
  const files = [];
  const lines = linesOf(patch);
  for (let i = 0; i < lines.length; i++) {
    if (lines[i].startsWith('--- ') && lines[i + 1]?.startsWith('+++ ')) {
      files.push({ from: pathOf(lines[i]), to: pathOf(lines[i + 1]), hunks: [] });
      i++;
      continue;
    }
    const header = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(lines[i]);
    if (header === null || files.length === 0) {
      continue;
    }
    const [start, oldCount, newCount] = [header[1], header[2] ?? 1, header[3] ?? 1].map(Number);
    const hunk = { at: lines[i], start, old: [], new: [] };
    while (hunk.old.length < oldCount || hunk.new.length < newCount) {
      const line = lines[++i];
      const [sign, text] = [line?.[0] ?? ' ', line?.slice(1) ?? ''];
      if (line === undefined || !' +-'.includes(sign)) {
        throw new Error(`${name}: the hunk ${hunk.at} is not complete`);
      }
      if (sign !== '+') {
        hunk.old.push(text);
      }
      if (sign !== '-') {
        hunk.new.push(text);
      }
    }
    files.at(-1).hunks.push(hunk);
  }
  if (files.length === 0) {
    throw new Error(`${name}: no file to patch`);
  }
  return files;
}

function patched(before, file, name) {
  const after = [];
  let next = 0;
  for (const hunk of file.hunks) {
    // A hunk that only adds names the line before it.
    const start = hunk.old.length === 0 ? hunk.start : hunk.start - 1;
    const wrong = hunk.old.findIndex((line, i) => before[start + i] !== line);
    if (wrong >= 0 || start < next) {
      const line = Math.max(start, start + wrong);
      throw new Error(
        `${name} does not fit ${file.from}:${line + 1} any more (${hunk.at}): ` +
          `expected ${JSON.stringify(hunk.old[Math.max(wrong, 0)])}, found ${JSON.stringify(before[line])}`,
      );
    }
    after.push(...before.slice(next, start), ...hunk.new);
    next = start + hunk.old.length;
  }
  if (file.to === undefined && next < before.length) {
    throw new Error(`${name} deletes ${file.from} but does not name all of it`);
  }
  return [...after, ...before.slice(next)];
}

/** `--- a/path` without the marker and the first folder; undefined for /dev/null. */
function pathOf(header) {
  const given = header.slice(4).split('\t')[0].trim();
  return given === '/dev/null' ? undefined : given.replace(/^[ab]\//, '');
}

function linesOf(text) {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  if (lines.at(-1) === '') {
    lines.pop();
  }
  return lines;
}
