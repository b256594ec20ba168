import { expect, it } from '@jest/globals';
import type { EventAnswer, List, MseAnswer } from '../support/api-shapes.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { findAxeFaults, photograph, scrollsSideways, useChromium } from '../support/chromium.ts';
import { onBothDatabases, type TestDatabase } from '../support/databases.ts';
import { describeWith } from '../support/describe-with.ts';
import { MINUTE } from '../../src/kernel/clock.ts';
import { openWorld } from '../support/world.ts';

async function openCase(database: TestDatabase) {
  const world = await openWorld(database);
  const acme = await world.addTenant('acme');
  const [ana, ben] = [await world.addUser(acme, 'ana'), await world.addUser(acme, 'ben')];
  const api = await world.api(acme);
  const subject = 'PROBLEM: disk full on db1 :critical: :org:shop.db: :svr:db1:';
  await world.deliver(acme, { subject, body: 'Filesystem /var is at 98 %\n:svr:db1:' });
  await world.deliver(acme, { subject: 'mount hangs on web1 :warn: :org:shop.web: :svr:web1:' });
  const list = async () => (await api.get<List<EventAnswer>>('/events?state=open')).body.items;
  const [disk, mount] = await list();
  if (!disk || !mount) throw new Error('two events were expected');
  const get = async (id: string) => (await api.get<EventAnswer>(`/events/${id}`)).body;
  return { world, acme, ana, ben, api, list, get, disk, mount, subject };
}

