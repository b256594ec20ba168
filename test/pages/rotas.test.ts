import { expect, it } from '@jest/globals';
import type { List, Problem } from '../support/api-shapes.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { findAxeFaults, photograph, scrollsSideways, useChromium } from '../support/chromium.ts';
import { onBothDatabases } from '../support/databases.ts';
import { describeWith } from '../support/describe-with.ts';
import { openWorld } from '../support/world.ts';

const PATH = '/settings/rotas';

interface ShownRota {
  id: string;
  people: string[];
  onCall: { name: string } | null;
  next: { at: string; user: { name: string } | null } | null;
  overrides: { id: string }[];
}

onBothDatabases('Rotas', (database) => {
  /** Tuesday in Berlin. */
  async function seed() {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    const { id: ann } = await world.addUser(acme, 'ann');
    const { id: bo } = await world.addUser(acme, 'bo');
    const { id: cy } = await world.addUser(acme, 'cy');
    await world.addUser(acme, 'max', 'manager');
    const api = await world.api(acme);
    await api.send('PATCH', '/tenant', { timeZone: 'Europe/Berlin' });
    const form = (change: Record<string, string> = {}): [string, string][] => [
      ...Object.entries({
        _form: 'rota',
        _next: `${PATH}/{id}`,
        name: 'Ops',
        every: '1',
        unit: 'week',
        startsOn: '2026-03-09',
        handOverAt: '09:00',
        timeZone: 'Europe/Berlin',
        ...change,
      }),
      ...[ann, '', bo, cy, ''].map((id): [string, string] => ['people', id]),
    ];
    const session = await BrowserSession.signIn(world.baseUrl, 'ann@acme.example');
    const read = async (path: string) => (await session.get(path)).text();
    const rotas = async () => (await api.get<List<ShownRota>>('/rotas')).body.items;
    return { world, acme, api, ann, bo, cy, form, session, read, rotas };
  }

  it('are made by a plain form, say who is on call and when the next one is, and let somebody step in', async () => {
    const { api, ann, bo, cy, form, session, read, rotas } = await seed();
    expect(await read(PATH)).toContain('No rota yet');
    const from = { referer: `http://localhost${PATH}/new` };
    await session.post('/rotas', form({ startsOn: '', name: 'Night' }), from);
    const refused = await read(`${PATH}/new`);
    expect(refused).toMatch(/id="rota-startsOn-fault"/);
    expect(refused).toContain('value="Night"');
    expect([...refused.matchAll(/<option value="([^"]+)" selected>/g)].map(([, id]) => id)).toEqual([
      'week',
      ann,
      bo,
      cy,
    ]);
    const made = await session.post('/rotas', form());
    const [rota] = await rotas();
    expect(made.headers.get('location')).toBe(`${PATH}/${rota?.id}`);
    expect(rota).toMatchObject({
      people: [ann, bo, cy],
      onCall: { name: 'ann' },
      next: { at: '2026-03-16T08:00:00.000Z', user: { name: 'bo' } },
    });
    expect(await read(PATH)).toContain('every week on Monday at 09:00 Europe/Berlin');
    const stepIn = {
      _form: 'override',
      user: cy,
      insteadOf: ann,
      from: '2026-03-12T18:00',
      to: '2026-03-17T09:00',
    };
    expect((await session.post(`/rotas/${rota?.id}/overrides`, stepIn)).status).toBe(303);
    const shifts = async (query = '') =>
      (
        await api.get<List<{ from: string; user: { name: string }; insteadOf: { name: string } | null }>>(
          `/rotas/${rota?.id}/shifts${query}`,
        )
      ).body.items.map(({ from, user, insteadOf }) => [from.slice(0, 16), user.name, insteadOf?.name]);
    // Cy steps in for Ann alone: Bo's turn is his.
    expect(await shifts()).toEqual([
      ['2026-03-09T08:00', 'ann', undefined],
      ['2026-03-12T17:00', 'cy', 'ann'],
      ['2026-03-16T08:00', 'bo', undefined],
      ['2026-03-23T08:00', 'cy', undefined],
    ]);
    expect(await shifts('?from=2026-03-30T00:00&to=2026-03-30T12:00')).toEqual([
      ['2026-03-23T08:00', 'cy', undefined],
      ['2026-03-30T07:00', 'ann', undefined],
    ]);
    const page = await read(`${PATH}/${rota?.id}`);
    expect(page).toContain('cy instead of ann');
    expect(page).toContain('Thu 12 Mar 18:00 – Tue 17 Mar 09:00');
    const [override] = (await rotas())[0]?.overrides ?? [];
    await session.post(`/rota-overrides/${override?.id}`, { _method: 'delete' });
    expect((await rotas())[0]?.overrides).toEqual([]);
  });

  it('go on without who leaves, and nobody else’s turns move', async () => {
    const { world, api, bo, form, session, read, rotas } = await seed();
    await session.post('/rotas', form());
    const [rota] = await rotas();
    const stepIn = { user: bo, from: '2026-03-12T18:00', to: '2026-03-13T18:00' };
    expect((await api.send('POST', `/rotas/${rota?.id}/overrides`, stepIn)).status).toBe(201);
    expect((await api.send('DELETE', `/users/${bo}`)).status).toBe(200);
    const [left] = await rotas();
    expect(left).toMatchObject({
      overrides: [],
      next: { at: '2026-03-16T08:00:00.000Z', user: { name: 'cy' } },
    });
    expect(await read(`${PATH}/${rota?.id}`)).toContain('1 place of people who have left');
    // A change of something else leaves the places.
    await api.send('PATCH', `/rotas/${rota?.id}`, { name: 'Operations' });
    world.clock.set('2026-03-31T08:00:00Z');
    expect(await rotas()).toMatchObject([{ onCall: { name: 'ann' } }]);
  });

  it('refuse what makes no rota, by field, and what a role may not do', async () => {
    const { world, acme, api, ann, bo, session, form, rotas } = await seed();
    const good = { name: 'Ops', startsOn: '2026-03-09', people: [ann] };
    const cases: [string, object][] = [
      ['people', { people: [] }],
      ['people', { people: ['01900000-0000-7000-8000-000000000000'] }],
      ['startsOn', { startsOn: '2026-02-30' }],
      ['handOverAt', { handOverAt: '24:00' }],
      ['timeZone', { timeZone: 'Mars/Base' }],
      ['every', { every: 0 }],
      ['every', { every: 60, unit: 'week' }],
    ];
    for (const [field, change] of cases) {
      const { status, body } = await api.send<Problem>('POST', '/rotas', { ...good, ...change });
      expect([field, status, body.faults?.[0]?.field]).toEqual([field, 400, field]);
    }
    const made = await api.send<ShownRota>('POST', '/rotas', good);
    expect(made.status).toBe(201);
    expect((await api.send<Problem>('POST', '/rotas', good)).body.code).toBe('rota-exists');
    const override = async (change: object) =>
      (
        await api.send<Problem>('POST', `/rotas/${made.body.id}/overrides`, {
          user: bo,
          to: '2026-03-11',
          ...change,
        })
      ).body.faults?.[0]?.field;
    expect(await override({ to: '2026-03-09' })).toBe('to');
    expect(await override({ from: '2026-03-12' })).toBe('to');
    expect(await override({ insteadOf: bo })).toBe('user');
    const far = `/rotas/${made.body.id}/shifts?from=2026-01-01&to=2028-01-01`;
    expect((await api.get(far)).status).toBe(400);
    const rival = await world.api(await world.addTenant('rival'));
    expect((await rival.get(`/rotas/${made.body.id}`)).status).toBe(404);
    const manager = await BrowserSession.signIn(world.baseUrl, 'max@acme.example');
    expect((await manager.post('/rotas', form({ name: 'Mine' }))).status).toBe(403);
    expect((await manager.get(`${PATH}/new`)).status).toBe(403);
    expect(await (await manager.get(`${PATH}/${made.body.id}`)).text()).not.toContain('Step in');
    expect((await (await world.api(acme, 'engineer')).send('DELETE', `/rotas/${made.body.id}`)).status).toBe(
      200,
    );
    expect(await rotas()).toEqual([]);
    expect((await session.get(`${PATH}/${made.body.id}`)).status).toBe(404);
  });

  // What pages look like does not depend on the database.
  if (database.kind === 'embedded') return;

  describeWith('Chromium', 'in a browser', (executable) => {
    const browser = useChromium(executable);

    it('look right everywhere', async () => {
      const { world, ann, cy, form, session, rotas } = await seed();
      await session.post('/rotas', form());
      await session.post('/rotas', form({ name: 'Storage at night', unit: 'day', every: '2' }));
      const [rota] = await rotas();
      const stepIn = { user: cy, insteadOf: ann, from: '2026-03-12T18:00', to: '2026-03-15T09:00' };
      await session.post(`/rotas/${rota?.id}/overrides`, stepIn);
      for (const look of [{}, { colorScheme: 'dark' }, { width: 390 }] as const) {
        const page = await browser.signIn(world, 'ann@acme.example', look);
        const name = Object.values(look).join('') || 'wide';
        for (const [where, shot] of [
          [PATH, 'rotas'],
          [`${PATH}/new`, 'rota-new'],
          [`${PATH}/${rota?.id}`, 'rota-one'],
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
