import { expect, it } from '@jest/globals';
import { acrossTenants } from '../../src/db/transaction.ts';
import { later } from '../../src/kernel/clock.ts';
import { newId, type ChannelId } from '../../src/kernel/ids.ts';
import { claimDueOfChannels } from '../../src/outbound/channels/claim-due.ts';
import { addDeliveries, findDelivery, newDelivery } from '../../src/outbound/deliveries.ts';
import { listDeliveries } from '../../src/outbound/list-deliveries.ts';
import { BrowserSession } from '../support/browser-session.ts';
import type { List } from '../support/api-shapes.ts';
import { onBothDatabases, onEmbeddedDatabase, type TestDatabase } from '../support/databases.ts';
import { useHttpSink } from '../support/http-sink.ts';
import { useMailSink } from '../support/mail-sink.ts';
import { addGroup, type Told } from '../support/team.ts';
import { openWorld } from '../support/world.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const sink = useMailSink();
const room = useHttpSink();
const phone = useHttpSink();

interface ChannelAnswer {
  id: string;
  lastSentAt: string | null;
  lastError: string | null;
  failingSince: string | null;
}

interface DeliveryAnswer {
  address: string;
  state: string;
  attempts: number;
  lastError: string | null;
}

/** The group ops (Ana, Bo) is told in its room; Cy, on call, has a telephone. */
async function seed(
  database: TestDatabase,
  level: Told['level'] = 'responder',
  mailSettings = sink.settings,
) {
  const world = await openWorld(database, {
    start: '2026-11-23T10:01:00Z',
    settings: {
      ...mailSettings,
      DATAMER_PUBLIC_URL: 'http://pager.example',
      DATAMER_ALLOW_PRIVATE_TARGETS: '127.0.0.1',
    },
  });
  const acme = await world.addTenant('acme');
  const api = await world.api(acme);
  const ana = await world.addUser(acme, 'ana');
  const bo = await world.addUser(acme, 'bo');
  const cy = await world.addUser(acme, 'cy', 'manager');
  const added = await api.send<ChannelAnswer>('POST', '/channels', {
    kind: 'slack',
    name: 'Ops room',
    settings: { url: `${room.url}/services/T0/B0/s3cret` },
  });
  expect(added.status).toBe(201);
  await addGroup(api, 'ops', [ana.id, bo.id], { pattern: 'shop.*', level, channel: added.body.id });
  await addGroup(api, 'on call', [cy.id], { pattern: '*', level: 'responder' });
  const session = await BrowserSession.signIn(world.baseUrl, cy.email);
  const own = await session.post('/me/channels', {
    kind: 'ntfy',
    name: 'Phone',
    severityFloor: 'critical',
    'settings[url]': `${phone.url}/cy-topic`,
    'settings[token]': '',
  });
  expect(own.status).toBe(303);
  const channel = async () => (await api.get<ChannelAnswer>(`/channels/${added.body.id}`)).body;
  const deliveries = async () => (await api.get<List<DeliveryAnswer>>('/deliveries')).body.items;
  const happen = (title: string, tags = ':critical:') =>
    world.raise(acme, { subject: `PROBLEM: ${title} ${tags} :org:shop.db:` });
  const told = () => sink.mails.map(({ to }) => to.split('@')[0]).sort();
  return { world, acme, api, session, channel, deliveries, happen, told };
}

