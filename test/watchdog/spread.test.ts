import { describe, expect, it } from '@jest/globals';
import type { Expectation } from '../../src/watchdog/expectation.ts';
import { deviationsOf, learnGrace, rememberDeviations } from '../../src/watchdog/spread.ts';
import { usualTime } from '../../src/watchdog/usual-time.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const hourly: Expectation = { period: 'hour', n: 1, variance: 0, graceSeconds: null };
const daily: Expectation = { ...hourly, period: 'day' };

/** Comes every step, moved by the offsets in turn. */
function series(step: number, offsets: readonly number[], count = 30): number[] {
  return Array.from(
    { length: count },
    (_none, index) => index * step + (offsets[index % offsets.length] ?? 0),
  );
}

function learnt(expectation: Expectation, arrivals: readonly number[]): number | null {
  return learnGrace(expectation, rememberDeviations([], deviationsOf(expectation, arrivals, -1, Infinity)));
}

describe('The learned grace', () => {
  it.each([
    ['to the second: a quarter of the default', hourly, series(HOUR, [0]), 90],
    ['within a minute: three times what it wanders', hourly, series(HOUR, [0, MINUTE]), 180],
    ['within five minutes: no more than twice the default', hourly, series(HOUR, [0, 5 * MINUTE]), 720],
    ['daily, to the second: clocks may still change', daily, series(DAY, [0]), 4500],
    ['too few to learn from', hourly, series(HOUR, [0], 10), null],
    ['two an hour, at unequal distances', { ...hourly, n: 2 }, series(HOUR / 2, [0, MINUTE]), 45],
    ['any number is right: nothing to learn', { ...hourly, variance: 1 }, series(HOUR, [0]), null],
    [
      'a day that was missed is a breach and no spread',
      daily,
      series(DAY, [0]).filter((at) => at !== 12 * DAY),
      4500,
    ],
    [
      'by the distance from its cron time',
      { ...daily, cron: { expression: '0 0 * * *', timezone: 'UTC', earlySeconds: null } },
      series(DAY, [-30 * MINUTE, 40 * MINUTE]).slice(1),
      7200,
    ],
  ] as [string, Expectation, number[], number | null][])('%s', (_name, expectation, arrivals, grace) => {
    expect(learnt(expectation, arrivals)).toBe(grace);
  });

  it('is the same whether arrivals are seen one by one or all at once', () => {
    const arrivals = series(HOUR, [0, 20 * SECOND, MINUTE, 5 * SECOND]);
    let known: number[] = [];
    arrivals.forEach((at, index) => {
      const from = arrivals[index - 1] ?? -1;
      known = rememberDeviations(known, deviationsOf(hourly, arrivals.slice(0, index + 1), from, at));
    });
    expect(learnGrace(hourly, known)).toBe(learnt(hourly, arrivals));
  });
});

describe('The usual time', () => {
  const at = (...times: string[]) => times.map((time) => new Date(time));
  it.each([
    [
      'the middle of its minutes',
      at(
        '2026-11-01T01:10Z',
        '2026-11-02T01:14Z',
        '2026-11-03T01:12Z',
        '2026-11-04T01:12Z',
        '2026-11-05T01:12Z',
      ),
      { at: '02:12', spreadMinutes: 0 },
    ],
    [
      'around midnight',
      at(
        '2026-11-01T22:50Z',
        '2026-11-02T23:10Z',
        '2026-11-03T22:50Z',
        '2026-11-04T23:10Z',
        '2026-11-05T23:00Z',
      ),
      { at: '00:00', spreadMinutes: 10 },
    ],
    ['nothing of a few', at('2026-11-01T01:10Z', '2026-11-02T01:14Z'), null],
  ])('is %s', (_name, arrivals, usual) => {
    expect(usualTime(daily, arrivals, 'Europe/Berlin')).toEqual(usual);
  });

  it('is none for what comes all day', () => {
    expect(
      usualTime(
        hourly,
        series(HOUR, [0]).map((ms) => new Date(ms)),
        'UTC',
      ),
    ).toBeNull();
  });
});
