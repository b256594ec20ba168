import { describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import { chance } from '../support/chance.ts';
import { DAY, HOUR, MINUTE } from '../../src/kernel/clock.ts';
import { propose, type Proposal } from '../../src/watchdog/proposals/propose.ts';

const BERLIN = 'Europe/Berlin';

type Chance = () => number;

/** The instants of local times, moved by up to `jitter` minutes to either side. */
function at(
  zone: string,
  from: string,
  days: number,
  times: readonly string[],
  options: Options = {},
): number[] {
  const { isOn = () => true, jitter = 0, random = evenly() } = options;
  const start = DateTime.fromISO(from, { zone });
  const found: number[] = [];
  for (let day = 0; day < days; day += 1) {
    const date = start.plus({ days: day });
    if (!isOn(date)) continue;
    for (const time of times) {
      const [hour = 0, minute = 0] = time.split(':').map(Number);
      found.push(date.set({ hour, minute }).toMillis() + Math.round((random() * 2 - 1) * jitter * MINUTE));
    }
  }
  return found.sort((one, other) => one - other);
}

/** Spread evenly over the range, its middle is the middle. */
function evenly(): Chance {
  let turn = 0;
  return () => [0.5, 1, 0, 0.75, 0.25, 0.9, 0.1][turn++ % 7] ?? 0;
}

interface Options {
  isOn?: (date: DateTime) => boolean;
  jitter?: number;
  random?: Chance;
}

function every(step: number, from: string, count: number, jitter = 0, random = evenly()): number[] {
  const start = Date.parse(from);
  return Array.from({ length: count }, (_none, index) => start + index * step + (random() * 2 - 1) * jitter);
}

function without(arrivals: readonly number[], share: number, random = chance(11)): number[] {
  return arrivals.filter(() => random() >= share);
}

function found(arrivals: readonly number[], zone = BERLIN, until = (arrivals.at(-1) ?? 0) + MINUTE) {
  return propose(arrivals, until, zone);
}

function inWords(proposal: Proposal | null): string {
  if (!proposal) return 'none';
  const { cron, n, variance, period } = proposal.pace;
  return cron ? `${cron.expression} ${cron.timezone}` : `${n} ± ${variance} per ${period}`;
}

const isWorkday = ({ weekday }: DateTime) => weekday <= 5;
const HOURS = Array.from({ length: 24 }, (_none, hour) => `${hour}:17`);
const WINTER = '2026-01-05';
/** The clocks of Berlin are put on in the 84th night. */
const SPRING = '2026-01-04';
const AUTUMN = '2026-09-01';

describe('A schedule is proposed', () => {
  it.each([
    ['a nightly copy', at(BERLIN, WINTER, 30, ['2:14'], { jitter: 6 }), '14 2 * * * Europe/Berlin'],
    [
      'a backup on weekdays',
      at(BERLIN, WINTER, 40, ['22:30'], { isOn: isWorkday, jitter: 10 }),
      '30 22 * * 1-5 Europe/Berlin',
    ],
    ['hourly reports with jitter', at(BERLIN, WINTER, 10, HOURS, { jitter: 3 }), '17 * * * * Europe/Berlin'],
    [
      'every five minutes',
      every(5 * MINUTE, '2026-03-01T00:02Z', 590),
      '2,7,12,17,22,27,32,37,42,47,52,57 * * * * Europe/Berlin',
    ],
    ['every other week', every(14 * DAY, '2026-01-05T08:00Z', 12, 20 * MINUTE), '2 ± 0 per month'],
    [
      'on the first of the month',
      at(BERLIN, '2026-01-01', 170, ['6:00'], { isOn: ({ day }) => day === 1, jitter: 4 }),
      '2 6 1 * * Europe/Berlin',
    ],
    [
      'on the last of the month',
      at(BERLIN, '2026-01-01', 185, ['23:00'], { isOn: ({ day, daysInMonth }) => day === daysInMonth }),
      '0 23 L * * Europe/Berlin',
    ],
    [
      'on Mondays',
      at(BERLIN, WINTER, 90, ['7:30'], { isOn: ({ weekday }) => weekday === 1, jitter: 20 }),
      '30 7 * * 1 Europe/Berlin',
    ],
    ['twice a day', at(BERLIN, WINTER, 30, ['6:00', '18:00'], { jitter: 5 }), '0 6,18 * * * Europe/Berlin'],
    [
      'twice a day, at odd minutes',
      at(BERLIN, WINTER, 40, ['6:00', '18:31'], { jitter: 2 }),
      '2 ± 0 per day',
    ],
    [
      'hourly in office hours',
      at(BERLIN, WINTER, 40, ['9:05', '10:05', '11:05', '12:05', '13:05', '14:05', '15:05', '16:05'], {
        isOn: isWorkday,
        jitter: 2,
      }),
      '5 9-16 * * 1-5 Europe/Berlin',
    ],
    ['around midnight', at(BERLIN, WINTER, 40, ['0:00'], { jitter: 10 }), '0 0 * * * Europe/Berlin'],
    [
      'with 5 % missing',
      without(at(BERLIN, WINTER, 60, ['2:14'], { jitter: 6 }), 0.05),
      '14 2 * * * Europe/Berlin',
    ],
    [
      'weekdays with 5 % missing',
      without(at(BERLIN, WINTER, 60, ['2:00'], { isOn: isWorkday, jitter: 6 }), 0.05),
      '0 2 * * 1-5 Europe/Berlin',
    ],
    [
      'with one outage of four days',
      at(BERLIN, WINTER, 60, ['2:14'], { jitter: 6 }).filter((_at, index) => index < 20 || index > 23),
      '14 2 * * * Europe/Berlin',
    ],
    [
      'with a mail by hand now and then',
      [
        ...at(BERLIN, WINTER, 60, ['2:14']),
        ...at(BERLIN, WINTER, 60, ['11:40'], { isOn: ({ day }) => day === 13 }),
      ].sort((one, other) => one - other),
      '14 2 * * * Europe/Berlin',
    ],
    [
      'over the clock change in spring',
      at(BERLIN, SPRING, 110, ['3:30'], { jitter: 5 }),
      '30 3 * * * Europe/Berlin',
    ],
    [
      'over the clock change in autumn',
      at(BERLIN, AUTUMN, 85, ['3:30'], { jitter: 5 }),
      '30 3 * * * Europe/Berlin',
    ],
    ['by UTC over the change in spring', at('UTC', SPRING, 110, ['3:30'], { jitter: 5 }), '30 3 * * * UTC'],
    ['by UTC over the change in autumn', at('UTC', AUTUMN, 85, ['3:30'], { jitter: 5 }), '30 3 * * * UTC'],
    [
      'in New York',
      at('America/New_York', AUTUMN, 85, ['20:00'], { jitter: 5 }),
      '0 20 * * * America/New_York',
    ],
    [
      'some time after the last one ended',
      every(25.5 * HOUR, '2026-01-05T08:00Z', 30, 30 * MINUTE),
      '1 ± 0 per day',
    ],
    ['hourly at any minute', every(HOUR, '2026-01-05T08:30Z', 300, 15 * MINUTE), '24 ± 1 per day'],
    [
      'since it was moved',
      [...at(BERLIN, '2026-01-05', 60, ['2:14']), ...at(BERLIN, '2026-03-06', 25, ['4:30'])],
      '30 4 * * * Europe/Berlin',
    ],
  ])('for %s', (_name, arrivals, expected) => {
    expect(inWords(found(arrivals))).toBe(expected);
  });
});

describe('What a proposal says', () => {
  it('is how many of the last times were met, and how often it would have told', () => {
    const nights = at(BERLIN, WINTER, 60, ['2:14'], { jitter: 6 }).filter(
      (_at, index) => index !== 40 && index !== 50,
    );
    const proposal = found(nights);
    expect(proposal).toMatchObject({
      confidence: 28 / 30,
      falseAlarmsPerMonth: expect.closeTo(1, 1),
      count: 58,
    });
    expect(proposal?.recent.filter((met) => !met)).toHaveLength(2);
    expect(proposal?.spreadSeconds).toBeGreaterThan(4 * 60);
    expect(proposal?.spreadSeconds).toBeLessThanOrEqual(6 * 60 + 30);
  });
});

describe('No schedule is proposed', () => {
  const nights = at(BERLIN, WINTER, 60, ['2:14']);
  it.each([
    ['for four weeks of a weekly mail', every(7 * DAY, '2026-01-05T08:00Z', 4)],
    ['for a week of a daily mail', nights.slice(0, 7)],
    ['for what ended', nights, (nights.at(-1) ?? 0) + 6 * DAY],
    ['when half are missing', without(nights, 0.5)],
    [
      'for reminders of incidents every half hour',
      [0, 3, 9, 14, 22, 23, 31, 40, 55].flatMap((day) =>
        every(30 * MINUTE, new Date(Date.parse(WINTER) + day * 1.37 * DAY).toISOString(), 12),
      ),
    ],
    ['for one flood', every(5000, '2026-01-05T08:30Z', 500)],
    ['for nothing', []],
  ])('%s', (_name, arrivals, until = (arrivals.at(-1) ?? 0) + MINUTE) => {
    expect(inWords(found(arrivals, BERLIN, until))).toBe('none');
  });

  const KINDS: [string, (random: Chance) => number[]][] = [
    ['mails at random', (random) => poisson(random, 0, 60 * DAY)],
    ['mails at random in office hours', (random) => inOfficeHours(random)],
    ['incidents with their repetitions', (random) => incidents(random)],
  ];
  it.each(KINDS)('for %s', (_name, series) => {
    const proposed: string[] = [];
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const proposal = propose(series(chance(seed)), Date.parse(WINTER) + 60 * DAY, BERLIN);
      if (proposal) proposed.push(`${seed}: ${inWords(proposal)}`);
    }
    expect(proposed).toEqual([]);
  });
});

