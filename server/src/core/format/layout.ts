// Where every line of a document should begin. Only spaces in front of lines, behind dashes and at line ends change: the layout never
// writes a value, so quotes, numbers, long lines and texts stay as they are.
import type { Node, MapNode, ScalarNode, SeqNode, YamlDocument, ParsedYaml } from '../yaml/tree';
import type { IndentStyle } from './listStyle';

/** Replaces text between two offsets. */
export interface SpaceEdit {
  start: number;
  end: number;
  newText: string;
}

/** The layout meets something that it has no rule for: the document stays as it is. */
class NoRule extends Error {}

/** The edits that bring a document into shape, in text order; undefined where a construct has no rule. */
export function layoutEdits(parsed: ParsedYaml, document: YamlDocument, style: IndentStyle): SpaceEdit[] | undefined {
  try {
    return new Layout(parsed, document, style).edits();
  } catch (error) {
    if (error instanceof NoRule) {
      return undefined;
    }
    throw error;
  }
}

/** A column that lines of the old text begin at, and where it goes. */
interface Column {
  old: number;
  now: number;
}

class Layout {
  private readonly text: string;
  private readonly first: number;
  private readonly last: number;
  /** New indentation by line. */
  private readonly indents = new Map<number, number>();
  /** Columns that something begins at, by line: of the line itself, and behind its dashes. */
  private readonly columns = new Map<number, Column[]>();
  /** Lines inside texts of several lines: the spaces at their ends are the text's. */
  private readonly inner = new Set<number>();
  private readonly gaps: SpaceEdit[] = [];

  constructor(
    private readonly parsed: ParsedYaml,
    private readonly document: YamlDocument,
    private readonly style: IndentStyle,
  ) {
    this.text = parsed.text;
    this.first = this.lineOf(document.start);
    const end = this.lineOf(document.end);
    // A document ends where the marker of the next one begins.
    this.last =
      document.end > document.start && parsed.lines.offsetAt({ line: end, character: 0 }) === document.end
        ? end - 1
        : end;
  }

  edits(): SpaceEdit[] {
    const { root } = this.document;
    if (root?.kind === 'map' && !root.flow) {
      this.map(root, 0, this.indentOf(this.lineOf(root.start)), undefined);
    } else if (root?.kind === 'seq' && !root.flow) {
      this.list(root, 0, undefined);
    } else if (root !== undefined) {
      this.keep(root);
    }
    this.placeComments();
    const edits = [...this.gaps];
    for (let line = this.first; line <= this.last; line++) {
      edits.push(...this.lineEdits(line));
    }
    return edits
      .filter(({ start, end, newText }) => this.text.slice(start, end) !== newText)
      .sort((a, b) => a.start - b.start);
  }

  private map(map: MapNode, column: number, old: number, inline: number | undefined): void {
    const delta = column - old;
    for (const { key, value } of map.pairs) {
      const line = this.lineOf(key.start);
      if (key.kind === 'map' || key.kind === 'seq' || this.lineOf(key.end) !== line) {
        throw new NoRule();
      }
      if (line !== inline) {
        const start = this.startOf(line);
        if (this.indentOf(line) !== old || /^\?(?:[ \t]|$)/.test(this.text.slice(start + old, start + old + 2))) {
          throw new NoRule();
        }
        this.place(line, column);
      }
      this.value(value, line, column, old, delta);
    }
  }

  /** The value of a key at `column`, which was at `old`. */
  private value(node: Node, keyLine: number, column: number, old: number, delta: number): void {
    const line = this.lineOf(node.start);
    if (isBlock(node)) {
      if (line === keyLine) {
        throw new NoRule();
      }
      if (node.kind === 'map') {
        this.map(node, column + this.style.step, this.indentOf(line), undefined);
      } else {
        this.list(node, column + this.style.listStep, undefined);
      }
      return;
    }
    this.leaf(node, keyLine, { column: column + this.style.step, parent: { old, now: column }, delta });
  }

  private list(list: SeqNode, column: number, inline: number | undefined): void {
    let from = this.lineOf(list.start);
    const old = list.start - this.startOf(from);
    for (const [index, item] of list.items.entries()) {
      const dashLine = index === 0 ? from : this.dashLine(item, old, from);
      const dash = this.startOf(dashLine) + old;
      if (this.text[dash] !== '-') {
        throw new NoRule();
      }
      if (dashLine === inline && index === 0) {
        this.mark(dashLine, { old, now: column });
      } else {
        if (this.indentOf(dashLine) !== old) {
          throw new NoRule();
        }
        this.place(dashLine, column);
      }
      this.item(item, dashLine, dash, { old, now: column });
      from = Math.max(dashLine, this.lineOf(item.end));
    }
  }

