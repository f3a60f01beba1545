// Addresses: of places in the person's files, and of Plumbline's own virtual documents, whose paths are what people read on tabs.
import * as vscode from 'vscode';
import type { Origin, ResourceKey } from '../../server/src/core/protocol';
import { keyText, parseKeyText } from '../../server/src/core/protocol';
import type { EnvironmentRef } from './sources/model';

export const objectScheme = 'plumbline-object';
export const previewScheme = 'plumbline-preview';
export const liveScheme = 'plumbline-live';
export const upgradeScheme = 'plumbline-upgrade';

/** Arguments of `vscode.open` for a place in a repository's file. */
export function originUri(folder: string, origin: Origin): [vscode.Uri, vscode.TextDocumentShowOptions] {
  const at = new vscode.Position(origin.line, origin.character);
  return [vscode.Uri.joinPath(vscode.Uri.parse(folder), origin.path), { selection: new vscode.Range(at, at) }];
}

export type Side = 'live' | 'desired';

export interface ObjectAddress extends EnvironmentRef {
  key: ResourceKey;
  side: Side;
}

/** `/staging/shop/Deployment/web.yaml`: diff headings show this path, and the ending chooses the language. */
export function objectPath(environment: string, key: ResourceKey): string {
  return '/' + [environment, key.namespace, key.kind, `${key.name}.yaml`].filter((part) => part !== '').join('/');
}

export function objectUri({ folder, environment, key, side }: ObjectAddress): vscode.Uri {
  const query = JSON.stringify({ folder, environment, key: keyText(key), side });
  return vscode.Uri.from({ scheme: objectScheme, path: objectPath(environment, key), query });
}

/** The address in a URI that `objectUri` made; undefined for any other. */
export function parseObjectUri(uri: vscode.Uri): ObjectAddress | undefined {
  try {
    const { folder, environment, key, side } = JSON.parse(uri.query) as Record<string, string>;
    if (folder === undefined || environment === undefined || key === undefined) {
      return undefined;
    }
    return { folder, environment, key: parseKeyText(key), side: side === 'live' ? 'live' : 'desired' };
  } catch {
    return undefined;
  }
}
