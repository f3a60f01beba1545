// The kinds in the order in which they are asked, and the detection that asks them.
import type { ParsedYaml } from '../yaml/tree';
import { entryOf } from '../yaml/path';
import { chart } from './chart';
import { chartValues } from './chartValues';
import { helmTemplate } from './helmTemplate';
import { identityOf } from './identity';
import type { Candidate, DetectedDocument, DocumentKind, Neighbours } from './kind';
import { crd, kubernetes, list } from './kubernetes';
import { component, kustomization } from './kustomization';
import { other } from './other';
import { jsonPatch, patch } from './patch';
import { plumblineConfig } from './plumblineConfig';
import { toolConfiguration } from './toolConfiguration';

export const documentKinds: readonly DocumentKind[] = [
  helmTemplate,
  plumblineConfig,
  component,
  kustomization,
  chart,
  chartValues,
  jsonPatch,
  patch,
  toolConfiguration,
  list,
  crd,
  kubernetes,
  other,
];

/** What each document of a file is. */
export function detect(path: string, parsed: ParsedYaml, neighbours: Neighbours = {}): DetectedDocument[] {
  return parsed.documents.map((document) => {
    const identity = identityOf(document.root);
    const text = parsed.text.slice(document.start, document.end);
    const candidate: Candidate = { path, parsed, document, text, identity, neighbours };
    const { kind, because } = kindOf(candidate);
    const encrypted = isEncrypted(candidate);
    const used = isUsed(neighbours);
    const checks = {
      ...kind.checks,
      syntax: kind.checks.syntax || (used && (kind === other || kind === toolConfiguration)),
      // The API server's code needs the whole, readable object.
      engine: kind.checks.engine && !encrypted && !document.recovered,
    };
    const variables = neighbours.substituted ?? text.includes('${');
    return { document, kind, identity, because, checks, encrypted, variables };
  });
}

function kindOf(candidate: Candidate): { kind: DocumentKind; because: string } {
  for (const kind of documentKinds) {
    const because = kind.detect(candidate);
    if (because !== undefined) {
      return { kind, because };
    }
  }
  return { kind: other, because: '' };
}

/** True where discovery says that something deploys or reads the file. */
function isUsed({ role }: Neighbours): boolean {
  return role !== undefined && role !== 'other' && role !== 'input' && role !== 'template';
}

/** SOPS keeps its keys and checksum beside the values. */
function isEncrypted({ document, text }: Candidate): boolean {
  if (!text.includes('sops') || document.root?.kind !== 'map') {
    return false;
  }
  const sops = entryOf(document.root, 'sops')?.value;
  return sops?.kind === 'map' && entryOf(sops, 'mac') !== undefined;
}
