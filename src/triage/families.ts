/**
 * Mails that nobody and nothing could classify, gathered by signal: what is said again and again needs one decision.
 * Those of the open events that the rail counts: without severity or org, neither snoozed nor noise.
 */
import type { Actor } from '../accounts/role.ts';
import { oneRow, rows, type Tx } from '../db/transaction.ts';
import { recordChanges } from '../events/change.ts';
import { severityOf } from '../events/event.ts';
import { summariseMails } from '../events/membership.ts';
import { rememberOrgs } from '../events/orgs.ts';
import type { MaybeSeverity, Severity } from '../events/severity.ts';
import { lockEvents, saveSignals, updateEvents, type LoadedEvent } from '../events/store.ts';
import { NotFound } from '../kernel/errors.ts';
import { given } from '../kernel/given.ts';
import type { EventId, MseId, TenantId } from '../kernel/ids.ts';
import { describeCorrection, writeCorrections } from './correct.ts';

/** More than a person looks through; the page says so when it ends there. */
export const MOST_LOOKED_AT = 10_000;

/** Parameters $1 tenant, $2 now. */
const WAITING = `select m.id, m.signal_key, m.received_at, m.subject, m.from_address, m.servers, m.severity, m.org,
    m.event_id
  from events e join mses m on m.tenant_id = e.tenant_id and m.event_id = e.id
  where e.tenant_id = $1 and e.state = 'open' and not e.is_noise
    and (e.snoozed_until is null or e.snoozed_until <= $2) and (e.severity is null or e.org is null)
    and (m.severity is null or m.org is null)`;
const NEWEST = `${WAITING} order by m.received_at desc, m.id desc limit ${MOST_LOOKED_AT}`;

export interface Family {
  size: number;
  /** The newest. */
  mseId: MseId;
  subject: string;
  severity: MaybeSeverity;
  org: string | null;
  senders: string[];
  /** Null when no mail names one. */
  servers: string[] | null;
  firstAt: Date;
  lastAt: Date;
}

const FAMILY = `select count(*)::integer as size,
    (array_agg(w.id order by w.received_at desc, w.id desc))[1] as "mseId",
    (array_agg(w.subject order by w.received_at desc, w.id desc))[1] as subject,
    max(w.severity) as severity, max(w.org) as org,
    (array_agg(distinct w.from_address))[1:3] as senders,
    (array_agg(distinct array_to_string(w.servers, ', ')) filter (where w.servers <> '{}'))[1:3] as servers,
    min(w.received_at) as "firstAt", max(w.received_at) as "lastAt"
  from waiting w group by w.signal_key`;

/** Signals with several mails, the largest first. */
export async function listFamilies(tx: Tx, tenantId: TenantId, limit: number, now: Date): Promise<Family[]> {
  return rows<Family>(
    tx,
    `with waiting as (${NEWEST}) ${FAMILY} having count(*) > 1 order by size desc, "lastAt" desc limit ${limit}`,
    [tenantId, now],
  );
}

/** Mails that are the only one of their signal, the newest first. */
export async function listSingles(
  tx: Tx,
  tenantId: TenantId,
  { limit, offset }: { limit: number; offset: number },
  now: Date,
): Promise<Family[]> {
  return rows<Family>(
    tx,
    `with waiting as (${NEWEST}) ${FAMILY} having count(*) = 1
     order by "lastAt" desc, "mseId" desc limit ${limit} offset ${offset}`,
    [tenantId, now],
  );
}

export interface WaitingCounts {
  mails: number;
  families: number;
  inFamilies: number;
  singles: number;
}

export async function countWaitingFamilies(tx: Tx, tenantId: TenantId, now: Date): Promise<WaitingCounts> {
  const row = await oneRow<WaitingCounts>(
    tx,
    `with waiting as (${NEWEST}), sizes as (select count(*) as size from waiting group by signal_key)
     select coalesce(sum(size), 0)::integer as mails, count(*) filter (where size > 1)::integer as families,
       coalesce(sum(size) filter (where size > 1), 0)::integer as "inFamilies",
       count(*) filter (where size = 1)::integer as singles from sizes`,
    [tenantId, now],
  );
  return row ?? { mails: 0, families: 0, inFamilies: 0, singles: 0 };
}

export interface FamilyCorrection {
  severity?: Severity | undefined;
  org?: string | undefined;
}

/**
 * Puts right all waiting mails of a signal, and their events; what a person decided before stays.
 * @returns how many mails and events @throws NotFound when none waits
 */
export async function correctFamily(
  tx: Tx,
  tenantId: TenantId,
  signal: string,
  correction: FamilyCorrection,
  actor: Actor,
  now: Date,
): Promise<{ mails: number; events: number }> {
  const found = await rows<{ eventId: EventId }>(
    tx,
    `select distinct w.event_id as "eventId" from (${WAITING} and m.signal_key = $3) w`,
    [tenantId, now, signal],
  );
  if (found.length === 0) throw new NotFound('family of unclassified mails');
  const events = await lockEvents(
    tx,
    tenantId,
    found.map(({ eventId }) => eventId),
  );
  await rememberOrgs(tx, tenantId, [correction.org ?? null], now);
  let mails = 0;
  // A signal stands in one open event, or in a few after merges and splits.
  for (const event of events) mails += await correctIn(tx, tenantId, event, signal, correction, actor, now);
  return { mails, events: events.length };
}

async function correctIn(
  tx: Tx,
  tenantId: TenantId,
  event: LoadedEvent,
  signalKey: string,
  { severity, org }: FamilyCorrection,
  actor: Actor,
  now: Date,
): Promise<number> {
  const which = { eventId: event.id, waitingSignal: signalKey };
  const mails = await writeCorrections(tx, tenantId, which, { severity, org }, actor);
  const signal = event.signals.get(signalKey);
  if (signal && severity) {
    signal.severity = severity;
    await saveSignals(tx, tenantId, [{ ...signal, eventId: event.id }]);
  }
  const formerly = { severity: event.severity, org: event.org };
  const summary = await summariseMails(tx, tenantId, event.id);
  event.org = summary.org;
  event.servers = summary.servers;
  event.severity = severityOf(event.signals.values(), severity ?? event.severity);
  await updateEvents(tx, tenantId, [event], true);
  const detail = { mails, formerly, ...given({ severity, org }) };
  const why = describeCorrection({ severity, org });
  await recordChanges(tx, tenantId, [{ eventId: event.id, at: now, actor, what: 'corrected', detail, why }]);
  return mails;
}
