/**
 * Stage: a mail with a schedule, or one that a declared schedule waits for, counts as an arrival of its stream. Its
 * stream becomes due at once: the loop of find-breaches.ts judges it, so that this stage stays one statement a table.
 */
import { type Period, periodMs } from '../kernel/calendar.ts';
import { later } from '../kernel/clock.ts';
import { newId, type MseId, type StreamId, type TenantId } from '../kernel/ids.ts';
import { affected, rows, type Tx } from '../db/transaction.ts';
import { listOutages, type Outage } from './doors.ts';
import { findAliases } from './merge-streams.ts';
import { streamKey, type StreamScope } from './streams.ts';

export interface Arrival {
  mseId: MseId;
  at: Date;
  /** Of the Date header: used only for mail that a shut door kept waiting. */
  sentAt: Date | null;
  door: string;
  schedule: { period: Period; n: number; variance: number } | null;
  scheduleSource: 'tag' | 'rule';
  org: string | null;
  /** By a tag or a rule: what is only learnt may change, and makes no stream of its own (semantics §6). */
  isOrgStated: boolean;
  servers: string[];
  sender: string;
  /** Masked. */
  subject: string;
  /** For the name of a stream first seen. */
  title: string;
  severity: string | null;
}

interface CountedArrival {
  streamKey: string;
  at: Date;
  arrival: Arrival;
}

export async function countArrivals(
  tx: Tx,
  tenantId: TenantId,
  arrivals: readonly Arrival[],
  now: Date,
): Promise<void> {
  const declared = await findDeclared(tx, tenantId);
  const scheduled = arrivals.filter((arrival) => arrival.schedule !== null);
  await noteUntagged(tx, tenantId, arrivals);
  if (scheduled.length === 0 && declared.length === 0) return;
  const outages = await listOutages(tx, now);
  const aliases = await findAliases(tx, tenantId, [...new Set(scheduled.flatMap(ownKeys))]);
  // What was merged into another stream has no expectation of its own any more.
  await saveStreams(
    tx,
    tenantId,
    scheduled.filter((arrival) => !ownKeys(arrival).some((key) => aliases.has(key))),
    now,
  );
  const counted = [
    ...scheduled.flatMap((arrival) =>
      ownKeys(arrival).map((key) => count(arrival, aliases.get(key) ?? key, outages)),
    ),
    ...arrivals.flatMap((arrival) =>
      matchDeclared(declared, arrival).map((key) => count(arrival, key, outages)),
    ),
  ];
  await saveArrivals(tx, tenantId, counted);
}

/** The key of the stream that the mail's own schedule counts for. */
function ownKeys(arrival: Arrival): string[] {
  return arrival.schedule ? [keyOf(arrival, arrival.schedule.period)] : [];
}

function keyOf({ org, isOrgStated, servers, sender, subject }: Arrival, period: Period): string {
  return streamKey({ org: isOrgStated ? org : null, servers, sender, subject, period });
}

function count(arrival: Arrival, key: string, outages: readonly Outage[]): CountedArrival {
  return { streamKey: key, at: countedAt(arrival, outages), arrival };
}

/**
 * Mail that waited at its sender while our door was shut counts as of when it was sent, within the outage: else it
 * would be missing on one day and one too many on the next.
 */
export function countedAt(
  { at, sentAt, door }: Pick<Arrival, 'at' | 'sentAt' | 'door'>,
  outages: readonly Outage[],
): Date {
  if (sentAt === null || (door !== 'smtp' && door !== 'lmtp')) return at;
  const outage = outages.find(({ shutAt, settledAt }) => shutAt < at && at < settledAt);
  if (!outage || sentAt >= at) return at;
  return sentAt < outage.shutAt ? outage.shutAt : sentAt;
}

export interface DeclaredStream extends StreamScope {
  streamKey: string;
}

export async function findDeclared(tx: Tx, tenantId: TenantId): Promise<DeclaredStream[]> {
  return rows<DeclaredStream>(
    tx,
    `select s.stream_key as "streamKey", s.org, s.servers, s.sender, s.subject, s.period from streams s
     where s.tenant_id = $1 and s.source = 'declared'`,
    [tenantId],
  );
}

/** A declared schedule counts every mail that has what it names; a mail's own schedule tag is counted beside. */
function matchDeclared(declared: readonly DeclaredStream[], arrival: Arrival): string[] {
  const own = arrival.schedule ? keyOf(arrival, arrival.schedule.period) : null;
  return declared
    .filter((stream) => stream.streamKey !== own && isWaitedFor(stream, arrival))
    .map((stream) => stream.streamKey);
}

/** True when the mail counts for a declared schedule. */
export function isWaitedFor(
  stream: DeclaredStream,
  arrival: Pick<Arrival, 'org' | 'servers' | 'sender' | 'title' | 'subject'>,
): boolean {
  if (stream.org !== null && stream.org !== arrival.org) return false;
  if (!stream.servers.every((server) => arrival.servers.includes(server))) return false;
  if (stream.sender !== null && stream.sender !== arrival.sender) return false;
  return stream.subject === null || contains(arrival, stream.subject.toLowerCase());
}

function contains({ title, subject }: Pick<Arrival, 'title' | 'subject'>, wanted: string): boolean {
  return title.toLowerCase().includes(wanted) || subject.includes(wanted);
}

