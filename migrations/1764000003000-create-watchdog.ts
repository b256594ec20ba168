/** Expectations, what arrived for them, and since when doors have been open. */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const CreateWatchdog = sqlMigration({
  name: 'CreateWatchdog1764000003000',
  up: `
    create table streams (
      tenant_id uuid not null references tenants (id) on delete cascade,
      id uuid not null,
      -- what makes two mails the same stream: (org, servers, period) or (sender, masked subject, period)
      stream_key text not null,
      name text not null,
      source text not null check (source in ('tag', 'rule', 'declared')),
      org text,
      servers text[] not null default '{}',
      sender text,
      subject text,
      period text not null check (period in ('minute', 'hour', 'day', 'week', 'month')),
      n integer not null check (n >= 1),
      variance integer not null check (variance >= 0),
      -- null: a tenth of period / n
      grace_seconds integer check (grace_seconds >= 0),
      severity text not null default 'warn' check (severity in ('warn', 'critical')),
      is_paused boolean not null default false,
      first_at timestamptz not null,
      last_arrival_at timestamptz,
      -- the door its mail comes through: whose outages excuse it
      door text,
      -- everything before this instant has been judged
      judged_until timestamptz not null,
      breach text check (breach in ('MISSING', 'EXTRA')),
      breach_since timestamptz,
      breach_event_id uuid,
      -- the next instant at which judging can change anything
      due_at timestamptz,
      created_at timestamptz not null,
      primary key (tenant_id, id),
      unique (tenant_id, stream_key)
    );
    -- the due loop, across tenants
    create index streams_due on streams (due_at) where not is_paused;

    create table stream_arrivals (
      tenant_id uuid not null,
      stream_id uuid not null,
      at timestamptz not null,
      mse_id uuid not null,
      primary key (tenant_id, stream_id, at, mse_id),
      foreign key (tenant_id, stream_id) references streams (tenant_id, id) on delete cascade
    );

    -- Directory: one row per door of the installation that senders connect to, and when it was shut.
    create table doors (
      name text primary key,
      alive_at timestamptz not null
    );
    create table door_outages (
      door text not null,
      shut_at timestamptz not null,
      -- senders retry: until then their mail may still be on its way
      settled_at timestamptz not null,
      primary key (door, shut_at)
    );

    -- How far a tenant's history was imported: judged until here, then from where its doors are read.
    alter table tenants add column imported_until timestamptz;
    -- The first mail by SMTP or LMTP: from here on an imported tenant's silence means something.
    alter table tenants add column first_smtp_at timestamptz;
  `,
  down: `
    alter table tenants drop column imported_until, drop column first_smtp_at;
    drop table door_outages, doors, stream_arrivals, streams;
  `,
});
