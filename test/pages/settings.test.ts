/** Settings: mailboxes with their test, people, groups, tokens, tenant, notices, oneself; with script and without. */
import { expect, it } from '@jest/globals';
import { BrowserSession } from '../support/browser-session.ts';
import { findAxeFaults, photograph, scrollsSideways, useChromium } from '../support/chromium.ts';
import { onBothDatabases } from '../support/databases.ts';
import { describeWith } from '../support/describe-with.ts';
import { DOVECOT_PASSWORD } from '../support/dovecot.ts';
import { useDovecot } from '../support/use-dovecot.ts';
import { freePort } from '../support/postgres-cluster.ts';
import { PASSWORD } from '../support/browser-session.ts';
import { openWorld } from '../support/world.ts';

interface Listed {
  id: string;
  name: string;
  role?: string;
}

onBothDatabases('Settings', (database) => {
  async function seed() {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    const owner = await world.addUser(acme, 'owner', 'admin');
    const teammate = await world.addUser(acme, 'teammate', 'engineer');
    return { world, acme, owner, teammate, api: await world.api(acme) };
  }

  const refusedMailbox = (port: number) => ({
    host: '127.0.0.1',
    port: String(port),
    isTls: 'false',
    username: 'alerts',
    password: 'hush-hush',
    folder: 'INBOX',
    afterStore: 'keep',
  });

  it('show each role the tabs that it may use, and refuse the others', async () => {
    const { world } = await seed();
    const owner = await BrowserSession.signIn(world.baseUrl, 'owner@acme.example');
    const teammate = await BrowserSession.signIn(world.baseUrl, 'teammate@acme.example');
    expect((await owner.get('/settings')).headers.get('location')).toBe('/settings/mailboxes');
    for (const path of [
      '/settings/mailboxes/new',
      '/settings/users/new',
      '/settings/tokens',
      '/settings/tenant',
      '/settings/deliveries',
    ]) {
      expect([path, (await owner.get(path)).status]).toEqual([path, 200]);
      expect([path, (await teammate.get(path)).status]).toEqual([path, 403]);
      expect(await (await teammate.get('/settings/mailboxes')).text()).not.toContain(`href="${path}"`);
    }
  });

  it('test a mailbox without saving it and without script, and never send its password back', async () => {
    const { world, api } = await seed();
    const owner = await BrowserSession.signIn(world.baseUrl, 'owner@acme.example');
    const form = { ...refusedMailbox(await freePort()), _form: 'mailbox' };
    const from = { referer: `${world.baseUrl}/settings/mailboxes/new` };
    const tested = await owner.post('/mailboxes/test', form, from);
    expect(tested.headers.get('location')).toBe('/settings/mailboxes/new');
    const shown = await (await owner.get('/settings/mailboxes/new')).text();
    expect(shown).toContain('Stopped at step 2 of 6');
    expect(shown).toContain('Nothing listens at that host and port');
    expect(shown).toContain('value="alerts"');
    expect(shown).not.toContain('hush-hush');
    expect((await api.get<{ items: unknown[] }>('/mailboxes')).body.items).toEqual([]);

    const saved = await owner.post(
      '/mailboxes',
      { ...form, _next: '/settings/mailboxes/{id}', _done: 'Saved.' },
      from,
    );
    const path = saved.headers.get('location') ?? '';
    expect(path).toMatch(/^\/settings\/mailboxes\/[0-9a-f-]{36}$/);
    const edited = await (await owner.get(path)).text();
    expect(edited).toContain('<p>Saved.</p>');
    expect(edited).not.toContain('hush-hush');
    const refused = await owner.post(
      path.replace('/settings', ''),
      { ...form, _method: 'patch', port: '99999', password: '' },
      { referer: world.baseUrl + path },
    );
    expect(refused.headers.get('location')).toBe(path);
    const corrected = await (await owner.get(path)).text();
    expect(corrected).toContain('value="99999"');
    expect(corrected).toMatch(/id="mailbox-port-fault"/);
  });

  it('add, change and remove people, and keep the last admin', async () => {
    const { world, owner, api } = await seed();
    const session = await BrowserSession.signIn(world.baseUrl, owner.email);
    const listed = async () => (await api.get<{ items: Listed[] }>('/users')).body.items;
    const newUser = { email: 'sam@acme.example', name: 'Sam', role: 'manager', _form: 'user' };
    const from = { referer: `${world.baseUrl}/settings/users/new` };
    await session.post('/users', { ...newUser, password: 'short' }, from);
    const returned = await (await session.get('/settings/users/new')).text();
    expect(returned).toContain('value="sam@acme.example"');
    expect(returned).toMatch(/id="user-password-fault">Use from 10/);
    await session.post('/users', { ...newUser, password: PASSWORD, _next: '/settings/users' }, from);
    const sam = (await listed()).find(({ name }) => name === 'Sam');
    expect(sam).toMatchObject({ role: 'manager' });
    await session.post(`/users/${sam?.id ?? ''}`, { _method: 'patch', role: 'engineer', password: '' });
    expect((await listed()).find(({ name }) => name === 'Sam')).toMatchObject({ role: 'engineer' });
    await session.post(`/users/${sam?.id ?? ''}`, { _method: 'delete' });
    expect((await listed()).map(({ name }) => name)).toEqual(['owner', 'teammate']);
    for (const change of [
      { _method: 'patch', role: 'manager' },
      { _method: 'delete', role: '' },
    ]) {
      const path = `/settings/users/${owner.id}`;
      await session.post(
        `/users/${owner.id}`,
        { ...change, _form: 'user' },
        { referer: world.baseUrl + path },
      );
      expect(await (await session.get(path)).text()).toContain('The last admin must stay');
    }
  });

  it('put people into groups and take them out again', async () => {
    const { world, owner, teammate, api } = await seed();
    const session = await BrowserSession.signIn(world.baseUrl, teammate.email);
    const shared = async () =>
      (await api.get<{ items: (Listed & { users: string[] })[] }>('/groups')).body.items.filter(
        ({ name }) => !name.includes('@'),
      );
    await session.post('/groups', { name: 'storage', users: owner.id });
    const [storage] = await shared();
    expect(storage?.users).toEqual([owner.id]);
    await session.post(`/groups/${storage?.id ?? ''}`, { _method: 'patch', name: 'stores', users: '' });
    expect(await shared()).toMatchObject([{ name: 'stores', users: [] }]);
    await session.post(`/groups/${storage?.id ?? ''}`, { _method: 'delete' });
    expect(await shared()).toEqual([]);
  });

  it('show the text of a new token once', async () => {
    const { world, owner } = await seed();
    const session = await BrowserSession.signIn(world.baseUrl, owner.email);
    await session.post('/tokens', { name: 'backup script', role: 'manager', _next: '/settings/tokens' });
    const [text] = /dtm_\w+/.exec(await (await session.get('/settings/tokens')).text()) ?? [];
    expect((await world.client({ authorization: `Bearer ${text ?? ''}` }).get('/events')).status).toBe(200);
    const later = await (await session.get('/settings/tokens')).text();
    expect(later).toContain('backup script');
    expect(later).not.toContain('dtm_');
  });

  it('change the password of oneself, which ends the other sessions', async () => {
    const { world, owner } = await seed();
    const session = await BrowserSession.signIn(world.baseUrl, owner.email);
    const elsewhere = await BrowserSession.signIn(world.baseUrl, owner.email);
    const change = async (currentPassword: string, newPassword: string, againPassword = newPassword) => {
      const from = { referer: `${world.baseUrl}/settings/me` };
      const fields = { currentPassword, newPassword, againPassword, _form: 'password' };
      await session.post('/settings/me/password', fields, from);
      return (await session.get('/settings/me')).text();
    };
    expect(await change('wrong', 'a new password')).toContain('not your present password');
    expect(await change(PASSWORD, 'short')).toContain('Use from 10');
    expect(await change(PASSWORD, 'a new password', 'another one')).toContain('not the same');
    expect(await change(PASSWORD, 'a new password')).toContain('The password is changed');
    expect((await session.get('/settings/me')).status).toBe(200);
    expect((await elsewhere.get('/settings/me')).status).toBe(303);
    await BrowserSession.signIn(world.baseUrl, owner.email, 'a new password');
  });

  it('change the tenant and its addresses', async () => {
    const { world, owner, api } = await seed();
    const session = await BrowserSession.signIn(world.baseUrl, owner.email);
    const tenant = async () => (await api.get('/tenant')).body;
    const changed = await session.post('/tenant', {
      _method: 'patch',
      _done: 'Saved.',
      name: 'Acme Ltd',
      timeZone: 'Europe/Berlin',
      recoveryCompletes: 'false',
      tagSenders: 'nagios@acme.example\r\n@tools.example',
    });
    expect([changed.status, await (await session.get('/settings/tenant')).text()]).toEqual([
      303,
      expect.stringContaining('Saved.'),
    ]);
    expect(await tenant()).toMatchObject({
      name: 'Acme Ltd',
      timeZone: 'Europe/Berlin',
      recoveryCompletes: false,
      tagSenders: ['nagios@acme.example', '@tools.example'],
    });
    await session.post('/tenant', { _method: 'patch', tagSenders: '' });
    expect(await tenant()).toMatchObject({ tagSenders: null });
    await session.post('/tenant/addresses', { address: 'more@acme.example' });
    await session.post('/tenant/addresses', { _method: 'delete', address: 'alerts@acme.example' });
    expect(await tenant()).toMatchObject({ addresses: ['more@acme.example'] });
  });

  describeWith('Chromium', 'in a browser', (executable) => {
    const browser = useChromium(executable);

    describeWith('Dovecot', 'with a mail server', (program) => {
      const dovecot = useDovecot(program);

      it('test a mailbox in place, so that what was typed can be saved', async () => {
        const { world } = await seed();
        const page = await browser.signIn(world, 'owner@acme.example');
        await page.goto('/settings/mailboxes');
        await photograph(page, 'mailboxes-empty');
        await page.click('text=Connect a mailbox');
        await page.fill('[name=host]', '127.0.0.1');
        await page.fill('[name=port]', String(dovecot.port));
        await page.fill('[name=username]', 'alerts');
        await page.fill('[name=password]', 'wrong');
        await page.selectOption('[name=isTls]', 'false');
        await page.selectOption('[name=acceptsAnyCertificate]', 'true');
        await page.click('button:text-is("Test")');
        await page.waitForSelector('#test .steps .is-bad');
        expect(await page.textContent('#test')).toContain('The user name or password is not accepted');
        await photograph(page, 'mailbox-test-failed');
        await page.fill('[name=password]', DOVECOT_PASSWORD);
        await page.click('button:text-is("Test")');
        await page.waitForSelector('#test :text("can be read")');
        expect(await page.inputValue('[name=password]')).toBe(DOVECOT_PASSWORD);
        await page.click('button:text-is("Save")');
        await page.waitForURL(/\/settings\/mailboxes\/[0-9a-f-]{36}$/);
        expect(await page.textContent('#doors')).toContain('not read yet');
        await photograph(page, 'mailbox-saved');
        await page.click('text=Remove…');
        await page.click('text=Stop reading this mailbox');
        await page.waitForSelector('text=No mailbox is read');
      });
    });

    // What pages look like does not depend on the database.
    if (database.kind === 'PostgreSQL') return;

    it('are readable in both colour schemes and on a phone', async () => {
      const { world, acme, api, owner, teammate } = await seed();
      const add = async (path: string, body: object) => (await api.send<Listed>('POST', path, body)).body;
      const box = await add('/mailboxes', { url: 'imap://alerts:secret@mail.example/INBOX' });
      const group = await add('/groups', { name: 'storage', users: [owner.id, teammate.id] });
      const settings = { url: 'https://gotify.example', token: 'A1' };
      const channel = await add('/channels', { kind: 'gotify', name: 'Phones', settings });
      await add('/subscriptions', { group: group.id, pattern: 'shop.db.*', level: 'responder' });
      await world.deliver(acme, { subject: 'PROBLEM: disk full on db1 :critical: :org:shop.db:' });
      const [event] = (await api.get<{ items: Listed[] }>('/events')).body.items;
      await api.send('POST', `/events/${event?.id ?? ''}/assignment`, { user: teammate.id, version: 1 });
      await world.settle();
      const name = 'storage-controller-backup-07.ams.shop.example.com';
      const server = await add('/servers', { name, org: 'shop.checkout.payments.storage' });
      for (const look of [{}, { colorScheme: 'dark' }, { width: 390 }] as const) {
        const page = await browser.signIn(world, 'owner@acme.example', look);
        for (const path of [
          `/settings/mailboxes/${box.id}`,
          `/settings/users/${owner.id}`,
          `/settings/groups/${group.id}`,
          '/settings/channels',
          `/settings/channels/${channel.id}`,
          '/settings/servers',
          `/settings/servers/${server.id}`,
          '/settings/tokens',
          '/settings/tenant',
          '/settings/deliveries',
          '/settings/me',
        ]) {
          await page.goto(path);
          expect([path, await findAxeFaults(page)]).toEqual([path, []]);
          expect([path, await scrollsSideways(page)]).toEqual([path, false]);
          const [, , section, opened] = path.split('/');
          await photograph(
            page,
            `settings-${section}${opened ? '-one' : ''}-${Object.values(look).join('') || 'wide'}`,
          );
        }
      }
    });
  });
});
