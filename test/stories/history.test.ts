/** A new event lists what was like it before: who had that, how long it took, how it was closed, and why it is alike. */
import { expect, it } from '@jest/globals';
import { HOUR, MINUTE } from '../../src/kernel/clock.ts';
import type { EventAnswer, List } from '../support/api-shapes.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { onBothDatabases } from '../support/databases.ts';
import { openWorld } from '../support/world.ts';

interface Related {
  id: string;
  owner: string | null;
  completedBy: string | null;
  tookSeconds: number;
  note: string | null;
  why: string[];
}

onBothDatabases('History', (database) => {
  async function seed() {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    const ana = await world.addUser(acme, 'ana');
    const api = await world.api(acme);
    const problem = async (what: string, host: string, org = 'shop.db') => {
      await world.deliver(acme, {
        subject: `PROBLEM: ${what} :critical: :org:${org}: :svr:${host}.example.com:`,
      });
      const open = await api.get<List<EventAnswer>>('/events?state=open');
      const event = open.body.items.find(({ title }) => title.includes(what));
      if (!event) throw new Error('an open event was expected');
      return event;
    };
    const complete = async ({ id }: EventAnswer, note: string) => {
      await api.send('POST', `/events/${id}/assignment`, { user: ana.id, version: 1 });
      world.clock.advance(40 * MINUTE);
      await api.send('POST', `/events/${id}/completion`, { note, version: 2 });
      world.clock.advance(30 * HOUR);
      await world.settle();
    };
    const relatedOf = async ({ id }: EventAnswer) =>
      (await api.get<{ related: Related[] }>(`/events/${id}`)).body.related;
    return { world, acme, api, problem, complete, relatedOf };
  }

  it('tells of the same signal, and of other trouble of the same server', async () => {
    const { world, problem, complete, relatedOf } = await seed();
    await complete(await problem('disk /var full', 'db-01'), 'cleaned /var/log');
    await complete(await problem('replication broken', 'db-01'), 'resynced');
    await complete(await problem('certificate expires', 'web-07', 'shop.web'), 'renewed');
    const event = await problem('disk /var full', 'db-01');
    const related = await relatedOf(event);
    expect(related).toMatchObject([
      { note: 'cleaned /var/log', owner: 'ana', tookSeconds: 2400 },
      { note: 'resynced', owner: 'ana' },
    ]);
    expect(related[0]?.why).toEqual(expect.arrayContaining(['same signal', 'server db-01.example.com']));
    expect(related[1]?.why).toEqual(expect.arrayContaining(['server db-01.example.com', 'org shop.db']));
    const session = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    const html = await (await session.get(`/events/${event.id}`)).text();
    expect(html).toContain('“cleaned /var/log”');
    expect(html).toContain('Alike: same signal');
    expect(html).toMatch(/after 40 min/);
  });

  it('leaves out what is open again, what ended as information, and what is another tenant’s', async () => {
    const { world, acme, api, problem, complete, relatedOf } = await seed();
    const first = await problem('disk /var full', 'db-01');
    await complete(first, 'cleaned');
    await world.deliver(acme, {
      subject: 'backup finished successfully :info: :org:shop.db: :svr:db-01.example.com:',
    });
    const event = await problem('disk /var full', 'db-01');
    expect((await relatedOf(event)).map(({ note }) => note)).toEqual(['cleaned']);
    const { version } = (await api.get<EventAnswer>(`/events/${first.id}`)).body;
    await api.send('POST', `/events/${first.id}/reopening`, { version });
    expect(await relatedOf(event)).toEqual([]);

    const other = await world.addTenant('other');
    const theirs = await world.api(other);
    await world.deliver(other, {
      subject: 'PROBLEM: disk /var full :critical: :org:shop.db: :svr:db-01.example.com:',
    });
    const [foreign] = (await theirs.get<List<EventAnswer>>('/events')).body.items;
    expect((await theirs.get<EventAnswer>(`/events/${foreign?.id}`)).body.related).toEqual([]);
  });
});
