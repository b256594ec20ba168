import { expect, it } from '@jest/globals';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Tenant } from '../../src/accounts/tenants.ts';
import { importHistory } from '../../src/app/import-history.ts';
import { DAY, HOUR, MINUTE } from '../../src/kernel/clock.ts';
import type { EventAnswer, List } from '../support/api-shapes.ts';
import { onBothDatabases } from '../support/databases.ts';
import { openWorld, type ApiClient, type World } from '../support/world.ts';

interface JobAnswer {
  id: string;
  name: string;
  org: string | null;
  status: string;
  usualSeconds: number | null;
  overlaps: number;
  runs: {
    startedAt: string | null;
    finishedAt: string | null;
    seconds: number | null;
    outcome: string | null;
    note: string | null;
  }[];
}

const ORG = ':info: :org:shop.backup:';
const STARTED = `Backup of db1 started ${ORG}`;
const FINISHED = `Backup of db1 finished successfully ${ORG}`;

async function seed(world: World): Promise<{ acme: Tenant; api: ApiClient }> {
  const acme = await world.addTenant('acme');
  await world.settle();
  return { acme, api: await world.api(acme) };
}

/** Of past days: each started at this hour and took 20 minutes. */
async function haveRun(world: World, acme: Tenant, days: number): Promise<void> {
  for (let ago = days; ago >= 1; ago -= 1) {
    const at = world.clock.now().getTime() - ago * DAY;
    await world.arrive(acme, { subject: STARTED, at: new Date(at) });
    await world.arrive(acme, { subject: FINISHED, at: new Date(at + 20 * MINUTE) });
  }
  await world.settle();
}

async function jobs(api: ApiClient): Promise<JobAnswer[]> {
  const { items } = (await api.get<List<{ id: string }>>('/jobs')).body;
  return Promise.all(items.map(async ({ id }) => (await api.get<JobAnswer>(`/jobs/${id}`)).body));
}

async function missing(api: ApiClient): Promise<EventAnswer[]> {
  return (await api.get<List<EventAnswer>>('/events?kind=MISSING')).body.items;
}

