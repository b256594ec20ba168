/**
 * A whole turn of triage (take, read, place, save) for a tenant that has 100,000 signals open, as a process lives it:
 * mail by mail and in slices of 500; and what a process that takes the tenant over must load first.
 *
 *   npm run bench -- open-members
 */
import { randomUUID } from 'node:crypto';
import { addTenant, type Tenant } from '../src/accounts/tenants.ts';
import { triageWaitingMails } from '../src/app/pipeline.ts';
import { wire, type Parts } from '../src/app/wiring.ts';
import { loadConfig } from '../src/config/load.ts';
import { openDatabase } from '../src/db/data-source.ts';
import { migrate } from '../src/db/migrate.ts';
import { acrossTenants, inTenant } from '../src/db/transaction.ts';
import { keepUp } from '../src/db/upkeep.ts';
import { UNTOUCHED } from '../src/events/event.ts';
import { loadGrouping } from '../src/events/grouping/store.ts';
import { portray } from '../src/events/grouping/portrait.ts';
import {
  insertEvents,
  saveSignals,
  takeEventNumbers,
  type NewEvent,
  type PlacedSignal,
} from '../src/events/store.ts';
import { acceptMail } from '../src/inbound/accept.ts';
import { systemClock } from '../src/kernel/clock.ts';
import { newId, type EventId } from '../src/kernel/ids.ts';
import { silentLog } from '../src/kernel/log.ts';
import { openBenchDatabases, type BenchDatabase } from './support/databases.ts';
import { describeMs } from './support/percentile.ts';
import { TROUBLES } from './support/troubles.ts';

const MEMBERS = 100_000;
const SEEDED_AT_ONCE = 2000;
const MAILS_ALONE = 400;
const SLICE = 500;
const SLICES = 8;

// The last shape is a failure of everything: few events, and each is looked at with all it has.
for (const perEvent of [5, 100, 2000]) {
  for (const database of await openBenchDatabases()) {
    try {
      await measure(database, perEvent);
    } finally {
      database.remove();
    }
  }
}
process.exit(0);

async function measure({ name, url, folder }: BenchDatabase, perEvent: number): Promise<void> {
  const settings = loadConfig({ DATAMER_DATA_DIR: folder, ...(url ? { DATABASE_URL: url } : {}) });
  const database = await openDatabase(settings, () => undefined);
  await migrate(database.dataSource, database.isEmbedded);
  const parts = wire(settings, database, systemClock, silentLog);
  const tenant = await acrossTenants(database.dataSource, (tx) =>
    addTenant(tx, { slug: 'bench', address: 'bench@example.com' }, systemClock.now()),
  );
  await seed(parts, tenant, perEvent);
  await keepUp(database);
  const shape = `${name}, ${MEMBERS / perEvent} events of ${perEvent}`;

  const rssBefore = process.memoryUsage.rss();
  const beganAt = performance.now();
  const grouping = await inTenant(database.dataSource, tenant.id, (tx) => loadGrouping(tx, tenant.id));
  const grown = Math.round((process.memoryUsage.rss() - rssBefore) / 2 ** 20);
  report(
    `${shape}: loading`,
    `${Math.round(performance.now() - beganAt)} ms, ${grouping.activeIds.length} events active, + ${grown} MB`,
  );

  await turn(parts, tenant, 1, 0, perEvent);
  const alone: number[] = [];
  for (let index = 1; index <= MAILS_ALONE; index += 1)
    alone.push(await turn(parts, tenant, 1, index, perEvent));
  report(`${shape}: a mail alone`, describeMs(alone));
  const sliced: number[] = [];
  for (let slice = 0; slice < SLICES; slice += 1) {
    const first = MAILS_ALONE + 1 + slice * SLICE;
    sliced.push((await turn(parts, tenant, SLICE, first, perEvent)) / SLICE);
  }
  report(`${shape}: a mail of a slice`, describeMs(sliced));
  await database.close();
}

