/** The numbers of the dashboard. They count what the list behind each of them shows. */
import { oneRow, rows, type Tx } from '../db/transaction.ts';
import type { TenantId } from '../kernel/ids.ts';
import type { MaybeSeverity } from './severity.ts';

export interface OpenCount {
  severity: MaybeSeverity;
  assigned: number;
  unassigned: number;
}

/** Open events that are not snoozed and not noise, by severity; severities without events are left out. */
export async function countOpen(tx: Tx, tenantId: TenantId, now: Date): Promise<OpenCount[]> {
  return rows<OpenCount>(
    tx,
    `select severity, count(*) filter (where assignee_id is not null)::integer as assigned,
       count(*) filter (where assignee_id is null)::integer as unassigned
     from events e
     where tenant_id = $1 and state = 'open' and not is_noise and (snoozed_until is null or snoozed_until <= $2)
     group by severity`,
    [tenantId, now],
  );
}

export interface OrgHealth {
  org: string;
  severity: MaybeSeverity;
  count: number;
}

/** Open events by org path and severity, for the tree of service health. */
export async function countOpenByOrg(tx: Tx, tenantId: TenantId, now: Date): Promise<OrgHealth[]> {
  return rows<OrgHealth>(
    tx,
    `select org, severity, count(*)::integer as count from events e
     where tenant_id = $1 and state = 'open' and not is_noise and (snoozed_until is null or snoozed_until <= $2)
       and org is not null
     group by org, severity order by org`,
    [tenantId, now],
  );
}

export interface HourOfTraffic {
  hour: Date;
  mails: number;
  events: number;
}

/** False in a tenant that nothing has come to yet. */
export async function hasEvents(tx: Tx, tenantId: TenantId): Promise<boolean> {
  return (await oneRow(tx, 'select 1 from events where tenant_id = $1 limit 1', [tenantId])) !== undefined;
}

/** Mails received and events opened (noise is none) in each hour since an instant; hours without either are left out. */
export async function countTraffic(tx: Tx, tenantId: TenantId, since: Date): Promise<HourOfTraffic[]> {
  return rows<HourOfTraffic>(
    tx,
    `select hour, sum(mails)::integer as mails, sum(events)::integer as events from (
       select date_trunc('hour', received_at) as hour, count(*) as mails, 0 as events
       from mses where tenant_id = $1 and received_at >= $2 and event_id is not null group by 1
       union all
       select date_trunc('hour', created_at), 0, count(*)
       from events where tenant_id = $1 and created_at >= $2 and state <> 'merged' and not is_noise group by 1
     ) counted group by hour order by hour`,
    [tenantId, since],
  );
}
