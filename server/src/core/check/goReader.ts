// What YAML allows and the readers of Kubernetes do not: kubectl, kustomize and the API server share one reader of YAML 1.1
// that is stricter about tabs, brackets and escapes than the standard. Other tools take such text, so it is a fault only in
// documents that Kubernetes reads. Every case here was tried on that reader.
import { skipTrivia } from '../yaml/events';
import { entries, follow, isMergeKey } from '../yaml/resolve';
import type { MapNode, Node, ParsedYaml, ScalarNode, SyntaxFault, YamlDocument } from '../yaml/tree';
import { tabFaults } from './goTabs';

/** Rules of faults that tools read over, each in its own way. All others are refusals. */
export const readOver: ReadonlySet<string> = new Set(['yaml/unknown-tag', 'yaml/colon-in-text', 'yaml/merge-order']);

// eslint-disable-next-line no-control-regex
const controlCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/;

/** Such faults of a document, in no order. */
export function goReaderFaults(parsed: ParsedYaml, document: YamlDocument): SyntaxFault[] {
  const { text } = parsed;
  const content = text.slice(document.start, document.end);
  const faults: SyntaxFault[] = [];
  const directive = directiveFault(content, document.start);
  if (directive !== undefined) {
    faults.push(directive);
  }
  const control = controlCharacter.exec(content);
  if (control !== null) {
    const start = document.start + control.index;
    const message = 'A control character that YAML does not allow stands here.';
    faults.push({ rule: 'yaml/syntax', message, start, end: start + 1 });
  }
  const { root } = document;
  if (content.includes('\t')) {
    faults.push(...tabFaults(text, document));
  }
  if (root === undefined) {
    return faults;
  }
  // A document between brackets may be JSON, which kubectl reads as JSON.
  const isJson = (root.kind === 'map' || root.kind === 'seq') && root.flow && isJsonText(content);
  if (/[[{&*]|<<|\\\//.test(content)) {
    new Walk(text, faults, isJson, content.includes('<<')).visit(root, false);
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

/** The first directive that is neither `%TAG` nor one `%YAML 1.1`. */
function directiveFault(content: string, base: number): SyntaxFault | undefined {
  if (!/^\uFEFF?(?:[ \t]*(?:#[^\r\n]*)?[\r\n])*%/.test(content)) {
    return undefined;
  }
  const header = content.slice(0, Math.max(0, content.search(/^---(?:\s|$)/m)));
  let versions = 0;
  for (const match of header.matchAll(/^%(\S*)[ \t]*([^\s#]*)/gm)) {
    const [directive, name, value] = match;
    const start = base + match.index;
    const end = start + directive.trimEnd().length;
    if (name === 'YAML' && (value !== '1.1' || ++versions > 1)) {
      const message = 'Kubernetes reads YAML 1.1 and refuses every other version: remove the directive.';
      return { rule: 'yaml/version', message, start, end };
    }
    if (name !== 'YAML' && name !== 'TAG') {
      const message = 'Kubernetes knows no directives but %YAML 1.1 and %TAG: remove this one.';
      return { rule: 'yaml/syntax', message, start, end };
    }
  }
  return undefined;
}

class Walk {
  constructor(
    private readonly text: string,
    private readonly faults: SyntaxFault[],
    private readonly isJson: boolean,
    private readonly hasMerges: boolean,
  ) {}

  visit(node: Node, inFlow: boolean): void {
    this.anchorName(node);
    if (node.kind === 'map') {
      if (this.hasMerges) {
        this.merges(node);
      }
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
      } else if (inFlow && node.style === 'plain' && node.text.startsWith(':')) {
        this.fault(node.start, node.end, 'Between brackets, a text cannot start with a colon: quote it.');
      } else if (inFlow && node.style === 'plain' && node.text.endsWith(':')) {
        const message = `Kubernetes reads the text "${node.text}" here, with its colon: put a space behind it, or quote the text.`;
        this.faults.push({ rule: 'yaml/colon-in-text', message, start: node.start, end: node.end });
      } else if (inFlow && node.style === 'plain' && /^-\s/.test(node.text)) {
        this.fault(node.start, node.start + 1, 'Between brackets, a dash starts no list item: use [ … ].');
      } else if (node.style === 'double' && !this.isJson) {
        this.escapes(node);
      }
    }
  }

  /** Between brackets a key stands on one line with its colon, and the colon of a plain key has a space behind it. */
  private flowKey(map: MapNode, key: Node): void {
    const colon = skipTrivia(this.text, key.end, '');
    const isExplicit = /\?\s+$/.test(this.text.slice(Math.max(0, key.start - 20), key.start));
    if (this.text[colon] !== ':' || colon >= map.end || isExplicit) {
      return;
    }
    if (/[\r\n]/.test(this.text.slice(key.start, colon))) {
      this.fault(key.start, key.end, 'Between brackets, a key and its colon must stand on one line.');
    } else if (key.kind === 'scalar' && key.style === 'plain' && /[[\]{},]/.test(this.text[colon + 1] ?? '')) {
      this.fault(key.start, key.end + 1, 'A colon needs a space behind it; quote a text that ends in a colon.');
    }
  }

  private anchorName(node: Node): void {
    const name = node.kind === 'alias' ? node.name : node.anchor;
    if (name === undefined || /^[A-Za-z0-9_-]+$/.test(name)) {
      return;
    }
    const start = node.kind === 'alias' ? node.start : this.text.lastIndexOf(`&${name}`, node.start);
    const message = 'Kubernetes reads names of anchors only from letters, digits, "-" and "_".';
    this.fault(Math.max(0, start), Math.max(0, start) + name.length + 1, message);
  }

  /**
   * Where kubectl and kustomize read merges differently: kubectl lets the later of two keys stand, wherever it comes from;
   * for kustomize and Flux the map's own keys stand, and a second `<<` is a fault.
   */
  private merges(map: MapNode): void {
    const own: ScalarNode[] = [];
    let merges = 0;
    for (const { key, value } of map.pairs) {
      if (!isMergeKey(key)) {
        if (key.kind === 'scalar') {
          own.push(key);
        }
        continue;
      }
      const warn = (node: Node, message: string): void => {
        this.faults.push({ rule: 'yaml/merge-order', message, start: node.start, end: node.end });
      };
      if (++merges > 1) {
        warn(key, 'kustomize refuses a second "<<" in a map: write one with a list, <<: [*a, *b].');
      }
      const merged = follow(value);
      if (own.length > 0 && merged?.kind === 'map') {
        const names = new Set(entries(merged).map(({ name }) => name));
        for (const early of own.filter(({ text }) => names.has(text))) {
          const message = `kubectl takes the merged "${early.text}" instead of this one, kustomize and Flux do not: write "<<" first.`;
          warn(early, message);
        }
      }
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
