// What a Flux Kustomization or an Argo CD Application adds to a folder, written into that folder's kustomization as the controllers
// do it: the kustomization file of the rendering is the person's own text with lines added, each of which knows its author.
import { isObject, type JsonObject } from '../json';
import type { FileTree } from '../ports';
import { generatedKustomization, generatedResources } from '../workspace/generated';
import { fileSet, kustomizationIn } from '../workspace/kustomization';
import { folderOf } from '../workspace/paths';
import { nodeAt, pairOf, resolved, stringOf } from '../workspace/read';
import type { FluxOverlay, Source } from '../workspace/source';
import { createSourceIgnore } from '../workspace/sourceIgnore';
import { parseYaml } from '../yaml/parse';
import type { Node, Pair, ParsedYaml } from '../yaml/tree';
import { realLines, type VirtualFiles, type VirtualLine } from './virtualFiles';

/** The kustomization file to render instead of the folder's own; no files where the folder's own will do. */
export async function overlayFiles(
  tree: FileTree,
  source: Source,
  dir: string,
  overlay: FluxOverlay,
): Promise<VirtualFiles> {
  const listed = await tree.list(dir);
  const own = kustomizationIn(fileSet(listed), dir);
  let editor: KustomizationEditor;
  const declared = await declaredObject(tree, source, overlay.at ?? '/spec');
  if (own === undefined) {
    const ignored = createSourceIgnore(await ignoreFiles(tree));
    const text = generatedKustomization(generatedResources(listed, dir, ignored), dir);
    const lines = text.split('\n').map((line): VirtualLine => ({ text: line, at: declared.place('path') }));
    editor = new KustomizationEditor(lines);
  } else {
    editor = new KustomizationEditor(realLines(own, ((await tree.read(own)) ?? '').replace(/\r\n/g, '\n')));
  }
  applyOverlay(editor, overlay, declared);
  if (own !== undefined && !editor.changed) {
    return new Map();
  }
  const path = own ?? (dir === '' ? 'kustomization.yaml' : `${dir}/kustomization.yaml`);
  return new Map([[path, editor.lines]]);
}

async function ignoreFiles(tree: FileTree): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const path of (await tree.list()).filter((p) => /(^|\/)\.sourceignore$/.test(p))) {
    found.set(folderOf(path), (await tree.read(path)) ?? '');
  }
  return found;
}

function applyOverlay(editor: KustomizationEditor, overlay: FluxOverlay, declared: Declared): void {
  const scalars: [string, string | undefined, string][] = [
    ['namespace', overlay.targetNamespace, 'targetNamespace'],
    ['namePrefix', overlay.namePrefix, 'namePrefix'],
    ['nameSuffix', overlay.nameSuffix, 'nameSuffix'],
  ];
  for (const [key, value, field] of scalars) {
    if (value !== undefined) {
      editor.set(key, value, declared.place(field));
    }
  }
  overlay.components?.forEach((component, i) =>
    editor.append('components', [{ text: JSON.stringify(component) }], declared.place('components', i)),
  );
  overlay.patches?.forEach((patch, i) =>
    editor.append('patches', patchLines(patch, declared, i), declared.place('patches', i)),
  );
  for (const [i, image] of (overlay.images ?? []).entries()) {
    editor.replaceNamed(
      'images',
      stringOf(image['name']) ?? '',
      [{ text: JSON.stringify(image) }],
      declared.place('images', i),
    );
  }
  const metadata = overlay.commonMetadata ?? {};
  for (const [field, kind] of [
    ['labels', 'LabelTransformer'],
    ['annotations', 'AnnotationsTransformer'],
  ] as const) {
    const pairs = metadata[field];
    if (isObject(pairs) && Object.keys(pairs).length > 0) {
      const transformer: JsonObject = {
        apiVersion: 'builtin',
        kind,
        metadata: { name: `common-${field}` },
        [field]: pairs,
        fieldSpecs: [{ path: `metadata/${field}`, create: true }],
      };
      editor.append('transformers', literal('', JSON.stringify(transformer)), declared.place('commonMetadata', field));
    }
  }
}

