import { expect, it } from '@jest/globals';
import type { EventAnswer, List } from '../support/api-shapes.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { findAxeFaults, photograph, scrollsSideways, useChromium } from '../support/chromium.ts';
import { onBothDatabases } from '../support/databases.ts';
import { describeWith } from '../support/describe-with.ts';
import { openWorld } from '../support/world.ts';

const PATH = '/settings/silences';

onBothDatabases('The pages of silences', (database) => {
  async function seed() {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    await world.addUser(acme, 'ana');
    await world.addUser(acme, 'max', 'manager');
    const api = await world.api(acme);
    await api.send('PATCH', '/tenant', { timeZone: 'Europe/Berlin' });
    await world.deliver(acme, { subject: 'PROBLEM: disk full :critical: :org:shop.db: :svr:db1' });
    const [event] = (await api.get<List<EventAnswer>>('/events')).body.items;
    const session = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    const read = async (path: string) =>
      (await (await session.get(path)).text()).replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');
    const silences = async () =>
      (await api.get<List<Record<string, unknown> & { id: string }>>('/silences')).body.items;
    return { world, acme, api, event, session, read, silences };
  }

  const shownIn = (page: string, name: string): string =>
    new RegExp(`name="${name}"[^>]* value="([^"]*)"`).exec(page)?.[1] ?? '';

  const weekly = {
    _form: 'silence',
    _next: PATH,
    timezone: 'Europe/Berlin',
    reason: 'Weekly upgrade',
    orgs: 'shop.* !shop.test',
    servers: '',
    streams: '',
    rules: '',
    _repeats: 'weekly',
    from: '',
    to: '',
    minutes: '60',
    'recurrence[weekdays]': '7',
    'recurrence[monthDays]': '3',
    'recurrence[start]': '02:00',
    'recurrence[durationMinutes]': '120',
    'recurrence[timezone]': 'Europe/Berlin',
  };

  it('make one by a plain form, preview it without saving, and say in words when it is on', async () => {
    const { world, session, read, silences } = await seed();
    expect(await read(PATH)).toContain('Nothing is silenced');
    const { _form, _next, ...fields } = weekly;
    const previewed = await read(
      `${PATH}/new?${new URLSearchParams({ ...fields, preview: '1' }).toString()}`,
    );
    expect(previewed).toContain('Would silence <b>1 open event</b> now');
    expect(previewed).toMatch(/every Sunday 02:00–04:00 Europe\/Berlin, next: 15 Mar 02:00/);
    expect(previewed).toContain('value="shop.* !shop.test"');
    expect(await silences()).toEqual([]);

    const from = { referer: `${world.baseUrl}${PATH}/new` };
    await session.post('/silences', { ...weekly, 'recurrence[weekdays]': '', orgs: 'shop..x' }, from);
    const refused = await read(`${PATH}/new`);
    expect(refused).toContain('Choose the days.');
    expect(refused).toMatch(/id="silence-orgs-fault"/);
    expect(refused).toContain('value="Weekly upgrade"');

    expect((await session.post('/silences', weekly, from)).headers.get('location')).toBe(PATH);
    expect(await silences()).toMatchObject([
      {
        state: 'coming',
        from: null,
        what: 'shop.* but not shop.test',
        recurrence: { weekdays: [7], monthDays: [], start: '02:00', durationMinutes: 120 },
      },
    ]);
    const list = await read(PATH);
    expect(list).toContain('every Sunday 02:00–04:00 Europe/Berlin');
    expect(list).toContain('next: 15 Mar 02:00');
  });

  it('lead from an event and a schedule to a silence of it; lists and event say until when; ending it ends that', async () => {
    const { world, acme, api, event, session, read, silences } = await seed();
    world.clock.advance(11_000);
    const page = await read(`/events/${event?.id}`);
    expect(page).toContain(`href="${PATH}/new?orgs=shop.db&servers=db1"`);
    expect(await read(`${PATH}/new?orgs=shop.db&servers=db1`)).toMatch(/name="servers"[^>]*value="db1"/);
    const once = { ...weekly, reason: 'Right now', _repeats: 'once', orgs: 'shop.db', servers: 'db1' };
    await session.post('/silences', { ...once, minutes: '', to: '2026-03-10T11:30' });
    const [silence] = await silences();
    expect(silence).toMatchObject({ state: 'active', to: '2026-03-10T10:30:00.000Z', recurrence: null });
    for (const where of [`/events/${event?.id}`, '/events']) {
      expect([where, await read(where)]).toEqual([
        where,
        expect.stringMatching(/silenced until <time[^>]*>11:30</),
      ]);
    }
    world.clock.advance(37_000);
    await world.deliver(acme, { subject: 'PROBLEM: memory low :critical: :org:shop.db: :svr:db1' });
    // Saved as it is shown, it stays as it is.
    await session.post(`/silences/${silence?.id}`, {
      ...once,
      _method: 'patch',
      minutes: '',
      from: shownIn(await read(`${PATH}/${silence?.id}`), 'from'),
      to: '2026-03-10T11:30',
      reason: 'Renamed',
    });
    expect(await silences()).toMatchObject([{ reason: 'Renamed', state: 'active', servers: ['db1'] }]);
    await world.settle();
    const [hidden] = (await api.get<List<EventAnswer>>('/events?q=memory')).body.items;
    const { timeline } = (await api.get<EventAnswer>(`/events/${hidden?.id}`)).body;
    expect(timeline.filter(({ what }) => what === 'silenced')).toHaveLength(1);
    await session.post(`/silences/${silence?.id}/end`, { _next: PATH });
    expect(await read('/events')).not.toContain('silenced until');
    expect(await read(PATH)).toContain('Past');

    await world.deliver(acme, { subject: 'backup ok :sched-perhour-1/0: :org:shop.backup:' });
    const [schedule] = (await api.get<List<{ id: string; name: string }>>('/schedules')).body.items;
    expect(await read('/schedules')).toContain(`href="${PATH}/new?streams=${schedule?.id}"`);
    expect(await read(`${PATH}/new?streams=${schedule?.id}`)).toContain(`Schedule “${schedule?.name}”`);
  });

  it('show managers what is silent and what it hid, and let them change nothing', async () => {
    const { world, acme, session, silences } = await seed();
    await session.post('/silences', { ...weekly, _repeats: 'once' });
    await world.deliver(acme, { subject: 'PROBLEM: memory low :critical: :org:shop.web: :svr:web1' });
    const [silence] = await silences();
    const manager = await BrowserSession.signIn(world.baseUrl, 'max@acme.example');
    const page = await (await manager.get(`${PATH}/${silence?.id}`)).text();
    expect(page).toContain('1 event, 0 notices');
    expect(page).toContain('PROBLEM: memory low');
    expect(page).not.toContain(`action="/silences/${silence?.id}"`);
    expect(await (await manager.get(PATH)).text()).not.toContain('End now');
    expect((await manager.get(`${PATH}/new`)).status).toBe(403);
    expect((await manager.post('/silences', weekly)).status).toBe(403);
  });

  // What pages look like does not depend on the database.
  if (database.kind === 'embedded') return;

  describeWith('Chromium', 'in a browser', (executable) => {
    const browser = useChromium(executable);

    it('look right everywhere, and show only the fields of the chosen kind', async () => {
      const { world, acme, event, session, silences } = await seed();
      await session.post('/silences', { ...weekly, reason: 'Sunday maintenance of the database cluster' });
      await session.post('/silences', { ...weekly, _repeats: 'once', reason: 'Right now' });
      await world.deliver(acme, { subject: 'PROBLEM: memory low :critical: :org:shop.web: :svr:web1' });
      const [active] = await silences();
      for (const look of [{}, { colorScheme: 'dark' }, { width: 390 }] as const) {
        const page = await browser.signIn(world, 'ana@acme.example', look);
        const name = Object.values(look).join('') || 'wide';
        for (const [where, shot] of [
          [PATH, 'silences'],
          [`${PATH}/new`, 'silence-new'],
          [`${PATH}/${active?.id}`, 'silence-one'],
          [`/events/${event?.id}`, 'silence-event'],
          ['/events?interest=all', 'silence-events'],
        ] as const) {
          await page.goto(where);
          expect([where, await findAxeFaults(page)]).toEqual([where, []]);
          expect([where, await scrollsSideways(page)]).toEqual([where, false]);
          await photograph(page, `${shot}-${name}`);
        }
        await page.goto(`${PATH}/new`);
        await page.fill('[name=reason]', 'Weekly');
        await page.fill('[name=orgs]', '*');
        expect(await page.isVisible('[name="recurrence[start]"]')).toBe(false);
        await page.check('[name=_repeats][value=weekly]');
        expect(await page.isVisible('[name=from]')).toBe(false);
        await page.check('[name="recurrence[weekdays]"][value="7"]');
        await page.click('text=Preview');
        await page.waitForSelector('#preview');
        expect(await page.textContent('#preview')).toContain('Would silence 2 open events now: everything');
        expect(await page.isChecked('[name="recurrence[weekdays]"][value="7"]')).toBe(true);
        await photograph(page, `silence-preview-${name}`);
      }
    });
  });
});
