// Patches that are written as texts inside other files: in a kustomization, in Flux and Argo CD objects. The text is read where it
// stands, so that every finding is in its place.
import { checkDocument } from '../schema/checkDocument';
import type { Problem } from '../problem';
import { groupOf } from '../resource';
import type { SchemaStore } from '../schema/schemaStore';
import type { DetectedDocument } from '../kinds/kind';
import { itemsAt, nodeAt } from '../workspace/read';
import { parseYaml } from '../yaml/parse';
import { follow } from '../yaml/resolve';
import type { Node, ParsedYaml, ScalarNode } from '../yaml/tree';
import { checkJsonPatch } from './jsonPatch';
import { selectorOf, type PatchSelector } from './patchSelector';
import { targetsOf } from './patchTargets';

interface Place {
  path: string;
  parsed: ParsedYaml;
}

/** A text that is a patch, and what its `target` says. */
interface InlinePatch {
  text: ScalarNode;
  target: PatchSelector | undefined;
}

/** Findings inside the patches that a document holds as texts. */
export function checkInlinePatches(
  place: Place,
  detected: DetectedDocument,
  store: SchemaStore,
  minor: string | undefined,
): Problem[] {
  return inlinePatches(detected).flatMap(({ text, target }) =>
    segmentsOf(place.parsed, text).flatMap((parsed) => {
      const document = parsed.documents.find(({ root }) => root !== undefined);
      const root = document?.root;
      if (document === undefined || root === undefined || document.recovered) {
        return (document?.faults ?? []).map((fault) => ({
          rule: fault.rule,
          severity: 'error' as const,
          message: fault.message,
          path: place.path,
          range: place.parsed.lines.range(fault.start, fault.end),
        }));
      }
      const inner = { path: place.path, parsed };
      return root.kind === 'seq'
        ? [...needsTarget(place, text, target), ...checkJsonPatch(inner, root, targetsOf(target, store, minor))]
        : checkDocument(document, store, {
            path: place.path,
            lines: parsed.lines,
            partial: true,
            variables: detected.variables,
            ...(minor === undefined ? {} : { minor }),
          }).filter(({ rule }) => rule !== 'kubernetes/unknown-kind');
    }),
  );
}

function needsTarget({ path, parsed }: Place, text: ScalarNode, target: PatchSelector | undefined): Problem[] {
  return target !== undefined
    ? []
    : [
        {
          rule: 'kustomize/bad-patch',
          severity: 'error',
          message: 'A list of operations does not say what it changes: it needs a "target" beside it.',
          path,
          range: parsed.lines.range(text.start, Math.min(text.end, lineEnd(parsed.text, text.start))),
        },
      ];
}

function inlinePatches({ kind, identity, document }: DetectedDocument): InlinePatch[] {
  const root = document.root;
  const lists: (Node | undefined)[] = [];
  const texts: InlinePatch[] = [];
  if (kind.id === 'kustomization' || kind.id === 'component') {
    lists.push(nodeAt(root, ['patches']), nodeAt(root, ['patchesJson6902']));
    for (const item of itemsAt(root, 'patchesStrategicMerge')) {
      const text = follow(item);
      if (text?.kind === 'scalar' && text.text.includes('\n')) {
        texts.push({ text, target: {} });
      }
    }
  } else if (identity !== undefined && groupOf(identity.apiVersion) === 'kustomize.toolkit.fluxcd.io') {
    lists.push(nodeAt(root, ['spec', 'patches']));
  } else if (
    identity !== undefined &&
    groupOf(identity.apiVersion) === 'argoproj.io' &&
    identity.kind === 'Application'
  ) {
    lists.push(nodeAt(root, ['spec', 'source', 'kustomize', 'patches']));
  }
  for (const list of lists) {
    for (const item of itemsAt(list)) {
      const text = nodeAt(item, ['patch']);
      if (text?.kind === 'scalar') {
        texts.push({ text, target: selectorOf(nodeAt(item, ['target'])) });
      }
    }
  }
  return texts;
}

/**
 * The documents of a text as trees whose offsets are those of the file: everything in front is blank, and an indented document is read
 * like any other. None where the text is not written as it is read: escapes, folded lines.
 */
function segmentsOf({ text: file }: ParsedYaml, node: ScalarNode): ParsedYaml[] {
  let [start, end] = [node.start, node.end];
  if (node.style === 'literal') {
    start = lineEnd(file, start);
  } else if ((node.style === 'single' || node.style === 'double') && !/['\\\n]/.test(file.slice(start + 1, end - 1))) {
    [start, end] = [start + 1, end - 1];
  } else {
    return [];
  }
  const body = file.slice(start, end);
  const starts = [0];
  for (const mark of body.matchAll(/^[ \t]*---[ \t]*(?:\r?\n|$)/gm)) {
    starts.push(mark.index + mark[0].length);
  }
  return starts.flatMap((from, i) => {
    const to = starts[i + 1] ?? body.length;
    const own = body.slice(from, to).replace(/^[ \t]*---[ \t]*(?:\r?\n|$)/gm, blank);
    return own.trim() === '' ? [] : [parseYaml(blank(file.slice(0, start + from)) + own)];
  });
}

/** As long, with the same lines. */
function blank(text: string): string {
  return text.replace(/[^\r\n]/g, ' ');
}

function lineEnd(text: string, at: number): number {
  const next = text.indexOf('\n', at);
  return next < 0 ? text.length : next;
}
