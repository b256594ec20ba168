/** Jobs whose mails tell of their start and their end, and their runs. */
import { sqlMigration } from '../src/db/sql-migration.ts';

function separate(table: string): string {
  return `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy of_the_tenant on ${table} using (
      tenant_id = (select nullif(nullif(current_setting('datamer.tenant', true), '*'), '')::uuid)
      or (select current_setting('datamer.tenant', true)) = '*');`;
}

export const TrackRuns = sqlMigration({
  name: 'TrackRuns1764000015000',
  up: `
    create table jobs (
      tenant_id uuid not null references tenants (id) on delete cascade,
      id uuid not null,
      -- a digest of sender, stated org and servers, and the name with numbers and phase masked
      job_key text not null,
      name text not null,
      org text,
      servers text[] not null default '{}',
      sender text not null,
      severity text not null default 'warn' check (severity in ('warn', 'critical')),
      -- the door its mail comes through: whose outages excuse it
      door text not null,
      -- seconds of its last runs, the newest last
      durations integer[] not null default '{}',
      -- the median of these
      usual_seconds integer,
      -- ends that were told; what was only ever started is in no list
      ends integer not null default 0,
      -- starts while another run was open
      overlap_count integer not null default 0,
      last_at timestamptz not null,
      primary key (tenant_id, id),
      -- trackRuns
      unique (tenant_id, job_key)
    );
    -- listJobs
    create index jobs_latest on jobs (tenant_id, last_at desc, id desc) where ends > 0;

    create table job_runs (
      tenant_id uuid not null,
      job_id uuid not null,
      id uuid not null,
      -- where mails number their runs: "Job #4711 started"
      run_key text,
      started_at timestamptz,
      finished_at timestamptz,
      outcome text check (outcome in ('success', 'failure')),
      start_mse uuid,
      end_mse uuid,
      -- it was open at the same time as another
      is_overlapping boolean not null default false,
      -- nobody waits for its end any more
      given_up_at timestamptz,
      -- when an open run takes too long
      due_at timestamptz,
      overdue_event_id uuid,
      primary key (tenant_id, job_id, id),
      foreign key (tenant_id, job_id) references jobs (tenant_id, id) on delete cascade,
      check (started_at is not null or finished_at is not null)
    );
    -- findOverdueRuns and listTenantsWithDueRuns, across tenants
    create index job_runs_due on job_runs (due_at) where due_at is not null;
    -- trackRuns: the runs that an end may belong to
    create index job_runs_open on job_runs (tenant_id, job_id) where finished_at is null and given_up_at is null;
    ${['jobs', 'job_runs'].map(separate).join('\n')}
  `,
  down: `drop table job_runs, jobs;`,
});
