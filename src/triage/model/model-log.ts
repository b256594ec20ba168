/** What became of a tenant's model: when people went back, what was tried, what could not be read. Append only. */
import { SYSTEM, type Actor } from '../../accounts/role.ts';
import { rows, type Tx } from '../../db/transaction.ts';
import { newId, type TenantId } from '../../kernel/ids.ts';

export interface ModelDeed {
  at: Date;
  who: string;
  what: 'went back' | 'learns anew' | 'candidate took over' | 'candidate dropped' | 'could not be read';
  why: string;
}

export async function logModelDeed(
  tx: Tx,
  tenantId: TenantId,
  { what, why }: Pick<ModelDeed, 'what' | 'why'>,
  now: Date,
  actor: Actor = SYSTEM,
): Promise<void> {
  await rows(
    tx,
    'insert into model_log (tenant_id, id, at, who, what, why) values ($1, $2, $3, $4, $5, $6) returning id',
    [tenantId, newId(now), now, actor.name, what, why],
  );
}

const MOST_SHOWN = 50;

/** The newest first. */
export async function listModelDeeds(tx: Tx, tenantId: TenantId): Promise<ModelDeed[]> {
  return rows<ModelDeed>(
    tx,
    `select at, who, what, why from model_log where tenant_id = $1 order by id desc limit ${MOST_SHOWN}`,
    [tenantId],
  );
}