/** A patch as an item of `patches`, its text as a block whose lines lead to the lines of the author's block. */
function patchLines(patch: JsonObject, declared: Declared, index: number): VirtualLine[] {
  const text = stringOf(patch['patch']) ?? '';
  const lines = literal('patch: ', text).map((line, i) => {
    const at = i === 0 ? undefined : declared.blockLine(i - 1, 'patches', index, 'patch');
    return at === undefined ? line : { ...line, at };
  });
  const target = patch['target'];
  const options = patch['options'];
  return [
    ...lines,
    ...(target === undefined
      ? []
      : [{ text: `target: ${JSON.stringify(target)}`, at: declared.place('patches', index, 'target') }]),
    ...(options === undefined
      ? []
      : [{ text: `options: ${JSON.stringify(options)}`, at: declared.place('patches', index, 'options') }]),
  ];
}

/** A text as a literal block after `head`. */
function literal(head: string, text: string): VirtualLine[] {
  const ends = /\n*$/.exec(text)?.[0].length ?? 0;
  const chomp = ends === 0 ? '-' : ends === 1 ? '' : '+';
  const body = (ends > 0 ? text.slice(0, -1) : text).split('\n');
  return [{ text: `${head}|2${chomp}` }, ...body.map((line) => ({ text: line === '' ? '' : `  ${line}` }))];
}

// ---- the declaring object

interface Declared {
  /** Line of a field of the overlay, or of the object. */
  place(...path: (string | number)[]): { path: string; line: number };
  /** Line `n` of the content of a literal block; undefined where the text is written otherwise. */
  blockLine(n: number, ...path: (string | number)[]): { path: string; line: number } | undefined;
}

async function declaredObject(tree: FileTree, source: Source, at: string): Promise<Declared> {
  const { path, range } = source.declared;
  const text = (await tree.read(path)) ?? '';
  const parsed = parseYaml(text);
  const start = parsed.lines.offsetAt(range.start);
  const document = parsed.documents.find((d) => d.root !== undefined && d.start <= start && start <= d.end);
  const steps = at.split('/').slice(1);
  const spec = nodeAt(document?.root, steps);
  const lineOf = (offset: number): { path: string; line: number } => ({
    path,
    line: parsed.lines.positionAt(offset).line,
  });
  return {
    place(...field) {
      for (let n = field.length; n > 0; n--) {
        const pair = pairInside(spec, field.slice(0, n));
        if (pair !== undefined) {
          return lineOf(pair.start);
        }
      }
      return { path, line: range.start.line };
    },
    blockLine(n, ...field) {
      const node = nodeAt(spec, field);
      return node?.kind === 'scalar' && node.style === 'literal'
        ? { path, line: lineOf(node.start).line + 1 + n }
        : undefined;
    },
  };
}

/** Where a field starts: its key, or the list item itself. */
function pairInside(node: Node | undefined, field: readonly (string | number)[]): { start: number } | undefined {
  const parent = nodeAt(node, field.slice(0, -1));
  const last = field.at(-1);
  return typeof last === 'string' ? pairOf(parent, last)?.key : nodeAt(parent, last === undefined ? [] : [last]);
}

// ---- editing a kustomization by whole lines

/** Adds to a kustomization's text by inserting and replacing whole lines, so that every other line stays what it was. */
class KustomizationEditor {
  changed = false;

  constructor(public lines: VirtualLine[]) {}

  /** Sets a field that holds one scalar. */
  set(key: string, value: string, at: { path: string; line: number }): void {
    const line: VirtualLine = { text: `${key}: ${JSON.stringify(value)}`, at };
    const { parsed, pair } = this.find(key);
    if (pair === undefined) {
      this.insert(this.end(parsed), [line]);
    } else {
      this.replace(parsed, pair, [line]);
    }
  }

