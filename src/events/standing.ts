/** Where mails stand: the path each has, and what has become of its event. What folders of mail are derived from. */
import { rows, type Tx } from '../db/transaction.ts';
import type { EventId, MseId, TenantId, UserId } from '../kernel/ids.ts';

export interface MailStanding {
  mseId: MseId;
  eventId: EventId;
  org: string | null;
  isCompleted: boolean;
  assignee: { id: UserId; name: string } | null;
}

/** Mails that triage has not seen are left out. */
export async function listStandings(
  tx: Tx,
  tenantId: TenantId,
  mails: readonly MseId[],
): Promise<MailStanding[]> {
  if (mails.length === 0) return [];
  return rows<MailStanding>(
    tx,
    `select m.id as "mseId", m.event_id as "eventId", m.org, e.state = 'completed' as "isCompleted",
       case when u.id is null then null else json_build_object('id', u.id, 'name', u.name) end as assignee
     from mses m join events e on e.tenant_id = m.tenant_id and e.id = m.event_id
       left join users u on u.id = e.assignee_id
     where m.tenant_id = $1 and m.id = any($2::uuid[])`,
    [tenantId, mails],
  );
}
