/** The events that silences kept from people: hidden at dispatch, settled when the last window that covers them ends. */
import { affected, changedRows, rows, type Tx } from '../db/transaction.ts';
import type { EventKind, StoredState } from '../events/event.ts';
import type { MaybeSeverity } from '../events/severity.ts';
import type { EventId, TenantId } from '../kernel/ids.ts';

export interface Hidden {
  silenceId: string;
  eventId: EventId;
  windowFrom: Date;
  /** When the window ends, or was ended. */
  untilAt: Date;
  /** Mails that were not sent. */
  notices: number;
}

/** @returns the events that a window hides for the first time, however often they ask */
export async function saveHidden(
  tx: Tx,
  tenantId: TenantId,
  hidden: readonly Hidden[],
  now: Date,
): Promise<Set<EventId>> {
  if (hidden.length === 0) return new Set();
  const written = await rows<{ eventId: EventId; isNew: boolean }>(
    tx,
    `insert into silenced_events (tenant_id, silence_id, event_id, window_from, until_at, hidden_at, notices,
       seen_mails, seen_version)
     select $1, h."silenceId", h."eventId", h."windowFrom", h."untilAt", $3, h.notices, e.mse_count, e.version
     from json_to_recordset($2) as h ("silenceId" uuid, "eventId" uuid, "windowFrom" timestamptz,
         "untilAt" timestamptz, notices integer)
       join events e on e.tenant_id = $1 and e.id = h."eventId"
     on conflict (tenant_id, silence_id, event_id, window_from) do update
       set until_at = excluded.until_at, notices = silenced_events.notices + excluded.notices, settled_at = null,
         seen_mails = excluded.seen_mails, seen_version = excluded.seen_version
     returning event_id as "eventId", (xmax = 0) as "isNew"`,
    [tenantId, JSON.stringify(hidden), now],
  );
  return new Set(written.filter(({ isNew }) => isNew).map(({ eventId }) => eventId));
}

/** Somebody changed, ended or removed the silence: what it hid is looked at again at once. */
export async function releaseHidden(tx: Tx, tenantId: TenantId, silenceId: string, now: Date): Promise<void> {
  await affected(
    tx,
    `update silenced_events set until_at = $3
     where tenant_id = $1 and silence_id = $2 and settled_at is null and until_at > $3`,
    [tenantId, silenceId, now],
  );
}

/** Hidden events that got mail or were changed since are looked at again: they may have grown out of the scope. */
export async function releaseChanged(tx: Tx, now: Date): Promise<void> {
  await affected(
    tx,
    `update silenced_events s set until_at = $1 from events e
     where s.settled_at is null and s.until_at > $1 and e.tenant_id = s.tenant_id and e.id = s.event_id
       and (e.mse_count <> s.seen_mails or e.version <> s.seen_version)`,
    [now],
  );
}

export async function findTenantWithDue(tx: Tx, now: Date): Promise<TenantId | null> {
  const [found] = await rows<{ tenantId: TenantId }>(
    tx,
    `select tenant_id as "tenantId" from silenced_events where settled_at is null and until_at <= $1
     order by until_at limit 1`,
    [now],
  );
  return found?.tenantId ?? null;
}

/** What windows hid that are over, now settled; whoever asks tells of it in the same transaction. */
export async function settleDue(tx: Tx, tenantId: TenantId, limit: number, now: Date): Promise<Hidden[]> {
  return changedRows<Hidden>(
    tx,
    `update silenced_events s set settled_at = $2
     where (s.tenant_id, s.silence_id, s.event_id, s.window_from) in (
       select d.tenant_id, d.silence_id, d.event_id, d.window_from from silenced_events d
       where d.tenant_id = $1 and d.settled_at is null and d.until_at <= $2
       order by d.until_at limit $3 for update)
     returning ${HIDDEN}`,
    [tenantId, now, limit],
  );
}

const HIDDEN = `s.silence_id as "silenceId", s.event_id as "eventId", s.window_from as "windowFrom",
  s.until_at as "untilAt", s.notices`;

/** Events that are told now: no other silence that hid them tells of them again. */
export async function settleEvents(
  tx: Tx,
  tenantId: TenantId,
  eventIds: readonly EventId[],
  now: Date,
): Promise<Hidden[]> {
  if (eventIds.length === 0) return [];
  return changedRows<Hidden>(
    tx,
    `update silenced_events s set settled_at = $3
     where s.tenant_id = $1 and s.event_id = any($2::uuid[]) and s.settled_at is null
     returning ${HIDDEN}`,
    [tenantId, eventIds, now],
  );
}

export interface HiddenCount {
  events: number;
  notices: number;
}

/** By silence, over all its windows. */
export async function countHidden(
  tx: Tx,
  tenantId: TenantId,
  silenceIds: readonly string[],
): Promise<Map<string, HiddenCount>> {
  const counts = await rows<HiddenCount & { silenceId: string }>(
    tx,
    `select silence_id as "silenceId", count(distinct event_id)::integer as events, sum(notices)::integer as notices
     from silenced_events where tenant_id = $1 and silence_id = any($2::uuid[]) group by silence_id`,
    [tenantId, silenceIds],
  );
  return new Map(counts.map(({ silenceId, ...count }) => [silenceId, count]));
}

const MOST_SHOWN = 50;

/** An event that a silence kept from people. */
export interface HiddenEvent {
  id: EventId;
  number: number;
  title: string;
  kind: EventKind;
  state: StoredState;
  severity: MaybeSeverity;
  hiddenAt: Date;
  notices: number;
  /** When people were told, or when another silence took it over; null while it is hidden. */
  settledAt: Date | null;
}

/** What a silence hid, over all its windows, the latest first. */
export async function listHidden(tx: Tx, tenantId: TenantId, silenceId: string): Promise<HiddenEvent[]> {
  return rows<HiddenEvent>(
    tx,
    `select e.id, e.number, e.title, e.kind, e.state, e.severity, h."hiddenAt", h.notices, h."settledAt"
     from (
       select event_id, max(hidden_at) as "hiddenAt", sum(notices)::integer as notices,
         case when bool_and(settled_at is not null) then max(settled_at) end as "settledAt"
       from silenced_events where tenant_id = $1 and silence_id = $2
       group by event_id order by max(hidden_at) desc, event_id desc limit ${MOST_SHOWN}
     ) h join events e on e.tenant_id = $1 and e.id = h.event_id
     order by h."hiddenAt" desc, e.id desc`,
    [tenantId, silenceId],
  );
}
