import { expect, it } from '@jest/globals';
import { acrossTenants } from '../../src/db/transaction.ts';
import { changeMember, removeMember } from '../../src/accounts/users.ts';
import { MailTokens } from '../../src/events/by-mail/mail-tokens.ts';
import type { EventAnswer, List } from '../support/api-shapes.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { onBothDatabases } from '../support/databases.ts';
import { followLink } from '../support/follow-link.ts';
import { useMailSink } from '../support/mail-sink.ts';
import { addGroup } from '../support/team.ts';
import { openWorld } from '../support/world.ts';

const DAY = 24 * 3_600_000;

const sink = useMailSink();

onBothDatabases('A link in a notice', (database) => {
  /** Ana responds to the shop, Bo is there; at 22:07 in Berlin, where Ana reads times, a disk is full. */
  async function seed() {
    const world = await openWorld(database, {
      start: '2026-11-21T21:06:55Z',
      settings: sink.settings,
    });
    const acme = await world.addTenant('acme');
    const api = await world.api(acme);
    const ana = await world.addUser(acme, 'ana');
    const bo = await world.addUser(acme, 'bo');
    await acrossTenants(world.parts.database.dataSource, (tx) =>
      tx.query(`update users set time_zone = 'Europe/Berlin' where id = $1`, [ana.id]),
    );
    await addGroup(api, 'shop', [ana.id], { pattern: 'shop.*', level: 'responder' });
    await world.raise(acme, { subject: 'PROBLEM: disk full on db1 :warn: :org:shop.db: :svr:db1:' });
    const id = (await api.get<List<EventAnswer>>('/events')).body.items[0]?.id ?? '';
    const event = async () =>
      (await api.get<EventAnswer & { timeline: { what: string; who: string }[] }>(`/events/${id}`)).body;
    const text = sink.mails[0]?.parsed.text ?? '';
    const links = [...text.matchAll(/\/act\/[a-z2-7]+/g)].map(([path]) => path);
    const [claim = '', hour = '', tomorrow = '', complete = ''] = links;
    const ask = (method: string, path: string, fields?: Record<string, string>) =>
      followLink(world, method, path, fields);
    const press = async (path: string, more: Record<string, string> = {}) => {
      const { html } = await ask('GET', path);
      const version = /name="version" value="(\d+)"/.exec(html)?.[1] ?? '';
      return ask('POST', path, { version, ...more });
    };
    return { world, acme, api, ana, bo, id, event, claim, hour, tomorrow, complete, ask, press };
  }

  it('only asks when it is followed, by a person or a mail scanner, and does its deed once when the button is pressed', async () => {
    const { world, ana, event, claim, ask, press } = await seed();
    for (const method of ['GET', 'HEAD', 'GET']) {
      const asked = await ask(method, claim);
      expect(asked.status).toBe(200);
      expect(asked.headers.get('set-cookie')).toBeNull();
      expect(asked.headers.get('referrer-policy')).toBe('no-referrer');
      expect(asked.headers.get('cache-control')).toBe('no-store');
    }
    expect(await event()).toMatchObject({ assignee: null, version: 1 });
    expect((await ask('GET', claim)).html).toContain('in the name of ana');
    const pressed = await press(claim);
    expect(pressed.status).toBe(303);
    expect(pressed.headers.get('location')).toBe(claim);
    expect(await event()).toMatchObject({ assignee: { id: ana.id }, version: 2 });
    expect((await ask('GET', claim)).html).toContain('You have claimed it');
    expect((await ask('POST', claim, { version: '2' })).status).toBe(409);
    expect(await event()).toMatchObject({ assignee: { id: ana.id }, version: 2 });
    await world.settle();
    expect(sink.mails).toHaveLength(1);
  });

  it('snoozes until tomorrow at nine where the person is, and completes with a note, by a link as the timeline says', async () => {
    const { event, hour, tomorrow, complete, press, world, id } = await seed();
    expect((await press(hour)).status).toBe(303);
    expect(await event()).toMatchObject({ snoozedUntil: '2026-11-21T22:07:00.000Z' });
    expect((await press(tomorrow)).status).toBe(303);
    expect(await event()).toMatchObject({ state: 'snoozed', snoozedUntil: '2026-11-22T08:00:00.000Z' });
    expect((await press(complete, { note: 'freed some space' })).status).toBe(303);
    expect(await event()).toMatchObject({
      state: 'completed',
      completion: { by: 'ana', note: 'freed some space' },
    });
    const session = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    const page = await (await session.get(`/events/${id}`)).text();
    expect(page.match(/ana, by a link in a mail/g)).toHaveLength(3);
  });

  it('says who has the event by now, and takes it from nobody', async () => {
    const { api, bo, id, event, claim, ask } = await seed();
    await api.send('POST', `/events/${id}/assignment`, { user: bo.id, version: 1 });
    const asked = await ask('GET', claim);
    expect(asked.html).toContain('bo has it already');
    expect(asked.html).not.toContain('<button');
    expect((await ask('POST', claim, { version: '2' })).status).toBe(409);
    expect(await event()).toMatchObject({ assignee: { id: bo.id } });
  });

  it('of somebody who looked at an older state tells what has changed, and then works', async () => {
    const { api, id, event, complete, ask, press } = await seed();
    await api.send('POST', `/events/${id}/notes`, { text: 'wait for me' });
    const stale = await ask('POST', complete, { version: '1' });
    expect(stale.status).toBe(409);
    expect(stale.html).toContain('added a note meanwhile');
    expect((await event()).state).toBe('open');
    expect((await press(complete)).status).toBe(303);
    expect((await event()).state).toBe('completed');
  });

  it('leads to the event that its own was merged into', async () => {
    const { world, acme, api, ana, id, claim, press } = await seed();
    await world.raise(acme, { subject: 'PROBLEM: ticket queue grows :info: :org:bank.desk: :svr:q1:' });
    const { items } = (await api.get<List<EventAnswer>>('/events')).body;
    const other = items.find((one) => one.id !== id);
    const merged = await api.send('POST', `/events/${id}/merge`, { into: other?.id, version: 1 });
    expect(merged.status).toBe(200);
    expect((await press(claim)).status).toBe(303);
    expect((await api.get<EventAnswer>(`/events/${other?.id}`)).body.assignee?.id).toBe(ana.id);
  });

  it('is worth nothing after seven days, to a manager, to somebody who has left, or when it is forged', async () => {
    const { world, acme, ana, event, claim, complete, ask } = await seed();
    const change = (work: (tx: Parameters<Parameters<typeof acrossTenants>[1]>[0]) => Promise<unknown>) =>
      acrossTenants(world.parts.database.dataSource, work);
    await change((tx) => changeMember(tx, acme.id, ana.id, { role: 'manager' }));
    expect((await ask('GET', claim)).html).toContain('may read and not change');
    expect((await ask('POST', claim, { version: '1' })).status).toBe(409);
    await change((tx) => changeMember(tx, acme.id, ana.id, { role: 'engineer' }));
    world.clock.advance(7 * DAY + 1000);
    const old = await ask('GET', complete);
    expect(old.html).toContain('expired');
    expect(old.html).not.toContain('disk full');
    expect((await ask('POST', complete, { version: '1' })).status).toBe(409);
    await change((tx) => removeMember(tx, acme.id, ana.id));
    const gone = await ask('GET', claim);
    expect(gone.status).toBe(404);
    expect(gone.html).not.toContain('disk full');
    const forged = new MailTokens('x'.repeat(32)).signLink({
      tenantId: acme.id,
      deliveryId: '019abcde-1234-7abc-8def-0123456789ab',
      verb: 'complete',
      expiresAt: new Date('2030-01-01'),
    });
    for (const path of [`/act/${forged}`, '/act/abc', `${claim}a`]) {
      expect((await ask('GET', path)).status).toBe(404);
      expect((await ask('POST', path, { version: '1' })).status).toBe(404);
    }
    expect(await event()).toMatchObject({ assignee: null, state: 'open', version: 1 });
  });
});
