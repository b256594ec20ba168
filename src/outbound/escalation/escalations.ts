/** The table of events on their ladder: where each stands, and when it is due. */
import { affected, rows, type Tx } from '../../db/transaction.ts';
import type { EventId, TenantId } from '../../kernel/ids.ts';
import type { Climb } from './climb.ts';

export interface Escalation {
  eventId: EventId;
  climb: Climb;
  dueAt: Date;
}

interface Row extends Climb {
  tenantId: TenantId;
  eventId: EventId;
  dueAt: Date;
}

const ROW = `tenant_id as "tenantId", event_id as "eventId", policy_id as "policyId", assignee_id as "assigneeId", step, round,
  since, due_at as "dueAt"`;

/** Held until the transaction ends: whoever climbs meanwhile waits. */
export async function lockEscalations(
  tx: Tx,
  tenantId: TenantId,
  eventIds: readonly EventId[],
): Promise<Map<EventId, Climb>> {
  const found = await rows<Row>(
    tx,
    `select ${ROW} from escalations where tenant_id = $1 and event_id = any($2::uuid[]) order by event_id for update`,
    [tenantId, eventIds],
  );
  return new Map(found.map((row) => [row.eventId, climbOf(row)]));
}

export async function findEscalation(tx: Tx, tenantId: TenantId, eventId: EventId): Promise<Climb | null> {
  const [found] = await rows<Row>(
    tx,
    `select ${ROW} from escalations where tenant_id = $1 and event_id = $2`,
    [tenantId, eventId],
  );
  return found ? climbOf(found) : null;
}

function climbOf({ policyId, assigneeId, step, round, since }: Row): Climb {
  return { policyId, assigneeId, step, round, since };
}

/** For the look for work; $1 is now. */
export const HAS_DUE_ESCALATIONS = 'exists (select from escalations where due_at <= $1)';

/** What is due, the longest due first; of one that another process is at, that process takes care. */
export async function claimDue(
  tx: Tx,
  limit: number,
  now: Date,
): Promise<{ tenantId: TenantId; eventId: EventId; climb: Climb }[]> {
  const due = await rows<Row>(
    tx,
    `select ${ROW} from escalations where due_at <= $1 order by due_at limit $2 for update skip locked`,
    [now, limit],
  );
  return due.map((row) => ({ tenantId: row.tenantId, eventId: row.eventId, climb: climbOf(row) }));
}

export async function saveEscalations(
  tx: Tx,
  tenantId: TenantId,
  escalations: readonly Escalation[],
): Promise<void> {
  if (escalations.length === 0) return;
  const written = escalations.map(({ eventId, climb, dueAt }) => ({ eventId, dueAt, ...climb }));
  await rows(
    tx,
    `insert into escalations (tenant_id, event_id, policy_id, assignee_id, step, round, since, due_at)
     select $1, e."eventId", e."policyId", e."assigneeId", e.step, e.round, e.since, e."dueAt"
     from json_to_recordset($2) as e ("eventId" uuid, "policyId" uuid, "assigneeId" uuid, step integer, round integer,
       since timestamptz, "dueAt" timestamptz)
     on conflict (tenant_id, event_id) do update
       set policy_id = excluded.policy_id, assignee_id = excluded.assignee_id, step = excluded.step,
         round = excluded.round, since = excluded.since, due_at = excluded.due_at
     returning event_id`,
    [tenantId, JSON.stringify(written)],
  );
}

export async function endEscalations(
  tx: Tx,
  tenantId: TenantId,
  eventIds: readonly EventId[],
): Promise<void> {
  if (eventIds.length === 0) return;
  await affected(tx, 'delete from escalations where tenant_id = $1 and event_id = any($2::uuid[])', [
    tenantId,
    eventIds,
  ]);
}

/** A policy was changed: its events are looked at again, by what it says now. */
export async function lookAgain(tx: Tx, tenantId: TenantId, policyId: string, now: Date): Promise<void> {
  await affected(tx, 'update escalations set due_at = $3 where tenant_id = $1 and policy_id = $2', [
    tenantId,
    policyId,
    now,
  ]);
}
