/**
 * Stage: a mail with a schedule, or one that a declared schedule waits for, counts as an arrival of its stream. Its
 * stream becomes due at once: the loop of find-breaches.ts judges it, so that this stage stays one statement a table.
 */
import { type Period, periodMs } from '../kernel/calendar.ts';
import { later } from '../kernel/clock.ts';
import { newId, type MseId, type StreamId, type TenantId } from '../kernel/ids.ts';
import { affected, rows, type Tx } from '../db/transaction.ts';
import { listOutages, type Outage } from './doors.ts';
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
  if (scheduled.length === 0 && declared.length === 0) return;
  const outages = await listOutages(tx, now);
  await saveStreams(tx, tenantId, scheduled, now);
  const counted = [
    ...scheduled.flatMap((arrival) =>
      arrival.schedule ? [count(arrival, keyOf(arrival, arrival.schedule.period), outages)] : [],
    ),
    ...arrivals.flatMap((arrival) =>
      matchDeclared(declared, arrival).map((key) => count(arrival, key, outages)),
    ),
  ];
  await saveArrivals(tx, tenantId, counted);
}

function keyOf({ org, servers, sender, subject }: Arrival, period: Period): string {
  return streamKey({ org, servers, sender, subject, period });
}

function count(arrival: Arrival, key: string, outages: readonly Outage[]): CountedArrival {
  return { streamKey: key, at: countedAt(arrival, outages), arrival };
}

/**
 * Mail that waited at its sender while our door was shut counts as of when it was sent, within the outage: else it
 * would be missing on one day and one too many on the next.
 */
function countedAt({ at, sentAt, door }: Arrival, outages: readonly Outage[]): Date {
  if (sentAt === null || (door !== 'smtp' && door !== 'lmtp')) return at;
  const outage = outages.find(({ shutAt, settledAt }) => shutAt < at && at < settledAt);
  if (!outage || sentAt >= at) return at;
  return sentAt < outage.shutAt ? outage.shutAt : sentAt;
}

interface DeclaredStream extends StreamScope {
  streamKey: string;
}

async function findDeclared(tx: Tx, tenantId: TenantId): Promise<DeclaredStream[]> {
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

function isWaitedFor(stream: DeclaredStream, arrival: Arrival): boolean {
  if (stream.org !== null && stream.org !== arrival.org) return false;
  if (!stream.servers.every((server) => arrival.servers.includes(server))) return false;
  if (stream.sender !== null && stream.sender !== arrival.sender) return false;
  return stream.subject === null || contains(arrival, stream.subject.toLowerCase());
}

function contains({ title, subject }: Arrival, wanted: string): boolean {
  return title.toLowerCase().includes(wanted) || subject.includes(wanted);
}

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
    `insert into streams (tenant_id, id, stream_key, name, source, org, servers, sender, subject, period, n, variance,
       severity, first_at, judged_until, due_at, created_at)
     select $1, s.id, s.key, s.name, s.source, s.org, array(select json_array_elements_text(s.servers)), s.sender,
       s.subject, s.period, s.n, s.variance, 'warn', s."firstAt", s."judgedUntil", s."judgedUntil", $3
     from json_to_recordset($2) as s (id uuid, key text, name text, source text, org text, servers json, sender text,
       subject text, period text, n integer, variance integer, "firstAt" timestamptz, "judgedUntil" timestamptz)
     on conflict (tenant_id, stream_key) do update set n = excluded.n, variance = excluded.variance
       where streams.source <> 'declared' and (streams.n, streams.variance) <> (excluded.n, excluded.variance)
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
       due_at = least(s.due_at, a.at)
     from (select distinct on (key) * from json_to_recordset($2) as b ${columns} order by key, at desc) a
     where s.tenant_id = $1 and s.stream_key = a.key`,
    parameters,
  );
}
