import { expect, it } from '@jest/globals';
import type { EventAnswer, List } from '../support/api-shapes.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { findAxeFaults, photograph, scrollsSideways, useChromium } from '../support/chromium.ts';
import { onBothDatabases, type TestDatabase } from '../support/databases.ts';
import { describeWith } from '../support/describe-with.ts';
import { openWorld } from '../support/world.ts';

interface StoredRule {
  id: string;
  name: string;
  position: number;
  condition: unknown;
  actions: Record<string, unknown>;
  isEnabled: boolean;
}

async function seed(database: TestDatabase) {
  const world = await openWorld(database);
  const acme = await world.addTenant('acme');
  await world.addUser(acme, 'ana');
  await world.addUser(acme, 'max', 'manager');
  const api = await world.api(acme);
  await world.deliver(acme, {
    from: 'root@db7.example',
    subject: 'Disk 91 % full on db7',
    body: 'still filling',
  });
  await world.deliver(acme, { from: 'root@db7.example', subject: 'Disk 97 % full on db7 :critical:' });
  await world.deliver(acme, { from: 'cron@web.example', subject: 'nightly report' });
  const rules = async () => (await api.get<List<StoredRule>>('/rules')).body.items;
  const mse = async (subject: string) =>
    (await api.get<List<{ id: string; subject: string }>>('/mses')).body.items.find((one) =>
      one.subject.startsWith(subject),
    )?.id ?? '';
  return { world, acme, api, rules, mse };
}

