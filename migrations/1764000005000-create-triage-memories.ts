/** One row per tenant: how often what triage has learnt was saved. Whoever holds an older number may not write. */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const CreateTriageMemories = sqlMigration({
  name: 'CreateTriageMemories1764000005000',
  up: `
    create table triage_memories (
      tenant_id uuid not null references tenants (id) on delete cascade,
      version integer not null,
      primary key (tenant_id)
    );
    alter table triage_memories enable row level security;
    alter table triage_memories force row level security;
    create policy of_the_tenant on triage_memories using (
      tenant_id = (select nullif(nullif(current_setting('datamer.tenant', true), '*'), '')::uuid)
      or (select current_setting('datamer.tenant', true)) = '*');
  `,
  down: 'drop table triage_memories;',
});
