/** History: earlier completed events of the same signals, who completed them, how long they took, the closing note. */
import { rows, type Tx } from '../db/transaction.ts';
import type { EventId, TenantId } from '../kernel/ids.ts';
import type { MaybeSeverity } from './severity.ts';

export interface RelatedEvent {
  id: EventId;
  number: number;
  title: string;
  severity: MaybeSeverity;
  createdAt: Date;
  completedAt: Date;
  completedBy: string | null;
  note: string | null;
  /** How many signals both have. */
  sharedSignals: number;
}

const MOST_SHOWN = 5;

export async function listRelated(tx: Tx, tenantId: TenantId, eventId: string): Promise<RelatedEvent[]> {
  return rows<RelatedEvent>(
    tx,
    `select e.id, e.number, e.title, e.severity, e.created_at as "createdAt", e.completed_at as "completedAt",
       e.completed_by as "completedBy", e.completion_note as note, shared.count::integer as "sharedSignals"
     from (
       select other.event_id, count(*) as count
       from event_signals own join event_signals other
         on other.tenant_id = own.tenant_id and other.signal_key = own.signal_key and other.event_id <> own.event_id
       where own.tenant_id = $1 and own.event_id = $2
       group by other.event_id
     ) shared join events e on e.tenant_id = $1 and e.id = shared.event_id
     where e.state = 'completed'
     order by shared.count desc, e.completed_at desc
     limit ${MOST_SHOWN}`,
    [tenantId, eventId],
  );
}
