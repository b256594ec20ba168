/** The inventory of servers: it fills itself, people's decisions hold, and mails without an org get their server's. */
import { expect, it } from '@jest/globals';
import type { List, MseAnswer } from '../support/api-shapes.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { onBothDatabases } from '../support/databases.ts';
import { openWorld } from '../support/world.ts';

interface ServerAnswer {
  id: string;
  name: string;
  state: string;
  org: string | null;
  usualOrg: string | null;
  mails: number;
}

onBothDatabases('Servers', (database) => {
  async function seed() {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    const api = await world.api(acme);
    const tag = (host: string, org: string) =>
      world.deliver(acme, { subject: `job done :org:${org}: :svr:${host}:` });
    const listServers = async (query = '') =>
      (await api.get<List<ServerAnswer>>(`/servers${query}`)).body.items;
    const newest = async () => (await api.get<List<MseAnswer>>('/mses?limit=1')).body.items[0];
    const cron = async () => {
      await world.deliver(acme, { from: 'root@db-01.ams.example.com', subject: 'Cron <root@db-01> backup' });
      return newest();
    };
    return { world, acme, api, tag, listServers, newest, cron };
  }

  it('are proposed with the org that their mails have, which untagged mails then get', async () => {
    const { tag, listServers, cron } = await seed();
    for (let mail = 0; mail < 3; mail += 1) await tag('db-01.ams.example.com', 'shop.checkout');
    expect(await listServers()).toMatchObject([
      { name: 'db-01.ams.example.com', state: 'proposed', org: null, usualOrg: 'shop.checkout', mails: 3 },
    ]);
    expect(await cron()).toMatchObject({
      org: 'shop.checkout',
      servers: ['db-01.ams.example.com'],
      sources: { org: 'model', servers: 'parser' },
    });
  });

  it('are what people say: org, name and whether they are servers at all', async () => {
    const { api, cron, listServers } = await seed();
    await cron();
    const [server] = await listServers('?state=proposed&q=DB-01');
    const change = async (body: unknown) => api.send<ServerAnswer>('PATCH', `/servers/${server?.id}`, body);
    expect((await change({ org: 'shop.db', state: 'confirmed' })).body).toMatchObject({ org: 'shop.db' });
    expect(await cron()).toMatchObject({ org: 'shop.db' });
    await change({ renamedTo: 'db-41.ams.example.com' });
    expect(await cron()).toMatchObject({ servers: ['db-41.ams.example.com'] });
    await change({ renamedTo: null, state: 'ignored' });
    expect(await cron()).toMatchObject({ servers: [], org: null });
    expect((await change({ renamedTo: 'db-01.ams.example.com' })).status).toBe(400);
    expect((await change({ renamedTo: 'no name' })).status).toBe(400);
  });

  it('learn where they belong from corrections, and from what people write', async () => {
    const { api, cron, listServers } = await seed();
    const mse = await cron();
    await api.send('PATCH', `/mses/${mse?.id}`, { org: 'shop.db', servers: ['db-01.ams.example.com'] });
    expect(await listServers()).toMatchObject([{ state: 'confirmed', usualOrg: 'shop.db' }]);
    expect(await cron()).toMatchObject({ org: 'shop.db' });
  });

  it('learn from a correction of a mail about several where each belongs, unless that is only what they share', async () => {
    const { world, acme, api, cron, tag, newest } = await seed();
    const both = async (org: string) => {
      await world.deliver(acme, {
        subject: 'cluster is slow :svr:db-01.ams.example.com: :svr:db-02.ams.example.com:',
      });
      await api.send('PATCH', `/mses/${(await newest())?.id}`, { org });
    };
    await tag('web-01.ams.example.com', 'shop.web.front');
    await both('shop.web');
    expect(await cron()).toMatchObject({ org: null });
    await both('shop.db');
    expect(await cron()).toMatchObject({ org: 'shop.db' });
  });

  it('survive a change of the process that triages', async () => {
    const { world, tag, cron, acme } = await seed();
    for (let mail = 0; mail < 3; mail += 1) await tag('db-01.ams.example.com', 'shop.checkout');
    world.parts.pipeline.memories.drop(acme.id);
    expect(await cron()).toMatchObject({ org: 'shop.checkout' });
  });

  it('of one tenant are unknown to another', async () => {
    const { world, tag, listServers, api } = await seed();
    await tag('db-01.ams.example.com', 'shop');
    const other = await world.api(await world.addTenant('other'));
    expect((await other.get<List<ServerAnswer>>('/servers')).body.items).toEqual([]);
    const [server] = await listServers();
    expect((await other.get(`/servers/${server?.id}`)).status).toBe(404);
    expect((await other.send('PATCH', `/servers/${server?.id}`, { state: 'ignored' })).status).toBe(404);
    expect((await api.send('POST', '/servers', { name: 'db-01.ams.example.com' })).status).toBe(409);
  });

  it('are confirmed, ignored and moved by plain forms', async () => {
    const { world, acme, tag, listServers } = await seed();
    const ana = await world.addUser(acme, 'ana');
    await world.addUser(acme, 'boss', 'manager');
    const session = await BrowserSession.signIn(world.baseUrl, ana.email);
    const show = async (path: string) => (await session.get(path)).text();
    expect(await show('/settings/servers')).toContain('No server yet');
    await tag('db-01.example.com', 'shop');
    await tag('db-02.example.com', 'shop');
    expect(await show('/settings/servers')).toContain('2 proposed by mails, 0 confirmed, 0 ignored');
    const [first, second] = await listServers();
    await session.post(`/servers/${first?.id}`, { _method: 'patch', state: 'confirmed' });
    await session.post(`/servers/${second?.id}`, { _method: 'patch', state: 'ignored' });
    expect(await show('/settings/servers')).toContain('0 proposed by mails, 1 confirmed, 1 ignored');
    const filtered = await show('/settings/servers?state=ignored');
    expect(filtered).toContain('db-02.example.com');
    expect(filtered).not.toContain('db-01.example.com');
    const path = `/settings/servers/${first?.id}`;
    expect(await show(path)).toContain('Is called now');
    const from = { referer: `${world.baseUrl}${path}` };
    const form = { _method: 'patch', _form: 'server', state: 'confirmed', org: 'shop.db' };
    await session.post(`/servers/${first?.id}`, { ...form, renamedTo: 'no name' }, from);
    expect(await show(path)).toContain('Give a host name');
    await session.post(`/servers/${first?.id}`, { ...form, renamedTo: '' }, from);
    expect(await listServers('?state=confirmed')).toMatchObject([{ org: 'shop.db' }]);
    const boss = await BrowserSession.signIn(world.baseUrl, 'boss@acme.example');
    expect(await (await boss.get('/settings/servers')).text()).not.toContain('aria-label="Confirm');
    expect((await boss.get(path)).status).toBe(403);
  });
});
