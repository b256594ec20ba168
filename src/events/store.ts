/** The one writer of `events` and `event_signals`. Sets, not rows: a batch of mails is a handful of statements. */
import type { EventId, TenantId } from '../kernel/ids.ts';
import { affected, oneRow, rows, type Tx } from '../db/transaction.ts';
import type { EventSignal, OpenableEvent } from './event.ts';
import type { MaybeSeverity } from './severity.ts';

export interface LoadedEvent extends OpenableEvent {
  signals: Map<string, EventSignal>;
  /** Severities of open signals that are not in `signals`: a storm's thousands are not loaded to place one mail. */
  otherOpen: MaybeSeverity[];
}

const EVENT = `e.id, e.number, e.kind, e.state, e.is_noise as "isNoise", e.flapping, e.is_storm as "isStorm", e.severity, e.org, e.servers, e.title,
  e.created_at as "createdAt", e.assignee_id as "assigneeId", e.assigned_at as "assignedAt",
  e.completed_at as "completedAt", e.completed_by as "completedBy", e.completion_note as "completionNote",
  e.snoozed_until as "snoozedUntil", e.mse_count as "mseCount", e.last_mse_at as "lastMseAt"`;

const SIGNAL = `s.signal_key as key, s.label, s.is_open as "isOpen", s.severity, s.first_at as "firstAt",
  s.last_at as "lastAt", s.recovered_at as "recoveredAt", s.turns, s.portrait, s.joined`;

/** Which event each signal points at now. */
export async function findEventsOfSignals(
  tx: Tx,
  tenantId: TenantId,
  keys: readonly string[],
): Promise<Map<string, EventId>> {
  if (keys.length === 0) return new Map();
  const current = await rows<{ key: string; eventId: EventId }>(
    tx,
    `select signal_key as key, event_id as "eventId" from event_signals
     where tenant_id = $1 and signal_key = any($2::uuid[]) and is_current`,
    [tenantId, keys],
  );
  return new Map(current.map(({ key, eventId }) => [key, eventId]));
}

/** Events with those of their signals that are asked for; of the others only how severe the open ones are. */
export async function lockEventsForPlacing(
  tx: Tx,
  tenantId: TenantId,
  ids: readonly string[],
  keys: readonly string[],
): Promise<LoadedEvent[]> {
  if (ids.length === 0) return [];
  const loaded = await lockHeads(tx, tenantId, ids);
  const signals = await rows<EventSignal & { eventId: EventId }>(
    tx,
    `select s.event_id as "eventId", ${SIGNAL} from event_signals s
     where s.tenant_id = $1 and s.event_id = any($2::uuid[]) and s.signal_key = any($3::uuid[]) and s.is_current`,
    [tenantId, ids, keys],
  );
  for (const { eventId, ...signal } of signals) loaded.get(eventId)?.signals.set(signal.key, signal);
  const others = await rows<{ eventId: EventId; severity: MaybeSeverity }>(
    tx,
    `select distinct s.event_id as "eventId", s.severity from event_signals s
     where s.tenant_id = $1 and s.event_id = any($2::uuid[]) and s.is_current and s.is_open
       and s.signal_key <> all($3::uuid[])`,
    [tenantId, ids, keys],
  );
  for (const { eventId, severity } of others) loaded.get(eventId)?.otherOpen.push(severity);
  return [...loaded.values()];
}

/** Locked in the order of ids, so that two transactions cannot wait for each other; people's changes wait for the batch. */
async function lockHeads(
  tx: Tx,
  tenantId: TenantId,
  ids: readonly string[],
): Promise<Map<string, LoadedEvent>> {
  const events = await rows<OpenableEvent>(
    tx,
    `select ${EVENT} from events e where e.tenant_id = $1 and e.id = any($2::uuid[]) order by e.id for update`,
    [tenantId, ids],
  );
  return new Map(
    events.map((event): [string, LoadedEvent] => [event.id, { ...event, signals: new Map(), otherOpen: [] }]),
  );
}

/** Loads events with all their signals, locked. */
export async function lockEvents(tx: Tx, tenantId: TenantId, ids: readonly string[]): Promise<LoadedEvent[]> {
  if (ids.length === 0) return [];
  const loaded = await lockHeads(tx, tenantId, ids);
  const signals = await rows<EventSignal & { eventId: EventId }>(
    tx,
    `select s.event_id as "eventId", ${SIGNAL} from event_signals s
     where s.tenant_id = $1 and s.event_id = any($2::uuid[]) and s.is_current`,
    [tenantId, ids],
  );
  for (const { eventId, ...signal } of signals) loaded.get(eventId)?.signals.set(signal.key, signal);
  return [...loaded.values()];
}

/** Takes numbers for new events. @returns the first of `count` in a row */
export async function takeEventNumbers(tx: Tx, tenantId: TenantId, count: number): Promise<number> {
  await affected(tx, 'update tenants set next_event_number = next_event_number + $2 where id = $1', [
    tenantId,
    count,
  ]);
  const row = await oneRow<{ next: number }>(
    tx,
    'select next_event_number as next from tenants where id = $1',
    [tenantId],
  );
  if (!row) throw new Error(`no tenant ${tenantId}`);
  return row.next - count;
}

