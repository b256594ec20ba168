import { expect, it } from '@jest/globals';
import { keepUp } from '../../src/db/upkeep.ts';
import { onBothDatabases } from '../support/databases.ts';
import { openWorld } from '../support/world.ts';

onBothDatabases('Upkeep', (database) => {
  it('leaves no word of a mail to be searched one by one', async () => {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    await world.deliver(acme, { subject: 'disk full on db1', body: 'many words '.repeat(50) });
    await keepUp(database.get());
    const [left] = await database
      .get()
      .dataSource.query<{ pages: string }[]>(`select gin_clean_pending_list('mail_texts_words') as pages`);
    expect(left?.pages).toBe('0');
  });

  if (database.kind === 'embedded') {
    it('gives the planner figures of a table that has grown', async () => {
      const { dataSource } = database.get();
      await dataSource.query('create table grown as select generate_series(1, 50000) as a');
      const known = async (): Promise<number> => {
        const [row] = await dataSource.query<{ rows: number }[]>(
          `select reltuples as rows from pg_class where relname = 'grown'`,
        );
        return row?.rows ?? NaN;
      };
      expect(await known()).toBeLessThan(1);
      await keepUp(database.get());
      expect(await known()).toBe(50_000);
      await dataSource.query('drop table grown');
    });
  }
});
