/** Stored mails: the queue that triage takes from, their sources, and the quarantine of those beyond reading. */
import { inflateRawSync } from 'node:zlib';
import { NotFound } from '../kernel/errors.ts';
import type { MailboxId, MseId, TenantId } from '../kernel/ids.ts';
import { affected, changedRows, oneRow, rows, type Tx } from '../db/transaction.ts';
import type { Door } from './door.ts';
import { forgetWanted } from './folders/places.ts';
import type { RecentMails } from './recent-mails.ts';

export interface StoredMail {
  id: MseId;
  receivedAt: Date;
  door: Door;
  raw: Buffer;
}

/** Bounds the memory of a batch: 500 mails of 50 MB would not fit anywhere. */
const LARGEST_BATCH_BYTES = 24 * 1024 * 1024;

/** Mail waits for triage. */
export const HAS_WAITING_MAIL = 'exists (select from waiting_mails)';

/** Tenants that have mail waiting for triage. */
export async function listTenantsWithWaitingMail(tx: Tx): Promise<TenantId[]> {
  const found = await rows<{ tenantId: TenantId }>(
    tx,
    `select t.id as "tenantId" from tenants t where exists (select from waiting_mails w where w.tenant_id = t.id)`,
  );
  return found.map(({ tenantId }) => tenantId);
}

/** A place in the queue. */
export interface Position {
  receivedAt: Date;
  id: MseId;
}

/**
 * The oldest waiting mails behind a position, at most `limit`, whose sizes fit a batch together; always at least one
 * while any waits.
 */
export async function takeWaitingMails(
  tx: Tx,
  tenantId: TenantId,
  limit: number,
  after: Position | null,
  recent: RecentMails,
): Promise<StoredMail[]> {
  const found = await rows<Omit<StoredMail, 'raw'>>(
    tx,
    `with oldest as (
       select w.mail_id, sum(m.size) over (order by w.received_at, w.mail_id) as total, m.size, m.received_at, m.door
       from (select mail_id, received_at from waiting_mails
             where tenant_id = $1 and ($3::timestamptz is null or (received_at, mail_id) > ($3, $4::uuid))
             order by received_at, mail_id limit $2) w
         join mails m on m.tenant_id = $1 and m.id = w.mail_id
     )
     select mail_id as id, received_at as "receivedAt", door from oldest where total <= $5 or total = size
     order by received_at, mail_id`,
    [tenantId, limit, after?.receivedAt ?? null, after?.id ?? null, LARGEST_BATCH_BYTES],
  );
  const sources = new Map(found.map(({ id }) => [id, recent.take(id)]));
  await readSources(tx, tenantId, sources);
  return found.flatMap((mail) => {
    const raw = sources.get(mail.id);
    return raw ? [{ ...mail, raw }] : [];
  });
}

/** Fills in what is missing. */
async function readSources(
  tx: Tx,
  tenantId: TenantId,
  sources: Map<MseId, Buffer | undefined>,
): Promise<void> {
  const missing = [...sources].filter(([, raw]) => raw === undefined).map(([id]) => id);
  if (missing.length === 0) return;
  const found = await rows<{ id: MseId; bytes: Buffer }>(
    tx,
    'select id, bytes from mails where tenant_id = $1 and id = any($2::uuid[])',
    [tenantId, missing],
  );
  for (const { id, bytes } of found) sources.set(id, inflateRawSync(bytes));
}

/** Takes mails off the queue, in the transaction that writes what triage found. */
export async function removeFromQueue(tx: Tx, tenantId: TenantId, ids: readonly MseId[]): Promise<void> {
  await affected(
    tx,
    `delete from waiting_mails w using mails m
     where m.tenant_id = $1 and m.id = any($2::uuid[])
       and w.tenant_id = $1 and w.received_at = m.received_at and w.mail_id = m.id`,
    [tenantId, ids],
  );
}

/** When the oldest waiting mail of each tenant arrived: nothing after that instant is known yet. */
export async function listOldestWaiting(tx: Tx): Promise<Map<TenantId, Date>> {
  const found = await rows<{ tenantId: TenantId; receivedAt: Date | null }>(
    tx,
    `select t.id as "tenantId",
       (select min(w.received_at) from waiting_mails w where w.tenant_id = t.id) as "receivedAt"
     from tenants t`,
  );
  return new Map(found.flatMap(({ tenantId, receivedAt }) => (receivedAt ? [[tenantId, receivedAt]] : [])));
}

export async function countWaiting(tx: Tx, tenantId: TenantId): Promise<number> {
  const row = await oneRow<{ count: number }>(
    tx,
    'select count(*)::integer as count from waiting_mails where tenant_id = $1',
    [tenantId],
  );
  return row?.count ?? 0;
}

