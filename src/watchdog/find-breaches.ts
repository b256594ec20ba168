/**
 * The due loop: takes streams whose verdict may have fallen, judges them up to the watermark, opens and ends their
 * events, and notes when to look again. No stream is looked at that is not due.
 */
import { SYSTEM } from '../accounts/role.ts';
import { affected, rows, type Tx } from '../db/transaction.ts';
import { endVerdicts, openVerdicts, type Ending, type NewVerdict } from '../events/verdicts.ts';
import { newId, type EventId, type StreamId, type TenantId } from '../kernel/ids.ts';
import { groupBy } from '../kernel/group-by.ts';
import { listOutages } from './doors.ts';
import { defaultGraceMs, describeExpectation, describeSpan, lookBackMs } from './expectation.ts';
import { judge, type JudgedStream } from './judge.ts';
import { deviationsOf, learnGrace, rememberDeviations } from './spread.ts';
import { STREAM, type Stream } from './streams.ts';
import type { Excuse, Verdict } from './verdict.ts';

/** One transaction's worth; the loop goes on at once while there are more. */
const LARGEST_BATCH = 500;

/**
 * A verdict is due, at `$1`. Asked for the first, which the index knows: `exists` may be planned as a scan in the hope of
 * an early hit, and mostly there is none.
 */
export const HAS_DUE_STREAMS =
  '(select due_at from streams where not is_paused order by due_at limit 1) <= $1';

export async function listTenantsWithDueStreams(tx: Tx, now: Date): Promise<TenantId[]> {
  const found = await rows<{ tenantId: TenantId }>(
    tx,
    `select distinct tenant_id as "tenantId" from streams where due_at <= $1 and not is_paused`,
    [now],
  );
  return found.map(({ tenantId }) => tenantId);
}

/** Across tenants: since when the stream that has waited longest for its verdict is due. */
export async function findOldestDue(tx: Tx, now: Date): Promise<Date | null> {
  const [oldest] = await rows<{ dueAt: Date | null }>(
    tx,
    'select min(due_at) as "dueAt" from streams where due_at <= $1 and not is_paused',
    [now],
  );
  return oldest?.dueAt ?? null;
}

export interface JudgeOptions {
  /** Every arrival up to here is known. */
  watermark: Date;
  now: Date;
  /** When imported history ended and mail by SMTP began: silence in between proves nothing. */
  unwatched: { from: Date; to: Date } | null;
  /** False for history being imported. */
  tells: boolean;
  /** Told of the instant of each verdict. */
  onVerdict?: ((at: Date) => void) | undefined;
}

/** Judges one batch of a tenant's due streams. @returns true when there may be more */
export async function findBreaches(tx: Tx, tenantId: TenantId, options: JudgeOptions): Promise<boolean> {
  const streams = await takeDueStreams(tx, tenantId, options.watermark);
  if (streams.length === 0) return false;
  const arrivals = await loadArrivals(tx, tenantId, streams);
  const excuses = await loadExcuses(tx, options);
  const judged = streams.map((stream) =>
    judgeStream(stream, arrivals.get(stream.id) ?? [], options.watermark, isBySmtp(stream) ? excuses : []),
  );
  await openVerdicts(
    tx,
    tenantId,
    judged.flatMap(({ opened }) => opened),
    options.tells,
    options.now,
  );
  for (const { at } of judged.flatMap(({ opened }) => opened)) options.onVerdict?.(at);
  await endVerdicts(
    tx,
    tenantId,
    new Map(judged.flatMap(({ ended }) => (ended ? [ended] : []))),
    options.tells,
  );
  await saveJudgements(tx, tenantId, judged);
  return streams.length === LARGEST_BATCH;
}

