// What YAML allows and the readers of Kubernetes do not: kubectl, kustomize and the API server share one reader of YAML 1.1
// that is stricter about tabs, brackets and escapes than the standard. Other tools take such text, so it is a fault only in
// documents that Kubernetes reads. Every case here was tried on that reader.
import { endOfLine, startOfLine } from '../yaml/brackets';
import type { MapNode, Node, ParsedYaml, ScalarNode, SyntaxFault, YamlDocument } from '../yaml/tree';

/** Such faults of a document, in no order. */
export function goReaderFaults(parsed: ParsedYaml, document: YamlDocument): SyntaxFault[] {
  const { text } = parsed;
  const content = text.slice(document.start, document.end);
  const faults: SyntaxFault[] = [];
  const directive = directiveFault(content, document.start);
  if (directive !== undefined) {
    faults.push(directive);
  }
  const { root } = document;
  if (root === undefined) {
    return faults;
  }
  if (content.includes('\t')) {
    faults.push(...tabFaults(text, document, root));
  }
  // A document between brackets may be JSON, which kubectl reads as JSON.
  const isJson = (root.kind === 'map' || root.kind === 'seq') && root.flow && isJsonText(content);
  if (/[[{]/.test(content) || content.includes('\\/')) {
    new Walk(text, faults, isJson).visit(root, false);
  }
  // What every reader refuses is reported already.
  return faults.filter(({ start }) => !document.faults.some((known) => start >= known.start && start < known.end));
}

function isJsonText(content: string): boolean {
  try {
    JSON.parse(content);
    return true;
  } catch {
    return false;
  }
}

function directiveFault(content: string, base: number): SyntaxFault | undefined {
  const match = /^(?:\uFEFF?(?:[ \t]*(?:#[^\r\n]*)?[\r\n])*)(%YAML[ \t]+(?!1\.1\b)\S+)/.exec(content);
  if (match === null) {
    return undefined;
  }
  const end = base + match[0].length;
  const message = 'Kubernetes reads YAML 1.1 and refuses every other version: remove the directive.';
  return { rule: 'yaml/version', message, start: end - (match[1] ?? '').length, end };
}

/** Tabs where a line is indented, also on lines that are blank or a comment. Inside scalars and brackets they are allowed. */
function tabFaults(text: string, document: YamlDocument, root: Node): SyntaxFault[] {
  const faults: SyntaxFault[] = [];
  let lastLine = -1;
  for (let at = text.indexOf('\t', document.start); at >= 0 && at < document.end; at = text.indexOf('\t', at + 1)) {
    const start = startOfLine(text, at);
    if (start !== lastLine && /^(?: *[-?])* *$/.test(text.slice(start, at)) && !isAllowed(text, root, at, start)) {
      lastLine = start;
      const end = at + (/^\t+/.exec(text.slice(at, endOfLine(text, at)))?.[0].length ?? 1);
      const message = 'A tab cannot indent YAML, not even a blank line or a comment: use spaces.';
      faults.push({ rule: 'yaml/syntax', message, start: at, end });
    }
  }
  return faults;
}

function isAllowed(text: string, root: Node, at: number, lineStart: number): boolean {
  let node: Node | undefined = root;
  while (node !== undefined && at >= node.start && at < node.end) {
    if (node.kind === 'scalar') {
      const isBlock = node.style === 'literal' || node.style === 'folded';
      return !isBlock || at - lineStart >= blockIndent(text, node);
    }
    if (node.kind === 'alias' || node.flow) {
      return true;
    }
    const parts: Node[] = node.kind === 'map' ? node.pairs.flatMap(({ key, value }) => [key, value]) : node.items;
    node = parts.find((part) => at >= part.start && at < part.end);
  }
  return false;
}

/** Columns in front of the first line of a block scalar that is not blank. */
function blockIndent(text: string, node: ScalarNode): number {
  const body = text.slice(endOfLine(text, node.start), node.end);
  return /^(?:[ \t]*[\r\n])*( *)/.exec(body)?.[1]?.length ?? 0;
}

class Walk {
  constructor(
    private readonly text: string,
    private readonly faults: SyntaxFault[],
    private readonly isJson: boolean,
  ) {}

  visit(node: Node, inFlow: boolean): void {
    if (node.kind === 'map') {
      for (const { key, value } of node.pairs) {
        if (node.flow && !this.isJson) {
          this.flowKey(node, key);
        }
        this.visit(key, node.flow);
        this.visit(value, node.flow);
      }
    } else if (node.kind === 'seq') {
      for (const item of node.items) {
        this.visit(item, node.flow);
      }
    } else if (node.kind === 'scalar') {
      if (inFlow && node.style === 'plain' && node.text.includes('?')) {
        this.fault(
          node.start,
          node.end,
          'Between brackets, a text with "?" must be quoted: Kubernetes cannot read it otherwise.',
        );
      } else if (inFlow && node.style === 'plain' && /^-\s/.test(node.text)) {
        this.fault(node.start, node.start + 1, 'Between brackets, a dash starts no list item: use [ … ].');
      } else if (node.style === 'double' && !this.isJson) {
        this.escapes(node);
      }
    }
  }

  /** Between brackets a key stands on one line with its colon, and the colon of a plain key has a space behind it. */
  private flowKey(map: MapNode, key: Node): void {
    const colon = /^[ \t]*([\r\n]\s*)?:(.?)/s.exec(this.text.slice(key.end, Math.min(key.end + 200, map.end)));
    const isExplicit = /\?\s+$/.test(this.text.slice(Math.max(map.start, key.start - 20), key.start));
    if (colon === null || isExplicit) {
      return;
    }
    if (colon[1] !== undefined || /[\r\n]/.test(this.text.slice(key.start, key.end))) {
      this.fault(key.start, key.end, 'Between brackets, a key and its colon must stand on one line.');
    } else if (key.kind === 'scalar' && key.style === 'plain' && /[[\]{},]/.test(colon[2] ?? '')) {
      this.fault(key.start, key.end + 1, 'A colon needs a space behind it; quote a text that ends in a colon.');
    }
  }

  private escapes(node: ScalarNode): void {
    const source = this.text.slice(node.start, node.end);
    const match = /(?<!\\)(?:\\\\)*(\\\/)/.exec(source);
    if (match !== null) {
      const at = node.start + match.index + match[0].length - 2;
      this.fault(at, at + 2, 'Kubernetes does not know the escape "\\/": write "/".');
    }
  }

  private fault(start: number, end: number, message: string): void {
    this.faults.push({ rule: 'yaml/syntax', message, start, end });
  }
}
