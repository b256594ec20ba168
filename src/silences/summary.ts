/**
 * What is to be said when silences end: the events that they hid, and what else in their scope is still down or was over
 * meanwhile. An event that another silence covers waits for that one. Reads and settles; who is told is outbound's.
 */
import { rows, type Tx } from '../db/transaction.ts';
import type { EventKind, StoredState } from '../events/event.ts';
import type { MaybeSeverity } from '../events/severity.ts';
import { earliest } from '../kernel/clock.ts';
import type { EventId, TenantId } from '../kernel/ids.ts';
import { findCovering, listActiveSilences, type ActiveSilence } from './covering.ts';
import { settleDue, settleEvents, type Hidden } from './hidden.ts';
import { hide } from './hide.ts';
import { findInScope } from './in-scope.ts';
import { listByIds } from './store.ts';

export interface SummedEvent {
  id: EventId;
  number: number;
  kind: EventKind;
  state: StoredState;
  isNoise: boolean;
  severity: MaybeSeverity;
  org: string | null;
  title: string;
  createdAt: Date;
  completedAt: Date | null;
  completedBy: string | null;
  /** It opened or returned under the silence; the others were told of before. */
  isHidden: boolean;
  /** It did not exist when the silence began. */
  isNew: boolean;
}

export interface Summary {
  /** One that is not over covers these events no longer: they grew out of it, or somebody changed it. */
  silences: { id: string; reason: string; isOver: boolean }[];
  /** When the first of their windows began. */
  from: Date;
  events: SummedEvent[];
}

/** A window that hid more is summed up in several mails: one with more could not be read, nor held in memory. */
const MOST_AT_ONCE = 20_000;
/** What was told of before is named in a summary, not listed to its end. */
const MOST_OTHERS = 200;

/** Settles what is due. @returns null when all of it waits for silences that go on */
export async function takeSummary(tx: Tx, tenantId: TenantId, now: Date): Promise<Summary | null> {
  // First, so that whoever changes a silence meanwhile waits, and then finds all that it hides.
  const active = await listActiveSilences(tx, tenantId, now, 'held');
  const due = await settleDue(tx, tenantId, MOST_AT_ONCE, now);
  const eventIds = [...new Set(due.map(({ eventId }) => eventId))];
  const covering = await findCovering(tx, tenantId, active, eventIds);
  await hide(tx, tenantId, covering, new Map(), now);
  const told = eventIds.filter((id) => !covering.has(id));
  if (told.length === 0) return null;
  const toldIds = new Set(told);
  const hidden = [
    ...due.filter(({ eventId }) => toldIds.has(eventId)),
    ...(await settleEvents(tx, tenantId, told, now)),
  ];
  return sumUp(tx, tenantId, hidden, active);
}

async function sumUp(
  tx: Tx,
  tenantId: TenantId,
  hidden: readonly Hidden[],
  active: readonly ActiveSilence[],
): Promise<Summary> {
  const silences = await listByIds(tx, tenantId, [...new Set(hidden.map(({ silenceId }) => silenceId))]);
  const from = earliest(...hidden.map(({ windowFrom }) => windowFrom));
  const hiddenIds = new Set(hidden.map(({ eventId }) => eventId));
  const on = new Set(active.map(({ silence }) => silence.id));
  const ended = silences.filter(({ id }) => !on.has(id));
  const open = await findInScope(tx, tenantId, ended, { state: 'open', before: from }, MOST_OTHERS);
  const over = await findInScope(tx, tenantId, ended, { completedSince: from, before: from }, MOST_OTHERS);
  const others = [...open.events, ...over.events].filter((id) => !hiddenIds.has(id));
  const stillMuted = await findCovering(tx, tenantId, active, others);
  const shown = [...hiddenIds, ...others.filter((id) => !stillMuted.has(id))];
  const events = await rows<Omit<SummedEvent, 'isHidden' | 'isNew'>>(
    tx,
    `select e.id, e.number, e.kind, e.state, e.is_noise as "isNoise", e.severity, e.org, e.title,
       e.created_at as "createdAt", e.completed_at as "completedAt", e.completed_by as "completedBy"
     from events e where e.tenant_id = $1 and e.id = any($2::uuid[])
     order by e.severity_rank, e.created_at, e.id`,
    [tenantId, shown],
  );
  return {
    silences: silences.map(({ id, reason }) => ({ id, reason, isOver: !on.has(id) })),
    from,
    events: events.map((event) => ({
      ...event,
      isHidden: hiddenIds.has(event.id),
      isNew: event.createdAt >= from,
    })),
  };
}
