/** Whether a loop of this process does its work. Asked by `/readyz`, by the heartbeats and by the dead man. */
import { between, MINUTE, SECOND } from '../kernel/clock.ts';
import type { LoopHealth } from '../kernel/loop.ts';

export interface LoopTrouble {
  loop: string;
  isStuck: boolean;
  what: string;
}

/** A loop that has not run for so many of its periods hangs; one that runs seldom, when it is so much too late. */
const HANGING_PERIODS = 6;
const LATEST_MS = 10 * MINUTE;
/** A large batch on a busy machine may take this long. */
const PATIENCE_MS = 30 * SECOND;

export function findTrouble(loops: readonly LoopHealth[], now: Date): LoopTrouble[] {
  return loops.flatMap((health): LoopTrouble[] => {
    const { name: loop, lastError } = health;
    if (isStuck(health, now)) {
      const since = health.lastRunAt ?? health.startedAt;
      return [{ loop, isStuck: true, what: `${loop}: has not run since ${since?.toISOString() ?? ''}` }];
    }
    return lastError ? [{ loop, isStuck: false, what: `${loop}: ${lastError}` }] : [];
  });
}

function isStuck({ everyMs, lastRunAt, startedAt, failures }: LoopHealth, now: Date): boolean {
  const since = lastRunAt ?? startedAt;
  // What fails turn by turn is not stuck: it says what is wrong.
  if (!since || failures > 0) return false;
  const patience = Math.max(PATIENCE_MS, everyMs * HANGING_PERIODS);
  return between(since, now) > Math.min(patience, everyMs + LATEST_MS);
}
