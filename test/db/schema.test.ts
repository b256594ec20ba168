import { expect, it } from '@jest/globals';
import { TABLES } from '../../src/db/backup.ts';
import { inTenant, rows } from '../../src/db/transaction.ts';
import { mailSearch } from '../../src/events/search.ts';
import { newId, type TenantId } from '../../src/kernel/ids.ts';
import { onBothDatabases } from '../support/databases.ts';
import { describeSchema } from '../support/describe-schema.ts';
import { expectKept } from '../support/kept-file.ts';
import { openWorld } from '../support/world.ts';

/** Small tables that every shard of a distributed PostgreSQL would keep whole: what leads to a tenant. */
const DIRECTORY = [
  'tenants',
  'addresses',
  'users',
  'sessions',
  'leases',
  'doors',
  'door_outages',
  'migrations',
];

/** Of running processes and browsers: people sign in again, triage loads what it knows anew. */
const NOT_KEPT = ['leases', 'migrations', 'own_processes', 'sessions', 'triage_memories'];

onBothDatabases('The schema', (database) => {
  it('is backed up whole, but for what belongs to running processes', async () => {
    const tables = await database.get().dataSource.query<{ name: string }[]>(`
      select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = current_schema() and c.relkind in ('r', 'p')`);
    expect([...TABLES, ...NOT_KEPT].sort()).toEqual(tables.map(({ name }) => name).sort());
  });

  it('is the one in migrations/schema.sql', async () => {
    expectKept('migrations/schema.sql', await describeSchema(database.get().dataSource));
  });

  it('begins every primary key and unique index with the tenant, but for the directory', async () => {
    const keys = await database.get().dataSource.query<{ table: string; first: string }[]>(`
      select c.relname as table, a.attname as first
      from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
      where i.indisunique and n.nspname = current_schema()`);
    const astray = keys.filter(({ table, first }) => !DIRECTORY.includes(table) && first !== 'tenant_id');
    expect(astray).toEqual([]);
  });

  it('has row-level security on every table of a tenant', async () => {
    const open = await database.get().dataSource.query<{ table: string }[]>(`
      select c.relname as table from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = current_schema() and c.relkind = 'r' and not (c.relrowsecurity and c.relforcerowsecurity)`);
    const astray = open.map(({ table }) => table).filter((table) => !DIRECTORY.includes(table));
    // Searched by its words, and reached through mses: docs/adr/0009.
    expect(astray).toEqual(['mail_texts']);
  });

  it('fits the entities: each of their columns exists', async () => {
    const { dataSource } = database.get();
    for (const entity of dataSource.entityMetadatas) {
      await expect(dataSource.getRepository(entity.name).find({ take: 1 })).resolves.toBeDefined();
    }
  });

  it('keeps the timeline append-only', async () => {
    const world = await openWorld(database);
    const acme = await world.addTenant('acme');
    await world.deliver(acme, { subject: 'x :critical:' });
    const rewrite = inTenant(database.get().dataSource, acme.id, (tx) =>
      tx.query(`update changes set who = 'somebody else'`),
    );
    await expect(rewrite).rejects.toThrow('append-only');
  });

  if (database.kind === 'PostgreSQL') {
    it('gives a query that forgets its tenant nothing of another', async () => {
      const world = await openWorld(database);
      const acme = await world.addTenant('acme');
      await world.deliver(acme, { subject: 'x :critical:' });
      const { dataSource } = database.get();
      const stranger = newId<TenantId>(world.clock.now());
      const forgetful = (tenantId: TenantId) =>
        inTenant(dataSource, tenantId, (tx) => rows(tx, 'select * from events'));
      expect(await forgetful(stranger)).toEqual([]);
      expect(await forgetful(acme.id)).toHaveLength(1);
      expect(await dataSource.query('select * from events')).toEqual([]);
    });

    it('answers a search by the index of words, not by reading every text', async () => {
      const { dataSource } = database.get();
      const stranger = newId<TenantId>(new Date(0));
      const plan = await inTenant(dataSource, stranger, async (tx) => {
        // A few rows are read in one go whatever there is; then only what may be used counts.
        await tx.query('set local enable_seqscan = off');
        const parameters: unknown[] = [];
        const search = mailSearch('t', 'db1 full', (value) => `$${parameters.push(value)}`);
        const statement = `explain select t.mse_id from mail_texts t where ${search}`;
        return rows<Record<string, string>>(tx, statement, parameters);
      });
      expect(plan.flatMap((row) => Object.values(row)).join('\n')).toContain('mail_texts_words');
    });
  }
});
