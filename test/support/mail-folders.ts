/** A tenant whose mailbox on a Dovecot is sorted into folders, with people who use a plain IMAP client. */
import type { ImapFlow } from 'imapflow';
import type { Tenant } from '../../src/accounts/tenants.ts';
import { addMember, type Member } from '../../src/accounts/users.ts';
import type { Role } from '../../src/accounts/role.ts';
import { acrossTenants } from '../../src/db/transaction.ts';
import { parseMailboxUrl } from '../../src/inbound/imap/mailbox-url.ts';
import { addMailbox, getMailbox, type Mailbox } from '../../src/inbound/imap/mailboxes.ts';
import type { EventAnswer, List, MseAnswer } from './api-shapes.ts';
import { PASSWORD } from './browser-session.ts';
import type { TestDatabase } from './databases.ts';
import type { Dovecot } from './dovecot.ts';
import { waitFor } from './wait-for.ts';
import { openWorld, type ApiClient, type MailText, type World } from './world.ts';

/** Subjects by folder; empty folders are left out. */
export type Contents = Record<string, string[]>;

let lastUser = 0;

export class FolderWorld {
  readonly world: World;
  readonly tenant: Tenant;
  readonly api: ApiClient;
  readonly #dovecot: Dovecot;
  readonly #user: string;
  #mailbox: Mailbox | null = null;

  private constructor(world: World, tenant: Tenant, api: ApiClient, dovecot: Dovecot, user: string) {
    this.world = world;
    this.tenant = tenant;
    this.api = api;
    this.#dovecot = dovecot;
    this.#user = user;
  }

  static async open(database: TestDatabase, dovecot: Dovecot): Promise<FolderWorld> {
    const world = await openWorld(database);
    const tenant = await world.addTenant('acme');
    lastUser += 1;
    const sorted = new FolderWorld(world, tenant, await world.api(tenant), dovecot, `sorted${lastUser}`);
    await sorted.connect();
    return sorted;
  }

  async connect(): Promise<void> {
    const { database, secrets, supervisor } = this.world.parts;
    const input = {
      ...parseMailboxUrl(this.#dovecot.url(this.#user)),
      afterStore: 'move' as const,
      acceptsAnyCertificate: true,
    };
    this.#mailbox = await acrossTenants(database.dataSource, (tx) =>
      addMailbox(tx, this.tenant.id, input, secrets, this.world.clock.now()),
    );
    await supervisor.tend(this.world.clock.now());
  }

  async state(): Promise<Mailbox> {
    const { database } = this.world.parts;
    return acrossTenants(database.dataSource, (tx) =>
      getMailbox(tx, this.tenant.id, this.#mailbox?.id ?? ''),
    );
  }

  /** Somebody of the tenant, by a name of any kind. */
  async person(name: string, role: Role = 'engineer', email = name): Promise<Member> {
    const address = `${email.toLowerCase().replace(/[^a-z]/g, '')}@acme.example`;
    const wanted = { email: address, name, role, password: PASSWORD };
    return acrossTenants(this.world.parts.database.dataSource, (tx) =>
      addMember(tx, this.tenant.id, wanted, this.world.clock.now()),
    );
  }

  /** A mail comes in; what it is about stands in its text as tags. */
  async arrive(subject: string, tags = '', mail: Partial<MailText> = {}): Promise<void> {
    const { raw } = this.world.write(this.tenant, { subject, body: tags, ...mail }, this.world.clock.now());
    await this.#dovecot.append(this.#user, [raw]);
  }

  /** The server loses what it knew of numbers. */
  forgetUids(): void {
    this.#dovecot.forgetUids(this.#user);
  }

  async asPerson<T>(work: (client: ImapFlow) => Promise<T>): Promise<T> {
    return this.#dovecot.asUser(this.#user, work);
  }

  /** What a person does with an ordinary program: opens a folder, moves what has the subject. */
  async move(subject: string, from: string, to: string): Promise<void> {
    await this.#dovecot.asUser(this.#user, async (client) => {
      const paths = (await client.list()).map(({ path }) => path);
      if (!paths.includes(to)) await client.mailboxCreate(to);
      await client.mailboxOpen(from);
      const moved = await client.messageMove({ subject }, to);
      if (!moved) throw new Error(`${subject} is not in ${from}`);
    });
  }

  async contents(): Promise<Contents> {
    return this.#dovecot.asUser(this.#user, async (client) => {
      const found: Contents = {};
      for (const { path, flags } of await client.list()) {
        if (flags.has('\\Noselect') || flags.has('\\NonExistent')) continue;
        const { exists } = await client.mailboxOpen(path, { readOnly: true });
        if (exists === 0) continue;
        const mails = await client.fetchAll('1:*', { envelope: true });
        const subjects = mails.map(({ envelope }) => envelope?.subject ?? '').sort();
        if (subjects.length > 0) found[path] = subjects;
      }
      return found;
    });
  }

  /** Lets everything run until the mailbox looks like this. */
  async becomes(wanted: Contents): Promise<void> {
    const text = (contents: Contents): string =>
      JSON.stringify(Object.entries(contents).sort(([a], [b]) => (a < b ? -1 : 1)));
    let last: Contents = {};
    try {
      await this.until('the folders', async () => {
        last = await this.contents();
        return text(last) === text(wanted);
      });
    } catch (error) {
      throw new Error(`wanted ${text(wanted)}, found ${text(last)}`, { cause: error });
    }
  }

  /** Lets everything run, folders looked at included, until something is true. */
  async until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
    await waitFor(what, async () => {
      await this.world.settle();
      this.world.parts.supervisor.lookAtFolders();
      return isTrue();
    });
  }

  async event(subject: string): Promise<EventAnswer> {
    const { body } = await this.api.get<List<EventAnswer>>('/events?interest=all');
    const { body: done } = await this.api.get<List<EventAnswer>>('/events?interest=all&state=completed');
    const found = [...body.items, ...done.items].find(({ title }) => title === subject);
    if (!found) throw new Error(`no event ${subject}`);
    return found;
  }

  async mails(): Promise<MseAnswer[]> {
    return (await this.api.get<List<MseAnswer>>('/mses')).body.items;
  }

  /** Newest first. */
  async notices(): Promise<{ id: string }[]> {
    return (await this.api.get<List<{ id: string }>>('/deliveries')).body.items;
  }

  async timeline(subject: string): Promise<EventAnswer['timeline']> {
    const { id } = await this.event(subject);
    const { body } = await this.api.get<EventAnswer>(`/events/${id}`);
    return body.timeline;
  }

  /** Takes back the last change of a kind. */
  async undo(subject: string, kind: string): Promise<void> {
    const change = (await this.timeline(subject)).find(({ what }) => what === kind);
    await this.act(subject, 'undo', { change: change?.id });
  }

  async act(subject: string, path: string, body: Record<string, unknown> = {}): Promise<void> {
    const { id, version } = await this.event(subject);
    const { status } = await this.api.send('POST', `/events/${id}/${path}`, { version, ...body });
    if (status !== 200) throw new Error(`${path} was answered ${status}`);
  }
}
