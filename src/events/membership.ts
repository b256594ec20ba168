/** Which mails an event has: the only place that moves mails between events. */
import { oneRow, rows, changedRows, type Tx } from '../db/transaction.ts';
import { groupBy } from '../kernel/group-by.ts';
import type { EventId, MseId, TenantId } from '../kernel/ids.ts';
import { commonPath } from './org-path.ts';
import type { MaybeSeverity } from './severity.ts';

/** Moves all mails of an event. @returns their ids */
export async function moveAllMails(tx: Tx, tenantId: TenantId, from: EventId, to: EventId): Promise<MseId[]> {
  const moved = await moveMailsOfEvents(tx, tenantId, [{ from, into: to }]);
  return moved.get(from) ?? [];
}

/** Moves all mails of several events, each to another. @returns their ids by the event they were of */
export async function moveMailsOfEvents(
  tx: Tx,
  tenantId: TenantId,
  moves: readonly { from: EventId; into: EventId }[],
): Promise<Map<EventId, MseId[]>> {
  const moved = await changedRows<{ id: MseId; from: EventId }>(
    tx,
    `update mses set event_id = m."into" from json_to_recordset($2) as m ("from" uuid, "into" uuid)
     where mses.tenant_id = $1 and mses.event_id = m."from" returning mses.id, m."from"`,
    [tenantId, JSON.stringify(moves)],
  );
  return new Map(
    [...groupBy(moved, ({ from }) => from)].map(([from, mails]) => [from, mails.map(({ id }) => id)]),
  );
}

/** Moves some mails of an event. @returns the ids of those that were there to move */
export async function moveMails(
  tx: Tx,
  tenantId: TenantId,
  from: EventId,
  to: EventId,
  ids: readonly string[],
): Promise<MseId[]> {
  const moved = await changedRows<{ id: MseId }>(
    tx,
    `update mses set event_id = $3 where tenant_id = $1 and event_id = $2 and id::text = any($4) returning id`,
    [tenantId, from, to, ids],
  );
  return moved.map(({ id }) => id);
}

/** Moves the mails of signals that arrived since an instant. */
export async function moveMailsOfSignals(
  tx: Tx,
  tenantId: TenantId,
  from: EventId,
  to: EventId,
  signals: readonly string[],
  since: Date,
): Promise<void> {
  await changedRows(
    tx,
    `update mses set event_id = $3
     where tenant_id = $1 and event_id = $2 and signal_key = any($4::uuid[]) and received_at >= $5 returning id`,
    [tenantId, from, to, signals, since],
  );
}

export interface MailSummary {
  count: number;
  first: { at: Date; subject: string; severity: MaybeSeverity } | null;
  lastAt: Date | null;
  org: string | null;
  servers: string[];
  signals: string[];
}

/** What the mails of an event amount to together. */
export async function summariseMails(tx: Tx, tenantId: TenantId, eventId: EventId): Promise<MailSummary> {
  const totals = await oneRow<{ count: number; lastAt: Date | null; orgs: string[]; signals: string[] }>(
    tx,
    `select count(*)::integer as count, max(received_at) as "lastAt",
       coalesce(array_agg(distinct org) filter (where org is not null), '{}') as orgs,
       coalesce(array_agg(distinct signal_key::text), '{}') as signals
     from mses where tenant_id = $1 and event_id = $2`,
    [tenantId, eventId],
  );
  const servers = await rows<{ server: string }>(
    tx,
    `select distinct unnest(servers) as server from mses where tenant_id = $1 and event_id = $2 order by 1 limit 50`,
    [tenantId, eventId],
  );
  const first = await oneRow<{ at: Date; subject: string; severity: MaybeSeverity }>(
    tx,
    `select received_at as at, subject, severity from mses where tenant_id = $1 and event_id = $2
     order by received_at, id limit 1`,
    [tenantId, eventId],
  );
  return {
    count: totals?.count ?? 0,
    first: first ?? null,
    lastAt: totals?.lastAt ?? null,
    org: deepestCommon(totals?.orgs ?? []),
    servers: servers.map(({ server }) => server),
    signals: totals?.signals ?? [],
  };
}

/** The deepest path that all lie under; where there is none, the first. */
function deepestCommon(paths: readonly string[]): string | null {
  const [first = null, ...rest] = paths;
  if (first === null) return null;
  const common = rest.reduce<string | null>(
    (path, other) => (path === null ? null : commonPath(path, other)),
    first,
  );
  return common ?? first;
}
