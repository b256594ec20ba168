/**
 * What is to be sent, to whom, and how it went. The ladder of a delivery:
 *
 *   pending ──accepted──▶ sent ──bounce──▶ bounced
 *   pending ──temporary failure──▶ pending, later ──too long──▶ failed
 *   pending ──permanent failure──▶ failed
 */
import { LONGEST_WITH_REPLIES } from '../accounts/mail-address.ts';
import { OWN_DOMAIN } from '../config/own-tenant.ts';
import { markReachable, markUnreachable } from '../accounts/users.ts';
import { affected, changedRows, oneRow, rows, type Tx } from '../db/transaction.ts';
import { DAY, later } from '../kernel/clock.ts';
import { newId, type ChannelId, type EventId, type TenantId, type UserId } from '../kernel/ids.ts';
import type { Attachment } from './attachment.ts';
import { markChannelError } from './channels/channels.ts';
import { CLAIM_MS } from './claims.ts';
import { quoteMails } from './quote-mails.ts';
import type { Message } from './wording/message.ts';

export type DeliveryState = 'pending' | 'sent' | 'failed' | 'bounced';

/** What is told: the person's mail program and the page of deliveries tell them apart. */
export type NoticeKind =
  | 'event'
  | 'several'
  | 'storm'
  | 'assignment'
  | 'hand-over'
  | 'recovered'
  | 'digest'
  | 'summary'
  | 'escalation'
  | 'reminder'
  | 'reply'
  | 'report';

export interface Delivery {
  tenantId: TenantId;
  id: string;
  kind: NoticeKind;
  /** Null where it is about no single event. */
  eventId: EventId | null;
  /** What the notice tells of; null where no change of an event is the reason. */
  changeId: string | null;
  userId: UserId | null;
  /** Null: by mail to the address. */
  channelId: ChannelId | null;
  address: string;
  message: Message;
  messageId: string;
  /** The person's wish that brought it; null for what is no report. */
  reportMailId: string | null;
  state: DeliveryState;
  attempts: number;
  nextTryAt: Date | null;
  lastError: string | null;
  createdAt: Date;
  sentAt: Date | null;
}

/** With what its mail says beside the message. */
export interface DueDelivery extends Delivery {
  /** The Message-ID of the mail that it answers. */
  inReplyTo: string | null;
  /**
   * Where the tenant's mail comes in, one that is short enough for a token before others; null where nobody outside can
   * write to.
   */
  tenantAddress: string | null;
  replyStyle: 'token' | 'plain' | 'none';
  attachment: Attachment | null;
}

/** Who gets it, and where. */
export interface Recipient {
  userId: UserId | null;
  /** Left out: by mail to the address. */
  channelId?: ChannelId | null;
  /** Of a channel: its name, for people to read. */
  address: string;
}

/** What it is about. */
export interface Notice {
  kind: NoticeKind;
  eventId: EventId | null;
  /** The change that it tells of; null where no change of an event is the reason. */
  changeId: string | null;
  message: Message;
  /** Goes with mails; other channels have no place for it. */
  attachment?: Attachment | null;
  reportMailId?: string;
}

export interface NewDelivery extends Recipient, Notice {
  id: string;
  messageId: string;
  inReplyTo?: string | null;
}

/** @param mailDomain what stands behind the @ of the Message-ID, which is the same at each try (RFC 5322 §3.6.4) */
export function newDelivery(
  recipient: Recipient,
  notice: Notice,
  { mailDomain }: { mailDomain: string },
  now: Date,
): NewDelivery {
  const id = newId<string>(now);
  return { id, ...recipient, ...notice, messageId: `<${id}@${mailDomain}>` };
}

export const DELIVERY = `tenant_id as "tenantId", id, kind, event_id as "eventId", change_id as "changeId",
  user_id as "userId", channel_id as "channelId", address, message,
  message_id as "messageId", report_mail_id as "reportMailId", state, attempts, next_try_at as "nextTryAt", last_error as "lastError",
  created_at as "createdAt", sent_at as "sentAt"`;

export async function addDeliveries(
  tx: Tx,
  tenantId: TenantId,
  deliveries: readonly NewDelivery[],
  now: Date,
): Promise<void> {
  if (deliveries.length === 0) return;
  const written = await quoteMails(tx, tenantId, deliveries);
  await rows(
    tx,
    `insert into deliveries (tenant_id, id, kind, change_id, event_id, user_id, channel_id, address, message, message_id,
       in_reply_to, attachment, report_mail_id, state, next_try_at, created_at)
     select $1, d.id, d.kind, d."changeId", d."eventId", d."userId", d."channelId", d.address, d.message, d."messageId",
       d."inReplyTo", d.attachment, d."reportMailId", 'pending', $3, $3
     from json_to_recordset($2) as d (id uuid, kind text, "changeId" uuid, "eventId" uuid, "userId" uuid,
       "channelId" uuid, address text, message jsonb, "messageId" text, "inReplyTo" text, attachment jsonb, "reportMailId" uuid)
     on conflict do nothing returning id`,
    [tenantId, JSON.stringify(written), now],
  );
  await noteListed(tx, tenantId, deliveries);
}

/** So that the page of an event finds the lists in which it was told. */
async function noteListed(tx: Tx, tenantId: TenantId, deliveries: readonly NewDelivery[]): Promise<void> {
  const listed = deliveries.flatMap(({ id, message }) =>
    message.sections.flatMap(({ lines }) => lines.map(({ eventId }) => ({ id, eventId }))),
  );
  if (listed.length === 0) return;
  await affected(
    tx,
    `insert into listed_events (tenant_id, delivery_id, event_id)
     select $1, d.id, d."eventId" from json_to_recordset($2) as d (id uuid, "eventId" uuid)
     on conflict do nothing`,
    [tenantId, JSON.stringify(listed)],
  );
}

