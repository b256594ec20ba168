/**
 * The doors that senders connect to (SMTP, LMTP): alive while a process says so every few seconds. A gap is an
 * outage: senders keep their mail and retry, so silence during it, and for a while after, proves nothing.
 */
import type { DataSource } from 'typeorm';
import { between, later, MINUTE, SECOND } from '../kernel/clock.ts';
import { affected, oneRow, rows, type Tx } from '../db/transaction.ts';

export interface Outage {
  shutAt: Date;
  /** Until then mail that was refused or queued may still come. */
  settledAt: Date;
}

const DOOR = 'smtp';

/** Verdicts follow the door by this and the commit margin; they must fall within 10 s of their due time. */
export const HEARTBEAT_MS = 2 * SECOND;

/** Shorter gaps are restarts that a sender's own connection retries bridge. */
const SHORTEST_OUTAGE_MS = 10 * SECOND;
/** Postfix waits 5 minutes before its first retry, and up to 4,000 s between later ones; others are near that. */
const SHORTEST_SETTLING_MS = 6 * MINUTE;
const LONGEST_SETTLING_MS = 70 * MINUTE;
/** Outages before this no longer touch any window that is judged; the longest period is 30 days. */
const REMEMBERED_MS = 70 * 24 * 60 * MINUTE;

/** Says that the door is open now; a gap since the last time is recorded as an outage. */
export async function beat(dataSource: DataSource, now: Date): Promise<void> {
  // Every two seconds for as long as it lives: one statement, unless there was a gap.
  const isGoingOn = await affected(
    dataSource.manager,
    'update doors set alive_at = greatest(alive_at, $2) where name = $1 and alive_at >= $3',
    [DOOR, now, later(now, -SHORTEST_OUTAGE_MS)],
  );
  if (isGoingOn === 0) await dataSource.transaction((tx) => reopen(tx, now));
}

async function reopen(tx: Tx, now: Date): Promise<void> {
  const door = await oneRow<{ aliveAt: Date }>(
    tx,
    `select alive_at as "aliveAt" from doors where name = $1 for update`,
    [DOOR],
  );
  if (door && between(door.aliveAt, now) > SHORTEST_OUTAGE_MS) await recordOutage(tx, door.aliveAt, now);
  await rows(
    tx,
    `insert into doors (name, alive_at) values ($1, $2)
     on conflict (name) do update set alive_at = greatest(doors.alive_at, excluded.alive_at) returning name`,
    [DOOR, now],
  );
}

async function recordOutage(tx: Tx, shutAt: Date, now: Date): Promise<void> {
  const settling = Math.min(LONGEST_SETTLING_MS, Math.max(SHORTEST_SETTLING_MS, between(shutAt, now)));
  await rows(
    tx,
    `insert into door_outages (door, shut_at, settled_at) values ($1, $2, $3) on conflict do nothing returning door`,
    [DOOR, shutAt, later(now, settling)],
  );
  await affected(tx, 'delete from door_outages where settled_at < $1', [later(now, -REMEMBERED_MS)]);
}

/** The installation has no such door (any more): nobody waits for it. */
export async function removeDoor(tx: Tx): Promise<void> {
  await affected(tx, 'delete from doors where name = $1', [DOOR]);
}

/** When the door was last known to be open; null when there is none. */
export async function doorAliveAt(tx: Tx): Promise<Date | null> {
  const door = await oneRow<{ aliveAt: Date }>(
    tx,
    `select alive_at as "aliveAt" from doors where name = $1`,
    [DOOR],
  );
  return door?.aliveAt ?? null;
}

export async function listOutages(tx: Tx, now: Date): Promise<Outage[]> {
  return rows<Outage>(
    tx,
    `select shut_at as "shutAt", settled_at as "settledAt" from door_outages
     where door = $1 and settled_at >= $2 order by shut_at`,
    [DOOR, later(now, -REMEMBERED_MS)],
  );
}
