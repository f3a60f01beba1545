// Which objects are ticked while a person chooses what to sync. Outside that mode nothing has a checkbox.
import * as vscode from 'vscode';
import { setContext } from '../context';
import { isSyncable, objectsBelow, type DriftNode, type ObjectNode } from './model';

export class Selection {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private ticked: Set<string> | undefined;

  get choosing(): boolean {
    return this.ticked !== undefined;
  }

  start(): void {
    this.ticked = new Set();
    this.announce();
  }

  stop(): void {
    this.ticked = undefined;
    this.announce();
  }

  /** Undefined: the node has no checkbox. A group is ticked when all below it are. */
  stateOf(node: DriftNode): vscode.TreeItemCheckboxState | undefined {
    const ticked = this.ticked;
    if (ticked === undefined || node.type === 'field' || node.type === 'note' || node.type === 'inSync') {
      return undefined;
    }
    const objects = syncableBelow(node);
    if (objects.length === 0) {
      return undefined;
    }
    const { Checked, Unchecked } = vscode.TreeItemCheckboxState;
    return objects.every((o) => ticked.has(o.id)) ? Checked : Unchecked;
  }

  /** Ticks or unticks everything below a node. */
  set(node: DriftNode, state: vscode.TreeItemCheckboxState): void {
    for (const { id } of syncableBelow(node)) {
      if (state === vscode.TreeItemCheckboxState.Checked) {
        this.ticked?.add(id);
      } else {
        this.ticked?.delete(id);
      }
    }
    this.changed.fire();
  }

  /** The ticked objects among these trees. */
  among(roots: readonly DriftNode[]): ObjectNode[] {
    return roots.flatMap(syncableBelow).filter((o) => this.ticked?.has(o.id));
  }

  private announce(): void {
    setContext('choosing', this.choosing);
    this.changed.fire();
  }
}

const syncableBelow = (node: DriftNode): ObjectNode[] => objectsBelow(node).filter((o) => isSyncable(o.object));
