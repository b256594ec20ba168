/**
 * The page of deliveries shows what failed and what waits among half a year of what was sent, without reading all of it;
 * the page of an event shows the lists that it stood in, too.
 */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const ListDeliveries = sqlMigration({
  name: 'ListDeliveries1764000028000',
  up: `
    -- listDeliveries, countTroubled
    create index deliveries_failed on deliveries (tenant_id, created_at desc) where state in ('failed', 'bounced');
    create index deliveries_waiting on deliveries (tenant_id, created_at desc) where state = 'pending';
    -- the events that a notice of several lists; of one it is in deliveries.event_id
    create table listed_events (
      tenant_id uuid not null,
      delivery_id uuid not null,
      event_id uuid not null,
      primary key (tenant_id, delivery_id, event_id),
      foreign key (tenant_id, delivery_id) references deliveries (tenant_id, id) on delete cascade
    );
    alter table listed_events enable row level security;
    alter table listed_events force row level security;
    create policy of_the_tenant on listed_events using (
      tenant_id = (select nullif(nullif(current_setting('datamer.tenant', true), '*'), '')::uuid)
      or (select current_setting('datamer.tenant', true)) = '*');
    -- so far the lines' links alone say which they are
    insert into listed_events (tenant_id, delivery_id, event_id)
    select distinct d.tenant_id, d.id, e.id
    from deliveries d
      cross join lateral jsonb_path_query(d.message, '$.sections[*].lines[*].link') as l (link)
      join events e on e.tenant_id = d.tenant_id and e.id::text = right(l.link #>> '{}', 36);
    -- listDeliveries of an event
    create index listed_events_of_event on listed_events (tenant_id, event_id);
    -- listHeld of an event
    create index held_notices_of_event on held_notices (tenant_id, event_id);
  `,
  down: `
    drop index held_notices_of_event;
    drop table listed_events;
    drop index deliveries_waiting;
    drop index deliveries_failed;
  `,
});
