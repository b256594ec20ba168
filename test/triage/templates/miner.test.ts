import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { current, readableTemplate, TemplateMiner } from '../../../src/triage/templates/miner.ts';

const NOW = new Date('2026-03-01T00:00:00Z');

/** What the lines are under, as people read it, once all have been seen. */
function mined(lines: readonly string[], miner = new TemplateMiner()): string[] {
  return lines
    .map((line) => miner.mine(line, NOW))
    .map((template) => readableTemplate(current(template).shape));
}

const USERS = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank'];

describe('The template miner', () => {
  it.each([
    [
      ['disk 91% full on /var', 'disk 7% full on /home/x'],
      ['disk <*> full on <*>', 'disk <*> full on <*>'],
      'what varies at sight is one template at once',
    ],
    [
      USERS.map((user) => `session opened for user ${user} by cron`),
      USERS.map(() => 'session opened for user <*> by cron'),
      'a word that takes many values is a variable',
    ],
    [
      [
        'link to peer went up',
        'link to peer went down',
        'link to peer went offline',
        'link to peer went online',
      ],
      [
        'link to peer went up',
        'link to peer went down',
        'link to peer went offline',
        'link to peer went online',
      ],
      'words of state are never values',
    ],
    [
      ['session opened for root', 'session closed for root'],
      ['session opened for root', 'session closed for root'],
      'two words are two things',
    ],
    [
      ['reply to eth0 is late', 'reply to loopback is late'],
      ['reply to <*> is late', 'reply to <*> is late'],
      'a word where others have a figure is a value',
    ],
    [
      ['reply to loopback is late', 'reply to eth0 is late'],
      ['reply to <*> is late', 'reply to <*> is late'],
      'also when it came first',
    ],
    [
      USERS.flatMap((user) => USERS.map((host) => `login of user ${user} on host ${host}x refused`)),
      USERS.flatMap(() => USERS.map(() => 'login of user <*> on host <*> refused')),
      'two words may vary',
    ],
    [['', ''], ['', ''], 'an empty line is a line'],
  ])('%j → %j, because %s', (lines, templates, _because) => {
    expect(mined(lines)).toEqual(templates);
  });

  it('knows a template once found for values never seen', () => {
    const miner = new TemplateMiner();
    mined(
      USERS.map((user) => `session opened for user ${user}`),
      miner,
    );
    const template = miner.mine('session opened for user zoe', NOW);
    expect(template.count).toBe(USERS.length + 1);
    expect(miner.size).toBe(1);
  });

  it('keeps sources apart', () => {
    const miner = new TemplateMiner();
    const [a, b] = [miner.mine('disk 1 full', NOW, 'nagios'), miner.mine('disk 2 full', NOW, 'zabbix')];
    expect(a.id).not.toBe(b.id);
    expect(miner.mine('disk 3 full', NOW, 'nagios').id).toBe(a.id);
  });

  it('tells what changed since it was last asked', () => {
    const miner = new TemplateMiner();
    const template = miner.mine('disk 1 full', NOW);
    expect(miner.takeChanges()).toEqual({ touched: [template], gone: [] });
    expect(miner.takeChanges()).toEqual({ touched: [], gone: [] });
    miner.mine('disk 2 full', NOW);
    expect(miner.takeChanges().touched).toEqual([template]);
  });

  it('forgets what was not seen for longest when there are too many', () => {
    const miner = new TemplateMiner(20);
    const kept = miner.mine('the one that comes again', NOW);
    for (let line = 0; line < 100; line += 1) {
      miner.mine(`word${'abcdefghij'[line % 10] ?? ''} ${'x'.repeat(line + 1)} alone`, NOW);
      miner.mine('the one that comes again', NOW);
      expect(miner.size).toBeLessThanOrEqual(20);
    }
    expect(miner.mine('the one that comes again', NOW).id).toBe(kept.id);
    expect(miner.takeChanges().gone.length).toBeGreaterThan(50);
  });

  it('takes no more time for each of 100,000 distinct lines than for the first thousands', () => {
    const miner = new TemplateMiner();
    const word = (number: number): string =>
      number.toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)] ?? '');
    const mineMany = (from: number, count: number): number => {
      const startedAt = performance.now();
      for (let line = from; line < from + count; line += 1) {
        miner.mine(
          `${word(line * 7919)} ${word(line * 104_729)} of ${word(line)} and ${word(line % 97)}`,
          NOW,
        );
      }
      return performance.now() - startedAt;
    };
    mineMany(0, 20_000);
    const early = mineMany(20_000, 20_000);
    mineMany(40_000, 40_000);
    const late = mineMany(80_000, 20_000);
    expect(miner.size).toBeLessThanOrEqual(5000);
    expect(late).toBeLessThan(early * 4 + 500);
  });

  it('answers with a template in use for any line', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 60 }), { maxLength: 40 }), (lines) => {
        const miner = new TemplateMiner(10);
        for (const line of lines) {
          const template = miner.mine(line, NOW);
          expect(template.mergedInto).toBeNull();
          expect(miner.templates()).toContain(template);
        }
      }),
    );
  });
});
