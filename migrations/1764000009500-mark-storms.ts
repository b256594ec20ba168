/** Events whose signals came far faster than is usual in the tenant are marked in lists. */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const MarkStorms = sqlMigration({
  name: 'MarkStorms1764000009500',
  up: `alter table events add column is_storm boolean not null default false;`,
  down: `alter table events drop column is_storm;`,
});
