/** What the model sees of a mail, and what it must not see. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FeatureBag, MOST_FEATURES_OF_A_MAIL } from '../../../src/triage/model/features.ts';
import { processorMs } from '../../support/processor-time.ts';

function tell(bag: FeatureBag): string[] {
  return Array.from({ length: bag.count }, (_, index) => bag.describe(index)).map(
    ({ kind, said }) => `${kind} “${said}”`,
  );
}

function namesOf(subject: string, text = '', from = ''): string[] {
  const bag = new FeatureBag();
  bag.read({ subject, text, from });
  return tell(bag);
}

function hashesOf(subject: string, text = ''): number[] {
  const bag = new FeatureBag();
  bag.read({ subject, text, from: '' });
  return [...bag.hashes.subarray(0, bag.count)];
}

describe('Features of a mail', () => {
  it('are the host, its name and what names like it share', () => {
    expect(namesOf('disk full on db12.prod.example.com')).toEqual(
      expect.arrayContaining([
        'host “db12.prod.example.com”',
        'name “db12”',
        'name like “db#”',
        'domain part “prod”',
        'subject word “full”',
        'words “disk full”',
      ]),
    );
  });

  it('are the parts of names that programmers glue together', () => {
    const names = namesOf('x', 'IOException in TokenStore at pay-gateway');
    expect(names).toEqual(expect.arrayContaining(['word “token”', 'word “store”', 'name “pay-gateway”']));
  });

  it('pair a part of a name with a word of the subject, and say which', () => {
    expect(namesOf('PROBLEM: app12-tst is CRITICAL')).toEqual(
      expect.arrayContaining(['name part with word “tst + critical”', 'name part with word “app + problem”']),
    );
  });

  it('pair a word with the one before it, and show what stands between them', () => {
    expect(namesOf('tank finished a scrub')).toEqual(
      expect.arrayContaining(['words “tank finished”', 'words “finished a scrub”']),
    );
  });

  it('tell four letters as the word that they are of', () => {
    const names = namesOf('Plattenplatz knapp');
    expect(names.filter((name) => name === 'word “plattenplatz”').length).toBeGreaterThan(5);
  });

  it('are the same for the short name of a host and its full name', () => {
    const bag = new FeatureBag();
    const nameIn = (subject: string): number | undefined => {
      bag.read({ subject, text: '', from: '' });
      const at = tell(bag).indexOf('name “web-07”');
      return bag.hashes[at];
    };
    expect(nameIn('web-07 is down')).toBe(nameIn('web-07.shop.example is down'));
  });

  it.each([
    ['subject', ':org:shop.frontend: :critical: disk full', ''],
    ['text', 'disk full', 'see\n:svr:db1.example.com:\n:sched-perday-1: :org:shop.frontend:'],
  ])('never are the tags in the %s: the model would learn to read tags', (_, subject, text) => {
    const said = namesOf(subject, text).join(' ');
    expect(said).toContain('“disk”');
    expect(said).not.toMatch(/shop|frontend|critical|db1|perday/);
  });

  it.each(['e4eaabdf', '29b1b042', '550e8400-e29b-41d4-a716-446655440000', '1761234567', 'a1b2c3'])(
    'never are ids that change with every mail: %s',
    (id) => {
      expect(namesOf(`job ${id} failed`).filter((name) => name.startsWith('name'))).toEqual([]);
    },
  );

  it('are bounded, and need no error handling, whatever the text', () => {
    const bag = new FeatureBag();
    fc.assert(
      fc.property(
        fc.string({ maxLength: 400, unit: 'binary' }),
        fc.string({ maxLength: 4000 }),
        (subject, text) => {
          bag.read({ subject, text, from: subject });
          for (let index = 0; index < bag.count; index += 1) bag.describe(index);
          expect(bag.count).toBeLessThanOrEqual(MOST_FEATURES_OF_A_MAIL);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('of a megabyte on one line take no longer than those of a page', () => {
    const text = 'a1.b2-c3_'.repeat(120_000);
    expect(hashesOf('x', text).length).toBeLessThanOrEqual(MOST_FEATURES_OF_A_MAIL);
    expect(processorMs(() => hashesOf('x', text))).toBeLessThan(200);
  });
});
