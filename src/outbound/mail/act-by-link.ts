/**
 * What a link in a notice does, in the name of the person it was sent to. Looking changes nothing: mail scanners follow
 * links. The deed is done once, by the person as they are now: who has left the tenant, or may only read, does nothing.
 */
import { may, type Role } from '../../accounts/role.ts';
import { getMember, listAddressees, type Addressee } from '../../accounts/users.ts';
import { oneRow, rows, type Tx } from '../../db/transaction.ts';
import type { Command } from '../../events/by-mail/command.ts';
import { doCommand } from '../../events/by-mail/do-command.ts';
import type { LinkToken, LinkVerb } from '../../events/by-mail/mail-tokens.ts';
import { tomorrowMorning } from '../../events/by-mail/read-snooze.ts';
import { findMergedInto } from '../../events/find.ts';
import { HOUR, later } from '../../kernel/clock.ts';
import { Conflict, NotFound } from '../../kernel/errors.ts';
import type { TenantId, UserId } from '../../kernel/ids.ts';
import { findDelivery, type Delivery } from '../deliveries.ts';

export type DeedVerb = Exclude<LinkVerb, 'unsubscribe'>;

export interface OpenedLink {
  verb: DeedVerb;
  person: Addressee & { role: Role };
  delivery: Delivery;
  /** The event as it is now, which another one may have been merged into. */
  eventId: string;
  usedAt: Date | null;
  isExpired: boolean;
}

/** @throws NotFound for a notice that is gone, or was nobody's; and when its person has left the tenant */
export async function openLink(tx: Tx, link: LinkToken, now: Date): Promise<OpenedLink> {
  const { tenantId, deliveryId, verb } = link;
  const delivery = await findDelivery(tx, tenantId, deliveryId);
  if (verb === 'unsubscribe' || !delivery?.userId || !delivery.eventId) throw new NotFound('link');
  // It has come to somebody else's eyes.
  if (delivery.state === 'bounced') throw new NotFound('link');
  const person = await findRecipient(tx, tenantId, delivery.userId);
  const used = await oneRow<{ at: Date }>(
    tx,
    'select used_at as at from used_links where tenant_id = $1 and delivery_id = $2 and verb = $3',
    [tenantId, deliveryId, verb],
  );
  return {
    verb,
    person,
    delivery,
    eventId: (await findMergedInto(tx, tenantId, delivery.eventId)) ?? delivery.eventId,
    usedAt: used?.at ?? null,
    isExpired: link.expiresAt <= now,
  };
}

/** @throws NotFound when they have left the tenant */
export async function findRecipient(
  tx: Tx,
  tenantId: TenantId,
  userId: UserId,
): Promise<Addressee & { role: Role }> {
  const { role } = await getMember(tx, tenantId, userId);
  const [person] = await listAddressees(tx, tenantId, [userId]);
  if (!person) throw new NotFound('user');
  return { ...person, role };
}

/**
 * @param version of the event that the person looked at
 * @returns what has happened, as a sentence
 * @throws AppError that says why nothing has changed
 */
export async function followLink(
  tx: Tx,
  link: LinkToken,
  { version, note }: { version: number; note: string | null },
  titleOf: (subject: string) => string,
  now: Date,
): Promise<string> {
  const { tenantId, deliveryId } = link;
  const { verb, person, delivery, eventId, isExpired } = await openLink(tx, link, now);
  if (isExpired) throw new Conflict('This link has expired. Sign in to act on the event.', 'link-expired');
  if (!may(person.role, 'work'))
    throw new Conflict(`The role ${person.role} may only read.`, 'not-permitted');
  const marked = await rows(
    tx,
    `insert into used_links (tenant_id, delivery_id, verb, used_at) values ($1, $2, $3, $4)
     on conflict do nothing returning verb`,
    [tenantId, deliveryId, verb, now],
  );
  if (marked.length === 0) throw new Conflict('This link has been used already.', 'link-used');
  const actor = { userId: person.id, name: person.name, via: 'link' as const };
  const { timeZone } = person;
  const request = { tenantId, actor, now, eventId, version, timeZone, noticeAt: delivery.createdAt, titleOf };
  const { sentence } = await doCommand(tx, request, commandOf(verb, note, now, timeZone));
  return sentence;
}

function commandOf(
  verb: DeedVerb,
  note: string | null,
  now: Date,
  timeZone: string,
): Exclude<Command, { verb: 'help' }> {
  switch (verb) {
    case 'claim':
      return { verb };
    case 'complete':
      return { verb, note };
    case 'snooze-hour':
      return { verb: 'snooze', until: later(now, HOUR) };
    case 'snooze-tomorrow':
      return { verb: 'snooze', until: tomorrowMorning(now, timeZone) };
  }
}
