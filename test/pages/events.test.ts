import { expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { EventAnswer, List } from '../support/api-shapes.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { findAxeFaults, photograph, scrollsSideways, useChromium } from '../support/chromium.ts';
import { onBothDatabases, type TestDatabase } from '../support/databases.ts';
import { describeWith } from '../support/describe-with.ts';
import { openWorld, type ApiClient, type World } from '../support/world.ts';
import type { Tenant } from '../../src/accounts/tenants.ts';

interface Office {
  world: World;
  acme: Tenant;
  api: ApiClient;
  ids: { ana: string; ben: string };
  /** By a part of the title. */
  find: (title: string) => Promise<EventAnswer>;
}

const SUBJECTS = [
  'PROBLEM: disk full on db1 :critical: :org:shop.backend.db: :svr:db1.shop.example:',
  'PROBLEM: replica lags on db2 :critical: :org:shop.backend.db: :svr:db2.shop.example:',
  'PROBLEM: checkout is slow :warn: :org:shop.frontend.checkout:',
  'PROBLEM: search is slow :warn: :org:shop.frontend.search: :svr:search-1.shop.example:',
  'a letter of some kind',
];

/** Ana and Ben, with an event for each subject. */
async function openOffice(database: TestDatabase): Promise<Office> {
  const world = await openWorld(database);
  const acme = await world.addTenant('acme');
  const ana = await world.addUser(acme, 'ana');
  const ben = await world.addUser(acme, 'ben');
  const api = await world.api(acme);
  for (const subject of SUBJECTS) await world.arrive(acme, { subject });
  await world.settle();
  const find = async (title: string): Promise<EventAnswer> => {
    const { items } = (await api.get<List<EventAnswer>>('/events?limit=100')).body;
    const found = items.find((event) => event.title.includes(title));
    if (!found) throw new Error(`no event “${title}”`);
    return found;
  };
  return { world, acme, api, ids: { ana: ana.id, ben: ben.id }, find };
}

const LIST = '/events?interest=all';

onBothDatabases('The work list', (database) => {
  it('changes many at once, leaves alone what others have changed, and takes back', async () => {
    const { world, api, ids, find } = await openOffice(database);
    const session = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    const [disk, lag] = [await find('disk full'), await find('replica')];
    await api.send('POST', `/events/${lag.id}/assignment`, { user: ids.ben, version: lag.version });
    const ticked = [disk, lag].map(({ id, version }) => `${id}:${version}`).join(',');
    const answer = await session.post('/events/bulk', { verb: 'complete', events: ticked });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/events/bulk']);
    const html = await (await session.get(LIST)).text();
    expect(html).toContain(`1 of 2 events changed; 1 was changed by others: #${lag.number}.`);
    expect(await find('disk full')).toMatchObject({ state: 'completed', completedBy: 'ana' });
    expect(await find('replica')).toMatchObject({ state: 'open', assignee: { name: 'ben' } });

    const undo = /name="events" value="([^"]+)"/.exec(
      /<form method="post" action="\/events\/bulk">.*?<\/form>/s.exec(html)?.[0] ?? '',
    )?.[1];
    await session.post('/events/bulk', { verb: 'reopen', events: undo ?? '' });
    expect(await find('disk full')).toMatchObject({ state: 'open', completedBy: null });
  });

  it('changes all that match as they were looked at, not what has come since', async () => {
    const { world, acme, api, ids, find } = await openOffice(database);
    const asOf = world.clock.now().toISOString();
    world.clock.advance(1000);
    await world.deliver(acme, { subject: 'PROBLEM: basket is slow :warn: :org:shop.frontend.basket:' });
    const search = await find('search is slow');
    await api.send('POST', `/events/${search.id}/assignment`, { user: ids.ben, version: search.version });
    const all = { all: true, matching: { state: 'open', severity: 'warn' }, asOf, expected: 2 };
    const answer = await api.send<{ changed: unknown[]; stale: number[] }>('POST', '/events/bulk', {
      verb: 'assign',
      user: ids.ana,
      ...all,
    });
    expect(answer.body).toMatchObject({ changed: [{}], stale: [search.number] });
    expect(await find('checkout')).toMatchObject({ assignee: { name: 'ana' } });
    expect(await find('search')).toMatchObject({ assignee: { name: 'ben' } });
    expect(await find('basket')).toMatchObject({ assignee: null });
    const fewer = await api.send('POST', '/events/bulk', { verb: 'noise', ...all, expected: 1 });
    expect([fewer.status, fewer.body['code']]).toEqual([409, 'list-changed']);
  });

  it('merges the ticked ones into the first of them, and says which cannot be', async () => {
    const { world, api, find } = await openOffice(database);
    const [disk, lag, letter] = [await find('disk full'), await find('replica'), await find('letter')];
    const events = [disk, lag, letter].map(({ id, version }) => `${id}:${version}`);
    const answer = await api.send('POST', '/events/bulk', { verb: 'merge', events });
    expect(answer.body).toMatchObject({ changed: [{}, {}], refused: [] });
    expect(await find('disk full')).toMatchObject({ mseCount: 3 });
    const session = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    await session.post('/events/bulk', { verb: 'assign', user: '', events: events[0] ?? '' });
    expect(await (await session.get(LIST)).text()).toContain('Choose somebody.');
  });

  // What a browser does with a page has nothing to do with the database behind it.
  if (database.kind !== 'embedded') return;
  describeWith('Chromium', 'in a browser', (executable) => {
    const browser = useChromium(executable);

    async function openList(office: Office, name = 'ana', look = {}): Promise<Page> {
      const page = await browser.signIn(office.world, `${name}@acme.example`, look);
      await page.goto(LIST);
      return page;
    }

    const rowOf = (page: Page, title: string) => page.locator('#list tbody tr', { hasText: title });

    it('shows open events in both colour schemes and on a phone, with menu and selection', async () => {
      const office = await openOffice(database);
      for (const look of [{}, { colorScheme: 'dark' }, { width: 390 }] as const) {
        const page = await openList(office, 'ana', look);
        const name = `events-${Object.values(look).join('') || 'wide'}`;
        await page.locator('.c-box input').nth(2).check();
        await photograph(page, name);
        await rowOf(page, 'replica').locator('[data-menu]').click();
        expect(await findAxeFaults(page)).toEqual([]);
        expect(await scrollsSideways(page)).toBe(false);
        await photograph(page, `${name}-menu`);
      }
    });

    it('shows its keys, and people by name', async () => {
      const office = await openOffice(database);
      const page = await openList(office);
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor();
      expect(await findAxeFaults(page)).toEqual([]);
      await photograph(page, 'events-keys');
      await page.keyboard.press('Escape');
      await page.keyboard.press('j');
      await page.keyboard.press('a');
      await page.getByRole('menuitem', { name: 'ben' }).waitFor();
      expect(await findAxeFaults(page)).toEqual([]);
      await photograph(page, 'events-assign');
    });

    it('claims and assigns by right-click, and tells the second of two who was first', async () => {
      const office = await openOffice(database);
      const [anas, bens] = [await openList(office, 'ana'), await openList(office, 'ben')];
      // Ben's page stands still: else it would show him what Ana does.
      await bens.clock.install();
      await bens.goto(LIST);
      await bens.clock.pauseAt(Date.now() + 60_000);
      await rowOf(anas, 'disk full').click({ button: 'right' });
      await anas.getByRole('menuitem', { name: 'Assign to me' }).click();
      await anas.locator('#notices', { hasText: 'assigned to ana' }).waitFor();
      expect(await rowOf(anas, 'disk full').locator('.c-who').textContent()).toContain('ana');
      expect(await office.find('disk full')).toMatchObject({ assignee: { name: 'ana' } });

      await rowOf(bens, 'disk full').click({ button: 'right' });
      await bens.getByRole('menuitem', { name: 'Complete' }).click();
      await bens.locator('#notices', { hasText: 'ana assigned it to ana meanwhile' }).waitFor();
      await bens.clock.resume();
      await rowOf(bens, 'disk full').locator('.c-who', { hasText: 'ana' }).waitFor();
      expect(await office.find('disk full')).toMatchObject({ state: 'open' });

      await rowOf(anas, 'replica').click({ button: 'right' });
      await anas.getByRole('menuitem', { name: 'Assign to…' }).click();
      await anas.keyboard.type('be');
      expect(
        await anas.locator('[data-panel=assign] [role=menuitem]:visible').allTextContents(),
      ).toHaveLength(1);
      await anas.keyboard.press('Enter');
      await rowOf(anas, 'replica').locator('.c-who', { hasText: 'ben' }).waitFor();
      expect(await office.find('replica')).toMatchObject({ assignee: { name: 'ben' } });
    });

    it('is worked with the keyboard alone', async () => {
      const office = await openOffice(database);
      const page = await openList(office);
      const here = () => page.locator('tr.is-here .c-subject a').textContent();
      await page.keyboard.press('j');
      const first = (await here()) ?? '';
      await page.keyboard.press('c');
      await page.locator('#notices', { hasText: 'assigned to ana' }).waitFor();
      expect(await office.find(first)).toMatchObject({ assignee: { name: 'ana' } });
      expect(await here()).not.toBe(first);

      const second = (await here()) ?? '';
      await page.keyboard.press('d');
      await page.locator('#notices', { hasText: 'completed' }).waitFor();
      expect(await office.find(second)).toMatchObject({ state: 'completed' });
      expect(await page.locator('#list tbody tr').count()).toBe(SUBJECTS.length - 1);
      await page.locator('#notices').getByRole('button', { name: 'Undo' }).click();
      await page.locator('.fresh', { hasText: '1 new' }).click();
      expect(await office.find(second)).toMatchObject({ state: 'open' });

      await page.keyboard.press('j');
      const third = (await here()) ?? '';
      await page.keyboard.press('s');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.locator('#notices', { hasText: 'snoozed' }).waitFor();
      expect(await office.find(third)).toMatchObject({ state: 'snoozed' });

      await page.keyboard.press('x');
      await page.keyboard.press('j');
      await page.keyboard.press('x');
      await page.keyboard.press('n');
      await page.locator('#notices', { hasText: '2 of 2 events changed' }).waitFor();
      expect(await page.locator('#list tbody tr').count()).toBe(SUBJECTS.length - 3);

      await page.keyboard.press('k');
      const menuOf = (await here()) ?? '';
      await page.keyboard.press('Shift+F10');
      await page.getByRole('menu', { name: 'Actions' }).waitFor();
      await page.keyboard.press('Escape');
      expect(await page.evaluate('document.activeElement.className')).toContain('is-here');
      await page.keyboard.press('/');
      await page.keyboard.type('jxd');
      expect(await page.inputValue('.topbar [name=q]')).toBe('jxd');
      await page.keyboard.press('Tab');
      await page.locator('tr.is-here').focus();
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/events/${(await office.find(menuOf)).id}`);
      await page.keyboard.press('m');
      await page.locator('#act-merge:popover-open').waitFor();
      await page.goto(LIST);
      await page.keyboard.press('g');
      await page.keyboard.press('d');
      await page.waitForURL(`${office.world.baseUrl}/`);
    });

    it('merges by search, ticks a range, and keeps rows where they are when new ones come', async () => {
      const office = await openOffice(database);
      const page = await openList(office);
      await rowOf(page, 'replica').click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Merge into…' }).click();
      await page.keyboard.type('disk');
      await page.locator('[data-panel=merge] [role=menuitem]', { hasText: 'disk full' }).click();
      await rowOf(page, 'replica').waitFor({ state: 'detached' });
      expect(await office.find('disk full')).toMatchObject({ mseCount: 2 });

      await page.locator('.c-box input').nth(1).check();
      await page
        .locator('.c-box input')
        .nth(3)
        .click({ modifiers: ['Shift'] });
      await page.locator('.bulk', { hasText: '3 selected' }).waitFor();
      const before = await page.locator('#list .c-subject a').allTextContents();
      await office.world.deliver(office.acme, { subject: 'PROBLEM: all is lost :critical: :org:shop.web:' });
      await page.locator('.fresh', { hasText: '1 new · show' }).waitFor();
      expect(await page.locator('#list .c-subject a').allTextContents()).toEqual(before);
      await page.locator('.bulk').getByRole('button', { name: 'Claim' }).click();
      await page.locator('#notices', { hasText: '3 of 3 events changed' }).waitFor();
      expect(await office.find('checkout')).toMatchObject({ assignee: { name: 'ana' } });
    });

    it('works without script: thumbs, ticks and all that match', async () => {
      const office = await openOffice(database);
      const page = await openList(office, 'ana', { javaScript: false, width: 390 });
      await rowOf(page, 'disk full').getByRole('button', { name: 'Claim' }).click();
      expect(await page.textContent('#notices')).toContain('assigned to ana');
      await rowOf(page, 'replica').locator('.c-box input').check();
      await rowOf(page, 'letter').locator('.c-box input').check();
      await page.locator('.bulk').getByRole('button', { name: 'Complete' }).click();
      expect(await page.textContent('#notices')).toContain('2 of 2 events changed');
      await page.locator('#notices').getByRole('button', { name: 'Undo' }).click();
      expect(await page.locator('#list tbody tr').count()).toBe(SUBJECTS.length);
      await page.goto(`${LIST}&severity=warn`);
      await page.locator('.bulk [name=all]').check();
      await page.locator('.bulk').getByRole('button', { name: 'Snooze' }).click();
      expect(await page.textContent('#notices')).toContain('2 of 2 events changed');
      expect(await office.find('checkout')).toMatchObject({ state: 'snoozed' });
      await page.getByRole('link', { name: '2 hidden by snooze' }).click();
      expect(await rowOf(page, 'checkout').locator('.c-subject').textContent()).toMatch(/until .*\d\d:\d\d/);
      expect(await scrollsSideways(page)).toBe(false);
    });
  });
});
