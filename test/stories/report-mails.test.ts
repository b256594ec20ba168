import { expect, it } from '@jest/globals';
import { BrowserSession } from '../support/browser-session.ts';
import type { List } from '../support/api-shapes.ts';
import { onBothDatabases } from '../support/databases.ts';
import { unsubscribePathOf, useMailSink } from '../support/mail-sink.ts';
import { openWorld } from '../support/world.ts';

const sink = useMailSink();

interface Wish {
  id: string;
  user: string;
  period: string;
  at: string;
  timezone: string;
  org: string | null;
  severity: string | null;
  nextAt: string;
}

onBothDatabases('A report by mail', (database) => {
  /** It is Saturday in Berlin, where ana is; clocks leap in the coming night. */
  async function seed() {
    const world = await openWorld(database, {
      start: '2026-03-28T11:00:00Z',
      settings: {
        ...sink.settings,
        DATAMER_PUBLIC_URL: 'http://pager.example',
      },
    });
    const acme = await world.addTenant('acme');
    const ana = await world.addUser(acme, 'ana', 'manager');
    const api = await world.api(acme);
    const session = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    await session.post('/preferences', { timeZone: 'Europe/Berlin' });
    const at = async (instant: string) => {
      world.clock.set(instant);
      await world.settle();
    };
    const wishes = async () => (await api.get<List<Wish>>('/report-mails')).body.items;
    return { world, acme, ana, api, session, at, wishes };
  }

  it('comes at its time on the wall, with the figures of the page’s CSV, over the night in which clocks leap', async () => {
    const { world, acme, api, session, at, wishes } = await seed();
    const asked = await session.post('/report-mails', {
      period: 'daily',
      at: '07:00',
      org: 'shop',
      severity: '',
    });
    expect(asked.status).toBe(303);
    expect(await wishes()).toMatchObject([
      {
        period: 'daily',
        timezone: 'Europe/Berlin',
        org: 'shop',
        severity: null,
        nextAt: '2026-03-29T05:00:00.000Z',
      },
    ]);
    // 22:30 UTC is the 28th in Berlin, 23:30 is the 29th; 21:30 the next day still is, and 22:30 no more.
    const mails = ['28T22:30', '28T23:30', '29T21:30', '29T22:30'];
    for (const [index, when] of mails.entries()) {
      const subject = `PROBLEM: fault of host h${index} :critical: :org:shop.part${index}: :svr:h${index}.example:`;
      await world.arrive(acme, { at: `2026-03-${when}:00Z`, subject });
    }
    await at('2026-03-29T04:59:00Z');
    expect(sink.mails).toHaveLength(0);
    await at('2026-03-29T05:00:00Z');
    await at('2026-03-30T05:00:00Z');
    expect(sink.mails.map(({ parsed }) => parsed.subject)).toEqual([
      '[report] shop.*: 1 event yesterday, 1 open',
      '[report] shop.*: 2 events yesterday, 2 open',
    ]);
    const mail = sink.mails[1];
    expect(mail?.to).toBe('ana@acme.example');
    const query = 'from=2026-03-28T23:00:00Z&to=2026-03-29T22:00:00Z&org=shop';
    const [file] = mail?.parsed.attachments ?? [];
    expect(file).toMatchObject({ filename: 'datamer-history.csv', contentType: 'text/csv' });
    expect(file?.content.toString()).toBe(
      (await api.get(`/reports/history?${query}`, { accept: 'text/csv' })).body,
    );
    for (const text of [mail?.parsed.text, String(mail?.parsed.html)]) {
      expect(text).toContain('Sun 29 Mar 2026, Europe/Berlin');
      expect(text).toContain('shop.part1');
      expect(text?.replaceAll(/<[^>]*>|\s+/g, ' ')).toMatch(/Events created +2 +… the day before +1 /);
      expect(text).not.toContain('shop.part3');
    }
    const page = /http:\/\/pager\.example(\/reports\?\S+)/.exec(mail?.parsed.text ?? '')?.[1] ?? '';
    expect(await (await session.get(page)).text()).toMatch(/Events created, total<\/th><td class="num">2</);
    expect(mail?.parsed.replyTo).toBeUndefined();
  });

  it('is sent once and for the latest days when DaTamer was down, and again at its time', async () => {
    const { session, at, wishes } = await seed();
    await session.post('/report-mails', { period: 'daily', at: '07:00' });
    await session.post('/report-mails', { period: 'monthly', at: '07:00', severity: 'critical' });
    // Five mornings later, before the sixth.
    await at('2026-04-03T02:00:00Z');
    await at('2026-04-03T02:10:00Z');
    expect(sink.mails.map(({ parsed }) => parsed.subject).sort()).toEqual([
      '[report] acme: 0 critical events last month, 0 open',
      '[report] acme: 0 events on Wed 1 Apr, 0 open',
    ]);
    expect((await wishes()).map(({ nextAt }) => nextAt)).toEqual([
      '2026-04-03T05:00:00.000Z',
      '2026-05-01T05:00:00.000Z',
    ]);
    await at('2026-04-03T05:00:00Z');
    expect(sink.mails[2]?.parsed.subject).toBe('[report] acme: 0 events yesterday, 0 open');
    await at('2026-05-01T05:00:00Z');
    expect(sink.mails.map(({ parsed }) => parsed.text).join()).toContain('Wed 1 Apr to Thu 30 Apr 2026');
  });

  it('has the same file at each try, and is made once though two processes look', async () => {
    const { world, acme, session, at } = await seed();
    await session.post('/report-mails', { period: 'daily', at: '07:00' });
    await world.deliver(acme, { subject: 'PROBLEM: disk full :critical: :org:shop.db:' });
    sink.refusals.push({ code: 451, message: 'greylisted' });
    world.clock.set('2026-03-29T05:00:00Z');
    await Promise.all([world.settle(), world.settle()]);
    expect([sink.attempts, sink.mails.length]).toEqual([1, 0]);
    await world.deliver(acme, {
      subject: 'PROBLEM: db is gone :critical: :org:shop.db:',
      at: '2026-03-28T21:00:00Z',
    });
    await at('2026-03-29T05:01:00Z');
    await at('2026-03-29T06:00:00Z');
    expect(sink.mails).toHaveLength(1);
    expect(sink.mails[0]?.parsed.attachments[0]?.content.toString()).toContain('mses,,1,mails');
  });

  it('is neither lost nor sent twice by a crash before it is committed, and one that fails holds up no other', async () => {
    const { world, acme, api, at } = await seed();
    const bo = await world.addUser(acme, 'bo');
    const cy = await world.addUser(acme, 'cy');
    for (const { id } of [bo, cy]) await api.send('POST', '/report-mails', { period: 'daily', user: id });
    const { dataSource } = database.get();
    const inTheirTenant = (...statements: string[]) =>
      dataSource.transaction(async (tx) => {
        await tx.query(`set local datamer.tenant = '${acme.id}'`);
        for (const statement of statements) await tx.query(statement);
      });
    await inTheirTenant(
      `create function crash() returns trigger language plpgsql as $$ begin raise 'crashed'; end $$`,
      'create trigger crash before update on report_mails for each row execute function crash()',
    );
    try {
      await expect(at('2026-03-29T07:00:00Z')).rejects.toThrow('crashed');
    } finally {
      await inTheirTenant('drop trigger crash on report_mails', 'drop function crash()');
    }
    expect((await api.get<List<unknown>>('/deliveries')).body.items).toEqual([]);
    const setZone = (zone: string) =>
      inTheirTenant(`update report_mails set time_zone = '${zone}' where user_id = '${bo.id}'`);
    await setZone('Mars/Olympus');
    await expect(at('2026-03-29T07:01:00Z')).rejects.toThrow('every period has its day');
    await at('2026-03-29T07:02:00Z');
    expect(sink.mails.map(({ to }) => to)).toEqual(['cy@acme.example']);
    await setZone('UTC');
    await at('2026-03-29T07:12:00Z');
    await at('2026-03-29T08:00:00Z');
    expect(sink.mails.map(({ to }) => to)).toEqual(['cy@acme.example', 'bo@acme.example']);
  });

  it('ends by its List-Unsubscribe, by its button, and with its person', async () => {
    const { world, acme, ana, api, session, at, wishes } = await seed();
    const bo = await world.addUser(acme, 'bo');
    const cy = await world.addUser(acme, 'cy', 'admin');
    for (const user of [ana, bo, cy]) {
      const wish = { period: 'daily', user: user.id, timezone: 'Europe/Berlin' };
      expect((await api.send('POST', '/report-mails', wish)).status).toBe(201);
    }
    await at('2026-03-29T05:00:00Z');
    expect(sink.mails).toHaveLength(3);
    const link = unsubscribePathOf(sink.mails.find(({ to }) => to.startsWith('bo@')));
    const ask = async (fields?: Record<string, string>) => {
      const sent = fields ? { method: 'POST', body: new URLSearchParams(fields) } : {};
      const response = await fetch(world.baseUrl + link, { redirect: 'manual', ...sent });
      return { status: response.status, html: await response.text() };
    };
    expect((await ask()).html).toContain('Stop this report?');
    expect(await wishes()).toHaveLength(3);
    for (const _time of [1, 2]) {
      expect(await ask({ 'List-Unsubscribe': 'One-Click' })).toMatchObject({
        status: 200,
        html: 'Unsubscribed.\n',
      });
    }
    expect((await ask()).html).toContain('no longer gets this report');
    const own = (await wishes()).find(({ user }) => user === ana.id);
    expect(await (await session.get('/settings/me')).text()).toContain(`/report-mails/${own?.id}`);
    expect((await session.post(`/report-mails/${own?.id}`, { _method: 'delete' })).status).toBe(303);
    await world.addUser(acme, 'di', 'admin');
    expect((await api.send('DELETE', `/users/${cy.id}`)).status).toBe(200);
    expect(await wishes()).toEqual([]);
    await at('2026-03-30T05:00:00Z');
    expect(sink.mails).toHaveLength(3);
  });

  it('is everybody’s own matter, and an admin’s', async () => {
    const { world, acme, ana, api, session, wishes } = await seed();
    const engineer = await world.api(acme, 'engineer');
    const wish = { period: 'weekly', user: ana.id };
    expect((await engineer.send('POST', '/report-mails', wish)).status).toBe(403);
    expect((await engineer.send('POST', '/report-mails', { period: 'weekly' })).status).toBe(400);
    await api.send('POST', '/report-mails', wish);
    await api.send('POST', '/report-mails', { ...wish, at: '08:30' });
    const [found, ...others] = await wishes();
    expect([found?.at, others]).toEqual(['08:30', []]);
    const bo = await world.addUser(acme, 'bo');
    const other = await BrowserSession.signIn(world.baseUrl, 'bo@acme.example');
    expect((await other.post(`/report-mails/${found?.id}`, { _method: 'delete' })).status).toBe(404);
    expect((await other.post('/report-mails', { period: 'daily', user: ana.id })).status).toBe(403);
    expect(await (await other.get('/reports')).text()).not.toContain(`/report-mails/${found?.id}`);
    const foreign = await world.api(await world.addTenant('beta'));
    expect((await foreign.send('DELETE', `/report-mails/${found?.id}`)).status).toBe(404);
    expect((await foreign.send('POST', '/report-mails', { period: 'daily', user: bo.id })).status).toBe(400);
    for (const bad of [{ period: 'hourly' }, { ...wish, at: '24:00' }, { ...wish, timezone: 'Berlin' }]) {
      expect((await api.send('POST', '/report-mails', bad)).status).toBe(400);
    }
    await session.post('/report-mails', { period: 'daily', at: '25:00' });
    expect(await (await session.get('/reports')).text()).toContain('Give HH:MM.');
    for (let index = 0; index < 19; index += 1) {
      await api.send('POST', '/report-mails', { ...wish, org: `shop.a${index}` });
    }
    expect((await api.send('POST', '/report-mails', { ...wish, org: 'shop.b' })).status).toBe(409);
    expect(await wishes()).toHaveLength(20);
  });
});
