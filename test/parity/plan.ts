// What a run is about: the valid manifests that the server accepts, by kind, and the mutants that a seed makes of them.
import { isObject } from '../../server/src/core/json';
import { parseYaml } from '../../server/src/core/yaml/parse';
import { toJson } from '../../server/src/core/yaml/resolve';
import { identified, isList, type ApiServer } from './apiServer';
import type { Piece } from './material';
import { mutate, sorts, type Mutant } from './mutate';
import { inParallel } from './sets';

/** How a document stands in its file. */
export type Form = 'yaml' | 'json' | 'item';

export interface Planned extends Mutant {
  /** Where the manifest comes from. */
  name: string;
  base: string;
  /** `apiVersion kind` of the base. */
  kind: string;
  form: Form;
  /** The document as the server is asked about it; the text, except for items of lists, which no server takes. */
  asked: string;
}

export interface Bases {
  /** Valid manifests of each `apiVersion kind`. */
  byKind: Map<string, Piece[]>;
  all: Piece[];
}

/** Questions to a server are no objects that anybody keeps in Git. */
const isQuestion = (kind: string): boolean => /Review$|^Binding$/.test(kind);

/** What the server accepts of the material. */
export async function basesOf(server: ApiServer, material: readonly Piece[]): Promise<Bases> {
  const served = material.filter(({ text }) => {
    const identity = text.length < 15_000 && !isList(text) ? identified(text) : undefined;
    return identity !== undefined && !isQuestion(identity.kind) && server.serves(identity) !== undefined;
  });
  const truths = await inParallel(served, 12, ({ text }) => server.judge(text));
  const all = served.filter((_, i) => truths[i]?.accepted === true);
  const byKind = new Map<string, Piece[]>();
  for (const piece of all) {
    const kind = kindOf(piece.text);
    byKind.set(kind, [...(byKind.get(kind) ?? []), piece]);
  }
  return { byKind, all };
}

export function kindOf(text: string): string {
  const identity = identified(text);
  return identity === undefined ? '' : `${identity.apiVersion} ${identity.kind}`;
}

export interface PlanOptions {
  size: number;
  random: () => number;
  /** Faults in each document. */
  stacked?: number;
  /** Only manifests in YAML, each alone in its file. */
  plain?: boolean;
}

/** Mutants of valid manifests; rare kinds weigh as much as common ones, and every class of fault as much as any other. */
export function plan({ byKind, all }: Bases, { size, random, stacked = 1, plain = false }: PlanOptions): Planned[] {
  const families = [...byKind.values()];
  const one = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const mutants: Planned[] = [];
  const texts = new Set<string>();
  for (let tries = 0; mutants.length < size && tries < size * 20; tries++) {
    const piece = random() < 0.7 ? one(one(families) ?? []) : one(all);
    if (piece === undefined) {
      break;
    }
    const chance = plain ? 1 : random();
    const form: Form = chance < 0.05 ? 'json' : chance < 0.12 && isPlainItem(piece.text) ? 'item' : 'yaml';
    const base = form === 'json' ? jsonOf(piece.text) : piece.text;
    let mutant = mutate(base, one(sorts) ?? '', random);
    for (let more = 1; more < stacked && mutant !== undefined; more++) {
      mutant = mutate(mutant.text, one(sorts) ?? '', random);
    }
    if (mutant !== undefined && !texts.has(mutant.text)) {
      texts.add(mutant.text);
      const asked = mutant.text;
      const placed = form === 'item' ? asItem(mutant) : mutant;
      mutants.push({ ...placed, name: piece.name, base, kind: kindOf(piece.text), form, asked });
    }
  }
  return mutants;
}

function jsonOf(text: string): string {
  const object = toJson(parseYaml(text).documents.find(({ root }) => root !== undefined)?.root);
  return isObject(object) ? JSON.stringify(object, null, 2) + '\n' : text;
}

const listHead = `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata:
    name: first
- `;

/** Texts that mean the same when every line is indented. */
function isPlainItem(text: string): boolean {
  return !/^(?:---|\.\.\.|%|\t)|^\s*#/m.test(text) && /^[A-Za-z]/.test(text) && !text.includes('\r');
}

/** The mutant as the second item of a list; its places move with it. */
function asItem(mutant: Mutant): Mutant {
  const { text, token, lines, above } = mutant;
  const headLines = listHead.split('\n').length - 1;
  // Empty lines stay empty.
  const moved = (offset: number): number =>
    listHead.length + offset + 2 * (text.slice(0, offset + 1).match(/\n(?=[^\n])/g)?.length ?? 0);
  return {
    ...mutant,
    text: listHead + text.replace(/\n(?=[^\n])/g, '\n  '),
    token: [moved(token[0]), moved(token[1])],
    lines: [lines[0] + headLines, lines[1] + headLines],
    above: above.map((line) => line + headLines),
  };
}

/** True for kinds that a definition brings. */
export function isCustom(kind: string): boolean {
  const group = /^([^/ ]*)\//.exec(kind)?.[1] ?? '';
  return group.includes('.') && (!/(?:^|\.)k8s\.io$/.test(group) || group === 'gateway.networking.k8s.io');
}
