import { expect, it } from '@jest/globals';
import type { Tenant } from '../../src/accounts/tenants.ts';
import type { EventAnswer, List } from '../support/api-shapes.ts';
import { onBothDatabases } from '../support/databases.ts';
import { openWorld, type World } from '../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface ProposalAnswer {
  id: string;
  name: string;
  cron: string | null;
  timezone: string | null;
  servers: string[];
  met: number;
  seen: number;
}

/** Thirty nights of copies, about 02:14 in Berlin; and alarms at any time. */
async function bringHistory(world: World, acme: Tenant, from = 'root@db1.example', body = ''): Promise<void> {
  for (let ago = 29; ago >= 0; ago -= 1) {
    const night = new Date(world.clock.now().getTime() - ago * DAY);
    night.setUTCHours(0, 14 + (ago % 3), 0, 0);
    await world.arrive(acme, {
      subject: `Nightly copy done (${ago} files)`,
      from,
      body: `${body}\n${ago}`,
      at: night,
      door: 'import',
    });
  }
}

onBothDatabases('Proposed schedules', (database) => {
  it('are found in an imported history, and watched as soon as somebody accepts', async () => {
    const world = await openWorld(database, { start: '2026-07-20T23:45:00Z' });
    const acme = await world.addTenant('acme');
    const api = await world.api(acme);
    await bringHistory(world, acme);
    for (let alarm = 1; alarm <= 30; alarm += 1) {
      const at = new Date(world.clock.now().getTime() - ((alarm * alarm * 7919) % 690) * HOUR);
      await world.arrive(acme, {
        subject: `disk full on web${alarm % 2}`,
        body: `${alarm}`,
        at,
        door: 'import',
      });
    }
    // The tenant's first mail by SMTP: from now on silence means something.
    await world.deliver(acme, { subject: 'hello' });
    await world.pass(6 * MINUTE);
    const proposals = await api.get<List<ProposalAnswer>>('/schedules/proposals');
    expect(proposals.body.items).toMatchObject([
      {
        cron: '15 0 * * *',
        timezone: 'UTC',
        met: 30,
        seen: 30,
        falseAlarmsPerMonth: 0,
        confidence: 1,
        count: 30,
        state: 'proposed',
      },
    ]);
    const [proposal] = proposals.body.items;

    const manager = await world.api(acme, 'manager');
    const path = `/schedules/proposals/${proposal?.id}`;
    expect((await manager.send('POST', `${path}/acceptance`)).status).toBe(403);
    const outsider = await world.api(await world.addTenant('other'));
    expect((await outsider.send('POST', `${path}/acceptance`)).status).toBe(404);
    const accepted = await api.send('POST', `${path}/acceptance`);
    expect(accepted).toMatchObject({
      status: 201,
      body: { status: 'ok', cron: '15 0 * * *', source: 'declared', learnedGraceSeconds: expect.any(Number) },
    });
    expect((await api.send('POST', `${path}/refusal`)).status).toBe(409);

    // The mail of the next night does not come: due at 00:15, and its grace is learned.
    await world.pass(95 * MINUTE, 30 * MINUTE);
    expect((await api.get<List<EventAnswer>>('/events?kind=MISSING')).body.items).toEqual([]);
    await world.pass(20 * MINUTE, 10 * MINUTE);
    expect((await api.get<List<EventAnswer>>('/events?kind=MISSING')).body.items).toMatchObject([
      { state: 'open', createdAt: '2026-07-21T01:30:00.000Z' },
    ]);
    // What is watched is not proposed again.
    expect((await api.get<List<ProposalAnswer>>('/schedules/proposals')).body.items).toEqual([]);
  });

  it('are one for each server that sends such mail, and what was refused is not proposed again', async () => {
    const world = await openWorld(database, { start: '2026-07-20T12:00:00Z' });
    const acme = await world.addTenant('acme');
    const api = await world.api(acme);
    await bringHistory(world, acme, 'backup@corp.example', ':svr:db1.corp.example:');
    await bringHistory(world, acme, 'backup@corp.example', ':svr:db2.corp.example:');
    await world.deliver(acme, { subject: 'hello' });
    await world.pass(6 * MINUTE);
    const proposed = async () => (await api.get<List<ProposalAnswer>>('/schedules/proposals')).body.items;
    const first = await proposed();
    expect(first.map(({ servers }) => servers).sort()).toEqual([['db1.corp.example'], ['db2.corp.example']]);
    for (const { id } of first.slice(0, 1)) {
      const refused = await api.send('POST', `/schedules/proposals/${id}/refusal`);
      expect(refused).toMatchObject({ status: 200, body: { state: 'refused', decidedBy: 'token admin' } });
    }
    await world.pass(2 * HOUR);
    expect(await proposed()).toMatchObject([{ id: first[1]?.id }]);
    const accepted = await api.send('POST', `/schedules/proposals/${first[1]?.id}/acceptance`);
    expect(accepted).toMatchObject({ status: 201, body: { servers: first[1]?.servers, status: 'ok' } });
  });
});
