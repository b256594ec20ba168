/**
 * Who there is. `tenants`, `addresses`, `users`, `sessions` and `leases` are the directory: small tables that
 * every shard of a distributed PostgreSQL keeps whole. All others start with tenant_id.
 */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const CreateAccounts = sqlMigration({
  name: 'CreateAccounts1764000000000',
  up: `
    create table tenants (
      id uuid primary key,
      slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
      name text not null,
      time_zone text not null default 'UTC',
      next_event_number integer not null default 1,
      reopen_window_minutes integer not null default 1440 check (reopen_window_minutes >= 0),
      info_quiet_minutes integer not null default 1440 check (info_quiet_minutes > 0),
      recovery_completes boolean not null default true,
      -- null: tags count from every sender; else only from these addresses and @domains
      tag_senders text[],
      created_at timestamptz not null
    );

    create table addresses (
      address text primary key check (address = lower(address)),
      tenant_id uuid not null references tenants (id) on delete cascade
    );

    create table users (
      id uuid primary key,
      email text not null unique check (email = lower(email)),
      name text not null,
      password_hash text not null,
      time_zone text,
      theme text not null default 'auto' check (theme in ('auto', 'light', 'dark')),
      -- set by a bounce of one of our notices
      unreachable_since timestamptz,
      unreachable_reason text,
      created_at timestamptz not null
    );

    create table memberships (
      tenant_id uuid not null references tenants (id) on delete cascade,
      user_id uuid not null references users (id) on delete cascade,
      role text not null check (role in ('admin', 'engineer', 'manager')),
      created_at timestamptz not null,
      primary key (tenant_id, user_id)
    );
    -- sign-in: the tenants of a user
    create index memberships_of_user on memberships (user_id);

    create table sessions (
      id_hash bytea primary key,
      user_id uuid references users (id) on delete cascade,
      data jsonb not null,
      expires_at timestamptz not null
    );
    -- cleaning up, and signing out everywhere
    create index sessions_by_expiry on sessions (expires_at);
    create index sessions_of_user on sessions (user_id);

    create table tokens (
      tenant_id uuid not null references tenants (id) on delete cascade,
      id uuid not null,
      secret_hash bytea not null,
      name text not null,
      role text not null check (role in ('admin', 'engineer', 'manager')),
      created_at timestamptz not null,
      last_used_at timestamptz,
      primary key (tenant_id, id),
      unique (tenant_id, secret_hash)
    );

    create table groups (
      tenant_id uuid not null references tenants (id) on delete cascade,
      id uuid not null,
      name text not null,
      -- the group that every person has of their own
      personal_user_id uuid references users (id) on delete cascade,
      primary key (tenant_id, id),
      unique (tenant_id, name)
    );

    create table group_members (
      tenant_id uuid not null,
      group_id uuid not null,
      user_id uuid not null,
      primary key (tenant_id, group_id, user_id),
      foreign key (tenant_id, group_id) references groups (tenant_id, id) on delete cascade,
      foreign key (tenant_id, user_id) references memberships (tenant_id, user_id) on delete cascade
    );

    create table subscriptions (
      tenant_id uuid not null,
      id uuid not null,
      group_id uuid not null,
      pattern text not null,
      level text not null check (level in ('responder', 'interested')),
      severity_floor text check (severity_floor in ('info', 'warn', 'critical')),
      quiet_hours jsonb,
      created_at timestamptz not null,
      primary key (tenant_id, id),
      unique (tenant_id, group_id, pattern),
      foreign key (tenant_id, group_id) references groups (tenant_id, id) on delete cascade
    );

    create table leases (
      name text primary key,
      holder text not null,
      expires_at timestamptz not null
    );
  `,
  down: `
    drop table leases, subscriptions, group_members, groups, tokens, sessions, memberships, users, addresses, tenants;
  `,
});
