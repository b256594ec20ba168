/** Cron schedules: each time against a scan of all its windows, and days that clocks make longer or shorter. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { faultOfCron, nextTimes } from '../../src/kernel/cron.ts';
import type { Expectation } from '../../src/watchdog/expectation.ts';
import { forecast } from '../../src/watchdog/forecast.ts';
import { judge } from '../../src/watchdog/judge.ts';
import type { Excuse, Verdict } from '../../src/watchdog/verdict.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const BERLIN = 'Europe/Berlin';

function cron(expression: string, graceSeconds: number, earlySeconds: number, from = 0): Expectation {
  return {
    period: 'minute',
    n: 1,
    variance: 0,
    graceSeconds,
    cron: { expression, timezone: BERLIN, earlySeconds },
    countedFrom: new Date(from),
  };
}

type Plain = Pick<Verdict, 'type' | 'at'>;
const plain = (verdicts: readonly Verdict[]): Plain[] => verdicts.map(({ type, at }) => ({ type, at }));

/** Window by window: who is in none of them before the next begins, was not there. */
function scan(
  times: readonly number[],
  arrivals: readonly number[],
  graceMs: number,
  earlyMs: number,
  until: number,
  excuses: readonly Excuse[],
): Plain[] {
  const isExcused = (at: number) => excuses.some(([from, to]) => at >= from && at < to);
  const verdicts: Plain[] = [];
  let formerEnd = -Infinity;
  let missingSince: number | null = null;
  for (const due of times) {
    let end = due;
    for (let left = graceMs; left > 0 || isExcused(end); end += SECOND) if (!isExcused(end)) left -= SECOND;
    if (end > until) break;
    if (formerEnd >= end) continue;
    const closing = arrivals.find((at) => missingSince !== null && at > missingSince && at <= end);
    if (closing !== undefined) {
      verdicts.push({ type: 'closed', at: closing });
      missingSince = null;
    }
    const isThere = arrivals.some((at) => at >= due - earlyMs && at > formerEnd && at <= end);
    formerEnd = end;
    if (isThere || missingSince !== null) continue;
    verdicts.push({ type: 'opened', at: end });
    missingSince = end;
  }
  const last = arrivals.find((at) => missingSince !== null && at > missingSince && at <= until);
  if (last !== undefined) verdicts.push({ type: 'closed', at: last });
  return verdicts;
}

const seconds = (most: number) => fc.integer({ min: 0, max: most }).map((value) => value * SECOND);
const histories = fc.array(seconds(1800), { maxLength: 40 }).map((list) => list.sort((a, b) => a - b));
const outages = fc
  .tuple(seconds(1500), seconds(300))
  .map(([from, length]): Excuse[] => (length > 0 ? [[from, from + length]] : []));
const UNTIL = 1800 * SECOND;

