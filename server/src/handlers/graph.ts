// The features that ask the graph of the workspace: a file for each, registered here. Completion and hover have lists of their own.
import type { Session } from '../session';
import { registerCallHierarchy } from './callHierarchy';
import { registerDeployers } from './deployers';
import { registerNavigation } from './navigation';
import { registerRename } from './rename';
import { registerWorkspaceSymbols } from './workspaceSymbols';

export function registerGraph(session: Session): void {
  registerNavigation(session);
  registerRename(session);
  registerCallHierarchy(session);
  registerDeployers(session);
  registerWorkspaceSymbols(session);
}
