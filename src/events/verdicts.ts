/**
 * Events that no mail opens: MISSING and EXTRA of schedules, BLIND of our own intake. Each verdict is an event of its
 * own, never joined by mail (contract §4).
 */
import type { EventId, TenantId } from '../kernel/ids.ts';
import { rows, type Tx } from '../db/transaction.ts';
import { recordChanges, type NewChange } from './change.ts';
import type { EventKind } from './event.ts';
import { nextState } from './lifecycle.ts';
import { rememberOrgs } from './orgs.ts';
import type { MaybeSeverity } from './severity.ts';
import { insertEvents, lockEvents, takeEventNumbers, updateEvents, type NewEvent } from './store.ts';

export interface Ending {
  at: Date;
  /** `arrival`, `recovery` or a person's name: who or what ended it. */
  by: string;
  why: string;
}

export interface NewVerdict {
  id: EventId;
  kind: Exclude<EventKind, 'FAILED'>;
  streamId: string | null;
  org: string | null;
  servers: string[];
  severity: MaybeSeverity;
  title: string;
  /** When the verdict fell; may lie in the past. */
  at: Date;
  why: string;
  /** Set when it was over before anybody looked. */
  ended: Ending | null;
}

/** Opens events, in one statement a table. @param tells false for history being imported */
export async function openVerdicts(
  tx: Tx,
  tenantId: TenantId,
  verdicts: readonly NewVerdict[],
  tells: boolean,
  now: Date,
): Promise<void> {
  if (verdicts.length === 0) return;
  const first = await takeEventNumbers(tx, tenantId, verdicts.length);
  await insertEvents(
    tx,
    tenantId,
    verdicts.map((verdict, index) => asEvent(verdict, first + index)),
  );
  const orgs = verdicts.map(({ org }) => org);
  await rememberOrgs(tx, tenantId, orgs, now);
  await recordChanges(tx, tenantId, verdicts.flatMap(asChanges), tells);
}

function asEvent(
  { id, kind, streamId, org, servers, severity, title, at, ended }: NewVerdict,
  number: number,
): NewEvent {
  return {
    id,
    number,
    kind,
    state: ended ? nextState('open', 'recovery') : 'open',
    isNoise: false,
    flapping: false,
    isStorm: false,
    severity,
    org,
    servers,
    title,
    createdAt: at,
    assigneeId: null,
    assignedAt: null,
    completedAt: ended?.at ?? null,
    completedBy: ended?.by ?? null,
    completionNote: ended?.why ?? null,
    snoozedUntil: null,
    streamId,
    mseCount: 0,
    lastMseAt: null,
  };
}

function asChanges({ id, at, why, ended }: NewVerdict): NewChange[] {
  const opened: NewChange = { eventId: id, at, what: 'opened', why };
  return ended ? [opened, asEnd(id, ended)] : [opened];
}

function asEnd(eventId: EventId, { at, by, why }: Ending): NewChange {
  return { eventId, at, what: 'completed', detail: { by }, why };
}

/** Ends events whose cause is gone; those that a person completed before stay as that person left them. */
export async function endVerdicts(
  tx: Tx,
  tenantId: TenantId,
  endings: ReadonlyMap<EventId, Ending>,
  tells: boolean,
): Promise<void> {
  const events = (await lockEvents(tx, tenantId, [...endings.keys()])).filter(
    ({ state }) => state === 'open',
  );
  const changes: NewChange[] = [];
  for (const event of events) {
    const ending = endings.get(event.id);
    if (!ending) continue;
    event.state = nextState(event.state, 'recovery');
    event.completedAt = ending.at;
    event.completedBy = ending.by;
    event.completionNote = ending.why;
    event.snoozedUntil = null;
    changes.push(asEnd(event.id, ending));
  }
  await updateEvents(tx, tenantId, events, false);
  await recordChanges(tx, tenantId, changes, tells);
}

/** The open BLIND event of each tenant that has one. */
export async function listOpenBlind(tx: Tx): Promise<Map<TenantId, EventId>> {
  const found = await rows<{ tenantId: TenantId; id: EventId }>(
    tx,
    `select tenant_id as "tenantId", id from events where kind = 'BLIND' and state = 'open'`,
  );
  return new Map(found.map(({ tenantId, id }) => [tenantId, id]));
}
