/** The schedules at a glance: how many stand how, and which are due next. Counted in the database, as there may be many. */
import { PERIODS, periodMs } from '../kernel/calendar.ts';
import { SECOND } from '../kernel/clock.ts';
import type { StreamId, TenantId } from '../kernel/ids.ts';
import { rows, type Tx } from '../db/transaction.ts';
import { DEFAULT_GRACE_SHARE } from './expectation.ts';
import { expectedBy, STREAM, type Stream, type StreamStatus } from './streams.ts';

const PERIOD_SECONDS = `case s.period ${PERIODS.map(
  (period) => `when '${period}' then ${periodMs(period) / SECOND}`,
).join(' ')} end`;

const GRACE = `make_interval(secs =>
  coalesce(s.grace_seconds, ${PERIOD_SECONDS} * ${DEFAULT_GRACE_SHARE} / s.n))`;

/** The same decisions as `statusOf`, in their order. Parameters $2 now, $3 whether the tenant is blind. */
const STATUS = `case
  when s.is_paused then 'paused'
  when s.breach = 'MISSING' and s.breach_event_id is not null then 'missing'
  when s.breach = 'EXTRA' and s.breach_event_id is not null then 'extra'
  when $3::boolean then 'blind'
  when $2 < s.first_at + make_interval(secs => ${PERIOD_SECONDS}) + ${GRACE} then 'learning'
  when s.breach is not null then 'late'
  when coalesce(s.due_at > s.last_arrival_at, s.due_at is not null) and $2 > s.due_at - ${GRACE} then 'late'
  else 'ok' end`;

/** How many schedules have each status; those that none has are left out. */
export async function countStreams(
  tx: Tx,
  tenantId: TenantId,
  now: Date,
  isTenantBlind: boolean,
): Promise<Partial<Record<StreamStatus, number>>> {
  const counted = await rows<{ status: StreamStatus; count: number }>(
    tx,
    `select ${STATUS} as status, count(*)::integer as count from streams s where s.tenant_id = $1 group by 1`,
    [tenantId, now, isTenantBlind],
  );
  return Object.fromEntries(counted.map(({ status, count }) => [status, count]));
}

export interface DueStream {
  id: StreamId;
  name: string;
  expectedBy: Date;
}

/** The schedules whose mail is awaited next. */
export async function listNextDue(
  tx: Tx,
  tenantId: TenantId,
  limit: number,
  now: Date,
): Promise<DueStream[]> {
  const streams = await rows<Stream>(
    tx,
    `select ${STREAM} from streams s
     where s.tenant_id = $1 and not s.is_paused and s.breach is null and s.due_at - ${GRACE} > $2
     order by s.due_at limit ${limit}`,
    [tenantId, now],
  );
  return streams.flatMap((stream) => {
    const at = expectedBy(stream);
    return at ? [{ id: stream.id, name: stream.name, expectedBy: at }] : [];
  });
}
