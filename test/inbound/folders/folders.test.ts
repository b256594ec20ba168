/** Folder mode on a real Dovecot: people work with a plain IMAP program, others with the API. */
import { expect, it } from '@jest/globals';
import { onBothDatabases } from '../../support/databases.ts';
import { describeWith } from '../../support/describe-with.ts';
import { useDovecot } from '../../support/use-dovecot.ts';
import { FolderWorld } from '../../support/mail-folders.ts';

describeWith('Dovecot', 'Folders', (program) => {
  const dovecot = useDovecot(program);

  onBothDatabases('A mailbox that is sorted', (database) => {
    it('has each mail in the folder of its path, then of who has its event, then with the completed', async () => {
      const sorted = await FolderWorld.open(database, dovecot);
      const ada = await sorted.person('Ada Lovelace');
      await sorted.arrive('disk full', ':org:shop.web: :critical:');
      await sorted.arrive('hello there');
      await sorted.becomes({ 'DaTamer/shop/web': ['disk full'], 'DaTamer/unclassified': ['hello there'] });
      await sorted.act('disk full', 'assignment', { user: ada.id });
      await sorted.becomes({
        'DaTamer/shop/web/Ada Lovelace': ['disk full'],
        'DaTamer/unclassified': ['hello there'],
      });
      await sorted.act('disk full', 'completion');
      await sorted.act('hello there', 'correction', { org: 'shop.till' });
      await sorted.becomes({
        'DaTamer/shop/web/completed': ['disk full'],
        'DaTamer/shop/till': ['hello there'],
      });
      await sorted.act('disk full', 'reopening');
      await sorted.becomes({
        'DaTamer/shop/web/Ada Lovelace': ['disk full'],
        'DaTamer/shop/till': ['hello there'],
      });
    });

    it('takes a mail in a folder with a name as claimed, with the completed as completed, and back as before', async () => {
      const sorted = await FolderWorld.open(database, dovecot);
      const ada = await sorted.person('Ada Lovelace');
      await sorted.arrive('disk full', ':org:shop.web: :critical:');
      await sorted.becomes({ 'DaTamer/shop/web': ['disk full'] });

      await sorted.move('disk full', 'DaTamer/shop/web', 'DaTamer/shop/web/Ada Lovelace');
      await sorted.until('the claim', async () => (await sorted.event('disk full')).assignee?.id === ada.id);
      await sorted.becomes({ 'DaTamer/shop/web/Ada Lovelace': ['disk full'] });

      await sorted.move('disk full', 'DaTamer/shop/web/Ada Lovelace', 'DaTamer/shop/web');
      await sorted.until('nobody', async () => (await sorted.event('disk full')).assignee === null);

      await sorted.move('disk full', 'DaTamer/shop/web', 'DaTamer/shop/web/completed');
      await sorted.until('completion', async () => (await sorted.event('disk full')).state === 'completed');

      await sorted.move('disk full', 'DaTamer/shop/web/completed', 'DaTamer/shop/web');
      await sorted.until('reopening', async () => (await sorted.event('disk full')).state === 'open');
      await sorted.becomes({ 'DaTamer/shop/web': ['disk full'] });

      const told = (await sorted.timeline('disk full')).reverse().map(({ what, who }) => `${what}, ${who}`);
      const mailbox = `mailbox ${(await sorted.state()).username}`;
      expect(told.filter((row) => row.includes('mailbox'))).toEqual([
        'assigned, Ada Lovelace, in the mailbox',
        `unassigned, ${mailbox}`,
        `completed, ${mailbox}`,
        `reopened, ${mailbox}`,
      ]);
    });

    it('takes a reply to a notice as what it says, and no folder as an answer to it', async () => {
      const sorted = await FolderWorld.open(database, dovecot);
      const ada = await sorted.person('Ada Lovelace');
      await sorted.arrive('disk full', ':org:shop.web: :critical:');
      await sorted.becomes({ 'DaTamer/shop/web': ['disk full'] });
      await sorted.act('disk full', 'assignment', { user: ada.id });
      await sorted.until('the notice', async () => (await sorted.notices()).length === 1);
      const [notice] = await sorted.notices();
      const token = sorted.world.parts.tokens.signReply(notice?.id ?? '');
      const to = `alerts+r.${token}@acme.example`;
      await sorted.arrive('Re: disk full', 'done swept up', { from: ada.email, to });
      await sorted.until('the deed', async () => (await sorted.event('disk full')).state === 'completed');
      expect((await sorted.event('disk full')).completion).toEqual({ by: 'Ada Lovelace', note: 'swept up' });
      await sorted.becomes({
        'DaTamer/shop/web/completed': ['disk full'],
        'DaTamer/unclassified': ['Re: disk full'],
      });
      // Wherever people put it, it says nothing there.
      await sorted.move('Re: disk full', 'DaTamer/unclassified', 'DaTamer/shop/web');
      await sorted.becomes({
        'DaTamer/shop/web/completed': ['disk full'],
        'DaTamer/shop/web': ['Re: disk full'],
      });
      expect((await sorted.event('disk full')).state).toBe('completed');
      expect((await sorted.mails()).filter(({ org }) => org === null)).toHaveLength(1);
    });

    it('learns where a mail belongs from the folder somebody moves it to', async () => {
      const sorted = await FolderWorld.open(database, dovecot);
      const ada = await sorted.person('Ada');
      await sorted.arrive('strange things');
      await sorted.becomes({ 'DaTamer/unclassified': ['strange things'] });
      await sorted.move('strange things', 'DaTamer/unclassified', 'DaTamer/lab/new-thing');
      await sorted.until(
        'the path',
        async () => (await sorted.event('strange things')).org === 'lab.new-thing',
      );
      expect((await sorted.mails()).map(({ org, sources }) => [org, sources['org']])).toEqual([
        ['lab.new-thing', 'human'],
      ]);
      // Into another path, and claimed, by one move.
      await sorted.move('strange things', 'DaTamer/lab/new-thing', 'DaTamer/shop/Ada');
      await sorted.until(
        'the claim',
        async () => (await sorted.event('strange things')).assignee?.id === ada.id,
      );
      expect((await sorted.event('strange things')).org).toBe('shop');
      await sorted.becomes({ 'DaTamer/shop/Ada': ['strange things'] });
    });

    it('moves all mails of an event when somebody has moved one', async () => {
      const sorted = await FolderWorld.open(database, dovecot);
      await sorted.person('Ada');
      await sorted.arrive('disk 1 full', ':org:shop.web: :svr:web1.example.com: :critical:');
      await sorted.arrive('disk 2 full', ':org:shop.web: :svr:web1.example.com: :critical:');
      await sorted.becomes({ 'DaTamer/shop/web': ['disk 1 full', 'disk 2 full'] });
      expect((await sorted.event('disk 1 full')).mseCount).toBe(2);
      await sorted.move('disk 2 full', 'DaTamer/shop/web', 'DaTamer/shop/web/Ada');
      await sorted.becomes({ 'DaTamer/shop/web/Ada': ['disk 1 full', 'disk 2 full'] });
    });

    it('follows a merge, a split and their undoing', async () => {
      const sorted = await FolderWorld.open(database, dovecot);
      const ada = await sorted.person('Ada');
      await sorted.arrive('disk full', ':org:shop.web: :critical:');
      await sorted.arrive('printer on fire', ':org:office.copy: :warn:');
      await sorted.becomes({ 'DaTamer/shop/web': ['disk full'], 'DaTamer/office/copy': ['printer on fire'] });
      await sorted.act('disk full', 'assignment', { user: ada.id });
      const { id } = await sorted.event('disk full');
      await sorted.act('printer on fire', 'merge', { into: id });
      await sorted.becomes({
        'DaTamer/shop/web/Ada': ['disk full'],
        'DaTamer/office/copy/Ada': ['printer on fire'],
      });
      const printer = (await sorted.mails()).find(({ subject }) => subject === 'printer on fire');
      await sorted.act('disk full', 'split', { mses: [printer?.id] });
      await sorted.becomes({
        'DaTamer/shop/web/Ada': ['disk full'],
        'DaTamer/office/copy': ['printer on fire'],
      });
      await sorted.undo('disk full', 'split');
      await sorted.becomes({
        'DaTamer/shop/web/Ada': ['disk full'],
        'DaTamer/office/copy/Ada': ['printer on fire'],
      });
    });

    it('leaves a mail where it was put when that says nothing, and tells why', async () => {
      const sorted = await FolderWorld.open(database, dovecot);
      await sorted.person('Max', 'manager');
      await sorted.arrive('disk full', ':org:shop.web: :critical:');
      await sorted.becomes({ 'DaTamer/shop/web': ['disk full'] });
      await sorted.move('disk full', 'DaTamer/shop/web', 'DaTamer/shop/web/Grace Hopper');
      await sorted.until('a word', async () => (await sorted.state()).foldersNote !== null);
      expect((await sorted.state()).foldersNote).toBe(
        'DaTamer/shop/web/Grace Hopper: nobody here is called "Grace Hopper".',
      );
      await sorted.move('disk full', 'DaTamer/shop/web/Grace Hopper', 'DaTamer/shop/web/Max');
      await sorted.until(
        'another word',
        async () => (await sorted.state()).foldersNote?.includes('Max') ?? false,
      );
      expect((await sorted.event('disk full')).assignee).toBeNull();
      await sorted.becomes({ 'DaTamer/shop/web/Max': ['disk full'] });
      await sorted.move('disk full', 'DaTamer/shop/web/Max', 'DaTamer/shop/web');
      await sorted.until('no word', async () => (await sorted.state()).foldersNote === null);
      for (const folder of ['DaTamer', 'DaTamer/unclassified']) {
        await sorted.move('disk full', 'DaTamer/shop/web', folder);
        await sorted.becomes({ 'DaTamer/shop/web': ['disk full'] });
      }
      expect((await sorted.event('disk full')).org).toBe('shop.web');
    });
  });
});
