import { expect, it } from '@jest/globals';
import type { Tenant } from '../../src/accounts/tenants.ts';
import type { List } from '../support/api-shapes.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { findAxeFaults, photograph, scrollsSideways, useChromium } from '../support/chromium.ts';
import { onBothDatabases, type TestDatabase } from '../support/databases.ts';
import { describeWith } from '../support/describe-with.ts';
import { openWorld, type World } from '../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

async function seed(database: TestDatabase) {
  const world = await openWorld(database);
  const acme = await world.addTenant('acme');
  await world.addUser(acme, 'ana');
  await world.settle();
  const api = await world.api(acme);
  const session = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
  const schedules = async () =>
    (
      await api.get<List<{ id: string; name: string; n: number; isPaused: boolean; graceSeconds: number }>>(
        '/schedules',
      )
    ).body.items;
  return { world, acme, api, session, schedules };
}

/** The last thirty nights had such a mail, at about the same minute. */
async function bringNights(world: World, acme: Tenant, subject: string): Promise<void> {
  const now = world.clock.now().getTime();
  for (let ago = 30; ago >= 1; ago -= 1) {
    const at = new Date(now - ago * 24 * HOUR + 2 * HOUR + (ago % 3) * 60_000);
    await world.arrive(acme, { subject, from: 'root@db1.example', body: `${ago}`, at });
  }
}

function actionOf(page: string, label: string): string {
  const form = page.slice(0, page.indexOf(`aria-label="${label}"`)).lastIndexOf('action="');
  return page.slice(form + 'action="'.length).split('"')[0] ?? '';
}

/** Seven runs of 20 to 26 minutes, a failed one, and one that has been open for two hours. */
async function tellRuns(world: World, acme: Tenant): Promise<void> {
  const tell = async (what: string, hoursAgo: number, minutes = 0) => {
    const at = new Date(world.clock.now().getTime() - hoursAgo * HOUR + minutes * MINUTE);
    await world.arrive(acme, { subject: `Backup of db1 ${what} :info: :org:shop.backup:`, at });
  };
  for (let day = 7; day >= 1; day -= 1) {
    await tell('started', day * 24);
    await tell('finished', day * 24, 19 + day);
  }
  await tell('started', 12);
  await tell('failed', 12, 3);
  await tell('started', 2);
  await world.settle();
}

