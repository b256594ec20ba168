import { expect, it } from '@jest/globals';
import type { EventAnswer, List } from '../support/api-shapes.ts';
import { onBothDatabases } from '../support/databases.ts';
import { openWorld, type ApiClient } from '../support/world.ts';

async function get(api: ApiClient, id: string): Promise<EventAnswer> {
  return (await api.get<EventAnswer>(`/events/${id}`)).body;
}

const HOUR = 3_600_000;

async function open(api: ApiClient): Promise<EventAnswer[]> {
  return (await api.get<List<EventAnswer>>('/events?state=open')).body.items;
}

onBothDatabases('Merge and split', (database) => {
  async function twoEvents() {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    const api = await world.api(acme);
    await world.deliver(acme, { subject: 'nfs stalled :critical: :org:shop.infra: :svr:nfs1' });
    // Far enough apart that nothing but a person joins them.
    world.clock.advance(3 * HOUR);
    await world.deliver(acme, { subject: 'mount hangs :warn: :org:shop.web: :svr:web1' });
    const [critical, warn] = await open(api);
    if (!critical || !warn) throw new Error('two events were expected');
    return { world, acme, api, nfs: critical, mount: warn };
  }

  it('moves all mails of one event into the other, with the later ones of their signals', async () => {
    const { world, acme, api, nfs, mount } = await twoEvents();
    const merged = await api.send<EventAnswer>('POST', `/events/${mount.id}/merge`, {
      into: nfs.id,
      version: mount.version,
    });
    expect(merged.body).toMatchObject({
      id: nfs.id,
      mseCount: 2,
      severity: 'critical',
      org: 'shop',
      servers: ['nfs1', 'web1'],
    });
    await world.deliver(acme, { subject: 'mount hangs :warn: :org:shop.web: :svr:web1' });
    expect(await open(api)).toMatchObject([{ id: nfs.id, mseCount: 3 }]);
    // In no list, but its page still leads on.
    expect((await api.get<List<EventAnswer>>('/events')).body.items.map(({ id }) => id)).toEqual([nfs.id]);
    expect((await get(api, mount.id)).state).toBe('merged');
  });

  it('takes a merge back, with the mails that came meanwhile', async () => {
    const { world, acme, api, nfs, mount } = await twoEvents();
    await api.send('POST', `/events/${mount.id}/merge`, { into: nfs.id, version: mount.version });
    world.clock.advance(60_000);
    await world.deliver(acme, { subject: 'mount hangs :warn: :org:shop.web: :svr:web1' });
    const kept = await get(api, nfs.id);
    const row = kept.timeline.find(({ what }) => what.includes('merge'));
    const undone = await api.send('POST', `/events/${nfs.id}/undo`, {
      change: row?.id,
      version: kept.version,
    });
    expect(undone.status).toBe(200);
    expect((await open(api)).map(({ id, mseCount }) => [id, mseCount])).toEqual([
      [nfs.id, 1],
      [mount.id, 2],
    ]);
    const again = await get(api, nfs.id);
    expect(
      (await api.send('POST', `/events/${nfs.id}/undo`, { change: row?.id, version: again.version })).status,
    ).toBe(409);
    await world.deliver(acme, { subject: 'mount hangs :warn: :org:shop.web: :svr:web1' });
    expect((await get(api, mount.id)).mseCount).toBe(3);
  });

  it('splits mails off into an event of their own, and takes that back', async () => {
    const { world, acme, api, nfs, mount } = await twoEvents();
    await api.send('POST', `/events/${mount.id}/merge`, { into: nfs.id, version: mount.version });
    const whole = await get(api, nfs.id);
    const stray = whole.mses.find(({ subject }) => subject.startsWith('mount'));
    const split = await api.send<EventAnswer>('POST', `/events/${nfs.id}/split`, {
      mses: [stray?.id],
      version: whole.version,
    });
    expect(split.body).toMatchObject({
      title: 'mount hangs',
      severity: 'warn',
      org: 'shop.web',
      mseCount: 1,
      state: 'open',
    });
    await world.deliver(acme, { subject: 'mount hangs :warn: :org:shop.web: :svr:web1' });
    expect((await get(api, split.body.id)).mseCount).toBe(2);
    const rest = await get(api, nfs.id);
    expect(rest).toMatchObject({ mseCount: 1, servers: ['nfs1'], org: 'shop.infra' });
    const row = rest.timeline.find(({ what }) => what === 'split');
    await api.send('POST', `/events/${nfs.id}/undo`, { change: row?.id, version: rest.version });
    expect(await open(api)).toMatchObject([{ id: nfs.id, mseCount: 3 }]);
  });

  it('refuses to split all mails off, mails of others, or to merge an event into itself', async () => {
    const { api, nfs, mount } = await twoEvents();
    const own = (await get(api, nfs.id)).mses[0]?.id;
    const foreign = (await get(api, mount.id)).mses[0]?.id;
    expect((await api.send('POST', `/events/${nfs.id}/split`, { mses: [own], version: 1 })).status).toBe(400);
    expect((await api.send('POST', `/events/${nfs.id}/split`, { mses: [foreign], version: 1 })).status).toBe(
      400,
    );
    expect((await api.send('POST', `/events/${nfs.id}/merge`, { into: nfs.id, version: 1 })).status).toBe(
      400,
    );
    expect((await get(api, nfs.id)).mseCount).toBe(1);
  });
});
