/**
 * The servers that mails are about. `orgs`, `mails`, `reports` and the times are counted by triage; state, org, new
 * name and what people taught are people's. Who changes theirs raises `is_news`, and triage takes it over.
 */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const CreateServers = sqlMigration({
  name: 'CreateServers1764000006500',
  up: `
    create table servers (
      tenant_id uuid not null references tenants (id) on delete cascade,
      id uuid not null,
      name text not null,
      state text not null default 'proposed' check (state in ('proposed', 'confirmed', 'ignored')),
      org text,
      renamed_to text,
      first_seen_at timestamptz not null,
      last_seen_at timestamptz not null,
      mails integer not null default 0,
      reports integer not null default 0,
      orgs jsonb not null default '{}',
      taught jsonb not null default '{}',
      is_news boolean not null default false,
      primary key (tenant_id, id),
      unique (tenant_id, name)
    );
    -- what people decided since triage looked
    create index servers_news on servers (tenant_id) where is_news;
    alter table servers enable row level security;
    alter table servers force row level security;
    create policy of_the_tenant on servers using (
      tenant_id = (select nullif(nullif(current_setting('datamer.tenant', true), '*'), '')::uuid)
      or (select current_setting('datamer.tenant', true)) = '*');
  `,
  down: 'drop table servers;',
});
