import { expect, it } from '@jest/globals';
import type { Tenant } from '../../src/accounts/tenants.ts';
import type { EventAnswer, List } from '../support/api-shapes.ts';
import { onBothDatabases } from '../support/databases.ts';
import { openWorld, type ApiClient, type World } from '../support/world.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface ScheduleAnswer {
  id: string;
  status: string;
  expectation: string;
  nextDueAt: string | null;
  forecast: string[];
  former: { n: number } | null;
  untaggedCount: number;
  learnedGraceSeconds: number | null;
  usual: { at: string } | null;
  arrivals: string[];
}

async function seed(world: World): Promise<{ acme: Tenant; api: ApiClient }> {
  const acme = await world.addTenant('acme');
  await world.settle();
  return { acme, api: await world.api(acme) };
}

async function schedules(api: ApiClient): Promise<ScheduleAnswer[]> {
  return (await api.get<List<ScheduleAnswer>>('/schedules')).body.items;
}

async function verdicts(api: ApiClient, kind: string): Promise<EventAnswer[]> {
  return (await api.get<List<EventAnswer>>(`/events?kind=${kind}`)).body.items;
}

/** Lets time pass up to an instant in steps that the loops of a real installation would not be slower than. */
async function passUntil(world: World, at: string): Promise<void> {
  await world.pass(Date.parse(at) - world.clock.now().getTime(), HOUR);
}

