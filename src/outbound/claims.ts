/**
 * Claims of deliveries: while a process sends them, no other does. A claim is short, so that what a dead process had
 * claimed goes out soon (at least once), and is renewed as long as its process is at work, however slow the receiver is.
 */
import type { DataSource } from 'typeorm';
import { acrossTenants, affected, type Tx } from '../db/transaction.ts';
import { later, SECOND, type Clock } from '../kernel/clock.ts';
import type { TenantId } from '../kernel/ids.ts';

/** As long as a dead process's leases last. */
export const CLAIM_MS = 15 * SECOND;

/** Two renewals may fail before a claim ends. */
const RENEWED_EVERY_MS = 4 * SECOND;

export interface Claim {
  tenantId: TenantId;
  id: string;
  /** The end of the claim. */
  nextTryAt: Date | null;
}

export interface Renewing {
  database: DataSource;
  clock: Clock;
  renewEveryMs?: number;
}

/** Renews the claims until the work is done. A renewal that fails is no reason to break off: the claims end by themselves. */
export async function whileClaimed(
  { database, clock, renewEveryMs = RENEWED_EVERY_MS }: Renewing,
  claims: readonly Claim[],
  work: () => Promise<void>,
): Promise<void> {
  let until = claims[0]?.nextTryAt ?? null;
  let renewal = Promise.resolve();
  const timer = setInterval(() => {
    renewal = renewal
      .then(async () => {
        if (!until) return;
        const next = later(clock.now(), CLAIM_MS);
        await acrossTenants(database, (tx) => renew(tx, claims, until as Date, next));
        until = next;
      })
      .catch(() => undefined);
  }, renewEveryMs);
  try {
    await work();
  } finally {
    clearInterval(timer);
    await renewal;
  }
}

/** Those that still wait for their end: what was sent, or put off meanwhile, has another time or none. */
async function renew(tx: Tx, claims: readonly Claim[], until: Date, next: Date): Promise<void> {
  await affected(
    tx,
    `update deliveries set next_try_at = $4
     where (tenant_id, id) in (select * from unnest($1::uuid[], $2::uuid[])) and state = 'pending' and next_try_at = $3`,
    [claims.map(({ tenantId }) => tenantId), claims.map(({ id }) => id), until, next],
  );
}

/**
 * For the start of a process that has the database to itself: whoever claimed is dead. What else is due within the time
 * of a claim is tried a little early.
 */
export async function endClaims(tx: Tx, now: Date): Promise<void> {
  await affected(
    tx,
    "update deliveries set next_try_at = $1 where state = 'pending' and next_try_at > $1 and next_try_at <= $2",
    [now, later(now, CLAIM_MS)],
  );
}
