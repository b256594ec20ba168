/** The historical report over time: mails received and events created in each step of its range. */
import { rows, type Tx } from '../db/transaction.ts';
import type { TenantId } from '../kernel/ids.ts';
import { eventScope, scopeOf, SEVERITY_NAMES, type HistoryRange, type SeverityName } from './history.ts';

export interface Step {
  from: Date;
  mses: number;
  events: Record<SeverityName, number>;
}

/** @param starts ascending, the first at or before the range's beginning; each step ends where the next begins */
export async function historyCourse(
  tx: Tx,
  tenantId: TenantId,
  range: HistoryRange,
  starts: readonly Date[],
): Promise<Step[]> {
  const mses = scopeOf(tenantId, range, 'm', 'received_at');
  const mseCounts = await rows<{ step: number; count: number }>(
    tx,
    `select width_bucket(m.received_at, $${mses.parameters.length + 1}::timestamptz[]) as step,
       count(*)::integer as count
     from mses m where ${mses.condition} and m.event_id is not null group by 1`,
    [...mses.parameters, starts],
  );
  const events = eventScope(tenantId, range);
  const eventCounts = await rows<{ step: number; severity: SeverityName; count: number }>(
    tx,
    `select width_bucket(e.created_at, $${events.parameters.length + 1}::timestamptz[]) as step,
       coalesce(e.severity, 'unclassified') as severity, count(*)::integer as count
     from events e where ${events.condition} group by 1, 2`,
    [...events.parameters, starts],
  );
  const steps = starts.map((from): Step => ({ from, mses: 0, events: noEvents() }));
  // width_bucket counts from 1.
  for (const { step, count } of mseCounts) {
    const found = steps[step - 1];
    if (found) found.mses = count;
  }
  for (const { step, severity, count } of eventCounts) {
    const found = steps[step - 1];
    if (found) found.events[severity] = count;
  }
  return steps;
}

function noEvents(): Record<SeverityName, number> {
  return Object.fromEntries(SEVERITY_NAMES.map((name) => [name, 0])) as Record<SeverityName, number>;
}
