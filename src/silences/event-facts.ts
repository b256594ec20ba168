/** Events as silences look at them. Their rules are looked up only when a silence asks for rules. */
import { rows, type Tx } from '../db/transaction.ts';
import { groupBy } from '../kernel/group-by.ts';
import type { EventId, TenantId } from '../kernel/ids.ts';
import type { Silence, SilenceableEvent } from './silence.ts';

export async function loadEventFacts(
  tx: Tx,
  tenantId: TenantId,
  eventIds: readonly EventId[],
  silences: readonly Pick<Silence, 'rules'>[],
): Promise<Map<EventId, SilenceableEvent>> {
  if (eventIds.length === 0) return new Map();
  const found = await rows<Omit<SilenceableEvent, 'ruleIds'>>(
    tx,
    `select e.id, e.org, e.servers, e.stream_id as "streamId" from events e
     where e.tenant_id = $1 and e.id = any($2::uuid[])`,
    [tenantId, eventIds],
  );
  const rules = await loadRules(tx, tenantId, eventIds, silences);
  return new Map(found.map((event) => [event.id, { ...event, ruleIds: rules.get(event.id) ?? [] }]));
}

/** A recovery often reads differently, and asks for nobody: it need not match. */
async function loadRules(
  tx: Tx,
  tenantId: TenantId,
  eventIds: readonly EventId[],
  silences: readonly Pick<Silence, 'rules'>[],
): Promise<Map<EventId, string[]>> {
  const asked = [...new Set(silences.flatMap(({ rules }) => rules))];
  if (asked.length === 0) return new Map();
  const found = await rows<{ eventId: EventId; rule: string }>(
    tx,
    `select m.event_id as "eventId", r.rule
     from mses m cross join unnest($3::text[]) as r (rule)
     where m.tenant_id = $1 and m.event_id = any($2::uuid[]) and m.state not in ('recovery', 'acknowledgement')
     group by m.event_id, r.rule having bool_and(m.findings -> 'rules' ? r.rule)`,
    [tenantId, eventIds, asked],
  );
  const byEvent = groupBy(found, ({ eventId }) => eventId);
  return new Map([...byEvent].map(([eventId, matched]) => [eventId, matched.map(({ rule }) => rule)]));
}
