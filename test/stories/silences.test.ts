import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EventAnswer, List, Problem } from '../support/api-shapes.ts';
import { onBothDatabases } from '../support/databases.ts';
import { useMailSink } from '../support/mail-sink.ts';
import { ownGroupOf, subscribe } from '../support/team.ts';
import { openWorld, type WorldOptions } from '../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface SilenceAnswer {
  id: string;
  state: string;
  when: string;
  what: string;
  activeUntil: string | null;
  next: { from: string; to: string } | null;
  from: string | null;
  to: string | null;
  hid: { events: number; notices: number };
  hidden: { id: string; notices: number; settledAt: string | null }[];
}

/** So unlike that grouping keeps them apart. */
const TROUBLES = [
  ['amber', 'disk full'],
  ['birch', 'certificate expired'],
  ['cedar', 'login refused'],
  ['dahlia', 'fan broken'],
  ['elder', 'backup aborted'],
  ['fennel', 'queue too long'],
  ['ginger', 'printer jammed'],
  ['hazel', 'clock drifts'],
] as const;

type ShownEvent = EventAnswer & { silencedUntil: string | null };

const sink = useMailSink();

onBothDatabases('A silence', (database) => {
  async function seed(options: WorldOptions = {}) {
    const settings = {
      ...sink.settings,
      DATAMER_PUBLIC_URL: 'http://pager.example',
    };
    const world = await openWorld(database, { settings, ...options });
    const acme = await world.addTenant('acme');
    const ana = await world.addUser(acme, 'ana');
    const ben = await world.addUser(acme, 'ben');
    const api = await world.api(acme);
    await subscribe(api, await ownGroupOf(api, ana.id), { pattern: 'shop.*', level: 'responder' });
    await subscribe(api, await ownGroupOf(api, ben.id), { pattern: 'shop.*', level: 'interested' });
    const silence = async (body: Record<string, unknown>): Promise<SilenceAnswer> => {
      const answer = await api.send<SilenceAnswer>('POST', '/silences', { reason: 'DB upgrade', ...body });
      expect([answer.status, answer.body]).toEqual([201, answer.body]);
      return answer.body;
    };
    const shown = async (id: string) => (await api.get<SilenceAnswer>(`/silences/${id}`)).body;
    const mail = (subject: string, body = '') => world.deliver(acme, { subject, body });
    const event = async (q: string): Promise<ShownEvent> => {
      const [found] = [
        ...(await api.get<List<ShownEvent>>(`/events?state=open&q=${q}`)).body.items,
        ...(await api.get<List<ShownEvent>>(`/events?state=completed&q=${q}`)).body.items,
      ];
      if (!found) throw new Error(`an event of ${q} was expected`);
      return (await api.get<ShownEvent>(`/events/${found.id}`)).body;
    };
    const told = (of: ShownEvent) =>
      of.timeline
        .filter(({ what }) => what.startsWith('silence'))
        .map(({ what, why }) => `${what}: ${why}`)
        .reverse();
    const summaries = () =>
      sink.mails.filter(({ parsed }) => /^\[(silence over|no longer silenced)\]/.test(parsed.subject ?? ''));
    const news = () => sink.mails.filter(({ parsed }) => (parsed.subject ?? '').includes('FAILED'));
    /** Faster than keeping the doors open meanwhile; what a blind door opens has no path. */
    const skip = async (ms: number): Promise<void> => {
      world.clock.advance(ms);
      await world.settle();
    };
    return { world, acme, ana, api, silence, shown, mail, event, told, skip, summaries, news };
  }

  it('keeps a new event from people, says so in its timeline once, and sums it up at its end, once', async () => {
    const { world, ana, api, silence, shown, mail, event, told, skip } = await seed();
    const { id } = await silence({ orgs: ['shop.db.*'], minutes: 120 });
    await mail('PROBLEM: disk full :critical: :org:shop.db: :svr:db1');
    await skip(30 * MINUTE);
    await mail('PROBLEM: disk full :critical: :org:shop.db: :svr:db1', 'again');
    const hidden = await event('disk');
    expect(hidden).toMatchObject({ state: 'open', mseCount: 2, silencedUntil: '2026-03-10T10:00:00.000Z' });
    expect(told(hidden)).toEqual(['silenced: nobody is told until 2026-03-10T10:00:00.000Z: “DB upgrade”']);
    expect(await shown(id)).toMatchObject({ state: 'active', hid: { events: 1, notices: 1 } });

    // Somebody who gives it to a colleague means it.
    await api.send('POST', `/events/${hidden.id}/assignment`, { user: ana.id, version: hidden.version });
    await world.settle();
    expect(sink.mails.map(({ parsed }) => parsed.subject)).toEqual([
      `[critical] assigned to you: FAILED PROBLEM: disk full (shop.db) #${hidden.number}`,
    ]);

    await skip(89 * MINUTE);
    expect(sink.mails).toHaveLength(1);
    await skip(MINUTE);
    await skip(10 * MINUTE);
    expect(sink.mails.map(({ to }) => to)).toEqual(['ana@acme.example', 'ana@acme.example']);
    const summary = sink.mails[1]?.parsed;
    expect(summary?.subject).toBe('[silence over] DB upgrade: 1 still down');
    expect(summary?.text).toContain('New since then, and still down: 1');
    expect(summary?.text).toContain(
      `[critical] #${hidden.number} PROBLEM: disk full, shop.db: still down since 10 Mar 08:00`,
    );
    expect(summary?.text).toContain(`http://pager.example/events/${hidden.id}`);
    const after = await event('disk');
    expect(after.silencedUntil).toBeNull();
    expect(told(after)[1]).toBe('silence over: “DB upgrade”: told ana in a summary');
    expect(await shown(id)).toMatchObject({
      state: 'past',
      hid: { events: 1, notices: 1 },
      hidden: [{ id: hidden.id, notices: 1, settledAt: '2026-03-10T10:00:00.000Z' }],
    });
  });

  it('that ends in quiet hours is told at their end, unless what is down is critical', async () => {
    const { world, acme, api, silence, mail, event, told, skip, summaries } = await seed();
    const cy = await world.addUser(acme, 'cy');
    const quietHours = { from: '09:00', to: '13:00', timezone: 'Europe/Berlin' };
    await subscribe(api, await ownGroupOf(api, cy.id), { pattern: 'shop.*', level: 'responder', quietHours });
    const ofCy = () => sink.mailsTo('cy').map(({ parsed }) => parsed.subject?.replace(/ #\d+$/, ''));
    await silence({ orgs: ['shop.db.*'], minutes: 60 });
    await mail('PROBLEM: amber disk full :warn: :org:shop.db: :svr:amber');
    await skip(60 * MINUTE);
    expect(summaries().map(({ to }) => to)).toEqual(['ana@acme.example']);
    expect(told(await event('amber')).at(-1)).toBe(
      'silence over: “DB upgrade”: told ana in a summary; cy: quiet hours, told at 12:00 UTC',
    );
    await silence({ orgs: ['shop.web.*'], minutes: 10 });
    await mail('PROBLEM: birch certificate expired :critical: :org:shop.web: :svr:birch');
    await skip(10 * MINUTE);
    expect(ofCy()).toEqual(['[silence over] DB upgrade: 1 still down']);
    await skip(3 * HOUR);
    expect(ofCy()).toEqual([
      '[silence over] DB upgrade: 1 still down',
      '[digest] 1 open: PROBLEM: amber disk full',
    ]);
  });

  it('never stops recovery, and tells in one mail what is new, what was down before and what is over', async () => {
    const { world, silence, mail, event, summaries, news } = await seed();
    await mail('PROBLEM: old trouble :warn: :org:shop.db: :svr:old1');
    await mail('PROBLEM: healing trouble :warn: :org:shop.db: :svr:heal1');
    await mail('PROBLEM: far away :warn: :org:plant.press: :svr:far1');
    await world.pass(HOUR);
    await silence({ orgs: ['*'], minutes: 60 });
    await mail('PROBLEM: brief trouble :critical: :org:shop.db: :svr:brief1');
    await mail('PROBLEM: fresh trouble :critical: :org:shop.web: :svr:fresh1');
    await mail('RECOVERY: brief trouble :critical: :org:shop.db: :svr:brief1');
    await mail('RECOVERY: healing trouble :warn: :org:shop.db: :svr:heal1');
    expect(await event('brief')).toMatchObject({
      state: 'completed',
      completedBy: 'recovery',
      silencedUntil: null,
    });
    await world.pass(61 * MINUTE);
    // What opened before the silence was told when it opened.
    expect(news()).toHaveLength(2);
    expect(summaries()).toHaveLength(1);
    const { subject, text } = summaries()[0]?.parsed ?? {};
    expect(subject).toBe('[silence over] DB upgrade: 2 still down, 2 recovered');
    const parts = (text ?? '').split(/\n\n/).filter((part) => /^(New|Down|Recovered)/.test(part));
    expect(
      parts.map((part) =>
        part
          .split('\n')
          .filter((line) => !line.includes('http'))
          .join('|'),
      ),
    ).toEqual([
      expect.stringMatching(/^New since then, and still down: 1\|.*fresh trouble/),
      expect.stringMatching(/^Down before, and still down: 1\|.*old trouble/),
      expect.stringMatching(/^Recovered meanwhile: 2\|.*brief trouble.*\|.*healing trouble/),
    ]);
  });

  it('leaves what is out of its scope alone, by path, server, schedule and rule', async () => {
    const { silence, api, mail, event } = await seed();
    const rule = await api.send<{ id: string }>('POST', '/rules', {
      name: 'test hosts',
      condition: { field: 'subject', op: 'contains', value: 'testhost' },
      actions: { severity: 'warn' },
    });
    expect(rule.status).toBe(201);
    await silence({ orgs: ['shop.db'], servers: ['db1'], minutes: 60 });
    await silence({ rules: [rule.body.id], minutes: 60 });
    await mail('PROBLEM: disk alpha :critical: :org:shop.db: :svr:db1');
    await mail('PROBLEM: memory beta :critical: :org:shop.db: :svr:db2');
    await mail('PROBLEM: fan gamma :critical: :org:shop.db.test: :svr:db1');
    await mail('PROBLEM: testhost delta :org:plant.lab: :svr:lab1');
    const until = await Promise.all(
      ['alpha', 'beta', 'gamma', 'delta'].map(async (word) => (await event(word)).silencedUntil !== null),
    );
    expect(until).toEqual([true, false, false, true]);
    const { body } = await api.send<{ count: number }>('POST', '/silences/preview', { orgs: ['shop.*'] });
    expect(body).toMatchObject({ count: 3, isComplete: true });
  });

  it('mutes a missing backup in the maintenance window of its clocks, and says at the end that it is still missing', async () => {
    // The night in which the clocks of Berlin leap from 2 to 3.
    const { world, silence, shown, mail, event, told } = await seed({ start: '2026-03-28T23:30:00Z' });
    await mail('backup ok :info: :sched-perhour-1/0: :org:shop.backup: :svr:bak1');
    const recurrence = { weekdays: [7], start: '01:30', durationMinutes: 150, timezone: 'Europe/Berlin' };
    const { id } = await silence({ orgs: ['shop.backup'], recurrence });
    expect(await shown(id)).toMatchObject({
      state: 'coming',
      when: 'every Sunday 01:30–04:00 Europe/Berlin',
      next: { from: '2026-03-29T00:30:00.000Z', to: '2026-03-29T02:00:00.000Z' },
    });
    await world.pass(2 * HOUR + 20 * MINUTE, 5 * MINUTE);
    const missing = await event('backup&kind=MISSING');
    expect(missing).toMatchObject({
      kind: 'MISSING',
      state: 'open',
      silencedUntil: '2026-03-29T02:00:00.000Z',
    });
    expect(sink.mails).toEqual([]);
    await world.pass(15 * MINUTE);
    expect(sink.mails).toHaveLength(1);
    expect(sink.mails[0]?.parsed.text).toMatch(/#\d+ .*, shop\.backup: still missing since 29 Mar 00:36/);
    expect(told(await event('backup&kind=MISSING'))).toHaveLength(2);
    expect(await shown(id)).toMatchObject({
      state: 'coming',
      hid: { events: 1, notices: 1 },
      next: { from: '2026-04-04T23:30:00.000Z', to: '2026-04-05T02:00:00.000Z' },
    });
  });

  it('hands over to another that covers the event: the summary comes when the last one ends', async () => {
    const { silence, shown, mail, event, told, skip } = await seed();
    const { id: first } = await silence({ reason: 'upgrade', orgs: ['shop.*'], minutes: 60 });
    await mail('PROBLEM: disk full :critical: :org:shop.db: :svr:db1');
    await skip(30 * MINUTE);
    const { id: second } = await silence({ reason: 'network', servers: ['db1'], minutes: 60 });
    await skip(45 * MINUTE);
    expect(sink.mails).toEqual([]);
    expect((await event('disk')).silencedUntil).toBe('2026-03-10T09:30:00.000Z');
    await skip(20 * MINUTE);
    expect(sink.mails.map(({ parsed }) => parsed.subject)).toEqual(['[silence over] network: 1 still down']);
    expect(told(await event('disk'))).toEqual([
      expect.stringContaining('silenced: nobody is told until 2026-03-10T09:00:00.000Z: “upgrade”'),
      expect.stringContaining('silenced: nobody is told until 2026-03-10T09:30:00.000Z: “network”'),
      'silence over: “network”: told ana in a summary',
    ]);
    expect((await shown(first)).hid).toEqual({ events: 1, notices: 1 });
    expect((await shown(second)).hid).toEqual({ events: 1, notices: 0 });
  });

  it('tells at once what it hid when it is ended, removed or no longer means it', async () => {
    const { api, silence, shown, mail, event, skip } = await seed();
    const trouble = ['alpha', 'beta', 'gamma'] as const;
    const ids: string[] = [];
    for (const name of trouble) ids.push((await silence({ reason: name, servers: [name], minutes: 600 })).id);
    for (const name of trouble)
      await mail(`PROBLEM: disk ${name} :critical: :org:shop.${name}: :svr:${name}`);
    expect(
      await Promise.all(trouble.map(async (name) => (await event(name)).silencedUntil !== null)),
    ).toEqual([true, true, true]);
    await api.send('POST', `/silences/${ids[0]}/end`);
    await skip(MINUTE);
    await api.send('DELETE', `/silences/${ids[1]}`);
    await skip(MINUTE);
    // What it still means stays hidden.
    await api.send('PATCH', `/silences/${ids[2]}`, { reason: 'longer', minutes: 900 });
    await skip(MINUTE);
    expect(sink.mails.map(({ parsed }) => parsed.subject)).toEqual([
      '[silence over] alpha: 1 still down',
      '[silence over] beta: 1 still down',
    ]);
    await api.send('PATCH', `/silences/${ids[2]}`, { servers: ['another'] });
    await skip(MINUTE);
    expect(sink.mails.map(({ parsed }) => parsed.subject).slice(2)).toEqual([
      '[no longer silenced] longer: 1 still down',
    ]);
    expect((await shown(ids[0] ?? '')).state).toBe('past');
    expect((await api.get(`/silences/${ids[1]}`)).status).toBe(404);
    expect((await api.send<Problem>('POST', `/silences/${ids[0]}/end`)).status).toBe(409);
    await skip(16 * HOUR);
    expect(sink.mails).toHaveLength(3);
  });

  it('ends, however many overlap, when the last one does that covers the event without a gap', async () => {
    const step = 5;
    const window = fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 8 }));
    const plan = fc.array(
      fc.record({ windows: fc.array(window, { maxLength: 4 }), opens: fc.integer({ min: 1, max: 15 }) }),
      { minLength: TROUBLES.length, maxLength: TROUBLES.length },
    );
    const minutesOf = ([from, length]: [number, number]) => ({
      from: from * 2 * step,
      to: (from + length) * 2 * step,
    });
    await fc.assert(
      fc.asyncProperty(plan, async (servers) => {
        const { world, silence, mail, event, skip, summaries } = await seed();
        const start = world.clock.now().getTime();
        const instant = (minutes: number) => new Date(start + minutes * MINUTE).toISOString();
        const plans = TROUBLES.map(([server, trouble], index) => {
          const { windows, opens } = servers[index] ?? { windows: [], opens: 1 };
          return { server, trouble, windows: windows.map(minutesOf), opensAt: (opens - 1) * 2 * step + step };
        });
        for (const { server, windows } of plans) {
          for (const { from, to } of windows) {
            await silence({ servers: [server], from: instant(from), to: instant(to) });
          }
        }
        for (let minutes = step; minutes <= 20 * 2 * step; minutes += step) {
          await skip(step * MINUTE);
          for (const { server, trouble } of plans.filter(({ opensAt }) => opensAt === minutes)) {
            await mail(`PROBLEM: ${trouble} :warn: :org:shop.${server}: :svr:${server}`);
          }
        }
        const ends = plans.map(({ windows, opensAt }) => {
          let end = opensAt;
          const covering = () => windows.find(({ from, to }) => from <= end && end < to);
          for (let last = covering(); last; last = covering()) end = last.to;
          return end > opensAt ? instant(end) : null;
        });
        const told: string[][] = [];
        for (const { server } of plans) {
          const { servers: about, timeline } = await event(server);
          expect(about).toEqual([server]);
          told.push(timeline.filter(({ what }) => what === 'silence over').map(({ at }) => at));
        }
        expect(told).toEqual(ends.map((end) => (end ? [end] : [])));
        expect(summaries()).toHaveLength(new Set(ends.filter(Boolean)).size);
      }),
      { numRuns: 1, endOnFailure: true },
    );
  });

  it('tells of an event that grows out of it, and stays silent about one that only gets more mail', async () => {
    const { api, silence, mail, event, told, skip, summaries, news } = await seed();
    await silence({ servers: ['db1'], minutes: 600 });
    await mail('PROBLEM: disk full :critical: :org:shop.db: :svr:db1');
    await mail('PROBLEM: memory low :critical: :org:shop.db: :svr:db2');
    await mail('PROBLEM: disk full :critical: :org:shop.db: :svr:db1', 'again');
    await skip(MINUTE);
    expect(news().map(({ parsed }) => parsed.subject)).toEqual([expect.stringContaining('memory low')]);
    expect(summaries()).toEqual([]);
    const [disk, memory] = [await event('disk'), await event('memory')];
    expect(told(disk)).toHaveLength(1);
    await api.send('POST', `/events/${memory.id}/merge`, { into: disk.id, version: memory.version });
    await skip(MINUTE);
    expect(summaries().map(({ parsed }) => parsed.subject)).toEqual([
      '[no longer silenced] DB upgrade: 1 still down',
    ]);
    expect(await event('disk')).toMatchObject({ mseCount: 3, silencedUntil: null });
    await skip(11 * HOUR);
    expect(summaries()).toHaveLength(1);
  });

  it('sums up once, also when a process dies in the middle of it', async () => {
    const { world, silence, mail } = await seed();
    await silence({ orgs: ['*'], minutes: 60 });
    await mail('PROBLEM: disk full :critical: :org:shop.db: :svr:db1');
    const { dataSource } = world.parts.database;
    await dataSource.query('alter table deliveries add constraint breaks check (false) not valid');
    await expect(world.pass(61 * MINUTE)).rejects.toThrow('breaks');
    expect(sink.mails).toEqual([]);
    await dataSource.query('alter table deliveries drop constraint breaks');
    await world.settle();
    await world.settle();
    expect(sink.mails).toHaveLength(1);
  });

  it('that hid nothing sends nothing, and whoever responds to nothing of it hears nothing', async () => {
    const { silence, mail, event, told, skip, summaries } = await seed();
    await mail('PROBLEM: old trouble :warn: :org:shop.db: :svr:old1');
    await silence({ orgs: ['shop.*'], minutes: 30 });
    await silence({ orgs: ['plant.*'], minutes: 30 });
    await mail('PROBLEM: far away :warn: :org:plant.press: :svr:far1');
    await skip(HOUR);
    expect(summaries()).toEqual([]);
    expect(told(await event('far'))[1]).toBe('silence over: “DB upgrade”: nobody responds to it');
  });

  it('is written by engineers, read by managers, and belongs to its tenant', async () => {
    const { world, acme, silence, api } = await seed();
    const { id } = await silence({ orgs: ['shop.*'], minutes: 60 });
    const manager = await world.api(acme, 'manager');
    const stranger = await world.api(await world.addTenant('globex'));
    const body = { reason: 'x', orgs: ['*'], minutes: 5 };
    expect((await manager.get(`/silences/${id}`)).status).toBe(200);
    expect((await manager.send('POST', '/silences/preview', { orgs: ['*'] })).status).toBe(200);
    expect((await manager.send('POST', '/silences', body)).status).toBe(403);
    expect((await manager.send('DELETE', `/silences/${id}`)).status).toBe(403);
    expect((await (await world.api(acme, 'engineer')).send('POST', '/silences', body)).status).toBe(201);
    expect((await stranger.get(`/silences/${id}`)).status).toBe(404);
    expect((await stranger.send('POST', `/silences/${id}/end`)).status).toBe(404);
    expect((await stranger.get<List<unknown>>('/silences')).body.items).toEqual([]);
    const items = async (state: string) =>
      (await api.get<List<SilenceAnswer>>(`/silences?state=${state}`)).body.items.length;
    expect([await items('active'), await items('coming'), await items('past')]).toEqual([2, 0, 0]);
  });

  it('is refused with the field that is wrong', async () => {
    const world = await openWorld(database);
    const api = await world.api(await world.addTenant('acme'));
    const wrong: [Record<string, unknown>, string][] = [
      [{ orgs: ['shop.*'] }, 'to'],
      [{ minutes: 60 }, 'orgs'],
      [{ orgs: ['!shop.*'], minutes: 60 }, 'orgs'],
      [{ orgs: ['shop..db'], minutes: 60 }, 'orgs'],
      [{ orgs: ['*'], from: '2026-03-10T12:00', to: '2026-03-10T11:00' }, 'to'],
      [{ orgs: ['*'], from: '2026-03-01T12:00', to: '2026-03-01T13:00' }, 'to'],
      [{ orgs: ['*'], from: 'soon', to: '2026-03-10T11:00' }, 'from'],
      [{ rules: ['0195d6fe-f8c0-7000-8018-87c6b4cee432'], minutes: 5 }, 'rules'],
      [{ streams: ['0195d6fe-f8c0-7000-8018-87c6b4cee432'], minutes: 5 }, 'streams'],
      [{ orgs: ['*'], recurrence: { start: '02:00', durationMinutes: 60 } }, 'recurrence.weekdays'],
      [
        { orgs: ['*'], recurrence: { weekdays: [1], start: '25:00', durationMinutes: 60 } },
        'recurrence.start',
      ],
      [
        { orgs: ['*'], recurrence: { weekdays: [1], start: '02:00', durationMinutes: 0 } },
        'recurrence.durationMinutes',
      ],
      [
        {
          orgs: ['*'],
          recurrence: { weekdays: [1], start: '02:00', durationMinutes: 9, timezone: 'Mars/Base' },
        },
        'recurrence.timezone',
      ],
    ];
    for (const [body, field] of wrong) {
      const answer = await api.send<Problem>('POST', '/silences', { reason: 'x', ...body });
      const fields = answer.body.faults?.map((one) => one.field);
      expect([body, answer.status, fields]).toEqual([body, 400, [field]]);
    }
  });
});