/** A mail is to be sent, at `$1`. */
export const HAS_DELIVERIES = `exists (
  select from deliveries where state = 'pending' and channel_id is null and next_try_at <= $1)`;

/** Claims mails that are due, for this process to send. */
export async function claimDueDeliveries(tx: Tx, limit: number, now: Date): Promise<DueDelivery[]> {
  return changedRows<DueDelivery>(
    tx,
    `update deliveries set attempts = attempts + 1, next_try_at = $3
     where (tenant_id, id) in (
       select tenant_id, id from deliveries where state = 'pending' and channel_id is null and next_try_at <= $1
       order by next_try_at limit $2 for update skip locked)
     returning ${DELIVERY}, in_reply_to as "inReplyTo", attachment,
       (select a.address from addresses a where a.tenant_id = deliveries.tenant_id and a.address not like $4
         order by octet_length(split_part(a.address, '@', 1)) > ${LONGEST_WITH_REPLIES}, a.address limit 1) as "tenantAddress",
       (select t.reply_style from tenants t where t.id = deliveries.tenant_id) as "replyStyle"`,
    [now, limit, later(now, CLAIM_MS), `%@${OWN_DOMAIN}`],
  );
}

export async function markSent(
  tx: Tx,
  { tenantId, id, userId, channelId }: Delivery,
  now: Date,
): Promise<void> {
  await affected(
    tx,
    // What was sent is listed for long, its file is not looked at again.
    `update deliveries set state = 'sent', sent_at = $3, last_error = null, next_try_at = null, attachment = null
     where tenant_id = $1 and id = $2`,
    [tenantId, id, now],
  );
  if (userId && !channelId) await markReachable(tx, userId);
}

export async function markForRetry(
  tx: Tx,
  { tenantId, id }: Delivery,
  error: string,
  nextTryAt: Date,
): Promise<void> {
  await affected(
    tx,
    'update deliveries set last_error = $3, next_try_at = $4 where tenant_id = $1 and id = $2',
    [tenantId, id, error, nextTryAt],
  );
}

export async function markFailed(tx: Tx, delivery: Delivery, error: string, now: Date): Promise<void> {
  await affected(
    tx,
    `update deliveries set state = 'failed', last_error = $3, next_try_at = null, attachment = null
     where tenant_id = $1 and id = $2`,
    [delivery.tenantId, delivery.id, error],
  );
  if (delivery.userId && !delivery.channelId) await markUnreachable(tx, delivery.userId, error, now);
}

/** The mail server took the notice and returned it later. @returns null when that is known */
export async function markBounced(
  tx: Tx,
  tenantId: TenantId,
  { deliveryId, reason }: { deliveryId: string; reason: string },
  now: Date,
): Promise<Delivery | null> {
  const [bounced] = await changedRows<Delivery>(
    tx,
    `update deliveries set state = 'bounced', last_error = $3 where tenant_id = $1 and id = $2 and state <> 'bounced'
     returning ${DELIVERY}`,
    [tenantId, deliveryId, reason],
  );
  if (bounced?.channelId) {
    await markChannelError(tx, tenantId, bounced.channelId, { error: reason, isDown: true }, now);
  } else if (bounced?.userId) await markUnreachable(tx, bounced.userId, reason, now);
  return bounced ?? null;
}

/** The first retries come within two minutes and are part of the trade. */
export const TRIES_IN_VAIN = 4;

/** Across tenants: mails that wait for yet another try. A channel that is down is its tenant's affair. */
export async function summariseFailing(tx: Tx): Promise<{ count: number; lastError: string | null }> {
  const summary = await oneRow<{ count: number; lastError: string | null }>(
    tx,
    `select count(*)::integer as count, max(last_error) as "lastError" from deliveries
     where state = 'pending' and channel_id is null and attempts >= ${TRIES_IN_VAIN} and last_error is not null`,
  );
  return summary ?? { count: 0, lastError: null };
}

/** Without a mail server for notices any number may wait: those whose turn is next tell enough. */
const LOOKED_AT = 1000;

/** Across tenants: since when the oldest mail waits to be handed over. */
export async function findOldestPending(tx: Tx): Promise<Date | null> {
  const oldest = await oneRow<{ createdAt: Date | null }>(
    tx,
    `select min(created_at) as "createdAt" from (
       select created_at from deliveries where state = 'pending' and channel_id is null order by next_try_at limit ${LOOKED_AT}) as next`,
  );
  return oldest?.createdAt ?? null;
}

/** As long as the links in a mail work, the unsubscribing ones longest. */
const KEPT_MS = 180 * DAY;
const LARGEST_CLEANUP = 1000;

/** Forgets what was told long ago. @returns true when there may be more */
export async function removeOldDeliveries(tx: Tx, tenantId: TenantId, now: Date): Promise<boolean> {
  const removed = await affected(
    tx,
    `delete from deliveries where tenant_id = $1 and id in (
       select id from deliveries where tenant_id = $1 and created_at < $2 and state <> 'pending'
       order by created_at limit ${LARGEST_CLEANUP})`,
    [tenantId, later(now, -KEPT_MS)],
  );
  return removed === LARGEST_CLEANUP;
}

export async function findDelivery(tx: Tx, tenantId: TenantId, id: string): Promise<Delivery | undefined> {
  return oneRow<Delivery>(tx, `select ${DELIVERY} from deliveries where tenant_id = $1 and id = $2`, [
    tenantId,
    id,
  ]);
}