onBothDatabases('A critical', (database) => {
  it("reaches the team's room once and the on-call's phone, and nobody of the team by mail", async () => {
    const { world, happen, told, channel, session, deliveries } = await seed(database);
    await happen('disk full');
    await world.settle();
    expect(room.json()).toMatchObject([{ attachments: [{ title: expect.stringContaining('disk full') }] }]);
    expect(phone.json()).toMatchObject([
      { topic: 'cy-topic', priority: 5, actions: [{ label: 'Claim it' }, {}, {}] },
    ]);
    // Nobody acts in the name of a room.
    expect(room.requests[0]?.body).not.toContain('/act/');
    expect(told()).toEqual(['cy']);
    expect(room.requests[0]?.headers['idempotency-key']).not.toBe(
      phone.requests[0]?.headers['idempotency-key'],
    );
    expect((await channel()).lastSentAt).toBe(world.clock.now().toISOString());
    expect((await deliveries()).map(({ address, state }) => `${address} ${state}`).sort()).toEqual([
      'Ops room sent',
      'Phone sent',
      'cy@acme.example sent',
    ]);
    // Cy wants no mail where the telephone rings; what it does not take still comes by mail.
    await session.post('/me/notices', { _method: 'patch', mailFloor: 'never' });
    await happen('power lost');
    expect(phone.requests).toHaveLength(2);
    expect(told()).toEqual(['cy']);
    await happen('load is high', ':warn:');
    expect(phone.requests).toHaveLength(2);
    expect(told()).toEqual(['cy', 'cy']);
    expect(room.requests).toHaveLength(3);
  });

  it('is told to the people of the team when their room is gone, until it is back', async () => {
    const { world, happen, told, channel, deliveries, api } = await seed(database);
    room.answers.push({ status: 404, body: 'channel_not_found' });
    await happen('disk full');
    expect(await channel()).toMatchObject({
      lastError: 'It answers 404 Not Found: channel_not_found',
      failingSince: world.clock.now().toISOString(),
    });
    expect((await deliveries()).find(({ address }) => address === 'Ops room')).toMatchObject({
      state: 'failed',
      attempts: 1,
    });
    expect(told()).toEqual(['ana', 'bo', 'cy']);
    expect(sink.mails.find(({ to }) => to.startsWith('ana'))?.parsed.text).toContain(
      '“Ops room” did not take this notice (It answers 404 Not Found: channel_not_found)',
    );
    const audience = (await api.get<List<{ name: string }>>('/audience?org=shop.db&severity=critical')).body;
    expect(audience.items.map(({ name }) => name)).toEqual(['ana', 'bo', 'cy', 'Ops room']);
    room.answers.push({ status: 404 });
    await happen('power lost');
    expect(told()).toEqual(['ana', 'ana', 'bo', 'bo', 'cy', 'cy']);
    await happen('fan broken');
    expect((await channel()).failingSince).toBeNull();
    await happen('door open');
    expect(room.requests).toHaveLength(4);
    expect(told().filter((name) => name === 'ana')).toHaveLength(3);
  });
});

