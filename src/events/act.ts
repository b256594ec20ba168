/**
 * What every change by a person has in common: the event is locked, the version compared, the change written into
 * the timeline. Whoever looked at an older version is told who did what meanwhile.
 */
import { SYSTEM, type Actor } from '../accounts/role.ts';
import { oneRow, rows, type Tx } from '../db/transaction.ts';
import { Conflict, NotFound } from '../kernel/errors.ts';
import type { TenantId } from '../kernel/ids.ts';
import { recordChanges, type NewChange } from './change.ts';
import { closeSignals, lockEvents, updateEvents, type LoadedEvent } from './store.ts';

/** Who does something, when. */
export interface Doing {
  tenantId: TenantId;
  actor: Actor;
  now: Date;
}

export interface Act extends Doing {
  eventId: string;
  /** The version the person looked at; null where a change cannot collide, such as a note. */
  version: number | null;
}

/** What the change writes into the timeline. */
export type ActChange = Pick<NewChange, 'what'> & Partial<Pick<NewChange, 'detail' | 'why'>>;

/** A change of one event, prepared and checked: needs no database. @throws Conflict before it changes anything */
export type Deed = (event: LoadedEvent) => ActChange;

/** @throws NotFound, Conflict `stale-version`, and what `change` throws */
export async function act(
  tx: Tx,
  request: Act,
  change: Deed | ((event: LoadedEvent) => Promise<ActChange>),
): Promise<LoadedEvent> {
  const event = await lockForChange(tx, request.tenantId, request.eventId, request.version);
  await writeChanges(tx, request, [{ event, change: await change(event) }]);
  return event;
}

/** Writes what people have changed of locked events, with their timelines. */
export async function writeChanges(
  tx: Tx,
  { tenantId, actor, now }: Doing,
  changed: readonly { event: LoadedEvent; change: ActChange }[],
): Promise<void> {
  const events = changed.map(({ event }) => event);
  await updateEvents(tx, tenantId, events, true);
  await recordChanges(
    tx,
    tenantId,
    changed.map(({ event, change }) => ({ eventId: event.id, at: now, actor, ...change })),
  );
  const completed = events.filter(({ state }) => state === 'completed');
  await closeSignals(
    tx,
    tenantId,
    completed.map(({ id }) => id),
  );
}

/** Locks an event for a person's change. @throws NotFound, Conflict `stale-version` */
export async function lockForChange(
  tx: Tx,
  tenantId: TenantId,
  eventId: string,
  version: number | null,
): Promise<LoadedEvent> {
  const [event] = await lockEvents(tx, tenantId, [eventId]);
  if (!event) throw new NotFound('event');
  if (version !== null) await requireVersion(tx, tenantId, event, version);
  return event;
}

interface Present {
  version: number;
  assigneeName: string | null;
  assigneeEmail: string | null;
}

async function requireVersion(
  tx: Tx,
  tenantId: TenantId,
  event: LoadedEvent,
  version: number,
): Promise<void> {
  const present = await oneRow<Present>(
    tx,
    `select e.version, u.name as "assigneeName", u.email as "assigneeEmail"
     from events e left join users u on u.id = e.assignee_id where e.tenant_id = $1 and e.id = $2`,
    [tenantId, event.id],
  );
  if (!present || present.version === version) return;
  const changes = await listChangesSince(tx, tenantId, event.id, present.version - version);
  const [last] = changes;
  const assignee = event.assigneeId
    ? { id: event.assigneeId, name: present.assigneeName, email: present.assigneeEmail }
    : null;
  const holder = assignee
    ? `It is assigned to ${assignee.name ?? 'somebody'} (${assignee.email ?? ''}).`
    : 'Nobody has it.';
  const deed = last ? `${last.who} ${describeDeed(last)} meanwhile.` : 'It was changed meanwhile.';
  throw new Conflict(`${deed} ${holder} Look again and decide.`, 'stale-version', {
    version: present.version,
    assignee,
    lastChange: last ?? null,
    changes,
  });
}

interface LaterChange {
  who: string;
  what: string;
  at: Date;
  why: string | null;
  assigneeName: string | null;
}

/** A row of `changes` that a person, or a script for them, has caused. */
export const BY_PERSON = `(user_id is not null or who <> '${SYSTEM.name}')`;

/** More than anybody reads about a form that was left open for weeks. */
const MOST_CHANGES = 20;

/**
 * What people did since a version, newest first: each of their changes raises the version by one and writes one row,
 * what the system does raises none.
 */
async function listChangesSince(
  tx: Tx,
  tenantId: TenantId,
  eventId: string,
  count: number,
): Promise<LaterChange[]> {
  return rows<LaterChange>(
    tx,
    `select who, what, at, why, detail ->> 'assigneeName' as "assigneeName" from changes
     where tenant_id = $1 and event_id = $2 and ${BY_PERSON}
     order by id desc limit $3`,
    [tenantId, eventId, Math.max(1, Math.min(count, MOST_CHANGES))],
  );
}

function describeDeed({ what, assigneeName }: LaterChange): string {
  switch (what) {
    case 'assigned':
      return `assigned it to ${assigneeName ?? 'somebody'}`;
    case 'unassigned':
      return 'gave it up';
    case 'note':
      return 'added a note';
    case 'noise':
      return 'marked it as noise';
    case 'not noise':
      return 'took it out of the noise';
    case 'correction undone':
      return 'took a correction of it back';
    default:
      return `${what} it`;
  }
}