/** Locked until the end of the transaction: a second process judges others, and none twice. */
async function takeDueStreams(tx: Tx, tenantId: TenantId, watermark: Date): Promise<DueStream[]> {
  return rows<DueStream>(
    tx,
    `select ${STREAM}, s.door, s.deviations from streams s
     where s.tenant_id = $1 and s.due_at <= $2 and not s.is_paused
     order by s.due_at limit ${LARGEST_BATCH} for update skip locked`,
    [tenantId, watermark],
  );
}

interface DueStream extends Stream {
  door: string | null;
  /** Seconds that its last mails have kept it out of its range. */
  deviations: number[];
}

async function loadArrivals(
  tx: Tx,
  tenantId: TenantId,
  streams: readonly Stream[],
): Promise<Map<StreamId, number[]>> {
  // One window to judge by, and the one before it to learn from.
  const since = streams.map(
    (stream) => new Date(stream.judgedUntil.getTime() - 2 * (lookBackMs(stream) + defaultGraceMs(stream))),
  );
  const found = await rows<{ streamId: StreamId; at: Date }>(
    tx,
    `select a.stream_id as "streamId", a.at
     from unnest($2::uuid[], $3::timestamptz[]) as s (id, since)
       join stream_arrivals a on a.tenant_id = $1 and a.stream_id = s.id and a.at > s.since
     order by a.at`,
    [tenantId, streams.map(({ id }) => id), since],
  );
  const byStream = groupBy(found, ({ streamId }) => streamId);
  return new Map([...byStream].map(([id, list]) => [id, list.map(({ at }) => at.getTime())]));
}

function isBySmtp({ door }: DueStream): boolean {
  return door === null || door === 'smtp' || door === 'lmtp';
}

/** Time in which mail could not come in. */
export async function loadExcuses(tx: Tx, { now, unwatched }: JudgeOptions): Promise<Excuse[]> {
  const outages = await listOutages(tx, now);
  const excuses = outages.map(({ shutAt, settledAt }): Excuse => [shutAt.getTime(), settledAt.getTime()]);
  return unwatched ? [...excuses, [unwatched.from.getTime(), unwatched.to.getTime()]] : excuses;
}

interface StreamOutcome {
  stream: DueStream;
  judged: JudgedStream;
  opened: NewVerdict[];
  /** How the event that was open before ends. */
  ended: [EventId, Ending] | null;
  breachEventId: EventId | null;
  deviations: number[];
  learnedGraceSeconds: number | null;
  dueAt: number | null;
}

function judgeStream(
  stream: DueStream,
  arrivals: readonly number[],
  watermark: Date,
  excuses: readonly Excuse[],
): StreamOutcome {
  const state = {
    judgedUntil: stream.judgedUntil.getTime(),
    breach:
      stream.breach && stream.breachSince
        ? {
            kind: stream.breach,
            since: stream.breachSince.getTime(),
            isOpened: stream.breachEventId !== null,
          }
        : null,
  };
  const judged = judge(stream, arrivals, state, watermark.getTime(), excuses);
  const learnt = learn(stream, arrivals, judged);
  const isGraceNew = learnt.learnedGraceSeconds !== stream.learnedGraceSeconds;
  const outcome: StreamOutcome = {
    stream,
    judged,
    opened: [],
    ended: null,
    breachEventId: stream.breachEventId,
    ...learnt,
    // What was learnt just now holds from here on: the next verdict may fall earlier or later for it.
    dueAt: isGraceNew
      ? judge({ ...stream, ...learnt }, arrivals, judged, judged.judgedUntil, excuses).dueAt
      : judged.dueAt,
  };
  for (const verdict of judged.verdicts) {
    if (verdict.type === 'opened') {
      const opened = newVerdict(stream, verdict);
      outcome.opened.push(opened);
      outcome.breachEventId = opened.id;
    } else {
      endVerdict(outcome, verdict);
    }
  }
  return outcome;
}

