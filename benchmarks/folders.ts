/**
 * Folder mode on Dovecot: 6,000 mails of 300 paths sorted, all their events completed at once, single moves both ways as
 * people meet them, and what 600 quiet folders cost.
 */
import type { ImapFlow } from 'imapflow';
import { setTimeout as pause } from 'node:timers/promises';
import { addTenant } from '../src/accounts/tenants.ts';
import { addMember } from '../src/accounts/users.ts';
import { startApp, type RunningApp } from '../src/app/app.ts';
import { loadConfig } from '../src/config/load.ts';
import { acrossTenants, inTenant, oneRow, rows } from '../src/db/transaction.ts';
import { actOnMany } from '../src/events/act-on-many.ts';
import { assign, completing } from '../src/events/actions.ts';
import { parseMailboxUrl } from '../src/inbound/imap/mailbox-url.ts';
import { addMailbox } from '../src/inbound/imap/mailboxes.ts';
import { SECOND, systemClock } from '../src/kernel/clock.ts';
import type { EventId, TenantId, UserId } from '../src/kernel/ids.ts';
import { silentLog } from '../src/kernel/log.ts';
import { Dovecot } from '../test/support/dovecot.ts';
import { findDovecot } from '../test/support/installed.ts';
import { openBenchDatabases, type BenchDatabase } from './support/databases.ts';
import { describeMs } from './support/percentile.ts';

const COUNT = 6000;
const PATHS = 300;
const SINGLE = 10;
const QUIET_MS = 30 * SECOND;
const LONGEST_MS = 90 * SECOND;

const program = findDovecot();
if (!program) throw new Error('Dovecot is not installed (Debian: dovecot-imapd)');
for (const database of await openBenchDatabases()) {
  const dovecot = await Dovecot.start(program);
  await dovecot.append(
    'bench',
    Array.from({ length: COUNT }, (_, index) => mail(index)),
  );
  await measure(database, dovecot);
  await dovecot.stop();
  database.remove();
}
process.exit(0);

async function measure(database: BenchDatabase, dovecot: Dovecot): Promise<void> {
  const app = await startApp(
    loadConfig({
      DATAMER_DATA_DIR: database.folder,
      DATAMER_HTTP_PORT: '0',
      DATAMER_SMTP_PORT: 'off',
      ...(database.url ? { DATABASE_URL: database.url } : {}),
    }),
    silentLog,
  );
  const { tenantId, ada } = await seed(app, dovecot);
  const { dataSource } = app.parts.database;
  const count = async (where: string): Promise<number> => {
    const row = await acrossTenants(dataSource, (tx) =>
      oneRow<{ count: number }>(tx, `select count(*)::int as count from mail_places where ${where}`),
    );
    return row?.count ?? 0;
  };
  const say = (what: string, figure: string): void => {
    process.stdout.write(`${`${what}, ${database.name}`.padEnd(44)} ${figure}\n`);
  };

  say(
    `${COUNT} mails read and sorted`,
    await seconds(async () => (await count('settled = wanted')) === COUNT),
  );
  const events = await acrossTenants(dataSource, (tx) =>
    rows<{ id: EventId }>(tx, 'select id from events order by id'),
  );
  const ids = events.map(({ id }) => id);
  const now = systemClock.now();
  const doing = { tenantId, now, actor: { userId: null, name: 'bench' } };
  await inTenant(dataSource, tenantId, (tx) =>
    actOnMany(tx, doing, { ids: ids.slice(SINGLE), asOf: now }, completing(doing, null)),
  );
  app.parts.bus.emit('something to tell', null);
  const rest = await inTenant(dataSource, tenantId, (tx) =>
    oneRow<{ count: number }>(
      tx,
      'select count(*)::int as count from mses where event_id = any($1::uuid[])',
      [ids.slice(0, SINGLE)],
    ),
  );
  const wanted = COUNT - (rest?.count ?? 0);
  say(
    `${wanted} mails of ${ids.length - SINGLE} events to completed`,
    await seconds(async () => (await count("folder like '%/completed'")) === wanted),
  );
  await dovecot.asUser('bench', async (client) => {
    say('given here, seen in its folder', describeMs(await outward(app, client, tenantId, ids, ada)));
    say('moved there, seen here', describeMs(await inward(app, client, tenantId, ids)));
  });
  const before = process.cpuUsage();
  await pause(QUIET_MS);
  const { user, system } = process.cpuUsage(before);
  say('600 quiet folders, of a core', `${(((user + system) / 1000 / QUIET_MS) * 100).toFixed(1)} %`);
  await app.stop();
}

