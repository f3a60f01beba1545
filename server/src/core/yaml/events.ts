// The exact reader: js-yaml's events, which carry UTF-16 offsets, made into our tree. Fast and strict: it throws at the
// first fault, and the caller then turns to the tolerant reader.
import { getScalarValue, parseEvents } from 'js-yaml';
import type { Event, MappingEvent, ScalarEvent, SequenceEvent } from 'js-yaml';
import { startOfLine } from './brackets';
import type { MapNode, Node, ScalarNode, SeqNode } from './tree';

/** Deeper nesting is a fault: it only comes from generated attacks, and every walk over the tree recurses. */
export const maxDepth = 400;

export interface RawDocument {
  /** Undefined for an empty document. */
  root: Node | undefined;
  /** Where the last token of the document ends. */
  contentEnd: number;
  /** A `...` line ended it. */
  explicitEnd: boolean;
  /** It holds anchors or aliases: what one part means depends on others. */
  anchored: boolean;
}

/**
 * Documents of `text`, every offset moved by `base`. Alias targets are not set yet (checks.ts does that).
 * Throws js-yaml's YAMLException; its mark is relative to `text`.
 */
export function readExactly(text: string, base: number, depth = maxDepth): RawDocument[] {
  if (indentedMarker.test(text)) {
    throw new Error('js-yaml takes an indented --- on the first line for text');
  }
  return new TreeBuilder(text, base).build(parseEvents(text, { maxDepth: depth }));
}

const indentedMarker = /^\uFEFF?[ \t]+---(?:\s|$)/;

const documentEvent = 1;
const sequenceEvent = 2;
const mappingEvent = 3;
const scalarEvent = 4;
const aliasEvent = 5;
const popEvent = 6;
const flowStyle = 2;

const styles: Record<number, ScalarNode['style']> = { 1: 'plain', 2: 'single', 3: 'double', 4: 'literal', 5: 'folded' };

interface OpenCollection {
  node: MapNode | SeqNode;
  /** A map's key that still waits for its value. */
  key: Node | undefined;
}

class TreeBuilder {
  private readonly documents: RawDocument[] = [];
  private readonly open: OpenCollection[] = [];
  private top: OpenCollection | undefined;
  private document: RawDocument | undefined;
  /** End of the last token, relative to the text: what events do not say is searched for from here. */
  private last = 0;

  constructor(
    private readonly text: string,
    private readonly base: number,
  ) {}

  build(events: readonly Event[]): RawDocument[] {
    for (const event of events) {
      switch (event.type) {
        case documentEvent:
          this.document = {
            root: undefined,
            contentEnd: this.base + this.last,
            explicitEnd: event.explicitEnd,
            anchored: false,
          };
          this.documents.push(this.document);
          break;
        case sequenceEvent:
        case mappingEvent:
          this.openCollection(event);
          break;
        case scalarEvent:
          this.addScalar(event);
          break;
        case aliasEvent: {
          const start = event.anchorStart - 1;
          this.last = event.anchorEnd;
          const name = this.text.slice(event.anchorStart, event.anchorEnd);
          this.markAnchored();
          this.add({ kind: 'alias', start: start + this.base, end: this.last + this.base, name });
          break;
        }
        case popEvent:
          this.close();
      }
    }
    return this.documents;
  }

  private openCollection(event: SequenceEvent | MappingEvent): void {
    const flow = event.style === flowStyle;
    const start = event.start + this.base;
    const node: MapNode | SeqNode =
      event.type === sequenceEvent
        ? { kind: 'seq', start, end: start, items: [], flow }
        : { kind: 'map', start, end: start, pairs: [], flow };
    this.addProperties(node, event);
    this.add(node);
    this.top = { node, key: undefined };
    this.open.push(this.top);
    this.last = event.start + (flow ? 1 : 0);
  }

  private close(): void {
    const closed = this.open.pop();
    if (closed === undefined) {
      if (this.document !== undefined) {
        this.document.contentEnd = this.last + this.base;
      }
      return;
    }
    this.top = this.open[this.open.length - 1];
    const node = closed.node;
    // A pair alone in a list (`[a: b]`) is a map without braces.
    const isPair = node.flow && node.kind === 'map' && this.text[node.start - this.base] !== '{';
    if (node.flow && !isPair) {
      this.last = skipTrivia(this.text, this.last, ',:') + 1;
      node.end = this.last + this.base;
      return;
    }
    const [only] = isPair ? node.pairs : [];
    if (only?.key.kind === 'scalar' && only.key.end === only.value.end && only.key.text.endsWith(':')) {
      // Of `[a:]`, only the text is left.
      this.replaceLast(node, only.key);
      return;
    }
    const child = node.kind === 'seq' ? node.items[node.items.length - 1] : node.pairs[node.pairs.length - 1]?.value;
    node.end = Math.max(node.start, child?.end ?? node.start);
  }

  private replaceLast(old: Node, node: Node): void {
    const items = this.top?.node.kind === 'seq' ? this.top.node.items : [];
    if (items[items.length - 1] === old) {
      items[items.length - 1] = node;
    }
  }

