/** What an event was like when a silence hid it: one that grows out of the silence's scope is told at once. */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const NoticeGrownEvents = sqlMigration({
  name: 'NoticeGrownEvents1764000011700',
  up: `
    alter table silenced_events add column seen_mails integer not null default 0,
      add column seen_version integer not null default 0;
  `,
  down: 'alter table silenced_events drop column seen_version, drop column seen_mails;',
});
