// Bytes to text. What is no UTF-8 text is said, with what to do about it; nothing of it is guessed.
import { isUtf8 } from 'node:buffer';
import type { FileTrouble } from '../core/ports';

/** Larger files are not read. The largest real manifests (bundles of definitions) are a tenth of it, and editors hand out no more. */
export const largestText = 50 * 1024 * 1024;

export interface DecodedText {
  /** Undefined where there is no text to speak of. */
  text: string | undefined;
  trouble?: Trouble;
}

export type Trouble = Omit<FileTrouble, 'path'>;

/** The text of a file: UTF-8, or UTF-16 where a byte-order mark says so. */
export function decodeText(bytes: Buffer): DecodedText {
  const utf16 = utf16Of(bytes);
  if (utf16 !== undefined) {
    return {
      text: utf16,
      trouble: {
        rule: 'file/encoding',
        severity: 'warning',
        message: 'This file is UTF-16, which Git and several tools take for binary: save it as UTF-8.',
      },
    };
  }
  const text = bytes.toString('utf8');
  if (isUtf8(bytes)) {
    return { text };
  }
  if (bytes.includes(0)) {
    return {
      text: undefined,
      trouble: { rule: 'file/binary', severity: 'warning', message: 'This file holds no text, so it is not checked.' },
    };
  }
  const at = text.indexOf('\uFFFD');
  const lineStart = text.lastIndexOf('\n', at) + 1;
  return {
    text,
    trouble: {
      rule: 'file/encoding',
      severity: 'error',
      message: 'This is not UTF-8, and Kubernetes refuses the file: save it as UTF-8.',
      line: text.slice(0, lineStart).split('\n').length - 1,
      character: at - lineStart,
    },
  };
}

function utf16Of(bytes: Buffer): string | undefined {
  const isWhole = bytes.length >= 2 && bytes.length % 2 === 0;
  if (isWhole && bytes[0] === 0xff && bytes[1] === 0xfe) {
    return bytes.toString('utf16le');
  }
  return isWhole && bytes[0] === 0xfe && bytes[1] === 0xff
    ? Buffer.from(bytes).swap16().toString('utf16le')
    : undefined;
}

/** Why the disk did not give a file or a folder. */
export function refusal(error: unknown): Trouble {
  const { code } = error as NodeJS.ErrnoException;
  const isForbidden = code === 'EACCES' || code === 'EPERM';
  return {
    rule: 'file/unreadable',
    severity: 'error',
    message: isForbidden
      ? 'This cannot be read, so it is not checked: you have no permission.'
      : `This cannot be read, so it is not checked: ${code ?? String(error)}.`,
  };
}

export function tooLarge(size: number): Trouble {
  const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;
  return {
    rule: 'file/too-large',
    severity: 'warning',
    message: `This file is not checked: it has ${megabytes(size)}, and files up to ${megabytes(largestText)} are read. Part it, or exclude it in .plumbline.yaml.`,
  };
}

export const linkOutside: Trouble = {
  rule: 'file/link-outside',
  severity: 'info',
  message:
    'This link leads out of the repository, so it is not followed; whoever clones the repository has no target for it.',
};

export const brokenLink: Trouble = {
  rule: 'file/broken-link',
  severity: 'warning',
  message: 'This link leads nowhere: there is no file at its end.',
};

export const folderInstead: Trouble = {
  rule: 'file/is-folder',
  severity: 'warning',
  message: 'This is a folder with the name of a kustomization: kustomize reads a file here.',
};
