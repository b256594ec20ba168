/**
 * How surely a pattern is none of chance. A pattern says: mails fall into these windows, a share `w` of all time. Mails
 * that come at random fall into it with the probability w each, so that k of n within it have the tail of the binomial
 * distribution; times the number of patterns that were tried, as one of many is always found (Bonferroni). It is the
 * scan statistic of J. Naus, "The distribution of the size of the maximum cluster of points on a line" (1965), with
 * the simple bound on its maximum: a window may begin at any mail, and the mail that it begins at counts for nothing.
 */

/** Of random series so many at most may look like a schedule. */
export const MOST_CHANCE = 1e-5;

export interface Pattern {
  /** Times at which something came, bursts counted once. */
  seen: number;
  /** Of these within the windows. */
  inside: number;
  /** Of all time, how much the windows are. */
  share: number;
  /** Windows whose place was taken from the mails. */
  fitted: number;
  /** Other choices that were tried: periods, widths, sets of days. */
  tried: number;
}

/** True when such a pattern is found in random mails less often than MOST_CHANCE. */
export function isBeyondChance({ seen, inside, share, fitted, tried }: Pattern): boolean {
  const logChance =
    logTail(seen - fitted, inside - fitted, share) + Math.log(tried) + fitted * Math.log(Math.max(1, seen));
  return logChance < Math.log(MOST_CHANCE);
}

/** The logarithm of the probability that `k` or more of `n` fall into a share `p`. */
function logTail(n: number, k: number, p: number): number {
  if (k <= 0 || p >= 1) return 0;
  // Terms fall by at least this ratio above the mean; below the mean nothing is remarkable.
  if (k <= n * p) return 0;
  let term = logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p);
  const first = term;
  let sum = 1;
  for (let more = k; more < n; more += 1) {
    term += Math.log(((n - more) / (more + 1)) * (p / (1 - p)));
    sum += Math.exp(term - first);
  }
  return first + Math.log(sum);
}

function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let index = 1; index <= Math.min(k, n - k); index += 1)
    sum += Math.log((n - Math.min(k, n - k) + index) / index);
  return sum;
}
