// `.sops.yaml`: which files of a repository are meant to be encrypted, and which of their fields.
import { isObject, type JsonValue } from '../json';
import { isWithin, folderOf } from '../workspace/paths';
import { parseYaml } from '../yaml/parse';
import { toJson } from '../yaml/resolve';

/** One `.sops.yaml`. */
export interface SopsConfig {
  /** Repository path of the file. */
  path: string;
  rules: SopsRule[];
}

export interface SopsRule {
  /** Undefined: every file. */
  path: RegExp | undefined;
  /** Whether the rule encrypts a field of this name. */
  encrypts(field: string): boolean;
}

/** Rules that cannot be read are left out: what is not understood warns nobody. */
export function readSopsConfig(path: string, text: string): SopsConfig {
  const root = parseYaml(text).documents[0]?.root;
  const value = root === undefined ? undefined : toJson(root);
  const listed = isObject(value) && Array.isArray(value.creation_rules) ? value.creation_rules : [];
  return { path, rules: listed.flatMap(readRule) };
}

function readRule(rule: JsonValue): SopsRule[] {
  if (!isObject(rule)) {
    return [];
  }
  try {
    const path = expression(rule.path_regex);
    const encrypted = expression(rule.encrypted_regex);
    const unencrypted = expression(rule.unencrypted_regex);
    const suffix = typeof rule.encrypted_suffix === 'string' ? rule.encrypted_suffix : undefined;
    return [
      {
        path,
        encrypts: (field) =>
          encrypted !== undefined
            ? encrypted.test(field)
            : suffix !== undefined
              ? field.endsWith(suffix)
              : unencrypted === undefined || !unencrypted.test(field),
      },
    ];
  } catch {
    return [];
  }
}

/** Go's expressions, as far as JavaScript has them. Throws where it has not. */
function expression(value: JsonValue | undefined): RegExp | undefined {
  if (typeof value !== 'string' || value === '') {
    return undefined;
  }
  const flags = /^\(\?([ims]+)\)/.exec(value);
  return flags === null
    ? new RegExp(value)
    : new RegExp(value.slice(flags[0].length), (flags[1] ?? '').replace(/[^ims]/g, ''));
}

/** What SOPS would do with a file: the nearest configuration decides, and in it the first rule whose path fits. */
export interface SopsCover {
  /** The `.sops.yaml` that was asked. */
  config: string;
  /** The rule that covers the file; undefined where none does. */
  rule: SopsRule | undefined;
}

/** Undefined where no `.sops.yaml` stands at or above the file. */
export function sopsCover(configs: readonly SopsConfig[], path: string): SopsCover | undefined {
  let nearest: SopsConfig | undefined;
  for (const config of configs) {
    const folder = folderOf(config.path);
    if (isWithin(folder, path) && (nearest === undefined || folder.length > folderOf(nearest.path).length)) {
      nearest = config;
    }
  }
  if (nearest === undefined) {
    return undefined;
  }
  const folder = folderOf(nearest.path);
  const relative = folder === '' ? path : path.slice(folder.length + 1);
  return { config: nearest.path, rule: nearest.rules.find((rule) => rule.path?.test(relative) ?? true) };
}
