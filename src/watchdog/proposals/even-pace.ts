/**
 * Mails that follow each other at even distances whatever the clock says, as those of a job that starts again some time
 * after it has ended, or every other week. Distances of mails that come at random are distributed exponentially: the
 * share of them that is within r of the median is known, and a series is even when far more are.
 */
import { periodMs, PERIODS, type Period } from '../../kernel/calendar.ts';
import { isBeyondChance } from './significance.ts';
import { isLongEnough } from './timetable.ts';

export interface EvenPace {
  /** Numbers to be tried against the history, the strictest first. */
  counts: { period: Period; n: number; variance: number }[];
  /** Whether each mail came at its distance. */
  met: boolean[];
}

/** Ten days of a daily mail, five months of one that comes every other week. */
const FEWEST_DISTANCES = 10;
/** How far from the median a distance may be, as a share of it. */
const WIDTHS = [0.02, 0.1, 0.25, 0.5];
const LEAST_EVEN = 0.8;
/** Of the time: a reminder every half hour of an incident is even as well, and then there is none for days. */
const LEAST_OF_TIME = 0.75;
/** Mails have ended when none came for so many distances. */
const MOST_SILENT = 3;
const LARGEST_VARIANCE_SHARE = 1 / 3;
/** Numbers above say nothing that a person would want to be told of. */
const MOST_PER_PERIOD = 100;

/** @param arrivals ascending. @param until up to when mails are known */
export function findEvenPace(arrivals: readonly number[], until: number): EvenPace | null {
  const distances = arrivals.slice(1).map((at, index) => at - (arrivals[index] ?? 0));
  const span = until - (arrivals[0] ?? until);
  if (distances.length < FEWEST_DISTANCES || !isLongEnough(arrivals, span)) return null;
  const median = [...distances].sort((one, other) => one - other)[distances.length >> 1] ?? 0;
  const silence = until - (arrivals.at(-1) ?? 0);
  if (median <= 0 || silence > MOST_SILENT * median) return null;
  for (const width of WIDTHS) {
    const met = distances.map((distance) => Math.abs(distance - median) <= width * median);
    const even = distances.filter((_distance, index) => met[index]);
    const isEven =
      even.length / distances.length >= LEAST_EVEN &&
      sumOf(even) / sumOf(distances) >= LEAST_OF_TIME &&
      isBeyondChance({
        seen: distances.length,
        inside: even.length,
        share: 2 ** -(1 - width) - 2 ** -(1 + width),
        fitted: 1,
        tried: WIDTHS.length,
      });
    if (isEven)
      return {
        counts: countsFor(sumOf(distances) / sumOf(distances.map((one) => wholeOf(one / median)))),
        met,
      };
  }
  return null;
}

/** A distance in which one mail is missing is two. */
function wholeOf(times: number): number {
  return Math.max(1, Math.round(times));
}

/** Every period that is as long as the distance at least, with more and more room. */
function countsFor(distance: number): EvenPace['counts'] {
  return PERIODS.flatMap((period) => {
    const mean = periodMs(period) / distance;
    if (mean < 0.9 || mean > MOST_PER_PERIOD) return [];
    const numbers = [...new Set([Math.round(mean), Math.floor(mean), Math.ceil(mean)])].filter((n) => n >= 1);
    const most = Math.max(1, Math.floor(mean * LARGEST_VARIANCE_SHARE));
    return Array.from({ length: most + 1 }, (_none, variance) => variance).flatMap((variance) =>
      // One that tolerates none at all would never be missed.
      numbers.filter((n) => n > variance).map((n) => ({ period, n, variance })),
    );
  });
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
