/**
 * The event-driven judge against the definition: at every second of a random history, count the window and time the
 * breach. Slow and obviously right, it must agree with the fast walk in every verdict.
 */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PERIODS, periodMs } from '../../src/kernel/calendar.ts';
import { graceMs, type Expectation } from '../../src/watchdog/expectation.ts';
import { judge } from '../../src/watchdog/judge.ts';
import type { BreachKind, Excuse, Verdict } from '../../src/watchdog/verdict.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

type Plain = Pick<Verdict, 'type' | 'kind' | 'at'>;

function plain(verdicts: readonly Verdict[]): Plain[] {
  return verdicts.map(({ type, kind, at }) => ({ type, kind, at }));
}

/** Looks at every step from `from` to `until`: a second of a minute, a day of two months. */
function scan(
  expectation: Expectation,
  arrivals: readonly number[],
  from: number,
  until: number,
  excuses: readonly Excuse[],
): Plain[] {
  const grace = graceMs(expectation);
  const period = periodMs(expectation.period);
  const step = stepOf(expectation);
  const verdicts: Plain[] = [];
  let breach = null as { kind: BreachKind; lasted: number; isOpened: boolean } | null;
  for (let at = from; at <= until; at += step) {
    const count = arrivals.filter((arrival) => arrival > at - period && arrival <= at).length;
    const { n, variance } = expectation;
    const kind: BreachKind | null = count < n - variance ? 'MISSING' : count > n + variance ? 'EXTRA' : null;
    if (kind !== (breach?.kind ?? null)) {
      if (breach?.isOpened) verdicts.push({ type: 'closed', kind: breach.kind, at });
      breach = kind ? { kind, lasted: 0, isOpened: false } : null;
    }
    const isExcused = excuses.some(([start, end]) => at >= start && at < end);
    if (breach && !breach.isOpened && !isExcused && breach.lasted >= grace) {
      breach.isOpened = true;
      verdicts.push({ type: 'opened', kind: breach.kind, at });
    }
    if (breach && !isExcused) breach.lasted += step;
  }
  return verdicts;
}

const seconds = (most: number) => fc.integer({ min: 0, max: most }).map((value) => value * SECOND);
const expectations = fc.record({
  period: fc.constant('minute' as const),
  n: fc.integer({ min: 1, max: 5 }),
  variance: fc.integer({ min: 0, max: 2 }),
  graceSeconds: fc.integer({ min: 0, max: 40 }),
});
const histories = fc.array(seconds(600), { maxLength: 40 }).map((list) => list.sort((a, b) => a - b));
const outages = fc
  .array(fc.tuple(seconds(600), seconds(120)), { maxLength: 2 })
  .map((list) => list.map(([from, length]): Excuse => [from, from + length]))
  .filter(([one, other]) => !one || !other || one[1] <= other[0] || other[1] <= one[0]);

const UNTIL = 700 * SECOND;

/** A sixtieth of its period. */
function stepOf({ period }: Pick<Expectation, 'period'>): number {
  return periodMs(period) / 60;
}

describe('judge', () => {
  it.each(PERIODS)('finds the verdicts per %s that a scan of every instant finds', (period) => {
    const scale = stepOf({ period }) / SECOND;
    const scaled = (list: readonly number[]) => list.map((at) => at * scale);
    fc.assert(
      fc.property(expectations, histories, outages, (plan, arrivals, excuses) => {
        const expectation = { ...plan, period, graceSeconds: plan.graceSeconds * scale };
        const excused = excuses.map(([from, to]): Excuse => [from * scale, to * scale]);
        const state = { judgedUntil: 0, breach: null };
        const judged = judge(expectation, scaled(arrivals), state, UNTIL * scale, excused);
        expect(plain(judged.verdicts)).toEqual(
          scan(expectation, scaled(arrivals), 0, UNTIL * scale, excused),
        );
      }),
      { numRuns: 150 },
    );
  });

  it('comes to the same verdicts in any number of steps', () => {
    const cuts = fc.array(seconds(700), { maxLength: 6 }).map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(expectations, histories, cuts, (expectation, arrivals, steps) => {
        const start = { judgedUntil: 0, breach: null };
        const whole = judge(expectation, arrivals, start, UNTIL);
        let state: ReturnType<typeof judge> = { ...start, verdicts: [], dueAt: null };
        const verdicts: Verdict[] = [];
        for (const until of [...steps, UNTIL]) {
          // What has not arrived yet is not known yet.
          const known = arrivals.filter((arrival) => arrival <= until);
          state = judge(expectation, known, state, until);
          verdicts.push(...state.verdicts);
        }
        expect(plain(verdicts)).toEqual(plain(whole.verdicts));
      }),
      { numRuns: 400 },
    );
  });

  it('is due at its next verdict and not before', () => {
    fc.assert(
      fc.property(expectations, histories, (expectation, arrivals) => {
        const { judgedUntil, breach, dueAt } = judge(
          expectation,
          arrivals,
          { judgedUntil: 0, breach: null },
          UNTIL,
        );
        expect(judge(expectation, arrivals, { judgedUntil, breach }, judgedUntil).dueAt).toBe(dueAt);
        if (dueAt === null) {
          const muchLater = judge(expectation, arrivals, { judgedUntil, breach }, UNTIL + 10 * MINUTE);
          expect(muchLater.verdicts).toEqual([]);
          return;
        }
        const before = judge(expectation, arrivals, { judgedUntil, breach }, dueAt - 1);
        expect(before.verdicts).toEqual([]);
        const then = judge(expectation, arrivals, { judgedUntil, breach }, dueAt);
        expect(then.verdicts[0]?.at).toBe(dueAt);
      }),
      { numRuns: 400 },
    );
  });

  const DAY = 24 * 60 * MINUTE;
  const daily: Expectation = { period: 'day', n: 1, variance: 0, graceSeconds: null };

  it('lets a daily mail be fifteen seconds later than the day before', () => {
    const { verdicts } = judge(daily, [0, DAY + 15 * SECOND], { judgedUntil: DAY, breach: null }, 2 * DAY);
    expect(verdicts).toEqual([]);
  });

  it('opens MISSING when the default grace of a tenth of a day has run out, and closes it with the late mail', () => {
    const late = DAY + 5 * 60 * MINUTE;
    const { verdicts } = judge(daily, [0, late], { judgedUntil: DAY, breach: null }, late);
    expect(verdicts).toEqual([
      { type: 'opened', kind: 'MISSING', at: DAY + DAY / 10, since: DAY, count: 0 },
      { type: 'closed', kind: 'MISSING', at: late, since: DAY, count: 1 },
    ]);
  });

  it('follows an edited expectation from the moment it is judged again', () => {
    const relaxed: Expectation = { ...daily, variance: 1 };
    const state = { judgedUntil: 2 * DAY, breach: { kind: 'MISSING' as const, since: DAY, isOpened: true } };
    const { verdicts, breach } = judge(relaxed, [0], state, 3 * DAY);
    expect(plain(verdicts)).toEqual([{ type: 'closed', kind: 'MISSING', at: 2 * DAY }]);
    expect(breach).toBeNull();
  });
});
