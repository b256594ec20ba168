/** Streams: what is expected, and how each stands. The one writer of `streams` beside the two loops. */
import { periodMs, type Period, PERIODS } from '../kernel/calendar.ts';
import { later } from '../kernel/clock.ts';
import { Conflict, Invalid, NotFound, type Fault } from '../kernel/errors.ts';
import { newId, type EventId, type StreamId, type TenantId } from '../kernel/ids.ts';
import { affected, oneRow, rows, type Tx } from '../db/transaction.ts';
import { graceMs } from './expectation.ts';
import type { BreachKind } from './judge.ts';

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
  s.grace_seconds as "graceSeconds", s.severity, s.is_paused as "isPaused", s.first_at as "firstAt",
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
}

export function streamKey({ org, servers, sender, subject, period }: StreamScope): string {
  return org === null
    ? ['sender', sender ?? '', subject ?? '', period].join('|')
    : ['org', org, [...servers].sort().join(','), period].join('|');
}

export interface StreamInput {
  name?: string;
  org?: string | null;
  servers?: string[];
  sender?: string | null;
  subject?: string | null;
  period: Period;
  n: number;
  variance?: number;
  graceSeconds?: number | null;
}

/**
 * Declares a schedule by hand: counted from now on, judged once a whole period has been watched.
 * @throws Invalid, Conflict `schedule-exists`
 */
export async function declareStream(
  tx: Tx,
  tenantId: TenantId,
  input: StreamInput,
  now: Date,
): Promise<Stream> {
  requireAcceptable(input);
  const scope: StreamScope = {
    org: input.org?.trim().toLowerCase() || null,
    servers: (input.servers ?? []).map((server) => server.trim().toLowerCase()).filter(Boolean),
    sender: input.sender?.trim().toLowerCase() || null,
    subject: input.subject?.trim() || null,
    period: input.period,
  };
  if (scope.org === null && scope.sender === null) {
    throw new Invalid([
      { field: 'org', message: 'Say which mails count: an org path, or a sender (with a subject).' },
    ]);
  }
  const id = newId<StreamId>(now);
  const added = await rows(
    tx,
    `insert into streams (tenant_id, id, stream_key, name, source, org, servers, sender, subject, period, n, variance,
       grace_seconds, first_at, judged_until, due_at, created_at)
     values ($1, $2, $3, $4, 'declared', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $13)
     on conflict (tenant_id, stream_key) do nothing returning id`,
    [
      tenantId,
      id,
      streamKey(scope),
      input.name?.trim() || defaultName(scope),
      scope.org,
      scope.servers,
      scope.sender,
      scope.subject,
      scope.period,
      input.n,
      input.variance ?? 0,
      input.graceSeconds ?? null,
      now,
      later(now, periodMs(scope.period)),
    ],
  );
  if (added.length === 0)
    throw new Conflict('There is a schedule for these mails and this period already.', 'schedule-exists');
  return getStream(tx, tenantId, id);
}

function defaultName({ org, servers, sender, subject }: StreamScope): string {
  if (org === null) return [subject, sender].filter(Boolean).join(' from ');
  return [org, ...servers].join(' ');
}

const MOST_PER_PERIOD = 10_000;

function requireAcceptable({ period, n, variance = 0, graceSeconds }: StreamInput): void {
  const faults: Fault[] = [];
  if (!PERIODS.includes(period))
    faults.push({ field: 'period', message: `Use one of ${PERIODS.join(', ')}.` });
  if (!Number.isInteger(n) || n < 1 || n > MOST_PER_PERIOD) {
    faults.push({ field: 'n', message: `Give a whole number from 1 to ${MOST_PER_PERIOD}.` });
  }
  if (!Number.isInteger(variance) || variance < 0 || variance > MOST_PER_PERIOD) {
    faults.push({ field: 'variance', message: 'Give a whole number from 0.' });
  }
  if (
    graceSeconds !== undefined &&
    graceSeconds !== null &&
    (!Number.isInteger(graceSeconds) || graceSeconds < 0)
  ) {
    faults.push({
      field: 'graceSeconds',
      message: 'Give seconds from 0, or leave it empty for a tenth of the interval.',
    });
  }
  if (faults.length > 0) throw new Invalid(faults);
}

export type StreamChange = Partial<Pick<StreamInput, 'name' | 'n' | 'variance' | 'graceSeconds'>> & {
  isPaused?: boolean;
};

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
  const n = change.n ?? present.n;
  const variance = change.variance ?? present.variance;
  const graceSeconds = change.graceSeconds === undefined ? present.graceSeconds : change.graceSeconds;
  requireAcceptable({ period: present.period, n, variance, graceSeconds });
  const isPaused = change.isPaused ?? present.isPaused;
  const isResumed = present.isPaused && !isPaused;
  await affected(
    tx,
    `update streams set name = $3, n = $4, variance = $5, grace_seconds = $6, is_paused = $7,
       judged_until = case when $8::boolean then greatest(judged_until, $9) else judged_until end,
       breach = case when $8::boolean then null else breach end,
       breach_since = case when $8::boolean then null else breach_since end,
       breach_event_id = case when $8::boolean then null else breach_event_id end,
       due_at = $9
     where tenant_id = $1 and id = $2`,
    [tenantId, id, change.name?.trim() || present.name, n, variance, graceSeconds, isPaused, isResumed, now],
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
