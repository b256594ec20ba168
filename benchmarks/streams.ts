/**
 * 100,000 streams of one mail an hour, in a process as people run it: processor time while nothing is due, then a
 * minute in which 28 of them expect their mail each second. Nine of ten get it by SMTP; how long after its due time is
 * the verdict on the tenth to be read? The grace is ten seconds, so that the benchmark ends.
 *
 *   npm run bench -- streams
 */
import { setTimeout as wait } from 'node:timers/promises';
import { addTenant, type Tenant } from '../src/accounts/tenants.ts';
import { addToken } from '../src/accounts/tokens.ts';
import { loadConfig } from '../src/config/load.ts';
import { openDatabase } from '../src/db/data-source.ts';
import { migrate } from '../src/db/migrate.ts';
import { acrossTenants, inTenant, rows } from '../src/db/transaction.ts';
import { keepUp } from '../src/db/upkeep.ts';
import { HOUR, later, SECOND, systemClock } from '../src/kernel/clock.ts';
import { newId, type StreamId } from '../src/kernel/ids.ts';
import { Serve, type Environment } from '../test/support/program.ts';
import { SmtpClient } from '../test/support/smtp-client.ts';
import { openBenchDatabases, type BenchDatabase } from './support/databases.ts';
import { percentile } from './support/percentile.ts';
import { processorMs, residentMb } from './support/process-figures.ts';

const STREAMS = 100_000;
const SEEDED_AT_ONCE = 5000;
const STEP_MS = HOUR / STREAMS;
const GRACE_MS = 10 * SECOND;
/** From seeding until the first mail is expected: starting, settling, and the idle time that is measured. */
const BEFORE_MS = 210 * SECOND;
/** A start has its first heartbeats to send through its own door: two seconds of processor time, once. */
const SETTLING_MS = 80 * SECOND;
const IDLE_MS = 60 * SECOND;
const FED_MS = 60 * SECOND;
const MISSED = 10;
const SENDERS = 16;
const LOOK_EVERY_MS = 100;
/** Verdicts that take longer than this are late whatever the percentile says. */
const PATIENCE_MS = 30 * SECOND;

for (const database of await openBenchDatabases()) {
  try {
    await measure(database);
  } finally {
    database.remove();
  }
}
process.exit(0);

async function measure(bench: BenchDatabase): Promise<void> {
  const { name, folder, url } = bench;
  const environment: Environment = { DATAMER_DATA_DIR: folder, ...(url ? { DATABASE_URL: url } : {}) };
  const { token, dueFrom } = await seed(environment);
  const serve = await Serve.start(environment);
  await wait(SETTLING_MS);
  const before = processorMs(serve.pid);
  await wait(IDLE_MS);
  const idle = ((processorMs(serve.pid) - before) / IDLE_MS) * 100;
  report(name, 'idle', `${idle.toFixed(1)} % of a core, ${residentMb(serve.pid)} MB resident`);
  if (systemClock.now() >= dueFrom) throw new Error('seeding or starting took too long: raise BEFORE_MS');

  const seen = new Map<number, number>();
  const fedUntil = later(dueFrom, FED_MS);
  const watching = watch(serve, token, seen, later(fedUntil, GRACE_MS + PATIENCE_MS));
  await wait(dueFrom.getTime() - systemClock.now().getTime());
  const fedBefore = processorMs(serve.pid);
  await feed(serve, dueFrom, fedUntil);
  const busy = ((processorMs(serve.pid) - fedBefore) / FED_MS) * 100;
  report(name, 'fed', `${busy.toFixed(1)} % of a core, ${residentMb(serve.pid)} MB resident`);
  await watching;
  reportDelays(name, seen, dueFrom);
  await serve.terminate();
}

/** Stream number i last had its mail an hour before `dueFrom + i × STEP_MS`. */
async function seed(environment: Environment): Promise<{ token: string; dueFrom: Date }> {
  const database = await openDatabase(loadConfig(environment), () => undefined);
  await migrate(database.dataSource, database.isEmbedded);
  const now = systemClock.now();
  const dueFrom = later(now, BEFORE_MS);
  const { tenant, token } = await acrossTenants(database.dataSource, async (tx) => {
    const added = await addTenant(tx, { slug: 'bench', address: 'bench@example.com' }, now);
    return {
      tenant: added,
      token: (await addToken(tx, added.id, { name: 'bench', role: 'manager' }, now)).token,
    };
  });
  for (let first = 0; first < STREAMS; first += SEEDED_AT_ONCE) {
    const indexes = Array.from({ length: SEEDED_AT_ONCE }, (_none, offset) => first + offset);
    await inTenant(database.dataSource, tenant.id, (tx) => insertStreams(tx, tenant, indexes, dueFrom));
  }
  await keepUp(database);
  await database.close();
  return { token, dueFrom };
}

