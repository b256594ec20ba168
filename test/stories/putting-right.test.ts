import { expect, it } from '@jest/globals';
import type { EventAnswer, List, Problem } from '../support/api-shapes.ts';
import { onBothDatabases } from '../support/databases.ts';
import { openWorld } from '../support/world.ts';

onBothDatabases('Putting an event right', (database) => {
  async function oneEvent() {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    const api = await world.api(acme);
    await world.deliver(acme, { subject: 'array degraded' });
    await world.deliver(acme, { subject: 'array degraded' });
    const [event] = (await api.get<List<EventAnswer>>('/events')).body.items;
    if (!event) throw new Error('an event was expected');
    return { world, acme, api, event };
  }

  it('classifies all its mails at once, and those to come by their signal', async () => {
    const { api, event } = await oneEvent();
    expect(event).toMatchObject({ severity: null, org: null });
    const corrected = await api.send<EventAnswer>('POST', `/events/${event.id}/correction`, {
      severity: 'critical',
      org: 'shop.storage',
      version: event.version,
    });
    expect(corrected.body).toMatchObject({ severity: 'critical', org: 'shop.storage' });
    const { mses, timeline } = (await api.get<EventAnswer>(`/events/${event.id}`)).body;
    expect(mses.map(({ severity, org, sources }) => [severity, org, sources['severity']])).toEqual([
      ['critical', 'shop.storage', 'human'],
      ['critical', 'shop.storage', 'human'],
    ]);
    const [first] = mses;
    expect((await api.get(`/mses/${first?.id}`)).body).toMatchObject({ others: [] });
    expect(timeline[0]).toMatchObject({ what: 'corrected', detail: { mails: 2 } });
    expect((await api.get<List<unknown>>('/mses?unclassified=true')).body.items).toEqual([]);
  });

  it('keeps what triage had found, of each mail of the event', async () => {
    const { world, acme, api } = await oneEvent();
    await world.deliver(acme, { subject: 'fan broken :critical: :org:shop:' });
    const event = (await api.get<List<EventAnswer>>('/events?org=shop')).body.items[0];
    const right = { severity: 'warn', org: 'shop.fans', version: event?.version };
    await api.send('POST', `/events/${event?.id}/correction`, right);
    const { mses } = (await api.get<EventAnswer>(`/events/${event?.id}`)).body;
    expect((await api.get(`/mses/${mses[0]?.id}`)).body).toMatchObject({
      severity: 'warn',
      others: [
        { field: 'severity', source: 'tag', value: 'critical', reason: 'tag :critical: in the subject' },
        { field: 'org', source: 'tag', value: 'shop' },
      ],
    });
  });

  it('takes noise out of every list, and back', async () => {
    const { api, event } = await oneEvent();
    const mark = async (noise: boolean, version: number) =>
      api.send('POST', `/events/${event.id}/noise`, { noise, version });
    expect((await mark(true, event.version)).status).toBe(200);
    expect((await api.get<List<EventAnswer>>('/events')).body.items).toEqual([]);
    expect((await mark(false, event.version + 1)).status).toBe(200);
    expect((await api.get<List<EventAnswer>>('/events')).body.items).toMatchObject([{ id: event.id }]);
  });

  it('tells a stale writer everything that people did meanwhile', async () => {
    const { world, acme, api, event } = await oneEvent();
    const ana = await world.addUser(acme, 'ana');
    await api.send('POST', `/events/${event.id}/assignment`, { user: ana.id, version: event.version });
    await world.deliver(acme, { subject: 'array degraded' });
    await api.send('POST', `/events/${event.id}/notes`, { text: 'on my way' });
    const stale = await api.send<Problem & { changes: unknown[] }>('POST', `/events/${event.id}/completion`, {
      version: event.version,
    });
    expect(stale.status).toBe(409);
    expect(stale.body.changes).toMatchObject([
      { what: 'note', why: 'on my way' },
      { what: 'assigned', assigneeName: 'ana' },
    ]);
  });

  it('merges by the number that people say', async () => {
    const { world, acme, api, event } = await oneEvent();
    await world.deliver(acme, { subject: 'mount hangs :org:shop.web:' });
    const other = (await api.get<List<EventAnswer>>('/events?org=shop.web')).body.items[0];
    const merge = async (into: string) =>
      api.send<EventAnswer & Problem>('POST', `/events/${event.id}/merge`, { into, version: event.version });
    expect((await merge('#999')).body).toMatchObject({ status: 400, faults: [{ field: 'into' }] });
    expect((await merge(`#${other?.number ?? 0}`)).body).toMatchObject({ id: other?.id, mseCount: 3 });
  });
});
