/** The demo's story, told without a database: what it promises to whoever watches follows from its instants alone. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { stepsOf } from '../../src/demo/live-through.ts';
import { HISTORY_MS, type Stage, type StoryMail } from '../../src/demo/story/story.ts';
import { tellStory } from '../../src/demo/story/tell-story.ts';
import { writeMail } from '../../src/demo/story/write-mail.ts';
import { periodMs } from '../../src/kernel/calendar.ts';
import { DAY, later, MINUTE, SECOND } from '../../src/kernel/clock.ts';
import { maskSubject } from '../../src/triage/signal.ts';
import { readTags } from '../../src/triage/tags/grammar.ts';
import { judge } from '../../src/watchdog/judge.ts';
import type { Verdict } from '../../src/watchdog/verdict.ts';

const START = new Date('2026-11-21T14:23:45.678Z');
const STAGE: Stage = { firstStartAt: later(START, 900), startAt: START };
const BEGINNING = later(START, -HISTORY_MS);
const LATER = later(START, 3 * DAY);

const whole = tellStory(STAGE, BEGINNING, LATER);

describe('The story', () => {
  it('has an id for each mail, and no id twice', () => {
    expect(whole.mails.length).toBeGreaterThan(2000);
    expect(new Set(whole.mails.map(({ id }) => id)).size).toBe(whole.mails.length);
  });

  it('is the same however it is cut, so that it can go on after any interruption', () => {
    const instant = fc.integer({ min: BEGINNING.getTime(), max: LATER.getTime() });
    fc.assert(
      fc.property(instant, (at) => {
        const cut = new Date(at);
        const [before, after] = [tellStory(STAGE, BEGINNING, cut), tellStory(STAGE, cut, LATER)];
        expect([...before.mails, ...after.mails]).toEqual(whole.mails);
        expect([...before.deeds, ...after.deeds]).toEqual(whole.deeds);
      }),
      { numRuns: 20 },
    );
  });

  it('has no id twice whatever the hour of the first start', () => {
    const hours = Array.from({ length: 24 }, (_, hour) => later(START, hour * 61 * MINUTE));
    const counts = hours.map((firstStartAt) => {
      const stage = { firstStartAt, startAt: firstStartAt };
      const { mails } = tellStory(stage, later(firstStartAt, -HISTORY_MS), firstStartAt);
      return new Set(mails.map(({ id }) => id)).size - mails.length;
    });
    expect(counts).toEqual(hours.map(() => 0));
  });

  it('lets people act only on mail that has come, and somebody takes an event before closing it', () => {
    const arrivedAt = new Map(whole.mails.map(({ id, at }) => [id, at]));
    const tooEarly = whole.deeds.filter(({ mail, at }) => (arrivedAt.get(mail) ?? LATER) > at);
    expect(tooEarly).toEqual([]);
    const closed = whole.deeds.filter(({ what }) => what === 'complete');
    const taken = new Set(whole.deeds.filter(({ what }) => what === 'take').map(({ mail }) => mail));
    expect(closed.length).toBeGreaterThan(10);
    expect(closed.filter(({ mail }) => !taken.has(mail))).toEqual([]);
  });

  it('is written as mail that arrives on a whole second, with tags that are all well-formed', () => {
    const lint = whole.mails.flatMap(({ subject, body }) => readTags(`${subject}\n${body}`).lint);
    expect(lint).toEqual([]);
    const [mail] = whole.mails;
    expect(mail && writeMail(mail).toString()).toMatch(
      /^From: .*\r\nTo: .*\r\nSubject: .*\r\nDate: .*\r\nMessage-ID: <.*>\r\n/,
    );
  });

  it('is cut into steps that lose nothing, with every deed behind its mail and before the mail that ends it', () => {
    const steps = stepsOf(whole, LATER);
    expect(steps.flatMap(({ mails }) => mails)).toEqual(whole.mails);
    expect(steps.flatMap(({ deeds }) => deeds)).toEqual(whole.deeds);
    const order = steps.flatMap(({ mails, deeds }) => [...mails, ...deeds]);
    const placeOf = new Map(order.map((one, place) => ['id' in one ? one.id : one, place]));
    const endOf = new Map(whole.mails.flatMap(({ id, ends }) => (ends ? [[ends, id] as const] : [])));
    const misplaced = whole.deeds.filter((deed) => {
      const place = placeOf.get(deed) ?? 0;
      const endsAt = placeOf.get(endOf.get(deed.mail) ?? '') ?? order.length;
      return place < (placeOf.get(deed.mail) ?? order.length) || place > endsAt;
    });
    expect(misplaced).toEqual([]);
    const days = steps.map(({ mails }) => (mails.at(-1)?.at.getTime() ?? 0) - (mails[0]?.at.getTime() ?? 0));
    expect(Math.max(...days)).toBeLessThanOrEqual(DAY);
  });

  it('never lets time run ahead of the mail, also when it goes on in the middle of an incident', () => {
    for (const { at } of whole.deeds) {
      const endings = stepsOf(tellStory(STAGE, later(at, -1), START), START).map(({ endAt }) =>
        endAt.getTime(),
      );
      expect(endings).toEqual(endings.toSorted((one, other) => one - other));
    }
  });
});

describe('The flood', () => {
  it('is several hundred mails about six things', () => {
    const flood = whole.mails.filter(({ id }) => id.startsWith('flood-'));
    const beforeStart = flood.filter(({ at }) => at <= STAGE.firstStartAt);
    expect(beforeStart.length).toBeGreaterThan(250);
    expect(flood.length).toBeGreaterThan(500);
    const problems = flood.filter(({ id }) => !id.endsWith('-over'));
    expect(new Set(problems.map(({ from, subject }) => `${from} ${maskSubject(subject)}`)).size).toBe(6);
  });
});

function verdicts(
  mails: readonly StoryMail[],
  period: 'day' | 'minute',
  n: number,
  variance: number,
): Verdict[] {
  const arrivals = mails.map(({ at }) => Math.floor(at.getTime() / SECOND) * SECOND);
  const judgedUntil = (arrivals[0] ?? 0) + periodMs(period);
  const expectation = { period, n, variance, graceSeconds: null };
  return judge(expectation, arrivals, { judgedUntil, breach: null }, later(START, 5 * MINUTE).getTime())
    .verdicts;
}

function secondsAfterStart({ at }: Verdict): number {
  return (at - START.getTime()) / SECOND;
}

describe('While one watches', () => {
  it('the backup of the shop database goes missing within three minutes of the first start, and comes late', () => {
    const backups = whole.mails.filter(({ id }) => id.startsWith('backup-shop-db-'));
    const [missing, ...others] = verdicts(backups, 'day', 1, 0);
    expect(others).toEqual([]);
    expect(missing).toMatchObject({ type: 'opened', kind: 'MISSING' });
    expect(missing && secondsAfterStart(missing)).toBeGreaterThan(90);
    expect(missing && secondsAfterStart(missing)).toBeLessThan(180);
    const late = backups.find(({ at }) => at > START);
    expect(late && late.at < later(START, 7 * MINUTE)).toBe(true);
  });

  it('the mirror falls silent after each start', () => {
    const again: Stage = { ...STAGE, startAt: later(START, 10 * DAY) };
    for (const stage of [STAGE, again]) {
      const beats = tellStory(stage, later(stage.startAt, -DAY), later(stage.startAt, DAY)).mails.filter(
        ({ id }) => id.startsWith('mirror-'),
      );
      const last = beats.at(-1);
      const silentAfter = ((last?.at.getTime() ?? 0) - stage.startAt.getTime()) / SECOND;
      expect(silentAfter).toBeGreaterThan(30);
      // A minute of silence and its grace later it is missing.
      expect(silentAfter).toBeLessThan(110);
    }
    const beats = whole.mails.filter(({ id }) => id.startsWith('mirror-'));
    expect(verdicts(beats, 'minute', 2, 1)).toMatchObject([{ type: 'opened', kind: 'MISSING' }]);
  });
});