async function insertStreams(
  tx: Parameters<Parameters<typeof inTenant>[2]>[0],
  { id: tenantId }: Tenant,
  indexes: readonly number[],
  dueFrom: Date,
): Promise<void> {
  const ids = indexes.map(() => newId<StreamId>(dueFrom));
  const lastAt = indexes.map((index) => later(dueFrom, index * STEP_MS - HOUR));
  await rows(
    tx,
    `insert into streams (tenant_id, id, stream_key, name, source, org, period, n, variance, grace_seconds, first_at,
       last_arrival_at, judged_until, due_at, created_at)
     select $1, s.id, 'org|shop.s' || s.index || '||hour', 'check ' || s.index, 'tag', 'shop.s' || s.index, 'hour', 1, 0,
       $5::integer, s.at - interval '1 day', s.at, s.at, s.at + interval '1 hour' + make_interval(secs => $5::integer), s.at
     from unnest($2::uuid[], $3::integer[], $4::timestamptz[]) as s (id, index, at) returning id`,
    [tenantId, ids, indexes, lastAt, GRACE_MS / SECOND],
  );
  await rows(
    tx,
    `insert into stream_arrivals (tenant_id, stream_id, at, mse_id)
     select $1, s.id, s.at, s.id from unnest($2::uuid[], $3::timestamptz[]) as s (id, at) returning stream_id`,
    [tenantId, ids, lastAt],
  );
}

/** The mails that come, each at its time, from senders that do not wait for each other. */
async function feed(serve: Serve, from: Date, until: Date): Promise<void> {
  await Promise.all(Array.from({ length: SENDERS }, (_none, sender) => feedFrom(sender, serve, from, until)));
}

async function feedFrom(sender: number, serve: Serve, from: Date, until: Date): Promise<void> {
  const client = await SmtpClient.connect(serve.smtpPort);
  for (let index = sender; ; index += SENDERS) {
    const at = later(from, index * STEP_MS);
    if (at >= until) break;
    if (index % MISSED === 0) continue;
    await wait(Math.max(0, at.getTime() - systemClock.now().getTime()));
    const mail = `From: check@example.com\r\nSubject: check :info: :sched-perhour-1/0: :org:shop.s${index}:\r\n\r\nok ${at.getTime()}\r\n`;
    await client.send('check@example.com', ['bench@example.com'], Buffer.from(mail));
  }
  await client.ask('QUIT');
}

/** Notes when each verdict could be read first. */
async function watch(serve: Serve, token: string, seen: Map<number, number>, until: Date): Promise<void> {
  while (systemClock.now() < until) {
    const response = await fetch(`${serve.baseUrl}/api/v1/events?kind=MISSING&limit=500`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { items } = (await response.json()) as { items: { org: string; createdAt: string }[] };
    const now = systemClock.now().getTime();
    for (const { org } of items) {
      const index = Number(org.slice('shop.s'.length));
      if (!seen.has(index)) seen.set(index, now);
    }
    await wait(LOOK_EVERY_MS);
  }
}

function reportDelays(name: string, seen: ReadonlyMap<number, number>, dueFrom: Date): void {
  const missed = Array.from({ length: FED_MS / STEP_MS }, (_none, index) => index).filter(
    (index) => index % MISSED === 0,
  );
  const delays = missed.flatMap((index) => {
    const at = seen.get(index);
    return at === undefined ? [] : [(at - later(dueFrom, index * STEP_MS + GRACE_MS).getTime()) / SECOND];
  });
  const wrong = [...seen.keys()].filter((index) => index < FED_MS / STEP_MS && index % MISSED !== 0);
  const [p50, p99] = [percentile(delays, 0.5), percentile(delays, 0.99)];
  report(
    name,
    'verdicts',
    `${delays.length} of ${missed.length}, ${wrong.length} false; after p50 ${p50.toFixed(1)} s, p99 ${p99.toFixed(1)} s`,
  );
}

function report(name: string, what: string, figures: string): void {
  process.stdout.write(`${name.padEnd(10)} ${what.padEnd(10)} ${figures}\n`);
}
