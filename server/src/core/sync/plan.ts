// Plans: what an operation would do, object by object, in order, before anything is written.
import type { Failure, KindInfo } from '../ports';
import type { FieldDrift } from '../drift/drift';
import type { JsonObject } from '../json';
import type { KubernetesObject, ResourceKey } from '../resource';

export type Operation = 'sync' | 'prune' | 'rollback';
export type StepAction = 'create' | 'update' | 'prune';

export interface PlanStep {
  action: StepAction;
  key: ResourceKey;
  kind: KindInfo;
  /** What would be applied, unmasked: it never leaves the process that made it. Undefined for a prune. */
  desired?: KubernetesObject;
  /** The live object that the plan was computed from; undefined for a create. `content` is the digest of all but its status. */
  seen?: { uid: string; resourceVersion: string; content?: string };
  /** The object's own applier, where that is not the plan's manager: its fields keep one owner. */
  manager?: string;
  /**
   * The object was applied client-side: what that apply owned is taken over first, so that what Git no longer says can go.
   * These are the managedFields to write before the apply.
   */
  takeOver?: JsonObject[];
  /** Masked. */
  fields: FieldDrift[];
}

export interface Plan {
  /** Digest of everything the plan shows; the confirmation names it. */
  id: string;
  operation: Operation;
  environment: string;
  target: string;
  /** Needs the environment's name as a second confirmation. */
  protected: boolean;
  /** Commit whose rendering would be applied; undefined: the working tree. */
  revision?: string;
  /** Field manager used for the apply. */
  manager: string;
  steps: PlanStep[];
  /** Objects that the plan leaves alone although they differ, with the reason. */
  skipped: { key: ResourceKey; failure: Failure }[];
}

export type StepState = 'synced' | 'pruned' | 'failed' | 'stale' | 'notRun';

export interface StepResult {
  key: ResourceKey;
  action: StepAction;
  state: StepState;
  failure?: Failure;
}

export interface OperationResult {
  plan: string;
  operation: Operation;
  environment: string;
  startedAt: string;
  finishedAt: string;
  steps: StepResult[];
  /** True when every step did what the plan said. */
  succeeded: boolean;
}

/** What a person sees of a plan, in any process: no objects, everything masked. */
export interface PlanView {
  id: string;
  operation: Operation;
  environment: string;
  target: string;
  protected: boolean;
  revision?: string;
  /** Field manager used for the apply, where a step names no other. */
  manager: string;
  steps: { action: StepAction; key: ResourceKey; fields: FieldDrift[]; manager?: string }[];
  skipped: { key: ResourceKey; failure: Failure }[];
}
