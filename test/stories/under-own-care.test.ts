import { afterEach, expect, it, jest } from '@jest/globals';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { listMemberships } from '../../src/accounts/users.ts';
import { addTenant, getTenant, type Tenant } from '../../src/accounts/tenants.ts';
import { listJobs } from '../../src/app/jobs/list-jobs.ts';
import { ensureOwnTenant } from '../../src/app/own-tenant.ts';
import { readBackup, writeBackup } from '../../src/db/backup.ts';
import { acrossTenants, oneRow } from '../../src/db/transaction.ts';
import type { OpenDoor } from '../../src/inbound/smtp/smtp-door.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/kernel/clock.ts';
import type { LoopHealth } from '../../src/kernel/loop.ts';
import type { UserId } from '../../src/kernel/ids.ts';
import type { EventAnswer, List, MseAnswer } from '../support/api-shapes.ts';
import { onBothDatabases, type TestDatabase } from '../support/databases.ts';
import { useSmtpDoors } from '../support/smtp-doors.ts';
import { openWorld, type ApiClient, type World } from '../support/world.ts';

const doors = useSmtpDoors();
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Care {
  world: World;
  own: Tenant;
  api: ApiClient;
  /** Loops that hang from now on. */
  stuck: Set<string>;
  door: OpenDoor;
}

/** An installation whose doors are real, and whose loops run by hand. */
async function begin(database: TestDatabase, settings: Record<string, string> = {}): Promise<Care> {
  const world = await openWorld(database, { settings });
  const { parts, clock } = world;
  const { dataSource } = parts.database;
  const door = await doors.open(world);
  if (parts.hasSmtpDoor) parts.selfWatch.addDoor({ kind: 'smtp', port: door.port, isTls: false });
  const stuck = new Set<string>();
  const ranAt = new Map<string, Date>();
  const loops = (): LoopHealth[] =>
    listJobs(parts).map(({ name, everyMs }) => {
      const lastRunAt = stuck.has(name) ? (ranAt.get(name) ?? clock.now()) : clock.now();
      ranAt.set(name, lastRunAt);
      return { name, everyMs, startedAt: lastRunAt, lastRunAt, lastError: null, failures: 0 };
    });
  const { id } = await ensureOwnTenant(dataSource, parts.secretKey, clock.now());
  const own = await acrossTenants(dataSource, (tx) => getTenant(tx, id));
  parts.selfWatch.open({ id, address: await addressOf(world) }, loops);
  clock.advance(30 * SECOND);
  return { world, own, api: await world.api(own), stuck, door };
}

async function addressOf(world: World): Promise<string> {
  const { parts, clock } = world;
  return (await ensureOwnTenant(parts.database.dataSource, parts.secretKey, clock.now())).address;
}

async function openEvents(api: ApiClient): Promise<EventAnswer[]> {
  return (await api.get<List<EventAnswer>>('/events?state=open&interest=all')).body.items;
}

async function orgsOfMails(api: ApiClient): Promise<string[]> {
  const { items } = (await api.get<List<MseAnswer>>('/mses?limit=500')).body;
  return items.map(({ org }) => org ?? '').sort();
}

/** Each slot of the canary has a turn; without a door to senders nothing needs to be kept alive in between. */
async function live({ world }: Care, ms: number): Promise<void> {
  const itself = listJobs(world.parts).find(({ name }) => name === 'watch itself');
  for (let passed = 0; passed < ms; passed += 5 * MINUTE) {
    world.clock.advance(5 * MINUTE);
    await itself?.run(world.clock.now(), new AbortController().signal);
    await world.settle();
  }
}

const PARTS = [
  'datamer.canary',
  'datamer.data.db',
  'datamer.inbound.imap',
  'datamer.inbound.smtp',
  'datamer.outbound',
  'datamer.triage',
  'datamer.watchdog',
  'datamer.web',
];