/** Of 10,000 each, run once: see the commit. */
const SEEDS = 150;

/** Between 5 and 400 mails in the time, each independent of the others. */
function poisson(random: Chance, from: number, length: number): number[] {
  const count = Math.round(5 * 80 ** random());
  return Array.from({ length: count }, () => Date.parse(WINTER) + from + random() * length).sort(
    (one, other) => one - other,
  );
}

function inOfficeHours(random: Chance): number[] {
  return poisson(random, 0, 60 * DAY).filter((instant) => {
    const { hour, weekday } = DateTime.fromMillis(instant, { zone: BERLIN });
    return weekday <= 5 && hour >= 8 && hour < 18;
  });
}

/** Each of some incidents repeats its mail every few minutes or hours until it is over. */
function incidents(random: Chance): number[] {
  const count = 2 + Math.round(random() * 30);
  const step = [5 * MINUTE, 30 * MINUTE, HOUR, 4 * HOUR][Math.floor(random() * 4)] ?? HOUR;
  return Array.from({ length: count }, () => {
    const begin = Date.parse(WINTER) + random() * 58 * DAY;
    return Array.from({ length: 1 + Math.floor(random() * 20) }, (_none, index) => begin + index * step);
  })
    .flat()
    .sort((one, other) => one - other);
}
