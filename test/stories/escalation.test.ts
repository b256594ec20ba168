import { expect, it } from '@jest/globals';
import { acrossTenants } from '../../src/db/transaction.ts';
import type { EventAnswer, List } from '../support/api-shapes.ts';
import { onBothDatabases } from '../support/databases.ts';
import { bounceOf } from '../support/bounce.ts';
import { HttpSink } from '../support/http-sink.ts';
import { useMailSink } from '../support/mail-sink.ts';
import { add, addGroup, subscribe } from '../support/team.ts';
import { openWorld } from '../support/world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const sink = useMailSink();

onBothDatabases('What nobody takes', (database) => {
  /** Noon in Berlin. Ann responds to the shop; nobody else is told at once. Bo is tier 2, Di is on call. */
  async function seed(start = '2026-03-10T10:59:55Z') {
    const world = await openWorld(database, {
      start,
      settings: {
        ...sink.settings,
        DATAMER_PUBLIC_URL: 'http://pager.example',
        DATAMER_ALLOW_PRIVATE_TARGETS: '127.0.0.1',
      },
    });
    const acme = await world.addTenant('acme');
    const api = await world.api(acme);
    await api.send('PATCH', '/tenant', { timeZone: 'Europe/Berlin' });
    const user = async (name: string) => (await world.addUser(acme, name)).id;
    const people = { ann: await user('ann'), bo: await user('bo'), di: await user('di') };
    const make = (path: string, body: object) => add(api, path, body);
    await addGroup(api, 'Shop', [people.ann], { pattern: 'shop.*', level: 'responder' });
    const tier2 = await addGroup(api, 'Tier 2', [people.bo]);
    const ops = await make('/rotas', {
      name: 'Ops',
      startsOn: '2026-03-09',
      people: [people.di],
    });
    const steps = [
      { afterMinutes: 15, targets: [{ kind: 'group', id: tier2 }] },
      { afterMinutes: 10, targets: [{ kind: 'rota', id: ops }] },
    ];
    const policy = (change: object = {}) =>
      make('/escalations', { name: 'Shop', patterns: ['shop.*'], steps, ...change });
    const trouble = (subject = 'PROBLEM: http is down', tags = ':critical: :org:shop.web: :svr:web1:') =>
      world.raise(acme, { subject: `${subject} ${tags}` });
    const event = async () => {
      const [found] = (await api.get<List<EventAnswer>>('/events?interest=all&limit=1')).body.items;
      return (await api.get<EventAnswer>(`/events/${found?.id}`)).body;
    };
    const act = async (deed: string, body: object = {}) => {
      const { id, version } = await event();
      expect((await api.send('POST', `/events/${id}/${deed}`, { version, ...body })).status).toBe(200);
      await world.settle();
    };
    /** Time passes in one step, and everything has its turn. */
    const wait = async (ms: number) => (ms > 0 ? world.pass(ms, ms) : world.settle());
    /** Who was told what since it was asked last. */
    let seen = 0;
    const told = () => {
      const mails = sink.mails.slice(seen);
      seen = sink.mails.length;
      return mails
        .map(({ to, parsed }) => `${to.split('@')[0]}: ${parsed.subject?.replace(/ #\d+$/, '')}`)
        .sort();
    };
    const timeline = async (what: string) =>
      (await event()).timeline.filter((row) => row.what === what).map(({ why }) => why);
    return {
      world,
      acme,
      api,
      people,
      tier2,
      ops,
      make,
      policy,
      steps,
      trouble,
      event,
      act,
      wait,
      told,
      timeline,
    };
  }

  const NOBODY = '[critical] nobody has it: FAILED PROBLEM: http is down (shop.web)';

  it('climbs its ladder step by step, says so in the timeline, and ends at the top', async () => {
    const { policy, trouble, wait, told, timeline, event } = await seed();
    await policy();
    await trouble();
    expect(told()).toEqual(['ann: [critical] FAILED: PROBLEM: http is down (shop.web)']);
    await wait(14 * MINUTE);
    expect(told()).toEqual([]);
    await wait(MINUTE);
    expect(told()).toEqual([`bo: ${NOBODY}`]);
    expect(sink.mails.at(-1)?.parsed.text).toContain(
      'You are told because you are in Tier 2. Next: whoever is on call in Ops at 12:25 Europe/Berlin.',
    );
    await wait(10 * MINUTE);
    expect(told()).toEqual([`di: ${NOBODY}`]);
    expect(sink.mails.at(-1)?.parsed.text).toContain(
      'because you are on call in Ops. That was the last step.',
    );
    await wait(HOUR);
    expect(told()).toEqual([]);
    expect(await timeline('escalated')).toEqual([
      'told di (on call in Ops); that was the last step',
      'told bo (Tier 2); next: whoever is on call in Ops at 2026-03-10T11:25:00.000Z',
    ]);
    // What the system tells is no change that a person's form would be stale by.
    expect((await event()).version).toBe(1);
  });

  it('stops when somebody takes it or it is over, and begins anew when it is given up or comes back', async () => {
    const { policy, trouble, act, people, wait, told } = await seed();
    await policy({ repeats: 1 });
    await trouble();
    await wait(15 * MINUTE);
    told();
    await act('assignment', { user: people.bo });
    expect(told()).toEqual(['bo: [critical] assigned to you: FAILED PROBLEM: http is down (shop.web)']);
    await wait(HOUR);
    expect(told()).toEqual([]);
    await act('assignment', { user: null });
    expect(told()).toEqual(['bo: [critical] no longer yours: FAILED PROBLEM: http is down (shop.web)']);
    await wait(15 * MINUTE);
    expect(told()).toEqual([`bo: ${NOBODY}`]);
    await act('completion');
    await wait(HOUR);
    expect(told()).toEqual([]);
    await act('reopening');
    await wait(MINUTE);
    expect(told()).toEqual([`ann: [critical] FAILED again: PROBLEM: http is down (shop.web)`]);
    await wait(14 * MINUTE);
    expect(told()).toEqual([`bo: ${NOBODY}`]);
    await wait(10 * MINUTE);
    expect(told()).toEqual([`di: ${NOBODY}`]);
    // Once more from the first step, as the policy says.
    await wait(15 * MINUTE);
    expect(told()).toEqual([`bo: ${NOBODY}`]);
    // A new mail of it, since who reopens by hand has no open signal.
    await trouble();
    await trouble('RECOVERY: http is up');
    await wait(HOUR);
    expect(told()).toEqual([]);
  });

  it('rests while it is snoozed or silenced, and waits anew when that ends', async () => {
    const { api, policy, trouble, act, wait, told, event } = await seed();
    await policy();
    await trouble();
    await wait(10 * MINUTE);
    await act('snooze', { until: '2026-03-10T12:00:00Z' });
    told();
    await wait(50 * MINUTE + 14 * MINUTE);
    expect(told()).toEqual([]);
    await wait(MINUTE);
    expect(told()).toHaveLength(1);
    await act('snooze', { until: '2026-03-10T18:00:00Z' });
    await act('snooze', { until: null });
    await wait(9 * MINUTE);
    expect(told()).toEqual([]);
    const { id } = await event();
    const silence = { reason: 'Upgrade', orgs: ['shop.*'], minutes: 600 };
    const made = await api.send<{ id: string }>('POST', '/silences', silence);
    await wait(HOUR);
    expect(told()).toEqual([]);
    // Ended by hand: nobody has to wait for the end that was planned.
    await api.send('POST', `/silences/${made.body.id}/end`);
    await wait(5 * MINUTE);
    await wait(10 * MINUTE);
    expect(told()).toEqual([`di: ${NOBODY}`]);
    expect(
      (await api.get<EventAnswer>(`/events/${id}`)).body.timeline.filter(({ what }) => what === 'escalated'),
    ).toHaveLength(2);
  });

  it('tells whoever is on call at that moment: the hand-over in between counts, in the night of summer time too', async () => {
    // Sunday, 01:40 in Berlin; at 03:00, which is 20 minutes later, Bo takes over.
    const { make, people, policy, trouble, wait, told } = await seed('2026-03-29T00:40:00Z');
    const night = await make('/rotas', {
      name: 'Night',
      unit: 'day',
      startsOn: '2026-03-28',
      handOverAt: '02:30',
      people: [people.di, people.bo],
    });
    const step = (afterMinutes: number) => ({ afterMinutes, targets: [{ kind: 'rota', id: night }] });
    await policy({ steps: [step(19), step(1)] });
    await trouble();
    told();
    await wait(19 * MINUTE);
    expect(told()).toEqual([`di: ${NOBODY}`]);
    await wait(MINUTE);
    expect(told()).toEqual([`bo: ${NOBODY}`]);
  });

  it('follows a policy that is changed or removed meanwhile, as far as nobody has been told', async () => {
    const { api, tier2, policy, steps, trouble, wait, told } = await seed();
    const shop = await policy();
    const usual = await policy({
      name: 'Usual',
      patterns: ['*'],
      severityFloor: 'info',
      steps: steps.slice(1),
    });
    await trouble();
    await trouble('PROBLEM: bank is down', ':warn: :org:bank.core:');
    told();
    await wait(5 * MINUTE);
    const sooner = [{ afterMinutes: 5, targets: [{ kind: 'group', id: tier2 }] }, ...steps.slice(1)];
    await api.send('PATCH', `/escalations/${shop}`, { steps: sooner });
    await wait(MINUTE);
    expect(told()).toEqual([`bo: ${NOBODY}`]);
    await api.send('DELETE', `/escalations/${shop}`);
    await wait(4 * MINUTE);
    expect(told()).toEqual(['di: [warn] nobody has it: FAILED PROBLEM: bank is down (bank.core)']);
    await wait(10 * MINUTE);
    expect(told()).toEqual([`di: ${NOBODY}`]);
    await api.send('DELETE', `/escalations/${usual}`);
    await wait(HOUR);
    expect(told()).toEqual([]);
  });

  it('goes on at once when a step reaches nobody, and gives up when none does', async () => {
    const { api, people, tier2, policy, trouble, wait, told, timeline } = await seed();
    await policy();
    await api.send('PATCH', `/groups/${tier2}`, { users: [] });
    await trouble();
    told();
    await wait(15 * MINUTE);
    expect(told()).toEqual([`di: ${NOBODY}`]);
    expect(await timeline('escalated')).toEqual([
      'told di (on call in Ops); that was the last step',
      'nobody to tell: Tier 2 has no members; next: whoever is on call in Ops at 2026-03-10T11:15:00.000Z',
    ]);
    await api.send('DELETE', `/users/${people.di}`);
    await trouble('PROBLEM: payment is down', ':critical: :org:shop.pay: :svr:pay1:');
    told();
    await wait(15 * MINUTE);
    expect(told()).toEqual([]);
    expect(await timeline('escalated')).toEqual([
      'nobody to tell: Tier 2 has no members; that was the last step',
    ]);
  });

  it('waits for the end of quiet hours unless it is critical; whoever is on call hears it at any hour', async () => {
    const { api, tier2, ops, policy, trouble, wait, told, timeline } = await seed();
    const quietHours = { from: '11:00', to: '14:00', timezone: 'Europe/Berlin' };
    await subscribe(api, tier2, {
      pattern: 'shop.*',
      level: 'responder',
      severityFloor: 'warn',
      quietHours,
    });
    const targets = [
      { kind: 'group', id: tier2 },
      { kind: 'rota', id: ops },
    ];
    await policy({ severityFloor: 'warn', steps: [{ afterMinutes: 15, targets }] });
    await trouble('PROBLEM: disk fills', ':warn: :org:shop.db: :svr:db1:');
    told();
    await wait(15 * MINUTE);
    expect(told()).toEqual(['di: [warn] nobody has it: FAILED PROBLEM: disk fills (shop.db)']);
    expect(await timeline('escalated')).toEqual([
      'told di (on call in Ops); bo: quiet hours, told at 14:00 Europe/Berlin; that was the last step',
    ]);
    await trouble();
    told();
    await wait(15 * MINUTE);
    expect(told()).toEqual([`bo: ${NOBODY}`, `di: ${NOBODY}`]);
  });

  it('tells a room as it tells people, and goes on at once while the room is down', async () => {
    const room = await HttpSink.open();
    try {
      const { world, api, make, steps, policy, trouble, wait, told, timeline } = await seed();
      const settings = { url: `${room.url}/services/T0/B0/s3cret` };
      const id = await make('/channels', { kind: 'slack', name: 'Ops room', settings });
      await policy({ steps: [{ afterMinutes: 15, targets: [{ kind: 'channel', id }] }, ...steps.slice(1)] });
      await trouble();
      told();
      await wait(15 * MINUTE);
      expect(told()).toEqual([]);
      expect(room.requests.map(({ body }) => body)).toEqual([expect.stringContaining('nobody has it')]);
      expect(await timeline('escalated')).toEqual([
        'told Ops room; next: whoever is on call in Ops at 2026-03-10T11:25:00.000Z',
      ]);
      await wait(10 * MINUTE);
      expect(told()).toEqual([`di: ${NOBODY}`]);
      expect((await api.send<{ code: string }>('DELETE', `/channels/${id}`)).body.code).toBe(
        'channel-in-use',
      );
      const now = world.clock.now();
      await acrossTenants(world.parts.database.dataSource, (tx) =>
        tx.query('update channels set failing_since = $1 where id = $2', [now, id]),
      );
      await trouble('PROBLEM: payment is down', ':critical: :org:shop.pay: :svr:pay1:');
      told();
      await wait(15 * MINUTE);
      expect(told()).toEqual(['di: [critical] nobody has it: FAILED PROBLEM: payment is down (shop.pay)']);
      expect((await timeline('escalated')).at(-1)).toMatch(/^nobody to tell: Ops room is down; next/);
    } finally {
      await room.close();
    }
  });

  interface Audience {
    escalation: {
      steps: { at: string; targets: { users: { name: string; isUnreachable: boolean }[] }[] }[];
    };
  }

  const NO_SUCH_USER = { code: 550, message: 'no such user' };

  it('goes on at once when who is told has no such address, and does not count on them until their mail arrives', async () => {
    const { world, api, policy, trouble, wait, told, timeline } = await seed();
    await policy();
    await trouble();
    told();
    sink.refusals.push(NO_SUCH_USER);
    await wait(15 * MINUTE);
    await wait(0);
    expect(told()).toEqual([`di: ${NOBODY}`]);
    expect(await timeline('not told')).toEqual([
      expect.stringMatching(/^bo: .*550 no such user; next: whoever is on call in Ops at 2026-03-10T11:15:/),
    ]);
    await wait(HOUR);
    expect(told()).toEqual([]);
    // Known from now on: tried, and not waited for.
    const foreseen = async () =>
      (await api.get<Audience>('/audience?org=shop.pay&severity=critical')).body.escalation.steps;
    const [first, second] = await foreseen();
    expect(first?.targets[0]?.users).toMatchObject([{ name: 'bo', isUnreachable: true }]);
    expect(second?.at).toBe(first?.at);
    await trouble('PROBLEM: payment is down', ':critical: :org:shop.pay: :svr:pay1:');
    told();
    await wait(15 * MINUTE);
    const payment = NOBODY.replace('http', 'payment').replace('web', 'pay');
    expect(told()).toEqual([`bo: ${payment}`, `di: ${payment}`]);
    expect((await timeline('escalated')).at(-1)).toMatch(
      /^tried bo \(Tier 2\), whose mail came back the last time; next: whoever is on call in Ops at 2026-03-10T12:30/,
    );
    // It arrived: bo is there again.
    expect((await foreseen()).map(({ targets }) => targets[0]?.users)).toEqual([
      [expect.objectContaining({ name: 'bo', isUnreachable: false })],
      [expect.objectContaining({ name: 'di', isUnreachable: false })],
    ]);
    await trouble('PROBLEM: search is down', ':critical: :org:shop.search: :svr:search1:');
    told();
    await wait(15 * MINUTE);
    expect(told()).toHaveLength(1);
    expect(world.clock.now().toISOString()).toMatch(/^2026-03-10T12:45/);
  });

  it('goes on when the notice comes back later, and says so when there is no step left', async () => {
    const { world, acme, policy, trouble, wait, told, timeline } = await seed();
    await policy();
    await trouble();
    await wait(15 * MINUTE);
    told();
    const comeBack = async (address: string): Promise<void> => {
      const notice = sink.mails.at(-1)?.raw ?? Buffer.alloc(0);
      const raw = bounceOf(notice, address);
      await world.parts.accept(acme.id, { raw, receivedAt: world.clock.now(), door: 'smtp' });
      await wait(0);
    };
    await wait(3 * MINUTE);
    await comeBack('bo@acme.example');
    expect(told()).toEqual([`di: ${NOBODY}`]);
    await comeBack('di@acme.example');
    expect(told()).toEqual([]);
    expect(await timeline('not told')).toEqual([
      'di: 5.1.1 550 user unknown',
      expect.stringMatching(
        /^bo: 5.1.1 550 user unknown; next: whoever is on call in Ops at 2026-03-10T11:18/,
      ),
    ]);
  });

  it('waits as ever when one of a step was told, and when nobody at all can be', async () => {
    const { api, people, tier2, policy, trouble, wait, told, timeline } = await seed();
    await policy();
    await api.send('PATCH', `/groups/${tier2}`, { users: [people['ann'], people['bo']] });
    await trouble();
    told();
    sink.refusals.push(NO_SUCH_USER);
    await wait(15 * MINUTE);
    expect(told()).toHaveLength(1);
    expect(await timeline('not told')).toEqual([expect.stringMatching(/^(ann|bo): .*no such user$/)]);
    await wait(9 * MINUTE);
    expect(told()).toEqual([]);
    sink.refusals.push(NO_SUCH_USER);
    await wait(MINUTE);
    await trouble('PROBLEM: payment is down', ':critical: :org:shop.pay: :svr:pay1:');
    await api.send('PATCH', `/groups/${tier2}`, { users: [people['di']] });
    told();
    await wait(15 * MINUTE);
    expect(told()).toHaveLength(1);
    await wait(9 * MINUTE);
    expect(told()).toEqual([]);
  });

  it('of a room that is gone goes on at once, for all that was told there', async () => {
    const room = await HttpSink.open();
    try {
      const { make, steps, policy, trouble, wait, told, timeline } = await seed();
      const settings = { url: `${room.url}/services/T0/B0/s3cret` };
      const id = await make('/channels', { kind: 'slack', name: 'Ops room', settings });
      await policy({ steps: [{ afterMinutes: 15, targets: [{ kind: 'channel', id }] }, ...steps.slice(1)] });
      await trouble();
      await trouble('PROBLEM: payment is down', ':critical: :org:shop.pay: :svr:pay1:');
      told();
      room.answers.push({ status: 404 });
      await wait(16 * MINUTE);
      expect(room.requests).toHaveLength(1);
      expect(told()).toEqual(['di: [critical] nobody has them: 2 events, PROBLEM: http is down']);
      expect(await timeline('not told')).toEqual([
        expect.stringMatching(/^Ops room: .*404.*; next: whoever is on call in Ops at 2026-03-10T11:/),
      ]);
    } finally {
      await room.close();
    }
  });

  it('is nobody’s again when who has it leaves the tenant', async () => {
    const { api, people, policy, trouble, act, wait, told, event } = await seed();
    await policy();
    await trouble();
    await act('assignment', { user: people.ann });
    told();
    expect((await api.send('DELETE', `/users/${people.ann}`)).status).toBe(200);
    expect((await event()).assignee).toBeNull();
    expect((await event()).timeline[0]).toMatchObject({
      what: 'unassigned',
      who: 'token admin',
      why: 'ann has left',
    });
    await wait(0);
    await wait(15 * MINUTE);
    expect(told()).toEqual([`bo: ${NOBODY}`]);
  });

  it('of many at once is one notice a person', async () => {
    const { policy, trouble, wait, told } = await seed();
    await policy();
    for (const part of ['web', 'db', 'pay']) {
      await trouble(
        `PROBLEM: trouble of ${part}`,
        `:critical: :org:shop.${part}.team: :svr:${part}1.${part}.example:`,
      );
    }
    told();
    await wait(15 * MINUTE);
    const [bo] = told();
    expect(bo).toMatch(/^bo: \[critical\] nobody has them: 3 events, PROBLEM: trouble of/);
    expect(sink.mails.at(-1)?.parsed.text).toMatch(/Nobody’s: 3[^]*trouble of web[^]*trouble of pay/);
  });

  it('and what somebody has but leaves lying is recalled to them, until they do something', async () => {
    const { policy, trouble, act, people, wait, told, timeline } = await seed();
    await policy({ reminder: { afterMinutes: 40, everyMinutes: 10 } });
    await trouble();
    await act('assignment', { user: people.ann });
    told();
    const reminder = 'ann: [critical] still yours: FAILED PROBLEM: http is down (shop.web)';
    await wait(40 * MINUTE);
    expect(told()).toEqual([reminder]);
    expect(sink.mails.at(-1)?.parsed.text).toContain(
      'nobody has done anything with it since Tue 12:00 Europe/Berlin',
    );
    await wait(10 * MINUTE);
    expect(told()).toEqual([reminder]);
    await act('notes', { text: 'waiting for the provider' });
    await wait(39 * MINUTE);
    expect(told()).toEqual([]);
    await wait(MINUTE);
    expect(told()).toEqual([reminder]);
    await act('snooze', { until: '2026-03-11T11:00:00Z' });
    await wait(HOUR);
    expect(told()).toEqual([]);
    await act('completion');
    await wait(HOUR);
    expect(told()).toEqual([]);
    expect(await timeline('reminded')).toHaveLength(3);
  });

  it('is told once and surely when writing fails in the middle', async () => {
    const { world, policy, trouble, wait, told, timeline } = await seed();
    await policy();
    await trouble();
    told();
    const { dataSource } = world.parts.database;
    await dataSource.query(
      `alter table deliveries add constraint broken check (kind <> 'escalation') not valid`,
    );
    try {
      await expect(wait(15 * MINUTE)).rejects.toThrow(/broken/);
    } finally {
      await dataSource.query('alter table deliveries drop constraint broken');
    }
    expect(await timeline('escalated')).toEqual([]);
    // Two processes look at once.
    await Promise.all([world.settle(), world.settle()]);
    expect(told()).toEqual([`bo: ${NOBODY}`]);
    await world.settle();
    expect(told()).toEqual([]);
    expect(await timeline('escalated')).toHaveLength(1);
  });

  it('of mail that is older than a day calls nobody, nor what opened before there was a policy', async () => {
    const { world, acme, policy, trouble, wait, told } = await seed();
    await trouble();
    await policy();
    const at = new Date(world.clock.now().getTime() - 25 * HOUR);
    await world.raise(acme, { subject: 'PROBLEM: old :critical: :org:shop.old: :svr:old1:', at });
    told();
    await wait(HOUR);
    expect(told()).toEqual([]);
    await trouble('PROBLEM: disk fills', ':warn: :org:shop.db: :svr:db1:');
    await trouble('PROBLEM: disk fills', ':critical: :org:shop.db: :svr:db1:');
    told();
    await wait(15 * MINUTE);
    expect(told()).toHaveLength(1);
  });
});
