/** Streams: what is expected, and how each stands. The one writer of `streams` beside the two loops. */
import { periodMs, type Period } from '../kernel/calendar.ts';
import { later } from '../kernel/clock.ts';
import { Conflict, Invalid, NotFound } from '../kernel/errors.ts';
import { newId, type EventId, type StreamId, type TenantId } from '../kernel/ids.ts';
import { affected, oneRow, rows, type Tx } from '../db/transaction.ts';
import { graceMs, type CronTimes, type Expectation } from './expectation.ts';
import { judge } from './judge.ts';
import { changePace, readPace, type PaceInput } from './pace.ts';
import type { BreachKind } from './verdict.ts';

export interface Stream {
  id: StreamId;
  name: string;
  source: 'tag' | 'rule' | 'declared';
  org: string | null;
  servers: string[];
  sender: string | null;
  subject: string | null;
  period: Period;
  n: number;
  variance: number;
  graceSeconds: number | null;
  learnedGraceSeconds: number | null;
  cron: CronTimes | null;
  countedFrom: Date | null;
  /** What was expected before its tag was changed; null once a person has confirmed the change. */
  former: { n: number; variance: number } | null;
  changedAt: Date | null;
  /** Mails like its own that came without the tag, since the last one with it. */
  untaggedCount: number;
  untaggedAt: Date | null;
  severity: 'warn' | 'critical';
  isPaused: boolean;
  firstAt: Date;
  lastArrivalAt: Date | null;
  judgedUntil: Date;
  breach: BreachKind | null;
  breachSince: Date | null;
  breachEventId: EventId | null;
  dueAt: Date | null;
}

export const STREAM = `s.id, s.name, s.source, s.org, s.servers, s.sender, s.subject, s.period, s.n, s.variance,
  s.grace_seconds as "graceSeconds", s.learned_grace_seconds as "learnedGraceSeconds",
  case when s.cron is not null then json_build_object('expression', s.cron, 'timezone', s.timezone,
    'earlySeconds', s.early_seconds) end as cron, s.counted_from as "countedFrom",
  case when s.former_n is not null then json_build_object('n', s.former_n, 'variance', s.former_variance) end as former,
  s.changed_at as "changedAt", s.untagged_count as "untaggedCount", s.untagged_at as "untaggedAt", s.severity, s.is_paused as "isPaused", s.first_at as "firstAt",
  s.last_arrival_at as "lastArrivalAt", s.judged_until as "judgedUntil", s.breach, s.breach_since as "breachSince",
  s.breach_event_id as "breachEventId", s.due_at as "dueAt"`;

/** What makes two mails the same stream (semantics §6). */
export interface StreamScope {
  org: string | null;
  servers: string[];
  sender: string | null;
  /** Masked: numbers and state words taken out. */
  subject: string | null;
  period: Period;
  cron?: Pick<CronTimes, 'expression' | 'timezone'> | null;
}

export function streamKey({ org, servers, sender, subject, period, cron }: StreamScope): string {
  const pace = cron ? `${cron.expression} ${cron.timezone}` : period;
  return org === null
    ? ['sender', sender ?? '', subject ?? '', pace].join('|')
    : ['org', org, [...servers].sort().join(','), pace].join('|');
}

export interface StreamInput extends PaceInput {
  name?: string | undefined;
  org?: string | null | undefined;
  servers?: string[] | undefined;
  sender?: string | null | undefined;
  subject?: string | null | undefined;
}

/**
 * Declares a schedule by hand: counted from now on. A count is judged once a whole period has been watched, a cron
 * schedule from its next time.
 * @throws Invalid, Conflict `schedule-exists`
 */
export async function declareStream(
  tx: Tx,
  tenantId: TenantId,
  input: StreamInput,
  now: Date,
): Promise<Stream> {
  const pace = readPace(input, now);
  const scope: StreamScope = {
    org: input.org?.trim().toLowerCase() || null,
    servers: (input.servers ?? []).map((server) => server.trim().toLowerCase()).filter(Boolean),
    sender: input.sender?.trim().toLowerCase() || null,
    subject: input.subject?.trim() || null,
    period: pace.period,
    cron: pace.cron,
  };
  if (scope.org === null && scope.sender === null) {
    throw new Invalid([
      { field: 'org', message: 'Say which mails count: an org path, or a sender (with a subject).' },
    ]);
  }
  const id = newId<StreamId>(now);
  const judgedUntil = pace.cron ? now : later(now, periodMs(pace.period));
  const expectation = { ...pace, graceSeconds: input.graceSeconds ?? null, countedFrom: now };
  const added = await rows(
    tx,
    `insert into streams (tenant_id, id, stream_key, name, source, org, servers, sender, subject, period, n, variance,
       grace_seconds, first_at, judged_until, due_at, created_at, cron, timezone, early_seconds, counted_from)
     values ($1, $2, $3, $4, 'declared', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $18, $13, $15, $16, $17, $13)
     on conflict (tenant_id, stream_key) do nothing returning id`,
    [
      tenantId,
      id,
      declaredKey(scope),
      input.name?.trim() || defaultName(scope),
      scope.org,
      scope.servers,
      scope.sender,
      scope.subject,
      pace.period,
      pace.n,
      pace.variance,
      expectation.graceSeconds,
      now,
      judgedUntil,
      pace.cron?.expression ?? null,
      pace.cron?.timezone ?? null,
      pace.cron?.earlySeconds ?? null,
      firstVerdictAt(expectation, judgedUntil),
    ],
  );
  if (added.length === 0)
    throw new Conflict('There is a schedule for these mails and this period already.', 'schedule-exists');
  return getStream(tx, tenantId, id);
}

