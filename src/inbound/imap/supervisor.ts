/**
 * Keeps a reader for every mailbox that this process holds the lease of. Readers are independent: one that waits,
 * fails or hangs delays no other. A failed one is started again with growing pauses.
 */
import type { ImapFlow } from 'imapflow';
import type { DataSource } from 'typeorm';
import type { Leases } from '../../db/lease.ts';
import type { MailboxRow } from '../../db/entities/mailbox.entity.ts';
import { acrossTenants, inTenant, type Tx } from '../../db/transaction.ts';
import { type Clock, MINUTE, SECOND } from '../../kernel/clock.ts';
import type { TenantId } from '../../kernel/ids.ts';
import type { Log } from '../../kernel/log.ts';
import { backoffMs } from '../../kernel/retry.ts';
import type { SecretBox } from '../../kernel/secret-box.ts';
import { acceptMail, type Alongside, type ArrivedMail } from '../accept.ts';
import type { FolderDeeds } from '../folders/deeds.ts';
import { keepFolders } from '../folders/keep-folders.ts';
import { FolderTree } from '../folders/tree.ts';
import type { RecentMails } from '../recent-mails.ts';
import { explainImapError, newImapClient } from './connect.ts';
import { getCursor, listMailboxesToRead, markFailing, markFoldersFailing } from './mailboxes.ts';
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
  /** What folder mode does to events. */
  deeds: FolderDeeds;
  /** Told when a move in a mailbox has changed events. */
  onFollowed: (tenantId: TenantId) => void;
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
    if (this.#readers.size === 0) return;
    const awaiting = await this.#options.tenantsAwaitingProof(now);
    for (const reader of this.#readers.values()) if (awaiting.has(reader.tenantId)) reader.ask();
  }

  /** Events have changed, of one tenant or of some: their mails are moved at once. */
  moveMails(tenantId: TenantId | null): void {
    for (const reader of this.#readers.values()) {
      if (tenantId === null || reader.tenantId === tenantId) reader.wake('move');
    }
  }

  /** Looks at the folders of all mailboxes now, rather than at the next turn. */
  lookAtFolders(): void {
    for (const reader of this.#readers.values()) reader.wake('look');
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

/** One mailbox, from connecting to stopping: a connection that reads, and in folder mode one that sorts. */
class Reader {
  readonly #mailbox: MailboxRow;
  readonly #settings: string;
  readonly #options: SupervisorOptions;
  readonly #log: Log;
  readonly #abort = new AbortController();
  readonly #ended: Promise<unknown>;
  #askers: (() => void)[] = [];
  #sleeper: ((what: 'move' | 'look') => void) | null = null;
  #isWoken: 'move' | 'look' | null = null;

  constructor(mailbox: MailboxRow, options: SupervisorOptions) {
    this.#mailbox = mailbox;
    this.#settings = settingsOf(mailbox);
    this.#options = options;
    this.#log = options.log.child({ mailbox: `${mailbox.username}@${mailbox.host}/${mailbox.folder}` });
    const reading = this.#keepTrying((client) => this.#read(client), this.#recordFailure);
    const sorting =
      mailbox.afterStore === 'move'
        ? this.#keepTrying((client) => this.#sort(client), this.#recordFailureOfFolders)
        : null;
    this.#ended = Promise.all([reading, sorting]);
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

  /** Wants folders and events in step, soon. */
  wake(what: 'move' | 'look'): void {
    if (this.#sleeper) this.#sleeper(what);
    else if (this.#isWoken !== 'look') this.#isWoken = what;
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#ended;
  }

  async #keepTrying(
    work: (client: ImapFlow) => Promise<void>,
    recordFailure: (explanation: string) => Promise<void>,
  ): Promise<void> {
    const { signal } = this.#abort;
    const isStopped = (): boolean => signal.aborted;
    let failures = 0;
    while (!isStopped()) {
      const startedAt = this.#options.clock.now();
      try {
        await this.#session(work, signal);
      } catch (error) {
        if (isStopped()) return;
        const lasted = this.#options.clock.now().getTime() - startedAt.getTime();
        failures = lasted > MINUTE ? 1 : failures + 1;
        try {
          await recordFailure(explainImapError(error));
        } catch (writeError) {
          this.#log.error({ err: writeError }, 'the failure could not be recorded');
        }
        await pause(backoffMs(RETRY, failures), signal);
      }
    }
  }

  async #session(work: (client: ImapFlow) => Promise<void>, signal: AbortSignal): Promise<void> {
    const { secrets } = this.#options;
    const mailbox = this.#mailbox;
    const client = newImapClient({ ...mailbox, password: secrets.open(mailbox.passwordBox) });
    // A server that hangs in the middle of a batch must not keep the process from stopping.
    signal.addEventListener('abort', () => setTimeout(() => client.close(), STOP_LIMIT_MS).unref());
    try {
      await client.connect();
      await work(client);
      await client.logout();
    } finally {
      client.close();
    }
  }

  async #read(client: ImapFlow): Promise<void> {
    const { clock } = this.#options;
    const mailbox = this.#mailbox;
    this.#log.info('mailbox connected');
    await readMailbox(client, {
      mailbox,
      clock,
      accept: (mails, alongside) => this.#accept(mails, alongside),
      getCursor: () => this.#write((tx) => getCursor(tx, mailbox.tenantId, mailbox.id)),
      write: (work) => this.#write(work),
      whenAsked: (over) => this.#whenAsked(over),
      signal: this.#abort.signal,
    });
  }

  async #sort(client: ImapFlow): Promise<void> {
    const { clock, deeds, onFollowed } = this.#options;
    const { tenantId, id, username, folder, rootFolder } = this.#mailbox;
    await keepFolders({
      client,
      tree: new FolderTree(client, rootFolder),
      whose: { tenantId, mailboxId: id },
      inbox: folder,
      deeds,
      name: `mailbox ${username}`,
      clock,
      log: this.#log,
      accept: (mails, alongside) => this.#accept(mails, alongside),
      write: (work) => this.#write(work),
      whenWoken: (over) => this.#whenWoken(over),
      onFollowed: () => {
        onFollowed(tenantId);
      },
      signal: this.#abort.signal,
    });
  }

  async #accept(mails: ArrivedMail[], alongside: Alongside): Promise<void> {
    const { database, recent, onStored } = this.#options;
    const { tenantId } = this.#mailbox;
    await acceptMail(database, tenantId, mails, recent, alongside);
    onStored(tenantId, mails.length);
  }

  async #write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return inTenant(this.#options.database, this.#mailbox.tenantId, work);
  }

  async #whenAsked(over: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#askers.push(resolve);
      over.addEventListener('abort', () => {
        this.#askers = this.#askers.filter((asker) => asker !== resolve);
      });
    });
  }

  async #whenWoken(over: AbortSignal): Promise<'move' | 'look'> {
    const missed = this.#isWoken;
    this.#isWoken = null;
    if (missed) return missed;
    return new Promise((resolve) => {
      this.#sleeper = resolve;
      over.addEventListener('abort', () => {
        this.#sleeper = null;
      });
    });
  }

  readonly #recordFailure = async (explanation: string): Promise<void> => {
    const { tenantId, id } = this.#mailbox;
    this.#log.warn({ error: explanation }, 'mailbox cannot be read, next try follows');
    await this.#write((tx) => markFailing(tx, tenantId, id, explanation, this.#options.clock.now()));
  };

  readonly #recordFailureOfFolders = async (explanation: string): Promise<void> => {
    const { tenantId, id } = this.#mailbox;
    this.#log.warn({ error: explanation }, 'folders cannot be kept, next try follows');
    await this.#write((tx) => markFoldersFailing(tx, tenantId, id, explanation));
  };
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