onBothDatabases('Schedules', (database) => {
  it('at cron times want one mail each, also on the day that is an hour longer', async () => {
    const world = await openWorld(database, { start: '2026-10-24T23:30:00Z' });
    const { acme, api } = await seed(world);
    const declared = await api.send<ScheduleAnswer>('POST', '/schedules', {
      org: 'shop.backup',
      cron: '30 2,4 * * *',
      timezone: 'Europe/Berlin',
      earlySeconds: 3600,
      graceSeconds: 1800,
    });
    expect(declared.status).toBe(201);
    expect(declared.body).toMatchObject({
      status: 'learning',
      expectation: 'at 30 2,4 * * * Europe/Berlin, 1 h early to 30 min late',
      nextDueAt: '2026-10-25T00:30:00.000Z',
    });
    expect(declared.body.forecast.slice(0, 3)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T03:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);

    const mail = { subject: 'backup done :info: :org:shop.backup:' };
    // Half an hour early by the clock on the wall: credited to its time, and to no other.
    await passUntil(world, '2026-10-25T00:00:00Z');
    await world.deliver(acme, mail);
    await passUntil(world, '2026-10-25T03:55:00Z');
    expect(await verdicts(api, 'MISSING')).toEqual([]);
    await passUntil(world, '2026-10-25T04:01:00Z');
    expect(await verdicts(api, 'MISSING')).toMatchObject([
      { state: 'open', createdAt: '2026-10-25T04:00:00.000Z' },
    ]);
    await passUntil(world, '2026-10-25T04:12:00Z');
    await world.deliver(acme, mail);
    await world.pass(MINUTE);
    expect(await verdicts(api, 'MISSING')).toMatchObject([
      { state: 'completed', completion: { by: 'arrival', note: 'arrived 42 min late' } },
    ]);
  });

  it('refuse cron times that are none, and say which', async () => {
    const world = await openWorld(database);
    const { api } = await seed(world);
    const declare = (input: object) =>
      api.send<{ faults?: unknown }>('POST', '/schedules', { org: 'a.b', ...input });
    for (const [input, field] of [
      [{ cron: '61 * * * *', timezone: 'UTC' }, 'cron'],
      [{ cron: '0 0 31 2 *', timezone: 'UTC' }, 'cron'],
      [{ cron: '0 0 * * *', timezone: 'Mars/Phobos' }, 'timezone'],
      [{ cron: '0 0 * * *' }, 'timezone'],
      [{}, 'period'],
    ] as const) {
      const { status, body } = await declare(input);
      expect(status).toBe(400);
      expect(JSON.stringify(body)).toContain(`"${field}"`);
    }
  });

  it('learn their grace and their hour from what comes, and say so', async () => {
    const world = await openWorld(database, { start: '2026-11-15T01:14:00Z' });
    const { acme, api } = await seed(world);
    for (let ago = 13; ago >= 1; ago -= 1) {
      const at = new Date(world.clock.now().getTime() - ago * DAY);
      await world.arrive(acme, { subject: 'dump ok :info: :sched-perday-1/0: :org:shop.db:', at });
    }
    await world.settle();
    await world.pass(MINUTE);
    expect(await schedules(api)).toMatchObject([
      { expectation: '1 ± 0 per day, grace 1 h 15 min (learned)', usual: { at: '01:14' } },
    ]);
    await world.pass(80 * MINUTE, 10 * MINUTE);
    expect(await verdicts(api, 'MISSING')).toMatchObject([{ createdAt: '2026-11-15T02:29:00.000Z' }]);
  });

  it('whose tag changes keep an open alarm until a person confirms the change', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    const tagged = (tag: string) => ({ subject: `x :info: :sched-perhour-${tag}: :org:shop.x:` });
    for (let mail = 0; mail < 3; mail += 1) await world.deliver(acme, { ...tagged('3/0'), body: `${mail}` });
    await world.pass(2 * HOUR);
    expect(await verdicts(api, 'MISSING')).toMatchObject([{ state: 'open' }]);
    await world.deliver(acme, tagged('1/0'));
    await world.pass(5 * MINUTE);
    const [changed] = await schedules(api);
    expect(changed).toMatchObject({ status: 'missing', former: { n: 3 } });
    expect(changed?.expectation).toContain('1 ± 0 per hour');
    const confirmed = await api.send<ScheduleAnswer>('POST', `/schedules/${changed?.id}/confirmation`, {
      accept: true,
    });
    expect(confirmed.body.former).toBeNull();
    await world.pass(MINUTE);
    expect(await verdicts(api, 'MISSING')).toMatchObject([{ state: 'completed' }]);
  });

  it('whose tag disappears stay, and tell of the mails without it', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    await world.deliver(acme, { subject: 'nightly copy :info: :sched-perhour-1/0: :org:shop.copy:' });
    await world.pass(HOUR);
    await world.deliver(acme, { subject: 'nightly copy' });
    await world.pass(10 * MINUTE);
    expect(await schedules(api)).toMatchObject([{ status: 'missing', untaggedCount: 1 }]);
    await world.deliver(acme, { subject: 'nightly copy :info: :sched-perhour-1/0: :org:shop.copy:' });
    await world.pass(MINUTE);
    expect(await schedules(api)).toMatchObject([{ status: 'ok', untaggedCount: 0 }]);
  });

  it('count a mail once, however often and by whatever door it comes', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    const mail = {
      subject: 'copy :info: :sched-perhour-1/0: :org:shop.c:',
      messageId: '<copy-1@shop.example>',
    };
    await world.deliver(acme, mail);
    await world.deliver(acme, mail);
    await world.deliver(acme, { ...mail, door: 'lmtp' });
    await world.pass(10 * MINUTE);
    expect(await verdicts(api, 'EXTRA')).toEqual([]);
    expect((await schedules(api)).map(({ arrivals }) => arrivals)).toEqual([[expect.any(String)]]);
  });

  it('stay one stream when the org of their mails is learnt later', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    const mail = { subject: 'copy of db7 :info: :sched-perhour-1/0:', from: 'copy@db7.example' };
    await world.deliver(acme, mail);
    const [first] = (await api.get<List<{ id: string }>>('/mses')).body.items;
    await api.send('PATCH', `/mses/${first?.id}`, { org: 'shop.data' });
    await world.pass(HOUR);
    await world.deliver(acme, mail);
    await world.pass(10 * MINUTE);
    expect(await schedules(api)).toMatchObject([{ status: 'ok' }]);
    expect(await verdicts(api, 'MISSING')).toEqual([]);
  });

  it('are merged when a server was renamed: the old name counts for the new one', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    const from = (server: string) => ({
      subject: `copy :info: :sched-perhour-1/0: :org:shop.c: :svr:${server}:`,
    });
    await world.deliver(acme, from('old1'));
    await world.pass(HOUR);
    await world.deliver(acme, from('new1'));
    await world.pass(10 * MINUTE);
    const [missing, learning] = await schedules(api);
    expect([missing?.status, learning?.status]).toEqual(['missing', 'learning']);
    const merged = await api.send<ScheduleAnswer>('POST', `/schedules/${missing?.id}/merge`, {
      into: learning?.id,
    });
    expect(merged.status).toBe(200);
    await world.pass(MINUTE);
    expect(await schedules(api)).toMatchObject([{ id: learning?.id, status: 'ok' }]);
    expect(await verdicts(api, 'MISSING')).toMatchObject([{ state: 'completed' }]);
    await world.pass(49 * MINUTE);
    await world.deliver(acme, from('old1'));
    await world.pass(10 * MINUTE);
    expect(await schedules(api)).toMatchObject([{ status: 'ok' }]);
    const same = await api.send('POST', `/schedules/${learning?.id}/merge`, { into: learning?.id });
    expect(same.status).toBe(400);
  });
});
