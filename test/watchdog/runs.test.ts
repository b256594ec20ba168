import { describe, expect, it } from '@jest/globals';
import { newId, type JobId, type MseId } from '../../src/kernel/ids.ts';
import { pairRuns, type PairedRuns } from '../../src/watchdog/runs/pair-runs.ts';
import {
  describeSlowness,
  limitMs,
  usualMs,
  type JobPace,
  type Run,
  type RunMail,
} from '../../src/watchdog/runs/run.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const BEGIN = Date.parse('2026-11-20T22:00:00Z');

/** `s` a start, `e` an end, `f` a failure; `#7` its number; at so many minutes. */
function mail(what: string, minutes: number): RunMail {
  const [phase = '', runId = null] = what.split('#');
  const at = new Date(BEGIN + minutes * MINUTE);
  return {
    mseId: newId<MseId>(at),
    at,
    sentAt: null,
    door: 'smtp',
    phase: phase === 's' ? 'started' : 'finished',
    jobKey: 'k',
    name: 'Backup',
    runId,
    outcome: phase === 's' ? null : phase === 'f' ? 'failure' : 'success',
    org: null,
    servers: [],
    sender: 'a@b',
    severity: null,
  };
}

const NEW: JobPace = { id: newId<JobId>(new Date(BEGIN)), durations: [], ends: 0, overlaps: 0 };
const KNOWN: JobPace = { ...NEW, durations: [1200, 1200, 1200, 1200, 1200], ends: 5 };

function pair(pace: JobPace, mails: [string, number][], open: readonly Run[] = []): PairedRuns {
  return pairRuns(
    pace,
    open,
    mails.map(([what, minutes]) => mail(what, minutes)),
  );
}

/** `0-20` a run that ended, `0-` an open one, `-20` an end without a start, `0!` one that was given up. */
function spans({ runs }: PairedRuns): string[] {
  const minute = (at: Date | null): string => (at ? String((at.getTime() - BEGIN) / MINUTE) : '');
  return runs
    .map((run) => `${minute(run.startedAt)}${run.givenUpAt ? '!' : `-${minute(run.finishedAt)}`}`)
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
}

describe('Starts and ends', () => {
  it.each<[string, [string, number][], string[], number[]]>([
    [
      'one after the other',
      [
        ['s', 0],
        ['e', 20],
        ['s', 60],
        ['e', 90],
      ],
      ['0-20', '60-90'],
      [1200, 1800],
    ],
    [
      'across midnight',
      [
        ['s', 60],
        ['e', 180],
      ],
      ['60-180'],
      [7200],
    ],
    ['an end without a start', [['e', 20]], ['-20'], []],
    ['a start without an end', [['s', 0]], ['0-'], []],
    [
      'a lost end does not move later runs',
      [
        ['s', 0],
        ['s', 1440],
        ['e', 1460],
      ],
      ['0-', '1440-1460'],
      [1200],
    ],
    [
      'a failure counts as an end, and not as usual',
      [
        ['s', 0],
        ['f', 2],
      ],
      ['0-2'],
      [],
    ],
    [
      'at once, alike: shown and not learnt from',
      [
        ['s', 0],
        ['s', 30],
        ['e', 40],
        ['e', 70],
      ],
      ['0-70', '30-40'],
      [],
    ],
    [
      'at once, numbered',
      [
        ['s#1', 0],
        ['s#2', 30],
        ['e#1', 40],
        ['e#2', 70],
      ],
      ['0-40', '30-70'],
      [2400, 2400],
    ],
    [
      'an end without number of a numbered start',
      [
        ['s#1', 0],
        ['e', 20],
      ],
      ['0-20'],
      [1200],
    ],
    [
      'a number of another run',
      [
        ['s#1', 0],
        ['e#2', 20],
      ],
      ['0-', '-20'],
      [],
    ],
    [
      'a numbered start told twice',
      [
        ['s#1', 0],
        ['s#1', 1],
        ['e#1', 20],
      ],
      ['0-20'],
      [1200],
    ],
    [
      'an end before the start',
      [
        ['e', -1],
        ['s', 0],
      ],
      ['--1', '0-'],
      [],
    ],
    [
      'a start of four days ago is given up',
      [
        ['s', 0],
        ['e', 4 * 1440],
      ],
      ['0!', '-5760'],
      [],
    ],
  ])('%s', (_what, mails, expected, durations) => {
    const paired = pair(NEW, mails);
    expect(spans(paired).sort()).toEqual([...expected].sort());
    expect(paired.pace.durations).toEqual(durations);
  });

  it('tell of runs at once on both of them', () => {
    const paired = pair(NEW, [
      ['s', 0],
      ['s', 30],
    ]);
    expect(paired.runs.map(({ overlaps }) => overlaps)).toEqual([true, true]);
    expect(paired.pace.overlaps).toBe(1);
  });

  it('fill no table with starts alone', () => {
    const paired = pair(
      NEW,
      Array.from({ length: 100 }, (_none, minute): [string, number] => ['s', minute]),
    );
    expect(paired.runs.filter(({ givenUpAt }) => givenUpAt === null)).toHaveLength(20);
  });

  it('are waited for as long as is unusual, once that is known', () => {
    expect(pair(NEW, [['s', 0]]).runs[0]?.dueAt).toBeNull();
    expect(pair(KNOWN, [['s', 0]]).runs[0]?.dueAt).toEqual(new Date(BEGIN + 80 * MINUTE));
  });

  it('end the event of an overdue run, and say how slow it was', () => {
    const [run] = pair(KNOWN, [['s', 0]]).runs;
    const overdue = { ...run, dueAt: null, overdueEventId: 'e1' } as Run;
    expect(pair(KNOWN, [['e', 102]], [overdue]).ended).toMatchObject([
      { eventId: 'e1', why: 'took 1 h 42 min, five times as long as usual' },
    ]);
    expect(pair(KNOWN, [['f', 102]], [overdue]).ended).toMatchObject([
      { why: 'failed after 1 h 42 min, five times as long as usual' },
    ]);
    const later = pair(
      KNOWN,
      [
        ['s', 1440],
        ['e', 1460],
      ],
      [overdue],
    );
    expect(later.ended).toMatchObject([{ why: 'a later run has ended; the end of this one was never told' }]);
    expect(spans(later)).toEqual(['0!', '1440-1460']);
    // It is known by its number: another one's end says nothing of it.
    expect(
      pair(
        KNOWN,
        [
          ['s#8', 1440],
          ['e#8', 1460],
        ],
        [{ ...overdue, runKey: '7' }],
      ).ended,
    ).toEqual([]);
  });
});

describe('What is usual', () => {
  it.each<[number[], number | null, number | null]>([
    [[60, 60, 60, 60], null, null],
    [[600, 600, 1200, 6000, 6000], 1200, 4800],
    [[600, 600, 600, 1200, 1200, 1200], 900, 3600],
    [[1, 1, 1, 1, 1], 1, 300],
  ])('of %j is %s s, too long are %s s', (durations, usual, limit) => {
    expect(usualMs(durations)).toBe(usual === null ? null : usual * 1000);
    expect(limitMs(durations)).toBe(limit === null ? null : limit * 1000);
  });

  it('is said of what takes much longer only', () => {
    expect(describeSlowness(79 * MINUTE, KNOWN.durations)).toBeNull();
    expect(describeSlowness(81 * MINUTE, KNOWN.durations)).toBe('four times as long as usual');
    expect(describeSlowness(5 * HOUR, KNOWN.durations)).toBe('15 times as long as usual');
  });
});
