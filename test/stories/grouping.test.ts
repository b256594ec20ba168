import { expect, it } from '@jest/globals';
import type { EventAnswer, List } from '../support/api-shapes.ts';
import { onBothDatabases } from '../support/databases.ts';
import { openWorld, type ApiClient, type World } from '../support/world.ts';
import type { Tenant } from '../../src/accounts/tenants.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

interface Seed {
  world: World;
  acme: Tenant;
  api: ApiClient;
}

onBothDatabases('What belongs together', (database) => {
  async function seed(): Promise<Seed> {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    return { world, acme, api: await world.api(acme) };
  }

  async function open({ api }: Seed): Promise<EventAnswer[]> {
    return (await api.get<List<EventAnswer>>('/events?state=open')).body.items;
  }

  async function get({ api }: Seed, id: string | undefined): Promise<EventAnswer> {
    return (await api.get<EventAnswer>(`/events/${id ?? ''}`)).body;
  }

  /** A file server fails; its clients and their sites follow within three minutes, by different tools. */
  async function failFileServer({ world, acme }: Seed): Promise<void> {
    const mails = [
      [
        'PROBLEM: NFS client waits for nas1 :critical: :org:shop.web.front: :svr:web1.ams.example.com',
        'nfs: server nas1.ams.example.com not responding',
      ],
      [
        'PROBLEM: host is down :critical: :org:shop.infra.storage: :svr:nas1.ams.example.com',
        'ping timed out',
      ],
      [
        'PROBLEM: NFS mount stale :critical: :org:shop.web.front: :svr:web2.ams.example.com',
        'nfs: server nas1.ams.example.com not responding',
      ],
      [
        'PROBLEM: blocked processes :warn: :org:shop.web.front: :svr:web1.ams.example.com',
        'waiting for nas1.ams.example.com',
      ],
      [
        'PROBLEM: NFS mount stale :critical: :org:shop.pay.book: :svr:book1.ams.example.com',
        'nfs: server nas1.ams.example.com not responding',
      ],
      ['PROBLEM: load too high :warn: :org:shop.pay.book: :svr:book1.ams.example.com', 'load average 94'],
    ] as const;
    for (const [subject, body] of mails) {
      await world.deliver(acme, { subject, body });
      world.clock.advance(30 * SECOND);
    }
  }

  it('joins what one failure brings about on several servers into one event, the cause on top', async () => {
    const story = await seed();
    await failFileServer(story);
    const [event, ...others] = await open(story);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ mseCount: 6, severity: 'critical', org: 'shop' });
    expect(event?.title).toBe('PROBLEM: host is down');
    expect((await get(story, event?.id)).timeline.map(({ what }) => what)).toContain('first cause');
  });

  it('completes it when the last of its problems has recovered, not before', async () => {
    const story = await seed();
    const { world, acme } = story;
    await failFileServer(story);
    const recoveries = [
      'RECOVERY: host is down :org:shop.infra.storage: :svr:nas1.ams.example.com',
      'RECOVERY: NFS client waits for nas1 :org:shop.web.front: :svr:web1.ams.example.com',
      'RECOVERY: NFS mount stale :org:shop.web.front: :svr:web2.ams.example.com',
      'RECOVERY: blocked processes :org:shop.web.front: :svr:web1.ams.example.com',
      'RECOVERY: NFS mount stale :org:shop.pay.book: :svr:book1.ams.example.com',
    ];
    for (const subject of recoveries) await world.deliver(acme, { subject });
    const [event] = await open(story);
    expect(event).toMatchObject({ mseCount: 11, severity: 'warn' });
    await world.deliver(acme, {
      subject: 'RECOVERY: load too high :org:shop.pay.book: :svr:book1.ams.example.com',
    });
    expect(await open(story)).toEqual([]);
    expect(await get(story, event?.id)).toMatchObject({ state: 'completed', completedBy: 'recovery' });
  });

  it('keeps two troubles apart that only happen at the same time', async () => {
    const story = await seed();
    const { world, acme } = story;
    await world.deliver(acme, {
      subject: 'PROBLEM: certificate expires :critical: :org:shop.pay.book: :svr:book1.ams.example.com',
    });
    world.clock.advance(20 * SECOND);
    await world.deliver(acme, {
      subject: 'PROBLEM: temperature too high :critical: :org:lab.cold.store: :svr:fridge7.rio.example.net',
    });
    expect(await open(story)).toHaveLength(2);
  });

  it('does not let reports and noise ride along with an incident', async () => {
    const story = await seed();
    const { world, acme } = story;
    await failFileServer(story);
    await world.deliver(acme, {
      subject: 'Daily report of logins :info: :org:shop.web.front: :svr:web1.ams.example.com',
    });
    expect((await open(story)).map(({ mseCount }) => mseCount).sort()).toEqual([1, 6]);
  });

  it('makes two storms of nothing in common two events, marked, each with its first cause on top', async () => {
    const story = await seed();
    const { world, acme } = story;
    const began = world.clock.now().getTime();
    const storage = { tags: ':critical: :org:shop.infra.storage: :svr:nas1.ams.example.com:', after: 0 };
    const uplink = { tags: ':critical: :org:lab.net.core: :svr:sw7.rio.example.net:', after: 5 * SECOND };
    const mails = [
      { subject: `PROBLEM: host is down ${storage.tags}`, body: 'ping timed out', after: storage.after },
      { subject: `PROBLEM: link down ${uplink.tags}`, body: 'port 1', after: uplink.after },
    ];
    for (let client = 1; client < 300; client += 1) {
      const tags = `:critical: :org:shop.web.team${client % 9}: :svr:web${client}.ams.example.com:`;
      const body = 'nfs: server nas1.ams.example.com not responding';
      mails.push({ subject: `PROBLEM: NFS mount stale ${tags}`, body, after: client * 500 });
    }
    for (let probe = 1; probe < 60; probe += 1) {
      const tags = `:warn: :org:lab.cold.room${probe % 5}: :svr:probe${probe}.rio.example.net:`;
      const body = 'no route behind sw7.rio.example.net';
      mails.push({
        subject: `PROBLEM: host unreachable ${tags}`,
        body,
        after: uplink.after + probe * SECOND,
      });
    }
    for (const { subject, body, after } of mails)
      await world.arrive(acme, { subject, body, at: new Date(began + after) });
    world.clock.advance(3 * MINUTE);
    await world.settle();
    const [first, second, ...others] = await open(story);
    expect(others).toEqual([]);
    const storms = [first, second].sort((one, other) => (other?.mseCount ?? 0) - (one?.mseCount ?? 0));
    expect(storms).toMatchObject([
      { mseCount: 300, isStorm: true, title: 'PROBLEM: host is down' },
      { mseCount: 60, isStorm: true, title: 'PROBLEM: link down' },
    ]);
    const told = (await get(story, storms[0]?.id)).timeline.filter(({ what }) => what === 'storm');
    expect(told).toMatchObject([{ why: expect.stringContaining('“PROBLEM: host is down”') }]);
  });

  it('goes on where it was after a restart', async () => {
    const story = await seed();
    await failFileServer(story);
    // Another process takes the tenant over: what grouping knows comes out of the database.
    story.world.parts.pipeline.memories.drop(story.acme.id);
    await story.world.deliver(story.acme, {
      subject: 'PROBLEM: NFS mount stale :critical: :org:shop.pay.till: :svr:till1.ams.example.com',
      body: 'nfs: server nas1.ams.example.com not responding',
    });
    expect(await open(story)).toMatchObject([{ mseCount: 7 }]);
  });

  it('never joins again what a person has split', async () => {
    const story = await seed();
    const { world, acme, api } = story;
    const own = { subject: 'PROBLEM: load too high :warn: :org:shop.pay.book: :svr:book1.ams.example.com' };
    await failFileServer(story);
    const [event] = await open(story);
    const { mses, version } = await get(story, event?.id);
    const load = mses.filter(({ subject }) => subject.includes('load'));
    const split = await api.send<EventAnswer>('POST', `/events/${event?.id ?? ''}/split`, {
      mses: load.map(({ id }) => id),
      version,
    });
    // The split-off event is done; a day and a half later both troubles are back.
    await api.send('POST', `/events/${split.body.id}/completion`, { version: split.body.version });
    world.clock.advance(36 * HOUR);
    await world.deliver(acme, {
      subject: 'PROBLEM: NFS mount stale :critical: :org:shop.pay.book: :svr:book1.ams.example.com',
      body: 'nfs: server nas1.ams.example.com not responding',
    });
    await world.deliver(acme, own);
    expect((await open(story)).map(({ mseCount }) => mseCount).sort()).toEqual([1, 6]);
  });

  it('takes the word of a person who merged: the same two are joined the next time', async () => {
    const story = await seed();
    const { world, acme, api } = story;
    const door = { subject: 'PROBLEM: door open :warn: :org:site.gate: :svr:gate3.osl.example.org' };
    const pump = {
      subject: 'PROBLEM: pump stands still :critical: :org:works.water: :svr:pump9.rio.example.net',
    };
    await world.deliver(acme, door);
    await world.deliver(acme, pump);
    const events = await open(story);
    expect(events).toHaveLength(2);
    const [critical, warn] = events;
    await api.send('POST', `/events/${warn?.id ?? ''}/merge`, { into: critical?.id, version: warn?.version });
    const merged = await get(story, critical?.id);
    await api.send('POST', `/events/${merged.id}/completion`, { version: merged.version });

    world.clock.advance(36 * HOUR);
    await world.deliver(acme, door);
    world.clock.advance(MINUTE);
    await world.deliver(acme, pump);
    expect(await open(story)).toMatchObject([{ mseCount: 2, severity: 'critical' }]);
  });

  it('ends the flapping of what only informs once, when its next mail comes after days', async () => {
    const story = await seed();
    const { world, acme } = story;
    const tags = ':info: :org:shop.web.front: :svr:web1.ams.example.com';
    const at = world.clock.now().getTime();
    for (let turn = 0; turn < 3; turn += 1) {
      const began = new Date(at + turn * 10 * MINUTE);
      await world.arrive(acme, { subject: `PROBLEM: response time ${tags}`, at: began });
      const ended = new Date(began.getTime() + 5 * MINUTE);
      await world.arrive(acme, { subject: `RECOVERY: response time ${tags}`, at: ended });
    }
    await world.arrive(acme, { subject: `PROBLEM: response time ${tags}`, at: new Date(at + 72 * HOUR) });
    world.clock.advance(72 * HOUR);
    await world.settle();
    expect(await open(story)).toMatchObject([{ mseCount: 1, flapping: false }]);
  });

  it('marks what comes and goes as flapping, keeps it open, and ends it after an hour of calm', async () => {
    const story = await seed();
    const { world, acme } = story;
    const tags = ':org:shop.web.front: :svr:web1.ams.example.com';
    for (let turn = 0; turn < 3; turn += 1) {
      await world.deliver(acme, { subject: `PROBLEM: response time :warn: ${tags}` });
      world.clock.advance(5 * MINUTE);
      await world.deliver(acme, { subject: `RECOVERY: response time ${tags}` });
      world.clock.advance(5 * MINUTE);
    }
    const [event] = await open(story);
    expect(event).toMatchObject({ flapping: true, mseCount: 6 });
    world.clock.advance(HOUR);
    await world.settle();
    expect(await open(story)).toEqual([]);
    expect(await get(story, event?.id)).toMatchObject({ flapping: false, completedBy: 'recovery' });
  });
});
