/** Mails that are not where they were, until a look at the folders finds them again or gives them up. */
import { affected, changedRows, rows, type Tx } from '../../db/transaction.ts';
import type { MseId } from '../../kernel/ids.ts';
import type { Spot, Whose } from './places.ts';

/** Mails that are not where they were; a look at all folders finds them, or not. */
export async function markLost(
  tx: Tx,
  { tenantId, mailboxId }: Whose,
  mails: readonly MseId[],
  now: Date,
): Promise<void> {
  if (mails.length === 0) return;
  await affected(
    tx,
    `update mail_places set lost_at = $4
     where tenant_id = $1 and mailbox_id = $2 and mail_id = any($3::uuid[]) and lost_at is null`,
    [tenantId, mailboxId, mails, now],
  );
}

/** A folder of the tree is gone: its mails may be in another. */
export async function markFolderLost(
  tx: Tx,
  { tenantId, mailboxId }: Whose,
  folder: string,
  now: Date,
): Promise<void> {
  await affected(
    tx,
    `update mail_places set lost_at = $4
     where tenant_id = $1 and mailbox_id = $2 and folder = $3 and lost_at is null`,
    [tenantId, mailboxId, folder, now],
  );
}

/** What is in a folder: its other mails are lost, and those that were taken for lost are found. */
export async function markPresent(
  tx: Tx,
  { tenantId, mailboxId }: Whose,
  { folder, uidValidity }: Pick<Spot, 'folder' | 'uidValidity'>,
  uids: readonly number[],
  now: Date,
): Promise<void> {
  const isPresent = '(uid_validity = $4 and uid = any($5::bigint[]))';
  await affected(
    tx,
    `update mail_places set lost_at = case when ${isPresent} then null else $6::timestamptz end
     where tenant_id = $1 and mailbox_id = $2 and folder = $3 and ${isPresent} = (lost_at is not null)`,
    [tenantId, mailboxId, folder, uidValidity, uids, now],
  );
}

/** Folders with mails that were not found there: to be looked into, whether they have changed or not. */
export async function listFoldersOfLost(tx: Tx, { tenantId, mailboxId }: Whose): Promise<Set<string>> {
  const found = await rows<{ folder: string }>(
    tx,
    `select distinct folder from mail_places
     where tenant_id = $1 and mailbox_id = $2 and lost_at is not null and folder is not null`,
    [tenantId, mailboxId],
  );
  return new Set(found.map(({ folder }) => folder));
}

/** Mails lost before an instant are no longer in the mailbox. @returns them */
export async function giveUpLost(tx: Tx, { tenantId, mailboxId }: Whose, before: Date): Promise<MseId[]> {
  const gone = await changedRows<{ mailId: MseId }>(
    tx,
    `update mail_places set folder = null, uid_validity = null, uid = null, target = null, lost_at = null, former = '[]'
     where tenant_id = $1 and mailbox_id = $2 and lost_at <= $3 returning mail_id as "mailId"`,
    [tenantId, mailboxId, before],
  );
  return gone.map(({ mailId }) => mailId);
}