const TAG_CHANGE = `(case
  when (streams.n, streams.variance) = (excluded.n, excluded.variance) then 'none'
  when (streams.former_n, streams.former_variance) = (excluded.n, excluded.variance) then 'taken back'
  else 'changed' end)`;

/** New streams by tag or rule; a later mail with other N/V changes the expectation. */
async function saveStreams(
  tx: Tx,
  tenantId: TenantId,
  arrivals: readonly Arrival[],
  now: Date,
): Promise<void> {
  const latest = new Map<string, Arrival>();
  const firstAt = new Map<string, Date>();
  for (const arrival of arrivals) {
    if (!arrival.schedule) continue;
    const key = keyOf(arrival, arrival.schedule.period);
    latest.set(key, arrival);
    if (!firstAt.has(key)) firstAt.set(key, arrival.at);
  }
  if (latest.size === 0) return;
  const written = [...latest].flatMap(([key, arrival]) => {
    const first = firstAt.get(key) ?? arrival.at;
    return arrival.schedule ? [asStreamRow(key, arrival, arrival.schedule, first, now)] : [];
  });
  await rows(
    tx,
    // A changed tag holds at once, and what was expected before stays until a person confirms it.
    `insert into streams (tenant_id, id, stream_key, name, source, org, servers, sender, subject, period, n, variance,
       severity, first_at, judged_until, due_at, created_at)
     select $1, s.id, s.key, s.name, s.source, s.org, array(select json_array_elements_text(s.servers)), s.sender,
       s.subject, s.period, s.n, s.variance, 'warn', s."firstAt", s."judgedUntil", s."judgedUntil", $3
     from json_to_recordset($2) as s (id uuid, key text, name text, source text, org text, servers json, sender text,
       subject text, period text, n integer, variance integer, "firstAt" timestamptz, "judgedUntil" timestamptz)
     on conflict (tenant_id, stream_key) do update set
       org = coalesce(excluded.org, streams.org), n = excluded.n, variance = excluded.variance,
       former_n = case ${TAG_CHANGE} when 'none' then streams.former_n when 'taken back' then null
         else coalesce(streams.former_n, streams.n) end,
       former_variance = case ${TAG_CHANGE} when 'none' then streams.former_variance when 'taken back' then null
         else coalesce(streams.former_variance, streams.variance) end,
       changed_at = case ${TAG_CHANGE} when 'none' then streams.changed_at when 'taken back' then null
         else excluded.first_at end
       where streams.source <> 'declared'
         and (${TAG_CHANGE} <> 'none' or excluded.org is distinct from streams.org and excluded.org is not null)
     returning id`,
    [tenantId, JSON.stringify(written), now],
  );
}

function asStreamRow(
  key: string,
  arrival: Arrival,
  { period, n, variance }: NonNullable<Arrival['schedule']>,
  firstAt: Date,
  now: Date,
) {
  return {
    id: newId<StreamId>(now),
    key,
    name: arrival.title,
    source: arrival.scheduleSource,
    org: arrival.org,
    servers: arrival.servers,
    sender: arrival.sender,
    subject: arrival.subject,
    period,
    n,
    variance,
    firstAt,
    // The first window that is watched as a whole ends here (semantics §6, warm-up).
    judgedUntil: later(firstAt, periodMs(period)),
  };
}

async function saveArrivals(tx: Tx, tenantId: TenantId, counted: readonly CountedArrival[]): Promise<void> {
  if (counted.length === 0) return;
  const written = counted.map(({ streamKey: key, at, arrival }) => ({
    key,
    at,
    mseId: arrival.mseId,
    door: arrival.door,
    isCritical: arrival.severity === 'critical',
  }));
  const parameters = [tenantId, JSON.stringify(written)];
  const columns = '(key text, at timestamptz, "mseId" uuid, door text, "isCritical" boolean)';
  await rows(
    tx,
    `insert into stream_arrivals (tenant_id, stream_id, at, mse_id)
     select $1, s.id, a.at, a."mseId"
     from json_to_recordset($2) as a ${columns}
       join streams s on s.tenant_id = $1 and s.stream_key = a.key
     on conflict do nothing returning mse_id`,
    parameters,
  );
  await affected(
    tx,
    `update streams s set
       last_arrival_at = greatest(s.last_arrival_at, a.at), door = a.door,
       severity = case when a."isCritical" then 'critical' else 'warn' end,
       due_at = least(s.due_at, a.at), untagged_count = 0, untagged_at = null
     from (select distinct on (key) * from json_to_recordset($2) as b ${columns} order by key, at desc) a
     where s.tenant_id = $1 and s.stream_key = a.key`,
    parameters,
  );
}

/** Mails like those of a tagged stream, without the tag: they do not count, and people are shown that they come. */
async function noteUntagged(tx: Tx, tenantId: TenantId, arrivals: readonly Arrival[]): Promise<void> {
  const untagged = arrivals.filter(({ schedule }) => schedule === null);
  if (untagged.length === 0) return;
  await affected(
    tx,
    `update streams s set untagged_count = s.untagged_count + a.count, untagged_at = a.at
     from (select sender, subject, count(*)::integer as count, max(at) as at
       from json_to_recordset($2) as b (sender text, subject text, at timestamptz) group by 1, 2) a
     where s.tenant_id = $1 and s.source = 'tag' and s.sender = a.sender and s.subject = a.subject`,
    [tenantId, JSON.stringify(untagged.map(({ sender, subject, at }) => ({ sender, subject, at })))],
  );
}
