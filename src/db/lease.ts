/**
 * Leases: who does a piece of work among several processes. A row with an expiry, renewed by its holder, so
 * that a dead holder's work goes to another within the expiry, and no lock outlives a connection.
 */
import type { DataSource } from 'typeorm';
import { later, SECOND } from '../kernel/clock.ts';
import { acrossTenants, affected, oneRow } from './transaction.ts';

/** A dead process's mailboxes must be read by another within 30 s: expiry and one poll fit in that. */
const LEASE_MS = 15 * SECOND;

/** Renewed at each turn of the holder's loop; turns are at most this far apart. */
export const LEASE_RENEWAL_MS = 4 * SECOND;

export class Leases {
  readonly #dataSource: DataSource;
  readonly #holder: string;

  /** @param holder names this process, unique among all that share the database */
  constructor(dataSource: DataSource, holder: string) {
    this.#dataSource = dataSource;
    this.#holder = holder;
  }

  /** Takes or renews the lease. @returns false while another process holds it */
  async take(name: string, now: Date): Promise<boolean> {
    return acrossTenants(this.#dataSource, async (tx) => {
      const row = await oneRow<{ holder: string }>(
        tx,
        `insert into leases (name, holder, expires_at) values ($1, $2, $3)
         on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at
           where leases.holder = excluded.holder or leases.expires_at <= $4
         returning holder`,
        [name, this.#holder, later(now, LEASE_MS), now],
      );
      return row !== undefined;
    });
  }

  async release(name: string): Promise<void> {
    await acrossTenants(this.#dataSource, (tx) =>
      affected(tx, 'delete from leases where name = $1 and holder = $2', [name, this.#holder]),
    );
  }

  /** Gives everything back at once, so that others need not wait for the expiry. */
  async releaseAll(): Promise<void> {
    await acrossTenants(this.#dataSource, (tx) =>
      affected(tx, 'delete from leases where holder = $1', [this.#holder]),
    );
  }
}
