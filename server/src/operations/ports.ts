// The core's small ports over Node: a clock, a digest, and letting other work run.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

export const now = (): string => new Date().toISOString();

/** SHA-256 in hexadecimal: nobody finds a second text with the same one. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

export const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const wait = (milliseconds: number): Promise<void> => sleep(milliseconds);
