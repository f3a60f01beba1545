// Reads the schema pack from its folder: plain JSON in a checkout, brotli in the packaged extension. Files with a value per line are
// split when they are first needed, and each line is parsed when it is.
import fs from 'node:fs';
import path from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import type { JsonObject } from '../core/json';
import type { ApiLifecycle, DescriptionPack, KubernetesPack, PackedCrd, SchemaPack } from '../core/schema/pack';

/** Opens the pack in `dir`. Throws, with the way to make it, where the folder holds none. */
export function openSchemaPack(dir: string): SchemaPack {
  const has = (name: string): boolean =>
    fs.existsSync(path.join(dir, name)) || fs.existsSync(path.join(dir, `${name}.br`));
  const read = (name: string): string => {
    const file = path.join(dir, name);
    return fs.existsSync(file)
      ? fs.readFileSync(file, 'utf8')
      : brotliDecompressSync(fs.readFileSync(`${file}.br`)).toString('utf8');
  };
  const json = <T>(name: string): T => JSON.parse(read(name)) as T;
  const split = new Map<string, string[]>();
  const lineOf = (name: string, line: number): string => {
    let lines = split.get(name);
    if (lines === undefined) {
      split.set(name, (lines = read(name).split('\n')));
    }
    return lines[line] ?? '';
  };

  let kubernetes: KubernetesPack;
  let crds: PackedCrd[];
  try {
    kubernetes = json<KubernetesPack>('kubernetes.json');
    crds = json<{ crds: PackedCrd[] }>('crds.json').crds;
  } catch (error) {
    throw new Error(`No schema pack in ${dir}. Run "node scripts/schemas.mjs" to make it.`, { cause: error });
  }
  let descriptions: DescriptionPack | undefined;
  let lifecycles: ApiLifecycle[] | undefined;
  return {
    kubernetes,
    crds,
    descriptions: () => (descriptions ??= json<DescriptionPack>('descriptions.json')),
    lifecycles: () =>
      (lifecycles ??= has('lifecycle.json') ? json<{ apis: ApiLifecycle[] }>('lifecycle.json').apis : []),
    body(number) {
      const text = lineOf('definitions.jsonl', number);
      return text === '' ? undefined : (JSON.parse(text) as JsonObject);
    },
    crdText: (crd) => lineOf(`crds/${crd.in}.jsonl`, crd.line),
    crdDescriptions: (crd) =>
      JSON.parse(lineOf(`crds/${crd.in}.descriptions.jsonl`, crd.line)) as Record<string, JsonObject>,
  };
}