describe('A cron schedule', () => {
  it('has the verdicts that a scan of its windows has, in any number of steps', () => {
    const cuts = fc.array(seconds(1800), { maxLength: 6 }).map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(
        fc.constantFrom('* * * * *', '*/3 * * * *', '1,2,7 * * * *'),
        fc.integer({ min: 0, max: 200 }),
        fc.integer({ min: 0, max: 200 }),
        histories,
        outages,
        cuts,
        (expression, grace, early, arrivals, excuses, steps) => {
          const times = nextTimes(expression, BERLIN, new Date(0), 60).map((at) => at.getTime());
          let state: ReturnType<typeof judge> = { judgedUntil: 0, breach: null, verdicts: [], dueAt: null };
          const verdicts: Verdict[] = [];
          for (const until of [...steps, UNTIL]) {
            const known = arrivals.filter((arrival) => arrival <= until);
            state = judge(cron(expression, grace, early), known, state, until, excuses);
            verdicts.push(...state.verdicts);
            const again = judge(cron(expression, grace, early), known, state, until, excuses);
            expect(again.dueAt).toBe(state.dueAt);
          }
          expect(plain(verdicts)).toEqual(
            scan(times, arrivals, grace * SECOND, early * SECOND, UNTIL, excuses),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['the day without 02:30', '2026-03-28T12:00:00Z', '2026-03-29T01:00:00Z'],
    ['the day with two of them', '2026-10-24T12:00:00Z', '2026-10-25T00:30:00Z'],
    ['the day after', '2026-10-25T12:00:00Z', '2026-10-26T01:30:00Z'],
  ])('wants one mail on %s', (_name, from, due) => {
    const nightly = cron('30 2 * * *', 3600, 600, Date.parse(from));
    const state = { judgedUntil: Date.parse(from), breach: null };
    const { dueAt } = judge(nightly, [], state, Date.parse(from));
    expect(dueAt).toBe(Date.parse(due) + HOUR);
    const arrivals = [Date.parse(due) + 5 * MINUTE];
    expect(judge(nightly, arrivals, state, Date.parse(due) + 12 * HOUR).verdicts).toEqual([]);
  });

  it('credits a mail that comes early once', () => {
    const from = Date.parse('2026-11-20T12:00:00Z');
    const nightly = cron('0 2 * * *', 3600, 2 * 3600, from);
    const early = Date.parse('2026-11-21T00:10:00Z');
    const { verdicts, dueAt } = judge(
      nightly,
      [early],
      { judgedUntil: from, breach: null },
      Date.parse('2026-11-21T12:00:00Z'),
    );
    expect(verdicts).toEqual([]);
    expect(dueAt).toBe(Date.parse('2026-11-22T02:00:00Z'));
  });

  it('does not want what was due before it was declared', () => {
    const from = Date.parse('2026-11-21T01:30:00Z');
    const { dueAt } = judge(
      cron('0 2 * * *', 3600, 600, from),
      [],
      { judgedUntil: from, breach: null },
      from,
    );
    expect(dueAt).toBe(Date.parse('2026-11-22T02:00:00Z'));
  });

  it.each([
    ['30 2 * * 1-5', null],
    ['@daily', null],
    ['61 * * * *', 'five fields'],
    ['0 0 31 2 *', 'never comes true'],
    ['0 0 2 * * *', 'five fields'],
    ['', 'five fields'],
  ])('takes "%s" or says what is wrong', (expression, fault) => {
    const said = faultOfCron(expression, BERLIN, new Date(0));
    if (fault === null) expect(said).toBeNull();
    else expect(said).toContain(fault);
  });
});

describe('The forecast', () => {
  const now = new Date('2026-11-21T12:00:00Z');
  it.each([
    [
      'cron times',
      cron('0 2 * * 1-5', 60, 60),
      [],
      ['2026-11-23T01:00:00Z', '2026-11-24T01:00:00Z', '2026-11-25T01:00:00Z'],
    ],
    [
      'a daily mail at its hour',
      { period: 'day', n: 1, variance: 0, graceSeconds: null },
      ['2026-11-21T02:10:00Z', '2026-11-20T02:12:00Z'],
      ['2026-11-22T02:10:00Z', '2026-11-23T02:10:00Z', '2026-11-24T02:10:00Z'],
    ],
    [
      'two a day at both hours, after a silence of days',
      { period: 'day', n: 2, variance: 0, graceSeconds: null },
      ['2026-11-17T18:00:00Z', '2026-11-17T06:00:00Z'],
      ['2026-11-21T18:00:00Z', '2026-11-22T06:00:00Z', '2026-11-22T18:00:00Z'],
    ],
    ['nothing before the first mail', { period: 'day', n: 1, variance: 0, graceSeconds: null }, [], []],
  ] as [string, Expectation, string[], string[]][])('tells %s', (_name, expectation, arrivals, expected) => {
    const dates = arrivals.map((at) => new Date(at));
    expect(forecast(expectation, dates, now, 3)).toEqual(expected.map((at) => new Date(at)));
  });
});
