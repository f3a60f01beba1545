// Secrets whose values stand readable in Git. Quiet where nobody said that they must not; a warning where `.sops.yaml` says so. Said
// once for each object, and never with a value.
import { identityOf, listItems, type Identity } from '../kinds/identity';
import type { Problem } from '../problem';
import { itemsAt, pairOf } from '../workspace/read';
import { entryOf } from '../yaml/path';
import { entries, follow, scalarValue } from '../yaml/resolve';
import type { MapNode, Node, Pair, ParsedYaml } from '../yaml/tree';
import type { SopsCover } from './sopsRules';

export const plainSecretRule = 'kubernetes/plain-secret';

interface File {
  path: string;
  parsed: ParsedYaml;
}

/** Findings for the Secrets of a document that is not encrypted. */
export function plainSecrets(file: File, root: Node, cover: SopsCover | undefined): Problem[] {
  const identity = identityOf(root);
  if (identity === undefined) {
    return [];
  }
  const items = listItems(identity);
  if (items !== undefined) {
    return items.flatMap((item) => plainSecrets(file, item, cover));
  }
  if (identity.kind !== 'Secret' || identity.apiVersion !== 'v1') {
    return [];
  }
  const fields = ['data', 'stringData'].flatMap((name) => {
    const pair = entryOf(identity.root, name);
    return pair !== undefined && holdsSecret(pair, name) ? [{ name, pair }] : [];
  });
  const first = fields[0];
  return first === undefined ? [] : [finding(file, identity, first.pair, fields, cover)];
}

function finding(
  { path, parsed }: File,
  identity: Identity,
  pair: Pair,
  fields: readonly { name: string }[],
  cover: SopsCover | undefined,
): Problem {
  const key = pair.key.start >= identity.root.start && pair.key.end <= identity.root.end ? pair.key : identity.kindNode;
  const meant = cover?.rule !== undefined && fields.some(({ name }) => cover.rule?.encrypts(name));
  const next = `Encrypt the file with "sops --encrypt --in-place ${path}".`;
  return {
    rule: plainSecretRule,
    severity: meant ? 'warning' : 'info',
    message: meant
      ? `${identity.label} is not encrypted, and ${cover.config} says that it must be. ${next}`
      : `${identity.label} holds its values readable in Git: everyone who reads the repository has them.`,
    path,
    range: parsed.lines.range(key.start, key.end),
    resource: identity.label,
  };
}

/** Literals of a kustomization's Secret generators are as readable as any others. */
export function plainSecretLiterals({ path, parsed }: File, root: MapNode): Problem[] {
  return itemsAt(root, 'secretGenerator').flatMap((generator) => {
    const literals = pairOf(generator, 'literals');
    const isPlain = itemsAt(generator, 'literals').some((item) => {
      const node = follow(item);
      const text = node?.kind === 'scalar' ? node.text : '';
      return text.includes('=') && isSecretText(text.slice(text.indexOf('=') + 1));
    });
    if (literals === undefined || !isPlain) {
      return [];
    }
    return [
      {
        rule: plainSecretRule,
        severity: 'info',
        message: 'These literals stand readable in Git: everyone who reads the repository has them.',
        path,
        range: parsed.lines.range(literals.key.start, literals.key.end),
      },
    ];
  });
}

function holdsSecret(pair: Pair, field: string): boolean {
  const map = follow(pair.value);
  return (
    map?.kind === 'map' &&
    entries(map).some(({ name, value }) => {
      const node = follow(value);
      // Certificates and public keys are no secrets.
      if (node?.kind !== 'scalar' || scalarValue(node) === null || /(^|[._-])(crt|cert|pub|pem\.pub)$/.test(name)) {
        return false;
      }
      return isSecretText(node.text) && (field === 'stringData' || isSecretText(decoded(node.text)));
    })
  );
}

/** Words that stand where a value will be. */
const placeholder =
  /^(?:<.*>|\*+|x{3,}|\.{3,}|-+|(?:please[ _-]?)?(?:change|replace|fill|set|insert|update)[ _-]?(?:me|this|it|in)?(?:[ _-].*)?|placeholder.*|dummy.*|example.*|your[ _-].*|todo.*|tbd|redacted|none|null|changeit)$/i;

/** False for what only shows where a value goes: nothing, placeholders, variables, templates, references to a vault, ciphertext. */
export function isSecretText(given: string): boolean {
  const text = given.trim();
  return (
    text !== '' &&
    !placeholder.test(text) &&
    !/\$\{[^}]+\}|\$\([^)]+\)|\{\{.*\}\}|<path:|^ENC\[|^(?:vault|ref\+\w+|op|bao):|%[A-Z_]+%/s.test(text)
  );
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** What Base64 stands for, byte by byte; enough to know a placeholder by. */
function decoded(text: string): string {
  let [bits, held, result] = [0, 0, ''];
  for (const character of text.replace(/[\s=]/g, '').slice(0, 400)) {
    held = (held << 6) | Math.max(0, digits.indexOf(character));
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      result += String.fromCharCode((held >> bits) & 255);
      held &= (1 << bits) - 1;
    }
  }
  return result;
}
