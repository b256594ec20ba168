/** Background: writes down what newly completed events were like, for the history of later ones. */
import { rows, type Tx } from '../../db/transaction.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { TRAITS } from './traits.ts';

const LARGEST_BATCH = 200;

/**
 * Noise, and info that ended by itself, is nobody's history.
 * @returns true when there may be more
 */
export async function rememberCompleted(tx: Tx, tenantId: TenantId): Promise<boolean> {
  const done = await rows<{ id: string }>(
    tx,
    `with fresh as (
       select tenant_id, id, servers, org, stream_id, title, severity, completed_by, is_noise from events
       where tenant_id = $1 and state = 'completed' and not is_remembered
       order by id limit ${LARGEST_BATCH} for update skip locked
     ), picked as (
       select * from fresh
       where not is_noise and not (severity is not distinct from 'info' and completed_by in ('recovery', 'quiet'))
     ), written as (
       insert into event_traits (tenant_id, trait, event_id)
       select $1, t.trait, t.event_id from (${TRAITS}) t on conflict do nothing
     ), marked as (
       update events e set is_remembered = true from fresh f where e.tenant_id = f.tenant_id and e.id = f.id
     )
     select id from fresh`,
    [tenantId],
  );
  return done.length === LARGEST_BATCH;
}
