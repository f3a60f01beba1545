// The features of the language server that are about one document: a file for each, registered here.
import type { Session } from '../session';
import { registerCodeActions } from './codeActions';
import { registerCompletion } from './completion';
import type { Diagnostics } from './diagnostics';
import { registerDocumentKind } from './documentKind';
import { registerFolding } from './folding';
import { registerFormatting } from './formatting';
import { registerHover } from './hover';
import { registerLinks } from './links';
import { registerSemanticTokens } from './semanticTokens';
import { registerSelection } from './selection';
import { registerSymbols } from './symbols';

export function registerLanguage(session: Session, diagnostics: Diagnostics): void {
  registerHover(session);
  registerDocumentKind(session);
  registerCompletion(session);
  registerSymbols(session);
  registerFormatting(session);
  registerFolding(session);
  registerSelection(session);
  registerLinks(session);
  registerSemanticTokens(session);
  registerCodeActions(session, diagnostics);
}
