/** Signed-in browsers. The cookie's id is stored hashed: who reads the table cannot take over a session. */
import { createHash } from 'node:crypto';
import { isUuid } from '../kernel/ids.ts';
import { affected, oneRow, rows, type Tx } from '../db/transaction.ts';

export interface StoredSession {
  userId: string | null;
  data: Record<string, unknown>;
  expiresAt: Date;
}

/** One bounded piece of the clean-up; the next run takes the rest. */
const LARGEST_CLEANUP = 1000;

export async function findSession(tx: Tx, id: string, now: Date): Promise<StoredSession | null> {
  const session = await oneRow<StoredSession>(
    tx,
    `select user_id as "userId", data, expires_at as "expiresAt" from sessions
     where id_hash = $1 and expires_at > $2`,
    [hash(id), now],
  );
  return session ?? null;
}

export async function saveSession(tx: Tx, id: string, session: StoredSession): Promise<void> {
  const userId = session.userId !== null && isUuid(session.userId) ? session.userId : null;
  await rows(
    tx,
    `insert into sessions (id_hash, user_id, data, expires_at) values ($1, $2, $3, $4)
     on conflict (id_hash) do update
       set user_id = excluded.user_id, data = excluded.data, expires_at = excluded.expires_at`,
    [hash(id), userId, JSON.stringify(session.data), session.expiresAt],
  );
}

export async function removeSession(tx: Tx, id: string): Promise<void> {
  await affected(tx, 'delete from sessions where id_hash = $1', [hash(id)]);
}

/** @returns how many were removed */
export async function removeExpiredSessions(tx: Tx, now: Date): Promise<number> {
  return affected(
    tx,
    `delete from sessions where id_hash in
       (select id_hash from sessions where expires_at <= $1 order by expires_at limit ${LARGEST_CLEANUP})`,
    [now],
  );
}

function hash(id: string): Buffer {
  return createHash('sha256').update(id).digest();
}
