/**
 * Keeps a reader for every mailbox that this process holds the lease of. Readers are independent: one that waits,
 * fails or hangs delays no other. A failed one is started again with growing pauses.
 */
import type { DataSource } from 'typeorm';
import type { Leases } from '../../db/lease.ts';
import type { MailboxRow } from '../../db/entities/mailbox.entity.ts';
import { acrossTenants, inTenant } from '../../db/transaction.ts';
import { type Clock, MINUTE, SECOND } from '../../kernel/clock.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { Log } from '../../kernel/log.ts';
import { backoffMs } from '../../kernel/retry.ts';
import type { SecretBox } from '../../kernel/secret-box.ts';
import { acceptMail } from '../accept.ts';
import type { RecentMails } from '../recent-mails.ts';
import { explainImapError, newImapClient } from './connect.ts';
import { getCursor, listMailboxesToRead, markFailing } from './mailboxes.ts';
import { readMailbox } from './read-mailbox.ts';

const STOP_LIMIT_MS = 3 * SECOND;

const RETRY = { firstMs: 2 * SECOND, ceilingMs: MINUTE / 2 };

export interface SupervisorOptions {
  database: DataSource;
  leases: Leases;
  secrets: SecretBox;
  recent: RecentMails;
  clock: Clock;
  log: Log;
  /** Told after each commit that stored mail. */
  onStored: (tenantId: TenantId, count: number) => void;
  /** Tenants with a verdict that waits for proof that their mailboxes have been read. */
  tenantsAwaitingProof: (now: Date) => Promise<Set<TenantId>>;
}

export class MailboxSupervisor {
  readonly #options: SupervisorOptions;
  readonly #readers = new Map<string, Reader>();

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** One turn: renews leases, starts and stops readers. Called at least every LEASE_RENEWAL_MS. */
  async tend(now: Date): Promise<void> {
    const { database, leases } = this.#options;
    const wanted = await acrossTenants(database, listMailboxesToRead);
    const taken = await leases.take(
      wanted.map(({ id }) => leaseName(id)),
      now,
    );
    const held = new Map(
      wanted.filter(({ id }) => taken.has(leaseName(id))).map((one) => [one.id as string, one]),
    );
    await this.#stopReadersNotIn(held);
    for (const mailbox of held.values()) {
      if (!this.#readers.has(mailbox.id)) this.#readers.set(mailbox.id, new Reader(mailbox, this.#options));
    }
    const awaiting = await this.#options.tenantsAwaitingProof(now);
    for (const reader of this.#readers.values()) if (awaiting.has(reader.tenantId)) reader.ask();
  }

  async stop(): Promise<void> {
    await this.#stopReadersNotIn(new Map());
  }

  async #stopReadersNotIn(held: ReadonlyMap<string, MailboxRow>): Promise<void> {
    const ending = [...this.#readers].filter(([id, reader]) => {
      const mailbox = held.get(id);
      return !mailbox || !reader.isFor(mailbox);
    });
    await Promise.all(
      ending.map(async ([id, reader]) => {
        this.#readers.delete(id);
        await reader.stop();
        await this.#options.leases.release(leaseName(id));
      }),
    );
  }
}

function leaseName(mailboxId: string): string {
  return `mailbox:${mailboxId}`;
}

/** One mailbox, from connecting to stopping. */
class Reader {
  readonly #mailbox: MailboxRow;
  readonly #settings: string;
  readonly #options: SupervisorOptions;
  readonly #log: Log;
  readonly #abort = new AbortController();
  readonly #ended: Promise<void>;
  #askers: (() => void)[] = [];

  constructor(mailbox: MailboxRow, options: SupervisorOptions) {
    this.#mailbox = mailbox;
    this.#settings = settingsOf(mailbox);
    this.#options = options;
    this.#log = options.log.child({ mailbox: `${mailbox.username}@${mailbox.host}/${mailbox.folder}` });
    this.#ended = this.#runUntilStopped();
  }

  get tenantId(): TenantId {
    return this.#mailbox.tenantId;
  }

  isFor(mailbox: MailboxRow): boolean {
    return settingsOf(mailbox) === this.#settings;
  }

  /** Wants proof, soon, that everything up to now has been read. */
  ask(): void {
    for (const answer of this.#askers.splice(0)) answer();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#ended;
  }

  async #runUntilStopped(): Promise<void> {
    const { signal } = this.#abort;
    const isStopped = (): boolean => signal.aborted;
    let failures = 0;
    while (!isStopped()) {
      const startedAt = this.#options.clock.now();
      try {
        await this.#session(signal);
      } catch (error) {
        if (isStopped()) return;
        const lasted = this.#options.clock.now().getTime() - startedAt.getTime();
        failures = lasted > MINUTE ? 1 : failures + 1;
        await this.#recordFailure(error);
        await pause(backoffMs(RETRY, failures), signal);
      }
    }
  }

  async #session(signal: AbortSignal): Promise<void> {
    const { database, clock, secrets, recent, onStored } = this.#options;
    const mailbox = this.#mailbox;
    const client = newImapClient({ ...mailbox, password: secrets.open(mailbox.passwordBox) });
    // A server that hangs in the middle of a batch must not keep the process from stopping.
    signal.addEventListener('abort', () => setTimeout(() => client.close(), STOP_LIMIT_MS).unref());
    try {
      await client.connect();
      this.#log.info('mailbox connected');
      await readMailbox(client, {
        mailbox,
        clock,
        accept: async (mails, alongside) => {
          await acceptMail(database, mailbox.tenantId, mails, recent, alongside);
          onStored(mailbox.tenantId, mails.length);
        },
        getCursor: () =>
          inTenant(database, mailbox.tenantId, (tx) => getCursor(tx, mailbox.tenantId, mailbox.id)),
        write: (work) => inTenant(database, mailbox.tenantId, work),
        whenAsked: (over) => this.#whenAsked(over),
        signal,
      });
      await client.logout();
    } finally {
      client.close();
    }
  }

  async #whenAsked(over: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#askers.push(resolve);
      over.addEventListener('abort', () => {
        this.#askers = this.#askers.filter((asker) => asker !== resolve);
      });
    });
  }

  async #recordFailure(error: unknown): Promise<void> {
    const { database, clock } = this.#options;
    const { tenantId, id } = this.#mailbox;
    const explanation = explainImapError(error);
    this.#log.warn({ error: explanation }, 'mailbox cannot be read, next try follows');
    try {
      await inTenant(database, tenantId, (tx) => markFailing(tx, tenantId, id, explanation, clock.now()));
    } catch (writeError) {
      this.#log.error({ err: writeError }, 'the failure could not be recorded');
    }
  }
}

function settingsOf(mailbox: MailboxRow): string {
  return JSON.stringify({ ...mailbox, passwordBox: mailbox.passwordBox.toString('base64') });
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
