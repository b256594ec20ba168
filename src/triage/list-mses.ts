/** The read-models behind mails in lists, on their own page and in the API. */
import { z } from 'zod';
import { oneRow, rows, type Tx } from '../db/transaction.ts';
import type { MailState } from '../events/mail-state.ts';
import { below } from '../events/org-path.ts';
import { mailSearch } from '../events/search.ts';
import type { MaybeSeverity } from '../events/severity.ts';
import { decodeCursor, encodeCursor } from '../kernel/cursor.ts';
import { Conflict, NotFound } from '../kernel/errors.ts';
import { isUuid, type EventId, type MseId, type TenantId } from '../kernel/ids.ts';
import type { Findings, OtherFinding } from './mse.ts';

/** As store.ts writes them. */
export interface KeptFindings extends Findings {
  signal?: string;
  rules?: string[];
  /** What did not decide. */
  others?: OtherFinding[];
  /** Whose parser read the mail. */
  tool?: string;
  mentions?: string[];
  /** One of our notices that came back, or a bounce of one. */
  isOwn?: boolean;
  /** What came of a reply to a notice. */
  reply?: { what: string; isDone: boolean; eventId: string | null };
}

export interface ListedMse {
  id: MseId;
  messageId: string | null;
  receivedAt: Date;
  sentAt: Date | null;
  subject: string;
  fromAddress: string;
  fromName: string;
  severity: MaybeSeverity;
  org: string | null;
  orgs: string[];
  servers: string[];
  state: MailState;
  isNoise: boolean;
  signalKey: string;
  templateId: string | null;
  /** Null for a reply to a notice, which is no monitoring mail. */
  eventId: EventId | null;
  findings: KeptFindings;
  lint: string[];
}

const LISTED = `m.id, m.message_id as "messageId", m.received_at as "receivedAt", m.sent_at as "sentAt", m.subject,
    m.from_address as "fromAddress", m.from_name as "fromName", m.severity, m.org, m.orgs, m.servers, m.state,
    m.is_noise as "isNoise", m.signal_key as "signalKey", m.event_id as "eventId", m.findings, m.lint,
    coalesce((select t.merged_into from templates t where t.tenant_id = m.tenant_id and t.id = m.template_id),
      m.template_id) as "templateId"
  from mses m`;

export interface MseFilter {
  eventId?: string;
  org?: string;
  severity?: 'critical' | 'warn' | 'info' | 'unclassified';
  unclassified?: boolean;
  /** With or without angle brackets. */
  messageId?: string;
  /** Arrived at or after. */
  since?: Date;
  /** Arrived before. */
  until?: Date;
  sender?: string;
  q?: string;
}

export interface MsePage {
  items: ListedMse[];
  nextCursor: string | null;
}

const positionSchema = z.tuple([z.iso.datetime(), z.uuid()]);

/** Newest first. */
export async function listMses(
  tx: Tx,
  tenantId: TenantId,
  filter: MseFilter,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<MsePage> {
  const parameters: unknown[] = [tenantId];
  const conditions = conditionsOf(filter, parameters);
  if (cursor) {
    const [at, id] = decodeCursor(cursor, positionSchema);
    conditions.push(
      `(m.received_at, m.id) < ($${parameters.push(at)}::timestamptz, $${parameters.push(id)}::uuid)`,
    );
  }
  const found = await rows<ListedMse>(
    tx,
    `select ${LISTED} where ${conditions.join(' and ')}
     order by m.received_at desc, m.id desc limit ${limit + 1}`,
    parameters,
  );
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return {
    items,
    nextCursor: found.length > limit && last ? encodeCursor([last.receivedAt, last.id]) : null,
  };
}

function conditionsOf(filter: MseFilter, parameters: unknown[]): string[] {
  const parameter = (value: unknown): string => `$${parameters.push(value)}`;
  const conditions = ['m.tenant_id = $1'];
  if (filter.eventId) {
    conditions.push(isUuid(filter.eventId) ? `m.event_id = ${parameter(filter.eventId)}` : 'false');
  }
  if (filter.org) {
    conditions.push(`(m.org = ${parameter(filter.org)} or m.org like ${parameter(below(filter.org))})`);
  }
  if (filter.severity === 'unclassified') conditions.push('m.severity is null');
  else if (filter.severity) conditions.push(`m.severity = ${parameter(filter.severity)}`);
  if (filter.unclassified === true)
    conditions.push('(m.severity is null or m.org is null) and m.event_id is not null');
  if (filter.unclassified === false) conditions.push('(m.severity is not null and m.org is not null)');
  if (filter.messageId) {
    const bare = filter.messageId.replace(/^<|>$/g, '');
    conditions.push(`m.message_id = any(${parameter([bare, `<${bare}>`])}::text[])`);
  }
  if (filter.since) conditions.push(`m.received_at >= ${parameter(filter.since)}`);
  if (filter.until) conditions.push(`m.received_at < ${parameter(filter.until)}`);
  if (filter.sender) conditions.push(`m.from_address like ${parameter(`%${filter.sender.toLowerCase()}%`)}`);
  if (filter.q?.trim()) {
    const like = parameter(`%${filter.q.trim().replace(/[\\%_]/g, '\\$&')}%`);
    conditions.push(`(m.subject ilike ${like} or m.id in (
      select t.mse_id from mail_texts t where t.tenant_id = $1 and ${mailSearch('t', filter.q, parameter)}))`);
  }
  return conditions;
}

export async function listMsesById(tx: Tx, tenantId: TenantId, ids: readonly MseId[]): Promise<ListedMse[]> {
  return rows<ListedMse>(tx, `select ${LISTED} where m.tenant_id = $1 and m.id = any($2::uuid[])`, [
    tenantId,
    ids,
  ]);
}

/** @throws NotFound */
export async function getMse(tx: Tx, tenantId: TenantId, id: string): Promise<ListedMse> {
  const [found] = isUuid(id) ? await listMsesById(tx, tenantId, [id as MseId]) : [];
  if (!found) throw new NotFound('mail');
  return found;
}

/** Its source has links and addresses that act in the name of the person whom a notice was sent to. */
export function carriesTokens({ findings }: ListedMse): boolean {
  return findings.isOwn === true || findings.reply !== undefined;
}

export type MonitoringMse = ListedMse & { eventId: EventId };

/** @throws NotFound, Conflict for a reply to a notice */
export async function getMonitoringMse(tx: Tx, tenantId: TenantId, id: string): Promise<MonitoringMse> {
  const { eventId, ...mse } = await getMse(tx, tenantId, id);
  if (!eventId) throw new Conflict('A reply to a notice is no monitoring mail.', 'not-possible-now');
  return { ...mse, eventId };
}

/** The mails of an event: the first cause first, then in the order of arrival. */
export async function listMsesOfEvent(
  tx: Tx,
  tenantId: TenantId,
  eventId: string,
  limit: number,
  offset = 0,
): Promise<ListedMse[]> {
  return rows<ListedMse>(
    tx,
    `select ${LISTED} where m.tenant_id = $1 and m.event_id = $2 order by m.received_at, m.id limit $3 offset $4`,
    [tenantId, eventId, limit, offset],
  );
}

export async function getMailText(tx: Tx, tenantId: TenantId, mseId: MseId): Promise<string> {
  const found = await oneRow<{ body: string }>(
    tx,
    `select t.body from mses m join mail_texts t on t.tenant_id = m.tenant_id and t.mse_id = m.id
     where m.tenant_id = $1 and m.id = $2`,
    [tenantId, mseId],
  );
  return found?.body ?? '';
}
