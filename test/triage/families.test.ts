/** Unclassified signals become families: pure, and the same each time. */
import { describe, expect, it } from '@jest/globals';
import { distancesOf, silhouetteOf } from '../../src/triage/families/cluster.ts';
import { gatherFamilies } from '../../src/triage/families/gather.ts';
import type { WaitingSignal } from '../../src/triage/families/waiting.ts';
import { RememberedFamilies, type Gathered } from '../../src/triage/families/remembered.ts';
import type { MseId, TenantId } from '../../src/kernel/ids.ts';

function signal(subject: string, text: string, sender = 'a@example.com', size = 1): WaitingSignal {
  const at = new Date('2026-03-12T09:00:00Z');
  const known = { severity: null, org: null, servers: [], templateId: null };
  return {
    key: subject,
    mseId: subject as MseId,
    subject,
    text,
    sender,
    size,
    firstAt: at,
    lastAt: at,
    ...known,
  };
}

const DOORS = ['hall', 'cellar', 'roof', 'garage', 'garden'].map((room) =>
  signal(
    `door of the ${room} stands open`,
    'The door sensor reports that it is open. Close it.',
    'doors@iot.example',
  ),
);
const PRINTERS = ['blue', 'green', 'second', 'third'].map((name) =>
  signal(
    `printer ${name} wants paper`,
    'Tray two of the printer is empty. Load letter size.',
    `${name}@print.example`,
  ),
);
const LICENCES = ['cad', 'office', 'mapping'].map((name) =>
  signal(
    `licence for ${name} ends soon`,
    'Renew the licence with the vendor before it expires.',
    'shop@vendor.example',
    9,
  ),
);

describe('Families of unclassified mails', () => {
  it('hold what is alike, named by common words, the largest first', async () => {
    const families = await gatherFamilies([...LICENCES, ...DOORS, ...PRINTERS]);
    expect(families.map(({ name, size }) => [name?.split(' ')[0], size])).toEqual([
      ['licence', 27],
      ['door', 5],
      ['printer', 4],
    ]);
  });

  it('propose a rule by what all their mails have in common', async () => {
    const families = await gatherFamilies([...DOORS, ...PRINTERS, ...LICENCES]);
    const doors = families.find(({ name }) => name?.includes('door'));
    const printers = families.find(({ name }) => name?.includes('printer'));
    expect(doors?.common).toEqual({ sender: 'doors@iot.example', words: ['stands', 'door', 'open', 'the'] });
    expect(printers?.common).toEqual({ sender: null, words: ['printer', 'wants', 'paper'] });
  });

  it('leave alone what is like nothing else', async () => {
    const stranger = signal('Ufo über dem Parkplatz gesichtet', 'Bitte nicht winken', 'pforte@example.org');
    const families = await gatherFamilies([...DOORS, ...PRINTERS, ...LICENCES, stranger]);
    expect(families.find(({ signals }) => signals.includes(stranger))?.signals).toHaveLength(1);
  });

  it('are the same for the same mails, and none for no mails', async () => {
    const signals = [...DOORS, ...PRINTERS, ...LICENCES];
    const once = await gatherFamilies(signals);
    expect(await gatherFamilies(signals)).toEqual(once);
    expect(await gatherFamilies([])).toEqual([]);
  });

  it('of 1,000 signals are found while a person waits for the page, and others are served meanwhile', async () => {
    const words = ['disk', 'door', 'paper', 'licence', 'login', 'queue', 'fan', 'lease'];
    const signals = Array.from({ length: 1000 }, (_none, index) => {
      const word = words[index % words.length] ?? '';
      return signal(
        `${word} trouble at place ${'abcdefghij'[index % 10]}${index}`,
        `${word} ${word}er is broken again`,
      );
    });
    const startedAt = performance.now();
    let turns = 0;
    let isServing = true;
    const serve = (): void => {
      turns += 1;
      if (isServing) setImmediate(serve);
    };
    serve();
    const families = await gatherFamilies(signals);
    isServing = false;
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(turns).toBeGreaterThan(20);
    expect(families.length).toBeLessThan(60);
  });
});

describe('Remembered families', () => {
  const TENANT = '0191d5a0-0000-7000-8000-000000000001' as TenantId;
  const sizes = ({ families }: Gathered) => families.map(({ signals }) => signals.length);

  it('are those of the backlog of now while it is small', async () => {
    const remembered = new RememberedFamilies();
    const first = await remembered.gather(TENANT, [...DOORS, ...PRINTERS]);
    expect(sizes(first)).toEqual([5, 4]);
    expect(await remembered.gather(TENANT, [...DOORS, ...PRINTERS])).toEqual(first);
    const later = await remembered.gather(TENANT, [...DOORS, ...LICENCES, ...PRINTERS]);
    expect([sizes(later).sort(), later.isComplete]).toEqual([[3, 4, 5], true]);
  });

  it('of a large backlog are shown as they were, at once, while what has come is gathered', async () => {
    const remembered = new RememberedFamilies();
    const many = (name: string, count: number) =>
      Array.from({ length: count }, (_none, index) =>
        signal(
          `${name} wants service ${'abcdefgh'[index % 8]}${index}`,
          `${name} ${name}`,
          `${name}@x.example`,
        ),
      );
    const before = [...many('lift', 150), ...many('pump', 150)];
    expect(sizes(await remembered.gather(TENANT, before))).toEqual([150, 150]);
    const after = [...before, ...many('crane', 100)];
    const shown = await remembered.gather(TENANT, after);
    expect(shown.isComplete).toBe(false);
    expect(sizes(shown).slice(0, 3)).toEqual([150, 150, 1]);
    await remembered.settle();
    const gathered = await remembered.gather(TENANT, after);
    expect([gathered.isComplete, sizes(gathered)]).toEqual([true, [150, 150, 100]]);
  });
});

describe('The silhouette', () => {
  it('is near 1 for what lies apart, near 0 for what does not, and 0 for single points', () => {
    const apart = distancesOf([
      [0, 0],
      [0, 0.1],
      [9, 9],
      [9, 9.1],
    ]);
    expect(silhouetteOf(apart, [0, 0, 1, 1])).toBeGreaterThan(0.9);
    expect(silhouetteOf(apart, [0, 1, 0, 1])).toBeLessThan(0);
    expect(silhouetteOf(apart, [0, 1, 2, 3])).toBe(0);
  });
});
