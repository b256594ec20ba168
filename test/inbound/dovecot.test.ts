/** Mailboxes on a real Dovecot, read by the real reader. */
import { expect, it } from '@jest/globals';
import type { Tenant } from '../../src/accounts/tenants.ts';
import { acrossTenants } from '../../src/db/transaction.ts';
import { parseMailboxUrl } from '../../src/inbound/imap/mailbox-url.ts';
import {
  addMailbox,
  changeMailbox,
  getMailbox,
  type AfterStore,
  type Mailbox,
} from '../../src/inbound/imap/mailboxes.ts';
import type { List, MseAnswer } from '../support/api-shapes.ts';
import { onBothDatabases } from '../support/databases.ts';
import { describeWith } from '../support/describe-with.ts';
import { useDovecot } from '../support/use-dovecot.ts';
import { waitFor } from '../support/wait-for.ts';
import { openWorld, type ApiClient, type World } from '../support/world.ts';

let lastUser = 0;

/** Each test has a mailbox that nobody has used. */
function newUser(): string {
  lastUser += 1;
  return `user${lastUser}`;
}

describeWith('Dovecot', 'Mailboxes on Dovecot', (program) => {
  const dovecot = useDovecot(program);

  onBothDatabases('A mailbox', (database) => {
    async function seed() {
      const world = await openWorld(database);
      const acme = await world.addTenant('acme');
      return { world, acme, api: await world.api(acme), user: newUser() };
    }

    async function connect(
      world: World,
      tenant: Tenant,
      url: string,
      afterStore: AfterStore,
      acceptsAnyCertificate = true,
    ): Promise<Mailbox> {
      const { database: db, secrets, supervisor } = world.parts;
      const input = { ...parseMailboxUrl(url), afterStore, acceptsAnyCertificate };
      const mailbox = await acrossTenants(db.dataSource, (tx) =>
        addMailbox(tx, tenant.id, input, secrets, world.clock.now()),
      );
      await supervisor.tend(world.clock.now());
      return mailbox;
    }

    function mails(world: World, tenant: Tenant, subjects: readonly string[]): Buffer[] {
      return subjects.map((subject) => world.write(tenant, { subject }, world.clock.now()).raw);
    }

    async function subjects(world: World, api: ApiClient): Promise<string[]> {
      await world.settle();
      const found: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const page: List<MseAnswer> = (await api.get<List<MseAnswer>>(`/mses?limit=500&cursor=${cursor}`))
          .body;
        found.push(...page.items.map(({ subject }) => subject));
        cursor = page.nextCursor;
      }
      return found.sort();
    }

    async function waitForMails(world: World, api: ApiClient, count: number): Promise<void> {
      await waitFor(`${count} mails`, async () => (await subjects(world, api)).length >= count);
    }

    it('is read whole, and tells of new mail by itself, without a flag being touched', async () => {
      const { world, acme, api, user } = await seed();
      await dovecot.append(user, mails(world, acme, ['a', 'b', 'c']));
      await connect(world, acme, dovecot.url(user), 'keep');
      await waitForMails(world, api, 3);
      await dovecot.append(user, mails(world, acme, ['d']));
      await waitForMails(world, api, 4);
      expect(await subjects(world, api)).toEqual(['a', 'b', 'c', 'd']);
      const flags = await dovecot.asUser(user, async (client) => {
        await client.mailboxOpen('INBOX', { readOnly: true });
        return (await client.fetchAll('1:*', { flags: true })).map((message) => [...(message.flags ?? [])]);
      });
      expect(flags.flat().filter((flag) => flag !== '\\Recent')).toEqual([]);
    });

    it('gives the arrival time of the server, whatever the Date header says', async () => {
      const { world, acme, api, user } = await seed();
      await dovecot.append(
        user,
        [Buffer.from('Subject: x\r\nDate: Mon, 1 Jan 2001 00:00:00 +0000\r\n\r\nx\r\n')],
        new Date('2026-03-09T05:06:07Z'),
      );
      await connect(world, acme, dovecot.url(user), 'keep');
      await waitForMails(world, api, 1);
      const [mse] = (await api.get<List<{ receivedAt: string }>>('/mses')).body.items;
      expect(mse?.receivedAt).toBe('2026-03-09T05:06:07.000Z');
    });

    it('is emptied after storing with delete', async () => {
      const { world, acme, api, user } = await seed();
      await dovecot.append(user, mails(world, acme, ['a', 'b']));
      await connect(world, acme, dovecot.url(user), 'delete');
      await waitForMails(world, api, 2);
      await waitFor('the mailbox to be empty', async () => (await dovecot.count(user)) === 0);
    });

    it('is read again without a mail doubled when the server has forgotten its UIDs', async () => {
      const { world, acme, api, user } = await seed();
      await dovecot.append(user, mails(world, acme, ['a', 'b']));
      await connect(world, acme, dovecot.url(user), 'keep');
      await waitForMails(world, api, 2);
      await world.parts.supervisor.stop();
      dovecot.forgetUids(user);
      await dovecot.append(user, mails(world, acme, ['c']));
      await world.parts.supervisor.tend(world.clock.now());
      await waitForMails(world, api, 3);
      expect(await subjects(world, api)).toEqual(['a', 'b', 'c']);
    });

    it('goes on where it was after the server was away', async () => {
      const { world, acme, api, user } = await seed();
      await dovecot.append(user, mails(world, acme, ['a']));
      await connect(world, acme, dovecot.url(user), 'delete');
      await waitForMails(world, api, 1);
      await dovecot.pause();
      await dovecot.resume();
      await dovecot.append(user, mails(world, acme, ['b']));
      await waitForMails(world, api, 2);
      expect(await subjects(world, api)).toEqual(['a', 'b']);
    });

    it('with a wrong password delays no other, and says what is wrong', async () => {
      const { world, acme, api, user } = await seed();
      await dovecot.append(user, mails(world, acme, ['a']));
      const bad = await connect(world, acme, dovecot.url(newUser()).replace(':secret@', ':wrong@'), 'delete');
      await connect(world, acme, dovecot.url(user), 'delete');
      await waitForMails(world, api, 1);
      const db = world.parts.database.dataSource;
      const state = () => acrossTenants(db, (tx) => getMailbox(tx, acme.id, bad.id));
      await waitFor('the failure to be recorded', async () => (await state()).error !== null);
      expect((await state()).error).toContain('user name or password is not accepted');
    });

    it('is reached over TLS from the first byte and over STARTTLS, and only with a certificate that is trusted', async () => {
      const { world, acme, api, user } = await seed();
      const other = newUser();
      await dovecot.append(user, mails(world, acme, ['a']));
      await dovecot.append(other, mails(world, acme, ['b']));
      await connect(world, acme, dovecot.url(user, 'INBOX', 'imaps'), 'delete');
      await connect(world, acme, dovecot.url(other), 'delete');
      await waitForMails(world, api, 2);
      const strict = await connect(world, acme, dovecot.url(newUser(), 'INBOX', 'imaps'), 'delete', false);
      const db = world.parts.database.dataSource;
      const state = () => acrossTenants(db, (tx) => getMailbox(tx, acme.id, strict.id));
      await waitFor('the refusal', async () => (await state()).error !== null);
      expect((await state()).error).toContain('self-signed');
    });

    it('with a folder whose name has spaces, separators and umlauts is found', async () => {
      const { world, acme, api, user } = await seed();
      const folder = 'Überwachung/alle Server';
      await dovecot.asUser(user, (client) => client.mailboxCreate(folder));
      await dovecot.append(user, mails(world, acme, ['a']), undefined, folder);
      await connect(world, acme, dovecot.url(user, folder), 'delete');
      await waitForMails(world, api, 1);
    });

    it('that is changed or paused is read anew or left alone', async () => {
      const { world, acme, api, user } = await seed();
      const mailbox = await connect(world, acme, dovecot.url(user), 'keep');
      const { database: db, secrets, supervisor } = world.parts;
      const change = async (wanted: Parameters<typeof changeMailbox>[3]) => {
        await acrossTenants(db.dataSource, (tx) => changeMailbox(tx, acme.id, mailbox.id, wanted, secrets));
        await supervisor.tend(world.clock.now());
      };
      await change({ isPaused: true });
      await dovecot.append(user, mails(world, acme, ['a']));
      await change({ isPaused: false, afterStore: 'delete' });
      await waitForMails(world, api, 1);
      await waitFor('the mailbox to be empty', async () => (await dovecot.count(user)) === 0);
    });

    it('is tested step by step', async () => {
      const { world, acme, api, user } = await seed();
      await dovecot.append(user, mails(world, acme, ['a']));
      const steps = async (fields: Record<string, unknown>) => {
        const input = {
          host: '127.0.0.1',
          port: dovecot.port,
          isTls: false,
          acceptsAnyCertificate: true,
          username: user,
          password: 'secret',
          folder: 'INBOX',
          ...fields,
        };
        const { id } = (await api.send<{ id: string }>('POST', '/mailboxes', input)).body;
        const tested = await api.send<{
          ok: boolean;
          steps: { step: string; status: string; detail: string }[];
        }>('POST', `/mailboxes/${id}/test`);
        return tested.body;
      };
      expect((await steps({ afterStore: 'keep' })).ok).toBe(true);
      const wrong = await steps({ password: 'wrong' });
      expect(wrong.steps.map(({ step, status }) => `${step} ${status}`)).toEqual([
        'DNS ok',
        'TCP ok',
        'TLS ok',
        'login failed',
        'folder not reached',
        'rights not reached',
      ]);
      const nowhere = await steps({ folder: 'Nowhere' });
      expect(nowhere.steps.find(({ step }) => step === 'folder')?.detail).toContain('The mailbox has: INBOX');
      await world.parts.supervisor.stop();
    });
  });
});
