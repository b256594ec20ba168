import { expect, it } from '@jest/globals';
import type { List, MseAnswer, Problem } from '../support/api-shapes.ts';
import { onBothDatabases } from '../support/databases.ts';
import { openWorld } from '../support/world.ts';

interface RuleAnswer {
  id: string;
  name: string;
  position: number;
  hits: number;
  lastHitAt: string | null;
}

interface BacktestAnswer {
  examined: number;
  matched: number;
  changed: number;
  hiddenCriticals: number;
  samples: {
    subject: string;
    before: { severity: string | null };
    after: { severity: string | null; org: string | null };
  }[];
}

onBothDatabases('Rules', (database) => {
  async function seed() {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    const api = await world.api(acme);
    const mses = async () => (await api.get<List<MseAnswer>>('/mses')).body.items;
    const latest = async (): Promise<MseAnswer> => {
      const [mse] = await mses();
      if (!mse) throw new Error('a mail was expected');
      return mse;
    };
    return { world, acme, api, latest };
  }

  it('decide what tags left open, with named groups, and count their hits', async () => {
    const { world, acme, api, latest } = await seed();
    const condition = {
      all: [
        { field: 'from', op: 'contains', value: '@legacy.example' },
        { field: 'subject', op: 'regex', value: 'disk full on (?<host>\\S+)' },
      ],
    };
    const actions = {
      severity: 'critical',
      org: 'shop.disks',
      servers: ['${host}.example.com'],
      state: 'problem',
    };
    const made = await api.send<RuleAnswer>('POST', '/rules', { name: 'Old disk mails', condition, actions });
    expect(made.status).toBe(201);
    await world.deliver(acme, { from: 'root@legacy.example', subject: 'Disk full on DB7' });
    expect(await latest()).toMatchObject({
      severity: 'critical',
      org: 'shop.disks',
      servers: ['db7.example.com'],
      state: 'problem',
      sources: { severity: 'rule', org: 'rule', servers: 'rule', state: 'rule' },
    });
    await world.deliver(acme, { from: 'root@legacy.example', subject: 'disk full on db8 :warn:' });
    expect(await latest()).toMatchObject({
      severity: 'warn',
      org: 'shop.disks',
      sources: { severity: 'tag', org: 'rule' },
    });
    await world.deliver(acme, { from: 'root@other.example', subject: 'disk full on db9' });
    expect(await latest()).toMatchObject({ severity: null, org: null });
    const rule = (await api.get<RuleAnswer>(`/rules/${made.body.id}`)).body;
    expect(rule).toMatchObject({ hits: 2, lastHitAt: world.clock.now().toISOString() });
  });

  it('are tried in their order; the first that decides a field wins it', async () => {
    const { world, acme, api, latest } = await seed();
    const any = { field: 'subject', op: 'contains', value: 'disk' };
    const first = (
      await api.send<RuleAnswer>('POST', '/rules', {
        name: 'one',
        condition: any,
        actions: { severity: 'info' },
      })
    ).body;
    const second = (
      await api.send<RuleAnswer>('POST', '/rules', {
        name: 'two',
        condition: any,
        actions: { severity: 'critical', org: 'x' },
      })
    ).body;
    await world.deliver(acme, { subject: 'disk' });
    expect(await latest()).toMatchObject({ severity: 'info', org: 'x' });
    await api.send('POST', '/rules/order', { rules: [second.id, first.id] });
    await world.deliver(acme, { subject: 'disk again' });
    expect(await latest()).toMatchObject({ severity: 'critical', org: 'x' });
  });

  it('by backtest say what they would do, criticals they would hide, and store nothing', async () => {
    const { world, acme, api } = await seed();
    await world.deliver(acme, { subject: 'disk full :critical: :org:shop.db:' });
    await world.deliver(acme, { subject: 'disk nearly full' });
    await world.deliver(acme, { subject: 'lunch' });
    const manager = await world.api(acme, 'manager');
    const condition = {
      any: [
        { field: 'subject', op: 'contains', value: 'DISK' },
        { not: { field: 'body', op: 'contains', value: '' } },
      ],
    };
    expect(
      (await manager.send<Problem>('POST', '/rules/backtest', { condition, actions: { noise: true } })).body
        .faults,
    ).toHaveLength(1);
    const tried = await manager.send<BacktestAnswer>('POST', '/rules/backtest', {
      condition: { field: 'subject', op: 'contains', value: 'DISK' },
      actions: { severity: 'warn', org: 'shop.disks', noise: true },
    });
    expect(tried.body).toMatchObject({ examined: 3, matched: 2, changed: 2, hiddenCriticals: 1 });
    expect(tried.body.samples).toMatchObject([
      // Hidden as noise: what nobody must overlook comes first.
      {
        subject: 'disk full :critical: :org:shop.db:',
        before: { severity: 'critical' },
        after: { severity: 'critical', org: 'shop.db' },
      },
      {
        subject: 'disk nearly full',
        before: { severity: null },
        after: { severity: 'warn', org: 'shop.disks' },
      },
    ]);
    expect((await api.get<List<RuleAnswer>>('/rules')).body.items).toEqual([]);
  });

  it('over headers, recipients and attachments are backtested on the sources', async () => {
    const { world, acme, api } = await seed();
    await world.deliver(acme, { subject: 'a', headers: ['X-Tool: Borg', 'List-Id: <backup.example>'] });
    await world.deliver(acme, { subject: 'b' });
    const matched = async (condition: object) =>
      (
        await api.send<BacktestAnswer>('POST', '/rules/backtest', {
          condition,
          actions: { severity: 'info' },
        })
      ).body.matched;
    expect(await matched({ field: 'header', header: 'x-tool', op: 'equals', value: 'borg' })).toBe(1);
    expect(await matched({ field: 'to', op: 'equals', value: 'alerts@acme.example' })).toBe(2);
    expect(await matched({ field: 'source', op: 'equals', value: 'tools.example' })).toBe(2);
    expect(await matched({ field: 'severity', op: 'equals', value: '' })).toBe(2);
  });

  it('with an exploding or broken expression cannot be saved, or run in time that grows with the text only', async () => {
    const { world, acme, api, latest } = await seed();
    const rule = (value: string) => ({
      name: 'x',
      condition: { field: 'body', op: 'regex', value },
      actions: { severity: 'info' },
    });
    for (const broken of ['(', '(?<=x)y', '\\1', 'x{9999}', 'a'.repeat(3000)]) {
      const answer = await api.send<Problem>('POST', '/rules', rule(broken));
      expect([broken.slice(0, 10), answer.status]).toEqual([broken.slice(0, 10), 400]);
      expect(answer.body.faults?.[0]?.field).toContain('value');
    }
    expect((await api.send('POST', '/rules', rule('(a+)+$'))).status).toBe(201);
    const startedAt = performance.now();
    await world.deliver(acme, { subject: 'evil', body: `${'a'.repeat(100_000)}b` });
    expect(performance.now() - startedAt).toBeLessThan(5000);
    expect((await latest()).subject).toBe('evil');
  });

  it('that mark noise keep it out of every list, and out of nobody’s hands: the mail is still there', async () => {
    const { world, acme, api, latest } = await seed();
    await api.send('POST', '/rules', {
      name: 'x',
      condition: { field: 'subject', op: 'equals', value: 'chatter' },
      actions: { noise: true },
    });
    await world.deliver(acme, { subject: 'chatter' });
    await world.deliver(acme, { subject: 'chatter' });
    expect((await api.get<List<object>>('/events')).body.items).toEqual([]);
    expect((await latest()).subject).toBe('chatter');
  });

  it('never change what tags of trusted senders say, and tags of others are inert where a list is kept', async () => {
    const { world, acme, api, latest } = await seed();
    await api.send('PATCH', '/tenant', { tagSenders: ['@trusted.example'] });
    await world.deliver(acme, { from: 'root@trusted.example', subject: 'x :critical:' });
    expect((await latest()).severity).toBe('critical');
    await world.deliver(acme, { from: 'root@forger.example', subject: 'x of theirs :critical:' });
    const forged = await latest();
    expect(forged).toMatchObject({ severity: null, sources: { severity: 'none' } });
    expect(forged.lint[0]).toContain('not on the list of trusted tag senders');
  });
});
