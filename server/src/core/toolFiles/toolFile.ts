// What the check of a tool's own file is given.
import type { DetectedDocument } from '../kinds/kind';
import type { ParsedYaml } from '../yaml/tree';

export interface ToolFile {
  path: string;
  parsed: ParsedYaml;
  detected: DetectedDocument;
}
