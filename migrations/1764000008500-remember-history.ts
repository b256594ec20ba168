/**
 * What completed events were like, so that a new one finds its forerunners by a few short ranges of an index: a row for
 * each signal, template, server, org, kind of trouble and word of the title. Written in the background, once an event is
 * completed. The rows need no foreign key: one whose event is gone leads nowhere.
 */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const RememberHistory = sqlMigration({
  name: 'RememberHistory1764000008500',
  up: `
    create table event_traits (
      tenant_id uuid not null references tenants (id) on delete cascade,
      -- kind and value: 'server:db-01.example.com'
      trait text not null,
      event_id uuid not null,
      -- the newest events of a trait
      primary key (tenant_id, trait, event_id)
    );
    alter table event_traits enable row level security;
    alter table event_traits force row level security;
    create policy of_the_tenant on event_traits using (
      tenant_id = (select nullif(nullif(current_setting('datamer.tenant', true), '*'), '')::uuid)
      or (select current_setting('datamer.tenant', true)) = '*');

    alter table events add column is_remembered boolean not null default false;
    -- completed events that are not in event_traits yet
    create index events_to_remember on events (tenant_id, id) where state = 'completed' and not is_remembered;
  `,
  down: `
    drop index events_to_remember;
    alter table events drop column is_remembered;
    drop table event_traits;
  `,
});
