/**
 * The schedule that mails without one keep: at cron times where the hour is stable, else so many a period. What is
 * proposed has been judged over the whole history, so that a person knows beforehand how often it would have told.
 *
 * Pure. test/watchdog/proposals.test.ts has the patterns that must be found, and random series that must not.
 */
import { shownTimes, type Period } from '../../kernel/calendar.ts';
import { DAY, MINUTE, SECOND } from '../../kernel/clock.ts';
import { earlyMs, type CronTimes, type Expectation, lookBackMs } from '../expectation.ts';
import { judge } from '../judge.ts';
import { readPace } from '../pace.ts';
import { deviationsOf, learnGrace } from '../spread.ts';
import { firstIndex } from '../verdict.ts';
import { findEvenPace } from './even-pace.ts';
import { findTimetable, writeCron, type Timetable } from './timetable.ts';
import { telltaleZones } from './zones.ts';

export interface ProposedPace {
  period: Period;
  n: number;
  variance: number;
  cron: CronTimes | null;
  /** From the spread; null: too few to learn from, a tenth of the interval. */
  learnedGraceSeconds: number | null;
}

export interface Proposal {
  pace: ProposedPace;
  /** Nineteen of twenty mails are nearer to the cron time; null for a count. */
  spreadSeconds: number | null;
  /** Whether the last times were met (of a count: the last distances were kept), the oldest first; at most 30. */
  recent: boolean[];
  /** Of `recent`, the share that was met. */
  confidence: number;
  falseAlarmsPerMonth: number;
  /** In milliseconds, of the mails that it was seen in. */
  seenFrom: number;
  seenTo: number;
  count: number;
}

/** As many as a strip shows. */
const RECENT = 30;
const MONTH_MS = 30 * DAY;
/** More would be a nuisance: such a schedule is not proposed. */
export const MOST_FALSE_ALARMS_PER_MONTH = 6;
/** A job that was moved some weeks ago is recognised by its mails since. */
const LOOK_BACKS_MS = [Infinity, 60 * DAY, 21 * DAY];

/**
 * @param all ascending, in milliseconds
 * @param until up to when mails are known
 * @param zone of the tenant: taken unless the clock times stay put in another one
 */
export function propose(all: readonly number[], until: number, zone: string): Proposal | null {
  const histories = LOOK_BACKS_MS.map((lookBack) =>
    all.slice(firstIndex(all, (at) => at > until - lookBack)),
  );
  const different = histories.filter((one, index) => one.length !== histories[index - 1]?.length);
  return (
    firstFound(different, (arrivals) => proposeTimes(arrivals, until, zone)) ??
    firstFound(different, (arrivals) => proposeCount(arrivals, until))
  );
}

function firstFound(
  histories: readonly (readonly number[])[],
  find: (arrivals: readonly number[]) => Proposal | null,
): Proposal | null {
  for (const arrivals of histories) {
    const found = find(arrivals);
    if (found) return found;
  }
  return null;
}

/** Clocks that were changed meanwhile would have moved the mails by an hour. */
const SURELY_NARROW_MS = 20 * MINUTE;

function proposeTimes(arrivals: readonly number[], until: number, zone: string): Proposal | null {
  const candidates: { timezone: string; timetable: Timetable }[] = [];
  for (const timezone of telltaleZones(zone, arrivals[0] ?? until, until)) {
    const [shownUntil = until] = shownTimes([until], timezone);
    const timetable = findTimetable(shownTimes(arrivals, timezone), shownUntil);
    if (!timetable) continue;
    candidates.push({ timezone, timetable });
    // So good in the tenant's own that no other can be better.
    if (missedShare(timetable) === 0 && timetable.spreadMs < SURELY_NARROW_MS) break;
  }
  // In the wrong zone the times spread by the hour of summer time, or are found since the last change only.
  const [best] = candidates.sort(
    (one, other) => missedShare(one.timetable) - missedShare(other.timetable) || spread(one) - spread(other),
  );
  return best ? judgeTimes(arrivals, until, best.timetable, best.timezone) : null;
}

function spread({ timetable }: { timetable: Timetable }): number {
  return timetable.spreadMs;
}

function missedShare({ met }: Timetable): number {
  return Math.round(10 * (met.filter((one) => !one).length / met.length));
}

function judgeTimes(
  arrivals: readonly number[],
  until: number,
  timetable: Timetable,
  timezone: string,
): Proposal | null {
  const { met, minutes, weekdays, monthDays, spreadMs } = timetable;
  const cron = writeCron(timetable, spreadMs);
  const whole = { arrivals, until, met };
  if (cron) {
    const pace = readPace({ cron, timezone }, new Date(until));
    return judged(whole, pace, Math.round(spreadMs / SECOND));
  }
  if (weekdays || monthDays) return null;
  return judged(whole, { period: 'day', n: minutes.length, variance: 0, cron: null }, null);
}

function proposeCount(arrivals: readonly number[], until: number): Proposal | null {
  const even = findEvenPace(arrivals, until);
  for (const count of even?.counts ?? []) {
    const found = judged({ arrivals, until, met: even?.met ?? [] }, { ...count, cron: null }, null);
    if (found && found.falseAlarmsPerMonth <= 1) return found;
  }
  return null;
}

interface Seen {
  arrivals: readonly number[];
  until: number;
  met: readonly boolean[];
}

/** @returns null when it would have been a nuisance */
function judged(
  { arrivals, until, met }: Seen,
  pace: Omit<ProposedPace, 'learnedGraceSeconds'>,
  spreadSeconds: number | null,
): Proposal | null {
  const first = arrivals[0] ?? until;
  const blank: Expectation = { ...pace, graceSeconds: null };
  const learnedGraceSeconds = learnGrace(blank, deviationsOf(blank, arrivals, -1, Infinity));
  const expectation = { ...blank, learnedGraceSeconds };
  const begin = pace.cron ? first - earlyMs(expectation) - 1 : first + lookBackMs(expectation);
  const { verdicts } = judge(
    { ...expectation, countedFrom: new Date(begin) },
    arrivals,
    { judgedUntil: begin, breach: null },
    until,
  );
  const alarms = verdicts.filter(({ type }) => type === 'opened').length;
  const falseAlarmsPerMonth = (alarms * MONTH_MS) / Math.max(until - first, DAY);
  if (falseAlarmsPerMonth > MOST_FALSE_ALARMS_PER_MONTH) return null;
  const recent = met.slice(-RECENT);
  return {
    pace: { ...pace, learnedGraceSeconds },
    spreadSeconds,
    recent,
    confidence: recent.filter(Boolean).length / recent.length,
    falseAlarmsPerMonth,
    seenFrom: first,
    seenTo: arrivals.at(-1) ?? until,
    count: arrivals.length,
  };
}
