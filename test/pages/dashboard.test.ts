import { expect, it } from '@jest/globals';
import type { EventAnswer, List } from '../support/api-shapes.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { findAxeFaults, photograph, scrollsSideways, useChromium } from '../support/chromium.ts';
import { onBothDatabases } from '../support/databases.ts';
import { describeWith } from '../support/describe-with.ts';
import { waitFor } from '../support/wait-for.ts';
import { openWorld, type World } from '../support/world.ts';
import { ensureOwnTenant } from '../../src/app/own-tenant.ts';
import type { Tenant } from '../../src/accounts/tenants.ts';
import type { Member } from '../../src/accounts/users.ts';

/** Events of every severity, assigned and not, snoozed, completed, noise, and those of somebody else. */
async function fill(world: World, acme: Tenant, ana: Member): Promise<void> {
  const api = await world.api(acme);
  const rule = { name: 'newsletters', condition: { field: 'subject', op: 'contains', value: 'newsletter' } };
  const added = await api.send('POST', '/rules', { ...rule, actions: { noise: true, severity: 'info' } });
  expect(added.status).toBe(201);
  const subjects = [
    'PROBLEM: disk full on db1 :critical: :org:shop.db: :svr:db1:',
    'PROBLEM: disk full on db2 :critical: :org:shop.db: :svr:db2:',
    'PROBLEM: disk full on db3 :critical: :org:shop.db: :svr:db3:',
    'PROBLEM: slow checkout :warn: :org:shop.checkout.api:',
    'PROBLEM: slow search :warn: :org:shop.search:',
    'PROBLEM: slow basket :warn: :org:shop.checkout.basket:',
    'PROBLEM: certificate ends soon :info: :org:office.mail:',
    'a letter of some kind',
    'another note :org:office.mail:',
    'newsletter of march',
    'Nightly backup :info: :org:shop.db.backup: :sched-perday-1:',
  ];
  for (const subject of subjects) await world.arrive(acme, { subject });
  await world.settle();
  const { items } = (await api.get<List<EventAnswer>>('/events?state=open&limit=100')).body;
  const change = async (title: string, verb: string, body: object): Promise<void> => {
    const event = items.find((one) => one.title.includes(title));
    const answer = await api.send('POST', `/events/${event?.id ?? ''}/${verb}`, {
      ...body,
      version: event?.version,
    });
    expect(answer.status).toBe(200);
  };
  await change('db2', 'assignment', { user: ana.id });
  await change('slow search', 'assignment', { user: ana.id });
  await change('another note', 'assignment', { user: ana.id });
  await change('db3', 'snooze', { until: new Date(world.clock.now().getTime() + 3_600_000).toISOString() });
  await change('slow basket', 'completion', {});
}

/** The own tenant is there, and each part has sent a heartbeat. */
async function watchOneself(world: World): Promise<void> {
  const { parts, clock } = world;
  const own = await ensureOwnTenant(parts.database.dataSource, parts.secretKey, clock.now());
  parts.selfWatch.open(own, () => []);
  for (let turn = 0; turn < 3; turn += 1) {
    clock.advance(30_000);
    await world.settle();
    // What a turn has sent is triaged before time moves on.
    await world.settle();
  }
}

/** `/events?…` → number, of every number in the table of open events. */
function readTable(html: string): Map<string, number> {
  const table = /<table class="[^"]*counts[\s\S]*?<\/table>/.exec(html)?.[0] ?? '';
  const links = table.matchAll(/<a href="([^"]+)"[^>]*>(\d+)<\/a>/g);
  return new Map([...links].map(([, href = '', count]) => [href.replaceAll('&amp;', '&'), Number(count)]));
}

