/**
 * The read-model of schedules: how each stands, the list with its filter, the figures and what is due next. A status
 * depends on the moment and is derived in the database, in one place, as there may be 100,000 streams.
 */
import { z } from 'zod';
import { decodeCursor, encodeCursor } from '../kernel/cursor.ts';
import { PERIODS, periodMs } from '../kernel/calendar.ts';
import { SECOND } from '../kernel/clock.ts';
import { NotFound } from '../kernel/errors.ts';
import { isUuid, type StreamId, type TenantId } from '../kernel/ids.ts';
import { oneRow, rows, type Tx } from '../db/transaction.ts';
import { DEFAULT_GRACE_SHARE } from './expectation.ts';
import { expectedBy, STREAM, type Stream } from './streams.ts';

/** Those in trouble first: the order of the list. */
export const STREAM_STATUSES = ['missing', 'extra', 'late', 'blind', 'ok', 'learning', 'paused'] as const;

export type StreamStatus = (typeof STREAM_STATUSES)[number];

export interface ListedStream extends Stream {
  status: StreamStatus;
  /** Newest first. */
  arrivals: Date[];
}

const PERIOD_SECONDS = `case s.period ${PERIODS.map(
  (period) => `when '${period}' then ${periodMs(period) / SECOND}`,
).join(' ')} end`;

const GRACE = `make_interval(secs =>
  coalesce(s.grace_seconds, s.learned_grace_seconds, ${PERIOD_SECONDS} * ${DEFAULT_GRACE_SHARE} / s.n))`;

/**
 * Parameters $1 tenant, $2 now, $3 whether the tenant is blind. A stream is judged after one full period and its
 * grace (semantics §6). A breach is written down when its grace has run out; the time before is `late`. A stream is
 * due at once when a mail has arrived: it waits to be judged then, and is not late.
 */
const STATUS = `case
  when s.is_paused then 'paused'
  when s.breach = 'MISSING' and s.breach_event_id is not null then 'missing'
  when s.breach = 'EXTRA' and s.breach_event_id is not null then 'extra'
  when $3::boolean then 'blind'
  when s.cron is null and $2 < s.first_at + make_interval(secs => ${PERIOD_SECONDS}) + ${GRACE} then 'learning'
  when s.cron is not null and s.last_arrival_at is null and $2 <= s.due_at - ${GRACE} then 'learning'
  when s.breach is not null then 'late'
  when s.due_at > greatest(s.judged_until, s.last_arrival_at) and $2 > s.due_at - ${GRACE} then 'late'
  else 'ok' end`;

/** How many arrivals a list shows of each stream. */
const SHOWN_ARRIVALS = 30;

const LISTED = `${STREAM}, status, array(
    select a.at from stream_arrivals a where a.tenant_id = s.tenant_id and a.stream_id = s.id
    order by a.at desc limit ${SHOWN_ARRIVALS}) as arrivals
  from (select *, ${STATUS} as status from streams s where s.tenant_id = $1) s`;

export interface StreamPage {
  items: ListedStream[];
  nextCursor: string | null;
}

const positionSchema = z.tuple([z.number().int().min(0)]);

/** The next due first within each status. A cursor is a place in the list: statuses change while somebody pages. */
export async function listStreams(
  tx: Tx,
  tenantId: TenantId,
  { status, limit, cursor }: { status?: StreamStatus; limit: number; cursor?: string },
  now: Date,
  isTenantBlind: boolean,
): Promise<StreamPage> {
  const offset = cursor ? decodeCursor(cursor, positionSchema)[0] : 0;
  const found = await rows<ListedStream>(
    tx,
    `select ${LISTED} where $4::text is null or status = $4
     order by array_position($5::text[], status), s.due_at nulls last, s.name, s.id
     limit ${limit + 1} offset $6`,
    [tenantId, now, isTenantBlind, status ?? null, STREAM_STATUSES, offset],
  );
  return {
    items: found.slice(0, limit),
    nextCursor: found.length > limit ? encodeCursor([offset + limit]) : null,
  };
}

/** @throws NotFound */
export async function getListedStream(
  tx: Tx,
  tenantId: TenantId,
  id: string,
  now: Date,
  isTenantBlind: boolean,
): Promise<ListedStream> {
  const found = isUuid(id)
    ? await oneRow<ListedStream>(tx, `select ${LISTED} where s.id = $4`, [tenantId, now, isTenantBlind, id])
    : undefined;
  if (!found) throw new NotFound('schedule');
  return found;
}

/** How many schedules have each status. */
export async function countStreams(
  tx: Tx,
  tenantId: TenantId,
  now: Date,
  isTenantBlind: boolean,
): Promise<Record<StreamStatus, number>> {
  const counted = await rows<{ status: StreamStatus; count: number }>(
    tx,
    `select ${STATUS} as status, count(*)::integer as count from streams s where s.tenant_id = $1 group by 1`,
    [tenantId, now, isTenantBlind],
  );
  const counts = Object.fromEntries(STREAM_STATUSES.map((status) => [status, 0]));
  for (const { status, count } of counted) counts[status] = count;
  return counts as Record<StreamStatus, number>;
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
