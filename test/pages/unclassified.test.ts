import { expect, it } from '@jest/globals';
import { SYSTEM } from '../../src/accounts/role.ts';
import { inTenant, oneRow, type Tx } from '../../src/db/transaction.ts';
import { correctFamily, countWaitingMails, listWaitingSignals } from '../../src/triage/families/waiting.ts';
import type { EventAnswer, List } from '../support/api-shapes.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { findAxeFaults, photograph, scrollsSideways, useChromium } from '../support/chromium.ts';
import { onBothDatabases, type TestDatabase } from '../support/databases.ts';
import { describeWith } from '../support/describe-with.ts';
import { openWorld } from '../support/world.ts';

async function seed(database: TestDatabase) {
  const world = await openWorld(database);
  const acme = await world.addTenant('acme');
  await world.addUser(acme, 'ana');
  for (const room of [1, 2, 3]) {
    await world.arrive(acme, { from: 'sensors@iot.example', subject: `door of the hall open ${room} min` });
  }
  await world.arrive(acme, { from: 'gate@ham.example', subject: 'printer says load letter' });
  await world.arrive(acme, { subject: 'all fine :info: :org:shop.web:' });
  await world.settle();
  const api = await world.api(acme);
  const events = async (query: string) =>
    (await api.get<List<EventAnswer>>(`/events?state=open&${query}`)).body.items;
  return { world, api, events };
}

async function countCorrections(tx: Tx): Promise<number> {
  return (
    (await oneRow<{ count: number }>(tx, 'select count(*)::integer as count from corrections', []))?.count ??
    0
  );
}

onBothDatabases('Unclassified mails', (database) => {
  it('are gathered into families, which one form classifies; the numbers are those of the rail', async () => {
    const { world, events } = await seed(database);
    const ana = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    const page = await (await ana.get('/unclassified')).text();
    expect(page).toContain('2 open events without severity or org · 4 mails, 3 of them in one family');
    expect(page).toMatch(/Unclassified<\/span><span class="count">2</);
    expect(page).toContain('Classify all 3');
    expect(page).toMatch(/door of the hall open <var title="varies">\d( min)?<\/var>/);
    expect(page).toMatch(/href="\/rules\/new\?mse(=|&#x3D;)[0-9a-f-]{36}"/);
    const path = /action="(\/unclassified\/[0-9a-f-]+\/correction)"/.exec(page)?.[1] ?? '';
    const form = /name="_form" value="([^"]+)"/.exec(page)?.[1] ?? '';

    await ana.post(
      path,
      { _form: form, org: 'no org!', severity: 'warn' },
      { referer: `${world.baseUrl}/unclassified` },
    );
    const refused = await (await ana.get('/unclassified')).text();
    expect(refused).toContain('value="no org!"');
    expect(refused).toContain('Use a path such as shop.frontend.api.');

    await ana.post(path, { _form: form, org: 'shop.hall', severity: 'warn' });
    expect(await events('org=shop.hall')).toMatchObject([
      { severity: 'warn', org: 'shop.hall', mseCount: 3 },
    ]);
    expect(await events('interest=unclassified')).toHaveLength(1);
    expect((await ana.post(path, { org: 'shop.hall' })).status).toBe(404);
    const left = await (await ana.get('/unclassified')).text();
    expect(left).toContain('1 open event without severity or org · 1 mail');
  });

  it('of several signals that are alike are one family, with one rule and one click', async () => {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    await world.addUser(acme, 'ana');
    for (const room of ['hall', 'cellar', 'roof', 'garage']) {
      await world.arrive(acme, {
        from: 'doors@iot.example',
        subject: `door of the ${room} stands open`,
        body: 'The door sensor says that it is open.',
      });
    }
    for (const name of ['blue', 'green', 'third']) {
      await world.arrive(acme, {
        from: `${name}@print.example`,
        subject: `printer ${name} wants paper`,
        body: 'Tray two of the printer is empty.',
      });
    }
    await world.settle();
    const ana = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    const page = await (await ana.get('/unclassified')).text();
    expect(page).toContain('mails of 4 signals that are alike');
    expect(page).toContain('mails of 3 signals that are alike');
    const doors = /<section[^>]*>(?:(?!<section)[^])*door of the[^]*?<\/section>/.exec(page)?.[0] ?? '';
    const link = /href="(\/rules\/new[^"]+)"/
      .exec(doors)?.[1]
      ?.replaceAll('&amp;', '&')
      .replaceAll('&#x3D;', '=');
    const editor = await (await ana.get(link ?? '')).text();
    for (const value of ['doors@iot.example', 'door', 'stands', 'open']) {
      expect(editor).toContain(`value="${value}"`);
    }
    const inAcme = <T>(work: (tx: Tx) => Promise<T>) => inTenant(database.get().dataSource, acme.id, work);
    // Who is stopped half way has classified nothing and taught nothing.
    const keys = (await inAcme((tx) => listWaitingSignals(tx, acme.id, world.clock.now()))).map(
      ({ key }) => key,
    );
    const stopped = inAcme(async (tx) => {
      const now = world.clock.now();
      const { mails } = await correctFamily(tx, acme.id, keys, { org: 'lost.path' }, SYSTEM, now);
      throw new Error(`stopped after ${mails} mails`);
    });
    await expect(stopped).rejects.toThrow('stopped after 7 mails');
    expect(await inAcme((tx) => countWaitingMails(tx, acme.id, world.clock.now()))).toBe(7);
    expect(await inAcme(countCorrections)).toBe(0);
    const path = /action="(\/unclassified\/[0-9a-f-]+\/correction)"/.exec(doors)?.[1] ?? '';
    const signals = /name="signals" value="([^"]+)"/.exec(doors)?.[1] ?? '';
    await ana.post(path, { signals, org: 'house.doors', severity: 'info' });
    const api = await world.api(acme);
    const { items } = (await api.get<List<unknown>>('/mses?org=house.doors')).body;
    expect(items).toHaveLength(4);
    expect(await inAcme(countCorrections)).toBe(4);
    expect((await api.get<List<unknown>>('/mses?unclassified=true')).body.items).toHaveLength(3);
  });

  describeWith('Chromium', 'in a browser', (executable) => {
    const browser = useChromium(executable);

    it('look right everywhere, also when there are none', async () => {
      const { world, api, events } = await seed(database);
      const looks = [{}, { colorScheme: 'dark' }, { width: 390 }] as const;
      for (const look of looks) {
        const page = await browser.signIn(world, 'ana@acme.example', look);
        await page.goto('/unclassified');
        expect(await findAxeFaults(page)).toEqual([]);
        expect(await scrollsSideways(page)).toBe(false);
        await photograph(page, `unclassified-${Object.values(look).join('') || 'wide'}`);
      }
      const page = await browser.signIn(world, 'ana@acme.example', { javaScript: false });
      await page.goto('/unclassified');
      await page.click('text="Classify"');
      await page.fill('.menu:popover-open [name=org]', 'shop.office');
      await page.selectOption('.menu:popover-open [name=severity]', 'info');
      await page.click('.menu:popover-open button');
      expect(await page.textContent('main')).toContain('1 mail is classified.');
      const [family] = await events('interest=unclassified');
      const [mse] = (await api.get<List<{ id: string }>>(`/mses?eventId=${family?.id}`)).body.items;
      await api.send('POST', `/unclassified/${mse?.id}/correction`, {
        severity: 'info',
        org: 'shop.hall',
      });
      await page.goto('/unclassified');
      expect(await page.textContent('main')).toContain('Everything is classified');
    });
  });
});
