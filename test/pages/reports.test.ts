import { expect, it } from '@jest/globals';
import { BrowserSession } from '../support/browser-session.ts';
import { findAxeFaults, photograph, scrollsSideways, useChromium } from '../support/chromium.ts';
import { onBothDatabases, type TestDatabase } from '../support/databases.ts';
import { describeWith } from '../support/describe-with.ts';
import { openWorld } from '../support/world.ts';

async function seed(database: TestDatabase) {
  const world = await openWorld(database, { start: '2026-03-12T09:00:00Z' });
  const acme = await world.addTenant('acme');
  const ana = await world.addUser(acme, 'ana');
  // 23:30 UTC is the next day in Berlin, where ana is.
  const mails = [
    ['2026-03-09T10:00:00Z', 'db1 is down :critical: :org:shop.db:'],
    ['2026-03-09T10:10:00Z', 'db1 is down :critical: :org:shop.db:'],
    ['2026-03-10T23:30:00Z', 'queue is long :warn: :org:shop.web:'],
    ['2026-03-11T08:00:00Z', 'a strange mail'],
    ['2026-02-20T08:00:00Z', 'long ago :info: :org:shop.web:'],
  ] as const;
  for (const [at, subject] of mails) await world.arrive(acme, { at, subject });
  await world.settle();
  const api = await world.api(acme);
  const [event] = (await api.get<{ items: { id: string; version: number }[] }>('/events?severity=critical'))
    .body.items;
  await api.send('POST', `/events/${event?.id}/assignment`, { user: ana.id, version: event?.version });
  const session = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
  await session.post('/preferences', { timeZone: 'Europe/Berlin' });
  return { world, api, session };
}

onBothDatabases('The report', (database) => {
  it('shows the figures of a range in the time zone of the person, and gives the same as CSV and JSON', async () => {
    const { api, session } = await seed(database);
    const week = await (await session.get('/reports')).text();
    expect(week).toContain('Fri 6 Mar 2026, 00:00 to Fri 13 Mar 2026, 00:00 (excluded), Europe/Berlin');
    expect(week).toMatch(/Mails received<\/th><td class="num">4</);
    expect(week).toMatch(/Events created, total<\/th><td class="num">3</);
    // The mail of 23:30 UTC stands in the row of the 11th.
    expect(week).toMatch(/Wed 11 Mar 2026<\/th><td class="num" data-label="Mails">2</);

    const one = await (await session.get('/reports?from=2026-03-09&to=2026-03-10&org=shop')).text();
    expect(one).toMatch(/Mails received<\/th><td class="num">2</);
    expect(one).toMatch(/>shop\.db<\/th><td class="num">1</);
    expect(one).toMatch(/Critical: median 2 d 23 h/);

    const link = (name: string) =>
      new RegExp(`href="(/reports/history\\.${name}[^"]*)"`)
        .exec(one)?.[1]
        ?.replaceAll('&amp;', '&')
        .replaceAll('&#x3D;', '=') ?? '';
    const query = 'from=2026-03-08T23:00:00Z&to=2026-03-09T23:00:00Z&org=shop';
    const json = await session.get(link('json'));
    expect(await json.json()).toEqual((await api.get(`/reports/history?${query}`)).body);
    const csv = await session.get(link('csv'));
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(await csv.text()).toBe((await api.get(`/reports/history?${query}`, { accept: 'text/csv' })).body);
  });

  it('says at the field what is wrong with a range, and keeps it', async () => {
    const { session } = await seed(database);
    const answer = await session.get('/reports?from=2026-03-12&to=2026-03-10');
    expect(answer.status).toBe(400);
    const page = await answer.text();
    expect(page).toContain('value="2026-03-10" aria-invalid="true"');
    expect(page).toContain('The range ends before it begins');
  });

  describeWith('Chromium', 'in a browser', (executable) => {
    const browser = useChromium(executable);

    it('is chosen by presets and form, and looks right everywhere, also without a mail', async () => {
      const { world } = await seed(database);
      for (const look of [{}, { colorScheme: 'dark' }, { width: 390 }] as const) {
        const page = await browser.signIn(world, 'ana@acme.example', look);
        await page.goto('/reports');
        await page.click('text="30 d"');
        expect(await page.textContent('.figures')).toContain('5');
        await page.selectOption('select[name=severity]', 'critical');
        await page.click('button:has-text("Show")');
        expect(await page.inputValue('select[name=severity]')).toBe('critical');
        await page.selectOption('[name=period]', 'monthly');
        await page.click('button:has-text("Mail me this")');
        expect(await page.textContent('#mails li')).toContain('On the 1st of each month at 07:00');
        expect(await page.textContent('#mails li')).toContain('all orgs, only critical');
        for (const where of ['/reports?range=30d', '/reports?from=2020-01-01&to=2020-01-02']) {
          await page.goto(where);
          expect(await findAxeFaults(page)).toEqual([]);
          expect(await scrollsSideways(page)).toBe(false);
          if (where.includes('30d')) {
            await photograph(page, `report-${Object.values(look).join('') || 'wide'}`);
          }
        }
        expect(await page.textContent('main')).toContain('No mail and no event');
      }
    });
  });
});
