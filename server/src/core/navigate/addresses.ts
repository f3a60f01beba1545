// Addresses of a Service inside other texts: `web.shop.svc` in a URL, an argument, a values file. No field says that they mean it, so the
// person agrees to them on their own.
import type { Definition } from '../graph/graph';
import { Cancelled, type Abort } from '../ports';
import { parseYaml } from '../yaml/parse';
import type { LineIndex } from '../yaml/tree';
import type { EditReason, PlanFiles, PlannedEdit } from './plan';

const reason: EditReason = {
  label: 'Addresses that may mean it',
  description: 'Names in the cluster’s DNS, inside other texts.',
  confirm: true,
};

export async function addressEdits(
  files: PlanFiles,
  definitions: readonly { definition: Definition; newName: string }[],
  abort?: Abort,
): Promise<PlannedEdit[]> {
  const names = new Map<string, string>();
  for (const { definition, newName } of definitions) {
    const { entity, object, name } = definition;
    if (entity === 'object' && object?.kind === 'Service' && object.group === '') {
      for (const { namespace, name: whole } of [object, ...definition.appearances.map(({ effective }) => effective)]) {
        if (namespace !== '') {
          names.set(`${whole}.${namespace}.svc`, whole.replace(name, newName));
        }
      }
    }
  }
  const edits: PlannedEdit[] = [];
  for (const path of names.size === 0 ? [] : files.paths) {
    if (abort?.aborted === true) {
      throw new Cancelled();
    }
    const text = (await files.text(path)) ?? '';
    const found = [...names].flatMap(([address, newName]) =>
      placesOf(text, address).map((at) => ({ at, end: at + address.indexOf('.'), newName })),
    );
    const lines = found.length === 0 ? undefined : parseYaml(text).lines;
    for (const { at, end, newName } of found) {
      edits.push({ path, range: (lines as LineIndex).range(at, end), newText: newName, reason });
    }
  }
  return edits;
}

/** Offsets of an address that is not the end or the beginning of a longer name. */
function placesOf(text: string, address: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(address); at >= 0; at = text.indexOf(address, at + 1)) {
    if (!/[\w.-]/.test(text[at - 1] ?? ' ') && !/[\w-]/.test(text[at + address.length] ?? ' ')) {
      found.push(at);
    }
  }
  return found;
}
