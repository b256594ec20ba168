/**
 * What a reply to a notice does, and the answer to it. Two things must fit: the token, which says to whom the notice was
 * sent, and the sender, who must be that person. The answer goes to that person's address whoever has written, so that
 * nobody can make DaTamer write to others. All of it is one transaction with the mail's triage: a crash does it once.
 */
import { may, type Role } from '../../accounts/role.ts';
import type { Addressee } from '../../accounts/users.ts';
import { oneRow, type Tx } from '../../db/transaction.ts';
import type { Asked } from '../../events/by-mail/command.ts';
import { doCommand, type Done, type Request } from '../../events/by-mail/do-command.ts';
import { findEventByNumber } from '../../events/find.ts';
import { between, DAY, HOUR, later } from '../../kernel/clock.ts';
import { AppError, NotFound } from '../../kernel/errors.ts';
import type { MseId, TenantId } from '../../kernel/ids.ts';
import { addDeliveries, findDelivery, newDelivery, type Delivery, type NoticeKind } from '../deliveries.ts';
import { wordAnswer, wordHelp } from '../wording/answer.ts';
import { findRecipient } from './act-by-link.ts';

export interface ReceivedReply {
  mseId: MseId;
  /** The notice that it replies to, as its token says. */
  deliveryId: string;
  /** Lower case. */
  from: string;
  messageId: string | null;
  /** What says that a machine wrote it. */
  automatic: string | null;
  /** A mail server on the way says that the sender's domain disowns it. */
  isDisowned: boolean;
  /** Of an import: what it asked for was long ago. */
  isHistory: boolean;
  /** What it asks for, by somebody who says times in this zone. */
  read: (now: Date, timeZone: string) => Asked;
}

/** For the page of the mail. */
export interface ReplyOutcome {
  /** A sentence. */
  what: string;
  isDone: boolean;
  eventId: string | null;
}

export interface ReplyOptions {
  baseUrl: string;
  mailDomain: string;
  titleOf: (subject: string) => string;
}

/** Somebody who finds an old mailbox must not be able to act by it. */
const NOTICES_LAST_MS = 30 * DAY;

/** Two programs that answer each other without saying so stop here; a person writes less. */
const MOST_ANSWERS_AN_HOUR = 20;

/** About several events: a reply must say which. */
const OF_SEVERAL: readonly NoticeKind[] = ['digest', 'summary'];

export async function actByReply(
  tx: Tx,
  tenantId: TenantId,
  reply: ReceivedReply,
  options: ReplyOptions,
  now: Date,
): Promise<ReplyOutcome> {
  const ignored = (what: string): ReplyOutcome => ({ what, isDone: false, eventId: null });
  if (reply.isHistory) return ignored('It was imported: nothing was done.');
  if (reply.automatic) return ignored(`A machine wrote it, as ${reply.automatic} says: nothing was done.`);
  const delivery = await findDelivery(tx, tenantId, reply.deliveryId);
  if (!delivery?.userId) return ignored('The notice that it replies to is gone: nothing was done.');
  const person = await findPerson(tx, tenantId, delivery);
  if (!person) return ignored('The notice’s recipient has left the tenant: nothing was done.');
  const correspondence = { reply, delivery, person };
  const carriedOut = await carryOut(tx, tenantId, correspondence, options, now);
  await answer(tx, tenantId, correspondence, carriedOut, options, now);
  return carriedOut.outcome;
}

interface Correspondence {
  reply: ReceivedReply;
  /** The notice that it replies to. */
  delivery: Delivery;
  /** Whom the notice was sent to. */
  person: Person;
}

type Person = Addressee & { role: Role };

async function findPerson(tx: Tx, tenantId: TenantId, { userId }: Delivery): Promise<Person | null> {
  try {
    return userId && (await findRecipient(tx, tenantId, userId));
  } catch (error) {
    if (error instanceof NotFound) return null;
    throw error;
  }
}

interface CarriedOut {
  outcome: ReplyOutcome;
  /** The answer lists what is understood. */
  needsHelp: boolean;
}

