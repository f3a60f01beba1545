// The product's version, from the package.json that lies beside `dist` in a checkout and in the package alike.
import fs from 'node:fs';
import path from 'node:path';
import { productFolder } from './productFolder';

/** For example `0.1.0`; `unknown` where the file cannot be read. */
export function version(): string {
  try {
    const file = path.join(productFolder(), '..', 'package.json');
    const { version: found } = JSON.parse(fs.readFileSync(file, 'utf8')) as { version?: string };
    return found ?? 'unknown';
  } catch {
    return 'unknown';
  }
}
