/**
 * What a notice of one event quotes: the beginning of its latest mail, so that whoever is woken knows what is wrong before
 * any page is open. Mails and webhooks show it; what goes through somebody else's service does not, because mails hold
 * more than titles do.
 */
import { rows, type Tx } from '../db/transaction.ts';
import type { TenantId } from '../kernel/ids.ts';
import type { Message } from './wording/message.ts';
import { excerptOf, READ_CHARACTERS } from './wording/excerpt.ts';

/** Events that no mail made (MISSING, BLIND) have nothing to quote. */
export async function quoteMails<N extends { message: Message }>(
  tx: Tx,
  tenantId: TenantId,
  notices: readonly N[],
): Promise<N[]> {
  const excerpts = await loadExcerpts(
    tx,
    tenantId,
    notices.flatMap(({ message }) => (message.event ? [message.event.id] : [])),
  );
  return notices.map((notice) => {
    const { message } = notice;
    const excerpt = message.event && excerpts.get(message.event.id);
    return excerpt ? { ...notice, message: { ...message, event: { ...message.event, excerpt } } } : notice;
  });
}

/** The beginning of the latest mail of each of some events. */
export async function loadExcerpts(
  tx: Tx,
  tenantId: TenantId,
  eventIds: readonly string[],
): Promise<Map<string, string>> {
  if (eventIds.length === 0) return new Map();
  const found = await rows<{ eventId: string; text: string }>(
    tx,
    `select e.id as "eventId", left(t.body, ${READ_CHARACTERS}) as text
     from unnest($2::uuid[]) as e (id)
       cross join lateral (
         select m.id from mses m where m.tenant_id = $1 and m.event_id = e.id order by m.received_at desc limit 1) as m
       join mail_texts t on t.tenant_id = $1 and t.mse_id = m.id`,
    [tenantId, [...new Set(eventIds)]],
  );
  return new Map(found.map(({ eventId, text }) => [eventId, excerptOf(text)]));
}
