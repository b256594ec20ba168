/** Events in the scope of silences: for the preview of one, and for what a summary says beside what was hidden. */
import { rows, type Tx } from '../db/transaction.ts';
import type { EventId, TenantId } from '../kernel/ids.ts';
import { covers } from './covers.ts';
import { loadEventFacts } from './event-facts.ts';
import type { SilenceScope } from './silence.ts';

export type Asked = { state: 'open'; before: Date | null } | { completedSince: Date; before: Date };

export interface InScope {
  /** The most severe first. */
  events: EventId[];
  count: number;
  /** False when there were more events than were looked at: the count is a lower bound. */
  isComplete: boolean;
}

/** Patterns are matched here, not in SQL; with more open events than this nobody reads a list. */
const MOST_LOOKED_AT = 5000;

export async function findInScope(
  tx: Tx,
  tenantId: TenantId,
  scopes: readonly SilenceScope[],
  asked: Asked,
  limit: number,
): Promise<InScope> {
  if (scopes.length === 0) return { events: [], count: 0, isComplete: true };
  const candidates =
    'state' in asked
      ? await listOpen(tx, tenantId, asked.before)
      : await listCompleted(tx, tenantId, asked.completedSince, asked.before);
  const ids = candidates.map(({ id }) => id);
  const facts = await loadEventFacts(tx, tenantId, ids, scopes);
  const covered = ids.filter((id) => {
    const event = facts.get(id);
    return event !== undefined && scopes.some((scope) => covers(scope, event));
  });
  return {
    events: covered.slice(0, limit),
    count: covered.length,
    isComplete: candidates.length < MOST_LOOKED_AT,
  };
}

async function listOpen(tx: Tx, tenantId: TenantId, before: Date | null): Promise<{ id: EventId }[]> {
  return rows<{ id: EventId }>(
    tx,
    `select e.id from events e
     where e.tenant_id = $1 and e.state = 'open' and not e.is_noise
       and ($2::timestamptz is null or e.created_at < $2)
     order by e.severity_rank, (e.assignee_id is not null), e.created_at desc, e.id desc limit ${MOST_LOOKED_AT}`,
    [tenantId, before],
  );
}

async function listCompleted(
  tx: Tx,
  tenantId: TenantId,
  since: Date,
  before: Date,
): Promise<{ id: EventId }[]> {
  return rows<{ id: EventId }>(
    tx,
    `select e.id from events e
     where e.tenant_id = $1 and e.state = 'completed' and e.completed_at >= $2 and e.created_at < $3 and not e.is_noise
     order by e.completed_at desc, e.id limit ${MOST_LOOKED_AT}`,
    [tenantId, since, before],
  );
}
