import { expect, it } from '@jest/globals';
import type { EventAnswer, List } from '../support/api-shapes.ts';
import { onBothDatabases } from '../support/databases.ts';
import { useMailSink } from '../support/mail-sink.ts';
import { addGroup, type Told } from '../support/team.ts';
import { openWorld } from '../support/world.ts';

const MINUTE = 60_000;

const sink = useMailSink();

onBothDatabases('New events', (database) => {
  /** At 22:07 in Berlin; Ana responds to the shop, Bo is interested in it. */
  async function seed() {
    const world = await openWorld(database, {
      start: '2026-11-21T21:07:00Z',
      settings: {
        ...sink.settings,
        DATAMER_PUBLIC_URL: 'http://pager.example',
      },
    });
    const acme = await world.addTenant('acme');
    const api = await world.api(acme);
    const subscribe = async (name: string, told: Told) => {
      const user = await world.addUser(acme, name);
      await addGroup(api, name, [user.id], told);
      return user;
    };
    const timeline = async (id: string | undefined) =>
      (await api.get<{ timeline: { what: string; why: string | null }[] }>(`/events/${id}`)).body.timeline;
    const events = async () => (await api.get<List<EventAnswer>>('/events?limit=500')).body.items;
    const to = (name: string) => sink.mailsTo(name);
    return { world, acme, api, subscribe, timeline, events, to };
  }

  it('are told to responders at once and once, to the interested in a digest, to others never', async () => {
    const { world, acme, subscribe, events, to } = await seed();
    await subscribe('ana', { pattern: 'shop.*', level: 'responder' });
    await subscribe('bo', { pattern: 'shop.*', level: 'interested' });
    await subscribe('cy', { pattern: 'bank.*', level: 'responder' });
    await subscribe('di', { pattern: 'shop.*', level: 'responder', severityFloor: 'critical' });
    const mail = { subject: 'PROBLEM: disk full on db1 :warn: :org:shop.db: :svr:db1:' };
    await world.deliver(acme, mail);
    await world.deliver(acme, { ...mail, body: 'again' });
    expect(sink.mails).toEqual([]);
    await world.tell();
    const [event] = await events();
    expect(sink.mails.map((sent) => sent.to)).toEqual(['ana@acme.example']);
    const [told] = to('ana');
    expect(told?.parsed.subject).toBe(`[warn] FAILED: PROBLEM: disk full on db1 (shop.db) #${event?.number}`);
    expect(told?.parsed.text).toContain(`http://pager.example/events/${event?.id}`);
    await world.pass(9 * MINUTE);
    expect(to('bo')).toHaveLength(1);
    expect(to('bo')[0]?.parsed.subject).toBe(`[digest] 1 open: PROBLEM: disk full on db1 #${event?.number}`);
    expect(sink.mails).toHaveLength(2);
  });

  it('are told in the words of their latest mail, which are text and nothing else', async () => {
    const { world, acme, subscribe, to } = await seed();
    await subscribe('ana', { pattern: 'shop.*', level: 'responder' });
    const mail = { subject: 'PROBLEM: disk full on db1 :warn: :org:shop.db: :svr:db1:' };
    await world.deliver(acme, { ...mail, body: 'Disk /var is 91 % full' });
    world.clock.advance(1000);
    await world.raise(acme, {
      ...mail,
      body: ':sched-perday-1/0:\nDisk /var is <b>97 %</b> full\n-- \nmon1',
    });
    const [told] = to('ana');
    expect(told?.parsed.text).toContain('The mail says:\n  | Disk /var is <b>97 %</b> full\n\n');
    expect(told?.parsed.html).toContain('Disk /var is &lt;b&gt;97 %&lt;/b&gt; full</p>');
    expect(told?.parsed.text).not.toMatch(/91 %|mon1/);
  });

  it('that recover before the digest are not worth one', async () => {
    const { world, acme, subscribe } = await seed();
    await subscribe('bo', { pattern: 'shop.*', level: 'interested' });
    await world.deliver(acme, { subject: 'PROBLEM: http is down :org:shop.web: :svr:web1: :critical:' });
    await world.deliver(acme, { subject: 'RECOVERY: http is up :org:shop.web: :svr:web1: :critical:' });
    await world.pass(20 * MINUTE);
    expect(sink.mails).toEqual([]);
  });

  it('wait for the end of quiet hours, unless they are critical, and the timeline says so', async () => {
    const { world, acme, subscribe, events, timeline, to } = await seed();
    const quietHours = { from: '22:00', to: '22:30', timezone: 'Europe/Berlin' };
    await subscribe('ana', { pattern: 'shop.*', level: 'responder', quietHours });
    await world.deliver(acme, { subject: 'PROBLEM: disk full :warn: :org:shop.db: :svr:db1:' });
    await world.tell();
    expect(to('ana')).toEqual([]);
    const [held] = await events();
    const rows = await timeline(held?.id);
    expect(rows.find(({ what }) => what === 'notice held')?.why).toContain(
      'ana: quiet hours, told at 21:30 UTC',
    );
    await world.deliver(acme, { subject: 'PROBLEM: payment is down :critical: :org:shop.pay: :svr:pay1:' });
    await world.tell();
    expect(to('ana')).toHaveLength(1);
    expect(to('ana')[0]?.parsed.subject).toContain('[critical]');
    await world.pass(24 * MINUTE);
    expect(to('ana')).toHaveLength(2);
    expect(to('ana')[1]?.parsed.text).toContain('disk full');
  });

  it('of a storm are one notice at once, then one each five minutes in the same thread, and what is worse at once', async () => {
    const { world, acme, subscribe, events, timeline, to } = await seed();
    await subscribe('ana', { pattern: 'shop.*', level: 'responder' });
    const trouble = (index: number, level = 'warn') => ({
      subject: `PROBLEM: trouble ${index} of its own :${level}: :org:shop.part${index}.team: :svr:h${index}.part${index}.example:`,
    });
    for (let index = 0; index < 60; index += 1) await world.arrive(acme, trouble(index));
    await world.tell();
    const opened = (await events()).length;
    expect(opened).toBeGreaterThan(15);
    expect(to('ana')).toHaveLength(1);
    const [first] = to('ana');
    expect(first?.parsed.subject).toMatch(
      new RegExp(
        `^\\[warn\\] ${opened} new events: FAILED PROBLEM: trouble \\d+ of its own \\(shop.*\\) #\\d+$`,
      ),
    );
    expect(first?.parsed.text?.match(/\/events\/[0-9a-f-]{36}$/gm)).toHaveLength(50);
    expect(first?.parsed.text).toContain(`and ${opened - 50} more`);

    for (let index = 60; index < 65; index += 1) await world.arrive(acme, trouble(index));
    await world.tell();
    expect(to('ana')).toHaveLength(1);
    const [later] = await events();
    expect((await timeline(later?.id)).find(({ what }) => what === 'notice held')?.why).toMatch(
      /^ana: one of a storm, told at 21:12 UTC$/,
    );
    await world.deliver(acme, trouble(99, 'critical'));
    await world.tell();
    expect(to('ana')).toHaveLength(2);
    expect(to('ana')[1]?.parsed.subject).toMatch(/^\[critical\] 1 more event: .*trouble 99/);

    await world.pass(5 * MINUTE);
    expect(to('ana')).toHaveLength(3);
    expect(to('ana')[2]?.parsed.subject).toMatch(/^\[warn\] \d more events: /);
    expect(to('ana')[1]?.parsed.inReplyTo).toBe(first?.parsed.messageId);
    expect(to('ana')[2]?.parsed.references).toContain(to('ana')[1]?.parsed.messageId);

    await world.pass(30 * MINUTE);
    await world.deliver(acme, trouble(100));
    await world.tell();
    expect(to('ana')).toHaveLength(4);
    expect(to('ana')[3]?.parsed.subject).toContain('[warn] FAILED: PROBLEM: trouble 100');
  });

  it('that trickle in are so many notices as the tenant says, and the rest is one list', async () => {
    const { world, acme, api, subscribe, to } = await seed();
    await subscribe('ana', { pattern: 'shop.*', level: 'responder' });
    expect((await api.send('PATCH', '/tenant', { noticeLimit: 3 })).status).toBe(200);
    for (let index = 0; index < 5; index += 1) {
      const subject = `PROBLEM: trouble ${index} of its own :warn: :org:shop.part${index}.team: :svr:h${index}.part${index}.example:`;
      await world.deliver(acme, { subject });
      await world.tell();
    }
    expect(to('ana')).toHaveLength(3);
    await world.pass(9 * MINUTE);
    expect(to('ana')).toHaveLength(4);
    expect(to('ana')[3]?.parsed.subject).toContain('[digest] 2 open');
  });

  it("that end by themselves are told to who has them, and a person's completing tells nobody", async () => {
    const { world, acme, api, subscribe, events, to } = await seed();
    await subscribe('ana', { pattern: 'bank.*', level: 'responder' });
    const bo = await world.addUser(acme, 'bo');
    const ben = await world.addUser(acme, 'ben');
    const say = (word: string) =>
      world.deliver(acme, { subject: `${word}: http :org:shop.web: :svr:web1: :critical:` });
    await say('PROBLEM');
    const [event] = await events();
    const act = async (path: string, body: object) => {
      const { version } = (await api.get<EventAnswer>(`/events/${event?.id}`)).body;
      expect((await api.send('POST', `/events/${event?.id}/${path}`, { ...body, version })).status).toBe(200);
    };
    await act('assignment', { user: ben.id });
    await act('assignment', { user: bo.id });
    await world.tell();
    const [given, taken] = to('ben').sort((one, other) =>
      (one.parsed.subject ?? '') < (other.parsed.subject ?? '') ? -1 : 1,
    );
    expect(given?.parsed.subject).toContain('[critical] assigned to you');
    expect(taken?.parsed.subject).toContain('[critical] no longer yours: FAILED');
    expect(taken?.parsed.text).toContain('bo has it now');
    await say('RECOVERY');
    await world.tell();
    expect(to('bo')[1]?.parsed.subject).toContain('[critical] recovered: FAILED');
    expect(to('bo')).toHaveLength(2);
    await world.pass(30 * MINUTE);
    await say('PROBLEM');
    await world.tell();
    const before = sink.mails.length;
    await act('completion', { note: 'done' });
    await world.tell();
    expect(sink.mails).toHaveLength(before);
  });

  it('are told again when they get worse, and not when they were told as bad as they are', async () => {
    const { world, acme, subscribe, to } = await seed();
    await subscribe('ana', { pattern: 'shop.*', level: 'responder' });
    const say = (level: string, subject: string) =>
      world.deliver(acme, { subject: `${subject} :${level}: :org:shop.db: :svr:db1:` });
    await say('warn', 'PROBLEM: disk fills');
    await world.tell();
    world.clock.advance(2000);
    await say('critical', 'PROBLEM: disk fills');
    await world.tell();
    expect(to('ana').map(({ parsed }) => parsed.subject?.slice(0, 30))).toEqual([
      '[warn] FAILED: PROBLEM: disk f',
      '[critical] FAILED got worse: P',
    ]);
    await say('warn', 'PROBLEM: disk fills');
    await world.tell();
    expect(to('ana')).toHaveLength(2);
  });

  it('of mail that is older than a day are no news: a mailbox with a history floods nobody', async () => {
    const { world, acme, subscribe, events } = await seed();
    await subscribe('ana', { pattern: 'shop.*', level: 'responder' });
    const at = new Date(world.clock.now().getTime() - 25 * 60 * MINUTE);
    await world.deliver(acme, { subject: 'PROBLEM: disk full :warn: :org:shop.db: :svr:db1:', at });
    expect(await events()).toHaveLength(1);
    await world.pass(16 * MINUTE);
    expect(sink.mails).toEqual([]);
  });

  it('are told again when they come back later, and not when they flap', async () => {
    const { world, acme, subscribe, to } = await seed();
    await subscribe('ana', { pattern: 'shop.*', level: 'responder' });
    const say = (word: string) =>
      world.deliver(acme, { subject: `${word}: http :org:shop.web: :svr:web1: :critical:` });
    await say('PROBLEM');
    await say('RECOVERY');
    await say('PROBLEM');
    await world.tell();
    expect(to('ana')).toHaveLength(1);
    await say('RECOVERY');
    await world.pass(30 * MINUTE);
    await say('PROBLEM');
    await world.tell();
    expect(to('ana')).toHaveLength(2);
    expect(to('ana')[1]?.parsed.subject).toContain('FAILED again');
  });

  it('are not told again at once to who has just seen them in a list', async () => {
    const { world, acme, subscribe, to } = await seed();
    await subscribe('ana', { pattern: 'shop.*', level: 'responder' });
    const say = (word: string, part: number) =>
      world.arrive(acme, {
        subject: `${word}: http :org:shop.p${part}.x: :svr:h${part}.p${part}.example: :critical:`,
      });
    for (const part of [1, 2, 3, 4, 5]) await say('PROBLEM', part);
    await world.tell();
    expect(to('ana')).toHaveLength(1);
    await say('RECOVERY', 4);
    await world.tell();
    await say('PROBLEM', 4);
    await world.tell();
    expect(to('ana')).toHaveLength(1);
    await say('RECOVERY', 4);
    await world.pass(11 * MINUTE);
    await say('PROBLEM', 4);
    await world.tell();
    expect(to('ana')).toHaveLength(2);
  });
});
