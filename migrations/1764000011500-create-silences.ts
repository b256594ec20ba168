/**
 * Silences, and the events that they kept from people. A row of `silenced_events` is a promise: until its window ends
 * nobody is told of the event, then it is settled by a summary or by the next silence that covers it.
 */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const CreateSilences = sqlMigration({
  name: 'CreateSilences1764000011500',
  up: `
    create table silences (
      tenant_id uuid not null references tenants (id) on delete cascade,
      id uuid not null,
      reason text not null,
      orgs text[] not null default '{}',
      servers text[] not null default '{}',
      streams uuid[] not null default '{}',
      rules uuid[] not null default '{}',
      from_at timestamptz,
      to_at timestamptz check (to_at > from_at),
      -- {weekdays, monthDays, start, durationMinutes, timezone}
      recurrence jsonb,
      created_by text not null,
      created_at timestamptz not null,
      ended_at timestamptz,
      removed_at timestamptz,
      primary key (tenant_id, id),
      check ((recurrence is null) = (from_at is not null and to_at is not null))
    );
    alter table silences enable row level security;
    alter table silences force row level security;
    create policy of_the_tenant on silences using (
      tenant_id = (select nullif(nullif(current_setting('datamer.tenant', true), '*'), '')::uuid)
      or (select current_setting('datamer.tenant', true)) = '*');

    create table silenced_events (
      tenant_id uuid not null references tenants (id) on delete cascade,
      silence_id uuid not null,
      event_id uuid not null,
      window_from timestamptz not null,
      until_at timestamptz not null,
      hidden_at timestamptz not null,
      notices integer not null default 0,
      settled_at timestamptz,
      primary key (tenant_id, silence_id, event_id, window_from),
      foreign key (tenant_id, silence_id) references silences (tenant_id, id) on delete cascade,
      foreign key (tenant_id, event_id) references events (tenant_id, id) on delete cascade
    );
    -- what is to be summed up
    create index silenced_events_due on silenced_events (until_at) where settled_at is null;
    -- the other silences that hid an event
    create index silenced_events_of_event on silenced_events (tenant_id, event_id);
    alter table silenced_events enable row level security;
    alter table silenced_events force row level security;
    create policy of_the_tenant on silenced_events using (
      tenant_id = (select nullif(nullif(current_setting('datamer.tenant', true), '*'), '')::uuid)
      or (select current_setting('datamer.tenant', true)) = '*');

    -- what was over within a window, for its summary
    create index events_by_completion on events (tenant_id, completed_at) where state = 'completed';
  `,
  down: `
    drop index events_by_completion;
    drop table silenced_events;
    drop table silences;
  `,
});
