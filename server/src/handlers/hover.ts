// Hover: what the core knows of the place under the pointer, from every provider that has something to say.
import { MarkupKind, type Hover } from 'vscode-languageserver';
import type { Abort } from '../core/ports';
import type { Range } from '../core/problem';
import { hoverAt } from '../core/schema/hover';
import { guarded } from '../guard';
import { documentKindHover } from './documentKind';
import type { Session } from '../session';
import { hoverReference } from './graphOffers';
import { effectiveValueHover } from './effectiveValue';
import { placeOfCaret, schemaOfFile, type CaretPlace, type PositionParams } from './documentPlace';

export interface HoverPart {
  markdown: string;
  /** What it is about; the first part that says it decides what the editor highlights. */
  range?: Range;
}

/** Must answer at once, or stop when cancelled: a hover never starts slow work that nobody waits for. */
export type HoverProvider = (at: CaretPlace, abort: Abort) => HoverPart | undefined | Promise<HoverPart | undefined>;

/** Asked in this order; their parts stand below each other. A further source of hovers is one line here. */
const providers: HoverProvider[] = [
  documentKindHover,
  (at) => hoverAt(at.document.parsed, at.yaml, at.offset, at.schemas, { minor: at.minor, schema: schemaOfFile(at) }),
  hoverReference,
];

export function registerHover(session: Session): void {
  const asked = [...providers, effectiveValueHover(session)];
  session.connection.onHover(
    guarded<PositionParams, Hover | null>(
      session.log,
      'hover',
      async (params, abort) => {
        const at = await placeOfCaret(session, params);
        if (at === undefined || !session.settings.hover.enabled) {
          return null;
        }
        const parts: HoverPart[] = [];
        for (const provider of asked) {
          const part = await provider(at, abort);
          if (part !== undefined) {
            parts.push(part);
          }
        }
        const range = parts.find((part) => part.range !== undefined)?.range;
        return parts.length === 0
          ? null
          : {
              contents: { kind: MarkupKind.Markdown, value: parts.map(({ markdown }) => markdown).join('\n\n---\n\n') },
              ...(range === undefined ? {} : { range }),
            };
      },
      null,
    ),
  );
}
