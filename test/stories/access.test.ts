/** Who may see and do what: tenants apart, roles, tokens, sessions, and requests that are not ours. */
import { expect, it } from '@jest/globals';
import { operations } from '../../src/web/api/operations.ts';
import type { EventAnswer, List, Problem } from '../support/api-shapes.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { onBothDatabases } from '../support/databases.ts';
import { PASSWORD } from '../support/browser-session.ts';
import { openWorld } from '../support/world.ts';

const NO_ID = '019cd6fe-f8c0-7000-8018-87c6b4cee432';

onBothDatabases('Access', (database) => {
  async function seed() {
    const world = await openWorld(database);
    const [acme, other] = [await world.addTenant('acme'), await world.addTenant('other')];
    await world.addUser(acme, 'owner', 'admin');
    await world.addUser(acme, 'teammate', 'engineer');
    await world.addUser(acme, 'boss', 'manager');
    await world.addUser(other, 'outsider', 'admin');
    await world.deliver(acme, { subject: 'PROBLEM: disk :critical: :org:shop.db: :sched-perday-1:' });
    const api = await world.api(acme);
    const [event] = (await api.get<List<EventAnswer>>('/events')).body.items;
    if (!event) throw new Error('an event was expected');
    return { world, acme, other, api, event };
  }

  it('needs a token for every call but the description', async () => {
    const { world } = await seed();
    const nobody = world.client();
    for (const { method, path } of operations) {
      const answer = await nobody.send(
        method.toUpperCase(),
        path.replace('{id}', NO_ID),
        method === 'get' ? undefined : '{',
      );
      expect([method, path, answer.status]).toEqual([method, path, 401]);
    }
    expect((await nobody.get('/openapi.json')).status).toBe(200);
    for (const wrong of [
      'Bearer x',
      'Bearer dtm_00000000000000000000000000000000_0000000000000000000000000000000000000000',
      'Basic eDp5',
    ]) {
      expect((await world.client({ authorization: wrong }).get('/events')).status).toBe(401);
    }
  });

  it('is refused by role before the body is read', async () => {
    const { world, acme } = await seed();
    const manager = await world.api(acme, 'manager');
    const engineer = await world.api(acme, 'engineer');
    for (const { method, path, permission } of operations) {
      if (permission === 'read') continue;
      const call = `${method} ${path}`;
      const target = path.replace('{id}', NO_ID);
      expect([
        call,
        (await manager.send(method.toUpperCase(), target, method === 'get' ? undefined : '{')).status,
      ]).toEqual([call, 403]);
      if (permission !== 'administer') continue;
      expect([
        call,
        (await engineer.send(method.toUpperCase(), target, method === 'get' ? undefined : '{')).status,
      ]).toEqual([call, 403]);
    }
    expect((await manager.get('/events')).status).toBe(200);
  });

  it('finds nothing of another tenant, by path or by body', async () => {
    const { world, other, api, event } = await seed();
    const stranger = await world.api(other);
    expect((await stranger.get<List<EventAnswer>>('/events')).body.items).toEqual([]);
    expect((await stranger.get<List<EventAnswer>>('/mses')).body.items).toEqual([]);
    for (const path of [
      `/events/${event.id}`,
      `/mses/${event.id}`,
      `/schedules/${event.id}`,
      `/events/${event.id}/audience`,
    ]) {
      expect((await stranger.get(path)).status).toBe(404);
    }
    expect((await stranger.send('POST', `/events/${event.id}/completion`, { version: 1 })).status).toBe(404);
    const [outsider] = (await stranger.get<List<{ id: string }>>('/users')).body.items;
    expect(
      (await api.send('POST', `/events/${event.id}/assignment`, { user: outsider?.id, version: 1 })).status,
    ).toBe(400);
    expect((await api.send('POST', '/groups', { name: 'x', users: [outsider?.id] })).status).toBe(404);
    const [group] = (await stranger.get<List<{ id: string }>>('/groups')).body.items;
    expect(
      (await api.send('POST', '/subscriptions', { group: group?.id, pattern: 'a.*', level: 'responder' }))
        .status,
    ).toBe(404);
  });

  it('answers malformed requests with what is wrong', async () => {
    const { api, event } = await seed();
    const path = `/events/${event.id}/assignment`;
    expect((await api.send<Problem>('POST', path, '{"user":')).body).toMatchObject({
      status: 400,
      code: 'malformed-json',
    });
    expect((await api.send<Problem>('POST', path, '[]')).body.status).toBe(400);
    expect(
      (await api.send<Problem>('POST', path, { user: 'nobody', version: 'one' })).body.faults?.map(
        ({ field }) => field,
      ),
    ).toEqual(['user', 'version']);
    expect((await api.send('POST', path, `"${'x'.repeat(6_000_000)}"`)).status).toBe(413);
    expect((await api.get<Problem>('/events?limit=0')).body.faults).toMatchObject([{ field: 'limit' }]);
    expect((await api.get<Problem>('/events?cursor=nonsense')).body.faults).toMatchObject([
      { field: 'cursor' },
    ]);
    expect((await api.get<Problem>('/events/not-an-id')).status).toBe(404);
    expect((await api.get<Problem>('/nothing')).status).toBe(404);
    const answer = await api.get<Problem>('/events/not-an-id');
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it('ends with a removed token at once', async () => {
    const { world, acme, api } = await seed();
    const made = (
      await api.send<{ id: string; token: string }>('POST', '/tokens', { role: 'engineer', name: 'script' })
    ).body;
    const script = world.client({ authorization: `Bearer ${made.token}` });
    expect((await script.get('/events')).status).toBe(200);
    await api.send('DELETE', `/tokens/${made.id}`);
    expect((await script.get('/events')).status).toBe(401);
    const listed = (await (await world.api(acme)).get<List<object>>('/tokens')).body.items;
    expect(JSON.stringify(listed)).not.toContain(made.token.split('_')[2]);
  });

  it('to pages needs a session, which ends with signing out', async () => {
    const { world } = await seed();
    const stranger = new BrowserSession(world.baseUrl);
    const turnedAway = await stranger.get('/events?severity=critical');
    expect([turnedAway.status, turnedAway.headers.get('location')]).toEqual([
      303,
      '/login?next=%2Fevents%3Fseverity%3Dcritical',
    ]);
    const owner = await BrowserSession.signIn(world.baseUrl, 'Owner@acme.example');
    expect((await owner.get('/events')).status).toBe(200);
    const cookie = owner.cookie;
    expect((await owner.post('/logout', {})).status).toBe(303);
    expect((await owner.get('/events', { cookie })).status).toBe(303);
  });

  it('by password is slowed down for one account from one address, and not for others', async () => {
    const { world } = await seed();
    const guesser = new BrowserSession(world.baseUrl);
    for (let guess = 0; guess < 10; guess += 1) {
      expect((await guesser.post('/login', { email: 'owner@acme.example', password: 'wrong' })).status).toBe(
        401,
      );
    }
    const refused = await guesser.post('/login', { email: 'owner@acme.example', password: PASSWORD });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(
      (await guesser.post('/login', { email: 'teammate@acme.example', password: PASSWORD })).status,
    ).toBe(303);
  });

  it('leads after signing in only to pages of ours', async () => {
    const { world } = await seed();
    const session = new BrowserSession(world.baseUrl);
    for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
      const answer = await session.post('/login', { email: 'owner@acme.example', password: PASSWORD, next });
      expect(answer.headers.get('location')).toBe('/');
    }
  });

  it('by a form of another site is refused', async () => {
    const { world, event } = await seed();
    const owner = await BrowserSession.signIn(world.baseUrl, 'owner@acme.example');
    const complete = (headers: Record<string, string>) =>
      owner.post(`/events/${event.id}/completion`, { version: '1' }, headers);
    expect((await complete({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await complete({ origin: 'null' })).status).toBe(403);
    expect((await complete({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await complete({ 'sec-fetch-site': 'same-site' })).status).toBe(403);
    expect((await complete({})).status).toBe(303);
  });

  it('has a role in each tenant, and the tenant is chosen', async () => {
    const { world, other } = await seed();
    const both = await BrowserSession.signIn(world.baseUrl, 'owner@acme.example');
    const stranger = await world.api(other);
    const joined = await stranger.send('POST', '/users', {
      email: 'owner@acme.example',
      role: 'manager',
      password: '',
    });
    expect(joined.status).toBe(201);
    expect(await (await both.get('/events?interest=all')).text()).toContain('PROBLEM: disk');
    await both.post('/tenant-choice', { tenant: other.id });
    expect(await (await both.get('/events?interest=all')).text()).not.toContain('PROBLEM: disk');
    expect((await both.post('/rules', { name: 'x' })).status).toBe(403);
  });

  it('sets cookies for https only when people come by https, and never shows the version of anything', async () => {
    const world = await openWorld(database, { settings: { DATAMER_PUBLIC_URL: 'https://pager.example' } });
    const acme = await world.addTenant('acme');
    await world.addUser(acme, 'ana');
    const answer = await fetch(`${world.baseUrl}/login`, {
      method: 'POST',
      body: new URLSearchParams({ email: 'ana@acme.example', password: PASSWORD }),
      headers: { origin: 'https://pager.example' },
      redirect: 'manual',
    });
    expect(answer.headers.get('set-cookie')).toMatch(/; HttpOnly; Secure; SameSite=Lax/);
    expect(answer.headers.get('x-powered-by')).toBeNull();
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
  });
});