onBothDatabases('Rules', (database) => {
  it('are made from a mail by plain forms: prefilled, tried on stored mails, and saved', async () => {
    const { world, acme, api, rules, mse } = await seed(database);
    const ana = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    const editor = await (await ana.get(`/rules/new?mse=${await mse('Disk 91')}`)).text();
    expect(editor).toContain('value="root@db7.example"');
    expect(editor).toContain('value="Disk\\s+\\S+\\s+%\\s+full\\s+on\\s+db7"');

    const form = {
      name: 'Full disks',
      isEnabled: 'on',
      'condition[join]': 'all',
      'condition[parts][0][field]': 'from',
      'condition[parts][0][op]': 'contains',
      'condition[parts][0][value]': '@db7',
      'condition[parts][1][join]': 'any',
      'condition[parts][1][parts][0][field]': 'subject',
      'condition[parts][1][parts][0][op]': 'regex',
      'condition[parts][1][parts][0][value]': 'full on (?<host>\\S+)',
      'condition[parts][1][parts][1][field]': 'subject',
      'condition[parts][1][parts][1][op]': 'not-contains',
      'condition[parts][1][parts][1][value]': 'disk',
      severity: 'warn',
      org: 'shop.disks',
      servers: '${host}.example.com',
      schedule: 'perday-2/1',
      tryText: 'Subject: disk full on db9\nFrom: root@db7.example\n\nbody',
      _back: '/rules/new',
    };
    const tried = await ana.post('/rules/backtest', form);
    expect(tried.status).toBe(200);
    const page = await tried.text();
    expect(page).toContain('<b>2</b> <span>mails match</span>');
    expect(page).toContain('Disk 91 % full on db7');
    expect(page).toContain('<mark>full on db9</mark>');
    expect(page).not.toContain('nightly report');
    expect(await rules()).toEqual([]);

    const saved = await ana.post('/rules', { ...form, _next: '/rules#rule-{id}' });
    const [rule] = await rules();
    expect(saved.headers.get('location')).toBe(`/rules#rule-${rule?.id}`);
    expect(rule).toMatchObject({
      name: 'Full disks',
      condition: {
        all: [
          { field: 'from', op: 'contains', value: '@db7' },
          {
            any: [
              { field: 'subject', op: 'regex', value: 'full on (?<host>\\S+)' },
              { not: { field: 'subject', op: 'contains', value: 'disk' } },
            ],
          },
        ],
      },
      actions: {
        severity: 'warn',
        org: 'shop.disks',
        servers: ['${host}.example.com'],
        schedule: { period: 'day', n: 2, variance: 1 },
      },
    });
    const again = await (await ana.get(`/rules/${rule?.id}`)).text();
    expect(again).toContain('name="condition[parts][1][parts][1][value]" value="disk"');
    await world.deliver(acme, { from: 'root@db7.example', subject: 'inode table full on db8' });
    const events = (await api.get<List<EventAnswer>>('/events?org=shop.disks')).body.items;
    expect(events).toMatchObject([{ severity: 'warn', servers: ['db8.example.com'] }]);
  });

  it('say at the field what is wrong, and keep everything that was typed', async () => {
    const { world, rules } = await seed(database);
    const ana = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    const refused = await ana.post('/rules', {
      name: '',
      'condition[join]': 'all',
      'condition[parts][0][field]': 'subject',
      'condition[parts][0][op]': 'regex',
      'condition[parts][0][value]': 'disk (full',
      org: 'not an org',
      schedule: 'sometimes',
      _back: '/rules/new',
    });
    expect([refused.status, refused.headers.get('location')]).toEqual([303, '/rules/new']);
    const page = await (await ana.get('/rules/new')).text();
    expect(page).toContain('value="disk (full"');
    expect(page).toMatch(
      /id="fault-0">The pattern is not understood: [^<]*missing closing \)[^<]*disk \(full/,
    );
    expect(page).toContain('value="not an org"');
    expect(page).toMatch(/id="fault-schedule">Write perday/);
    expect(page).toContain('Give the rule a name.');
    expect(await rules()).toEqual([]);
  });

  it('that lower criticals are saved only by somebody who has seen that', async () => {
    const { world, rules } = await seed(database);
    const ana = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    const form = {
      name: 'Hide disks',
      isEnabled: 'on',
      'condition[join]': 'all',
      'condition[parts][0][field]': 'subject',
      'condition[parts][0][op]': 'contains',
      'condition[parts][0][value]': 'disk',
      noise: 'on',
      _back: '/rules/new',
    };
    await ana.post('/rules', form);
    const page = await (await ana.get('/rules/new')).text();
    expect(page).toContain('I have seen that 1 critical mail would be lowered or hidden');
    expect(page).toContain('<b>2</b> <span>hidden as noise</span>');
    expect(await rules()).toEqual([]);
    await ana.post('/rules', { ...form, mayLower: '1' });
    expect(await rules()).toMatchObject([{ name: 'Hide disks', actions: { noise: true } }]);
  });

  it('are ordered, stopped and removed by buttons; a manager only looks', async () => {
    const { world, api, rules } = await seed(database);
    for (const name of ['first', 'second', 'third']) {
      const condition = { field: 'subject', op: 'contains', value: name };
      await api.send('POST', '/rules', { name, condition, actions: { severity: 'info' } });
    }
    const names = async () => (await rules()).map(({ name }) => name);
    const third = (await rules())[2]?.id ?? '';
    const ana = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    await ana.post('/rules/order', { rule: third, move: 'up' });
    expect(await (await ana.get('/rules')).text()).not.toContain('role="alert"');
    expect(await names()).toEqual(['first', 'third', 'second']);
    await ana.post(`/rules/${third}`, { _method: 'patch', isEnabled: 'false' });
    expect((await rules())[1]).toMatchObject({ name: 'third', isEnabled: false });
    await ana.post(`/rules/${third}`, { _method: 'delete', _next: '/rules' });
    expect(await names()).toEqual(['first', 'second']);
    const max = await BrowserSession.signIn(world.baseUrl, 'max@acme.example');
    const page = await (await max.get('/rules')).text();
    expect(page).toContain('second');
    expect(page).not.toContain('action="/rules/order"');
    expect((await max.post('/rules/order', { rule: third, move: 'up' })).status).toBe(403);
  });

  describeWith('Chromium', 'in a browser', (executable) => {
    const browser = useChromium(executable);

    it('are edited without script, row by row, and look right everywhere', async () => {
      const { world, rules, mse } = await seed(database);
      const id = await mse('Disk 97');
      const page = await browser.signIn(world, 'ana@acme.example', { javaScript: false });
      await page.goto(`/rules/new?mse=${id}`);
      await page.click('button:has-text("Group")');
      await page.selectOption('[name="condition[parts][2][parts][0][field]"]', 'header');
      await page.fill('[name="condition[parts][2][parts][0][header]"]', 'X-Disk');
      await page.selectOption('[name="condition[parts][2][parts][0][op]"]', 'not-equals');
      await page.fill('[name="condition[parts][2][parts][0][value]"]', 'no');
      await page.click('[aria-label="Remove condition 4"]');
      expect(await page.locator('.cond').count()).toBe(3);
      await page.selectOption('[name=severity]', 'info');
      await page.fill('[name=org]', 'shop.disks');
      await page.press('[name=org]', 'Enter');
      expect(await page.textContent('#backtest')).toContain('Disk 91 % full on db7');
      expect(await rules()).toEqual([]);
      await page.click('button:has-text("Save")');
      expect(new URL(page.url()).pathname).toBe('/rules');
      expect(await page.textContent('main')).toContain('Disk 97 % full on db7');

      for (const look of [{}, { colorScheme: 'dark' }, { width: 390 }] as const) {
        const name = Object.values(look).join('') || 'wide';
        const shown = await browser.signIn(world, 'ana@acme.example', look);
        for (const where of ['/rules', `/rules/${(await rules())[0]?.id}`]) {
          await shown.goto(where);
          if (where !== '/rules') await shown.click('button:text-is("Backtest")');
          expect(await findAxeFaults(shown)).toEqual([]);
          expect(await scrollsSideways(shown)).toBe(false);
          await photograph(shown, `rule${where === '/rules' ? 's' : ''}-${name}`);
        }
      }
    });
  });
});