onBothDatabases('Runs of a job', (database) => {
  it('are known by their start and their end, and ask for nobody', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    await world.deliver(acme, { subject: STARTED });
    // What has never ended may be anything.
    expect(await jobs(api)).toEqual([]);
    await world.pass(20 * MINUTE);
    await world.deliver(acme, { subject: FINISHED });
    expect(await jobs(api)).toMatchObject([
      {
        name: 'Backup of db1',
        org: 'shop.backup',
        status: 'ok',
        usualSeconds: null,
        runs: [{ seconds: 1200, outcome: 'success' }],
      },
    ]);
    await haveRun(world, acme, 4);
    expect(await jobs(api)).toMatchObject([{ usualSeconds: 1200 }]);
    await world.deliver(acme, { subject: STARTED });
    await world.pass(12 * MINUTE);
    expect(await jobs(api)).toMatchObject([{ status: 'running' }]);
    expect((await api.get<List<EventAnswer>>('/events?state=open')).body.items).toEqual([]);
    // A stranger's backups are no business of this tenant.
    const other = await world.addTenant('other');
    expect((await (await world.api(other)).get<List<unknown>>('/jobs')).body.items).toEqual([]);
  });

  it('that take four times as long as usual are told of, and end with how long they took', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    await haveRun(world, acme, 6);
    const startedAt = world.clock.now().getTime();
    await world.deliver(acme, { subject: STARTED });
    await world.pass(79 * MINUTE, 79 * MINUTE);
    expect(await missing(api)).toEqual([]);
    await world.pass(3 * MINUTE);
    const [event] = await missing(api);
    expect(event).toMatchObject({
      state: 'open',
      severity: 'warn',
      org: 'shop.backup',
      title: 'Backup of db1 is still running after 1 h 20 min, usually 20 min',
      createdAt: new Date(startedAt + 80 * MINUTE).toISOString(),
    });
    expect(await jobs(api)).toMatchObject([{ status: 'overdue' }]);
    await world.pass(20 * MINUTE);
    await world.deliver(acme, { subject: FINISHED });
    expect(await missing(api)).toMatchObject([
      {
        state: 'completed',
        completion: { by: 'arrival', note: 'took 1 h 42 min, five times as long as usual' },
      },
    ]);
    const [job] = await jobs(api);
    expect(job).toMatchObject({ status: 'ok', usualSeconds: 1200 });
    expect(job?.runs[0]).toMatchObject({ seconds: 6120, note: 'five times as long as usual' });
    await world.pass(HOUR, HOUR);
    expect(await missing(api)).toHaveLength(1);
  });

  it('are not overdue by an outage of DaTamer', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    await haveRun(world, acme, 6);
    const sentAt = world.clock.now().getTime() + 21 * MINUTE;
    await world.deliver(acme, { subject: STARTED });
    await world.pass(2 * MINUTE);
    // Nothing runs; the sender queues its mail, and delivers it when it tries again.
    world.clock.advance(3 * HOUR);
    await world.settle();
    await world.pass(10 * MINUTE);
    expect(await missing(api)).toEqual([]);
    await world.deliver(acme, { subject: FINISHED, headers: [`Date: ${new Date(sentAt).toUTCString()}`] });
    await world.pass(70 * MINUTE, 70 * MINUTE);
    expect(await missing(api)).toEqual([]);
    expect((await jobs(api))[0]?.status).toBe('ok');
  });

  it('whose end was lost are told of once; the next run that ends well ends that', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    await haveRun(world, acme, 6);
    await world.deliver(acme, { subject: STARTED });
    await world.pass(90 * MINUTE, 30 * MINUTE);
    expect(await missing(api)).toMatchObject([{ state: 'open' }]);
    await world.deliver(acme, { subject: STARTED });
    expect(await jobs(api)).toMatchObject([{ overlaps: 1, status: 'overdue' }]);
    await world.pass(20 * MINUTE);
    await world.deliver(acme, { subject: FINISHED });
    expect(await missing(api)).toMatchObject([{ state: 'completed' }]);
    const [job] = await jobs(api);
    expect(job?.runs.slice(0, 2)).toMatchObject([
      { seconds: 1200 },
      { seconds: null, note: 'never told of its end' },
    ]);
    await world.deliver(acme, { subject: FINISHED, body: 'once more' });
    expect((await jobs(api))[0]?.runs[0]).toMatchObject({ startedAt: null, note: 'its start was not told' });
    await world.pass(HOUR, HOUR);
    expect(await missing(api)).toHaveLength(1);
  });

  it('come with a history, and what never ended in it is told by its own time', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'datamer-runs-'));
    const until = world.clock.now();
    const add = (subject: string, hoursAgo: number, minutes = 0) => {
      const at = new Date(until.getTime() - hoursAgo * HOUR + minutes * MINUTE);
      const { raw } = world.write(acme, { subject }, at);
      fs.writeFileSync(path.join(folder, `${at.getTime()}.eml`), raw);
      return at;
    };
    for (let day = 8; day >= 2; day -= 1) {
      add(STARTED, day * 24);
      add(FINISHED, day * 24, day === 3 ? 100 : 20);
    }
    const lost = add(STARTED, 24);
    const options = {
      tenant: acme,
      paths: [folder],
      corrections: new Map(),
      until,
      onProgress: () => undefined,
    };
    await importHistory(world.parts, options);
    fs.rmSync(folder, { recursive: true });
    const [job] = await jobs(api);
    expect(job).toMatchObject({ usualSeconds: 1200, overlaps: 0, status: 'overdue' });
    // Over before anybody looked: shown, and no event of its own.
    expect(job?.runs[2]).toMatchObject({ seconds: 6000, note: 'five times as long as usual' });
    expect(await missing(api)).toMatchObject([
      { state: 'open', createdAt: new Date(lost.getTime() + 80 * MINUTE).toISOString() },
    ]);
  });

  it('that fail reopen what their start had opened, under its own name', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    await haveRun(world, acme, 5);
    await world.deliver(acme, { subject: STARTED });
    await world.pass(MINUTE);
    await world.deliver(acme, { subject: `Backup of db1 failed :warn: :org:shop.backup:` });
    const open = (await api.get<List<EventAnswer>>('/events?state=open')).body.items;
    expect(open).toMatchObject([{ title: 'Backup of db1 failed', severity: 'warn' }]);
    expect(await jobs(api)).toMatchObject([{ status: 'failed', usualSeconds: 1200 }]);
  });
});
