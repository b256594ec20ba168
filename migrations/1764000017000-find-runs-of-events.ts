/** An event that says that a run takes too long leads to its job. */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const FindRunsOfEvents = sqlMigration({
  name: 'FindRunsOfEvents1764000017000',
  up: `
    -- findJobOfEvent
    create index job_runs_overdue on job_runs (tenant_id, overdue_event_id) where overdue_event_id is not null;
  `,
  down: `drop index job_runs_overdue;`,
});