async function seed(app: RunningApp, dovecot: Dovecot): Promise<{ tenantId: TenantId; ada: UserId }> {
  const now = systemClock.now();
  const { database, secrets, bus } = app.parts;
  const seeded = await acrossTenants(database.dataSource, async (tx) => {
    const tenant = await addTenant(tx, { slug: 'bench', address: 'bench@example.com' }, now);
    const person = {
      email: 'ada@example.com',
      name: 'Ada',
      role: 'engineer' as const,
      password: 'correct horse battery',
    };
    const ada = await addMember(tx, tenant.id, person, now);
    const input = { ...parseMailboxUrl(dovecot.url('bench')), afterStore: 'move' as const };
    await addMailbox(tx, tenant.id, { ...input, acceptsAnyCertificate: true }, secrets, now);
    return { tenantId: tenant.id, ada: ada.id };
  });
  bus.emit('mailboxes changed', null);
  return seeded;
}

/** From the commit until an IMAP program finds a mail of the event in the person's folder. */
async function outward(
  app: RunningApp,
  client: ImapFlow,
  tenantId: TenantId,
  ids: readonly EventId[],
  ada: UserId,
): Promise<number[]> {
  const lags: number[] = [];
  for (const eventId of ids.slice(0, SINGLE)) {
    const act = {
      tenantId,
      eventId,
      actor: { userId: ada, name: 'Ada' },
      now: systemClock.now(),
      version: null,
    };
    const { dataSource } = app.parts.database;
    await inTenant(dataSource, tenantId, (tx) => assign(tx, act, ada));
    app.parts.bus.emit('something to tell', null);
    const path = `${await folderOf(app, tenantId, eventId)}/Ada`;
    lags.push(
      await milliseconds(async () => {
        const status = await client.status(path, { messages: true }).catch(() => false as const);
        return status !== false && (status.messages ?? 0) > 0;
      }),
    );
  }
  return lags;
}

/** From the OK to an IMAP program's MOVE until the event is completed. */
async function inward(
  app: RunningApp,
  client: ImapFlow,
  tenantId: TenantId,
  ids: readonly EventId[],
): Promise<number[]> {
  const lags: number[] = [];
  for (const eventId of ids.slice(0, SINGLE)) {
    const path = await folderOf(app, tenantId, eventId);
    await client.mailboxCreate(`${path}/completed`);
    await client.mailboxOpen(`${path}/Ada`);
    const moved = await client.messageMove('1', `${path}/completed`);
    if (!moved) throw new Error(`nothing in ${path}/Ada`);
    const { dataSource } = app.parts.database;
    lags.push(
      await milliseconds(async () => {
        const event = await inTenant(dataSource, tenantId, (tx) =>
          oneRow<{ state: string }>(tx, 'select state from events where tenant_id = $1 and id = $2', [
            tenantId,
            eventId,
          ]),
        );
        return event?.state === 'completed';
      }),
    );
  }
  return lags;
}

async function folderOf(app: RunningApp, tenantId: TenantId, eventId: EventId): Promise<string> {
  const row = await inTenant(app.parts.database.dataSource, tenantId, (tx) =>
    oneRow<{ org: string }>(tx, 'select org from mses where tenant_id = $1 and event_id = $2 limit 1', [
      tenantId,
      eventId,
    ]),
  );
  return `DaTamer/${row?.org.replaceAll('.', '/') ?? ''}`;
}

async function milliseconds(isDone: () => Promise<boolean>): Promise<number> {
  const startedAt = performance.now();
  while (!(await isDone())) {
    if (performance.now() - startedAt > LONGEST_MS) throw new Error('it does not come to an end');
    await pause(20);
  }
  return performance.now() - startedAt;
}

async function seconds(isDone: () => Promise<boolean>): Promise<string> {
  return `${((await milliseconds(isDone)) / 1000).toFixed(1)} s`;
}

function mail(index: number): Buffer {
  const path = index % PATHS;
  return Buffer.from(
    `From: monitor@bench.example\r\nTo: bench@example.com\r\nSubject: PROBLEM: check ${index} on host${path}\r\n` +
      `Message-ID: <folders-${index}@bench.example>\r\n\r\n:org:team${path % 20}.service${path}: :warn: value ${index}\r\n`,
  );
}
