/** Subscriptions: one's own patterns, trying one, and who would be told; the same answers as when a notice goes out. */
import { expect, it } from '@jest/globals';
import { BrowserSession } from '../support/browser-session.ts';
import { findAxeFaults, photograph, scrollsSideways, useChromium } from '../support/chromium.ts';
import { onBothDatabases } from '../support/databases.ts';
import { describeWith } from '../support/describe-with.ts';
import { addGroup, subscribe } from '../support/team.ts';
import { openWorld } from '../support/world.ts';

onBothDatabases('Subscriptions', (database) => {
  async function seed() {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    const ana = await world.addUser(acme, 'ana');
    const sam = await world.addUser(acme, 'sam');
    await world.addUser(acme, 'boss', 'manager');
    for (const org of ['shop', 'shop.db', 'shop.db.replica', 'shop.frontend', 'backup.db']) {
      await world.arrive(acme, { subject: `PROBLEM: ${org} :warn: :org:${org}:` });
    }
    await world.settle();
    return { world, ana, sam, api: await world.api(acme) };
  }

  it('are added, tried, changed and removed by plain forms', async () => {
    const { world, ana, sam, api } = await seed();
    const session = await BrowserSession.signIn(world.baseUrl, ana.email);
    const show = async (path: string) => (await session.get(path)).text();
    expect(await show('/subscriptions')).toContain('You are not subscribed to anything');

    const editor = await show('/subscriptions?edit=new');
    const own = /<option value="([^"]+)" selected>only me/.exec(editor)?.[1] ?? '';
    const wanted = { _form: 'subscription', group: own, level: 'responder', severityFloor: 'warn' };
    const from = { referer: `${world.baseUrl}/subscriptions?edit=new` };
    const zone = { 'quietHours[timezone]': 'Europe/Lisbon' };
    const hours = { 'quietHours[from]': '22:00', 'quietHours[to]': '07:00', ...zone };
    await session.post('/subscriptions', { ...wanted, ...hours, pattern: 'shop db' }, from);
    const refused = await show('/subscriptions?edit=new');
    expect(refused).toContain('value="shop db"');
    expect(refused).toContain('value="22:00"');
    expect(refused).toContain('subscription-pattern-fault');
    expect(refused).toMatch(/id="subscription-pattern"[^>]* autofocus/);
    await session.post('/subscriptions', { ...wanted, 'quietHours[from]': '22:00', pattern: '' }, from);
    const incomplete = await show('/subscriptions?edit=new');
    expect(incomplete).toContain(
      'Pattern: This is needed. Quiet hours to: Give both times as HH:MM, or neither.',
    );
    expect(incomplete).toContain('id="quiet-fault">Give both times as HH:MM, or neither.');
    await session.post('/subscriptions', { ...wanted, ...hours, pattern: 'shop.db.*' }, from);
    await session.post('/subscriptions', { ...wanted, ...hours, pattern: 'shop.db.*' }, from);
    expect(await show('/subscriptions?edit=new')).toContain('has a subscription for shop.db.* already');
    const listed = await show('/subscriptions');
    expect(listed).toContain('warn and above · not 22:00–07:00 unless critical');
    expect(listed).toContain('you respond to 2 paths');

    expect(await show('/subscriptions?pattern=shop.*')).toContain('Matches 4 of 5 known paths');
    expect(await show('/subscriptions?pattern=*.db')).toContain('Matches 2 of 5 known paths');
    expect(await show('/subscriptions?pattern=a%20b')).toContain('Not a pattern');

    await addGroup(api, 'storage', [sam.id], { pattern: '*', level: 'interested' });
    const told = await show('/subscriptions?org=shop.db.replica&severity=critical');
    expect(told).toContain('1 at once, 1 by digest');
    expect(told).toContain('storage, *');
    expect(await show('/subscriptions?org=shop.db&severity=info')).toContain('0 at once, 1 by digest');

    const id = /edit&#x3D;([0-9a-f-]{36})/.exec(listed)?.[1] ?? '';
    expect(await show(`/subscriptions?edit=${id}`)).toMatch(
      /name="quietHours\[timezone\]"[^>]* value="Europe\/Lisbon"/,
    );
    const quiet = { 'quietHours[from]': '', 'quietHours[to]': '', ...zone };
    await session.post(`/subscriptions/${id}`, { _method: 'patch', level: 'interested', ...quiet });
    expect(/by digest[^<]*/.exec(await show('/subscriptions'))?.[0]).toBe('by digest · warn and above');
    await session.post(`/subscriptions/${id}`, { _method: 'delete' });
    expect(await show('/subscriptions')).toContain('You are not subscribed to anything');

    const boss = await BrowserSession.signIn(world.baseUrl, 'boss@acme.example');
    const seen = await (await boss.get('/subscriptions?groups=all&edit=new')).text();
    expect(seen).toContain('storage');
    expect(seen).not.toContain('id="edit"');
  });

  // What pages look like does not depend on the database.
  if (database.kind === 'PostgreSQL') return;

  describeWith('Chromium', 'in a browser', (executable) => {
    const browser = useChromium(executable);

    it('are readable in both colour schemes and on a phone', async () => {
      const { world, ana, sam, api } = await seed();
      const storage = await addGroup(api, 'storage', [ana.id, sam.id]);
      const quietHours = { from: '22:00', to: '07:00', timezone: 'Europe/Berlin' };
      await subscribe(api, storage, { pattern: 'shop.db.*', level: 'responder', quietHours });
      await subscribe(api, storage, { pattern: '!shop.db.replica', level: 'responder' });
      await subscribe(api, storage, { pattern: 'backup.*', level: 'interested' });
      for (const look of [{}, { colorScheme: 'dark' }, { width: 390 }] as const) {
        const page = await browser.signIn(world, 'ana@acme.example', look);
        await page.goto('/subscriptions?edit=new&pattern=*.db&org=shop.db');
        expect(await findAxeFaults(page)).toEqual([]);
        expect(await scrollsSideways(page)).toBe(false);
        await photograph(page, `subscriptions-${Object.values(look).join('') || 'wide'}`);
      }
    });
  });
});
