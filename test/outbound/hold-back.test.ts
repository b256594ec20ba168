import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatLocal } from '../../src/kernel/calendar.ts';
import { holdBack, type Question } from '../../src/outbound/holdback/hold-back.ts';
import { holdSummary, type Kept } from '../../src/outbound/holdback/hold-summary.ts';
import { endOfQuietHours } from '../../src/outbound/holdback/quiet-hours.ts';

const MINUTE = 60_000;
const NOW = new Date('2026-11-21T22:07:00Z');
const night = { from: '22:00', to: '07:00', timezone: 'Europe/Berlin' };
const noon = { from: '12:00', to: '13:30', timezone: 'UTC' };

const asked: Question = {
  level: 'responder',
  severity: 'warn',
  quietHours: [],
  digest: { times: [], timeZone: 'Europe/Berlin' },
  recent: 0,
  limit: 10,
  ofTenant: 0,
  storm: null,
  lastToldAt: null,
  worseSince: null,
  isReturn: false,
  now: NOW,
};

describe('A notice', () => {
  it.each([
    ['goes out at once', {}, { kind: 'now' }],
    [
      'of a warning waits for the end of quiet hours',
      { quietHours: [night] },
      { kind: 'held', until: new Date('2026-11-22T06:00:00Z') },
    ],
    ['of a critical does not', { quietHours: [night], severity: 'critical' }, { kind: 'now' }],
    [
      'to the interested waits for the next quarter of the hour',
      { level: 'interested' },
      { kind: 'held', until: new Date('2026-11-21T22:15:00Z') },
    ],
    ['of a warning that came back goes out at once', { isReturn: true }, { kind: 'now' }],
    ['of a report that came back is for the digest', { isReturn: true, severity: 'info' }, { kind: 'held' }],
    ['is the tenth within ten minutes', { recent: 9 }, { kind: 'now' }],
    ['is the eleventh', { recent: 10, severity: 'critical' }, { kind: 'held', as: 'digest' }],
    ['is the two-thousandth of the whole team', { ofTenant: 2000 }, { kind: 'held', as: 'digest' }],
    ['is above the limit that the tenant set', { recent: 3, limit: 3 }, { kind: 'held', as: 'digest' }],
    [
      'to the interested waits for the time of day that they chose',
      { level: 'interested', digest: { times: ['08:00', '23:30'], timeZone: 'Europe/Berlin' } },
      { kind: 'held', until: new Date('2026-11-21T22:30:00Z') },
    ],
    [
      'to the interested waits for the first time of the next day',
      { level: 'interested', digest: { times: ['08:00', '17:00'], timeZone: 'Europe/Berlin' } },
      { kind: 'held', until: new Date('2026-11-22T07:00:00Z') },
    ],
    [
      'of one more in a storm waits for its next update',
      { storm: { at: new Date(NOW.getTime() - 2 * MINUTE), worst: 'critical' }, severity: 'critical' },
      { kind: 'held', as: 'notice', until: new Date(NOW.getTime() + 3 * MINUTE) },
    ],
    [
      'of what is worse than all of the storm goes out at once',
      { storm: { at: new Date(NOW.getTime() - 2 * MINUTE), worst: 'warn' }, severity: 'critical' },
      { kind: 'now' },
    ],
    [
      'of one more when the update is due goes out with it',
      { storm: { at: new Date(NOW.getTime() - 5 * MINUTE), worst: 'critical' } },
      { kind: 'now' },
    ],
    [
      'of what was told a moment ago',
      { lastToldAt: new Date(NOW.getTime() - 9 * MINUTE) },
      { kind: 'dropped' },
    ],
    [
      'of what got worse since it was told',
      { lastToldAt: new Date(NOW.getTime() - MINUTE), worseSince: new Date(NOW.getTime() - 1000) },
      { kind: 'now' },
    ],
    [
      'of what was told as bad as it is',
      { lastToldAt: NOW, worseSince: new Date(NOW.getTime() - 1000) },
      { kind: 'dropped' },
    ],
    ['of what was told long ago', { lastToldAt: new Date(NOW.getTime() - 10 * MINUTE) }, { kind: 'now' }],
  ] as [string, Partial<Question>, object][])('%s', (_name, differs, answer) => {
    expect(holdBack({ ...asked, ...differs })).toMatchObject(answer);
  });
});

describe('Quiet hours', () => {
  it.each([
    ['over midnight, before it', [night], '2026-11-21T22:07:00Z', '2026-11-22T06:00:00Z'],
    ['over midnight, after it', [night], '2026-11-22T05:59:00Z', '2026-11-22T06:00:00Z'],
    ['are over at their end', [night], '2026-11-22T06:00:00Z', null],
    ['begin at their beginning', [noon], '2026-11-22T12:00:00Z', '2026-11-22T13:30:00Z'],
    ['by day, before them', [noon], '2026-11-22T11:59:59Z', null],
    ['of the night in which clocks go forward', [night], '2026-03-29T00:30:00Z', '2026-03-29T05:00:00Z'],
    ['of the night in which they go back', [night], '2026-10-25T00:30:00Z', '2026-10-25T06:00:00Z'],
    ['none', [], '2026-11-21T22:07:00Z', null],
    ['one of two subscriptions is not quiet', [night, noon], '2026-11-21T22:07:00Z', null],
  ] as [string, (typeof night)[], string, string | null][])('%s', (_name, hours, at, end) => {
    expect(endOfQuietHours(hours, new Date(at))).toEqual(end && new Date(end));
  });

  it('end at the time that the clock on the wall shows then, later than now and within a day', () => {
    const time = fc
      .tuple(fc.integer({ min: 4, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
    const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu');
    const instants = fc.date({
      min: new Date('2026-01-01'),
      max: new Date('2027-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(time, time, zones, instants, (from, to, timezone, now) => {
        const end = endOfQuietHours([{ from, to, timezone }], now);
        const shown = formatLocal(now, timezone, 'HH:mm');
        const isOn = from < to ? shown >= from && shown < to : from > to && (shown >= from || shown < to);
        expect(end !== null).toBe(isOn);
        if (!end) return;
        expect(formatLocal(end, timezone, 'HH:mm')).toBe(to);
        expect(end.getTime() - now.getTime()).toBeGreaterThan(0);
        expect(end.getTime() - now.getTime()).toBeLessThanOrEqual(25 * 60 * MINUTE);
      }),
      { numRuns: 500 },
    );
  });
});

describe('The summary of a silence', () => {
  const open: Kept = { state: 'open', severity: 'warn', quietHours: [night] };
  const over: Kept = { ...open, state: 'completed' };
  const morning = new Date('2026-11-22T06:00:00Z');
  it.each<[string, Kept[], Date | null]>([
    ['waits for the end of quiet hours', [open], morning],
    ['is told at once without any', [{ ...open, quietHours: [] }], null],
    ['is told at once outside them', [{ ...open, quietHours: [noon] }], null],
    ['does not wait with what is critical and down', [open, { ...open, severity: 'critical' }], null],
    ['waits with what was critical and is over', [open, { ...over, severity: 'critical' }], morning],
    ['is told at once when one of its events would have been', [open, { ...over, quietHours: [] }], null],
  ])('%s', (_promise, kept, until) => {
    expect(holdSummary(kept, NOW)).toEqual(until);
  });
});