  /** The line of an item's dash: the nearest one at or above the item with a dash in the list's column. */
  private dashLine(item: Node, column: number, from: number): number {
    // An empty item ends where it begins, which may be behind its line: its dash is the next one.
    for (let line = this.lineOf(item.start); line >= from; line--) {
      const at = this.startOf(line) + column;
      if (this.indentOf(line) === column && /^-(?:[ \t\r\n]|$)/.test(this.text.slice(at, at + 2))) {
        return line;
      }
    }
    throw new NoRule();
  }

  private item(item: Node, dashLine: number, dash: number, column: Column): void {
    const content = column.now + 2;
    const at = this.skipSpaces(dash + 1);
    const isAlone = this.isLineEnd(at) || this.text[at] === '#';
    if (item.start === item.end && item.kind === 'scalar' && item.style === 'plain') {
      return;
    }
    if (isAlone) {
      const line = this.lineOf(item.start);
      if (item.kind === 'map' && !item.flow) {
        this.map(item, content, this.indentOf(line), undefined);
      } else if (item.kind === 'seq' && !item.flow) {
        this.list(item, content, undefined);
      } else {
        this.leaf(item, dashLine, { column: content, parent: column, delta: content - this.indentOf(line) });
      }
      return;
    }
    if (this.text.slice(dash + 1, at).includes('\t')) {
      throw new NoRule();
    }
    this.gaps.push({ start: dash + 1, end: at, newText: ' ' });
    const old = at - this.startOf(dashLine);
    const isHere = this.lineOf(item.start) === dashLine;
    if (!isBlock(item)) {
      this.leaf(item, dashLine, { column: content, parent: column, delta: content - old });
    } else if (item.kind === 'map') {
      this.mark(dashLine, { old, now: content });
      this.map(item, content, isHere ? old : this.indentOf(this.lineOf(item.start)), isHere ? dashLine : undefined);
    } else {
      this.list(item, content, isHere ? dashLine : undefined);
    }
  }

  /** A scalar, an alias or a collection between brackets; its further lines go where its first line goes. */
  private leaf(node: Node, ownerLine: number, to: { column: number; parent: Column; delta: number }): void {
    const line = this.lineOf(node.start);
    let { delta } = to;
    if (line !== ownerLine && node.start !== node.end) {
      delta = to.column - this.indentOf(line);
      this.place(line, to.column);
    }
    if (node.kind === 'scalar' && (node.style === 'literal' || node.style === 'folded')) {
      this.blockText(node, to.column, to.parent);
      return;
    }
    const last = this.lineOf(node.end);
    for (let next = line + 1; next <= last; next++) {
      this.shift(next, delta);
    }
    if (node.kind === 'scalar') {
      for (let each = line; each < last; each++) {
        this.inner.add(each);
      }
    }
  }

  /** The lines of a literal or folded text. */
  private blockText(node: ScalarNode, column: number, parent: Column): void {
    const headLine = this.lineOf(node.start);
    const indicator = /^[|>][-+]?([1-9])/.exec(this.text.slice(node.start, node.start + 3))?.[1];
    let old = indicator === undefined ? undefined : parent.old + Number(indicator);
    const now = indicator === undefined ? column : parent.now + Number(indicator);
    let until = headLine;
    for (let line = headLine + 1; line <= this.last; line++) {
      if (this.isBlank(line)) {
        continue;
      }
      const indent = this.indentOf(line);
      old ??= indent;
      if (indent < old || old <= parent.old || this.startOf(line) >= node.end) {
        break;
      }
      until = line;
    }
    for (let line = headLine + 1; line <= until; line++) {
      const indent = this.indentOf(line);
      this.inner.add(line);
      // Spaces beyond the margin are the text's own; up to it they are nothing.
      this.indents.set(line, this.isBlank(line) && indent <= (old ?? 0) ? 0 : now + indent - (old ?? 0));
    }
  }

  /** A document whose root is no block: its lines stay where they are. */
  private keep(root: Node): void {
    if (root.kind === 'scalar' && (root.style === 'literal' || root.style === 'folded')) {
      throw new NoRule();
    }
    const last = this.lineOf(root.end);
    for (let line = this.lineOf(root.start); line <= last; line++) {
      this.indents.set(line, this.indentOf(line));
      if (root.kind === 'scalar' && line < last) {
        this.inner.add(line);
      }
    }
  }

