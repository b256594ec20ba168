/**
 * Row-level security on every table that belongs to a tenant: a query that forgets its tenant returns nothing.
 * `db/transaction.ts` sets datamer.tenant for each transaction; `*` is said aloud where work crosses tenants.
 * (The setting stands in a sub-select so that it is read once a query, not once a row.)
 * FORCE binds the owner too; superusers pass (the embedded database runs as one), so on a server the role of
 * DATABASE_URL should not be a superuser.
 * Not on mail_texts: PostgreSQL may not look into an index of words before the policy has seen every row, so that a
 * search would read all texts. Its rows are reached through mses, which has the policy (docs/adr/0009).
 */
import { sqlMigration } from '../src/db/sql-migration.ts';

const TABLES = [
  'memberships',
  'tokens',
  'groups',
  'group_members',
  'subscriptions',
  'mailboxes',
  'mailbox_states',
  'mails',
  'waiting_mails',
  'quarantine',
  'mses',
  'orgs',
  'rules',
  'events',
  'event_signals',
  'changes',
  'outbox',
  'deliveries',
  'streams',
  'stream_arrivals',
];

export const SeparateTenants = sqlMigration({
  name: 'SeparateTenants1764000004000',
  up: TABLES.map(
    (table) => `
      alter table ${table} enable row level security;
      alter table ${table} force row level security;
      create policy of_the_tenant on ${table} using (
        tenant_id = (select nullif(nullif(current_setting('datamer.tenant', true), '*'), '')::uuid)
        or (select current_setting('datamer.tenant', true)) = '*');`,
  ).join('\n'),
  down: TABLES.map(
    (table) => `
      drop policy of_the_tenant on ${table};
      alter table ${table} no force row level security;
      alter table ${table} disable row level security;`,
  ).join('\n'),
});
