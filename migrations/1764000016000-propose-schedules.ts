/** Schedules found in mails without one, for people to accept or refuse. */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const ProposeSchedules = sqlMigration({
  name: 'ProposeSchedules1764000016000',
  up: `
    create table schedule_proposals (
      tenant_id uuid not null references tenants (id) on delete cascade,
      id uuid not null,
      -- which mails: what was refused once is not proposed again
      scope_key text not null,
      name text not null,
      sender text not null,
      -- masked
      subject text not null,
      servers text[] not null,
      -- where its mails are found
      signal_key uuid not null,
      -- {period, n, variance, cron, learnedGraceSeconds}
      pace jsonb not null,
      spread_seconds integer,
      -- whether the last times were met, the oldest first
      recent boolean[] not null,
      confidence real not null check (confidence between 0 and 1),
      false_alarms_per_month real not null,
      seen_from timestamptz not null,
      seen_to timestamptz not null,
      count integer not null,
      state text not null default 'proposed' check (state in ('proposed', 'accepted', 'refused')),
      decided_by text,
      decided_at timestamptz,
      proposed_at timestamptz not null,
      primary key (tenant_id, id),
      unique (tenant_id, scope_key)
    );
    alter table schedule_proposals enable row level security;
    alter table schedule_proposals force row level security;
    create policy of_the_tenant on schedule_proposals using (
      tenant_id = (select nullif(nullif(current_setting('datamer.tenant', true), '*'), '')::uuid)
      or (select current_setting('datamer.tenant', true)) = '*');

    -- signals that recur, and when: read without looking at the mails themselves
    create index mses_without_schedule on mses (tenant_id, signal_key, received_at)
      where findings -> 'schedule' is null and not is_noise;
  `,
  down: `
    drop index mses_without_schedule;
    drop table schedule_proposals;
  `,
});
