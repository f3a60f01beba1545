// Figures of a run: printed for people, and kept in a file (`out/parity/<part>.json`) with every case that differs.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { checkout } from '../support/shared';

/** Numbers are printed; lists are printed by their length and kept whole in the file. */
export function record(part: string, figures: Record<string, number | string | readonly unknown[] | object>): void {
  const folder = path.join(checkout, 'out/parity');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, `${part}.json`), JSON.stringify(figures, null, 1));
  for (const [name, value] of Object.entries(figures)) {
    const shown = Array.isArray(value) ? value.length : typeof value === 'object' ? JSON.stringify(value) : value;
    console.log(`      ${name}: ${String(shown)}`);
  }
}
