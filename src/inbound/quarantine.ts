/** What people see of mails in quarantine: as much of sender and subject as the first bytes tell, and the reasons. */
import { constants, inflateRawSync } from 'node:zlib';
import libmime from 'libmime';
import { changedRows, rows, type Tx } from '../db/transaction.ts';
import type { MseId, TenantId } from '../kernel/ids.ts';
import { forgetWanted } from './folders/places.ts';
import { firstField, headerFields, splitMail } from './parse/header-block.ts';

export interface QuarantineReason {
  reason: string;
  count: number;
}

/** Why mails are in quarantine, the most frequent reason first. */
export async function listQuarantineReasons(tx: Tx, tenantId: TenantId): Promise<QuarantineReason[]> {
  return rows<QuarantineReason>(
    tx,
    `select reason, count(*)::integer as count from quarantine where tenant_id = $1
     group by reason order by count(*) desc, reason limit 20`,
    [tenantId],
  );
}

export interface TenantQuarantine {
  tenant: string;
  count: number;
  /** Of the last one. */
  reason: string;
}

/** Across tenants: whose mails are in quarantine. */
export async function listQuarantines(tx: Tx): Promise<TenantQuarantine[]> {
  return rows<TenantQuarantine>(
    tx,
    `select t.slug as tenant, count(*)::integer as count, (array_agg(q.reason order by q.at desc))[1] as reason
     from quarantine q join tenants t on t.id = q.tenant_id group by t.slug order by t.slug`,
  );
}

/** Bounds one replay; whoever has more presses again. */
const LARGEST_REPLAY = 10_000;

/** Puts all mails that failed for the same reason back into the queue. @returns how many */
export async function replayByReason(tx: Tx, tenantId: TenantId, reason: string): Promise<number> {
  const released = await changedRows<{ mailId: MseId }>(
    tx,
    `delete from quarantine where tenant_id = $1 and mail_id in
       (select mail_id from quarantine where tenant_id = $1 and reason = $2 limit ${LARGEST_REPLAY})
     returning mail_id as "mailId"`,
    [tenantId, reason],
  );
  const mails = released.map(({ mailId }) => mailId);
  await forgetWanted(tx, tenantId, mails);
  await rows(
    tx,
    `insert into waiting_mails (tenant_id, received_at, mail_id)
     select tenant_id, received_at, id from mails where tenant_id = $1 and id = any($2::uuid[])
     on conflict do nothing returning mail_id`,
    [tenantId, mails],
  );
  return released.length;
}

export interface MailHead {
  from: string | null;
  subject: string | null;
}

/** Compressed bytes of each mail that are looked at: a header fits, and fifty mails of 50 MB do no harm. */
const LOOKED_AT = 8192;
const LONGEST_SHOWN = 300;

/** Sender and subject as far as they can be told from mails that cannot be read. */
export async function readHeads(
  tx: Tx,
  tenantId: TenantId,
  ids: readonly MseId[],
): Promise<Map<MseId, MailHead>> {
  const found = await rows<{ id: MseId; start: Buffer }>(
    tx,
    `select id, substring(bytes from 1 for ${LOOKED_AT}) as start from mails
     where tenant_id = $1 and id = any($2::uuid[])`,
    [tenantId, ids],
  );
  return new Map(found.map(({ id, start }) => [id, headOf(start)]));
}

function headOf(start: Buffer): MailHead {
  try {
    // Cut off in the middle: what is there is given out rather than refused.
    const raw = inflateRawSync(start, {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: 64 * LOOKED_AT,
    });
    const fields = headerFields(splitMail(raw).header);
    return { from: textOf(firstField(fields, 'from')), subject: textOf(firstField(fields, 'subject')) };
  } catch {
    // A header that inflates to more than any header has: nothing is known of it.
    return { from: null, subject: null };
  }
}

function textOf(value: string | undefined): string | null {
  const bytes = Buffer.from(value?.slice(0, LONGEST_SHOWN) ?? '', 'latin1').toString('utf8');
  return libmime.decodeWords(bytes).replaceAll('\0', '').toWellFormed().trim() || null;
}
