/** Which of the known problems are to be told of now: pure, so that no state of the house can make a storm of mails. */
import { between, HOUR, later, MINUTE } from '../kernel/clock.ts';
import type { KnownProblem } from './own-problems.ts';

/** Mails of problems and recoveries per part and hour; what is over waits, and what is well by then is never told. */
const MOST_PER_HOUR = 6;

/** What has not been seen for so long is over: whoever flickers within it is one problem. */
const OVER_MS = 3 * MINUTE;

export interface Telling {
  begun: KnownProblem[];
  /** Told before, and well again. */
  ended: KnownProblem[];
  /** Well again before anybody was told. */
  dropped: KnownProblem[];
}

/**
 * @param sentAt by org, when mails of it went; older ones than an hour are taken out
 * @param watchedSince what this process has not watched for long enough is not over yet
 */
export function chooseTelling(
  known: readonly KnownProblem[],
  sentAt: Map<string, Date[]>,
  watchedSince: Date,
  now: Date,
): Telling {
  for (const [org, times] of sentAt) {
    const recent = times.filter((at) => at > later(now, -HOUR));
    if (recent.length > 0) sentAt.set(org, recent);
    else sentAt.delete(org);
  }
  const telling: Telling = { begun: [], ended: [], dropped: [] };
  for (const problem of known) {
    const isOver = between(problem.seenAt, now) > OVER_MS && between(watchedSince, now) > OVER_MS;
    const isNews = problem.toldSeverity === null || isWorse(problem);
    if (isOver && problem.toldSeverity === null) telling.dropped.push(problem);
    else if ((isOver || isNews) && mayTell(sentAt, problem.org, now))
      (isOver ? telling.ended : telling.begun).push(problem);
  }
  return telling;
}

function isWorse({ severity, toldSeverity }: KnownProblem): boolean {
  return severity === 'critical' && toldSeverity === 'warn';
}

function mayTell(sentAt: Map<string, Date[]>, org: string, now: Date): boolean {
  const times = sentAt.get(org) ?? [];
  if (times.length >= MOST_PER_HOUR) return false;
  sentAt.set(org, [...times, now]);
  return true;
}
