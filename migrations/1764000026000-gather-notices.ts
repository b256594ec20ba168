/** What is told at once is gathered for a moment first, so that a storm is one notice; limits and digests as people set them. */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const GatherNotices = sqlMigration({
  name: 'GatherNotices1764000026000',
  up: `
    -- a notice is told as soon as others that come with it are there, a line stands in the next digest
    alter table held_notices add told_as text not null default 'digest' check (told_as in ('notice', 'digest'));
    alter table held_notices alter told_as drop default;
    -- when somebody was told of a storm last
    create index deliveries_of_storms on deliveries (tenant_id, created_at) where kind = 'storm';

    -- so many notices within ten minutes, then the rest is a list
    alter table tenants add notice_limit integer not null default 10 check (notice_limit between 1 and 1000);
    -- wall-clock times of the person's zone; null: each quarter of an hour
    alter table memberships add digest_times text[] check (cardinality(digest_times) between 1 and 24);
  `,
  down: `
    alter table memberships drop digest_times;
    alter table tenants drop notice_limit;
    drop index deliveries_of_storms;
    delete from held_notices where told_as = 'notice';
    alter table held_notices drop told_as;
  `,
});
