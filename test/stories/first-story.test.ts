import { expect, it } from '@jest/globals';
import { onBothDatabases } from '../support/databases.ts';
import { openWorld } from '../support/world.ts';

interface List {
  items: { id: string; title: string; state: string; severity: string | null; mseCount: number }[];
}

onBothDatabases('A mail becomes an event', (database) => {
  it('opens one event for a problem, joins its repetition and ends with its recovery', async () => {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    const api = await world.api(acme);

    await world.deliver(acme, {
      subject: 'PROBLEM: disk 95 % :critical: :org:shop.db: :svr:db1.example.com',
    });
    await world.deliver(acme, {
      subject: 'PROBLEM: disk 97 % :critical: :org:shop.db: :svr:db1.example.com',
    });
    const open = await api.get<List>('/events?state=open');
    expect(open.body.items).toMatchObject([
      { severity: 'critical', mseCount: 2, title: 'PROBLEM: disk 95 %' },
    ]);

    await world.deliver(acme, { subject: 'RECOVERY: disk 40 % :org:shop.db: :svr:db1.example.com' });
    expect((await api.get<List>('/events?state=open')).body.items).toEqual([]);
    expect((await api.get<List>('/events?state=completed')).body.items).toMatchObject([{ mseCount: 3 }]);
  });
});