onBothDatabases('DaTamer under its own care', (database) => {
  it('sends a heartbeat of each part through its door, counts them, and asks nobody to look', async () => {
    const { world, own, api } = await begin(database);
    await world.settle();
    await world.settle();
    expect(await orgsOfMails(api)).toEqual(PARTS);
    const { items } = (await api.get<List<MseAnswer>>('/mses?org=datamer.triage')).body;
    expect(items[0]).toMatchObject({
      subject: expect.stringContaining('triage works'),
      severity: 'info',
      schedule: { period: 'hour', n: 4, variance: 1 },
    });
    // Once a slot, however often a turn comes and whoever else sends.
    await world.pass(4 * MINUTE);
    expect(await orgsOfMails(api)).toEqual(PARTS);

    await world.settle();
    expect(await openEvents(api)).toEqual([]);
    expect(own.slug).toBe('datamer');
  });

  it('without a door: opens MISSING when a loop hangs, and says so by a problem mail before that', async () => {
    const care = await begin(database, { DATAMER_SMTP_PORT: 'off' });
    const { api, stuck } = care;
    const parts = PARTS.filter((org) => org !== 'datamer.inbound.smtp');
    await live(care, 75 * MINUTE);
    expect(await openEvents(api)).toEqual([]);
    const { body } = await api.get<List<{ org: string; status: string }>>('/schedules');
    expect(body.items.map(({ org, status }) => `${org} ${status}`).sort()).toEqual(
      parts.map((org) => `${org} ok`),
    );

    stuck.add('dispatch');
    await live(care, 10 * MINUTE);
    expect(await openEvents(api)).toMatchObject([
      { kind: 'FAILED', org: 'datamer.outbound', severity: 'critical', mseCount: 1 },
    ]);
    await live(care, 50 * MINUTE);
    const missing = (await openEvents(api)).filter(({ kind }) => kind === 'MISSING');
    expect(missing).toMatchObject([{ org: 'datamer.outbound' }]);

    stuck.clear();
    await live(care, HOUR);
    expect(await openEvents(api)).toEqual([]);
  });

  it('makes a mail in quarantine a problem of one mail, and well again when it is gone', async () => {
    const { world, api } = await begin(database);
    const acme = await world.addTenant('acme');
    const acmes = await world.api(acme);
    const nested = Array.from(
      { length: 2000 },
      (_, depth) => `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n`,
    );
    const raw = Buffer.from(`Subject: deep\r\n${nested.join('')}\r\nx`);
    await world.parts.accept(acme.id, { raw, receivedAt: world.clock.now(), door: 'smtp' });
    await world.pass(10 * MINUTE);
    const [problem, ...others] = await openEvents(api);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      org: 'datamer.inbound.quarantine',
      severity: 'warn',
      mseCount: 1,
      title: expect.stringContaining('quarantine of acme'),
    });

    const [aside] = (await acmes.get<List<{ id: string }>>('/quarantine')).body.items;
    await acrossTenants(world.parts.database.dataSource, (tx) =>
      tx.query('delete from quarantine where mail_id = $1', [aside?.id]),
    );
    await world.pass(10 * MINUTE);
    expect(await openEvents(api)).toEqual([]);
    const { body } = await api.get<EventAnswer>(`/events/${problem?.id ?? ''}`);
    expect(body).toMatchObject({ state: 'completed', mseCount: 2, completedBy: 'recovery' });
  });

  it('measures how long a mail takes from the door to its event, and tells when none comes through', async () => {
    const { world, own, api } = await begin(database);
    const { metrics, leases, selfWatch } = world.parts;
    await world.settle();
    world.clock.advance(400);
    await world.settle();
    expect((await metrics.canaryLag.get()).values[0]?.value).toBeCloseTo(0.4);
    expect(selfWatch.health()?.lastSeen.map(({ part }) => part)).toContain('canary');

    // Somebody else has the tenant's triage and does nothing.
    const take = leases.take.bind(leases);
    const hold = jest.spyOn(leases, 'take').mockImplementation(async (names, now) =>
      take(
        names.filter((name) => name !== `triage:${own.id}`),
        now,
      ),
    );
    await world.pass(15 * MINUTE);
    expect(selfWatch.health()?.problems.map(({ key }) => key)).toContain('canary');
    hold.mockRestore();
    await world.pass(2 * MINUTE);
    expect((await openEvents(api)).map(({ org }) => org)).toContain('datamer.canary');
    await world.pass(10 * MINUTE);
    expect(await openEvents(api)).toEqual([]);
  });

  it('tells that its own door is shut, past the door, in one mail', async () => {
    const { world, api, door } = await begin(database);
    await world.settle();
    await door.close();
    await world.pass(25 * MINUTE);
    expect(await openEvents(api)).toMatchObject([
      { org: 'datamer.inbound.smtp', severity: 'critical', mseCount: 1 },
    ]);
  });

  it('requests the dead-man address while it works, and falls silent when a loop hangs', async () => {
    const requests: string[] = [];
    const keeper = http.createServer((request, response) => {
      requests.push(request.url ?? '');
      response.end('OK');
    });
    await new Promise<void>((resolve) => keeper.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => keeper.close(() => resolve())));
    const { port } = keeper.address() as AddressInfo;
    const { world, stuck } = await begin(database, {
      DATAMER_DEADMAN_URL: `http://127.0.0.1:${port}/ping/secret`,
    });
    await world.settle();
    expect(requests).toEqual(['/ping/secret']);
    await world.pass(30 * SECOND);
    expect(requests).toHaveLength(1);
    await world.pass(5 * MINUTE);
    const whileWell = requests.length;
    expect(whileWell).toBeGreaterThanOrEqual(5);

    stuck.add('watchdog');
    await world.pass(MINUTE);
    const atStop = requests.length;
    await world.pass(10 * MINUTE);
    expect(requests).toHaveLength(atStop);

    stuck.clear();
    await world.pass(2 * MINUTE);
    expect(requests.length).toBeGreaterThan(atStop);
  });

  it('keeps two days of its own mails, and no event of them longer', async () => {
    const { world, api, own } = await begin(database);
    const { dataSource } = world.parts.database;
    const count = async (table: string): Promise<number> =>
      acrossTenants(dataSource, async (tx) => {
        const sql = `select count(*)::integer as count from ${table} where tenant_id = $1`;
        return (await oneRow<{ count: number }>(tx, sql, [own.id]))?.count ?? 0;
      });
    await world.settle();
    await world.settle();
    expect(await count('mails')).toBe(PARTS.length);
    world.clock.advance(2 * DAY + HOUR);
    const cleanUp = listJobs(world.parts).find(({ name }) => name === 'clean up');
    await cleanUp?.run(world.clock.now(), new AbortController().signal);
    expect(await count('mails')).toBe(0);
    expect(await count('mses')).toBe(0);
    expect(await count('events')).toBe(0);
    expect((await api.get<List<unknown>>('/schedules')).body.items).toHaveLength(PARTS.length);
  });

  it("belongs to the installation's first admin alone, who still begins in their own tenant", async () => {
    const world = await openWorld(database);
    const { parts, clock } = world;
    const { dataSource } = parts.database;
    const shop = await world.addTenant('zebra');
    const ada = await world.addUser(shop, 'ada', 'admin');
    const ben = await world.addUser(shop, 'ben', 'admin');
    const start = () => ensureOwnTenant(dataSource, parts.secretKey, clock.now());
    // Three processes at once, and one of them once more.
    const made = [...(await Promise.all([start(), start(), start()])), await start()];
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    for (const { address } of made) expect(address).toMatch(/^watch-[0-9a-f]{16}@datamer\.internal$/);
    const slugs = (userId: UserId): Promise<string[]> =>
      acrossTenants(dataSource, async (tx) => (await listMemberships(tx, userId)).map(({ slug }) => slug));
    expect(await slugs(ada.id)).toEqual(['zebra', 'datamer']);
    expect(await slugs(ben.id)).toEqual(['zebra']);
  });

  it('leaves an installation that nobody has used empty: a backup can be restored into it', async () => {
    const { world } = await begin(database);
    const { parts } = world;
    const { dataSource } = parts.database;
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'datamer-backup-'));
    closers.push(() => fs.promises.rm(folder, { recursive: true }));
    const file = path.join(folder, 'backup');
    await world.pass(MINUTE);
    await writeBackup(dataSource, file, parts.secretKey);
    await expect(readBackup(dataSource, file, parts.secretKey)).resolves.toMatchObject({
      rows: expect.any(Number),
    });
    await world.addTenant('acme');
    await expect(readBackup(dataSource, file, parts.secretKey)).rejects.toThrow('not empty');
  });

  it("uses an operator's tenant of its name as it is", async () => {
    const world = await openWorld(database);
    const { parts, clock } = world;
    const { dataSource } = parts.database;
    const wanted = { slug: 'datamer', name: 'Our DaTamer', address: 'ops@shop.example' };
    const theirs = await acrossTenants(dataSource, (tx) => addTenant(tx, wanted, clock.now()));
    const { id, address } = await ensureOwnTenant(dataSource, parts.secretKey, clock.now());
    expect(id).toBe(theirs.id);
    expect(await acrossTenants(dataSource, (tx) => getTenant(tx, id))).toMatchObject({ name: 'Our DaTamer' });
    expect(await parts.findTenant('ops@shop.example')).toBe(id);
    expect(await parts.findTenant(address)).toBe(id);
  });
});
