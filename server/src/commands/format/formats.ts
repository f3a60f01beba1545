// The forms in which `check` prints its findings. Each is a function of the same result; nothing is decided here.
import type { CheckReport } from '../../core/render/checkWorkspace';
import type { Paint } from '../cli';
import { formatGithub } from './github';
import { formatJson } from './json';
import { formatJunit } from './junit';
import { formatMarkdown } from './markdown';
import { formatSarif } from './sarif';
import { formatText } from './text';

export interface CheckResult extends CheckReport {
  /** Absolute folder that paths are relative to. */
  root: string;
  environment?: string;
}

export interface FormatOptions {
  paint: Paint;
  quiet: boolean;
}

export type Formatter = (result: CheckResult, options: FormatOptions) => string;

export const formatters: Record<string, Formatter> = {
  text: formatText,
  json: formatJson,
  sarif: formatSarif,
  junit: formatJunit,
  github: formatGithub,
  markdown: formatMarkdown,
};
