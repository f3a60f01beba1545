// Every command, one line each. manifest.test.ts holds this list and package.json to each other. Bundled apart as
// dist/operations.js, which the first command loads: a window in which nobody uses one does not pay for them.
import { captureSchemas } from './captureSchemas';
import { checkWorkspace } from './checkWorkspace';
import { chooseEnvironment } from './chooseEnvironment';
import type { Command } from './command';
import { compareWithLive } from './compareWithLive';
import { continueReview } from './continueReview';
import { documentKind } from './documentKind';
import { createConfiguration } from './createConfiguration';
import { compareRevision, loadMoreHistory, showHistory } from './history';
import { restartServer, showLog } from './log';
import { openDiff } from './openDiff';
import { openPreview } from './openPreview';
import { openSource } from './openSource';
import { prune, pruneEnvironment } from './prune';
import { refreshDrift, refreshEnvironment } from './refreshDrift';
import { reviewDrift, reviewRows } from './reviewDrift';
import { rollBack } from './rollBack';
import { showUpgrade } from './showUpgrade';
import { statusMenu } from './statusMenu';
import { sync, syncEnvironment } from './sync';
import { cancelChoosing, chooseForSync, syncSelected } from './syncSelected';
import { takeSnapshot } from './takeSnapshot';
import { whoDeploys } from './whoDeploys';

export { runCommand } from './command';

export const commands: readonly Command[] = [
  checkWorkspace,
  showUpgrade,
  openPreview,
  whoDeploys,
  chooseEnvironment,
  refreshDrift,
  refreshEnvironment,
  openDiff,
  reviewDrift,
  reviewRows,
  compareWithLive,
  openSource,
  sync,
  syncEnvironment,
  chooseForSync,
  syncSelected,
  cancelChoosing,
  prune,
  pruneEnvironment,
  rollBack,
  continueReview,
  showHistory,
  compareRevision,
  loadMoreHistory,
  takeSnapshot,
  captureSchemas,
  createConfiguration,
  showLog,
  restartServer,
  statusMenu,
  documentKind,
];
