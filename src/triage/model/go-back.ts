/** Going back to a former version of a tenant's model. */
import type { Actor } from '../../accounts/role.ts';
import { affected, oneRow, type Tx } from '../../db/transaction.ts';
import { Conflict, Invalid } from '../../kernel/errors.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { dropCandidate } from './candidate-store.ts';
import { assignUnlearnt, countLessons } from './lessons.ts';
import { logModelDeed } from './model-log.ts';
import { readState } from './versions.ts';

/**
 * Goes back to a version: what mails and people taught since is not known any more, and corrections said since are set
 * aside. Whoever triages the tenant takes it up at the next turn. What was decided about mails stays.
 * @throws Invalid, Conflict
 */
export async function activateVersion(
  tx: Tx,
  tenantId: TenantId,
  version: number,
  actor: Actor,
  now: Date,
): Promise<void> {
  // The holder's save locks the same row: it comes before this, or finds that its model is outdated.
  const present = await oneRow<{ version: number }>(
    tx,
    'select version from models where tenant_id = $1 and is_current for update',
    [tenantId],
  );
  if (present?.version === version) throw new Conflict(`Version ${version} is in use.`, 'in-use-already');
  const wanted = await readState(tx, tenantId, version);
  if (typeof wanted === 'string') {
    const message = `Version ${version} cannot be used: ${wanted}.`;
    throw new Invalid([{ field: 'version', message }]);
  }
  await assignUnlearnt(tx, tenantId, present?.version ?? version);
  await affected(tx, 'update models set is_current = false where tenant_id = $1 and is_current', [tenantId]);
  await affected(tx, 'update models set is_current = true where tenant_id = $1 and version = $2', [
    tenantId,
    version,
  ]);
  await dropCandidate(tx, tenantId);
  const { setAside } = await countLessons(tx, tenantId, wanted.knows);
  const why = `from version ${present?.version ?? 'none'} to version ${version}; ${setAside} corrections are set aside`;
  await logModelDeed(tx, tenantId, { what: 'went back', why }, now, actor);
}
