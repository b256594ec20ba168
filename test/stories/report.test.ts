import { expect, it } from '@jest/globals';
import type { EventAnswer, List } from '../support/api-shapes.ts';
import { onBothDatabases } from '../support/databases.ts';
import { openWorld } from '../support/world.ts';

const MINUTE = 60_000;

interface Report {
  mses: number;
  events: {
    total: number;
    open: number;
    closed: number;
    bySeverity: Record<string, number>;
    byOrg: Record<string, number>;
  };
  delays: Record<
    string,
    { assignment: Record<string, number> | null; completion: Record<string, number> | null }
  >;
}

onBothDatabases('The historical report', (database) => {
  async function seed() {
    const world = await openWorld(database, { start: '2026-03-10T00:00:00Z' });
    const acme = await world.addTenant('acme');
    const ana = await world.addUser(acme, 'ana');
    const api = await world.api(acme);
    const act = async (id: string, action: string, body: object) => {
      const { version } = (await api.get<EventAnswer>(`/events/${id}`)).body;
      await api.send('POST', `/events/${id}/${action}`, { ...body, version });
    };
    // Three criticals, taken after 1, 2 and 6 minutes, completed after 10, 20 and never.
    for (const [index, taken] of [1, 2, 6].entries()) {
      await world.deliver(acme, {
        subject: `fault of host h${index} :critical: :org:shop.a: :svr:h${index}`,
      });
      const [event] = (await api.get<List<EventAnswer>>(`/events?q=h${index}`)).body.items;
      world.clock.advance(taken * MINUTE);
      await act(event?.id ?? '', 'assignment', { user: ana.id });
      world.clock.advance((10 * (index + 1) - taken) * MINUTE);
      if (index < 2) await act(event?.id ?? '', 'completion', {});
    }
    await world.deliver(acme, { subject: 'chatter :info: :org:=cmd:' });
    await world.deliver(acme, { subject: 'who knows' });
    await world.deliver(acme, { subject: 'who knows' });
    return { world, acme, api };
  }

  const RANGE = 'from=2026-03-10&to=2026-03-11';

  it('counts mails, events by severity and org, and measures delays', async () => {
    const { api } = await seed();
    const report = (await api.get<Report>(`/reports/history?${RANGE}`)).body;
    expect(report).toMatchObject({
      mses: 6,
      events: {
        total: 5,
        open: 3,
        closed: 2,
        bySeverity: { critical: 3, warn: 0, unclassified: 1, info: 1 },
      },
      delays: {
        critical: {
          assignment: { min: 60, max: 360, mean: 180, p50: 120 },
          completion: { min: 600, max: 1200, mean: 900, p50: 900 },
        },
        warn: { assignment: null, completion: null },
      },
    });
    expect(report.events.byOrg['shop.a']).toBe(3);
    expect(report.delays['critical']?.assignment?.['p90']).toBeCloseTo(312);
  });

  it('takes a half-open range, an org with all below it, and a severity', async () => {
    const { api } = await seed();
    const total = async (query: string) =>
      (await api.get<Report>(`/reports/history?${query}`)).body.events.total;
    expect(await total('from=2026-03-09&to=2026-03-10')).toBe(0);
    expect(await total('from=2026-03-10T00:00:00Z&to=2026-03-10T00:00:01Z')).toBe(1);
    expect(await total(`${RANGE}&org=shop`)).toBe(3);
    expect(await total(`${RANGE}&org=sho`)).toBe(0);
    expect(await total(`${RANGE}&severity=unclassified`)).toBe(1);
  });

  it.each([
    'from=2026-03-11&to=2026-03-10',
    'from=2026-03-10&to=2026-03-10',
    'from=soon&to=later',
    'from=2026-13-40&to=2026-03-11',
    'to=2026-03-11',
  ])('refuses the range %s', async (query) => {
    const { api } = await seed();
    expect((await api.get(`/reports/history?${query}`)).status).toBe(400);
  });

  it('is the same as CSV, in which no text is a formula', async () => {
    const { world, acme, api } = await seed();
    await world.deliver(acme, { subject: 'evil :warn: :org:-2-3:' });
    const json = (await api.get<Report>(`/reports/history?${RANGE}`)).body;
    const answer = await api.get<string>(`/reports/history?${RANGE}`, { accept: 'text/csv' });
    expect(answer.headers.get('content-type')).toContain('text/csv');
    const lines = answer.body.trim().split('\r\n');
    expect(lines[0]).toBe('figure,group,value,unit');
    expect(lines).toContain(`mses,,${json.mses},mails`);
    expect(lines).toContain(`events.total,,${json.events.total},events`);
    expect(lines).toContain(`delays.assignment.max,critical,360,seconds`);
    const cells = lines.flatMap((line) => line.split(','));
    expect(cells.filter((cell) => /^"?[=+\-@]/.test(cell))).toEqual([]);
  });

  it('agrees with the rows it counts', async () => {
    const { acme, api } = await seed();
    const report = (await api.get<Report>(`/reports/history?${RANGE}`)).body;
    const { dataSource } = database.get();
    const [row] = await dataSource.transaction(async (tx) => {
      await tx.query(`set local datamer.tenant = '${acme.id}'`);
      return tx.query<{ events: string; mses: string }[]>(
        'select (select count(*) from events) as events, (select count(*) from mses) as mses',
      );
    });
    expect([report.events.total, report.mses]).toEqual([Number(row?.events), Number(row?.mses)]);
  });
});
