/** Where folder mode is set, and where people see how it does. */
import { expect, it } from '@jest/globals';
import { inTenant } from '../../../src/db/transaction.ts';
import { markFolders } from '../../../src/inbound/imap/mailboxes.ts';
import type { MailboxId } from '../../../src/kernel/ids.ts';
import type { Problem } from '../../support/api-shapes.ts';
import { BrowserSession } from '../../support/browser-session.ts';
import { onBothDatabases } from '../../support/databases.ts';
import { openWorld } from '../../support/world.ts';

interface MailboxAnswer {
  id: string;
  rootFolder: string;
  foldersNote: string | null;
}

onBothDatabases('The settings of a sorted mailbox', (database) => {
  async function seed() {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    await world.addUser(acme, 'owner', 'admin');
    return { world, acme, api: await world.api(acme) };
  }

  const input = { url: 'imap://alerts:secret@127.0.0.1:1/INBOX', afterStore: 'move' };

  it('give each a tree of its own', async () => {
    const { api } = await seed();
    const first = await api.send<MailboxAnswer>('POST', '/mailboxes', input);
    expect([first.status, first.body.rootFolder]).toEqual([201, 'DaTamer']);
    const other = { ...input, url: 'imap://alerts:secret@127.0.0.1:1/Other' };
    const refused = await api.send<Problem>('POST', '/mailboxes', other);
    expect([refused.status, refused.body.faults?.map(({ field }) => field)]).toEqual([400, ['rootFolder']]);
    const second = await api.send<MailboxAnswer>('POST', '/mailboxes', { ...other, rootFolder: 'Two' });
    expect([second.status, second.body.rootFolder]).toEqual([201, 'Two']);
    const back = await api.send('PATCH', `/mailboxes/${second.body.id}`, { rootFolder: 'DaTamer' });
    expect(back.status).toBe(400);
  });

  it.each(['INBOX/Sorted', 'Sorted'])(
    'refuse a tree that mail comes in by: Sorted, reading %s',
    async (folder) => {
      const { api } = await seed();
      const url = `imap://alerts:secret@127.0.0.1:1/${encodeURIComponent(folder)}`;
      const { status } = await api.send('POST', '/mailboxes', {
        ...input,
        url,
        rootFolder: folder.split('/')[0],
      });
      expect(status).toBe(400);
      const kept = await api.send('POST', '/mailboxes', {
        ...input,
        url,
        rootFolder: folder,
        afterStore: 'keep',
      });
      expect(kept.status).toBe(201);
    },
  );

  it('show what was put where it says nothing, and why mails are not moved', async () => {
    const { world, acme, api } = await seed();
    const { body } = await api.send<MailboxAnswer>('POST', '/mailboxes', input);
    await inTenant(world.parts.database.dataSource, acme.id, (tx) =>
      markFolders(tx, acme.id, body.id as MailboxId, {
        at: world.clock.now(),
        error: 'The folder DaTamer/shop cannot be made.',
        note: 'DaTamer/shop/Grace: nobody here is called "Grace".',
      }),
    );
    expect((await api.get<MailboxAnswer>(`/mailboxes/${body.id}`)).body.foldersNote).toContain('Grace');
    const owner = await BrowserSession.signIn(world.baseUrl, 'owner@acme.example');
    const page = await (await owner.get(`/settings/mailboxes/${body.id}`)).text();
    expect(page).toContain('The folder DaTamer/shop cannot be made.');
    expect(page).toContain('nobody here is called');
    expect(page).toMatch(/name="rootFolder"[^>]*value="DaTamer"|value="DaTamer"[^>]*name="rootFolder"/);
  });
});