/** The source exactly as it came. @throws NotFound */
export async function getRawMail(tx: Tx, tenantId: TenantId, id: string): Promise<Buffer> {
  const found = await oneRow<{ bytes: Buffer }>(
    tx,
    'select bytes from mails where tenant_id = $1 and id = $2',
    [tenantId, id],
  );
  if (!found) throw new NotFound('mail');
  return inflateRawSync(found.bytes);
}

export interface MailOrigin {
  door: Door;
  mailboxId: MailboxId | null;
  size: number;
}

export async function getMailOrigin(tx: Tx, tenantId: TenantId, id: string): Promise<MailOrigin> {
  const found = await oneRow<MailOrigin>(
    tx,
    'select door, mailbox_id as "mailboxId", size from mails where tenant_id = $1 and id = $2',
    [tenantId, id],
  );
  if (!found) throw new NotFound('mail');
  return found;
}

export interface QuarantinedMail {
  id: MseId;
  receivedAt: Date;
  at: Date;
  reason: string;
  size: number;
  door: Door;
}

const QUARANTINED = `q.mail_id as id, m.received_at as "receivedAt", q.at, q.reason, m.size, m.door
  from quarantine q join mails m on m.tenant_id = q.tenant_id and m.id = q.mail_id`;

/** Sets a mail aside with the reason; its source stays. */
export async function quarantineMail(
  tx: Tx,
  tenantId: TenantId,
  id: MseId,
  reason: string,
  now: Date,
): Promise<void> {
  await rows(
    tx,
    `insert into quarantine (tenant_id, mail_id, reason, at) values ($1, $2, $3, $4)
     on conflict (tenant_id, mail_id) do update set reason = excluded.reason, at = excluded.at`,
    [tenantId, id, reason, now],
  );
  await removeFromQueue(tx, tenantId, [id]);
}

export interface Page {
  limit: number;
  /** Id of the last row of the page before. */
  after?: string;
}

export async function listQuarantine(
  tx: Tx,
  tenantId: TenantId,
  { limit, after }: Page,
): Promise<QuarantinedMail[]> {
  return rows<QuarantinedMail>(
    tx,
    `select ${QUARANTINED} where q.tenant_id = $1 and ($2::uuid is null or q.mail_id < $2)
     order by q.mail_id desc limit $3`,
    [tenantId, after ?? null, limit],
  );
}

/** @throws NotFound */
export async function getQuarantinedMail(tx: Tx, tenantId: TenantId, id: string): Promise<QuarantinedMail> {
  const found = await oneRow<QuarantinedMail>(
    tx,
    `select ${QUARANTINED} where q.tenant_id = $1 and q.mail_id = $2`,
    [tenantId, id],
  );
  if (!found) throw new NotFound('mail in quarantine');
  return found;
}

export async function countQuarantine(tx: Tx, tenantId: TenantId): Promise<number> {
  const row = await oneRow<{ count: number }>(
    tx,
    'select count(*)::integer as count from quarantine where tenant_id = $1',
    [tenantId],
  );
  return row?.count ?? 0;
}

/** Puts a mail back into the queue, to be read again after an upgrade. @throws NotFound */
export async function replayQuarantinedMail(tx: Tx, tenantId: TenantId, id: string): Promise<void> {
  const released = await changedRows<{ mailId: MseId }>(
    tx,
    'delete from quarantine where tenant_id = $1 and mail_id = $2 returning mail_id as "mailId"',
    [tenantId, id],
  );
  if (released.length === 0) throw new NotFound('mail in quarantine');
  await forgetWanted(tx, tenantId, [id]);
  await rows(
    tx,
    `insert into waiting_mails (tenant_id, received_at, mail_id)
     select tenant_id, received_at, id from mails where tenant_id = $1 and id = $2 on conflict do nothing`,
    [tenantId, id],
  );
}

/** Removes mails for good, with all that was found in them; their events stay. */
export async function removeMails(tx: Tx, tenantId: TenantId, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await affected(tx, 'delete from mails where tenant_id = $1 and id = any($2::uuid[])', [tenantId, ids]);
}

/** By digest in hex: which of these mails are stored. */
export async function findMailsByDigest(
  tx: Tx,
  tenantId: TenantId,
  digests: readonly Buffer[],
): Promise<Map<string, MseId>> {
  const found = await rows<{ id: MseId; digest: Buffer }>(
    tx,
    'select id, digest from mails where tenant_id = $1 and digest = any($2::bytea[])',
    [tenantId, digests],
  );
  return new Map(found.map((row) => [row.digest.toString('hex'), row.id]));
}
