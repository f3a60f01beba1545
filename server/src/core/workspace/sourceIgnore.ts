// `.sourceignore`: which files of a repository Flux's source controller leaves out of an artifact. The patterns are gitignore's;
// on top of them stand Flux's own defaults. A later pattern wins over an earlier one.

/** Left out unless a `.sourceignore` says otherwise. */
const defaults = [
  '.git/',
  '.gitignore',
  '.gitmodules',
  '.gitattributes',
  '*.jpg',
  '*.jpeg',
  '*.gif',
  '*.png',
  '*.wmv',
  '*.flv',
  '*.tar.gz',
  '*.zip',
  '.github/',
  '.circleci/',
  '.travis.yml',
  '.gitlab-ci.yml',
  'appveyor.yml',
  '.drone.yml',
  'cloudbuild.yaml',
  'codeship-services.yml',
  'codeship-steps.yml',
  '**/.goreleaser.yml',
  '**/.sops.yaml',
  '**/.flux.yaml',
];

interface Pattern {
  expression: RegExp;
  negated: boolean;
}

/**
 * A function that says whether Flux ignores a path. `files` are the `.sourceignore` files by the folder that holds them
 * (the root is the empty string); `inline` is the `spec.ignore` of the source object, which replaces the defaults.
 */
export function createSourceIgnore(files: ReadonlyMap<string, string>, inline?: string): (path: string) => boolean {
  const patterns: Pattern[] = (inline === undefined ? defaults : inline.split('\n')).flatMap((line) => parse(line, ''));
  const folders = [...files.keys()].sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1));
  for (const folder of folders) {
    for (const line of (files.get(folder) ?? '').split(/\r?\n/)) {
      patterns.push(...parse(line, folder));
    }
  }
  const decide = (path: string): boolean => {
    for (let i = patterns.length - 1; i >= 0; i--) {
      const pattern = patterns[i];
      if (pattern?.expression.test(path) === true) {
        return !pattern.negated;
      }
    }
    return false;
  };
  return (path) => {
    const parts = path.split('/');
    // A file below an ignored folder is ignored, whatever is said of the file itself.
    for (let n = 1; n < parts.length; n++) {
      if (decide(parts.slice(0, n).join('/') + '/')) {
        return true;
      }
    }
    return decide(path);
  };
}

function parse(line: string, folder: string): Pattern[] {
  let text = line.replace(/(?<!\\)\s+$/, '');
  if (text === '' || text.startsWith('#')) {
    return [];
  }
  const negated = text.startsWith('!');
  if (negated) {
    text = text.slice(1);
  }
  const onlyFolders = text.endsWith('/');
  if (onlyFolders) {
    text = text.slice(0, -1);
  }
  const anchored = text.includes('/');
  text = text.replace(/^\//, '');
  const base = folder === '' ? '' : escape(folder) + '/';
  const source = `^${base}${anchored ? '' : '(?:.*/)?'}${globSource(text)}${onlyFolders ? '/' : '/?'}$`;
  return [{ expression: new RegExp(source), negated }];
}

function globSource(glob: string): string {
  let out = '';
  for (let i = 0; i < glob.length; i++) {
    const c = glob[i] ?? '';
    if (glob.startsWith('**/', i) && (i === 0 || glob[i - 1] === '/')) {
      out += '(?:.*/)?';
      i += 2;
    } else if (glob.startsWith('**', i)) {
      out += '.*';
      i += 1;
    } else if (c === '*') {
      out += '[^/]*';
    } else if (c === '?') {
      out += '[^/]';
    } else if (c === '[') {
      const end = glob.indexOf(']', i + 1);
      out +=
        end < 0
          ? '\\['
          : `[${glob
              .slice(i + 1, end)
              .replace(/^!/, '^')
              .replace(/\\/g, '\\\\')}]`;
      i = end < 0 ? i : end;
    } else if (c === '\\' && i + 1 < glob.length) {
      out += escape(glob[++i] ?? '');
    } else {
      out += escape(c);
    }
  }
  return out;
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
