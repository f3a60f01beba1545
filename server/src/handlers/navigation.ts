// From a name to what it means and back: definition, type definition, implementation, references, highlights.
import {
  DocumentHighlightKind,
  type DocumentHighlight,
  type Location,
  type LocationLink,
  type ReferenceParams,
} from 'vscode-languageserver';
import type { AtPlace, Definition } from '../core/graph/graph';
import { patchesOf, referencesAt, subjectsOf, typesOf } from '../core/navigate/places';
import type { Abort } from '../core/ports';
import type { Location as Place, Range } from '../core/problem';
import { guarded } from '../guard';
import type { Session } from '../session';
import type { PositionParams } from './documentPlace';
import { caretIn, isPlace, locationOf, type GraphCaret } from './graphPlace';

type Answer = Location[] | LocationLink[] | null;

export function registerNavigation(session: Session): void {
  const { connection, log } = session;
  const atCaret =
    <P extends PositionParams, R>(answer: (caret: GraphCaret, place: AtPlace, params: P) => R) =>
    async (params: P, abort: Abort): Promise<R | null> => {
      const caret = await caretIn(session, params, abort);
      const place = caret?.graph.at(caret.path, caret.offset);
      return caret === undefined || place === undefined ? null : answer(caret, place, params);
    };
  const toPlaces = (caret: GraphCaret, place: AtPlace, definitions: readonly Definition[]): Answer => {
    const found = definitions.filter((definition) => isPlace(caret, definition));
    return links(
      session,
      caret,
      found.map(({ at, whole }) => ({ at, whole })),
      originOf(place),
    );
  };

  connection.onDefinition(
    guarded<PositionParams, Answer>(
      log,
      'definition',
      atCaret((caret, place) => toPlaces(caret, place, subjectsOf(place))),
      null,
    ),
  );
  connection.onTypeDefinition(
    guarded<PositionParams, Answer>(
      log,
      'typeDefinition',
      atCaret((caret, place) => toPlaces(caret, place, typesOf(caret.graph, place))),
      null,
    ),
  );
  connection.onImplementation(
    guarded<PositionParams, Answer>(
      log,
      'implementation',
      atCaret((caret, place) => {
        const declared = (id: string): Place | undefined =>
          caret.repository.lastWorkspace?.sources.find((source) => source.id === id)?.declared;
        const found = patchesOf(caret.graph, place, declared);
        return links(
          session,
          caret,
          found.map((at) => ({ at, whole: at })),
          originOf(place),
        );
      }),
      null,
    ),
  );
  connection.onReferences(
    guarded<ReferenceParams, Location[] | null>(
      log,
      'references',
      atCaret((caret, place, { context }) => {
        const found = referencesAt(caret.graph, place);
        const declarations = context.includeDeclaration
          ? found.definitions.filter((definition) => isPlace(caret, definition)).map(({ at }) => at)
          : [];
        return unique([...declarations, ...found.edges.map(({ reference }) => reference.from)]).map((at) =>
          locationOf(caret, at),
        );
      }),
      null,
    ),
  );
  connection.onDocumentHighlight(
    guarded<PositionParams, DocumentHighlight[] | null>(
      log,
      'documentHighlight',
      atCaret((caret, place) => {
        const found = referencesAt(caret.graph, place);
        const here = ({ path }: Place): boolean => path === caret.path;
        const written = found.definitions
          .filter(({ at, entity }) => here(at) && entity !== 'file' && entity !== 'folder')
          .map(({ at }) => ({ at, kind: DocumentHighlightKind.Write }));
        const read = found.edges
          .filter(({ reference }) => here(reference.from))
          .map(({ reference }) => ({ at: reference.from, kind: DocumentHighlightKind.Read }));
        const seen = new Set<string>();
        return [...written, ...read].flatMap(({ at, kind }) => {
          const id = JSON.stringify(at.range);
          return seen.has(id) ? [] : [(seen.add(id), { range: at.range, kind })];
        });
      }),
      null,
    ),
  );
}

/** What the editor underlines: the whole reference. */
function originOf({ definition, edge }: AtPlace): Range | undefined {
  return edge?.reference.from.range ?? definition?.at.range;
}

function links(
  session: Session,
  caret: GraphCaret,
  places: readonly { at: Place; whole: Place }[],
  origin: Range | undefined,
): Answer {
  if (!session.editor.links) {
    return unique(places.map(({ at }) => at)).map((at) => locationOf(caret, at));
  }
  return places.map(({ at, whole }) => ({
    ...(origin === undefined ? {} : { originSelectionRange: origin }),
    targetUri: caret.repository.uriOf(at.path),
    targetRange: whole.range,
    targetSelectionRange: at.range,
  }));
}

function unique(places: readonly Place[]): Place[] {
  const seen = new Set<string>();
  return places.filter((place) => {
    const id = JSON.stringify([place.path, place.range]);
    return seen.has(id) ? false : seen.add(id);
  });
}
