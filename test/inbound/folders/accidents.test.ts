/** Folder mode when something comes in between: a crash, two people at once, folders renamed or removed. */
import { expect, it } from '@jest/globals';
import { folderDeeds } from '../../../src/app/folder-deeds.ts';
import { inTenant, type Tx } from '../../../src/db/transaction.ts';
import { findPlaces } from '../../../src/inbound/folders/find-places.ts';
import { moveMails } from '../../../src/inbound/folders/move-mails.ts';
import { FolderTree } from '../../../src/inbound/folders/tree.ts';
import { MINUTE } from '../../../src/kernel/clock.ts';
import { onBothDatabases } from '../../support/databases.ts';
import { describeWith } from '../../support/describe-with.ts';
import { useDovecot } from '../../support/use-dovecot.ts';
import { FolderWorld } from '../../support/mail-folders.ts';

describeWith('Dovecot', 'Folders and accidents', (program) => {
  const dovecot = useDovecot(program);

  onBothDatabases('A mailbox that is sorted', (database) => {
    const WEB = 'DaTamer/shop/web';

    async function withMail(...subjects: string[]) {
      const sorted = await FolderWorld.open(database, dovecot);
      const ada = await sorted.person('Ada');
      const bob = await sorted.person('Bob');
      for (const subject of subjects) {
        await sorted.arrive(subject, ':org:shop.web: :svr:web1.example.com: :critical:');
      }
      await sorted.becomes({ [WEB]: [...subjects].sort() });
      return { sorted, ada, bob };
    }

    it('takes no move of its own for one of a person, whatever was written down before the crash', async () => {
      const { sorted, ada } = await withMail('disk full');
      const { supervisor, database: db, clock } = sorted.world.parts;
      await supervisor.stop();
      await sorted.act('disk full', 'assignment', { user: ada.id });
      const whose = { tenantId: sorted.tenant.id, mailboxId: (await sorted.state()).id };
      let writes = 0;
      const crashing = async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
        writes += 1;
        // Due mails are read, the target is written down, the server moves.
        if (writes > 3) throw new Error('killed');
        return inTenant(db.dataSource, whose.tenantId, work);
      };
      await sorted.asPerson(async (client) => {
        const tree = new FolderTree(client, 'DaTamer');
        await crashing((tx) => findPlaces(tx, whose, folderDeeds, () => true));
        const moving = moveMails({ client, tree, whose, write: crashing, clock }, () => false);
        await expect(moving).rejects.toThrow('killed');
      });
      expect(await sorted.contents()).toEqual({ [`${WEB}/Ada`]: ['disk full'] });
      // As it was when the mail was sorted last: by the places alone it looks as if Ada had moved it.
      await sorted.act('disk full', 'assignment', { user: null });
      await supervisor.tend(clock.now());
      await sorted.becomes({ [WEB]: ['disk full'] });
      expect((await sorted.event('disk full')).assignee).toBeNull();
      expect((await sorted.timeline('disk full')).some(({ who }) => who.includes('mailbox'))).toBe(false);
    });

    it('gives an event to one of two people who take two of its mails, and brings all mails there', async () => {
      const { sorted } = await withMail('disk 1 full', 'disk 2 full');
      const { supervisor, clock } = sorted.world.parts;
      await supervisor.stop();
      await sorted.move('disk 1 full', WEB, `${WEB}/Ada`);
      await sorted.move('disk 2 full', WEB, `${WEB}/Bob`);
      await supervisor.tend(clock.now());
      await sorted.becomes({ [`${WEB}/Ada`]: ['disk 1 full', 'disk 2 full'] });
      expect((await sorted.event('disk 1 full')).assignee?.name).toBe('Ada');
    });

    it('follows whoever was faster when the event was given away here while somebody moved the mail there', async () => {
      const { sorted, bob } = await withMail('disk full');
      const { supervisor, clock } = sorted.world.parts;
      await supervisor.stop();
      await sorted.move('disk full', WEB, `${WEB}/Ada`);
      await sorted.act('disk full', 'assignment', { user: bob.id });
      await supervisor.tend(clock.now());
      await sorted.becomes({ [`${WEB}/Bob`]: ['disk full'] });
      expect((await sorted.event('disk full')).assignee?.name).toBe('Bob');
    });

    it('has one copy of a mail that somebody copied, and of one that is delivered again', async () => {
      const { sorted } = await withMail('disk full');
      await sorted.asPerson(async (client) => {
        await client.mailboxCreate(`${WEB}/Ada`);
        await client.mailboxOpen(WEB);
        const [mail] = await client.fetchAll('1:*', { source: true });
        await client.messageCopy('1:*', `${WEB}/Ada`);
        await client.append('INBOX', mail?.source ?? '');
      });
      await sorted.becomes({ [`${WEB}/Ada`]: ['disk full'] });
      expect((await sorted.mails()).length).toBe(1);
    });

    it('follows a folder that was renamed, and goes on in one of the right name', async () => {
      const { sorted, bob } = await withMail('disk full');
      await sorted.asPerson((client) => client.mailboxRename(WEB, 'DaTamer/shop/website'));
      await sorted.arrive('link down', ':org:shop.web: :svr:web2.example.com: :warn:');
      await sorted.becomes({ 'DaTamer/shop/website': ['disk full'], [WEB]: ['link down'] });
      expect((await sorted.event('disk full')).org).toBe('shop.web');
      await sorted.act('disk full', 'assignment', { user: bob.id });
      await sorted.until('the move', async () => `${WEB}/Bob` in (await sorted.contents()));
      expect((await sorted.contents())[`${WEB}/Bob`]).toContain('disk full');
    });

    it('says once in the timeline that mails are gone with their folder, and keeps them', async () => {
      const { sorted } = await withMail('disk 1 full', 'disk 2 full');
      await sorted.asPerson((client) => client.mailboxDelete(WEB));
      await sorted.until('the look', async () => {
        sorted.world.clock.advance(MINUTE);
        return (await sorted.timeline('disk 1 full')).some(({ what }) => what === 'note');
      });
      const notes = (await sorted.timeline('disk 1 full')).filter(({ what }) => what === 'note');
      expect(notes.map(({ why }) => why)).toEqual([
        'Mails of this event are no longer in the mailbox. They are kept here.',
      ]);
      expect((await sorted.event('disk 1 full')).state).toBe('open');
      await sorted.arrive('link down', ':org:shop.web: :svr:web2.example.com: :warn:');
      await sorted.becomes({ [WEB]: ['link down'] });
    });

    it('finds its mails again when the server has forgotten its numbers', async () => {
      const { sorted, ada } = await withMail('disk full');
      const { supervisor, clock } = sorted.world.parts;
      await supervisor.stop();
      sorted.forgetUids();
      await supervisor.tend(clock.now());
      await sorted.act('disk full', 'assignment', { user: ada.id });
      await sorted.becomes({ [`${WEB}/Ada`]: ['disk full'] });
    });

    it('understands a mail that somebody sorted before it was read', async () => {
      const { sorted } = await withMail('disk full');
      const { raw } = sorted.world.write(sorted.tenant, { subject: 'no tags' }, sorted.world.clock.now());
      await sorted.asPerson(async (client) => {
        await client.mailboxCreate('DaTamer/shop/till/Bob');
        await client.append('DaTamer/shop/till/Bob', raw);
      });
      await sorted.until('the mail', async () => (await sorted.mails()).length === 2);
      await sorted.until('the claim', async () => (await sorted.event('no tags')).assignee?.name === 'Bob');
      expect((await sorted.event('no tags')).org).toBe('shop.till');
      await sorted.becomes({ [WEB]: ['disk full'], 'DaTamer/shop/till/Bob': ['no tags'] });
    });
  });
});
