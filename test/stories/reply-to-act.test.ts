import { expect, it } from '@jest/globals';
import type { ParsedMail } from 'mailparser';
import { removeMember } from '../../src/accounts/users.ts';
import { acrossTenants } from '../../src/db/transaction.ts';
import { MailTokens } from '../../src/events/by-mail/mail-tokens.ts';
import type { EventAnswer, List, MseAnswer, Problem } from '../support/api-shapes.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { onBothDatabases } from '../support/databases.ts';
import { useMailSink } from '../support/mail-sink.ts';
import { useSmtpDoors } from '../support/smtp-doors.ts';
import { addGroup } from '../support/team.ts';
import { openWorld } from '../support/world.ts';

const DAY = 24 * 3_600_000;

const sink = useMailSink();
const doors = useSmtpDoors();

interface Written {
  text: string;
  from?: string;
  to?: string;
  headers?: string[];
}

onBothDatabases('A reply to a notice', (database) => {
  /** Ana and Bo respond to the shop; the notice to Ana of a full disk is what is replied to. */
  async function seed() {
    const world = await openWorld(database, {
      start: '2026-11-21T21:06:55Z',
      settings: sink.settings,
    });
    const acme = await world.addTenant('acme');
    const api = await world.api(acme);
    const ana = await world.addUser(acme, 'ana');
    const bo = await world.addUser(acme, 'bo');
    await addGroup(api, 'shop', [ana.id, bo.id], { pattern: 'shop.*', level: 'responder' });
    await world.raise(acme, { subject: 'PROBLEM: disk full on db1 :warn: :org:shop.db: :svr:db1:' });
    const id = (await api.get<List<EventAnswer>>('/events')).body.items[0]?.id ?? '';
    const event = async () => (await api.get<EventAnswer>(`/events/${id}`)).body;
    const door = await doors.enter(world);
    let count = 0;
    const to = (name: string) => sink.mailsTo(name).map(({ parsed }) => parsed);
    const latest = (name: string): ParsedMail => {
      const mail = to(name).at(-1);
      if (!mail) throw new Error(`${name} has got nothing`);
      return mail;
    };
    /** As a mail program replies: above the quote, to Reply-To, with the thread. */
    const reply = async (
      notice: ParsedMail,
      { text, from = 'ana@acme.example', to: wanted, headers = [] }: Written,
    ) => {
      count += 1;
      const recipient = wanted ?? notice.replyTo?.value[0]?.address ?? '';
      const raw = [
        `From: Somebody <${from}>`,
        `To: ${recipient}`,
        `Subject: Re: ${notice.subject}`,
        `Date: ${world.clock.now().toUTCString()}`,
        `Message-ID: <reply-${count}@acme.example>`,
        `In-Reply-To: ${notice.messageId}`,
        `References: ${[notice.references ?? []].flat().join(' ')} ${notice.messageId}`,
        ...headers,
        'Content-Type: text/plain; charset=utf-8',
        '',
        text,
        '',
        'On Sat, 21 Nov 2026 at 22:07, DaTamer <datamer@alerts.example> wrote:',
        ...(notice.text ?? '').split('\n').map((line) => `> ${line}`),
        '',
      ].join('\r\n');
      expect(await door.send(from, [recipient], Buffer.from(raw))).toMatch(/^250/);
      await world.settle();
      return `<reply-${count}@acme.example>`;
    };
    const mails = async () =>
      (await api.get<List<MseAnswer & { reply: string | null }>>('/mses?limit=100')).body.items;
    const events = async () => (await api.get<List<EventAnswer>>('/events?limit=100')).body.items;
    return { world, acme, api, ana, bo, id, event, reply, latest, to, mails, events };
  }

  it('claims the event, is answered in its thread, and is neither an event nor a lesson', async () => {
    const { world, acme, api, ana, id, event, reply, latest, mails, events } = await seed();
    await world.addUser(acme, 'boss', 'manager');
    const sent = await reply(latest('ana'), { text: 'mine' });
    expect(await event()).toMatchObject({ assignee: { id: ana.id }, mseCount: 1 });
    const answer = latest('ana');
    expect(answer.text).toContain(`Event #${(await event()).number} is yours now.`);
    expect(answer.inReplyTo).toBe(sent);
    expect(answer.headers.get('auto-submitted')).toBe('auto-replied');
    expect(await events()).toHaveLength(1);
    const recorded = (await mails()).find(({ messageId }) => messageId === sent);
    expect(recorded).toMatchObject({
      eventId: null,
      templateId: null,
      reply: expect.stringContaining('is yours now'),
    });
    const session = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    expect(await (await session.get(`/mses/${recorded?.id}`)).text()).toContain('is yours now');
    expect(await (await session.get(`/events/${id}`)).text()).toContain('ana, by mail');

    // The quoted notice has links that act in ana's name: others read what she wrote.
    const manager = await BrowserSession.signIn(world.baseUrl, 'boss@acme.example');
    const seen = await (await manager.get(`/mses/${recorded?.id}?view=raw`)).text();
    expect(seen).toContain('aria-label="Text of the mail">mine<');
    expect(seen).not.toMatch(/\/act\/[a-z2-7]|\+r\./);
    for (const path of [`/mses/${recorded?.id}/raw`, `/mses/${recorded?.id}/html`])
      expect((await manager.get(path)).status).toBe(403);
    expect((await api.get(`/mses/${recorded?.id}/raw`)).status).toBe(200);
  });

  it('tells who has it, snoozes, notes, gives away, completes with a note and reopens', async () => {
    const { bo, event, reply, latest, to } = await seed();
    const notice = latest('ana');
    await reply(latest('bo'), { text: 'ack', from: 'bo@acme.example' });
    await reply(notice, { text: 'mine' });
    expect(latest('ana').text).toContain('bo has event #1 already. Nothing was done.');
    expect(await event()).toMatchObject({ assignee: { id: bo.id } });
    await reply(notice, { text: 'snooze 2h' });
    expect(await event()).toMatchObject({ state: 'snoozed', snoozedUntil: '2026-11-21T23:07:00.000Z' });
    await reply(notice, { text: 'note the vendor\nhas been called' });
    expect((await event()).timeline[0]).toMatchObject({
      what: 'note',
      who: 'ana',
      why: 'the vendor\nhas been called',
    });
    await reply(notice, { text: 'assign ana@acme.example' });
    expect(await event()).toMatchObject({ assignee: { email: 'ana@acme.example' } });
    await reply(notice, { text: 'assign cy@acme.example' });
    expect(latest('ana').text).toContain('There is no cy@acme.example in your tenant.');
    await reply(latest('ana'), { text: 'Done: new disk' });
    expect(await event()).toMatchObject({ state: 'completed', completion: { by: 'ana', note: 'new disk' } });
    await reply(notice, { text: 'reopen' });
    expect((await event()).state).toBe('open');
    expect(to('bo').filter(({ subject }) => subject?.startsWith('Re: '))).toHaveLength(1);
  });

  it('splits the latest mails of its notice off, and says where they are', async () => {
    const { world, acme, api, id, reply, latest, events } = await seed();
    const first = latest('ana');
    await reply(first, { text: 'split' });
    expect(latest('ana').text).toContain('there is nothing to split');
    await world.raise(acme, { subject: 'PROBLEM: ticket queue grows :warn: :org:shop.desk: :svr:q1:' });
    const other = (await events()).find((one) => one.id !== id);
    if (!other) throw new Error('another event was expected');
    await api.send('POST', `/events/${other.id}/merge`, { into: id, version: 1 });
    await reply(latest('ana'), { text: 'split' });
    expect(latest('ana').text).toMatch(/The latest mail of event #1 is event #3 now/);
    expect((await events()).map(({ mseCount }) => mseCount)).toEqual([1, 1]);
  });

  it('that is not understood changes nothing, and the answer lists what is', async () => {
    const { event, reply, latest } = await seed();
    await reply(latest('ana'), { text: 'Thanks, looking into it!' });
    expect(latest('ana').text).toContain('“Thanks, looking into it!” was not understood');
    expect(latest('ana').text).toContain('snooze 2h:');
    await reply(latest('bo'), { text: '', from: 'bo@acme.example' });
    expect(latest('bo').text).toContain('nothing above the quoted mail');
    expect(await event()).toMatchObject({ version: 1, assignee: null });
  });

  it('to a digest must say which event', async () => {
    const { event, reply, latest, world, acme, api } = await seed();
    const cy = await world.addUser(acme, 'cy');
    await addGroup(api, 'watch', [cy.id], { pattern: 'shop.*', level: 'interested' });
    await world.raise(acme, { subject: 'PROBLEM: ticket queue grows :warn: :org:shop.desk: :svr:q1:' });
    await world.pass(20 * 60_000);
    const digest = latest('cy');
    expect(digest.subject).toContain('[digest]');
    await reply(digest, { text: 'mine', from: 'cy@acme.example' });
    expect(latest('cy').text).toContain('mine #123');
    await reply(digest, { text: 'mine #1', from: 'cy@acme.example' });
    expect(await event()).toMatchObject({ assignee: { id: cy.id } });
    await reply(digest, { text: 'mine #99', from: 'cy@acme.example' });
    expect(latest('cy').text).toContain('There is no event #99');
  });

  it('of a machine is neither obeyed nor answered; what goes back and forth ends after twenty answers an hour', async () => {
    const { event, reply, latest, to, events, mails } = await seed();
    const notice = latest('ana');
    await reply(notice, { text: 'mine', headers: ['Auto-Submitted: auto-replied'] });
    await reply(notice, { text: 'mine', headers: ['Precedence: bulk'] });
    expect((await mails()).filter(({ reply: what }) => what?.startsWith('A machine wrote it'))).toHaveLength(
      2,
    );
    expect(to('ana')).toHaveLength(1);
    for (let turn = 0; turn < 22; turn += 1) await reply(notice, { text: `answer me ${turn}` });
    expect(to('ana')).toHaveLength(1 + 20);
    expect(await event()).toMatchObject({ version: 1, assignee: null });
    expect(await events()).toHaveLength(1);
  });

  it('does nothing from another sender, with another’s token, another tenant’s, an old one, or a forged one', async () => {
    const { world, acme, ana, event, reply, latest, to, events } = await seed();
    const notice = latest('ana');
    const before = sink.mails.length;
    await reply(notice, { text: 'mine', from: 'mallory@evil.example' });
    expect(latest('ana').text).toContain('mallory@evil.example, which is not your address');
    await reply(notice, { text: 'mine', from: 'bo@acme.example' });
    expect(latest('ana').text).toContain('bo@acme.example, which is not your address');
    await reply(notice, {
      text: 'mine',
      headers: ['Authentication-Results: mx.acme.example; spf=pass; dmarc=fail header.from=acme.example'],
    });
    expect(latest('ana').text).toContain('DMARC failed');
    expect(sink.mails).toHaveLength(before + 3);
    expect(to('mallory')).toEqual([]);

    const other = await world.addTenant('other');
    const token = /\+(r\.[a-z2-7]+)@/.exec(notice.replyTo?.text ?? '')?.[1] ?? '';
    await reply(notice, { text: 'mine', to: `alerts+${token}@other.example` });
    expect(sink.mails).toHaveLength(before + 3);
    expect((await (await world.api(other)).get<List<EventAnswer>>('/events')).body.items).toEqual([]);

    world.clock.advance(31 * DAY);
    await reply(notice, { text: 'mine' });
    expect(latest('ana').text).toContain('more than 30 days old');
    expect(await event()).toMatchObject({ version: 1, assignee: null });

    await acrossTenants(world.parts.database.dataSource, (tx) => removeMember(tx, acme.id, ana.id));
    await reply(notice, { text: 'mine' });
    expect(await event()).toMatchObject({ version: 1, assignee: null });
    expect(await events()).toHaveLength(1);
    // A token that nobody has signed is a detail like any: the mail is not lost.
    const forged = new MailTokens('x'.repeat(32)).signReply('019abcde-1234-7abc-8def-0123456789ab');
    await world.raise(acme, { subject: 'PROBLEM: tape full', to: `alerts+r.${forged}@acme.example` });
    expect(await events()).toHaveLength(2);
  });

  it('is obeyed once, however often the same mail comes in, and never out of an import', async () => {
    const { world, acme, event, latest, mails } = await seed();
    const notice = latest('ana');
    const mail = {
      from: 'ana@acme.example',
      to: notice.replyTo?.value[0]?.address ?? '',
      subject: `Re: ${notice.subject}`,
      messageId: '<once@acme.example>',
      body: 'note seen it',
    };
    await world.deliver(acme, { ...mail, messageId: '<of-old@acme.example>', door: 'import' });
    expect((await event()).version).toBe(1);
    await world.deliver(acme, mail);
    await world.deliver(acme, {
      ...mail,
      headers: ['Received: from elsewhere; Sat, 21 Nov 2026 21:07:00 +0000'],
    });
    expect((await event()).version).toBe(2);
    expect((await mails()).filter(({ reply }) => reply !== null)).toHaveLength(2);
  });

  it('is known by its References alone, and of a megabyte is read at its top, in a moment', async () => {
    const { ana, event, reply, latest, events } = await seed();
    const begun = performance.now();
    const text = `mine\r\n\r\n${'On it: > wrote <ana@acme.example> '.repeat(30_000)}`;
    await reply(latest('ana'), { text, to: 'alerts@acme.example' });
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(await event()).toMatchObject({ assignee: { id: ana.id } });
    expect(await events()).toHaveLength(1);
  });

  it('is obeyed and answered once when the process dies in the midst of it', async () => {
    const { world, event, reply, latest, to } = await seed();
    const { dataSource } = world.parts.database;
    // The mail's last step fails as when the connection breaks: nothing of it may remain.
    await dataSource.query(`create function break_off() returns trigger language plpgsql as $$
      begin raise exception 'connection lost' using errcode = '08006'; end $$`);
    await dataSource.query(
      'create trigger break_off before delete on waiting_mails for each statement execute function break_off()',
    );
    try {
      await expect(reply(latest('ana'), { text: 'note seen' })).rejects.toThrow('connection lost');
      expect(await event()).toMatchObject({ version: 1 });
    } finally {
      await dataSource.query('drop trigger break_off on waiting_mails');
      await dataSource.query('drop function break_off');
    }
    await world.settle();
    expect((await event()).timeline.filter(({ what }) => what === 'note')).toHaveLength(1);
    expect(to('ana').filter(({ subject }) => subject?.startsWith('Re: '))).toHaveLength(1);
  });

  it('still comes in where the plain address is closed and only the secret one is open to senders', async () => {
    const { world, api, ana, event, reply, latest, events } = await seed();
    const door = await doors.enter(world);
    const tell = async (address: string) => {
      const { raw } = world.write(
        { slug: 'acme' } as never,
        { subject: `PROBLEM: for ${address}`, to: address },
        world.clock.now(),
      );
      await door.ask('RSET');
      return (await door.send('cron@tools.example', [address], raw)).slice(0, 3);
    };
    const secret = async () => (await api.get<{ secretAddress: string }>('/tenant')).body.secretAddress;
    const first = await secret();
    expect(first).toMatch(/^alerts\+[a-z2-7]{8}@acme\.example$/);
    expect(await tell('alerts@acme.example')).toBe('250');
    expect(await tell('alerts+backup@acme.example')).toBe('250');
    expect((await api.send('PATCH', '/tenant', { needsMailToken: true, replyStyle: 'plain' })).status).toBe(
      400,
    );
    expect((await api.send('PATCH', '/tenant', { needsMailToken: true })).status).toBe(200);
    for (const closed of [
      'alerts@acme.example',
      'alerts+backup@acme.example',
      `alerts+r.${'a'.repeat(42)}@acme.example`,
    ])
      expect(await tell(closed)).toBe('550');
    expect(await tell(first.toUpperCase())).toBe('250');
    await reply(latest('ana'), { text: 'mine' });
    expect(await event()).toMatchObject({ assignee: { id: ana.id } });
    expect((await api.send('POST', '/tenant/secret-address')).status).toBe(200);
    expect(await tell(first)).toBe('550');
    expect(await tell(await secret())).toBe('250');
    await world.settle();
    expect(await events()).toHaveLength(5);
    // One that comes first and is too long for a token; the other must stay, or replies would be refused.
    const long = 'a-mailbox-of-many-words@acme.example';
    expect((await api.send('POST', '/tenant/addresses', { address: long })).status).toBe(201);
    expect(await tell(await secret())).toBe('250');
    await world.tell();
    expect(latest('ana').replyTo?.text).toMatch(/^alerts\+r\.[a-z2-7]{42}@acme\.example$/);
    const last = await api.send<Problem>('DELETE', '/tenant/addresses', { address: 'alerts@acme.example' });
    expect(last.body).toMatchObject({ status: 409, code: 'address-in-use' });
    expect(last.body.title).toContain('at most 19 characters');
    const reader = world.client({
      authorization: await world.bearer(await world.addTenant('other'), 'engineer'),
    });
    expect((await reader.get<{ secretAddress: null }>('/tenant')).body.secretAddress).toBeNull();
  });
});
