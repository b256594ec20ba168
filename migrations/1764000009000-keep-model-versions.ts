/**
 * Versions that one can go back to, and corrections that one can take back. A version says which versions it was learnt
 * through (`knows`), a correction in which it was learnt first: what was said in versions that people left is not learnt
 * again by itself. `is_learnt` could not tell these apart. A correction keeps what stood there before (`formerly`), and
 * belongs to a deed: one click may put hundreds of mails right.
 */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const KeepModelVersions = sqlMigration({
  name: 'KeepModelVersions1764000009000',
  up: `
    select set_config('datamer.tenant', '*', true);

    alter table corrections
      add column deed uuid,
      add column servers text[],
      -- what stood there before; null: said before this was kept
      add column formerly jsonb,
      -- false: one of very many at once, or a mail that only followed; nothing is learnt from it
      add column is_lesson boolean not null default true,
      -- version of the model that learnt it first; null: not learnt yet
      add column learnt_in integer,
      -- says that the correction of that id was wrong; org and severity are what stood there before
      add column takes_back uuid,
      add column undone_at timestamptz,
      add column undone_by text;
    update corrections set learnt_in = 0 where is_learnt;
    drop index corrections_to_learn;
    alter table corrections drop column is_learnt;
    -- readNewLessons
    create index corrections_to_learn on corrections (tenant_id, id) where learnt_in is null and is_lesson;
    -- undoCorrection
    create index corrections_of_deed on corrections (tenant_id, deed);

    alter table models add column knows int4multirange not null default '{}';
    update models set knows = int4multirange(int4range(0, version, '[]'));

    create table model_candidates (
      tenant_id uuid primary key references tenants (id) on delete cascade,
      id uuid not null,
      who text not null,
      why text not null,
      started_at timestamptz not null,
      -- null until whoever triages the tenant has learnt it
      state bytea,
      trial jsonb not null,
      saved_at timestamptz
    );

    create table model_log (
      tenant_id uuid not null references tenants (id) on delete cascade,
      id uuid not null,
      at timestamptz not null,
      who text not null,
      what text not null,
      why text not null,
      primary key (tenant_id, id)
    );
    ${['model_candidates', 'model_log']
      .map(
        (table) => `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy of_the_tenant on ${table} using (
      tenant_id = (select nullif(nullif(current_setting('datamer.tenant', true), '*'), '')::uuid)
      or (select current_setting('datamer.tenant', true)) = '*');`,
      )
      .join('\n')}

    select set_config('datamer.tenant', '', true);
  `,
  down: `
    select set_config('datamer.tenant', '*', true);
    drop table model_log;
    drop table model_candidates;
    alter table models drop column knows;
    drop index corrections_of_deed;
    drop index corrections_to_learn;
    delete from corrections where not is_lesson or undone_at is not null or takes_back is not null;
    alter table corrections add column is_learnt boolean not null default false;
    update corrections set is_learnt = true where learnt_in is not null;
    create index corrections_to_learn on corrections (tenant_id, id) where not is_learnt;
    alter table corrections drop column deed, drop column servers, drop column formerly, drop column is_lesson,
      drop column learnt_in, drop column takes_back, drop column undone_at, drop column undone_by;
    select set_config('datamer.tenant', '', true);
  `,
});
