/** Which deliveries tell of a change: for who learns that one of them did not arrive, and for changes that are removed. */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const FindDeliveriesByChange = sqlMigration({
  name: 'FindDeliveriesByChange1764000027000',
  up: 'create index deliveries_of_change on deliveries (tenant_id, change_id) where change_id is not null;',
  down: 'drop index deliveries_of_change;',
});
