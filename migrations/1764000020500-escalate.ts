/**
 * Who is told when nobody takes an event. A row of `escalations` is an event on its ladder: where it stands, and when it is to be
 * looked at again, so that no scan of all open events is needed.
 */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const Escalate = sqlMigration({
  name: 'Escalate1764000020500',
  up: `
    create table escalation_policies (
      tenant_id uuid not null references tenants (id) on delete cascade,
      id uuid not null,
      name text not null,
      patterns text[] not null,
      severity_floor text not null check (severity_floor in ('info', 'warn', 'critical')),
      -- [{afterMinutes, targets: [{kind, id}]}]
      steps jsonb not null,
      repeats integer not null default 0,
      -- {afterMinutes, everyMinutes}
      reminder jsonb,
      created_at timestamptz not null,
      primary key (tenant_id, id),
      unique (tenant_id, name)
    );
    alter table escalation_policies enable row level security;
    alter table escalation_policies force row level security;
    create policy of_the_tenant on escalation_policies using (
      tenant_id = (select nullif(nullif(current_setting('datamer.tenant', true), '*'), '')::uuid)
      or (select current_setting('datamer.tenant', true)) = '*');

    create table escalations (
      tenant_id uuid not null,
      event_id uuid not null,
      -- no foreign key: an event of a policy that is removed goes over to another one
      policy_id uuid not null,
      -- whom it reminds; null while nobody has the event
      assignee_id uuid,
      step integer not null,
      round integer not null,
      since timestamptz not null,
      due_at timestamptz not null,
      primary key (tenant_id, event_id),
      foreign key (tenant_id, event_id) references events (tenant_id, id) on delete cascade
    );
    -- what is due, across tenants
    create index escalations_due on escalations (due_at);
    -- the events that a changed policy concerns
    create index escalations_of_policy on escalations (tenant_id, policy_id);
    alter table escalations enable row level security;
    alter table escalations force row level security;
    create policy of_the_tenant on escalations using (
      tenant_id = (select nullif(nullif(current_setting('datamer.tenant', true), '*'), '')::uuid)
      or (select current_setting('datamer.tenant', true)) = '*');
  `,
  down: `
    drop table escalations;
    drop table escalation_policies;
  `,
});
