// The features of the language server that are about one document: a file for each, registered here.
import type { Session } from '../session';
import { registerCodeActions } from './codeActions';
import { registerCompletion } from './completion';
import type { Diagnostics } from './diagnostics';
import { registerDocumentKind } from './documentKind';
import { registerFormatting } from './formatting';
import { registerHover } from './hover';
import { registerSymbols } from './symbols';

export function registerLanguage(session: Session, diagnostics: Diagnostics): void {
  registerHover(session);
  registerDocumentKind(session);
  registerCompletion(session);
  registerSymbols(session);
  registerFormatting(session);
  registerCodeActions(session, diagnostics);
}
