/**
 * Mails that nobody and nothing could classify, by signal: those of the open events that the rail counts, without
 * severity or org, neither snoozed nor noise; and putting right all of a family at once.
 */
import type { Actor } from '../../accounts/role.ts';
import { oneRow, rows, type Tx } from '../../db/transaction.ts';
import { recordChanges } from '../../events/change.ts';
import { severityOf } from '../../events/event.ts';
import { summariseMails } from '../../events/membership.ts';
import { rememberOrgs } from '../../events/orgs.ts';
import type { MaybeSeverity, Severity } from '../../events/severity.ts';
import { lockEvents, updateEvents, type LoadedEvent } from '../../events/store.ts';
import { NotFound } from '../../kernel/errors.ts';
import { given } from '../../kernel/given.ts';
import type { EventId, MseId, TenantId } from '../../kernel/ids.ts';
import {
  describeCorrection,
  setSeverities,
  startTeaching,
  writeCorrections,
  type Teaching,
} from '../correct.ts';
import type { Sample } from './vectors.ts';

/** More than a person looks through; the page says so when it ends there. */
export const MOST_LOOKED_AT = 10_000;

/** Parameters $1 tenant, $2 now. */
const WAITING = `select m.id, m.signal_key, m.received_at, m.severity, m.org, m.event_id
  from events e join mses m on m.tenant_id = e.tenant_id and m.event_id = e.id
  where e.tenant_id = $1 and e.state = 'open' and not e.is_noise
    and (e.snoozed_until is null or e.snoozed_until <= $2) and (e.severity is null or e.org is null)
    and (m.severity is null or m.org is null)`;
const NEWEST = `${WAITING} order by m.received_at desc, m.id desc limit ${MOST_LOOKED_AT}`;

/** More different ones than this are looked at when the larger ones are classified: k-means compares all with all. */
const MOST_SIGNALS = 1000;

/** Unclassified mails of one signal. */
export interface WaitingSignal extends Sample {
  key: string;
  size: number;
  /** The newest. */
  mseId: MseId;
  severity: MaybeSeverity;
  org: string | null;
  servers: string[];
  firstAt: Date;
  lastAt: Date;
}

/** The signals with most mails, with a sample of each. */
export async function listWaitingSignals(tx: Tx, tenantId: TenantId, now: Date): Promise<WaitingSignal[]> {
  return rows<WaitingSignal>(
    tx,
    `with waiting as (${NEWEST}), signals as (
       select w.signal_key as key, count(*)::integer as size,
         (array_agg(w.id order by w.received_at desc, w.id desc))[1] as "mseId",
         max(w.severity) as severity, max(w.org) as org, min(w.received_at) as "firstAt", max(w.received_at) as "lastAt"
       from waiting w group by w.signal_key order by size desc, "lastAt" desc, key limit ${MOST_SIGNALS}
     )
     select s.*, m.subject, m.from_address as sender, m.servers, m.template_id as "templateId",
       coalesce(left(t.body, 1000), '') as text
     from signals s join mses m on m.tenant_id = $1 and m.id = s."mseId"
       left join mail_texts t on t.tenant_id = $1 and t.mse_id = s."mseId"
     order by s.size desc, s."lastAt" desc, s.key`,
    [tenantId, now],
  );
}

export async function countWaitingMails(tx: Tx, tenantId: TenantId, now: Date): Promise<number> {
  const row = await oneRow<{ count: number }>(
    tx,
    `with waiting as (${NEWEST}) select count(*)::integer as count from waiting`,
    [tenantId, now],
  );
  return row?.count ?? 0;
}

export interface FamilyCorrection {
  severity?: Severity | undefined;
  org?: string | undefined;
}

/**
 * Puts right all waiting mails of signals, and their events; what a person decided before stays.
 * @returns how many mails and events @throws NotFound when none waits
 */
export async function correctFamily(
  tx: Tx,
  tenantId: TenantId,
  signals: readonly string[],
  correction: FamilyCorrection,
  actor: Actor,
  now: Date,
): Promise<{ mails: number; events: number }> {
  const found = await rows<{ eventId: EventId; key: string }>(
    tx,
    `select distinct w.event_id as "eventId", w.signal_key as key from (${WAITING} and m.signal_key = any($3::uuid[])) w`,
    [tenantId, now, signals],
  );
  if (found.length === 0) throw new NotFound('family of unclassified mails');
  const events = await lockEvents(tx, tenantId, [...new Set(found.map(({ eventId }) => eventId))]);
  await rememberOrgs(tx, tenantId, [correction.org ?? null], now);
  const teaching = startTeaching(actor, now);
  let mails = 0;
  // A signal stands in one open event, or in a few after merges and splits.
  for (const event of events) {
    const own = found.filter(({ eventId }) => eventId === event.id).map(({ key }) => key);
    mails += await correctIn(tx, tenantId, event, own, correction, teaching);
  }
  return { mails, events: events.length };
}

async function correctIn(
  tx: Tx,
  tenantId: TenantId,
  event: LoadedEvent,
  keys: readonly string[],
  { severity, org }: FamilyCorrection,
  teaching: Teaching,
): Promise<number> {
  let mails = 0;
  const taught: string[] = [];
  for (const key of keys) {
    const which = { eventId: event.id, waitingSignal: key };
    const corrected = await writeCorrections(tx, tenantId, which, { severity, org }, teaching);
    mails += corrected.mails;
    taught.push(...corrected.taught);
  }
  const signals = await setSeverities(tx, tenantId, event, keys, severity);
  const formerly = { severity: event.severity, org: event.org };
  const summary = await summariseMails(tx, tenantId, event.id);
  event.org = summary.org;
  event.servers = summary.servers;
  event.severity = severityOf(event.signals.values(), severity ?? event.severity);
  await updateEvents(tx, tenantId, [event], true);
  const { deedId, actor, now } = teaching;
  const detail = { mails, formerly, deed: deedId, signals, taught, ...given({ severity, org }) };
  const why = describeCorrection({ severity, org });
  await recordChanges(tx, tenantId, [{ eventId: event.id, at: now, actor, what: 'corrected', detail, why }]);
  return mails;
}
