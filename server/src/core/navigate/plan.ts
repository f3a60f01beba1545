// A change of many files that a person looks at before it happens: text edits with why they are made, and files that move.
import type { TextEdit } from '../problem';
import type { Move } from './pathTexts';

/** Why an edit belongs to a plan, as the preview groups it. */
export interface EditReason {
  /** Heading of the group: `References`. */
  label: string;
  /** One line below it. */
  description?: string;
  /** Whether it means the same thing is not certain: the person has to agree to this group on its own. */
  confirm: boolean;
  /** What the change does beyond the text. Leaving out the edit would break more, so it is said and not asked. */
  effect?: string;
}

export interface PlannedEdit extends TextEdit {
  reason: EditReason;
}

export interface ChangePlan {
  edits: PlannedEdit[];
  /** Done after the edits; paths of edits are those before it. */
  moves: Move[];
  /** What the plan leaves as it is though it may have to change, and what it does beyond the text: shown, never hidden. */
  notes: string[];
}

export type PlanAnswer = { plan: ChangePlan } | { refused: string };

/** Texts that plans are made from. */
export interface PlanFiles {
  /** Every file that the graph knows; sorted. */
  paths: readonly string[];
  /** Whether something is there already: any file, also one that the graph does not read. */
  exists(path: string): Promise<boolean>;
  text(path: string): Promise<string | undefined>;
}