export type NewEvent = OpenableEvent & { streamId?: string | null };

export async function insertEvents(tx: Tx, tenantId: TenantId, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await rows(
    tx,
    `insert into events (tenant_id, id, number, kind, state, is_noise, flapping, is_storm, severity, org, servers, title, created_at,
       assignee_id, assigned_at, completed_at, completed_by, completion_note, snoozed_until, stream_id, mse_count,
       last_mse_at)
     select $1, e.id, e.number, e.kind, e.state, e."isNoise", e.flapping, e."isStorm", e.severity, e.org,
       array(select json_array_elements_text(e.servers)), e.title, e."createdAt",
       e."assigneeId", e."assignedAt", e."completedAt", e."completedBy", e."completionNote", e."snoozedUntil",
       e."streamId", e."mseCount", e."lastMseAt"
     from json_to_recordset($2) as e (${EVENT_COLUMNS})`,
    [tenantId, JSON.stringify(events)],
  );
}

const EVENT_COLUMNS = `id uuid, number integer, kind text, state text, "isNoise" boolean, flapping boolean, "isStorm" boolean, severity text, org text,
  servers json, title text, "createdAt" timestamptz, "assigneeId" uuid, "assignedAt" timestamptz,
  "completedAt" timestamptz, "completedBy" text, "completionNote" text, "snoozedUntil" timestamptz, "streamId" uuid,
  "mseCount" integer, "lastMseAt" timestamptz`;

/**
 * Writes what may change of locked events.
 * @param byPerson true raises the version: somebody who looked before must look again
 */
export async function updateEvents(
  tx: Tx,
  tenantId: TenantId,
  events: readonly OpenableEvent[],
  byPerson: boolean,
): Promise<void> {
  if (events.length === 0) return;
  await affected(
    tx,
    `update events set state = e.state, is_noise = e."isNoise", flapping = e.flapping, is_storm = e."isStorm", severity = e.severity, org = e.org,
       servers = array(select json_array_elements_text(e.servers)), title = e.title, created_at = e."createdAt",
       assignee_id = e."assigneeId", assigned_at = e."assignedAt", completed_at = e."completedAt",
       completed_by = e."completedBy", completion_note = e."completionNote", snoozed_until = e."snoozedUntil",
       mse_count = e."mseCount", last_mse_at = e."lastMseAt",
       is_remembered = events.is_remembered and e.state = 'completed',
       version = events.version + case when $3::boolean then 1 else 0 end
     from json_to_recordset($2) as e (${EVENT_COLUMNS})
     where events.tenant_id = $1 and events.id = e.id`,
    [tenantId, JSON.stringify(events), byPerson],
  );
}

export interface PlacedSignal extends EventSignal {
  eventId: EventId;
}

/** Points signals at their events; the event that one pointed at before keeps its row as history. */
export async function saveSignals(
  tx: Tx,
  tenantId: TenantId,
  signals: readonly PlacedSignal[],
): Promise<void> {
  if (signals.length === 0) return;
  const parameters = [tenantId, JSON.stringify(signals)];
  await affected(
    tx,
    `update event_signals set is_current = false
     from json_to_recordset($2) as s (key uuid, "eventId" uuid)
     where event_signals.tenant_id = $1 and event_signals.signal_key = s.key and event_signals.is_current
       and event_signals.event_id <> s."eventId"`,
    parameters,
  );
  await rows(
    tx,
    `insert into event_signals (tenant_id, event_id, signal_key, label, is_current, is_open, severity, first_at,
       last_at, recovered_at, turns, portrait, joined)
     select $1, s."eventId", s.key, s.label, true, s."isOpen", s.severity, s."firstAt", s."lastAt", s."recoveredAt",
       array(select value::timestamptz from json_array_elements_text(s.turns)), s.portrait, s.joined
     from json_to_recordset($2) as s (key uuid, "eventId" uuid, label text, "isOpen" boolean, severity text,
       "firstAt" timestamptz, "lastAt" timestamptz, "recoveredAt" timestamptz, turns json, portrait jsonb,
       joined jsonb)
     on conflict (tenant_id, event_id, signal_key) do update set is_current = true, is_open = excluded.is_open,
       severity = excluded.severity, first_at = least(event_signals.first_at, excluded.first_at),
       last_at = excluded.last_at, recovered_at = excluded.recovered_at, turns = excluded.turns,
       portrait = coalesce(excluded.portrait, event_signals.portrait),
       joined = coalesce(event_signals.joined, excluded.joined)
     returning signal_key`,
    parameters,
  );
}

/** When an event is over, so are its signals: what comes back later starts anew. */
export async function closeSignals(tx: Tx, tenantId: TenantId, eventIds: readonly string[]): Promise<void> {
  if (eventIds.length === 0) return;
  await affected(
    tx,
    'update event_signals set is_open = false where tenant_id = $1 and event_id = any($2::uuid[]) and is_open',
    [tenantId, eventIds],
  );
}
