import { describe, expect, it } from '@jest/globals';
import { HOUR, later, MINUTE, SECOND } from '../../src/kernel/clock.ts';
import type { KnownProblem } from '../../src/selfwatch/own-problems.ts';
import { chooseTelling } from '../../src/selfwatch/tell-problems.ts';

const NOW = new Date('2026-03-10T08:00:00Z');
const LONG_AGO = later(NOW, -HOUR);

function problem(change: Partial<KnownProblem> = {}): KnownProblem {
  return {
    key: 'mailbox a',
    org: 'datamer.inbound.imap',
    severity: 'warn',
    title: 'mailbox a',
    detail: '',
    since: later(NOW, -10 * MINUTE),
    seenAt: NOW,
    toldSeverity: null,
    ...change,
  };
}

describe('Problems of DaTamer itself', () => {
  const wellSince = later(NOW, -4 * MINUTE);
  const CASES: [string, Partial<KnownProblem>, 'begun' | 'ended' | 'dropped' | null][] = [
    ['a new one is told', {}, 'begun'],
    ['one that was told is not told again', { toldSeverity: 'warn' }, null],
    [
      'one that has become critical is told once more',
      { severity: 'critical', toldSeverity: 'warn' },
      'begun',
    ],
    ['one that has become milder is not', { severity: 'warn', toldSeverity: 'critical' }, null],
    ['one that is well has its recovery', { toldSeverity: 'warn', seenAt: wellSince }, 'ended'],
    ['one that flickers is still there', { toldSeverity: 'warn', seenAt: later(NOW, -MINUTE) }, null],
    ['one that was well before anybody was told is forgotten', { seenAt: wellSince }, 'dropped'],
  ];

  it.each(CASES)('%s', (_promise, change, outcome) => {
    const telling = chooseTelling([problem(change)], new Map(), LONG_AGO, NOW);
    const told = Object.entries(telling).flatMap(([name, list]) =>
      (list as unknown[]).length > 0 ? [name] : [],
    );
    expect(told).toEqual(outcome ? [outcome] : []);
  });

  it('are not over because nobody looked: a process that has just begun waits', () => {
    const known = [problem({ toldSeverity: 'warn', seenAt: later(NOW, -6 * HOUR) })];
    const telling = chooseTelling(known, new Map(), later(NOW, -MINUTE), NOW);
    expect(telling).toEqual({ begun: [], ended: [], dropped: [] });
  });

  it('make no storm: six mails an hour for each part, the rest when there is room again', () => {
    const sentAt = new Map<string, Date[]>();
    let mails = 0;
    let other = 0;
    for (let turn = 0; turn < 240; turn += 1) {
      const now = later(NOW, turn * 30 * SECOND);
      const known = Array.from({ length: 50 }, (_, index) =>
        problem({ key: `${turn} ${index}`, seenAt: now }),
      );
      const { begun } = chooseTelling(
        [...known, problem({ org: 'datamer.web', seenAt: now, toldSeverity: turn === 0 ? null : 'warn' })],
        sentAt,
        LONG_AGO,
        now,
      );
      mails += begun.filter(({ org }) => org === 'datamer.inbound.imap').length;
      other += begun.filter(({ org }) => org === 'datamer.web').length;
    }
    expect(mails).toBe(12);
    expect(other).toBe(1);
  });
});
