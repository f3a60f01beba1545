// textDocument/documentLink: paths that lead to files of the repository.
import type { DocumentLink } from 'vscode-languageserver';
import { detect } from '../core/kinds/registry';
import { documentLinks } from '../core/structure/links';
import type { Workspace } from '../core/workspace/source';
import { guarded } from '../guard';
import type { Session } from '../session';
import { neighboursOf, placeOfDocument } from './documentPlace';

export function registerLinks(session: Session): void {
  session.connection.onDocumentLinks(
    guarded<{ textDocument: { uri: string } }, DocumentLink[]>(
      session.log,
      'documentLink',
      async ({ textDocument }) => {
        const place = await placeOfDocument(session, textDocument.uri);
        if (place === undefined || !session.settings.links.enabled) {
          return [];
        }
        const { parsed } = place.document;
        const documents = detect(place.path, parsed, neighboursOf(place)).map(({ document, kind }) => ({
          document,
          kind: kind.id,
        }));
        return documentLinks(place.path, parsed, documents, resolver(place.workspace)).map((link) => ({
          range: parsed.lines.range(link.start, link.end),
          target: place.repository.uriOf(link.target),
          tooltip: link.target,
        }));
      },
      [],
    ),
  );
}

const entrances = ['kustomization.yaml', 'kustomization.yml', 'Kustomization', 'Chart.yaml'];

/** A file is itself; a folder is what its tool reads first. */
function resolver({ files }: Workspace): (path: string) => string | undefined {
  const paths = new Set(files.map(({ path }) => path));
  return (path) => {
    const clean = path.replace(/\/$/, '');
    return [clean, ...entrances.map((name) => (clean === '' ? name : `${clean}/${name}`))].find((one) =>
      paths.has(one),
    );
  };
}
