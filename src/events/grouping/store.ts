/**
 * What grouping remembers, out of the database: signals with their portraits, what they taught together, and what
 * people said by merging and splitting. Nothing but people's words is written here; the signals are store.ts's.
 */
import { affected, oneRow, rows, type Tx } from '../../db/transaction.ts';
import { between } from '../../kernel/clock.ts';
import { groupBy } from '../../kernel/group-by.ts';
import type { EventId, TenantId } from '../../kernel/ids.ts';
import { ActiveEvent } from './active-event.ts';
import { MOST_SIGNALS_OF_A_SIDE, type Verdict } from './constraints.ts';
import { gatherEvidence } from './evidence.ts';
import { ACTIVE_MS, Grouping } from './grouping.ts';
import type { Portrait } from './portrait.ts';
import { learn } from './weigh.ts';

/** The newest signals teach; older ones say nothing of today's machines. About a second to read at the most. */
const MOST_SIGNALS = 20_000;
/** Each is a decision of a person; nobody makes so many by hand. */
const MOST_VERDICTS = 2000;
/** Younger decisions teach the scorer, the older ones are in its constraints. */
const MOST_LESSONS = 200;

interface KeptSignal {
  key: string;
  eventId: EventId;
  eventState: string;
  eventCreatedAt: Date;
  isCurrent: boolean;
  isOpen: boolean;
  firstAt: Date;
  lastAt: Date;
  recoveredAt: Date | null;
  portrait: Portrait;
  /** With which it was joined; null when it opened its event or people put it there. */
  score: number | null;
}

export async function loadGrouping(tx: Tx, tenantId: TenantId): Promise<Grouping> {
  const grouping = new Grouping();
  const signals = await readSignals(tx, tenantId);
  const newest = signals.at(-1)?.lastAt;
  for (const { key, portrait, firstAt } of signals) {
    grouping.countOnset(key);
    grouping.countSignal(portrait, firstAt);
  }
  for (const [, group] of groupBy(signals, ({ eventId }) => eventId)) {
    grouping.past.together.learn(group.map(({ portrait }) => portrait));
    if (newest) restore(grouping, group, newest);
  }
  const verdicts = await readVerdicts(tx, tenantId);
  for (const verdict of verdicts) grouping.constraints.add(verdict);
  teachWeights(grouping, verdicts.slice(-MOST_LESSONS), signals);
  grouping.stamp = await readStamp(tx, tenantId);
  return grouping;
}

async function readSignals(tx: Tx, tenantId: TenantId): Promise<KeptSignal[]> {
  const signals = await rows<KeptSignal>(
    tx,
    `select s.signal_key as key, s.event_id as "eventId", e.state as "eventState", e.created_at as "eventCreatedAt",
       s.is_current as "isCurrent", s.is_open as "isOpen", s.first_at as "firstAt", s.last_at as "lastAt",
       s.recovered_at as "recoveredAt", s.portrait, (s.joined ->> 'score')::float8 as score
     from event_signals s join events e on e.tenant_id = s.tenant_id and e.id = s.event_id
     where s.tenant_id = $1 and s.portrait is not null
     order by s.first_at desc limit ${MOST_SIGNALS}`,
    [tenantId],
  );
  return signals.reverse();
}

/** An open event that had trouble within a day goes on taking signals in. */
function restore(grouping: Grouping, group: readonly KeptSignal[], newest: Date): void {
  const [first] = group;
  if (first?.eventState !== 'open') return;
  const current = group.filter(({ isCurrent, lastAt }) => isCurrent && between(lastAt, newest) <= ACTIVE_MS);
  for (const { key, eventId, eventCreatedAt, portrait, score, isOpen, ...times } of current) {
    const { firstAt, lastAt, recoveredAt } = times;
    const resumeAt = (at: Date) => grouping.resume(eventId, eventCreatedAt, { key, portrait, at }, score);
    resumeAt(firstAt);
    if (lastAt > firstAt && isOpen) resumeAt(lastAt);
    if (!isOpen) grouping.noteRecovery(eventId, key, recoveredAt ?? lastAt);
  }
}

async function readVerdicts(tx: Tx, tenantId: TenantId): Promise<Verdict[]> {
  const newest = await rows<Verdict>(
    tx,
    `select id, kind, left_signals as "left", right_signals as "right" from grouping_verdicts
     where tenant_id = $1 order by id desc limit ${MOST_VERDICTS}`,
    [tenantId],
  );
  return newest.reverse();
}

/** What people said once more, as evidence and answer: the weights move as they would have moved then. */
function teachWeights(
  grouping: Grouping,
  verdicts: readonly Verdict[],
  signals: readonly KeptSignal[],
): void {
  const byKey = new Map(signals.map((signal) => [signal.key, signal]));
  for (const { kind, left, right } of verdicts) {
    const [one] = left.flatMap((key) => byKey.get(key) ?? []);
    const others = right.flatMap((key) => byKey.get(key) ?? []);
    const [first] = others;
    if (!one || !first) continue;
    const event = new ActiveEvent(first.eventId, first.firstAt);
    for (const { key, portrait, firstAt } of others) event.open(key, portrait, firstAt);
    const evidence = gatherEvidence({ ...one, at: one.firstAt }, event, grouping.past);
    if (evidence) grouping.weights = learn(grouping.weights, evidence, kind === 'must');
  }
}

/** Differs whenever somebody merged, split or took one back. */
export async function readStamp(tx: Tx, tenantId: TenantId): Promise<string> {
  const row = await oneRow<{ count: number; newest: string | null }>(
    tx,
    `select count(*)::integer as count,
       (select id::text from grouping_verdicts where tenant_id = $1 order by id desc limit 1) as newest
     from grouping_verdicts where tenant_id = $1`,
    [tenantId],
  );
  return `${row?.count ?? 0} ${row?.newest ?? ''}`;
}

/** What a merge (must) or a split (cannot) says about the signals of both sides. */
export async function saveVerdict(tx: Tx, tenantId: TenantId, verdict: Verdict): Promise<void> {
  await rows(
    tx,
    `insert into grouping_verdicts (tenant_id, id, kind, left_signals, right_signals)
     values ($1, $2, $3, $4::uuid[], $5::uuid[]) returning id`,
    [
      tenantId,
      verdict.id,
      verdict.kind,
      verdict.left.slice(0, MOST_SIGNALS_OF_A_SIDE),
      verdict.right.slice(0, MOST_SIGNALS_OF_A_SIDE),
    ],
  );
}

/**
 * @param id of the change that was undone
 * @returns false when people had said nothing by it
 */
export async function removeVerdict(tx: Tx, tenantId: TenantId, id: string): Promise<boolean> {
  const removed = await affected(tx, 'delete from grouping_verdicts where tenant_id = $1 and id = $2', [
    tenantId,
    id,
  ]);
  return removed > 0;
}