onBothDatabases('The dashboard', (database) => {
  it('counts what the list behind each number shows', async () => {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    const other = await world.addTenant('other');
    await world.addUser(other, 'olga');
    await world.deliver(other, { subject: 'PROBLEM: disk full on db9 :critical: :org:shop.db:' });
    await fill(world, acme, await world.addUser(acme, 'ana'));
    const session = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    const html = await (await session.get('/')).text();
    const numbers = readTable(html);
    for (const [href, count] of numbers) {
      const list = await (await session.get(href)).text();
      expect([href, (list.match(/<tr [^>]*data-event=/g) ?? []).length]).toEqual([href, count]);
    }
    const of = (severity: string, assignee: string): number | undefined =>
      numbers.get(`/events?state=open&interest=all&severity=${severity}&assignee=${assignee}`);
    expect([of('critical', 'none'), of('critical', 'any')]).toEqual([1, 1]);
    expect([of('warn', 'none'), of('warn', 'any')]).toEqual([1, 1]);
    expect([of('unclassified', 'none'), of('unclassified', 'any')]).toEqual([1, 1]);
    expect(html).toContain('<title>(1) Dashboard');
    const schedules = /href="\/schedules\?status=learning"><b>(\d+)/.exec(html)?.[1];
    expect(schedules).toBe('1');
  });

  it('counts schedules as their list does, through their whole life', async () => {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    await world.addUser(acme, 'ana');
    const api = await world.api(acme);
    const session = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    const seen: string[] = [];
    for (const arrives of [true, true, true, false, false, false]) {
      if (arrives) await world.deliver(acme, { subject: 'beat :org:shop.web: :sched-perminute-1: :info:' });
      await world.pass(50_000, 10_000);
      const html = await (await session.get('/')).text();
      const [schedule] = (await api.get<List<{ status: string }>>('/schedules')).body.items;
      const tiles = html.matchAll(/href="\/schedules\?status=(\w+)"><b>(\d+)/g);
      const counted = [...tiles]
        .filter(([, , count]) => count !== '0')
        .map(([, status, count]) => [status, count]);
      expect(counted).toEqual([[schedule?.status, '1']]);
      seen.push(schedule?.status ?? '');
    }
    expect([...new Set(seen)]).toEqual(['learning', 'ok', 'missing']);
  });

  it('says what to do next while nothing has come', async () => {
    const world = await openWorld(database);
    await world.addUser(await world.addTenant('acme'), 'ana');
    const session = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    const html = await (await session.get('/')).text();
    expect(html).toContain('No mail has arrived yet');
    expect(html).toContain('href="/welcome"');
  });

  it('shows how DaTamer itself does to who belongs to its tenant, and to nobody else', async () => {
    const world = await openWorld(database, { settings: { DATAMER_SMTP_PORT: 'off' } });
    const acme = await world.addTenant('acme');
    await world.addUser(acme, 'ana', 'admin');
    await world.addUser(acme, 'ben', 'admin');
    await watchOneself(world);
    await world.deliver(acme, { subject: 'PROBLEM: disk full on db1 :critical: :org:shop.db:' });
    const see = async (name: string): Promise<string> => {
      const session = await BrowserSession.signIn(world.baseUrl, `${name}@acme.example`);
      return (await session.get('/')).text();
    };
    const html = await see('ana');
    expect(html).toContain('acme, as of');
    expect(html).toMatch(/DaTamer itself<\/h2><p>a mail takes <b>0\.0 s<\/b>/);
    expect(html).toContain('<span>inbound.imap</span>');
    expect(html).not.toContain('silent');
    expect(await see('ben')).not.toContain('DaTamer itself');
    world.clock.advance(40 * 60_000);
    expect(await see('ana')).toMatch(/silent 4[01] min/);
  });

  describeWith('Chromium', 'in a browser', (executable) => {
    const browser = useChromium(executable);

    it('shows the first event without a reload, then everything else', async () => {
      const world = await openWorld(database);
      const acme = await world.addTenant('acme');
      const ana = await world.addUser(acme, 'ana', 'admin');
      const first = await browser.signIn(world, 'ana@acme.example');
      await first.goto('/');
      await photograph(first, 'dashboard-empty');
      expect(await findAxeFaults(first)).toEqual([]);
      await fill(world, acme, ana);
      await watchOneself(world);
      await first.waitForSelector('#open');
      // Asked from here: a page may not evaluate strings, so that waiting within it is an error of its own.
      await waitFor('the title', async () => (await first.title()) === '(1) Dashboard · DaTamer');
      expect(await first.getAttribute('link[rel=icon]', 'href')).toBe('/assets/icon-1.svg');
      for (const look of [{}, { colorScheme: 'dark' }, { width: 390 }] as const) {
        const page = await browser.signIn(world, 'ana@acme.example', look);
        await page.goto('/');
        expect(await findAxeFaults(page)).toEqual([]);
        expect(await scrollsSideways(page)).toBe(false);
        await photograph(page, `dashboard-${Object.values(look).join('') || 'wide'}`);
      }
    });
  });
});
