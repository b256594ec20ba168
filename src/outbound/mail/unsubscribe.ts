/**
 * The link that ends notices (RFC 8058): what brought this one to its person is muted for them alone. It can be taken
 * back by the same link, and under their own settings; the group's page says who does not hear.
 */
import { listHeardSubscriptions, listMutes, mute, hearAgain, type Mute } from '../../accounts/mutes.ts';
import { coveringOf, listHeldSubscriptions, type HeldSubscription } from '../../accounts/subscriptions.ts';
import type { Addressee } from '../../accounts/users.ts';
import { listGroups } from '../../accounts/groups.ts';
import { oneRow, type Tx } from '../../db/transaction.ts';
import type { LinkToken } from '../../events/by-mail/mail-tokens.ts';
import type { MaybeSeverity } from '../../events/severity.ts';
import { DAY } from '../../kernel/clock.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { NotFound } from '../../kernel/errors.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { audienceOf, respondersIn } from '../audience/audience.ts';
import { findDelivery, type Delivery, type NoticeKind } from '../deliveries.ts';
import { findRecipient } from './act-by-link.ts';

/** Mail programs offer it as long as the mail is there; months later the subscriptions are others. */
export const UNSUBSCRIBING_LASTS_MS = 180 * DAY;

/** What subscriptions bring. Nobody unsubscribes from what is theirs to do, or from the last step of an escalation. */
const BROUGHT_BY_SUBSCRIPTION: readonly NoticeKind[] = ['event', 'several', 'storm', 'digest', 'summary'];

export function canUnsubscribe({ kind, userId, eventId, reportMailId }: Delivery): boolean {
  if (userId === null) return false;
  return reportMailId !== null || (eventId !== null && BROUGHT_BY_SUBSCRIPTION.includes(kind));
}

export interface Bringing {
  id: string;
  pattern: string;
  level: HeldSubscription['level'];
  groupName: string;
  isOwn: boolean;
}

export interface Unsubscription {
  person: Addressee;
  /** What the person still hears by of those that brought the notice. */
  bringing: Bringing[];
  /** What is muted of those. */
  muted: Mute[];
  /** True when nobody else responds to events like it. */
  isLastResponder: boolean;
}

/** @throws NotFound for a notice that is gone, that no subscription brought, or whose person has left */
export async function openUnsubscription(tx: Tx, link: LinkToken, now: Date): Promise<Unsubscription> {
  const { tenantId } = link;
  const delivery = await findDelivery(tx, tenantId, link.deliveryId);
  if (link.verb !== 'unsubscribe' || link.expiresAt <= now) throw new NotFound('link');
  if (!delivery?.userId || delivery.reportMailId || !canUnsubscribe(delivery)) throw new NotFound('link');
  const person = await findRecipient(tx, tenantId, delivery.userId);
  const about = await readAbout(tx, tenantId, delivery);
  const brought = broughtBy(await listHeldSubscriptions(tx, tenantId), delivery, about.org);
  const ids = new Set(brought.map(({ id }) => id));
  const muted = (await listMutes(tx, tenantId, person.id)).filter(({ subscription }) =>
    ids.has(subscription),
  );
  const groups = new Map((await listGroups(tx, tenantId)).map((group) => [group.id as string, group]));
  const heard = await listHeardSubscriptions(tx, tenantId);
  const responders = respondersIn(audienceOf(heard, about.org, about.severity));
  return {
    person,
    muted,
    bringing: brought
      .filter(({ id }) => !muted.some(({ subscription }) => subscription === id))
      .map(({ id, pattern, level, group }) => ({
        id,
        pattern,
        level,
        groupName: groups.get(group)?.name ?? '',
        isOwn: (groups.get(group)?.personalUserId ?? null) !== null,
      })),
    isLastResponder: !responders.some(({ userId }) => userId !== person.id),
  };
}

interface About {
  org: string | null;
  severity: MaybeSeverity;
}

async function readAbout(tx: Tx, tenantId: TenantId, { eventId }: Delivery): Promise<About> {
  const event = await oneRow<About>(tx, 'select org, severity from events where tenant_id = $1 and id = $2', [
    tenantId,
    eventId,
  ]);
  return event ?? { org: null, severity: null };
}

/** Of a digest: all that is only of interest; else what covers the event's path. */
function broughtBy(
  held: readonly HeldSubscription[],
  { kind, userId }: Delivery,
  org: string | null,
): HeldSubscription[] {
  const own = held.filter(({ users }) => users.some((user) => user === userId));
  const interested = own.filter(({ level, pattern }) => level === 'interested' && !pattern.startsWith('!'));
  if (kind === 'digest' && interested.length > 0) return interested;
  return [...groupBy(own, ({ group }) => group).values()].flatMap((group) => coveringOf(group, org));
}

/** Does it, or takes it back; a second time changes nothing. @throws NotFound */
export async function unsubscribe(tx: Tx, link: LinkToken, isBack: boolean, now: Date): Promise<void> {
  const { person, bringing, muted } = await openUnsubscription(tx, link, now);
  if (!isBack) {
    const ids = bringing.map(({ id }) => id);
    await mute(tx, link.tenantId, person.id, ids, now);
    return;
  }
  for (const { subscription } of muted) await hearAgain(tx, link.tenantId, person.id, subscription);
}
