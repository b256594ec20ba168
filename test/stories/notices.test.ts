import { expect, it } from '@jest/globals';
import type { EventAnswer, List } from '../support/api-shapes.ts';
import { BrowserSession } from '../support/browser-session.ts';
import { onBothDatabases } from '../support/databases.ts';
import { bounceOf } from '../support/bounce.ts';
import { useMailSink } from '../support/mail-sink.ts';
import { openWorld, type World } from '../support/world.ts';

const SECOND = 1000;

const sink = useMailSink();

interface DeliveryAnswer {
  state: string;
  attempts: number;
  lastError: string | null;
}

onBothDatabases('The mail to somebody who is given an event', (database) => {
  async function seed(settings: Record<string, string> = {}) {
    const world = await openWorld(database, {
      settings: {
        ...sink.settings,
        DATAMER_MAIL_FROM: 'DaTamer <datamer@alerts.example>',
        DATAMER_PUBLIC_URL: 'http://pager.example',
        ...settings,
      },
    });
    const acme = await world.addTenant('acme');
    const ana = await world.addUser(acme, 'ana');
    const api = await world.api(acme);
    await world.deliver(acme, { subject: 'PROBLEM: disk full :critical: :org:shop.db:' });
    const [event] = (await api.get<List<EventAnswer>>('/events')).body.items;
    if (!event) throw new Error('an event was expected');
    const assign = async (user: string | null) => {
      const { version } = (await api.get<EventAnswer>(`/events/${event.id}`)).body;
      await api.send('POST', `/events/${event.id}/assignment`, { user, version });
    };
    const deliveries = async () => (await api.get<List<DeliveryAnswer>>('/deliveries')).body.items;
    return { world, acme, ana, api, event, assign, deliveries };
  }

  /** Seconds pass one by one, as for the send loop. */
  async function seconds(world: World, count: number): Promise<void> {
    for (let second = 0; second < count; second += 5) {
      world.clock.advance(5 * SECOND);
      await world.settle();
    }
  }

  it('goes out once, says who, what and where, and is known again as ours', async () => {
    const { world, ana, event, assign } = await seed();
    await assign(ana.id);
    await world.settle();
    await world.settle();
    expect(sink.mails).toHaveLength(1);
    const mail = sink.mails[0];
    expect(mail?.to).toBe('ana@acme.example');
    expect(mail?.parsed.subject).toBe(
      `[critical] assigned to you: FAILED PROBLEM: disk full (shop.db) #${event.number}`,
    );
    expect(mail?.parsed.text).toContain(`http://pager.example/events/${event.id}`);
    expect(mail?.parsed.text).toContain('token admin has assigned');
    expect(mail?.parsed.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail?.parsed.headers.has('x-datamer-notice')).toBe(true);
    expect(mail?.parsed.messageId).toMatch(/@alerts\.example>$/);
  });

  it('is not sent to somebody who claims for themself', async () => {
    const { world, ana, event } = await seed();
    const session = await BrowserSession.signIn(world.baseUrl, 'ana@acme.example');
    const claimed = await session.post(`/events/${event.id}/assignment`, {
      user: ana.id,
      version: '1',
    });
    expect(claimed.status).toBe(303);
    await world.settle();
    expect(sink.mails).toEqual([]);
  });

  it('is tried again after a temporary failure, within 30 s and then within 60 s, as the same mail', async () => {
    const { world, ana, assign, deliveries } = await seed();
    sink.refusals.push({ code: 451, message: 'greylisted' }, { code: 450, message: 'still greylisted' });
    await assign(ana.id);
    await world.settle();
    expect(sink.attempts).toBe(1);
    expect(await deliveries()).toMatchObject([{ state: 'pending', attempts: 1 }]);
    await seconds(world, 30);
    expect(sink.attempts).toBe(2);
    await seconds(world, 60);
    expect(sink.mails).toHaveLength(1);
    expect(await deliveries()).toMatchObject([{ state: 'sent', attempts: 3, lastError: null }]);
  });

  it('is given up at once when the address is refused for good, and people see why', async () => {
    const { world, ana, api, assign, deliveries } = await seed();
    sink.refusals.push({ code: 550, message: 'no such mailbox' });
    await assign(ana.id);
    await seconds(world, 120);
    expect(sink.attempts).toBe(1);
    const [delivery] = await deliveries();
    expect(delivery?.state).toBe('failed');
    expect(delivery?.lastError).toContain('no such mailbox');
    const users = (await api.get<List<{ id: string; unreachableReason: string | null }>>('/users')).body
      .items;
    expect(users.find(({ id }) => id === ana.id)?.unreachableReason).toContain('no such mailbox');
  });

  it('waits in the outbox and is shown there while no mail server is configured', async () => {
    const { world, ana, assign, deliveries } = await seed({ DATAMER_SMTP_OUT_URL: '' });
    await assign(ana.id);
    await seconds(world, 60);
    expect(await deliveries()).toMatchObject([{ state: 'pending', attempts: 0 }]);
  });

  it('starts no loop when it comes back, as itself or as a bounce; the bounce marks the recipient', async () => {
    const { world, acme, ana, api, assign, deliveries } = await seed();
    await assign(ana.id);
    await world.settle();
    const notice = sink.mails[0]?.raw ?? Buffer.alloc(0);
    await world.parts.accept(acme.id, { raw: notice, receivedAt: world.clock.now(), door: 'smtp' });
    await world.parts.accept(acme.id, {
      raw: bounceOf(notice, 'ana@acme.example'),
      receivedAt: world.clock.now(),
      door: 'smtp',
    });
    await world.settle();
    expect((await api.get<List<EventAnswer>>('/events?state=open')).body.items).toHaveLength(1);
    expect(await deliveries()).toMatchObject([{ state: 'bounced', lastError: '5.1.1 550 user unknown' }]);
    const users = (await api.get<List<{ id: string; unreachableReason: string | null }>>('/users')).body
      .items;
    expect(users.find(({ id }) => id === ana.id)?.unreachableReason).toBe('5.1.1 550 user unknown');
  });

  it('cannot be imitated to silence a mail', async () => {
    const { world, acme, api } = await seed();
    await world.deliver(acme, {
      subject: 'forged :critical:',
      headers: ['X-DaTamer-Notice: 019cd6fe-f8c0-7000-8018-87c6b4cee432.0123456789abcdef0123456789abcdef'],
    });
    expect((await api.get<List<EventAnswer>>('/events?state=open&q=forged')).body.items).toMatchObject([
      { severity: 'critical' },
    ]);
  });
});
