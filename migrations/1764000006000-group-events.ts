/**
 * What grouping knows of a signal, why the signal is where it is, how often it turned; and what people said belongs
 * together or not.
 */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const GroupEvents = sqlMigration({
  name: 'GroupEvents1764000006000',
  up: `
    alter table event_signals
      -- servers, org, kinds of trouble, words (events/grouping/portrait.ts)
      add column portrait jsonb,
      -- score and reasons when it was put to an event of other signals
      add column joined jsonb,
      -- when it turned from problem to recovery, within the last hour
      add column turns timestamptz[] not null default '{}';
    -- what a tenant's signals have taught, when a process takes the tenant over
    create index event_signals_by_age on event_signals (tenant_id, first_at desc);

    -- ending the flapping of what has calmed down
    create index events_flapping on events (tenant_id) where flapping;

    create table grouping_verdicts (
      tenant_id uuid not null references tenants (id) on delete cascade,
      -- of the change: a merge or a split
      id uuid not null,
      kind text not null check (kind in ('must', 'cannot')),
      -- signals of the two sides
      left_signals uuid[] not null,
      right_signals uuid[] not null,
      primary key (tenant_id, id)
    );
    alter table grouping_verdicts enable row level security;
    alter table grouping_verdicts force row level security;
    create policy of_the_tenant on grouping_verdicts using (
      tenant_id = (select nullif(nullif(current_setting('datamer.tenant', true), '*'), '')::uuid)
      or (select current_setting('datamer.tenant', true)) = '*');
  `,
  down: `
    drop table grouping_verdicts;
    drop index event_signals_by_age;
    drop index events_flapping;
    alter table event_signals drop column portrait, drop column joined, drop column turns;
  `,
});