onBothDatabases('Schedules', (database) => {
  it('that are proposed are a sentence each, accepted or refused by one click', async () => {
    const { world, acme, session } = await seed(database);
    await bringNights(world, acme, 'Nightly copy done');
    await bringNights(world, acme, 'Index rebuilt');
    await world.settle();
    await world.pass(HOUR + 60_000, HOUR);
    const page = await (await session.get('/schedules')).text();
    expect(page).toMatch(
      /“Nightly copy done” from root@db1.example comes <b>every day about \d\d:\d\d[^<]* UTC<\/b>; there at 30 of the last 30 times; no false alarm in this history\./,
    );
    expect(page).toContain('aria-label="The last 30 times: 30 on time"');
    const press = async (label: string) => {
      const answer = await session.post(actionOf(page, label), {}, { referer: `${world.baseUrl}/schedules` });
      return (await session.get(answer.headers.get('location') ?? '')).text();
    };
    expect(await press('Accept Nightly copy done')).toContain('is watched from now on');
    const after = await press('Refuse Index rebuilt');
    expect(after).toContain('It will not be proposed again');
    expect(after).not.toContain('id="proposed"');
    expect(after).toContain('1 schedule · 1 on time');
  });

  it('whose mails come hours beside their times say in which zone they would be in time, and take it', async () => {
    const { world, acme, api, session } = await seed(database);
    await bringNights(world, acme, 'Nightly copy done');
    await world.settle();
    await world.pass(HOUR + 60_000, HOUR);
    const [proposal] = (await api.get<List<{ id: string }>>('/schedules/proposals')).body.items;
    const { body } = await api.send('POST', `/schedules/proposals/${proposal?.id}/acceptance`);
    const path = `/schedules/${String(body['id'])}`;
    expect(body).toMatchObject({ timezone: 'UTC', zoneShift: null });
    expect((await api.send('PATCH', path, { timezone: 'Europe/Berlin' })).body).toMatchObject({
      zoneShift: { timezone: 'UTC', since: null },
    });
    const page = await (await session.get(path)).text();
    expect(page).toContain('The zone is probably UTC');
    expect(page).toMatch(/Always [12] h late by the clock of Europe\/Berlin/);
    await session.post(path, { _method: 'patch', timezone: 'UTC' });
    expect((await api.get(path)).body).toMatchObject({ timezone: 'UTC', zoneShift: null });
    expect(await (await session.get(path)).text()).not.toContain('The zone is probably');
  });

  it('are shown with expectation, status and last periods; the troubled are found by their status', async () => {
    const { world, acme, session } = await seed(database);
    expect(await (await session.get('/schedules')).text()).toContain(':sched-perday-1/0:');
    for (let hour = 0; hour < 3; hour += 1) {
      await world.deliver(acme, { subject: 'backup ok :sched-perhour-1/0: :org:shop.backup:' });
      if (hour < 2) await world.pass(HOUR, HOUR / 4);
    }
    await world.pass(2 * HOUR, HOUR / 4);
    await world.deliver(acme, { subject: 'report ok :sched-perday-1/0: :org:shop.report:' });
    const page = await (await session.get('/schedules')).text();
    expect(page).toContain('2 schedules · 1 missing · 1 learning');
    expect(page).toContain('1 ± 0 per hour, grace 6 min');
    expect(page).toMatch(/aria-label="The last 30 hours: 3 on time, [12] missing, 2\d not judged"/);
    const missing = await (await session.get('/schedules?status=missing')).text();
    expect(missing).toContain('shop.backup');
    expect(missing).not.toContain('title="shop.report"');
    expect(await (await session.get('/schedules?status=extra')).text()).toContain(
      'No schedule has this status',
    );
  });

  it('are declared, changed, paused and removed by plain forms; faults stand at their field', async () => {
    const { session, schedules } = await seed(database);
    const form = { _form: 'schedule', sender: 'root@db1.example', subject: 'backup', period: 'day', n: '0' };
    await session.post('/schedules', form);
    const refused = await (await session.get('/schedules')).text();
    expect(refused).toMatch(/id="schedule-n-fault"/);
    expect(refused).toContain('value="root@db1.example"');
    await session.post('/schedules', { ...form, n: '2', variance: '1', name: 'Backups' });
    const [made] = await schedules();
    expect(made).toMatchObject({ name: 'Backups', n: 2 });
    const path = `/schedules/${made?.id}`;
    await session.post(path, { _method: 'patch', n: '3', graceSeconds: '60' });
    expect(await schedules()).toMatchObject([{ n: 3, graceSeconds: 60 }]);
    await session.post(path, { _method: 'patch', isPaused: 'true' });
    expect(await (await session.get('/schedules?status=paused')).text()).toContain('Backups');
    await session.post(path, { _method: 'delete', _next: '/schedules' });
    expect(await schedules()).toEqual([]);
  });

  it('lead to jobs, with what is usual and what runs for too long', async () => {
    const { world, acme, session } = await seed(database);
    expect(await (await session.get('/schedules/jobs')).text()).toContain('No jobs yet');
    await tellRuns(world, acme);
    await world.pass(MINUTE);
    expect(await (await session.get('/schedules')).text()).toContain('Jobs <span class="count">1</span>');
    const list = await (await session.get('/schedules/jobs')).text();
    expect(list).toContain('Backup of db1');
    expect(list).toContain('still running');
    expect(list).toContain('for 2 h 1 min');
    expect(list).toContain('23 min');
    expect(list).toContain('aria-label="The last 9 runs: 7 finished, 1 failed, 1 running, or no start told"');
    const job = /href="(\/schedules\/jobs\/[0-9a-f-]+)"/.exec(list)?.[1] ?? '';
    const one = await (await session.get(job)).text();
    expect(one).toContain('usually 23 min');
    expect(one).toMatch(/href="\/mses\/[0-9a-f-]+">failed/);
    const event = /href="(\/events\/[0-9a-f-]+)"/.exec(one)?.[1] ?? '';
    expect(await (await session.get(event)).text()).toContain(`<a href="${job}">Backup of db1</a>`);
    expect((await session.get('/schedules/jobs/none')).status).toBe(404);
  });

  describeWith('Chromium', 'in a browser', (executable) => {
    const browser = useChromium(executable);

    it('look right everywhere', async () => {
      const { world, acme, schedules } = await seed(database);
      await bringNights(world, acme, 'Nightly copy done');
      await world.deliver(acme, { subject: 'backup ok :sched-perhour-1/0: :org:shop.backup: :svr:db1' });
      await tellRuns(world, acme);
      await world.pass(2 * HOUR, HOUR / 2);
      const [job] = (await (await world.api(acme)).get<List<{ id: string }>>('/jobs')).body.items;
      const places = {
        schedules: '/schedules',
        schedule: `/schedules/${(await schedules())[0]?.id}`,
        jobs: '/schedules/jobs',
        job: `/schedules/jobs/${job?.id}`,
      };
      for (const look of [{}, { colorScheme: 'dark' }, { width: 390 }] as const) {
        const name = Object.values(look).join('') || 'wide';
        const page = await browser.signIn(world, 'ana@acme.example', look);
        for (const [place, where] of Object.entries(places)) {
          await page.goto(where);
          expect(await findAxeFaults(page)).toEqual([]);
          expect(await scrollsSideways(page)).toBe(false);
          await photograph(page, `${place}-${name}`);
        }
      }
    });
  });
});
