// Flux's post-build step on a rendering: variables in every document that does not opt out, with origins kept line by line.
import type { JsonValue } from '../json';
import type { Origin, RenderFailure } from '../ports';
import { valueAt } from '../workspace/read';
import type { FluxOverlay } from '../workspace/source';
import { toJson } from '../yaml/resolve';
import { parseYaml } from '../yaml/parse';
import { substitute } from './substitute';

const switchName = 'kustomize.toolkit.fluxcd.io/substitute';

export interface Substituted {
  yaml: string;
  origins: Origin[][];
  /** By index of the document: variables whose values are not in the repository. */
  unresolved: Map<number, string[]>;
  failure?: RenderFailure;
}

export function substitutePostBuild(yaml: string, origins: readonly Origin[][], overlay: FluxOverlay): Substituted {
  const known = overlay.substitute ?? {};
  const mayBeSetElsewhere = (overlay.substituteUnknown ?? []).length > 0;
  const parsed = parseYaml(yaml);
  const unresolved = new Map<number, string[]>();
  let out = '';
  const outOrigins: Origin[][] = [];
  for (const document of parsed.documents) {
    const text = yaml.slice(document.start, document.end);
    const first = parsed.lines.positionAt(document.start).line;
    const lines = lineCount(text);
    const own = origins.slice(first, first + lines);
    if (!text.includes('$') || isSwitchedOff(toJson(document.root))) {
      out += text;
      outOrigins.push(...own);
      continue;
    }
    const missing = new Set<string>();
    const result = substitute(
      text,
      (name) => {
        if (Object.hasOwn(known, name)) {
          return known[name];
        }
        if (mayBeSetElsewhere) {
          missing.add(name);
          return `\${${name}}`;
        }
        return undefined;
      },
      overlay.substituteStrict === true,
    );
    if (!result.ok) {
      const line = first + text.slice(0, result.at).split('\n').length - 1;
      const origin = origins[line]?.[0];
      return {
        yaml,
        origins: [...origins],
        unresolved,
        failure: {
          message: `Variable substitution failed: ${result.message}.`,
          ...(origin === undefined ? {} : { path: origin.path, line: origin.line, character: origin.character }),
        },
      };
    }
    if (missing.size > 0) {
      unresolved.set(document.index, [...missing].sort());
    }
    out += result.text;
    const count = lineCount(result.text);
    const last = own.at(-1) ?? [];
    outOrigins.push(...own.slice(0, count), ...Array.from({ length: Math.max(0, count - own.length) }, () => last));
  }
  return { yaml: out, origins: outOrigins, unresolved };
}

function isSwitchedOff(object: JsonValue): boolean {
  return ['labels', 'annotations'].some((map) => valueAt(object, 'metadata', map, switchName) === 'disabled');
}

/** Lines of a text that ends at a line's end, or in the middle of one. */
function lineCount(text: string): number {
  const breaks = text.split('\n').length - 1;
  return text === '' ? 0 : text.endsWith('\n') ? breaks : breaks + 1;
}