/** By hand the mails of one sender may be told apart by their servers. */
function declaredKey(scope: StreamScope): string {
  const { org, servers } = scope;
  return org === null && servers.length > 0
    ? `${streamKey(scope)}|${[...servers].sort().join(',')}`
    : streamKey(scope);
}

/** When it would be missed if nothing ever came. */
function firstVerdictAt(expectation: Expectation, judgedUntil: Date): Date | null {
  const from = judgedUntil.getTime();
  const { dueAt } = judge(expectation, [], { judgedUntil: from, breach: null }, from);
  return dueAt === null ? null : new Date(dueAt);
}

function defaultName({ org, servers, sender, subject }: StreamScope): string {
  if (org === null) return [subject, sender].filter(Boolean).join(' from ');
  return [org, ...servers].join(' ');
}

export interface StreamChange extends Omit<PaceInput, 'period'> {
  name?: string | undefined;
  isPaused?: boolean | undefined;
}

/**
 * Edits an expectation. It holds from now on: what was judged stays judged. A resumed stream is judged from now.
 * @throws NotFound, Invalid
 */
export async function changeStream(
  tx: Tx,
  tenantId: TenantId,
  id: string,
  change: StreamChange,
  now: Date,
): Promise<Stream> {
  const present = await getStream(tx, tenantId, id, 'for update');
  const graceSeconds = change.graceSeconds === undefined ? present.graceSeconds : change.graceSeconds;
  const pace = changePace(present, { ...change, graceSeconds }, now);
  const isPaused = change.isPaused ?? present.isPaused;
  const isResumed = present.isPaused && !isPaused;
  await affected(
    tx,
    `update streams set name = $3, n = $4, variance = $5, grace_seconds = $6, is_paused = $7,
       judged_until = case when $8::boolean then greatest(judged_until, $9) else judged_until end,
       counted_from = case when $8::boolean or cron is distinct from $10 then $9 else counted_from end,
       breach = case when $8::boolean then null else breach end,
       breach_since = case when $8::boolean then null else breach_since end,
       breach_event_id = case when $8::boolean then null else breach_event_id end,
       due_at = case when $8::boolean then greatest(judged_until, $9) else judged_until end, period = $11, cron = $10, timezone = $12, early_seconds = $13,
       -- who sets numbers has seen what the tag said
       former_n = null, former_variance = null, changed_at = null
     where tenant_id = $1 and id = $2`,
    [
      tenantId,
      id,
      change.name?.trim() || present.name,
      pace.n,
      pace.variance,
      graceSeconds,
      isPaused,
      isResumed,
      now,
      pace.cron?.expression ?? null,
      pace.period,
      pace.cron?.timezone ?? null,
      pace.cron?.earlySeconds ?? null,
    ],
  );
  return getStream(tx, tenantId, id);
}

/**
 * A person's word on a tag that was changed: from now on the new numbers hold, or the former ones whatever the tag says.
 * @throws NotFound
 */
export async function confirmChange(
  tx: Tx,
  tenantId: TenantId,
  id: string,
  accepts: boolean,
): Promise<Stream> {
  await affected(
    tx,
    `update streams set
       n = case when $3 then n else former_n end, variance = case when $3 then variance else former_variance end,
       source = case when $3 then source else 'declared' end,
       former_n = null, former_variance = null, changed_at = null, due_at = judged_until
     where tenant_id = $1 and id::text = $2 and former_n is not null`,
    [tenantId, id, accepts],
  );
  return getStream(tx, tenantId, id);
}

/** @throws NotFound */
export async function removeStream(tx: Tx, tenantId: TenantId, id: string): Promise<void> {
  const removed = await affected(tx, 'delete from streams where tenant_id = $1 and id = $2', [tenantId, id]);
  if (removed === 0) throw new NotFound('schedule');
}

/** @throws NotFound */
export async function getStream(
  tx: Tx,
  tenantId: TenantId,
  id: string,
  lock: '' | 'for update' = '',
): Promise<Stream> {
  const stream = await oneRow<Stream>(
    tx,
    `select ${STREAM} from streams s where s.tenant_id = $1 and s.id = $2 ${lock}`,
    [tenantId, id],
  );
  if (!stream) throw new NotFound('schedule');
  return stream;
}

/** The schedule that a MISSING or EXTRA event is a verdict on; undefined when it was removed, or for other events. */
export async function findStreamOfEvent(
  tx: Tx,
  tenantId: TenantId,
  eventId: string,
): Promise<Stream | undefined> {
  return oneRow<Stream>(
    tx,
    `select ${STREAM} from events e join streams s on s.tenant_id = e.tenant_id and s.id = e.stream_id
     where e.tenant_id = $1 and e.id = $2`,
    [tenantId, eventId],
  );
}

/** When the next mail should be there: a grace before the verdict that would fall without it. */
export function expectedBy(stream: Stream): Date | null {
  if (stream.isPaused || stream.dueAt === null || stream.breach === 'EXTRA') return null;
  return later(stream.dueAt, -graceMs(stream));
}
