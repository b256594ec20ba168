/** Events as their ladders look at them. */
import { rows, type Tx } from '../../db/transaction.ts';
import { BY_PERSON } from '../../events/act.ts';
import type { EventId, TenantId } from '../../kernel/ids.ts';
import { findSilencedUntil } from '../../silences/covering.ts';
import type { ToldEvent } from '../wording/event-facts.ts';
import type { Standing } from './climb.ts';

export interface StandingEvent extends Standing, ToldEvent {
  eventId: EventId;
}

/** @param how `held`: nobody takes or ends the events before the transaction's end */
export async function loadStandings(
  tx: Tx,
  tenantId: TenantId,
  eventIds: readonly EventId[],
  now: Date,
  how: 'held' | 'looked at',
): Promise<Map<EventId, StandingEvent>> {
  const found = await rows<Omit<StandingEvent, 'silencedUntil'>>(
    tx,
    `select e.id as "eventId", e.state, e.is_noise as "isNoise", e.severity, e.org, e.assignee_id as "assigneeId",
       e.assigned_at as "assignedAt", e.snoozed_until as "snoozedUntil", e.number, e.kind, e.title, e.servers,
       e.created_at as "createdAt",
       case when e.assignee_id is not null then (
         select max(at) from changes where tenant_id = e.tenant_id and event_id = e.id and ${BY_PERSON}
       ) end as "lastDeedAt"
     from events e where e.tenant_id = $1 and e.id = any($2::uuid[]) order by e.id
     ${how === 'held' ? 'for share of e' : ''}`,
    [tenantId, eventIds],
  );
  const open = found.filter(({ state }) => state === 'open').map(({ eventId }) => eventId);
  const silenced = await findSilencedUntil(tx, tenantId, open, now);
  return new Map(
    found.map((event) => [event.eventId, { ...event, silencedUntil: silenced.get(event.eventId) ?? null }]),
  );
}
