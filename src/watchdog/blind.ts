/**
 * Our own intake not seeing (semantics §6): when a door of a tenant has been stale for a minute, the tenant gets one
 * BLIND event, whatever the number of doors; it ends when all of them are read again.
 */
import type { Tx } from '../db/transaction.ts';
import { endVerdicts, listOpenBlind, openVerdicts } from '../events/verdicts.ts';
import { between, MINUTE } from '../kernel/clock.ts';
import { newId, type EventId, type TenantId } from '../kernel/ids.ts';

/** Contract §4: BLIND opens after 60 s without reading, at the latest after 120 s. */
const STALE_MS = MINUTE;

export interface DoorState {
  /** `alerts@mail.example.com/INBOX`, or `SMTP`. */
  name: string;
  /** How far it has been read, or when it was added. */
  seenAt: Date;
  /** Why it is not read, when known. */
  error: string | null;
}

/** The doors that are stale. @param watchedSince when this process began to watch: what happened before, it did not see */
export function staleDoors(doors: readonly DoorState[], now: Date, watchedSince: Date): DoorState[] {
  if (between(watchedSince, now) < STALE_MS) return [];
  return doors.filter(({ seenAt }) => isStale(seenAt, now));
}

/** True when a door that was last read at `seenAt` has been silent for too long. */
export function isStale(seenAt: Date, now: Date): boolean {
  return between(seenAt, now) > STALE_MS;
}

/** Own intake has a place of its own in the tree of orgs. */
const ORG = 'datamer.inbound';

export async function tendBlindEvents(
  tx: Tx,
  doorsOfTenants: ReadonlyMap<TenantId, readonly DoorState[]>,
  now: Date,
  watchedSince: Date,
): Promise<void> {
  const open = await listOpenBlind(tx);
  for (const [tenantId, doors] of doorsOfTenants) {
    const stale = staleDoors(doors, now, watchedSince);
    const eventId = open.get(tenantId);
    if (stale.length > 0 && !eventId) await openBlind(tx, tenantId, doors, stale, now);
    const isSeeing = doors.every(({ seenAt }) => between(seenAt, now) <= STALE_MS);
    if (eventId && isSeeing) {
      const ending = { at: now, by: 'recovery', why: 'every door is read again' };
      await endVerdicts(tx, tenantId, new Map([[eventId, ending]]), true);
    }
  }
}

async function openBlind(
  tx: Tx,
  tenantId: TenantId,
  doors: readonly DoorState[],
  stale: readonly DoorState[],
  now: Date,
): Promise<void> {
  const names = stale.map(({ name }) => name).join(', ');
  const reasons = stale.map(
    ({ name, seenAt, error }) => `${name} not read since ${seenAt.toISOString()}: ${error ?? 'no answer'}`,
  );
  await openVerdicts(
    tx,
    tenantId,
    [
      {
        id: newId<EventId>(now),
        kind: 'BLIND',
        streamId: null,
        org: ORG,
        servers: [],
        severity: 'critical',
        title: `${stale.length} of ${doors.length} door(s) not read: ${names}`,
        at: now,
        why: reasons.join('; '),
        ended: null,
      },
    ],
    true,
    now,
  );
}

/** For the light on every page: seconds since the least recently read door was seen. */
export function secondsBehind(doors: readonly DoorState[], now: Date): number | null {
  if (doors.length === 0) return null;
  return Math.max(0, Math.round(Math.max(...doors.map(({ seenAt }) => between(seenAt, now))) / 1000));
}
