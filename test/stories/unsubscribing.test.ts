import { expect, it } from '@jest/globals';
import type { List } from '../support/api-shapes.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { onBothDatabases } from '../support/databases.ts';
import { followLink } from '../support/follow-link.ts';
import { unsubscribePathOf, useMailSink } from '../support/mail-sink.ts';
import { addGroup, ownGroupOf, subscribe } from '../support/team.ts';
import { openWorld } from '../support/world.ts';

const sink = useMailSink();

onBothDatabases('The unsubscribe link of a notice', (database) => {
  /** Ana and Bo respond to the shop by one group; Cy is interested in it by a subscription of their own. */
  async function seed() {
    const world = await openWorld(database, {
      start: '2026-11-21T21:07:00Z',
      settings: sink.settings,
    });
    const acme = await world.addTenant('acme');
    const api = await world.api(acme);
    const ana = await world.addUser(acme, 'ana');
    const bo = await world.addUser(acme, 'bo');
    const cy = await world.addUser(acme, 'cy');
    await addGroup(api, 'shop', [ana.id, bo.id], { pattern: 'shop.*', level: 'responder' });
    await subscribe(api, await ownGroupOf(api, cy.id), { pattern: 'shop.*', level: 'interested' });
    let count = 0;
    const trouble = async () => {
      count += 1;
      const subject = `PROBLEM: trouble ${count} of its own :critical: :org:shop.part${count}: :svr:h${count}.example:`;
      await world.raise(acme, { subject });
    };
    const linkOf = (name: string): string => {
      const [mail] = sink.mailsTo(name);
      expect(mail?.raw.toString()).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
      return unsubscribePathOf(mail);
    };
    const ask = (method: string, path: string, fields?: Record<string, string>) =>
      followLink(world, method, path, fields);
    const audience = async () => {
      const told = await api.get<List<{ email: string }>>('/audience?org=shop.web&severity=critical');
      return told.body.items.map(({ email }) => email);
    };
    return { world, acme, api, trouble, to: (name: string) => sink.mailsTo(name), linkOf, ask, audience };
  }

  it('asks on a GET, and ends them for its person alone when a mail provider presses the button', async () => {
    const { world, trouble, to, linkOf, ask, audience } = await seed();
    await trouble();
    const link = linkOf('ana');
    const asked = await ask('GET', link);
    expect(asked.html).toContain('as responder, by the group shop');
    expect(asked.html).not.toContain('Nobody else responds');
    await ask('HEAD', link);
    expect(await audience()).toContain('ana@acme.example');
    const pressed = await ask('POST', link, { 'List-Unsubscribe': 'One-Click' });
    expect(pressed).toMatchObject({ status: 200, html: 'Unsubscribed.\n' });
    expect((await ask('POST', link, { 'List-Unsubscribe': 'One-Click' })).status).toBe(200);
    expect(await audience()).toEqual(['bo@acme.example', 'cy@acme.example']);
    const parts = new FormData();
    parts.set('List-Unsubscribe', 'One-Click');
    const multipart = await fetch(world.baseUrl + link, { method: 'POST', body: parts, redirect: 'manual' });
    expect(multipart.status).toBe(200);
    await trouble();
    expect(to('ana')).toHaveLength(1);
    expect(to('bo')).toHaveLength(2);
    const bo = await BrowserSession.signIn(world.baseUrl, 'bo@acme.example');
    expect(await (await bo.get('/settings/groups')).text()).toContain('ana is not told of shop.*');
    expect(await (await bo.get('/subscriptions?org=shop.web')).text()).toContain(
      'Not told, by their own wish: ana, by shop.* of shop',
    );
    expect((await ask('GET', linkOf('bo'))).html).toContain('Nobody else responds to events like it');
  });

  it('is taken back by itself, and under the person’s settings', async () => {
    const { world, api, linkOf, ask, audience, trouble } = await seed();
    await trouble();
    const link = linkOf('ana');
    await ask('POST', link, {});
    expect((await ask('GET', link)).html).toContain('ana is no longer told of');
    expect((await ask('POST', link, { back: '1' })).status).toBe(303);
    expect(await audience()).toContain('ana@acme.example');
    await ask('POST', link, {});
    const [muted] = (await api.get<List<{ subscription: string; userName: string }>>('/mutes')).body.items;
    expect(muted?.userName).toBe('ana');
    const ana = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    expect(await (await ana.get('/settings/me')).text()).toContain(
      `/subscriptions/${muted?.subscription}/mute`,
    );
    expect((await ana.post(`/subscriptions/${muted?.subscription}/mute`, { _method: 'delete' })).status).toBe(
      303,
    );
    expect(await audience()).toContain('ana@acme.example');
    expect((await api.send('POST', `/subscriptions/${muted?.subscription}/mute`)).status).toBe(400);
  });

  it('of a digest ends digests, and is worth nothing when it is forged or old', async () => {
    const { world, to, linkOf, ask, trouble, audience } = await seed();
    await trouble();
    await world.pass(20 * 60_000);
    const link = linkOf('cy');
    expect((await ask('GET', link)).html).toContain('as interested, by your own subscription');
    await ask('POST', link, {});
    await trouble();
    await world.pass(20 * 60_000);
    expect(to('cy')).toHaveLength(1);
    for (const path of [`${link}a`, '/unsubscribe/abc', link.replace('unsubscribe', 'act')]) {
      expect((await ask('GET', path)).status).toBe(404);
      expect((await ask('POST', path, { 'List-Unsubscribe': 'One-Click' })).status).toBe(404);
    }
    world.clock.advance(181 * 24 * 3_600_000);
    expect((await ask('POST', linkOf('ana'), {})).status).toBe(404);
    expect(await audience()).toContain('ana@acme.example');
  });
});
