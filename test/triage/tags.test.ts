import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readTags, withoutTags } from '../../src/triage/tags/grammar.ts';
import { processorMs } from '../support/processor-time.ts';

describe('The tag grammar', () => {
  it.each([
    [':critical:', { severities: ['critical'] }, 'a severity'],
    ['load high :WARN: on web', { severities: ['warn'] }, 'case does not matter'],
    ['x:info:y', { severities: ['info'] }, 'tags may stand anywhere'],
    [
      ':info: and :critical:',
      { severities: ['info', 'critical'] },
      'several are kept for the caller to choose',
    ],
    [':org:shop.frontend.api:', { orgs: ['shop.frontend.api'] }, 'an org path'],
    [':org:Shop.Front_End.a-b:', { orgs: ['shop.front_end.a-b'] }, 'paths are lower case'],
    [':org:a.b: :org:c:', { orgs: ['a.b', 'c'] }, 'the first is primary, all are kept'],
    [':org:a: :org:a:', { orgs: ['a'] }, 'none twice'],
    [':svr:db1.example.com', { servers: ['db1.example.com'] }, 'without a colon behind'],
    [':svr:db1.example.com:', { servers: ['db1.example.com'] }, 'with a colon behind'],
    ['see :svr:db1.example.com.', { servers: ['db1.example.com'] }, 'a full stop ends the sentence'],
    [':svr:DB1 :svr:db2', { servers: ['db1', 'db2'] }, 'short names, lower case'],
    [':sched-perday-1/0:', { schedules: [{ period: 'day', n: 1, variance: 0 }] }, 'a schedule'],
    [':sched-perhour-12:', { schedules: [{ period: 'hour', n: 12, variance: 0 }] }, 'V is 0 by default'],
    [':SCHED-PERMONTH-2/1:', { schedules: [{ period: 'month', n: 2, variance: 1 }] }, 'case does not matter'],
    [
      ':sched-perminute-1: :sched-perweek-3/1:',
      {
        schedules: [
          { period: 'minute', n: 1, variance: 0 },
          { period: 'week', n: 3, variance: 1 },
        ],
      },
      'our own periods',
    ],
    [
      ':critical::org:a.b::svr:h:',
      { severities: ['critical'], orgs: ['a.b'], servers: ['h'] },
      'without spaces',
    ],
  ])('reads %s', (text, expected, _because) => {
    expect(readTags(text)).toMatchObject({
      severities: [],
      schedules: [],
      orgs: [],
      servers: [],
      lint: [],
      ...expected,
    });
  });

  it.each([
    [':unknown:', 'unknown words are left alone'],
    [':infos:', 'a word that only begins like a tag'],
    ['critical:', 'no colon in front'],
    [':critical', 'no colon behind'],
    ['10:12:13 up 3 days', 'times are no tags'],
    ['http://host:80/org:a', 'an address is no tag'],
  ])('finds nothing in %s', (text, _because) => {
    expect(readTags(text)).toEqual({
      severities: [],
      schedules: [],
      orgs: [],
      servers: [],
      lint: [],
      spans: [],
    });
  });

  it.each([
    [':sched-perday-x:', 'schedule'],
    [':sched-perday-:', 'schedule'],
    [':sched-peryear-1:', 'schedule'],
    [':sched-perday-0:', 'schedule'],
    [':sched-perday-1/:', 'schedule'],
    [':sched-perday-99999:', 'schedule'],
    [':org::', 'org'],
    [':org:a..b:', 'org'],
    [':org:no colon behind', 'org'],
    [':svr:', 'server'],
    [':svr:-bad', 'server'],
  ])('notes that %s is malformed and ignores it', (text, kind) => {
    const { lint, spans } = readTags(text);
    expect(spans).toEqual([]);
    expect(lint).toHaveLength(1);
    expect(lint[0]).toContain(`no ${kind} tag`);
  });

  it('never throws, and takes the tags it reads out of the text', () => {
    const pieces = fc.constantFrom(
      ':',
      ':org:',
      ':svr:',
      ':sched-per',
      'day-1',
      '/2',
      ':info:',
      'a.b',
      '..',
      ' ',
      'ü',
      '\n',
    );
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 40 }).map((list) => list.join('')),
        (text) => {
          const { spans } = readTags(text);
          const covered = spans.reduce((sum, [start, end]) => sum + end - start, 0);
          expect(covered).toBeLessThanOrEqual(text.length);
          expect(withoutTags(text).length).toBeLessThanOrEqual(text.length + spans.length);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('reads a megabyte of look-alikes in a moment and with a few notes', () => {
    expect(readTags(':org:'.repeat(200_000)).lint.length).toBeLessThanOrEqual(10);
    for (const text of [
      ':org:'.repeat(200_000),
      `:svr:${'a-'.repeat(500_000)}`,
      `:org:${'a.'.repeat(500_000)}`,
    ]) {
      expect(processorMs(() => readTags(text))).toBeLessThan(700);
    }
  });

  it('gives titles without tags', () => {
    expect(withoutTags(':critical: disk full :svr:db1.example.com on /var :org:shop.db:')).toBe(
      'disk full on /var',
    );
  });
});
