import { expect, it } from '@jest/globals';
import type { Tenant } from '../../src/accounts/tenants.ts';
import { acrossTenants } from '../../src/db/transaction.ts';
import type { EventAnswer, List } from '../support/api-shapes.ts';
import { onBothDatabases } from '../support/databases.ts';
import { openWorld, type ApiClient, type World } from '../support/world.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const BACKUP = 'backup ok :info: :sched-perhour-1/0: :org:shop.backup: :svr:bak1';

interface ScheduleAnswer {
  id: string;
  name: string;
  status: string;
  nextDueAt: string | null;
  eventId: string | null;
  expectation: string;
}

async function verdicts(api: ApiClient, kind: string): Promise<EventAnswer[]> {
  return (await api.get<List<EventAnswer>>(`/events?kind=${kind}`)).body.items;
}

async function schedules(api: ApiClient): Promise<ScheduleAnswer[]> {
  return (await api.get<List<ScheduleAnswer>>('/schedules')).body.items;
}

async function seed(world: World): Promise<{ acme: Tenant; api: ApiClient }> {
  const acme = await world.addTenant('acme');
  await world.settle();
  return { acme, api: await world.api(acme) };
}

onBothDatabases('The watchdog', (database) => {
  it('opens MISSING when the grace has run out, and completes it with how late the mail was', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    await world.deliver(acme, { subject: BACKUP });
    const firstAt = world.clock.now().getTime();
    expect(await schedules(api)).toMatchObject([
      { status: 'learning', expectation: '1 ± 0 per hour, grace 6 min' },
    ]);

    await world.pass(HOUR + 5 * MINUTE);
    expect(await verdicts(api, 'MISSING')).toEqual([]);
    await world.pass(2 * MINUTE);
    const [missing] = await verdicts(api, 'MISSING');
    expect(missing).toMatchObject({
      state: 'open',
      severity: 'warn',
      org: 'shop.backup',
      servers: ['bak1'],
      createdAt: new Date(firstAt + HOUR + 6 * MINUTE).toISOString(),
    });
    expect(await schedules(api)).toMatchObject([{ status: 'missing', eventId: missing?.id }]);

    await world.pass(35 * MINUTE);
    await world.deliver(acme, { subject: BACKUP });
    expect(await verdicts(api, 'MISSING')).toMatchObject([{ state: 'open' }]);
    // Judged once the doors are known to have been read past the arrival.
    await world.pass(MINUTE);
    const [completed] = await verdicts(api, 'MISSING');
    expect(completed).toMatchObject({
      state: 'completed',
      completedAt: new Date(firstAt + HOUR + 42 * MINUTE).toISOString(),
    });
    expect(completed?.completion).toEqual({ by: 'arrival', note: 'arrived 42 min late' });
    expect(await schedules(api)).toMatchObject([{ status: 'ok' }]);

    await world.pass(HOUR + MINUTE);
    expect(await schedules(api)).toMatchObject([{ status: 'late' }]);
    await world.deliver(acme, { subject: BACKUP });
    expect(await schedules(api)).toMatchObject([{ status: 'ok' }]);
  });

  it('is critical when the mails of the stream are critical', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    await world.deliver(acme, { subject: 'heartbeat :critical: :sched-perminute-1: :org:shop.pay:' });
    await world.pass(2 * MINUTE);
    expect(await verdicts(api, 'MISSING')).toMatchObject([{ severity: 'critical' }]);
  });

  it('opens EXTRA for too many, and completes it when the window has room again', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    for (let hour = 0; hour < 3; hour += 1) {
      await world.deliver(acme, { subject: BACKUP });
      await world.pass(HOUR);
    }
    await world.deliver(acme, { subject: BACKUP });
    await world.pass(10 * MINUTE);
    await world.deliver(acme, { subject: BACKUP, body: 'a second one' });
    await world.pass(7 * MINUTE);
    expect(await verdicts(api, 'EXTRA')).toMatchObject([{ state: 'open' }]);
    expect(await schedules(api)).toMatchObject([{ status: 'extra' }]);
    await world.pass(43 * MINUTE);
    await world.deliver(acme, { subject: BACKUP });
    await world.pass(15 * MINUTE);
    expect(await verdicts(api, 'EXTRA')).toMatchObject([
      { state: 'completed', completion: { note: 'back in range after 1 h' } },
    ]);
  });

  it('keeps 150 punctual streams silent through a six-hour outage, and finds the three that really stopped', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    const heartbeat = (stream: number): string => `check :sched-perhour-1/0: :org:shop.s${stream}:`;
    const hour = async (streams: number[], at: Date, sentAt: Date): Promise<void> => {
      await Promise.all(
        streams.map((stream) => {
          const headers = [`Date: ${new Date(sentAt.getTime() + (stream % 50) * SECOND).toUTCString()}`];
          const messageId = `<${stream}-${sentAt.toISOString()}@x>`;
          return world.arrive(acme, { subject: heartbeat(stream), at, headers, messageId });
        }),
      );
      await world.settle();
    };
    const all = Array.from({ length: 150 }, (_, stream) => stream);
    const alive = all.slice(3);
    for (let turn = 0; turn < 3; turn += 1) {
      await hour(all, world.clock.now(), world.clock.now());
      await world.pass(HOUR);
    }
    const shutAt = world.clock.now().getTime();
    // Nothing runs; the senders of 147 streams queue their mails and deliver them when the door is open again.
    world.clock.advance(6 * HOUR);
    await world.settle();
    for (let turn = 0; turn < 6; turn += 1) {
      world.clock.advance(SECOND);
      await hour(alive, world.clock.now(), new Date(shutAt + turn * HOUR));
    }
    for (let turn = 0; turn < 2; turn += 1) {
      await hour(alive, world.clock.now(), world.clock.now());
      await world.pass(HOUR);
    }
    const missing = await verdicts(api, 'MISSING');
    expect(missing.map(({ org }) => org).sort()).toEqual(['shop.s0', 'shop.s1', 'shop.s2']);
    // Back-dated to when the grace ran out: neither the outage nor the time that senders take to retry counts.
    const settledAt = shutAt + 6 * HOUR + 70 * MINUTE;
    for (const { createdAt } of missing) {
      expect(Date.parse(createdAt)).toBeGreaterThan(settledAt + 5 * MINUTE);
      expect(Date.parse(createdAt)).toBeLessThan(settledAt + 7 * MINUTE);
    }
    expect(await verdicts(api, 'EXTRA')).toEqual([]);
  });

  it('judges a schedule that was declared by hand, pauses and resumes it', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    const input = { org: 'shop.report', period: 'hour', n: 1, graceSeconds: 60, name: 'hourly report' };
    const declared = await api.send<ScheduleAnswer>('POST', '/schedules', input);
    expect(declared.status).toBe(201);
    await world.pass(30 * MINUTE);
    await world.deliver(acme, { subject: 'the report :org:shop.report:' });
    await world.pass(59 * MINUTE);
    expect(await verdicts(api, 'MISSING')).toEqual([]);
    await world.pass(3 * MINUTE);
    const [missing] = await verdicts(api, 'MISSING');
    expect(missing?.state).toBe('open');
    expect(missing?.title).toContain('hourly report');
    const paused = await api.send<ScheduleAnswer>('PATCH', `/schedules/${declared.body.id}`, {
      isPaused: true,
    });
    expect(paused.body).toMatchObject({ status: 'paused' });
    expect(await verdicts(api, 'MISSING')).toMatchObject([{ state: 'completed' }]);
    await world.pass(5 * HOUR);
    await api.send('PATCH', `/schedules/${declared.body.id}`, { isPaused: false });
    await world.pass(30 * SECOND);
    expect(await verdicts(api, 'MISSING')).toHaveLength(1);
    await world.pass(2 * MINUTE);
    expect(await verdicts(api, 'MISSING')).toHaveLength(2);
  });

  it('comes to one verdict when the machine dies in the middle of it, sleeps, or its clock is set back', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    const run = (sql: string) =>
      acrossTenants(world.parts.database.dataSource, async (tx) => {
        for (const statement of sql.split(';;')) await tx.query(statement);
      });
    await world.deliver(acme, { subject: BACKUP });
    await world.pass(HOUR);
    // The event is written, and the note that it was written is not.
    await run(`create function dies() returns trigger language plpgsql as $$ begin raise 'died'; end $$;;
      create trigger dies before update of breach_event_id on streams for each row
        when (new.breach_event_id is not null) execute function dies()`);
    await expect(world.pass(10 * MINUTE)).rejects.toThrow('died');
    await run('drop trigger dies on streams;; drop function dies');
    expect(await verdicts(api, 'MISSING')).toEqual([]);
    await world.pass(MINUTE);
    const [missing, ...others] = await verdicts(api, 'MISSING');
    expect(missing?.state).toBe('open');
    expect(others).toEqual([]);

    world.clock.advance(-30 * MINUTE);
    await world.pass(20 * MINUTE);
    expect(await verdicts(api, 'MISSING')).toHaveLength(1);
    await world.deliver(acme, { subject: BACKUP });
    await world.pass(30 * MINUTE);
    expect(await verdicts(api, 'MISSING')).toMatchObject([{ state: 'completed' }]);
    // Asleep for a day: nothing could come in.
    world.clock.advance(24 * HOUR);
    await world.pass(MINUTE);
    expect(await verdicts(api, 'MISSING')).toHaveLength(1);
    await world.pass(3 * HOUR);
    expect(await verdicts(api, 'MISSING')).toHaveLength(2);
  });

  it('takes a later mail with another N/V as the new expectation', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    await world.deliver(acme, { subject: 'x :sched-perhour-1/0: :org:shop.x:' });
    await world.deliver(acme, { subject: 'x :sched-perhour-3/2: :org:shop.x:' });
    expect(await schedules(api)).toMatchObject([{ expectation: '3 ± 2 per hour, grace 2 min' }]);
  });

  it('judges nothing beyond a mailbox that is not read: one BLIND event, and verdicts wait', async () => {
    const world = await openWorld(database, { settings: { DATAMER_SMTP_PORT: 'off' } });
    const { acme, api } = await seed(world);
    const mailbox = {
      host: '127.0.0.1',
      port: 1,
      isTls: false,
      username: 'u',
      password: 'p',
      folder: 'INBOX',
    };
    await api.send('POST', '/mailboxes', mailbox);
    await api.send('POST', '/mailboxes', { ...mailbox, username: 'v' });
    await world.deliver(acme, { subject: BACKUP, door: 'import' });
    await world.pass(50 * SECOND, 5 * SECOND);
    expect(await verdicts(api, 'BLIND')).toEqual([]);
    await world.pass(70 * SECOND, 5 * SECOND);
    expect(await verdicts(api, 'BLIND')).toMatchObject([{ state: 'open', severity: 'critical' }]);
    await world.pass(3 * HOUR);
    expect(await verdicts(api, 'MISSING')).toEqual([]);
    expect(await verdicts(api, 'BLIND')).toHaveLength(1);
    for (const { id } of (await api.get<List<{ id: string }>>('/mailboxes')).body.items) {
      await api.send('PATCH', `/mailboxes/${id}`, { isPaused: true });
    }
    await world.pass(10 * SECOND, 5 * SECOND);
    expect(await verdicts(api, 'BLIND')).toMatchObject([{ state: 'completed' }]);
  });
});
