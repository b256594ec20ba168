import { describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import { MINUTE } from '../../src/kernel/clock.ts';
import { findZoneShift } from '../../src/watchdog/proposals/zone-shift.ts';

/** A mail some minutes after 02:00 by the clock of a zone, on so many days. */
function nightly(zone: string, from: string, days: number, hour = 2): Date[] {
  const start = DateTime.fromISO(from, { zone });
  return Array.from(
    { length: days },
    (_none, day) => new Date(start.plus({ days: day }).set({ hour }).toMillis() + (day % 5) * MINUTE),
  );
}

const at = (timezone: string, expression = '0 2 * * *') => ({ expression, timezone });
const OF_BERLIN_IN_AUTUMN = nightly('Europe/Berlin', '2026-10-20', 20);

describe('The zone that a job probably keeps', () => {
  it.each([
    [
      'declared by UTC, in summer',
      at('UTC'),
      nightly('Europe/Berlin', '2026-07-01', 10),
      'UTC',
      { hours: -2, since: null, timezone: 'Europe/Berlin' },
    ],
    [
      'a server that keeps UTC, declared by Berlin: two hours late until the clocks change, one since',
      at('Europe/Berlin'),
      nightly('UTC', '2026-10-20', 20),
      'Europe/Berlin',
      { hours: 1, since: new Date('2026-10-26T02:01:00Z'), timezone: 'UTC' },
    ],
    [
      'in time until the clocks were put back, an hour late since',
      at('Africa/Tripoli'),
      OF_BERLIN_IN_AUTUMN,
      'UTC',
      { hours: 1, since: new Date('2026-10-26T01:01:00Z'), timezone: 'Europe/Berlin' },
    ],
    ['in time', at('Europe/Berlin'), OF_BERLIN_IN_AUTUMN, 'UTC', null],
    [
      'late once or twice',
      at('UTC'),
      [...nightly('UTC', '2026-07-01', 10), ...nightly('UTC', '2026-07-11', 2, 4)],
      'Europe/Berlin',
      null,
    ],
    [
      'late by no whole hours',
      at('UTC', '30 1 * * *'),
      nightly('UTC', '2026-07-01', 10),
      'Europe/Berlin',
      null,
    ],
    [
      'moved, and no zone explains it',
      at('UTC'),
      [...nightly('UTC', '2026-07-01', 10), ...nightly('UTC', '2026-07-11', 10, 4)],
      'Europe/Berlin',
      null,
    ],
    ['nothing has come', at('UTC'), [], 'Europe/Berlin', null],
  ])('%s', (_name, cron, arrivals, likely, shift) => {
    expect(findZoneShift(cron, arrivals, likely)).toEqual(shift);
  });
});
