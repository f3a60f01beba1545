// Fixtures with carets: text as a person would write it, with expectations on comment lines under the lines they are about.
//
//   replica: 3
// # ^^^^^^^ error kubernetes/unknown-field: … the whole message
//
// A marker's carets stand under the range; `#^^` without a gap starts at column 0; `+2:7` behind the carets: the range ends
// two lines further down, at column 7. `#- path key=value…` starts a file of several; the keys are options of the runner.
import type { Problem } from '../../server/src/core/problem';

export interface MarkedFile {
  path: string;
  options: Record<string, string>;
  /** Without markers: what is parsed. */
  text: string;
}

const marker = /^#(?: *\^+|\^+)(?: \+\d+:\d+)? (?:error|warning|info|hint) /;
const fileHeader = /^#- (\S+)((?: \w+=\S+)*)\s*$/;

/** Files of a fixture without their markers. Text before the first header belongs to a file called `defaultPath`. */
export function readMarked(fixture: string, defaultPath: string): MarkedFile[] {
  const files: MarkedFile[] = [{ path: defaultPath, options: {}, text: '' }];
  for (const line of linesOf(fixture)) {
    const header = fileHeader.exec(line);
    if (header !== null) {
      const options = Object.fromEntries(
        (header[2] ?? '')
          .trim()
          .split(' ')
          .filter((pair) => pair !== '')
          .map((pair) => pair.split('=') as [string, string]),
      );
      files.push({ path: header[1] ?? '', options, text: '' });
    } else if (!marker.test(line)) {
      (files[files.length - 1] as MarkedFile).text += line;
    }
  }
  return files.filter((file, index) => index > 0 || file.text !== '' || files.length === 1);
}

/** The fixture as it would be with exactly these problems: what the runner compares, and writes on UPDATE_EXPECT=1. */
export function writeMarked(fixture: string, defaultPath: string, problems: readonly Problem[]): string {
  let path = defaultPath;
  let line = -1;
  let result = '';
  for (const text of linesOf(fixture)) {
    const header = fileHeader.exec(text);
    if (header !== null) {
      path = header[1] ?? '';
      line = -1;
      result += text;
      continue;
    }
    if (marker.test(text)) {
      continue;
    }
    line++;
    const here = problems.filter((problem) => problem.path === path && problem.range.start.line === line);
    result += here.length > 0 && !text.endsWith('\n') ? text + '\n' : text;
    result += here.map(markerOf).join('');
  }
  return result;
}

function markerOf({ range: { start, end }, severity, rule, message }: Problem): string {
  const single = start.line === end.line;
  const width = single ? Math.max(1, end.character - start.character) : 1;
  const carets =
    start.character <= 1 ? '#' + '^'.repeat(width) : '#' + ' '.repeat(start.character - 1) + '^'.repeat(width);
  const tail = single ? '' : ` +${end.line - start.line}:${end.character}`;
  return `${carets}${tail} ${severity} ${rule}: ${message}\n`;
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
