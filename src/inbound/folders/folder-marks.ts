/** Store of `mail_folders`: each folder as it was when everything in it had been seen to. */
import { affected, rows, type Tx } from '../../db/transaction.ts';
import type { Whose } from './places.ts';

export interface FolderMark {
  path: string;
  uidValidity: string;
  uidNext: number;
  messages: number;
}

export async function listMarks(tx: Tx, { tenantId, mailboxId }: Whose): Promise<Map<string, FolderMark>> {
  const found = await rows<FolderMark & { uidNext: string }>(
    tx,
    `select path, uid_validity as "uidValidity", uid_next as "uidNext", messages from mail_folders
     where tenant_id = $1 and mailbox_id = $2`,
    [tenantId, mailboxId],
  );
  return new Map(found.map((mark) => [mark.path, { ...mark, uidNext: Number(mark.uidNext) }]));
}

export async function saveMarks(
  tx: Tx,
  { tenantId, mailboxId }: Whose,
  marks: readonly FolderMark[],
): Promise<void> {
  if (marks.length === 0) return;
  await rows(
    tx,
    `insert into mail_folders (tenant_id, mailbox_id, path, uid_validity, uid_next, messages)
     select $1, $2, m.path, m."uidValidity", m."uidNext", m.messages
     from json_to_recordset($3) as m (path text, "uidValidity" bigint, "uidNext" bigint, messages integer)
     on conflict (tenant_id, mailbox_id, path) do update set
       uid_validity = excluded.uid_validity, uid_next = excluded.uid_next, messages = excluded.messages`,
    [tenantId, mailboxId, JSON.stringify(marks)],
  );
}

export async function removeMarks(
  tx: Tx,
  { tenantId, mailboxId }: Whose,
  paths: readonly string[],
): Promise<void> {
  if (paths.length === 0) return;
  await affected(
    tx,
    'delete from mail_folders where tenant_id = $1 and mailbox_id = $2 and path = any($3::text[])',
    [tenantId, mailboxId, paths],
  );
}
