/** Cron schedules, learned graces, tags that changed or disappeared, and streams that were merged. */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const JudgeCronSchedules = sqlMigration({
  name: 'JudgeCronSchedules1764000012000',
  up: `
    alter table streams
      -- five fields or a nickname, by the clock of a time zone; period is then the scale of its times
      add column cron text,
      add column timezone text,
      -- null: as long as the grace
      add column early_seconds integer check (early_seconds >= 0),
      -- times after this count
      add column counted_from timestamptz,
      add column learned_grace_seconds integer check (learned_grace_seconds >= 0),
      -- seconds that the last mails have kept it out of its range
      add column deviations integer[] not null default '{}',
      -- the expectation before its tag changed, until a person confirms
      add column former_n integer,
      add column former_variance integer,
      add column changed_at timestamptz,
      -- mails of its sender and subject that came without the tag
      add column untagged_count integer not null default 0,
      add column untagged_at timestamptz,
      add constraint streams_cron_has_zone check ((cron is null) = (timezone is null));
    -- mails like a tagged stream's, without the tag
    create index streams_tagged on streams (tenant_id, sender, subject) where source = 'tag';

    -- A stream that was merged into another: its mails count there.
    create table stream_aliases (
      tenant_id uuid not null,
      stream_key text not null,
      stream_id uuid not null,
      name text not null,
      merged_at timestamptz not null,
      primary key (tenant_id, stream_key),
      foreign key (tenant_id, stream_id) references streams (tenant_id, id) on delete cascade
    );
    create index stream_aliases_of_stream on stream_aliases (tenant_id, stream_id);
    alter table stream_aliases enable row level security;
    alter table stream_aliases force row level security;
    create policy of_the_tenant on stream_aliases using (
      tenant_id = (select nullif(nullif(current_setting('datamer.tenant', true), '*'), '')::uuid)
      or (select current_setting('datamer.tenant', true)) = '*');
  `,
  down: `
    drop table stream_aliases;
    drop index streams_tagged;
    alter table streams
      drop constraint streams_cron_has_zone,
      drop column cron, drop column timezone, drop column early_seconds, drop column counted_from,
      drop column learned_grace_seconds, drop column deviations, drop column former_n, drop column former_variance,
      drop column changed_at, drop column untagged_count, drop column untagged_at;
  `,
});
