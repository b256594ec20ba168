import { expect, it } from '@jest/globals';
import type { EventAnswer, List } from '../support/api-shapes.ts';
import { onBothDatabases } from '../support/databases.ts';
import { openWorld, type ApiClient, type World } from '../support/world.ts';
import type { Tenant } from '../../src/accounts/tenants.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TAGS = ':org:shop.db: :svr:db1.example.com';

async function seed(world: World): Promise<{ acme: Tenant; api: ApiClient }> {
  const acme = await world.addTenant('acme');
  return { acme, api: await world.api(acme) };
}

async function list(api: ApiClient, query: string): Promise<EventAnswer[]> {
  return (await api.get<List<EventAnswer>>(`/events?${query}`)).body.items;
}

async function only(api: ApiClient, query = ''): Promise<EventAnswer> {
  const [event, ...others] = await list(api, query);
  expect(others).toEqual([]);
  if (!event) throw new Error('there is no event');
  return (await api.get<EventAnswer>(`/events/${event.id}`)).body;
}

async function later(world: World, ms: number): Promise<void> {
  world.clock.advance(ms);
  await world.settle();
}

onBothDatabases('The life of an event', (database) => {
  it('opens with the first mail, takes its repetitions, and completes with the recovery', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    const firstAt = world.clock.now().toISOString();
    await world.deliver(acme, { subject: `PROBLEM: disk 95 % :critical: ${TAGS}` });
    world.clock.advance(5 * MINUTE);
    await world.deliver(acme, { subject: `PROBLEM: disk 97 % :critical: ${TAGS}` });
    expect(await only(api, 'state=open')).toMatchObject({
      number: 1,
      kind: 'FAILED',
      severity: 'critical',
      org: 'shop.db',
      servers: ['db1.example.com'],
      title: 'PROBLEM: disk 95 %',
      createdAt: firstAt,
      mseCount: 2,
    });
    world.clock.advance(5 * MINUTE);
    await world.deliver(acme, { subject: `RECOVERY: disk 40 % ${TAGS}` });
    const event = await only(api);
    expect(event).toMatchObject({
      state: 'completed',
      completedBy: 'recovery',
      completedAt: world.clock.now().toISOString(),
      mseCount: 3,
    });
    expect(event.timeline.map(({ what }) => what)).toEqual(['completed', 'opened']);
  });

  it('is reopened, for anybody to take, when the same signal returns within the window', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    const ana = await world.addUser(acme, 'ana');
    await world.deliver(acme, { subject: `PROBLEM: disk :critical: ${TAGS}` });
    const { id, version } = await only(api);
    await api.send('POST', `/events/${id}/assignment`, { user: ana.id, version });
    await api.send('POST', `/events/${id}/completion`, { note: 'cleaned /var', version: version + 1 });
    world.clock.advance(23 * HOUR);
    await world.deliver(acme, { subject: `PROBLEM: disk :critical: ${TAGS}` });
    const event = await only(api, 'state=open');
    expect(event).toMatchObject({ id, assignee: null, completedAt: null, mseCount: 2 });
    expect(event.timeline.map(({ what }) => what)).toEqual(['reopened', 'completed', 'assigned', 'opened']);
  });

  it('is left to history when the signal returns after the window; the new event knows of it', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    await world.deliver(acme, { subject: `PROBLEM: disk :critical: ${TAGS}` });
    const first = await only(api);
    await api.send('POST', `/events/${first.id}/completion`, {
      note: 'cleaned /var',
      version: first.version,
    });
    world.clock.advance(25 * HOUR);
    await world.deliver(acme, { subject: `PROBLEM: disk :critical: ${TAGS}` });
    const second = await only(api, 'state=open');
    expect(second.id).not.toBe(first.id);
    expect(second.related).toMatchObject([{ id: first.id, note: 'cleaned /var' }]);
  });

  it('keeps a recovery that comes after a person completed it, and stays completed', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    await world.deliver(acme, { subject: `PROBLEM: disk :critical: ${TAGS}` });
    const { id, version } = await only(api);
    await api.send('POST', `/events/${id}/completion`, { version });
    await world.deliver(acme, { subject: `RECOVERY: disk ${TAGS}` });
    expect(await only(api)).toMatchObject({ id, state: 'completed', mseCount: 2 });
  });

  it('opens nothing critical for the recovery of a problem that nobody saw', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    await world.deliver(acme, { subject: `RECOVERY: disk :critical: ${TAGS}` });
    expect(await list(api, 'state=open')).toEqual([]);
    expect(await only(api)).toMatchObject({ state: 'completed', severity: 'info' });
  });

  it('asks nobody to look at good news, unless it is marked as worse or not at all', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    for (const subject of ['Backup of mail succeeded :info:', 'Sync succeeded :warn:', 'Export succeeded']) {
      await world.deliver(acme, { subject });
      await later(world, HOUR);
      await world.deliver(acme, { subject });
    }
    const events = await list(api, '');
    expect(events.map(({ severity, state, mseCount }) => [severity, state, mseCount])).toEqual([
      ['warn', 'open', 2],
      [null, 'open', 2],
      ['info', 'completed', 2],
    ]);
  });

  it('completes itself after a day of quiet when it is only information', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    await world.deliver(acme, { subject: `nightly statistics :info: ${TAGS}` });
    await later(world, 23 * HOUR);
    expect((await only(api)).state).toBe('open');
    await world.deliver(acme, { subject: `nightly statistics :info: ${TAGS}` });
    await later(world, 23 * HOUR);
    expect((await only(api)).state).toBe('open');
    await later(world, 2 * HOUR);
    expect(await only(api)).toMatchObject({ state: 'completed', completedBy: 'quiet' });
  });

  it('follows its signal from warn to critical and back', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    await world.deliver(acme, { subject: `disk WARNING :warn: ${TAGS}` });
    await world.deliver(acme, { subject: `disk CRITICAL :critical: ${TAGS}` });
    expect((await only(api)).severity).toBe('critical');
    await world.deliver(acme, { subject: `disk WARNING :warn: ${TAGS}` });
    const event = await only(api);
    expect(event.severity).toBe('warn');
    expect(event.timeline.filter(({ what }) => what === 'severity').map(({ detail }) => detail)).toEqual([
      { from: 'critical', to: 'warn' },
      { from: 'warn', to: 'critical' },
    ]);
  });

  it('lists a flood in its timeline by tens, not mail by mail', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    for (let mail = 0; mail < 120; mail += 1)
      await world.arrive(acme, { subject: `PROBLEM: disk ${mail} % :critical: ${TAGS}` });
    await world.settle();
    const event = await only(api);
    expect(event.mseCount).toBe(120);
    expect(event.timeline.map(({ what, detail }) => detail['count'] ?? what)).toEqual([100, 10, 'opened']);
  });

  it('of information that flapped long ago ends once, in a history of weeks', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    const start = world.clock.now().getTime() - 7 * 24 * HOUR;
    for (let turn = 0; turn < 8; turn += 1) {
      const state = turn % 2 === 0 ? 'PROBLEM' : 'RECOVERY';
      const at = new Date(start + turn * 5 * MINUTE);
      await world.arrive(acme, { subject: `${state}: link :info: ${TAGS}`, at, door: 'import' });
    }
    const later = new Date(start + 4 * 24 * HOUR);
    await world.arrive(acme, { subject: `PROBLEM: link :info: ${TAGS}`, at: later, door: 'import' });
    await world.settle();
    expect((await api.get<List<unknown>>('/mses')).body.items).toHaveLength(9);
  });

  it('is hidden while it is snoozed and comes back by itself', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    await world.deliver(acme, { subject: `PROBLEM: disk :critical: ${TAGS}` });
    const { id, version } = await only(api);
    const until = new Date(world.clock.now().getTime() + HOUR).toISOString();
    await api.send('POST', `/events/${id}/snooze`, { until, version });
    expect(await list(api, 'state=open')).toEqual([]);
    expect(await only(api, 'state=snoozed')).toMatchObject({ id, state: 'snoozed' });
    world.clock.advance(HOUR + 1);
    expect(await only(api, 'state=open')).toMatchObject({ id, state: 'open' });
  });

  it('comes in the order critical, warn, unclassified, info; unassigned first; then newest', async () => {
    const world = await openWorld(database);
    const { acme, api } = await seed(world);
    const ana = await world.addUser(acme, 'ana');
    const subjects = ['a :info:', 'b', 'c :warn:', 'd :critical:', 'e :critical:', 'f :critical:'];
    for (const subject of subjects) {
      // Far enough apart that none joins another.
      world.clock.advance(3 * HOUR);
      await world.deliver(acme, { subject: `${subject} :org:x:` });
    }
    const taken = (await list(api, 'q=f')).find(({ title }) => title === 'f');
    await api.send('POST', `/events/${taken?.id ?? ''}/assignment`, { user: ana.id, version: 1 });
    expect((await list(api, 'state=open')).map(({ title }) => title)).toEqual(['e', 'd', 'f', 'c', 'b', 'a']);
    const pages: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: List<EventAnswer> = (await api.get<List<EventAnswer>>(`/events?limit=2&cursor=${cursor}`))
        .body;
      pages.push(...page.items.map(({ title }) => title));
      cursor = page.nextCursor;
    }
    expect(pages).toEqual(['e', 'd', 'f', 'c', 'b', 'a']);
  });
});
