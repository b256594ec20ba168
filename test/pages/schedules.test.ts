import { expect, it } from '@jest/globals';
import type { List } from '../support/api-shapes.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { findAxeFaults, photograph, scrollsSideways, useChromium } from '../support/chromium.ts';
import { onBothDatabases, type TestDatabase } from '../support/databases.ts';
import { describeWith } from '../support/describe-with.ts';
import { openWorld } from '../support/world.ts';

const HOUR = 3_600_000;

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

onBothDatabases('Schedules', (database) => {
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

  describeWith('Chromium', 'in a browser', (executable) => {
    const browser = useChromium(executable);

    it('look right everywhere', async () => {
      const { world, acme, schedules } = await seed(database);
      await world.deliver(acme, { subject: 'backup ok :sched-perhour-1/0: :org:shop.backup: :svr:db1' });
      await world.pass(2 * HOUR, HOUR / 2);
      for (const look of [{}, { colorScheme: 'dark' }, { width: 390 }] as const) {
        const name = Object.values(look).join('') || 'wide';
        const page = await browser.signIn(world, 'ana@acme.example', look);
        for (const where of ['/schedules', `/schedules/${(await schedules())[0]?.id}`]) {
          await page.goto(where);
          expect(await findAxeFaults(page)).toEqual([]);
          expect(await scrollsSideways(page)).toBe(false);
          await photograph(page, `schedule${where === '/schedules' ? 's' : ''}-${name}`);
        }
      }
    });
  });
});
