/** Waits for something to become true, looking again every few milliseconds; fails by name when it does not. */
import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 20;
const PATIENCE_MS = 30_000;

export async function waitFor(
  what: string,
  isTrue: () => Promise<boolean> | boolean,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const until = performance.now() + patienceMs;
  while (!(await isTrue())) {
    if (performance.now() > until) throw new Error(`waited ${patienceMs} ms in vain for ${what}`);
    await pause(LOOK_EVERY_MS);
  }
}
