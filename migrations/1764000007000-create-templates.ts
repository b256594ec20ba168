/**
 * The mined shapes of mails. A template that a wider one has taken in stays as a signpost to it, because mails keep the
 * id they were given.
 */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const CreateTemplates = sqlMigration({
  name: 'CreateTemplates1764000007000',
  up: `
    create table templates (
      tenant_id uuid not null references tenants (id) on delete cascade,
      id uuid not null,
      kind text not null check (kind in ('subject', 'line')),
      source text not null,
      version smallint not null,
      text text not null,
      count integer not null,
      first_seen_at timestamptz not null,
      last_seen_at timestamptz not null,
      merged_into uuid,
      frequent_lines jsonb not null,
      primary key (tenant_id, id)
    );
    -- for saveTemplates: signposts that must point further
    create index templates_merged on templates (tenant_id, merged_into) where merged_into is not null;
    alter table templates enable row level security;
    alter table templates force row level security;
    create policy of_the_tenant on templates using (
      tenant_id = (select nullif(nullif(current_setting('datamer.tenant', true), '*'), '')::uuid)
      or (select current_setting('datamer.tenant', true)) = '*');
  `,
  down: 'drop table templates;',
});
