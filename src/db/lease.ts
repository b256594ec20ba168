/**
 * Leases: who does a piece of work among several processes. A row with an expiry, renewed by its holder, so
 * that a dead holder's work goes to another within the expiry, and no lock outlives a connection.
 */
import type { Database } from './data-source.ts';
import { between, later, SECOND } from '../kernel/clock.ts';
import { acrossTenants, affected, rows } from './transaction.ts';

/** A dead process's mailboxes must be read by another within 30 s: expiry and one poll fit in that. */
const LEASE_MS = 15 * SECOND;

/** Turns of a holder's loop are at most this far apart, and a lease that was renewed within it is not renewed again. */
export const LEASE_RENEWAL_MS = 4 * SECOND;

export class Leases {
  readonly #database: Database;
  readonly #holder: string;
  readonly #renewedAt = new Map<string, Date>();

  /**
   * The embedded database serves this process alone: it holds what it asks for, and nobody needs to read so.
   * @param holder names this process, unique among all that share the database
   */
  constructor(database: Database, holder: string) {
    this.#database = database;
    this.#holder = holder;
  }

  /** Takes or renews leases, all in one statement. @returns the names that this process holds now */
  async take(names: readonly string[], now: Date): Promise<Set<string>> {
    if (names.every((name) => this.#isFresh(name, now))) return new Set(names);
    const held = this.#database.isEmbedded ? names : await this.#takeRows(names, now);
    for (const name of names) this.#renewedAt.delete(name);
    for (const name of held) this.#renewedAt.set(name, now);
    return new Set(held);
  }

  async #takeRows(names: readonly string[], now: Date): Promise<string[]> {
    const held = await acrossTenants(this.#database.dataSource, (tx) =>
      rows<{ name: string }>(
        tx,
        `insert into leases (name, holder, expires_at)
         select n.name, $2, $3 from unnest($1::text[]) as n (name) order by n.name
         on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at
           where leases.holder = excluded.holder or leases.expires_at <= $4
         returning name`,
        [names, this.#holder, later(now, LEASE_MS), now],
      ),
    );
    return held.map(({ name }) => name);
  }

  #isFresh(name: string, now: Date): boolean {
    const renewedAt = this.#renewedAt.get(name);
    if (!renewedAt) return false;
    const age = between(renewedAt, now);
    // A clock that was set back says nothing.
    return age >= 0 && age < LEASE_RENEWAL_MS;
  }

  /** True while anybody holds the lease. */
  async isHeld(name: string, now: Date): Promise<boolean> {
    if (this.#database.isEmbedded) return this.#renewedAt.has(name);
    const held = await acrossTenants(this.#database.dataSource, (tx) =>
      rows(tx, 'select 1 from leases where name = $1 and expires_at > $2', [name, now]),
    );
    return held.length > 0;
  }

  async release(name: string): Promise<void> {
    this.#renewedAt.delete(name);
    if (this.#database.isEmbedded) return;
    await acrossTenants(this.#database.dataSource, (tx) =>
      affected(tx, 'delete from leases where name = $1 and holder = $2', [name, this.#holder]),
    );
  }

  /** Gives everything back at once, so that others need not wait for the expiry. */
  async releaseAll(): Promise<void> {
    this.#renewedAt.clear();
    if (this.#database.isEmbedded) return;
    await acrossTenants(this.#database.dataSource, (tx) =>
      affected(tx, 'delete from leases where holder = $1', [this.#holder]),
    );
  }
}
