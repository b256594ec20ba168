/** Heartbeats and canaries: sent once a slot by one process, seen when triage has given them their event. */
import { affected, changedRows, rows, type Tx } from '../db/transaction.ts';
import type { TenantId } from '../kernel/ids.ts';

interface Sending {
  part: string;
  slotAt: Date;
  messageId: string;
}

/** @returns the parts whose slot is ours: not another process's, nor sent before a restart */
export async function claimSlots(
  tx: Tx,
  tenantId: TenantId,
  sendings: readonly Sending[],
  now: Date,
): Promise<Set<string>> {
  const claimed = await rows<{ part: string }>(
    tx,
    `insert into own_mails (tenant_id, part, slot_at, message_id, sent_at)
     select $1, s.part, s."slotAt", s."messageId", $3
     from json_to_recordset($2) as s (part text, "slotAt" timestamptz, "messageId" text)
     on conflict do nothing returning part`,
    [tenantId, JSON.stringify(sendings), now],
  );
  return new Set(claimed.map(({ part }) => part));
}

/** The door did not take it: whoever comes next tries again. */
export async function giveSlotBack(tx: Tx, tenantId: TenantId, part: string, slotAt: Date): Promise<void> {
  await affected(tx, 'delete from own_mails where tenant_id = $1 and part = $2 and slot_at = $3', [
    tenantId,
    part,
    slotAt,
  ]);
}

/** After triage of the own tenant's mail. @returns what has its event now */
export async function markSeen(
  tx: Tx,
  tenantId: TenantId,
  now: Date,
): Promise<{ part: string; sentAt: Date }[]> {
  return changedRows(
    tx,
    `update own_mails o set seen_at = $2, mail_id = s.id from mses s
     where o.tenant_id = $1 and o.seen_at is null and s.tenant_id = $1 and s.message_id = o.message_id
     returning o.part, o.sent_at as "sentAt"`,
    [tenantId, now],
  );
}

/** The oldest mail of a part since `since` that is still on its way, while none sent later has come through. */
export async function findOldestUnseen(
  tx: Tx,
  tenantId: TenantId,
  part: string,
  since: Date,
): Promise<Date | null> {
  const [oldest] = await rows<{ sentAt: Date | null }>(
    tx,
    `select min(sent_at) as "sentAt" from own_mails
     where tenant_id = $1 and part = $2 and seen_at is null and sent_at >= $3
       and sent_at > coalesce((select max(sent_at) from own_mails
         where tenant_id = $1 and part = $2 and seen_at is not null), '-infinity')`,
    [tenantId, part, since],
  );
  return oldest?.sentAt ?? null;
}

export interface LastSeen {
  part: string;
  sentAt: Date;
  seenAt: Date;
}

export async function listLastSeen(tx: Tx, tenantId: TenantId): Promise<LastSeen[]> {
  return rows<LastSeen>(
    tx,
    `select distinct on (part) part, sent_at as "sentAt", seen_at as "seenAt" from own_mails
     where tenant_id = $1 and seen_at is not null order by part, slot_at desc`,
    [tenantId],
  );
}

const LARGEST_CLEANUP = 1000;

/** @returns the stored mails of which nothing needs to be kept any more */
export async function forgetOwnMails(tx: Tx, tenantId: TenantId, before: Date): Promise<string[]> {
  const forgotten = await changedRows<{ mailId: string | null }>(
    tx,
    `delete from own_mails where (tenant_id, part, slot_at) in (
       select tenant_id, part, slot_at from own_mails where tenant_id = $1 and slot_at < $2
       limit ${LARGEST_CLEANUP})
     returning mail_id as "mailId"`,
    [tenantId, before],
  );
  return forgotten.flatMap(({ mailId }) => mailId ?? []);
}
