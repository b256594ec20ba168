import { expect, it } from '@jest/globals';
import { acrossTenants, rows } from '../../src/db/transaction.ts';
import type { EventAnswer, List } from '../support/api-shapes.ts';
import { chance } from '../support/chance.ts';
import { onBothDatabases } from '../support/databases.ts';
import { useMailSink } from '../support/mail-sink.ts';
import { add, addGroup, subscribe } from '../support/team.ts';
import { openWorld } from '../support/world.ts';

const MINUTE = 60_000;

const sink = useMailSink();

interface Audience {
  items: { name: string; level: string; told: string; until: string | null; by: { pattern: string }[] }[];
  silencedUntil: string | null;
  escalation: { steps: { at: string; targets: { users: { name: string }[] }[] }[] } | null;
}

const NAMES = ['ann', 'bo', 'cy', 'di'];
const PATHS = ['shop', 'shop.db', 'shop.db.eu', 'shop.web', 'bank.core', 'bank'];
const PATTERNS = ['*', 'shop.*', 'shop.db', 'shop.db.*', '*.core', 'bank.*', '!shop.web', '!shop.db.*'];
const SEVERITIES = ['critical', 'warn', 'info'];

onBothDatabases('Who would be told', (database) => {
  it('is who is told, at once, later and by each step, whatever people are subscribed to', async () => {
    const world = await openWorld(database, {
      start: '2026-03-10T20:07:00Z',
      settings: sink.settings,
    });
    const random = chance(6);
    const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
    const some = <T>(list: readonly T[]): T[] => list.filter(() => random() < 0.5);
    const acme = await world.addTenant('acme');
    const api = await world.api(acme);
    const users = [];
    for (const name of NAMES) users.push((await world.addUser(acme, name)).id);
    const groups = [];
    for (const name of ['one', 'two', 'three'])
      groups.push(await addGroup(api, name, [one(users), ...some(users)]));
    for (const group of groups) {
      for (const pattern of PATTERNS.filter(() => random() < 0.6)) {
        const hours = {
          from: one(['21:00', '22:30']),
          to: one(['23:15', '05:00']),
          timezone: 'Europe/Berlin',
        };
        await subscribe(api, group, {
          pattern,
          level: one(['responder', 'interested'] as const),
          severityFloor: one([null, 'warn', 'critical']),
          quietHours: random() < 0.4 ? hours : null,
        });
      }
    }
    const rota = await add(api, '/rotas', {
      name: 'Ops',
      unit: 'day',
      handOverAt: '23:20',
      startsOn: '2026-03-10',
      people: users,
    });
    const targets = [one(groups), one(groups)].map((id) => ({ kind: 'group', id }));
    const policies = [
      { patterns: ['shop.*'], steps: [targets, [{ kind: 'rota', id: rota }]] },
      { patterns: ['*', '!bank'], steps: [[{ kind: 'rota', id: rota }, ...targets.slice(1)]] },
    ];
    for (const [index, { patterns, steps }] of policies.entries()) {
      const timed = steps.map((meant, step) => ({ afterMinutes: 11 + 3 * step, targets: meant }));
      await add(api, '/escalations', {
        name: `policy ${index}`,
        patterns,
        severityFloor: 'critical',
        steps: timed,
      });
    }
    let seen = 0;
    const told = (word: RegExp): string[] => {
      const mails = sink.mails.slice(seen).filter(({ parsed }) => word.test(parsed.subject ?? ''));
      seen = sink.mails.length;
      return mails.map(({ to }) => to.split('@')[0] ?? '').sort();
    };
    const kinds = new Set<string>();
    for (let round = 0; round < 9; round += 1) {
      const [org, severity] = [one(PATHS), one(SEVERITIES)];
      const asked = await api.get<Audience>(`/audience?org=${org}&severity=${severity}`);
      const { items, escalation } = asked.body;
      told(/./);
      await world.raise(acme, {
        subject: `PROBLEM: trouble ${round} :${severity}: :org:${org}: :svr:h${round}.${org}:`,
      });
      const [event] = (await api.get<List<EventAnswer>>('/events?interest=all&state=open&limit=1')).body
        .items;
      expect(told(/FAILED/)).toEqual(
        items
          .filter((item) => item.told === 'now')
          .map(({ name }) => name)
          .sort(),
      );
      const held = await acrossTenants(world.parts.database.dataSource, (tx) =>
        rows<{ name: string; until: Date }>(
          tx,
          'select u.name, h.release_at as until from held_notices h join users u on u.id = h.user_id where h.event_id = $1 order by 1',
          [event?.id],
        ),
      );
      expect(held.map(({ name, until }) => [name, until.toISOString()])).toEqual(
        items
          .filter((item) => item.told === 'later')
          .map(({ name, until }) => [name, until])
          .sort(),
      );
      for (const item of items) {
        expect(item.by.length).toBeGreaterThan(0);
        kinds.add(`${item.level} ${item.told}`);
      }
      const of = await api.get<Audience>(`/events/${event?.id}/audience`);
      expect(of.body.escalation).toEqual(escalation);
      for (const { at, targets: meant } of escalation?.steps ?? []) {
        const wait = Date.parse(at) - world.clock.now().getTime();
        await world.pass(wait, wait);
        const people = meant.flatMap((each) => each.users.map(({ name }) => name));
        expect(told(/nobody has it/)).toEqual([...new Set(people)].sort());
        kinds.add('step');
      }
      const { id, version } = (await api.get<EventAnswer>(`/events/${event?.id}`)).body;
      expect((await api.send('POST', `/events/${id}/completion`, { version })).status).toBe(200);
      await world.pass(16 * MINUTE, 16 * MINUTE);
    }
    // What is compared has happened.
    expect([...kinds].sort()).toEqual(['interested later', 'responder later', 'responder now', 'step']);
  });

  it('says that a silence covers a path, and what has been told a moment ago is not told again', async () => {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    const { id } = await world.addUser(acme, 'ann');
    const api = await world.api(acme);
    await addGroup(api, 'Shop', [id], { pattern: 'shop.*', level: 'responder' });
    await world.raise(acme, { subject: 'PROBLEM: disk full :critical: :org:shop.db: :svr:db1:' });
    const [event] = (await api.get<List<EventAnswer>>('/events?interest=all')).body.items;
    const ask = async (path: string) => (await api.get<Audience>(path)).body;
    expect(await ask(`/events/${event?.id}/audience`)).toMatchObject({
      items: [
        {
          name: 'ann',
          level: 'responder',
          told: 'no',
          reason: 'told of it a moment ago',
          by: [{ pattern: 'shop.*' }],
        },
      ],
      silencedUntil: null,
      escalation: null,
    });
    await api.send('POST', '/silences', { reason: 'Upgrade', orgs: ['shop.*'], minutes: 60 });
    expect((await ask('/audience?org=shop.db&severity=warn')).silencedUntil).toBe('2026-03-10T09:00:00.000Z');
    expect((await ask('/audience?org=bank')).silencedUntil).toBeNull();
  });
});