function newVerdict(stream: Stream, { kind, at, since, count }: Verdict): NewVerdict {
  const { n, period, cron, name } = stream;
  return {
    id: newId<EventId>(new Date(at)),
    kind,
    streamId: stream.id,
    org: stream.org,
    servers: stream.servers,
    severity: stream.severity,
    title: cron ? `${name}: not there in time` : `${name}: ${count} instead of ${n} in the last ${period}`,
    at: new Date(at),
    why: `${describeCount(stream, count, since)}, expected ${describeExpectation(stream)}`,
    ended: null,
  };
}

function describeCount({ cron, period }: Stream, count: number, since: number): string {
  const at = new Date(since).toISOString();
  return cron ? `no mail for ${at}` : `${count} mail(s) in the last ${period} since ${at}`;
}

function endVerdict(outcome: StreamOutcome, { kind, at, since }: Verdict): void {
  const span = describeSpan(at - since);
  const ending: Ending = {
    at: new Date(at),
    by: kind === 'MISSING' ? 'arrival' : SYSTEM.name,
    why: kind === 'MISSING' ? `arrived ${span} late` : `back in range after ${span}`,
  };
  const opened = outcome.opened.find(({ id }) => id === outcome.breachEventId);
  if (opened) opened.ended = ending;
  else if (outcome.breachEventId) outcome.ended = [outcome.breachEventId, ending];
  outcome.breachEventId = null;
}

async function saveJudgements(tx: Tx, tenantId: TenantId, outcomes: readonly StreamOutcome[]): Promise<void> {
  const written = outcomes.map(({ stream, judged, dueAt, breachEventId, ...learnt }) => ({
    id: stream.id,
    deviations: learnt.deviations,
    learnedGrace: learnt.learnedGraceSeconds,
    judgedUntil: new Date(judged.judgedUntil),
    breach: judged.breach?.kind ?? null,
    breachSince: judged.breach ? new Date(judged.breach.since) : null,
    breachEventId,
    dueAt: dueAt === null ? null : new Date(dueAt),
  }));
  await affected(
    tx,
    `update streams set judged_until = s."judgedUntil", breach = s.breach, breach_since = s."breachSince",
       breach_event_id = s."breachEventId", due_at = s."dueAt",
       deviations = array(select value::integer from json_array_elements_text(s.deviations)),
       learned_grace_seconds = s."learnedGrace"
     from json_to_recordset($2) as s (id uuid, "judgedUntil" timestamptz, breach text, "breachSince" timestamptz,
       "breachEventId" uuid, "dueAt" timestamptz, deviations json, "learnedGrace" integer)
     where streams.tenant_id = $1 and streams.id = s.id`,
    [tenantId, JSON.stringify(written)],
  );
}

function learn(stream: DueStream, arrivals: readonly number[], { judgedUntil }: JudgedStream) {
  const more = deviationsOf(stream, arrivals, stream.judgedUntil.getTime(), judgedUntil);
  const deviations = rememberDeviations(stream.deviations, more);
  return { deviations, learnedGraceSeconds: learnGrace(stream, deviations) };
}

/** Arrivals that no window and no page looks at any more. */
const KEPT_PERIODS = 31;
const LARGEST_CLEANUP = 5000;

/** @returns how many arrivals were removed */
export async function removeOldArrivals(tx: Tx): Promise<number> {
  return affected(
    tx,
    `delete from stream_arrivals a using (
       select o.tenant_id, o.stream_id, o.at, o.mse_id
       from streams s join stream_arrivals o on o.tenant_id = s.tenant_id and o.stream_id = s.id
       where o.at < s.judged_until - ${KEPT_PERIODS} * case s.period
         when 'minute' then interval '1 minute' when 'hour' then interval '1 hour' when 'day' then interval '1 day'
         when 'week' then interval '7 days' else interval '30 days' end
       limit ${LARGEST_CLEANUP}
     ) old
     where a.tenant_id = old.tenant_id and a.stream_id = old.stream_id and a.at = old.at and a.mse_id = old.mse_id`,
  );
}
