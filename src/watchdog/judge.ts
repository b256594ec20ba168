/**
 * The verdict on a schedule (semantics §6), by count (walk-count.ts) or by cron times (walk-cron.ts). The walk goes on
 * beyond `until` to find the next instant at which there would be a verdict if nothing more arrived: that is when to
 * look again.
 *
 * Pure, in milliseconds since the epoch. test/watchdog/judge.test.ts compares it with a brute-force scan.
 */
import type { Expectation } from './expectation.ts';
import type { Excuse, Judgement, Verdict } from './verdict.ts';
import { walkCount } from './walk-count.ts';
import { walkCron } from './walk-cron.ts';

export interface JudgedStream extends Judgement {
  verdicts: Verdict[];
  /** The next instant at which a verdict can fall without another arrival; null when none ever would. */
  dueAt: number | null;
}

/**
 * @param arrivals in ascending order; must hold all after `state.judgedUntil − lookBackMs(expectation)`
 * @param until judge up to and including this instant; the caller vouches that every arrival before it is known
 */
export function judge(
  expectation: Expectation,
  arrivals: readonly number[],
  state: Judgement,
  until: number,
  excuses: readonly Excuse[] = [],
): JudgedStream {
  // What was judged stays judged: then only the next instant is asked for.
  const limit = until > state.judgedUntil ? until : -Infinity;
  const judgedUntil = Math.max(until, state.judgedUntil);
  const verdicts: Verdict[] = [];
  let breach = state.breach;
  const onChange = (at: number, changed: Judgement['breach']) => {
    if (at <= limit) breach = changed;
  };
  const { cron } = expectation;
  const walk = cron
    ? walkCron(expectation, cron, arrivals, state, excuses, onChange)
    : walkCount(expectation, arrivals, state, excuses, onChange);
  for (const verdict of walk) {
    if (verdict.at > limit) return { judgedUntil, breach, verdicts, dueAt: verdict.at };
    verdicts.push(verdict);
  }
  return { judgedUntil, breach, verdicts, dueAt: null };
}