  private shift(line: number, delta: number): void {
    if (delta !== 0 && this.text.slice(this.startOf(line), this.startOf(line) + this.indentOf(line)).includes('\t')) {
      throw new NoRule();
    }
    this.indents.set(line, this.isBlank(line) ? this.indentOf(line) : Math.max(0, this.indentOf(line) + delta));
  }

  private place(line: number, column: number): void {
    if (this.indents.has(line) || line < this.first) {
      throw new NoRule();
    }
    this.indents.set(line, column);
    this.mark(line, { old: this.indentOf(line), now: column });
  }

  private mark(line: number, column: Column): void {
    this.columns.set(line, [...(this.columns.get(line) ?? []), column]);
  }

  /** A comment stands with what it is above; else with what it is below; else as far from that as before. */
  private placeComments(): void {
    let above: Column[] = [];
    for (let line = this.first; line <= this.last; line++) {
      const here = this.columns.get(line);
      if (here !== undefined) {
        const outer = above.filter(({ old }) => old < (here[0]?.old ?? 0));
        above = [...outer, ...here];
      }
      if (this.indents.has(line) || this.isBlank(line)) {
        continue;
      }
      const start = this.startOf(line);
      const old = this.indentOf(line);
      if (this.text[start + old] !== '#') {
        // A marker, a directive: they stand at the margin. Anything else has no rule.
        if (old !== 0 || !/^(?:---|\.\.\.|%)/.test(this.text.slice(start, start + 3))) {
          throw new NoRule();
        }
        continue;
      }
      this.indents.set(line, this.commentColumn(line, old, above));
    }
  }

  private commentColumn(line: number, old: number, above: readonly Column[]): number {
    let next = line + 1;
    while (next <= this.last && !this.columns.has(next)) {
      next++;
    }
    const below = this.columns.get(next)?.[0];
    if (below?.old === old || (below !== undefined && above.length === 0)) {
      return below.now;
    }
    const near = above.filter((column) => column.old <= old).at(-1);
    return near === undefined ? old : near.now + old - near.old;
  }

  private lineEdits(line: number): SpaceEdit[] {
    const start = this.startOf(line);
    const end = this.endOf(line);
    const edits: SpaceEdit[] = [];
    const indent = this.indents.get(line);
    const old = this.indentOf(line);
    if (this.isBlank(line) && !this.inner.has(line)) {
      return [{ start, end, newText: '' }];
    }
    if (indent !== undefined && indent !== old) {
      edits.push({ start, end: start + old, newText: ' '.repeat(indent) });
    }
    if (!this.inner.has(line)) {
      let at = end;
      while (at > start + old && (this.text[at - 1] === ' ' || this.text[at - 1] === '\t')) {
        at--;
      }
      edits.push({ start: at, end, newText: '' });
    }
    return edits;
  }

  private lineOf(offset: number): number {
    return this.parsed.lines.positionAt(offset).line;
  }

  /** Offset of the line's first character; a byte order mark is none. */
  private startOf(line: number): number {
    const start = this.parsed.lines.offsetAt({ line, character: 0 });
    return start === 0 && this.text[0] === '\uFEFF' ? 1 : start;
  }

  /** Offset of the line's break, or of the end of the text. */
  private endOf(line: number): number {
    let at = line + 1 < this.parsed.lines.count ? this.startOf(line + 1) : this.text.length;
    if (this.text[at - 1] === '\n' && at > this.startOf(line)) {
      at--;
    }
    return this.text[at - 1] === '\r' && at > this.startOf(line) ? at - 1 : at;
  }

  private indentOf(line: number): number {
    const start = this.startOf(line);
    return this.skipSpaces(start) - start;
  }

  private isBlank(line: number): boolean {
    return this.isLineEnd(this.skipSpaces(this.startOf(line)));
  }

  private skipSpaces(at: number): number {
    let next = at;
    while (this.text[next] === ' ' || this.text[next] === '\t') {
      next++;
    }
    return next;
  }

  private isLineEnd(at: number): boolean {
    const char = this.text[at];
    return char === undefined || char === '\n' || char === '\r';
  }
}

function isBlock(node: Node): node is MapNode | SeqNode {
  return (node.kind === 'map' || node.kind === 'seq') && !node.flow;
}