async function carryOut(
  tx: Tx,
  tenantId: TenantId,
  { reply, delivery, person }: Correspondence,
  { titleOf }: ReplyOptions,
  now: Date,
): Promise<CarriedOut> {
  const refused = (what: string, needsHelp = false): CarriedOut => ({
    outcome: { what, isDone: false, eventId: delivery.eventId },
    needsHelp,
  });
  if (reply.from !== person.email) {
    return refused(
      `A reply to this notice came from ${reply.from || 'nobody'}, which is not your address. Nothing was done.`,
    );
  }
  if (reply.isDisowned) {
    return refused(
      'A reply to this notice came in your name, but your domain disowns it (DMARC failed). Nothing was done.',
    );
  }
  if (between(delivery.createdAt, now) > NOTICES_LAST_MS) {
    return refused('This notice is more than 30 days old. Sign in to act on the event.');
  }
  if (!may(person.role, 'work'))
    return refused(`Your role, ${person.role}, may read and not change. Nothing was done.`);
  const asked = reply.read(now, person.timeZone);
  if ('misunderstood' in asked) {
    const said = asked.misunderstood
      ? `“${asked.misunderstood}” was not understood`
      : 'There was nothing above the quoted mail';
    return refused(`${said}. Nothing was done.`, true);
  }
  const { command, number } = asked;
  if (command.verb === 'help') return refused('This is what a reply may say.', true);
  const eventId = number === null ? ownEvent(delivery) : await findEventByNumber(tx, tenantId, number);
  if (!eventId) {
    return refused(
      number === null
        ? `This notice is about several events. Say which by its number, such as: ${command.verb === 'claim' ? 'mine' : command.verb} #123`
        : `There is no event #${number}. Nothing was done.`,
    );
  }
  const request: Request = {
    tenantId,
    actor: { userId: person.id, name: person.name, via: 'mail' },
    now,
    eventId,
    version: null,
    timeZone: person.timeZone,
    noticeAt: delivery.createdAt,
    titleOf,
  };
  const done = await orNothing(tx, () => doCommand(tx, request, command));
  if (done instanceof AppError) return refused(`${done.message} Nothing was done.`);
  return { outcome: { what: done.sentence, isDone: true, eventId: done.eventId }, needsHelp: false };
}

function ownEvent({ kind, eventId }: Delivery): string | null {
  return OF_SEVERAL.includes(kind) ? null : eventId;
}

/** A deed that is refused half-way leaves nothing behind, while the mail itself is settled. */
async function orNothing(tx: Tx, deed: () => Promise<Done>): Promise<Done | AppError> {
  await tx.query('savepoint deed_of_reply');
  try {
    const done = await deed();
    await tx.query('release savepoint deed_of_reply');
    return done;
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) throw error;
    await tx.query('rollback to savepoint deed_of_reply');
    return error;
  }
}

async function answer(
  tx: Tx,
  tenantId: TenantId,
  { reply, delivery, person }: Correspondence,
  { outcome, needsHelp }: CarriedOut,
  { baseUrl, mailDomain }: ReplyOptions,
  now: Date,
): Promise<void> {
  const lately = await oneRow<{ count: number }>(
    tx,
    `select count(*)::integer as count from deliveries
     where tenant_id = $1 and user_id = $2 and created_at > $3 and kind = 'reply'`,
    [tenantId, person.id, later(now, -HOUR)],
  );
  if ((lately?.count ?? 0) >= MOST_ANSWERS_AN_HOUR) return;
  const told = {
    subject: delivery.message.subject,
    name: person.name,
    what: outcome.what,
    link: outcome.eventId ? `${baseUrl}/events/${outcome.eventId}` : null,
  };
  const made = newDelivery(
    { userId: person.id, address: person.email },
    {
      kind: 'reply',
      eventId: (outcome.eventId ?? delivery.eventId) as Delivery['eventId'],
      changeId: null,
      message: needsHelp ? wordHelp(told) : wordAnswer(told),
    },
    { mailDomain },
    now,
  );
  await addDeliveries(tx, tenantId, [{ ...made, inReplyTo: reply.messageId }], now);
}
