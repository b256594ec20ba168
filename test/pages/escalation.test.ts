import { expect, it } from '@jest/globals';
import type { EventAnswer, List, Problem } from '../support/api-shapes.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { findAxeFaults, photograph, scrollsSideways, useChromium } from '../support/chromium.ts';
import { onBothDatabases } from '../support/databases.ts';
import { describeWith } from '../support/describe-with.ts';
import { add, addGroup, subscribe } from '../support/team.ts';
import { openWorld } from '../support/world.ts';

const PATH = '/settings/escalation';

onBothDatabases('The pages of escalation', (database) => {
  async function seed() {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    const { id: ann } = await world.addUser(acme, 'ann');
    await world.addUser(acme, 'max', 'manager');
    const api = await world.api(acme);
    await api.send('PATCH', '/tenant', { timeZone: 'Europe/Berlin' });
    const tier2 = await addGroup(api, 'Tier 2', [ann]);
    const ops = await add(api, '/rotas', { name: 'Ops', startsOn: '2026-03-09', people: [ann] });
    const session = await BrowserSession.signIn(world.baseUrl, 'ann@acme.example');
    const read = async (path: string) =>
      (await (await session.get(path)).text()).replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');
    const policies = async () =>
      (await api.get<List<Record<string, unknown> & { id: string }>>('/escalations')).body.items;
    const form: [string, string][] = [
      ['_form', 'policy'],
      ['_next', PATH],
      ['name', 'Shop'],
      ['patterns', 'shop.* !shop.test'],
      ['severityFloor', 'critical'],
      ['steps[0][afterMinutes]', '15'],
      ['steps[0][targets]', `group:${tier2}`],
      ['steps[0][targets]', ''],
      ['steps[1][afterMinutes]', ''],
      ['steps[1][targets]', ''],
      ['steps[2][afterMinutes]', '90'],
      ['steps[2][targets]', `rota:${ops}`],
      ['steps[2][targets]', `user:${ann}`],
      ['repeats', '2'],
      ['reminder[afterMinutes]', '240'],
      ['reminder[everyMinutes]', ''],
    ];
    const changed = (change: Record<string, string>) =>
      form.map(([name, value]): [string, string] => [name, change[name] ?? value]);
    return { world, acme, api, ann, tier2, ops, session, read, policies, form, changed };
  }

  it('make a policy by a plain form with empty steps left out, say it in words, and change it', async () => {
    const { world, session, read, policies, form, changed, tier2, ops, ann } = await seed();
    expect(await read(PATH)).toContain('Nobody else is told');
    const from = { referer: `${world.baseUrl}${PATH}/new` };
    await session.post('/escalations', changed({ patterns: 'shop..x', 'steps[2][afterMinutes]': '' }), from);
    const refused = await read(`${PATH}/new`);
    expect(refused).toMatch(/id="policy-patterns-fault"/);
    expect(refused).toContain('Give a minute to a week.');
    expect(refused).toContain(`<option value="rota:${ops}" selected>on call in Ops</option>`);
    expect((await session.post('/escalations', form, from)).headers.get('location')).toBe(PATH);
    expect(await policies()).toMatchObject([
      {
        name: 'Shop',
        patterns: ['shop.*', '!shop.test'],
        severityFloor: 'critical',
        steps: [
          {
            afterMinutes: 15,
            targets: [{ kind: 'group', id: tier2, name: 'Tier 2' }],
            words: 'after 15 min: Tier 2',
          },
          {
            afterMinutes: 90,
            targets: [
              { kind: 'rota', id: ops },
              { kind: 'user', id: ann },
            ],
            words: 'after 1 h 30 min: whoever is on call in Ops and ann',
          },
        ],
        repeats: 2,
        reminder: { afterMinutes: 240, everyMinutes: 240 },
      },
    ]);
    const list = await read(PATH);
    expect(list).toContain('then again from the first step, 2 more times');
    expect(await read('/settings/groups')).toMatch(
      /escalation <a href="\/settings\/escalation\/[0-9a-f-]{36}">Shop<\/a>/,
    );
    expect(await read(`/settings/rotas/${ops}`)).toMatch(
      /told by escalation <a href="\/settings\/escalation\/[0-9a-f-]{36}">Shop<\/a>/,
    );
    const mine = await read('/settings/me');
    expect(mine).toMatch(/>Ops<\/a> <span class="flag">now<\/span> until Mon 16 Mar/);
    expect(mine).toContain('No mail server for notices is set');
    expect(list).toContain('who has one is reminded after 4 h without a deed, then every 4 h');
    const [policy] = await policies();
    const page = `/escalations/${policy?.id}`;
    await session.post(page, [
      ...changed({ repeats: '0', 'reminder[afterMinutes]': '' }),
      ['_method', 'patch'],
    ]);
    expect(await policies()).toMatchObject([{ repeats: 0, reminder: null, steps: [{}, {}] }]);
    await session.post(page, { _method: 'delete' });
    expect(await policies()).toEqual([]);
  });

  it('refuse what is no policy, by field, and what a role may not do; a rota that is needed stays', async () => {
    const { world, acme, api, tier2, ops, form, read, session } = await seed();
    const steps = [{ afterMinutes: 15, targets: [{ kind: 'rota', id: ops }] }];
    const good = { name: 'Shop', patterns: ['shop.*'], steps };
    const step = (change: object) => ({ steps: [{ ...steps[0], ...change }] });
    const cases: [string, object][] = [
      ['patterns', { patterns: ['!shop'] }],
      ['patterns', { patterns: [] }],
      ['steps', { steps: [] }],
      ['steps.0.afterMinutes', step({ afterMinutes: 0 })],
      ['steps.0.targets', step({ targets: [] })],
      ['steps.0.targets', step({ targets: [{ kind: 'user', id: tier2 }] })],
      ['repeats', { repeats: 21 }],
      ['reminder.everyMinutes', { reminder: { afterMinutes: 5, everyMinutes: 0 } }],
    ];
    for (const [field, change] of cases) {
      const { status, body } = await api.send<Problem>('POST', '/escalations', { ...good, ...change });
      expect([field, status, body.faults?.[0]?.field]).toEqual([field, 400, field]);
    }
    const made = await api.send<{ id: string }>('POST', '/escalations', good);
    expect((await api.send<Problem>('POST', '/escalations', good)).body.code).toBe('policy-exists');
    expect((await api.send<Problem>('DELETE', `/rotas/${ops}`)).body.code).toBe('rota-in-use');
    await api.send(
      'PATCH',
      `/escalations/${made.body.id}`,
      step({ targets: [{ kind: 'group', id: tier2 }] }),
    );
    expect((await api.send<Problem>('DELETE', `/groups/${tier2}`)).body.code).toBe('group-in-use');
    await api.send('PATCH', `/escalations/${made.body.id}`, { steps });
    await session.post(`/rotas/${ops}`, { _method: 'delete', _back: `/settings/rotas/${ops}` });
    expect(await read(`/settings/rotas/${ops}`)).toContain(
      'The escalation “Shop” tells this rota. Change that first.',
    );
    const rival = await world.api(await world.addTenant('rival'));
    expect((await rival.get(`/escalations/${made.body.id}`)).status).toBe(404);
    const foreign = await rival.send<Problem>('POST', '/escalations', good);
    expect(foreign.body.faults?.[0]?.field).toBe('steps.0.targets');
    const manager = await BrowserSession.signIn(world.baseUrl, 'max@acme.example');
    expect((await manager.post('/escalations', form)).status).toBe(403);
    expect((await manager.get(`${PATH}/new`)).status).toBe(403);
    expect(await (await manager.get(PATH)).text()).toContain('whoever is on call in Ops');
    expect(
      (await (await world.api(acme, 'manager')).send('DELETE', `/escalations/${made.body.id}`)).status,
    ).toBe(403);
  });

  it('tell on the event who is next and when, and who would be told by what', async () => {
    const { world, acme, api, ann, tier2, session, read, form } = await seed();
    await session.post('/escalations', form);
    const quietHours = { from: '08:00', to: '10:00', timezone: 'Europe/Berlin' };
    await subscribe(api, tier2, { pattern: 'shop.*', level: 'responder', quietHours });
    await world.raise(acme, { subject: 'PROBLEM: disk full :critical: :org:shop.db: :svr:db1' });
    const [event] = (await api.get<List<EventAnswer>>('/events')).body.items;
    const page = await read(`/events/${event?.id}`);
    expect(page).toMatch(/Tier 2 is told at <time[^>]*>09:15<\/time> unless somebody takes it/);
    expect(page).toContain(`href="/subscriptions?event=${event?.id}#told"`);
    const asked = await read(`/subscriptions?event=${event?.id}`);
    expect(asked).toContain('not again');
    expect(asked).toContain('told of it a moment ago');
    const path = await read('/subscriptions?org=shop.web&severity=warn');
    expect(path).toContain('0 at once, 1 later, 0 by digest');
    expect(path).toMatch(/at <time[^>]*>10:00<\/time><small class="dim">quiet hours/);
    expect(path).toContain('Tier 2, shop.*');
    expect(path).toContain('no escalation policy covers it');
    const critical = await read('/subscriptions?org=shop.web&severity=critical');
    expect(critical).toMatch(/15 min: Tier 2:\s*<b>ann<\/b>/);
    expect(critical).toContain('Then again from the first step, 2 more times.');
    await world.pass(15 * 60_000, 15 * 60_000);
    const later = await read(`/events/${event?.id}`);
    expect(later).toContain('Escalated: step 1 of Shop');
    expect(later).toMatch(
      /told ann \(Tier 2\); next: whoever is on call in Ops and ann at Tue 10 Mar 2026, 10:45/,
    );
    const assigned = { user: ann, version: event?.version };
    await api.send('POST', `/events/${event?.id}/assignment`, assigned);
    await world.settle();
    expect(await read(`/events/${event?.id}`)).toMatch(/A reminder goes to who has it at <time[^>]*>13:15</);
  });

  // What pages look like does not depend on the database.
  if (database.kind === 'embedded') return;

  describeWith('Chromium', 'in a browser', (executable) => {
    const browser = useChromium(executable);

    it('look right everywhere', async () => {
      const { world, acme, api, tier2, session, form, changed, policies } = await seed();
      await session.post('/escalations', form);
      await session.post('/escalations', changed({ name: `Everything-${'x'.repeat(80)}`, patterns: '*' }));
      await subscribe(api, tier2, { pattern: 'shop.*', level: 'responder' });
      await world.raise(acme, { subject: 'PROBLEM: disk full :critical: :org:shop.db: :svr:db1' });
      const [event] = (await api.get<List<EventAnswer>>('/events')).body.items;
      const [, policy] = await policies();
      for (const look of [{}, { colorScheme: 'dark' }, { width: 390 }] as const) {
        const page = await browser.signIn(world, 'ann@acme.example', look);
        const name = Object.values(look).join('') || 'wide';
        for (const [where, shot] of [
          [PATH, 'escalation'],
          [`${PATH}/${policy?.id}`, 'escalation-one'],
          [`/events/${event?.id}`, 'escalation-event'],
          ['/subscriptions?org=shop.web&severity=critical#told', 'escalation-told'],
        ] as const) {
          await page.goto(where);
          await photograph(page, `${shot}-${name}`);
          expect([where, await findAxeFaults(page)]).toEqual([where, []]);
          expect([where, await scrollsSideways(page)]).toEqual([where, false]);
        }
      }
    });
  });
});
