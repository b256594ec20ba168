/** Who is on call in turn, and who steps in for whom. Shifts are computed, never stored. */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const KeepRotas = sqlMigration({
  name: 'KeepRotas1764000020000',
  up: `
    create table rotas (
      tenant_id uuid not null references tenants (id) on delete cascade,
      id uuid not null,
      name text not null,
      time_zone text not null,
      unit text not null check (unit in ('day', 'week')),
      every integer not null check (every > 0),
      starts_on date not null,
      -- HH:MM on the wall
      hand_over_at text not null,
      -- in the order of their turns; who has left the tenant keeps the place, so that nobody else's turns move
      people uuid[] not null,
      created_at timestamptz not null,
      primary key (tenant_id, id),
      unique (tenant_id, name)
    );
    alter table rotas enable row level security;
    alter table rotas force row level security;
    create policy of_the_tenant on rotas using (
      tenant_id = (select nullif(nullif(current_setting('datamer.tenant', true), '*'), '')::uuid)
      or (select current_setting('datamer.tenant', true)) = '*');

    create table rota_overrides (
      tenant_id uuid not null,
      rota_id uuid not null,
      id uuid not null,
      user_id uuid not null,
      instead_of uuid,
      from_at timestamptz not null,
      to_at timestamptz not null check (to_at > from_at),
      created_by text not null,
      created_at timestamptz not null,
      primary key (tenant_id, id),
      foreign key (tenant_id, rota_id) references rotas (tenant_id, id) on delete cascade,
      -- who has left steps in for nobody
      foreign key (tenant_id, user_id) references memberships (tenant_id, user_id) on delete cascade
    );
    -- the overrides of a rota, the oldest first
    create index rota_overrides_of_rota on rota_overrides (tenant_id, rota_id, id);
    alter table rota_overrides enable row level security;
    alter table rota_overrides force row level security;
    create policy of_the_tenant on rota_overrides using (
      tenant_id = (select nullif(nullif(current_setting('datamer.tenant', true), '*'), '')::uuid)
      or (select current_setting('datamer.tenant', true)) = '*');
  `,
  down: `
    drop table rota_overrides;
    drop table rotas;
  `,
});
