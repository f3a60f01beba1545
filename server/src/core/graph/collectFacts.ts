// Collects the facts of one document: what stands where, with offsets that count from the start of the document.
import type { Node, ParsedYaml, ScalarNode } from '../yaml/tree';
import type { DefinitionFact, DocumentFacts, PodFact, ReferenceFact, WrittenObject } from './facts';
import { isTemplated, templatedReason } from './nodes';
import { kindsOf } from './rolePaths';
import type { RoleLine } from './roleLine';

/** More than any file that a person writes: what goes on for longer is an alias bomb. */
export const mostFacts = 100_000;

export class FactCollector {
  readonly facts: DocumentFacts;
  /** Where an offset of the text that is read stands, counted from the start of the document. */
  private readonly at: (offset: number) => number;

  /** `embedded`: the text is a scalar of another document, whose facts these become. */
  constructor(
    protected readonly parsed: ParsedYaml,
    start: number,
    embedded?: { facts: DocumentFacts; at: (offset: number) => number },
  ) {
    const base = embedded?.facts.start ?? start;
    const outer = embedded?.at;
    this.at = outer === undefined ? (offset) => offset - base : (offset) => outer(offset) - base;
    this.facts = embedded?.facts ?? { start: base, index: 0, objects: [], definitions: [], references: [] };
  }

  addObject(
    key: WrittenObject['key'],
    whole: Node,
    name: Node | undefined,
    more: Pick<WrittenObject, 'apiVersion' | 'partial' | 'made' | 'target' | 'deletes'>,
  ): WrittenObject {
    const at = name ?? whole;
    const object: WrittenObject = {
      document: this.facts,
      start: this.at(whole.start),
      end: this.at(whole.end),
      nameStart: this.at(at.start),
      nameEnd: this.at(name === undefined ? at.start : at.end),
      key,
      definitions: [],
      pods: [],
      labels: [],
      ...more,
    };
    this.facts.objects.push(object);
    if (!object.partial && name !== undefined) {
      this.addDefinition('object', key.name, at, whole, { object });
    }
    return object;
  }

  addDefinition(
    entity: DocumentFacts['definitions'][number]['entity'],
    name: string,
    at: { start: number; end: number },
    whole: { start: number; end: number },
    more: { object?: WrittenObject; pod?: PodFact; line?: RoleLine } = {},
  ): void {
    // Thousands of these are kept: one shape, fields set only where there is something to say.
    const definition: DefinitionFact = {
      document: this.facts,
      entity,
      name,
      start: this.at(at.start),
      end: this.at(at.end),
      wholeStart: this.at(whole.start),
      wholeEnd: this.at(whole.end),
    };
    if (more.line !== undefined) {
      definition.line = more.line;
    }
    if (more.object !== undefined) {
      definition.object = more.object;
    }
    if (more.pod !== undefined) {
      definition.pod = more.pod;
    }
    if (isTemplated(name)) {
      definition.fixed = templatedReason;
    }
    this.facts.definitions.push(definition);
    more.object?.definitions.push(definition);
  }

  addReference(
    line: RoleLine,
    at: { start: number; end: number },
    more: Partial<ReferenceFact> & { text?: string },
  ): ReferenceFact | undefined {
    if (this.facts.references.length >= mostFacts) {
      return undefined;
    }
    const text = more.text ?? this.parsed.text.slice(at.start, at.end);
    const reference: ReferenceFact = {
      document: this.facts,
      line,
      entity: line.entity,
      text,
      start: this.at(at.start),
      end: this.at(at.end),
      kinds: more.kinds ?? kindsOf(line),
      cluster: line.cluster === true,
      optional: more.optional ?? line.optional === true,
      slack: more.slack ?? 0,
    };
    if (more.object !== undefined) {
      reference.object = more.object;
    }
    if (more.namespace !== undefined) {
      reference.namespace = more.namespace;
    }
    if (more.pod !== undefined) {
      reference.pod = more.pod;
    }
    if (more.selector !== undefined) {
      reference.selector = more.selector;
    }
    if (more.path !== undefined) {
      reference.path = more.path;
    }
    if (more.pattern !== undefined) {
      reference.pattern = more.pattern;
    }
    const fixed = isTemplated(text) ? templatedReason : more.fixed;
    if (fixed !== undefined) {
      reference.fixed = fixed;
    }
    this.facts.references.push(reference);
    return reference;
  }

  /** A part of a scalar's text as a place; the whole scalar where its text is written otherwise. */
  partOf(node: ScalarNode, text: string, from: number): { start: number; end: number } {
    const start = node.start + (node.style === 'single' || node.style === 'double' ? 1 : 0) + from;
    const end = start + text.length;
    return this.parsed.text.slice(start, end) === text ? { start, end } : { start: node.start, end: node.end };
  }
}
