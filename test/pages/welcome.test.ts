/** The first run: set-up link, first admin and tenant, a mail by SMTP, and the first event without a reload. */
import { expect, it } from '@jest/globals';
import { listTenants } from '../../src/accounts/tenants.ts';
import { setupCode } from '../../src/accounts/setup.ts';
import type { List } from '../support/api-shapes.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { findAxeFaults, photograph, scrollsSideways, useChromium } from '../support/chromium.ts';
import { onBothDatabases } from '../support/databases.ts';
import { describeWith } from '../support/describe-with.ts';
import type { SmtpClient } from '../support/smtp-client.ts';
import { useSmtpDoors } from '../support/smtp-doors.ts';
import { PASSWORD } from '../support/browser-session.ts';
import { openWorld, type World } from '../support/world.ts';

const doors = useSmtpDoors();

/** Opens the SMTP door as the program does at its start. @returns a client of it */
async function openDoor(world: World): Promise<SmtpClient> {
  const door = await doors.open(world);
  world.parts.setSmtpPort(door.port);
  return doors.connect(door.port);
}

const MAIL = Buffer.from('Subject: disk full on web-1 :warn: :org:acme.web:\r\n\r\n97 %\r\n');

const WANTED = {
  email: 'ana@acme.example',
  name: 'Ana',
  password: PASSWORD,
  tenant: 'Acme Ltd',
  address: 'alerts@acme.example',
  timeZone: 'Europe/Berlin',
};

onBothDatabases('The first run', (database) => {
  it('goes from the set-up link to the first event without script', async () => {
    const world = await openWorld(database);
    const smtp = await openDoor(world);
    const session = new BrowserSession(world.baseUrl);
    const link = `/setup/${setupCode(world.parts.secretKey)}`;
    const wrong = await session.get(`${link}x`);
    expect([wrong.status, await wrong.text()]).toEqual([404, expect.stringContaining('link is not valid')]);

    const refused = await session.post(link, { ...WANTED, timeZone: 'Berlin', password: 'short' });
    const form = await refused.text();
    expect(refused.status).toBe(400);
    expect(form).toContain('value="ana@acme.example"');
    expect(form).toContain('setup-timeZone-fault');
    expect(form).not.toContain('value="short"');

    expect((await session.post(link, WANTED)).headers.get('location')).toBe('/welcome');
    const used = await session.get(link);
    expect([used.status, await used.text()]).toEqual([409, expect.stringContaining('set up already')]);
    const welcome = await (await session.get('/welcome')).text();
    expect(welcome).toContain('Waiting for the first mail');
    expect(welcome).toContain(`swaks --server 127.0.0.1:${world.parts.smtpPort() ?? ''}`);
    expect(welcome).toContain('--to alerts@acme.example');

    expect(await smtp.send('me@example.com', ['alerts@acme.example'], MAIL)).toMatch(/^250/);
    await world.settle();
    const after = await (await session.get('/welcome')).text();
    expect(after).toContain('the first event is here');
    expect(after).toContain('disk full on web-1');
  });

  it.each([
    [{ isTold: 'yes' }, 'by mail to <b class="wrap">ana@acme.example</b>', ['ana@acme.example']],
    [{}, 'Nobody yet.', []],
  ])('has the first admin told of every event, or not: %j', async (told, said, audience) => {
    const world = await openWorld(database);
    const session = new BrowserSession(world.baseUrl);
    const link = `/setup/${setupCode(world.parts.secretKey)}`;
    const refused = await (await session.post(link, { ...WANTED, ...told, password: 'short' })).text();
    expect(refused.includes('value="yes" checked')).toBe('isTold' in told);
    await session.post(link, { ...WANTED, ...told });
    const welcome = await (await session.get('/welcome')).text();
    expect(welcome).toContain(said);
    expect(welcome).toContain('No mail server for notices is set');
    const acme = (await listTenants(world.parts.database.dataSource.manager)).find(
      ({ slug }) => slug === 'acme-ltd',
    );
    if (!acme) throw new Error('the tenant was to be set up');
    const would = await (
      await world.api(acme)
    ).get<List<{ email: string }>>('/audience?org=shop&severity=warn');
    expect(would.body.items.map(({ email }) => email)).toEqual(audience);
  });

  describeWith('Chromium', 'in a browser', (executable) => {
    const browser = useChromium(executable);

    it('shows the first event without a reload', async () => {
      const world = await openWorld(database);
      const smtp = await openDoor(world);
      const page = await browser.visit(world, `/setup/${setupCode(world.parts.secretKey)}`);
      for (const [name, value] of Object.entries(WANTED)) await page.fill(`[name=${name}]`, value);
      expect(await findAxeFaults(page)).toEqual([]);
      await photograph(page, 'setup');
      await page.click('button:text-is("Set up")');
      await page.waitForSelector('text=Waiting for the first mail');
      expect(await findAxeFaults(page)).toEqual([]);
      await photograph(page, 'welcome-waiting');
      await page.evaluate('window.isStillTheSame = true');
      await smtp.send('me@example.com', ['alerts@acme.example'], MAIL);
      await world.settle();
      await page.click('#first >> text=disk full on web-1', { trial: true });
      expect(await page.evaluate('window.isStillTheSame')).toBe(true);
      await photograph(page, 'welcome-arrived');
    });

    // What pages look like does not depend on the database.
    if (database.kind === 'PostgreSQL') return;

    it('is readable in the dark and on a phone', async () => {
      const world = await openWorld(database);
      await openDoor(world);
      await world.addUser(await world.addTenant('acme'), 'ana');
      for (const look of [{ colorScheme: 'dark' }, { width: 390 }] as const) {
        const page = await browser.signIn(world, 'ana@acme.example', look);
        await page.goto('/welcome');
        expect(await findAxeFaults(page)).toEqual([]);
        expect(await scrollsSideways(page)).toBe(false);
        await photograph(page, `welcome-${Object.values(look).join('')}`);
        for (const path of ['/login', '/api/docs']) {
          await page.goto(path);
          // The description of the API has ten thousand elements, and in the dark no others.
          const isKnown = path === '/api/docs' && 'colorScheme' in look;
          if (!isKnown) expect([path, await findAxeFaults(page)]).toEqual([path, []]);
          expect([path, await scrollsSideways(page)]).toEqual([path, false]);
          await photograph(page, `${path.replaceAll('/', '')}-${Object.values(look).join('')}`);
        }
        // As a reader of the API's description would look at it.
        for (const call of ['#listEvents', '#addMailbox']) {
          await page.click(`${call} > summary`);
          expect([call, await findAxeFaults(page, call)]).toEqual([call, []]);
        }
        expect(await scrollsSideways(page)).toBe(false);
      }
    });
  });

  // Ten slow guesses, and nothing of them in the database.
  if (database.kind === 'PostgreSQL') return;

  it('keeps the address at the sign-in, and says when to try again', async () => {
    const world = await openWorld(database);
    await world.addUser(await world.addTenant('acme'), 'ana');
    const session = new BrowserSession(world.baseUrl);
    const guess = async () => session.post('/login', { email: 'ana@acme.example', password: 'wrong' });
    const first = await (await guess()).text();
    expect(first).toContain('value="ana@acme.example"');
    expect(first).toContain('do not fit');
    for (let more = 1; more < 10; more += 1) await guess();
    const last = await guess();
    expect(last.status).toBe(429);
    const told = await last.text();
    expect(told).toMatch(/Wait \d+ min and try again/);
    expect(told).toContain('value="ana@acme.example"');
  });
});
