import { expect, it } from '@jest/globals';
import type { EventAnswer, List, Problem } from '../support/api-shapes.ts';
import { onBothDatabases } from '../support/databases.ts';
import { openWorld } from '../support/world.ts';

onBothDatabases('Claiming an event', (database) => {
  it('has one winner among a hundred, and tells the others who it is', async () => {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    const api = await world.api(acme);
    const people = await Promise.all(['ana', 'ben', 'cleo', 'dan'].map((name) => world.addUser(acme, name)));
    await world.deliver(acme, { subject: 'PROBLEM: disk :critical:' });
    const [event] = (await api.get<List<EventAnswer>>('/events')).body.items;
    const claims = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        api.send<EventAnswer & Problem>('POST', `/events/${event?.id ?? ''}/assignment`, {
          user: people[index % people.length]?.id,
          version: event?.version,
        }),
      ),
    );
    const won = claims.filter(({ status }) => status === 200);
    const lost = claims.filter(({ status }) => status === 409);
    expect([won.length, lost.length]).toEqual([1, 99]);
    const owner = won[0]?.body.assignee?.name ?? '';
    expect(people.map(({ name }) => name)).toContain(owner);
    for (const { body } of lost)
      expect(body).toMatchObject({ code: 'stale-version', assignee: { name: owner } });
    expect(lost[0]?.body.title).toContain(owner);
    expect((await api.get<EventAnswer>(`/events/${event?.id ?? ''}`)).body).toMatchObject({
      assignee: { name: owner },
      version: (event?.version ?? 0) + 1,
    });
  });

  it('does not raise the version for arriving mail, so that a claim made meanwhile holds', async () => {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    const api = await world.api(acme);
    const ana = await world.addUser(acme, 'ana');
    await world.deliver(acme, { subject: 'PROBLEM: disk :critical:' });
    const [event] = (await api.get<List<EventAnswer>>('/events')).body.items;
    await world.deliver(acme, { subject: 'PROBLEM: disk :critical:' });
    const claim = await api.send('POST', `/events/${event?.id ?? ''}/assignment`, {
      user: ana.id,
      version: event?.version,
    });
    expect(claim.status).toBe(200);
  });

  it('is refused for somebody of another tenant, and asks for a version', async () => {
    const world = await openWorld(database);
    const [acme, other] = [await world.addTenant('acme'), await world.addTenant('other')];
    const api = await world.api(acme);
    const outsider = await world.addUser(other, 'outsider');
    await world.deliver(acme, { subject: 'PROBLEM: disk :critical:' });
    const [event] = (await api.get<List<EventAnswer>>('/events')).body.items;
    const path = `/events/${event?.id ?? ''}/assignment`;
    expect((await api.send<Problem>('POST', path, { user: outsider.id, version: 1 })).body).toMatchObject({
      status: 400,
      faults: [{ field: 'user' }],
    });
    expect((await api.send<Problem>('POST', path, { user: null })).body.faults).toMatchObject([
      { field: 'version' },
    ]);
  });
});