  private addScalar(event: ScalarEvent): void {
    const { text, base } = this;
    const style = styles[event.style] ?? 'plain';
    const properties = Math.max(event.anchorEnd, event.tagEnd);
    let start = event.valueStart;
    let end = event.valueEnd;
    let value = '';
    if (start < 0) {
      start = end = properties >= 0 ? properties : this.placeOfEmpty();
      this.last = Math.max(this.last, end);
    } else {
      value = event.fast ? text.slice(start, end) : getScalarValue(text, event);
      if (style === 'single' || style === 'double') {
        start--;
        end++;
      }
      const tokenEnd = end;
      if (style === 'literal' || style === 'folded') {
        const contentStart = start;
        start = skipTrivia(text, Math.max(this.last, properties), ':-?');
        end = blockEnd(text, start, contentStart, end);
      }
      this.last = tokenEnd;
      if (style === 'literal' || style === 'folded') {
        value = withoutAddedBreak(value, text, tokenEnd);
      }
    }
    const node: ScalarNode = { kind: 'scalar', start: start + base, end: end + base, text: value, style };
    this.addProperties(node, event);
    if (event.valueStart < 0 && properties < 0) {
      this.takeColonIntoKey(node);
    }
    // An empty document is reported as an empty scalar.
    if (this.top !== undefined || event.valueStart >= 0 || properties >= 0) {
      this.add(node);
    }
  }

  private addProperties(node: Node, event: ScalarEvent | SequenceEvent | MappingEvent): void {
    if (event.anchorStart >= 0) {
      this.markAnchored();
      node.anchor = this.text.slice(event.anchorStart, event.anchorEnd);
    }
    if (event.tagStart >= 0) {
      node.tag = this.text.slice(event.tagStart, event.tagEnd);
    }
  }

  private markAnchored(): void {
    if (this.document !== undefined) {
      this.document.anchored = true;
    }
  }

  private add(node: Node): void {
    const top = this.top;
    if (top === undefined) {
      if (this.document !== undefined) {
        this.document.root = node;
      }
    } else if (top.node.kind === 'seq') {
      top.node.items.push(node);
    } else if (top.key === undefined) {
      const before = top.node.pairs[top.node.pairs.length - 1]?.value;
      if (before?.kind === 'seq' && !before.flow && node.anchor === undefined && node.tag === undefined) {
        this.refuseKeyBehindItem(node.start - this.base);
      }
      top.key = node;
    } else {
      top.node.pairs.push({ key: top.key, value: node });
      top.key = undefined;
    }
  }

  /** Behind a list at the column of its key, the event layer takes what follows an item on its line (`- "a" b: c`) for a key. */
  private refuseKeyBehindItem(position: number): void {
    const line = this.text.slice(startOfLine(this.text, position), position);
    if (/[^ ?\uFEFF]/.test(line) && this.top?.node.flow === false) {
      throw Object.assign(new Error('a key behind an item'), {
        reason: 'bad indentation of a mapping entry',
        mark: { position },
      });
    }
  }

  /**
   * Between brackets, Go's readers take the colon of `a:,` and `a:]` for a part of the text. `value` is the empty value that
   * the event layer found behind it.
   */
  private takeColonIntoKey(value: ScalarNode): void {
    const { top, text } = this;
    const key = top?.key;
    if (top?.node.kind !== 'map' || !top.node.flow || key?.kind !== 'scalar' || key.style !== 'plain') {
      return;
    }
    const colon = key.end - this.base;
    if (key.start < key.end && text[colon] === ':' && ',]}'.includes(text[colon + 1] ?? ' ')) {
      key.text += ':';
      key.end++;
      value.start = value.end = key.end;
    }
  }

  /** Where an empty key, value or item would stand: after its `?`, `:` or `-`. */
  private placeOfEmpty(): number {
    const { text, last, top } = this;
    if (top === undefined) {
      return last;
    }
    if (top.node.kind === 'map' && top.key === undefined) {
      const at = skipTrivia(text, last, ',');
      return text[at] === '?' ? at + 1 : at;
    }
    const at = skipTrivia(text, last, '');
    return text[at] === (top.node.kind === 'seq' ? '-' : ':') ? at + 1 : last;
  }
}

/** First offset at or after `from` that is neither space, line break, comment nor one of `also`. */
export function skipTrivia(text: string, from: number, also: string): number {
  let at = from;
  for (; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === '#') {
      while (at + 1 < text.length && text[at + 1] !== '\n' && text[at + 1] !== '\r') {
        at++;
      }
    } else if (char !== ' ' && char !== '\n' && char !== '\r' && char !== '\t' && !also.includes(char)) {
      break;
    }
  }
  return at;
}

/**
 * Value of a block scalar that runs to the end of a text without a last line break: the readers of Kubernetes add none,
 * the event layer does.
 */
function withoutAddedBreak(value: string, text: string, end: number): string {
  const last = text.charCodeAt(text.length - 1);
  if (!value.endsWith('\n') || last === 10 || last === 13) {
    return value;
  }
  const line = text.slice(startOfLine(text, text.length));
  const content = value.slice(value.lastIndexOf('\n', value.length - 2) + 1, -1);
  const isLast =
    line.trim() === ''
      ? content !== '' && line.endsWith(content) && text.slice(end).trim() === ''
      : end === text.length;
  return isLast ? value.slice(0, -1) : value;
}

/** End of a block scalar: after its last line that is not blank, or after its header when all are. */
export function blockEnd(text: string, headerStart: number, contentStart: number, contentEnd: number): number {
  let end = contentEnd;
  while (end > contentStart && ' \t\r\n'.includes(text[end - 1] ?? '')) {
    end--;
  }
  if (end > contentStart) {
    return end;
  }
  end = headerStart + 1;
  while ('+-0123456789'.includes(text[end] ?? '\n')) {
    end++;
  }
  return end;
}
