// The two language servers of the comparison, each with its best settings.
import fs from 'node:fs';
import path from 'node:path';
import { startLanguageServer } from './languageServer.mjs';

/** Ours, from the bundle. The cache is a folder of the run's own. */
export function startOurs({ server, dir, env }, folder) {
  return startLanguageServer(server, {
    folder,
    configuration: () => ({}),
    env: { XDG_CACHE_HOME: path.join(dir, 'cache'), ...env },
  });
}

/**
 * yaml-language-server in its Kubernetes mode, which it recognises by the schema's name. The schema's text is then handed over by the editor, so
 * that no network is needed; everything that is not validation and could slow it down is off.
 */
export function startYamlLanguageServer(program, schemas, folder) {
  const settings = {
    yaml: {
      validate: true,
      schemas: { kubernetes: ['*.yaml', '**/*.yaml'] },
      schemaStore: { enable: false },
      kubernetesCRDStore: { enable: false },
      maxItemsComputed: 5000,
    },
  };
  return startLanguageServer(program, {
    folder,
    configuration: (section) => settings[section],
    requests: { 'vscode/content': () => fs.readFileSync(path.join(schemas, 'all.json'), 'utf8') },
    initialized: (connection) => connection.sendNotification('yaml/registerContentRequest'),
  });
}
