/** What a stream of mails is expected to do: N ± V arrivals in every trailing period, with a grace. */
import { MINUTE, SECOND } from '../kernel/clock.ts';
import { type Period, periodMs } from '../kernel/calendar.ts';

export interface Expectation {
  period: Period;
  n: number;
  variance: number;
  /** null: a tenth of period / n */
  graceSeconds: number | null;
}

export const DEFAULT_GRACE_SHARE = 0.1;

/** How long a breach must last to count (semantics §6): the window of a daily mail may be empty for some seconds. */
export function graceMs({ period, n, graceSeconds }: Expectation): number {
  return graceSeconds === null ? (periodMs(period) / n) * DEFAULT_GRACE_SHARE : graceSeconds * SECOND;
}

/** `1 ± 0 per day, grace 2 h 24 min` */
export function describeExpectation(expectation: Expectation): string {
  const { n, variance, period } = expectation;
  return `${n} ± ${variance} per ${period}, grace ${describeSpan(graceMs(expectation))}`;
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
