/**
 * What people put right, for ever, and what was learnt from it and from tags. A model's state can be lost and learnt
 * again; a correction cannot. `is_learnt` says that the current state of the model knows it.
 */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const CreateModels = sqlMigration({
  name: 'CreateModels1764000008000',
  up: `
    create table corrections (
      tenant_id uuid not null,
      id uuid not null,
      mse_id uuid not null,
      org text,
      severity text check (severity in ('info', 'warn', 'critical')),
      actor text not null,
      at timestamptz not null,
      is_learnt boolean not null default false,
      primary key (tenant_id, id),
      foreign key (tenant_id, mse_id) references mses (tenant_id, id) on delete cascade
    );
    -- of a mail that is deleted
    create index corrections_of_mail on corrections (tenant_id, mse_id);
    -- takeCorrections
    create index corrections_to_learn on corrections (tenant_id, id) where not is_learnt;

    create table models (
      tenant_id uuid not null references tenants (id) on delete cascade,
      version integer not null,
      is_current boolean not null,
      format integer not null,
      state bytea not null,
      figures jsonb not null,
      note text,
      created_at timestamptz not null,
      saved_at timestamptz not null,
      primary key (tenant_id, version)
    );
    create unique index models_current on models (tenant_id) where is_current;
    ${['corrections', 'models']
      .map(
        (table) => `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy of_the_tenant on ${table} using (
      tenant_id = (select nullif(nullif(current_setting('datamer.tenant', true), '*'), '')::uuid)
      or (select current_setting('datamer.tenant', true)) = '*');`,
      )
      .join('\n')}
  `,
  down: 'drop table models; drop table corrections;',
});
