/** What a stream of mails is expected to do: N ± V arrivals in every trailing period, or one for each cron time. */
import { MINUTE, SECOND } from '../kernel/clock.ts';
import { type Period, periodMs } from '../kernel/calendar.ts';

export interface Expectation {
  /** Of a cron schedule: the scale on which its times follow each other. */
  period: Period;
  n: number;
  variance: number;
  /** As people set it; null: learned, else a tenth of period / n. */
  graceSeconds: number | null;
  /** From the spread of its arrivals (spread.ts); null until there were enough. */
  learnedGraceSeconds?: number | null;
  /** What was expected before the tag was changed, until a person confirms the change. */
  former?: { n: number; variance: number } | null;
  cron?: CronTimes | null;
  /** Of a cron schedule: times after this count; when it was declared, or resumed. */
  countedFrom?: Date | null;
}

export interface CronTimes {
  expression: string;
  timezone: string;
  /** How long before its time a mail counts for it; null: as long as the grace. */
  earlySeconds: number | null;
}

export const DEFAULT_GRACE_SHARE = 0.1;

export function defaultGraceMs({ period, n }: Pick<Expectation, 'period' | 'n'>): number {
  return (periodMs(period) / n) * DEFAULT_GRACE_SHARE;
}

/** How long a breach must last to count (semantics §6): the window of a daily mail may be empty for some seconds. */
export function graceMs(expectation: Expectation): number {
  const seconds = expectation.graceSeconds ?? expectation.learnedGraceSeconds;
  return seconds === null || seconds === undefined ? defaultGraceMs(expectation) : seconds * SECOND;
}

export function earlyMs(expectation: Expectation): number {
  const seconds = expectation.cron?.earlySeconds;
  return seconds === null || seconds === undefined ? graceMs(expectation) : seconds * SECOND;
}

/** How long before the judged instants an arrival may still matter. */
export function lookBackMs(expectation: Expectation): number {
  return expectation.cron ? earlyMs(expectation) + graceMs(expectation) : periodMs(expectation.period);
}

/** `1 ± 0 per day, grace 2 h 24 min`, `at 30 2 * * * Europe/Berlin, 1 h early to 2 h late` */
export function describeExpectation(expectation: Expectation): string {
  const { n, variance, period, cron } = expectation;
  const grace = describeSpan(graceMs(expectation));
  if (!cron)
    return `${n} ± ${variance} per ${period}, grace ${grace}${isLearned(expectation) ? ' (learned)' : ''}`;
  return `at ${cron.expression} ${cron.timezone}, ${describeSpan(earlyMs(expectation))} early to ${grace} late`;
}

function isLearned({ graceSeconds, learnedGraceSeconds }: Expectation): boolean {
  return graceSeconds === null && typeof learnedGraceSeconds === 'number';
}

/** `42 min`, `2 h 24 min`, `3 d 1 h`: two units at most. */
export function describeSpan(ms: number): string {
  const seconds = Math.round(ms / SECOND);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(ms / MINUTE);
  if (minutes < 60)
    return seconds % 60 === 0 || minutes >= 10 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return joinUnits(hours, 'h', minutes % 60, 'min');
  return joinUnits(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function joinUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  const head = `${large} ${largeUnit}`;
  return small === 0 ? head : `${head} ${small} ${smallUnit}`;
}
