/** Notices that people get later, together with others. */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const HoldNotices = sqlMigration({
  name: 'HoldNotices1764000014500',
  up: `
    create table held_notices (
      tenant_id uuid not null,
      user_id uuid not null references users (id) on delete cascade,
      event_id uuid not null,
      -- the change that the person would have been told of
      change_id uuid not null,
      held_at timestamptz not null,
      release_at timestamptz not null,
      primary key (tenant_id, user_id, event_id),
      foreign key (tenant_id, change_id) references changes (tenant_id, id) on delete cascade
    );
    -- whose digest is due, across tenants
    create index held_notices_due on held_notices (release_at);
    alter table held_notices enable row level security;
    alter table held_notices force row level security;
    create policy of_the_tenant on held_notices using (
      tenant_id = (select nullif(nullif(current_setting('datamer.tenant', true), '*'), '')::uuid)
      or (select current_setting('datamer.tenant', true)) = '*');
    -- when somebody was told of an event last
    create index deliveries_of_event on deliveries (tenant_id, event_id);
    -- how many notices somebody got lately
    create index deliveries_of_person on deliveries (tenant_id, user_id, created_at);
  `,
  down: `
    drop index deliveries_of_person, deliveries_of_event;
    drop table held_notices;
  `,
});