onBothDatabases('The page of an event', (database) => {
  it('is found by its number, and leads on from a merged event to the one that has its mails', async () => {
    const { world, api, disk, mount } = await openCase(database);
    const session = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    const byNumber = await session.get(`/events/${disk.number}`);
    expect([byNumber.status, byNumber.headers.get('location')]).toEqual([303, `/events/${disk.id}`]);
    await api.send('POST', `/events/${mount.id}/merge`, { into: disk.id, version: mount.version });
    expect((await session.get(`/events/${mount.id}`)).headers.get('location')).toBe(`/events/${disk.id}`);
    expect((await session.get(`/events/${mount.id}?stay=1`)).status).toBe(200);
    const missing = await session.get('/events/48121');
    expect([missing.status, await missing.text()]).toEqual([404, expect.stringContaining('value="48121"')]);
    expect((await session.get('/events/no-such')).status).toBe(404);
  });

  it('begins with what the latest mail says', async () => {
    const { world, acme, disk, subject } = await openCase(database);
    const session = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    const excerpt = async () =>
      /<pre class="excerpt"[^>]*>([^]*?)<\/pre>/.exec(
        await (await session.get(`/events/${disk.id}`)).text(),
      )?.[1];
    expect(await excerpt()).toBe('Filesystem /var is at 98 %');
    world.clock.advance(MINUTE);
    await world.deliver(acme, { subject, body: '<script>/var</script> is at 99 %' });
    expect(await excerpt()).toBe('&lt;script&gt;/var&lt;/script&gt; is at 99 %');
  });

  it('says why a signal was put to the others: points and reasons, and the same on its mail', async () => {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    await world.addUser(acme, 'ana');
    const api = await world.api(acme);
    const problem = (what: string) => ({
      subject: `PROBLEM: ${what} on db1.example.com :critical: :org:shop.db: :svr:db1.example.com:`,
    });
    await world.deliver(acme, problem('host is down, unreachable by ping'));
    world.clock.advance(20_000);
    const messageId = await world.deliver(acme, problem('connection refused by postgres'));
    const { items } = (await api.get<List<EventAnswer>>('/events')).body;
    expect(items).toHaveLength(1);
    const session = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    const why = await (await session.get(`/events/${items[0]?.id}`)).text();
    expect(why).toContain('1 of the signals were put here by what speaks for them');
    expect(why).toContain('same server db1.example.com');
    const mails = await api.get<List<MseAnswer>>(`/mses?messageId=${encodeURIComponent(messageId)}`);
    const card = await (await session.get(`/mses/${mails.body.items[0]?.id}`)).text();
    expect(card).toMatch(/likeness<small class="dim">\+\d/);
    expect(card).toContain('same server db1.example.com');
  });

  it('stays small however many mails there are: they are paged', async () => {
    const { world, acme, disk, subject } = await openCase(database);
    for (let count = 0; count < 60; count += 1) await world.arrive(acme, { subject });
    await world.settle();
    const session = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    const html = await (await session.get(`/events/${disk.id}`)).text();
    expect(html.length).toBeLessThan(100_000);
    expect(html).toContain('1 to 25 of 61');
    expect(await (await session.get(`/events/${disk.id}?page=3`)).text()).toContain('51 to 61 of 61');
  });

  it('says who was faster, and sends the typed note again with the present version', async () => {
    const { world, api, get, ben, disk } = await openCase(database);
    const session = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    await api.send('POST', `/events/${disk.id}/assignment`, { user: ben.id, version: disk.version });
    const stale = await session.post(`/events/${disk.id}/completion`, {
      version: String(disk.version),
      note: 'pulled <controller> B',
    });
    const html = await stale.text();
    expect(stale.status).toBe(409);
    expect(html).toContain('assigned to ben');
    expect(html).toContain('pulled &lt;controller&gt; B</textarea>');
    const fields = Object.fromEntries(
      [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)].map(([, name, value]) => [
        name ?? '',
        value ?? '',
      ]),
    );
    const again = await session.post(`/events/${disk.id}/completion`, { ...fields, note: 'pulled B' });
    expect([again.status, again.headers.get('location')]).toEqual([303, `/events/${disk.id}`]);
    expect(await get(disk.id)).toMatchObject({ state: 'completed', completion: { note: 'pulled B' } });
  });

  it('keeps a note that comes too late for what it was meant for', async () => {
    const { world, api, disk } = await openCase(database);
    const session = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    await api.send('POST', `/events/${disk.id}/completion`, { version: disk.version });
    const late = await session.post(`/events/${disk.id}/completion`, {
      version: String(disk.version + 1),
      note: 'it was the fan',
    });
    const html = await late.text();
    expect(late.status).toBe(409);
    expect(html).toContain(`action="/events/${disk.id}/notes"`);
    expect(html).toContain('it was the fan</textarea>');
  });

  it('says of a missing mail which schedule expected it, and how late it came', async () => {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    await world.addUser(acme, 'ana');
    const api = await world.api(acme);
    await world.settle();
    const backup = { subject: 'backup done :sched-perhour-1: :org:shop.backup: :svr:bak1:' };
    await world.deliver(acme, backup);
    await world.pass(67 * MINUTE);
    const [missing] = (await api.get<List<EventAnswer>>('/events?kind=MISSING')).body.items;
    const session = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    const show = async () => (await session.get(`/events/${missing?.id ?? ''}`)).text();
    const open = await show();
    expect(open).toContain('1 ± 0 per hour, grace 6 min');
    expect(open).toContain('since Tue 10 Mar 2026, 09:00:00 UTC');
    expect(open).toContain('href="/schedules"');
    expect(open).not.toContain('data-verb="merge"');
    await world.deliver(acme, backup);
    await world.pass(MINUTE);
    expect(await show()).toContain('arrived 7 min late');
  });

  it('shows a manager everything and nothing to press', async () => {
    const { world, acme, disk } = await openCase(database);
    await world.addUser(acme, 'mona', 'manager');
    const session = await BrowserSession.signIn(world.baseUrl, 'mona@acme.example');
    const html = await (await session.get(`/events/${disk.id}`)).text();
    expect(html).toContain('disk full on db1');
    expect(html).not.toContain('data-verb');
    const refused = await session.post(`/events/${disk.id}/assignment`, { user: '', version: '1' });
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('Ask an admin')]);
  });

  describeWith('Chromium', 'in a browser', (executable) => {
    const browser = useChromium(executable);

    it('is worked through without script: claim, note, snooze, wake, merge, undo, split, complete, reopen', async () => {
      const { world, get, disk, mount } = await openCase(database);
      const page = await browser.signIn(world, 'ana@acme.example', { javaScript: false });
      await page.goto(`/events/${disk.number}`);
      await page.click('[data-verb=claim]');
      expect(await page.textContent('#event-head')).toContain('ana has it');
      await page.fill('#note', 'on my way');
      await page.click('[data-verb=note]');
      expect(await page.textContent('#event-timeline')).toContain('on my way');
      await page.click('[data-verb=snooze]');
      await page.click('#act-snooze >> button:has-text("4 hours")');
      expect(await page.textContent('#event-head')).toContain('Snoozed');
      await page.click('[data-verb=wake]');
      expect(await page.textContent('#event-head')).toContain('Open, ana has it');

      await page.goto(`/events/${mount.id}`);
      await page.click('[data-verb=merge]');
      await page.fill('#pop-merge-search', 'disk');
      await page.click('#act-merge >> button:has-text("Search")');
      await page.click(`#merge-into >> text=Into #${disk.number}`);
      expect(new URL(page.url()).pathname).toBe(`/events/${disk.id}`);
      expect(await page.textContent('#event-timeline')).toContain(`#${mount.number} merged into this`);
      await page.click('button:has-text("Undo this")');
      expect(await get(mount.id)).toMatchObject({ state: 'open', mseCount: 1 });

      await page.click('[data-verb=merge]');
      await page.fill('#pop-merge-into', '999');
      await page.click('#act-merge >> button:has-text("Merge")');
      expect(await page.inputValue('#again-merge-into')).toBe('999');
      expect(await page.textContent('main')).toContain('There is no such event.');
      await page.fill('#again-merge-into', `#${disk.number}`);
      await page.click('section[aria-label=Merge] >> button:has-text("Merge")');
      await page.check('input[name=mses] >> nth=1');
      await page.click('[data-verb=split]');
      expect(await page.textContent('h1')).toContain('mount hangs on web1');

      await page.goto(`/events/${disk.id}`);
      await page.click('[data-verb=complete]');
      await page.fill('#pop-complete-note', 'fan replaced');
      await page.click('#act-complete >> button:has-text("Complete")');
      expect(await page.textContent('#event-head')).toContain('“fan replaced”');
      await page.click('[data-verb=reopen]');
      expect(await get(disk.id)).toMatchObject({ state: 'open', completion: null });
    });

    it('opens mails and their views in place, and leaves alone what somebody is using', async () => {
      const { world, acme, disk, subject } = await openCase(database);
      const page = await browser.signIn(world, 'ana@acme.example');
      await page.goto(`/events/${disk.id}`);
      expect(await page.getAttribute('.mail a[href^="/rules/"]', 'href')).toMatch(/^\/rules\/new\?mse=/);
      await page.click('.mail summary');
      await page.waitForSelector('.mail .code mark');
      expect(await page.textContent('.mail .code')).toContain('Filesystem /var is at 98 %');
      await page.click('.mail .tabs >> text=Headers');
      await page.waitForSelector('.mail .headers');
      expect(new URL(page.url()).pathname).toBe(`/events/${disk.id}`);
      await page.fill('#note', 'half a sentence');
      await world.deliver(acme, { subject });
      await page.waitForSelector('#event-head div:has(dt:text("Mails")) dd:text-matches("^2 ")');
      expect(await page.isVisible('.mail .headers')).toBe(true);
      expect(await page.inputValue('#note')).toBe('half a sentence');

      await page.click('.mail .explain [aria-label="Put right: Org"]');
      await page.fill('.mail .explain input[name=org]', 'shop.database');
      await page.click('.mail .explain :popover-open button');
      await page.waitForSelector('#event-head .org[title="shop"]');
    });

    it('looks right in both colour schemes and on a phone', async () => {
      const { world, acme, ana, api, disk, mount, subject } = await openCase(database);
      await api.send('POST', `/events/${mount.id}/merge`, { into: disk.id, version: mount.version });
      await api.send('POST', `/events/${disk.id}/assignment`, { user: ana.id, version: disk.version + 1 });
      await api.send('POST', `/events/${disk.id}/notes`, { text: 'Failover to db2 is prepared.' });
      for (let count = 0; count < 4; count += 1) {
        world.clock.advance(60_000);
        await world.deliver(acme, { subject });
      }
      for (const look of [{}, { colorScheme: 'dark' }, { width: 390 }] as const) {
        const page = await browser.signIn(world, 'ben@acme.example', look);
        await page.goto(`/events/${disk.id}`);
        await page.click('.mail summary');
        await page.waitForSelector('.mail .explain');
        expect(await findAxeFaults(page)).toEqual([]);
        expect(await scrollsSideways(page)).toBe(false);
        await photograph(page, `event-${Object.values(look).join('') || 'wide'}`);
        await page.click('[data-verb=complete]');
        expect(await scrollsSideways(page)).toBe(false);
        await photograph(page, `event-menu-${Object.values(look).join('') || 'wide'}`);
        await page.fill('#pop-complete-note', 'Will pull controller B. Call me before failing over.');
        // Somebody else speaks up before the form is sent.
        await api.send('POST', `/events/${disk.id}/notes`, { text: 'wait for me' });
        await page.click('#act-complete >> button:has-text("Complete")');
        expect(await page.inputValue('#written')).toContain('controller B');
        expect(await page.textContent('main')).toContain('wait for me');
        expect(await findAxeFaults(page)).toEqual([]);
        expect(await scrollsSideways(page)).toBe(false);
        await photograph(page, `problem-409-${Object.values(look).join('') || 'wide'}`);
      }
    });
  });
});
