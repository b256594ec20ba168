/** Who steps in for whom, and when: the overrides of a rota. */
import { affected, oneRow, rows, type Tx } from '../../db/transaction.ts';
import { between, DAY } from '../../kernel/clock.ts';
import { Conflict, Invalid, NotFound } from '../../kernel/errors.ts';
import { newId, type TenantId } from '../../kernel/ids.ts';
import type { Override } from './rota.ts';
import { getRota, requireMembers } from './store.ts';

export interface NewOverride {
  user: string;
  insteadOf: string | null;
  from: Date;
  to: Date;
}

/** Longer is no override but another rota. */
const LONGEST_MS = 366 * DAY;
/** Each cuts each shift; those that are over stay, for what was. */
const MOST_OVERRIDES = 500;

/** @throws NotFound, Invalid, Conflict `too-many-overrides` */
export async function addOverride(
  tx: Tx,
  tenantId: TenantId,
  rotaId: string,
  wanted: NewOverride,
  createdBy: string,
  now: Date,
): Promise<Override> {
  const { user, insteadOf, from, to } = wanted;
  const { overrides } = await getRota(tx, tenantId, rotaId);
  if (to <= from) throw new Invalid([{ field: 'to', message: 'Must be later than the beginning.' }]);
  if (to <= now) throw new Invalid([{ field: 'to', message: 'That is over already.' }]);
  if (between(from, to) > LONGEST_MS) throw new Invalid([{ field: 'to', message: 'At most a year.' }]);
  if (user === insteadOf) throw new Invalid([{ field: 'user', message: 'Choose somebody else.' }]);
  await requireMembers(tx, tenantId, [user], 'user');
  if (insteadOf) await requireMembers(tx, tenantId, [insteadOf], 'insteadOf');
  if (overrides.length >= MOST_OVERRIDES) {
    throw new Conflict('The rota has too many overrides. Remove those that are over.', 'too-many-overrides');
  }
  const id = newId<string>(now);
  await rows(
    tx,
    `insert into rota_overrides (tenant_id, rota_id, id, user_id, instead_of, from_at, to_at, created_by, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [tenantId, rotaId, id, user, insteadOf, from, to, createdBy, now],
  );
  return {
    id,
    userId: user as Override['userId'],
    insteadOf: insteadOf as Override['insteadOf'],
    from,
    to,
    createdBy,
  };
}

/** The rota that has an override. @throws NotFound */
export async function findRotaOfOverride(tx: Tx, tenantId: TenantId, id: string): Promise<string> {
  const found = await oneRow<{ rotaId: string }>(
    tx,
    'select rota_id as "rotaId" from rota_overrides where tenant_id = $1 and id = $2',
    [tenantId, id],
  );
  if (!found) throw new NotFound('override');
  return found.rotaId;
}

/** One that runs ends; one that is to come does not come. @throws NotFound */
export async function removeOverride(tx: Tx, tenantId: TenantId, id: string): Promise<void> {
  const removed = await affected(tx, 'delete from rota_overrides where tenant_id = $1 and id = $2', [
    tenantId,
    id,
  ]);
  if (removed === 0) throw new NotFound('override');
}
