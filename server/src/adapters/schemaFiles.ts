// Reads the schema pack from its folder: plain JSON and YAML in a checkout, brotli in the packaged extension.
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
    crdSchemas: (file) => json<Record<string, JsonObject>>(`crds/${file}.json`),
    crdText: (file) => read(`crds/${file}.yaml`),
  };
}