  /** Adds one item to a list. */
  append(key: string, item: readonly VirtualLine[], at: { path: string; line: number }): void {
    const { parsed, pair } = this.find(key);
    const list = resolved(pair?.value);
    if (pair === undefined) {
      this.insert(this.end(parsed), [{ text: `${key}:`, at }, ...asItem(item, '', at)]);
    } else if (list?.kind === 'seq' && !list.flow && list.items.length > 0) {
      const column = this.dashColumn(parsed, list.start);
      this.insert(this.lineAfter(parsed, list.end), asItem(item, ' '.repeat(column), at));
    } else {
      const items = list?.kind === 'seq' ? list.items.map((node) => ({ text: this.slice(parsed, node) })) : [];
      this.replace(parsed, pair, [
        { text: `${key}:`, at },
        ...items.flatMap((text) => asItem([text], '', at)),
        ...asItem(item, '', at),
      ]);
    }
  }

  /** Replaces the list item of that `name`, or adds the item. */
  replaceNamed(key: string, name: string, item: readonly VirtualLine[], at: { path: string; line: number }): void {
    const { parsed, pair } = this.find(key);
    const list = resolved(pair?.value);
    const found =
      list?.kind === 'seq' && !list.flow
        ? list.items.find((node) => {
            const named = resolved(pairOf(node, 'name')?.value);
            return named?.kind === 'scalar' && named.text === name;
          })
        : undefined;
    if (found === undefined) {
      this.append(key, item, at);
      return;
    }
    const column = this.dashColumn(parsed, found.start);
    const first = parsed.lines.positionAt(found.start).line;
    this.splice(first, this.lineAfter(parsed, found.end) - first, asItem(item, ' '.repeat(column), at));
  }

  private find(key: string): { parsed: ParsedYaml; pair: Pair | undefined } {
    const parsed = parseYaml(this.lines.map((line) => line.text).join('\n'));
    const root = parsed.documents.find((d) => d.root !== undefined)?.root;
    return { parsed, pair: pairOf(root, key) };
  }

  private slice(parsed: ParsedYaml, node: Node): string {
    return parsed.text.slice(node.start, node.end).replace(/\s*\n\s*/g, ' ');
  }

  /** Column of the dash in front of an item that starts at an offset. */
  private dashColumn(parsed: ParsedYaml, offset: number): number {
    const { line } = parsed.lines.positionAt(offset);
    const text = this.lines[line]?.text ?? '';
    return Math.max(0, text.indexOf('-'));
  }

  private end(parsed: ParsedYaml): number {
    const root = parsed.documents.find((d) => d.root !== undefined)?.root;
    return root === undefined ? this.lines.length : this.lineAfter(parsed, root.end);
  }

  /** The line after the one that holds the last character before an offset. */
  private lineAfter(parsed: ParsedYaml, offset: number): number {
    let end = offset;
    while (end > 0 && /\s/.test(parsed.text[end - 1] ?? '')) {
      end--;
    }
    return parsed.lines.positionAt(Math.max(0, end - 1)).line + 1;
  }

  private replace(parsed: ParsedYaml, pair: Pair, lines: readonly VirtualLine[]): void {
    const first = parsed.lines.positionAt(pair.key.start).line;
    const last = this.lineAfter(parsed, Math.max(pair.key.end + 1, pair.value.end));
    this.splice(first, last - first, lines);
  }

  private insert(at: number, lines: readonly VirtualLine[]): void {
    this.splice(at, 0, lines);
  }

  private splice(start: number, count: number, lines: readonly VirtualLine[]): void {
    this.changed = true;
    this.lines = [...this.lines.slice(0, start), ...lines, ...this.lines.slice(start + count)];
  }
}

/** Lines as one list item; lines without an author of their own get the item's. */
function asItem(lines: readonly VirtualLine[], indent: string, at: { path: string; line: number }): VirtualLine[] {
  return lines.map((line, i) => ({
    text: line.text === '' ? '' : `${indent}${i === 0 ? '- ' : '  '}${line.text}`,
    at: line.at ?? at,
  }));
}