onEmbeddedDatabase('A notice to a room', (database) => {
  it('comes again as the same notice when the room was away', async () => {
    const { world, happen, told, channel } = await seed(database);
    room.answers.push({ status: 500, body: 'oops' }, { status: 503 });
    await happen('disk full');
    expect((await channel()).lastError).toBe('It answers 500 Internal Server Error: oops');
    await world.pass(30 * SECOND, 5 * SECOND);
    await world.pass(60 * SECOND, 5 * SECOND);
    expect(room.requests).toHaveLength(3);
    expect(new Set(room.requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
    expect(await channel()).toMatchObject({ lastError: null, failingSince: null });
    expect(told()).toEqual(['cy']);
  });

  it('waits for as long as a room that is asked too often says', async () => {
    const { world, happen } = await seed(database);
    room.answers.push({ status: 429, headers: { 'retry-after': '300' } });
    await happen('disk full');
    await world.pass(4 * MINUTE);
    expect(room.requests).toHaveLength(1);
    await world.pass(2 * MINUTE);
    expect(room.requests).toHaveLength(2);
  });

  it('of the interested is a digest, once whatever the number of people in the group', async () => {
    const { world, happen, told } = await seed(database, 'interested');
    await happen('disk full', ':warn:');
    await happen('load is high', ':warn:');
    expect(room.requests).toHaveLength(0);
    await world.pass(15 * MINUTE);
    expect(room.json()).toMatchObject([
      { attachments: [{ title: expect.stringMatching(/^\[digest\] \d open/) }] },
    ]);
    expect(told().filter((name) => name !== 'cy')).toEqual([]);
  });

  it('does not wait for a mail server, and is sent again when whoever sent it died', async () => {
    const { world, happen, deliveries } = await seed(database, 'responder', {});
    room.answers.push('hang');
    await happen('disk full');
    expect(phone.requests).toHaveLength(1);
    const states = async () => (await deliveries()).map(({ address, state }) => `${address} ${state}`).sort();
    expect(await states()).toEqual(['Ops room pending', 'Phone sent', 'cy@acme.example pending']);
    // Another process, which knows nothing of the first: the claim has run out.
    const { dataSource } = world.parts.database;
    const claim = (now: Date) => acrossTenants(dataSource, (tx) => claimDueOfChannels(tx, [], now));
    expect(await claim(later(world.clock.now(), 14 * SECOND))).toEqual([]);
    const [again] = await claim(later(world.clock.now(), 15 * SECOND));
    expect(again).toMatchObject({ address: 'Ops room', id: room.requests[0]?.headers['idempotency-key'] });
  });

  it('that comes back from an SMS gateway puts the channel down, not its person', async () => {
    const { world, acme, api, session, happen } = await seed(database);
    const sms = { kind: 'sms-mail', name: 'SMS', 'settings[address]': '49151@sms.example' };
    await session.post('/me/channels', { ...sms, _next: '/settings/me/channels/{id}' });
    await happen('disk full');
    const notice = sink.mails.find(({ to }) => to === '49151@sms.example');
    expect(notice?.parsed.text?.trim()).toMatch(/^CRITICAL #\d+ shop\.db: PROBLEM: disk full http/);
    const report = [
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx',
      '',
      'Action: failed',
    ];
    const raw = [
      '',
      ...report,
      'Status: 5.1.1',
      '',
      '--b',
      'Content-Type: message/rfc822',
      '',
      notice?.raw,
      '--b--',
    ];
    await world.raise(acme, {
      from: 'MAILER-DAEMON@mx.example',
      headers: ['Content-Type: multipart/report; report-type=delivery-status; boundary=b'],
      body: `--b${raw.join('\r\n')}`,
    });
    const users = (await api.get<List<{ unreachableReason: string | null }>>('/users')).body.items;
    expect(users.filter(({ unreachableReason }) => unreachableReason !== null)).toEqual([]);
    expect(await (await session.get('/settings/me')).text()).toContain('down for');
  });

  it('is claimed a few at a time, however many wait for it', async () => {
    const { world, acme, happen } = await seed(database);
    await happen('disk full');
    const { dataSource } = world.parts.database;
    const now = world.clock.now();
    const waiting = await acrossTenants(dataSource, async (tx) => {
      const { items } = await listDeliveries(tx, acme.id, {}, { limit: 50 });
      const listed = items.find(({ address }) => address === 'Ops room');
      const sent = listed && (await findDelivery(tx, acme.id, listed.id));
      if (!sent) throw new Error('a delivery was expected');
      const { kind, message } = sent;
      const notice = { kind, message, eventId: null, changeId: null };
      const to = (channelId: ChannelId | null) =>
        newDelivery({ userId: null, channelId, address: 'a room' }, notice, { mailDomain: 'x' }, now);
      const other = newId<ChannelId>(now);
      const many = Array.from({ length: 30 }, () => to(sent.channelId));
      await addDeliveries(tx, acme.id, [...many, to(other)], now);
      return { room: sent.channelId ?? '', other };
    });
    const claim = async (busy: string[]) => {
      const claimed = await acrossTenants(dataSource, (tx) => claimDueOfChannels(tx, busy, now));
      return claimed.map(({ channelId }) => (channelId === waiting.other ? 'other' : 'room')).sort();
    };
    expect(await claim([waiting.other])).toEqual(Array(5).fill('room'));
    expect(await claim([])).toEqual(['other', ...(Array(5).fill('room') as string[])]);
    expect(await claim([waiting.room])).toEqual([]);
  });

  it('keeps nobody else waiting when the room hangs, and is tried again', async () => {
    const { world, happen, channel } = await seed(database);
    room.answers.push('hang');
    await happen('disk full');
    expect(phone.requests).toHaveLength(1);
    expect(sink.mails).toHaveLength(1);
    await happen('power lost');
    expect(phone.requests).toHaveLength(2);
    expect(room.requests).toHaveLength(1);
    await room.close();
    await world.parts.lanes.settle(5000);
    expect((await channel()).lastError).toBe('It closed the connection without an answer.');
  });
});