/** As many mails as arrive at once. @returns milliseconds of their triage */
async function turn(
  { database, recent, pipeline }: Parts,
  tenant: Tenant,
  count: number,
  first: number,
  perEvent: number,
): Promise<number> {
  const now = systemClock.now();
  const mails = Array.from({ length: count }, (_, index) => ({
    raw: mail(first + index, perEvent),
    receivedAt: now,
    door: 'smtp' as const,
  }));
  await acceptMail(database.dataSource, tenant.id, mails, recent);
  const startedAt = performance.now();
  const { done } = await triageWaitingMails(pipeline, tenant.id, now);
  const elapsed = performance.now() - startedAt;
  if (done !== count) throw new Error(`${done} of ${count} mails were triaged`);
  return elapsed;
}

/** Three of a kind: a new trouble of a server with open ones, a server never seen, and the repetition of the first. */
function mail(index: number, perEvent: number): Buffer {
  const round = Math.floor(index / 3);
  const event = MEMBERS / perEvent - 1 - ((round * 37) % Math.min(2000, MEMBERS / perEvent));
  const server = index % 3 === 1 ? `new${round}.example.com` : serverOf(event, round);
  const subject = `PROBLEM: ${TROUBLES[round % TROUBLES.length]} ${round} on ${server}`;
  const tags = `:critical: :org:${orgOf(event)}: :svr:${server}:`;
  return Buffer.from(
    `From: monitor@tools.example\r\nSubject: ${subject} ${tags}\r\nMessage-ID: <${index}@bench.example>\r\n\r\n` +
      `waiting for nas${event % 300}.example.com\r\n`,
  );
}

async function seed({ database, clock }: Parts, tenant: Tenant, perEvent: number): Promise<void> {
  const now = clock.now().getTime();
  const eventsAtOnce = Math.max(1, SEEDED_AT_ONCE / perEvent);
  for (let event = 0; event < MEMBERS / perEvent; event += eventsAtOnce) {
    const events: NewEvent[] = [];
    const signals: PlacedSignal[] = [];
    for (let index = event; index < event + eventsAtOnce; index += 1) {
      const at = new Date(now - (MEMBERS / perEvent - index) * 10 * (perEvent / 5) - 60_000);
      events.push(openEvent(index, at));
      for (let member = 0; member < perEvent; member += 1)
        signals.push(openSignal(events.at(-1)?.id ?? newId<EventId>(at), index, member, at));
    }
    await inTenant(database.dataSource, tenant.id, async (tx) => {
      const first = await takeEventNumbers(tx, tenant.id, events.length);
      await insertEvents(
        tx,
        tenant.id,
        events.map((one, index) => ({ ...one, number: first + index })),
      );
      await saveSignals(tx, tenant.id, signals);
    });
  }
}

function openEvent(event: number, at: Date): NewEvent {
  return {
    id: newId<EventId>(at),
    number: 0,
    kind: 'FAILED',
    state: 'open',
    isNoise: false,
    flapping: false,
    isStorm: false,
    severity: 'critical',
    org: orgOf(event),
    servers: [serverOf(event, 0)],
    title: 'a trouble',
    createdAt: at,
    ...UNTOUCHED,
    mseCount: 5,
    lastMseAt: at,
  };
}

function openSignal(eventId: EventId, event: number, member: number, at: Date): PlacedSignal {
  const server = serverOf(event, member);
  const trouble = TROUBLES[(event + member) % TROUBLES.length] ?? '';
  const portrait = portray({
    servers: [server],
    mentions: [`nas${event % 300}.example.com`],
    org: orgOf(event),
    templateId: trouble,
    title: `PROBLEM: ${trouble} on ${server}`,
    text: `${trouble}: waiting for nas${event % 300}.example.com, pool${member} of module${event % 700}`,
  });
  return {
    key: randomUUID(),
    eventId,
    label: `${trouble} ${server}`,
    isOpen: true,
    severity: 'critical',
    firstAt: at,
    lastAt: at,
    recoveredAt: null,
    turns: [],
    portrait,
    joined: null,
  };
}

function serverOf(event: number, member: number): string {
  return `fra${event % 5}-web${event}-${member % 7}.example.com`;
}

function orgOf(event: number): string {
  return `shop.part${event % 20}.team${event % 500}`;
}

function report(what: string, figures: string): void {
  process.stdout.write(`${what.padEnd(52)} ${figures}\n`);
}
