/** A person stops hearing by a subscription of a group that others go on hearing by. */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const Mute = sqlMigration({
  name: 'Mute1764000021500',
  up: `
    create table mutes (
      tenant_id uuid not null,
      user_id uuid not null,
      subscription_id uuid not null,
      muted_at timestamptz not null,
      primary key (tenant_id, subscription_id, user_id),
      foreign key (tenant_id, user_id) references memberships (tenant_id, user_id) on delete cascade,
      foreign key (tenant_id, subscription_id) references subscriptions (tenant_id, id) on delete cascade
    );
    alter table mutes enable row level security;
    alter table mutes force row level security;
    create policy of_the_tenant on mutes using (
      tenant_id = (select nullif(nullif(current_setting('datamer.tenant', true), '*'), '')::uuid)
      or (select current_setting('datamer.tenant', true)) = '*');
  `,
  down: `drop table mutes;`,
});
