/**
 * A change of an event: who, when, what, why. The rows are the timeline, append-only, and what notices are made
 * of: the outbox names the changes that nobody has been told of yet.
 */
import { newId, type EventId, type TenantId } from '../kernel/ids.ts';
import { type Actor, SYSTEM } from '../accounts/role.ts';
import { oneRow, rows, type Tx } from '../db/transaction.ts';

export type ChangeKind =
  | 'opened'
  | 'mails'
  | 'severity'
  | 'recovered'
  | 'flapping'
  | 'storm'
  | 'first cause'
  | 'completed'
  | 'reopened'
  | 'assigned'
  | 'unassigned'
  | 'snoozed'
  | 'noise'
  | 'not noise'
  | 'note'
  | 'merged'
  | 'split'
  | 'merge undone'
  | 'split undone'
  | 'corrected'
  | 'correction undone'
  | 'notice held'
  | 'silenced'
  | 'silence over'
  | 'escalated'
  | 'reminded'
  | 'not told';

export interface Change {
  id: string;
  eventId: EventId;
  at: Date;
  actor: Actor;
  what: ChangeKind;
  detail: Record<string, unknown>;
  why: string | null;
}

export type NewChange = Omit<Change, 'id' | 'actor' | 'detail' | 'why'> &
  Partial<Pick<Change, 'actor' | 'detail' | 'why'>>;

/** Changes that somebody may have to be told of, or that begin or stop escalation. */
const TOLD: readonly ChangeKind[] = [
  'assigned',
  'unassigned',
  'opened',
  'reopened',
  'severity',
  'completed',
  'snoozed',
  'not noise',
  'split',
  'merge undone',
];

/**
 * Appends to timelines, and to the outbox in the same transaction.
 * @param tells false for history being imported: the people know
 */
export async function recordChanges(
  tx: Tx,
  tenantId: TenantId,
  changes: readonly NewChange[],
  tells = true,
): Promise<Change[]> {
  if (changes.length === 0) return [];
  const recorded = changes.map((change): Change => ({
    actor: SYSTEM,
    detail: {},
    why: null,
    ...change,
    ...(change.actor?.via ? { detail: { ...change.detail, via: change.actor.via } } : {}),
    id: newId<string>(change.at),
  }));
  await rows(
    tx,
    `insert into changes (tenant_id, id, event_id, at, user_id, who, what, detail, why)
     select $1, c.id, c."eventId", c.at, c."userId", c.who, c.what, c.detail, c.why
     from json_to_recordset($2) as c
       (id uuid, "eventId" uuid, at timestamptz, "userId" uuid, who text, what text, detail jsonb, why text)`,
    [
      tenantId,
      JSON.stringify(
        recorded.map(({ actor, ...change }) => ({ ...change, userId: actor.userId, who: actor.name })),
      ),
    ],
  );
  const told = tells ? recorded.filter(({ what }) => TOLD.includes(what)) : [];
  if (told.length > 0) {
    await rows(tx, 'insert into outbox (tenant_id, change_id) select $1, unnest($2::uuid[])', [
      tenantId,
      told.map(({ id }) => id),
    ]);
  }
  return recorded;
}

/** Into the timelines of those events that have no such row with the same detail yet. */
export async function tellOnce(
  tx: Tx,
  tenantId: TenantId,
  events: readonly EventId[],
  change: Omit<NewChange, 'eventId'>,
): Promise<void> {
  const told = await rows<{ eventId: EventId }>(
    tx,
    `select distinct event_id as "eventId" from changes
     where tenant_id = $1 and event_id = any($2::uuid[]) and what = $3 and detail @> $4::jsonb`,
    [tenantId, events, change.what, JSON.stringify(change.detail ?? {})],
  );
  const known = new Set(told.map(({ eventId }) => eventId));
  const fresh = events.filter((id) => !known.has(id));
  await recordChanges(
    tx,
    tenantId,
    fresh.map((eventId) => ({ ...change, eventId })),
  );
}

export interface TimelineRow {
  id: string;
  at: Date;
  userId: string | null;
  who: string;
  what: ChangeKind;
  detail: Record<string, unknown>;
  why: string | null;
}

const TIMELINE_ROW = 'id, at, user_id as "userId", who, what, detail, why';
/** A timeline is read whole; only a machine writes more. */
const LONGEST_TIMELINE = 1000;

export async function listTimeline(tx: Tx, tenantId: TenantId, eventId: string): Promise<TimelineRow[]> {
  return rows<TimelineRow>(
    tx,
    `select ${TIMELINE_ROW} from changes where tenant_id = $1 and event_id = $2
     order by id desc limit ${LONGEST_TIMELINE}`,
    [tenantId, eventId],
  );
}

/** What a row of a timeline tells of; null when there is no such row. */
export async function findKindOfChange(tx: Tx, tenantId: TenantId, id: string): Promise<ChangeKind | null> {
  const row = await oneRow<{ what: ChangeKind }>(
    tx,
    'select what from changes where tenant_id = $1 and id = $2',
    [tenantId, id],
  );
  return row?.what ?? null;
}
