/**
 * Files that are made from code and committed, so that a change of them is seen in review. A test compares them;
 * `npm run snapshots` writes them anew.
 */
import { expect } from '@jest/globals';
import fs from 'node:fs';
import { inPackage } from '../../src/kernel/package-root.ts';

export function expectKept(file: string, made: string): void {
  const full = inPackage(file);
  if (process.env['DATAMER_WRITE_SNAPSHOTS'] === '1') fs.writeFileSync(full, made);
  const kept = fs.existsSync(full) ? fs.readFileSync(full, 'utf8') : '';
  // A whole-file diff of thousands of lines helps nobody: the first difference does.
  expect(firstDifference(kept, made)).toBeNull();
}

function firstDifference(kept: string, made: string): string | null {
  if (kept === made) return null;
  const keptLines = kept.split('\n');
  const madeLines = made.split('\n');
  const line = madeLines.findIndex((text, index) => text !== keptLines[index]);
  const at = line < 0 ? madeLines.length : line;
  return `line ${at + 1}: kept "${keptLines[at] ?? ''}", made "${madeLines[at] ?? ''}" (npm run snapshots)`;
}
