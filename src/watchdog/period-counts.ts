/** How many mails each of the last periods of a stream brought, for the strip that people see. */
import { periodMs } from '../kernel/calendar.ts';
import { previousTimes } from '../kernel/cron.ts';
import { later } from '../kernel/clock.ts';
import type { StreamId, TenantId } from '../kernel/ids.ts';
import { rows, type Tx } from '../db/transaction.ts';
import { earlyMs, graceMs } from './expectation.ts';
import type { ListedStream } from './list-streams.ts';
import type { Stream } from './streams.ts';

export const SHOWN_PERIODS = 30;

export type PeriodVerdict = 'ok' | 'few' | 'gone' | 'more' | 'none';

/** @returns by stream the verdict of each period, the oldest first */
export async function listPeriods(
  tx: Tx,
  tenantId: TenantId,
  all: readonly ListedStream[],
  now: Date,
): Promise<Map<StreamId, PeriodVerdict[]>> {
  const streams = all.filter(({ cron }) => cron === null);
  const ends = streams.map((stream) => lastEnd(stream, now));
  const counted = await rows<{ id: StreamId; ago: number; count: number }>(
    tx,
    `select s.id, floor(extract(epoch from s.ends_at - a.at) / s.seconds)::integer as ago, count(*)::integer as count
     from unnest($2::uuid[], $3::timestamptz[], $4::float8[]) as s (id, ends_at, seconds)
       join stream_arrivals a on a.tenant_id = $1 and a.stream_id = s.id
         and a.at <= s.ends_at and a.at > s.ends_at - make_interval(secs => s.seconds * ${SHOWN_PERIODS})
     group by 1, 2`,
    [tenantId, streams.map(({ id }) => id), ends, streams.map(({ period }) => periodMs(period) / 1000)],
  );
  const counts = new Map(counted.map(({ id, ago, count }) => [`${id} ${ago}`, count]));
  const byCron = all.map((stream) => [stream.id, judgeTimes(stream, now)] as const);
  return new Map([
    ...byCron,
    ...streams.map((stream, index): [StreamId, PeriodVerdict[]] => [
      stream.id,
      Array.from({ length: SHOWN_PERIODS }, (_, position) => {
        const ago = SHOWN_PERIODS - 1 - position;
        const end = later(ends[index] ?? now, -ago * periodMs(stream.period));
        return verdictOf(stream, counts.get(`${stream.id} ${ago}`) ?? 0, end, now);
      }),
    ]),
  ]);
}

/** Of a cron schedule the last times, each with a mail or without. */
function judgeTimes(stream: ListedStream, now: Date): PeriodVerdict[] {
  const { cron, countedFrom, arrivals } = stream;
  if (!cron) return [];
  const times = previousTimes(cron.expression, cron.timezone, now, SHOWN_PERIODS).reverse();
  return times.map((due) => {
    const from = later(due, -earlyMs(stream));
    const until = later(due, graceMs(stream));
    if (arrivals.some((at) => at >= from && at <= until)) return 'ok';
    return until < now && countedFrom !== null && due > countedFrom ? 'gone' : 'none';
  });
}

/**
 * Periods end half an interval after mails usually come: cut at the very minute of the daily mail, one that is some
 * seconds late would leave an empty period and a full one.
 */
function lastEnd({ period, n, lastArrivalAt, firstAt }: Stream, now: Date): Date {
  const length = periodMs(period);
  const anchor = later(lastArrivalAt ?? firstAt, length / n / 2);
  const missed = Math.max(0, Math.ceil((now.getTime() - anchor.getTime()) / length));
  return later(anchor, missed * length);
}

function verdictOf(stream: Stream, count: number, end: Date, now: Date): PeriodVerdict {
  const { n, variance, firstAt, period } = stream;
  if (count > n + variance) return 'more';
  if (count >= n - variance) return count > 0 ? 'ok' : 'none';
  // What is not over yet, and what began before the stream was known, is not judged.
  const isWhole = end <= now && later(end, -periodMs(period)) >= later(firstAt, -periodMs(period) / 2);
  if (!isWhole && stream.breach !== 'MISSING') return 'none';
  if (end < firstAt) return 'none';
  return count > 0 ? 'few' : 'gone';
}
