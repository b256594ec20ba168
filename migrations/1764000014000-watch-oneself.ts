/** DaTamer under its own care: the mails it sends to itself, what it finds wrong with itself, and which processes live. */
import { sqlMigration } from '../src/db/sql-migration.ts';

function separate(table: string): string {
  return `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy of_the_tenant on ${table} using (
      tenant_id = (select nullif(nullif(current_setting('datamer.tenant', true), '*'), '')::uuid)
      or (select current_setting('datamer.tenant', true)) = '*');`;
}

export const WatchOneself = sqlMigration({
  name: 'WatchOneself1764000014000',
  up: `
    -- Heartbeats and canaries. The row is written before the mail goes: of several processes one sends.
    create table own_mails (
      tenant_id uuid not null references tenants (id) on delete cascade,
      part text not null,
      slot_at timestamptz not null,
      message_id text not null,
      sent_at timestamptz not null,
      -- when it had its event
      seen_at timestamptz,
      mail_id uuid,
      primary key (tenant_id, part, slot_at)
    );
    -- markSeen, after each batch of the own tenant
    create index own_mails_unseen on own_mails (tenant_id, message_id) where seen_at is null;

    create table own_problems (
      tenant_id uuid not null references tenants (id) on delete cascade,
      key text not null,
      org text not null,
      severity text not null check (severity in ('warn', 'critical')),
      title text not null,
      detail text not null,
      since timestamptz not null,
      seen_at timestamptz not null,
      -- null until a mail has told of it
      told_severity text check (told_severity in ('warn', 'critical')),
      primary key (tenant_id, key)
    );

    create table own_processes (
      tenant_id uuid not null references tenants (id) on delete cascade,
      name text not null,
      alive_at timestamptz not null,
      primary key (tenant_id, name)
    );
    ${['own_mails', 'own_problems', 'own_processes'].map(separate).join('\n')}
  `,
  down: `drop table own_processes, own_problems, own_mails;`,
});
