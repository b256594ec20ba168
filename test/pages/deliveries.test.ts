/** Deliveries: what went out, what failed and why, what is held back; and who was told, on the page of the event. */
import { expect, it } from '@jest/globals';
import { inTenant } from '../../src/db/transaction.ts';
import { later } from '../../src/kernel/clock.ts';
import { newId, type ChannelId } from '../../src/kernel/ids.ts';
import { addDeliveries, findDelivery, markFailed, newDelivery } from '../../src/outbound/deliveries.ts';
import { listDeliveries } from '../../src/outbound/list-deliveries.ts';
import type { EventAnswer, List } from '../support/api-shapes.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { findAxeFaults, photograph, scrollsSideways, useChromium } from '../support/chromium.ts';
import { onBothDatabases } from '../support/databases.ts';
import { describeWith } from '../support/describe-with.ts';
import { openWorld } from '../support/world.ts';

const PATH = '/settings/deliveries';

interface Listed {
  id: string;
  subject: string;
  state: string;
}

onBothDatabases('The pages of notices', (database) => {
  async function seed() {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    const ana = await world.addUser(acme, 'ana', 'admin');
    const bo = await world.addUser(acme, 'bo');
    const api = await world.api(acme);
    const session = await BrowserSession.signIn(world.baseUrl, ana.email);
    const read = async (path: string) =>
      (await (await session.get(path)).text()).replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');
    /** `count` notices to Ana and a room in turn, a second apart; every third fails. */
    const send = async (count: number, room: ChannelId) => {
      const { dataSource } = world.parts.database;
      await inTenant(dataSource, acme.id, async (tx) => {
        for (let index = 0; index < count; index += 1) {
          const at = later(world.clock.now(), index * 1000);
          const to =
            index % 2 === 0
              ? { userId: ana.id, address: ana.email }
              : { userId: null, channelId: room, address: 'Ops room' };
          const message = {
            subject: `notice ${index} of a long night`,
            greeting: null,
            lead: 'this has happened:',
            event: null,
            sections: [],
            actions: [],
          };
          const notice = { kind: 'event' as const, eventId: null, changeId: null, message };
          await addDeliveries(tx, acme.id, [newDelivery(to, notice, { mailDomain: 'x' }, at)], at);
        }
        const { items } = await listDeliveries(tx, acme.id, {}, { limit: count });
        for (const { id } of items.filter((_one, index) => index % 3 === 0)) {
          const failed = await findDelivery(tx, acme.id, id);
          if (failed) await markFailed(tx, failed, '550 5.1.1 no such user here', world.clock.now());
        }
      });
    };
    return { world, acme, ana, bo, api, session, read, send };
  }

  it('lists all of them by pages, by state and by whom they went to, on the page as by the API', async () => {
    const { world, api, read, send, ana } = await seed();
    expect(await read(PATH)).toContain('No notice yet');
    const room = newId<ChannelId>(world.clock.now());
    await send(120, room);

    const seen: string[] = [];
    let path: string | undefined = PATH;
    while (path) {
      const shown: string = await read(path);
      seen.push(...Array.from(shown.matchAll(/notice (\d+) of a long night/g), ([, number]) => number ?? ''));
      path = /<a [^>]*href="([^"]+)" rel="next"/.exec(shown)?.[1];
    }
    expect(seen).toEqual(Array.from({ length: 120 }, (_one, index) => String(119 - index)));

    const failed = await read(`${PATH}?state=failed`);
    expect(failed.match(/550 5\.1\.1 no such user here/g)).toHaveLength(40);
    expect(failed).toMatch(/Failed <span class="count">40</);
    expect(failed).toMatch(/Waiting <span class="count">80</);
    const listed = async (query: string) => (await api.get<List<Listed>>(`/deliveries?${query}`)).body.items;
    expect(await listed('state=failed&limit=500')).toHaveLength(40);
    expect(await listed(`channel=${room}&limit=500`)).toHaveLength(60);
    expect(await listed(`user=${ana.id}&state=pending&limit=500`)).toHaveLength(40);
    expect(await read(`${PATH}?to=${ana.id}&state=failed`)).toContain('550 5.1.1');
    expect(await read(`${PATH}?state=sent`)).toContain('No such notice');
    expect(await read(`${PATH}?state=nonsense&to=me`)).toContain('notice 119 of a long night');
    expect((await api.get('/deliveries?cursor=xyz')).status).toBe(400);
  });

  it('say of an event who was told, in a list too, and whose notice is still held back', async () => {
    const { world, acme, bo, api, read } = await seed();
    const group = await api.send<{ id: string }>('POST', '/groups', { name: 'ops', users: [bo.id] });
    await api.send('POST', '/subscriptions', { group: group.body.id, pattern: 'shop.*', level: 'responder' });
    await world.settle();
    // More than three at once are one notice, which belongs to the worst of them.
    for (const part of ['db', 'web', 'mail', 'pay', 'dns']) {
      const subject = `PROBLEM: trouble of ${part} alone :warn: :org:shop.${part}.team: :svr:${part}.example:`;
      await world.arrive(acme, { subject });
    }
    await world.tell();
    const events = (await api.get<List<EventAnswer>>('/events')).body.items;
    expect(events.length).toBeGreaterThan(3);
    for (const { id } of events) {
      const told = /id="event-told"[\s\S]*?<\/section>/.exec(await read(`/events/${id}`))?.[0];
      expect(told).toMatch(/<b>bo<\/b> <small class="dim">several events/);
    }
    const [first] = events;
    expect((await api.get<List<Listed>>(`/deliveries?event=${first?.id}`)).body.items).toHaveLength(1);
    expect(await read(`${PATH}?event=${first?.id}`)).toContain(`#${first?.number} `);

    await api.send('POST', '/subscriptions', { group: group.body.id, pattern: 'bank', level: 'interested' });
    await world.deliver(acme, { subject: 'PROBLEM: vault is open :warn: :org:bank: :svr:v1:' });
    await world.tell();
    const [vault] = (await api.get<List<EventAnswer>>('/events?org=bank')).body.items;
    expect(await read(`/events/${vault?.id}`)).toMatch(/<b>bo<\/b> <small class="dim">in a digest/);
    const held = await read(`${PATH}?state=held`);
    expect(held).toContain(`#${vault?.number} `);
    expect(held).toMatch(/Held back <span class="count">1</);
    expect(await read(`${PATH}?state=held&to=${bo.id}`)).toContain(`#${vault?.number} `);
  });

  // What pages look like does not depend on the database.
  if (database.kind === 'embedded') return;

  describeWith('Chromium', 'in a browser', (executable) => {
    const browser = useChromium(executable);

    it('look right everywhere', async () => {
      const { world, ana, send } = await seed();
      await send(60, newId<ChannelId>(world.clock.now()));
      for (const look of [{}, { colorScheme: 'dark' }, { width: 390 }] as const) {
        const page = await browser.signIn(world, ana.email, look);
        for (const path of [PATH, `${PATH}?state=failed`]) {
          await page.goto(world.baseUrl + path);
          await photograph(page, 'deliveries');
          expect([path, await findAxeFaults(page)]).toEqual([path, []]);
          expect([path, await scrollsSideways(page)]).toEqual([path, false]);
        }
      }
    });
  });
});
