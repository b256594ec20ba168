/**
 * Carries out what somebody asks for from their mail, in their name: the same deeds as on the pages, and the answer as
 * a sentence. Whoever reads a mail looks at an event as it was; so nothing is taken from anybody who has it by now.
 */
import { getMember, listMembers } from '../../accounts/users.ts';
import { rows, type Tx } from '../../db/transaction.ts';
import { formatLocal } from '../../kernel/calendar.ts';
import { Conflict, Invalid } from '../../kernel/errors.ts';
import type { EventId, MseId, TenantId } from '../../kernel/ids.ts';
import { act, type Act } from '../act.ts';
import { addNote, assigning, complete, reopen, snooze } from '../actions.ts';
import { findMergedInto } from '../find.ts';
import { splitOff } from '../merge-split.ts';
import type { LoadedEvent } from '../store.ts';
import type { Command } from './command.ts';

export interface Request extends Omit<Act, 'actor'> {
  actor: Act['actor'] & { userId: string };
  /** In which the person reads times. */
  timeZone: string;
  /** When the notice was written that they act by. */
  noticeAt: Date;
  /** A mail's subject as the title of an event. */
  titleOf: (subject: string) => string;
}

export interface Done {
  eventId: EventId;
  /** What has happened. */
  sentence: string;
}

/** @throws AppError that says why nothing has changed */
export async function doCommand(
  tx: Tx,
  asked: Request,
  command: Exclude<Command, { verb: 'help' }>,
): Promise<Done> {
  // A notice names the event that was merged away meanwhile: its mails are in the other.
  const present = await findMergedInto(tx, asked.tenantId, asked.eventId);
  const request: Request = { ...asked, eventId: present ?? asked.eventId };
  switch (command.verb) {
    case 'claim':
      return claim(tx, request);
    case 'assign':
      return assignTo(tx, request, command.email);
    case 'snooze': {
      const eventId = await snooze(tx, request, command.until);
      const until = formatLocal(command.until, request.timeZone, 'ccc d LLL, HH:mm');
      return said(tx, request, eventId, `is snoozed until ${until} (${request.timeZone})`);
    }
    case 'complete':
      return said(tx, request, await complete(tx, request, command.note), 'is completed');
    case 'reopen':
      return said(tx, request, await reopen(tx, request), 'is open again, and yours to claim');
    case 'note':
      return said(tx, request, await addNote(tx, request, command.text), 'has your note in its timeline');
    case 'split':
      return splitLatest(tx, request);
  }
}

async function claim(tx: Tx, request: Request): Promise<Done> {
  const deed = await assigning(tx, request, request.actor.userId);
  const event = await act(tx, request, async (locked) => {
    if (locked.assigneeId !== null) await refuseTaken(tx, request, locked);
    return deed(locked);
  });
  return said(tx, request, event.id, 'is yours now');
}

async function refuseTaken(tx: Tx, { tenantId, actor }: Request, event: LoadedEvent): Promise<void> {
  if (event.assigneeId === actor.userId) {
    throw new Conflict(`Event #${event.number} is yours already.`, 'yours-already');
  }
  const { name } = await getMember(tx, tenantId, event.assigneeId ?? '');
  throw new Conflict(`${name} has event #${event.number} already.`, 'taken-already');
}

async function assignTo(tx: Tx, request: Request, email: string | null): Promise<Done> {
  const members = await listMembers(tx, request.tenantId);
  const member = members.find((one) => one.email === email);
  if (email !== null && !member) {
    throw new Invalid([{ field: 'assign', message: `There is no ${email} in your tenant.` }]);
  }
  const event = await act(tx, request, await assigning(tx, request, member?.id ?? null));
  return said(tx, request, event.id, member ? `is assigned to ${member.name}` : 'is assigned to nobody');
}

/** More mails of one signal than a person wants to see moved by a word. */
const MOST_SPLIT = 10_000;

/** The mails of the signal whose mail was the latest when the notice was written become an event of their own. */
async function splitLatest(tx: Tx, request: Request): Promise<Done> {
  const { tenantId, eventId, noticeAt } = request;
  const mails = await rows<{ id: MseId; isAlone: boolean }>(
    tx,
    `select m.id, not exists (select 1 from mses o where o.tenant_id = $1 and o.event_id = $2
         and o.signal_key <> m.signal_key) as "isAlone"
     from mses m where m.tenant_id = $1 and m.event_id = $2 and m.signal_key = (
       select signal_key from mses where tenant_id = $1 and event_id = $2 and received_at <= $3
       order by received_at desc, id desc limit 1) limit ${MOST_SPLIT}`,
    [tenantId, eventId, noticeAt],
  );
  if (mails.length === 0 || mails[0]?.isAlone) {
    throw new Conflict(
      'All mails of the event are of one signal: there is nothing to split.',
      'not-splittable',
    );
  }
  const ids = mails.map(({ id }) => id);
  const created = await splitOff(tx, request, ids, request.titleOf);
  const [from, to] = [await numberOf(tx, tenantId, eventId), await numberOf(tx, tenantId, created)];
  const moved =
    ids.length === 1 ? 'The latest mail' : `The latest ${ids.length} mails, which are of one signal,`;
  return {
    eventId: created,
    sentence: `${moved} of event #${from} ${ids.length === 1 ? 'is' : 'are'} event #${to} now, and what comes of that signal goes there.`,
  };
}

async function said(tx: Tx, { tenantId }: Request, eventId: EventId, what: string): Promise<Done> {
  return { eventId, sentence: `Event #${await numberOf(tx, tenantId, eventId)} ${what}.` };
}

async function numberOf(tx: Tx, tenantId: TenantId, eventId: string): Promise<number> {
  const [found] = await rows<{ number: number }>(
    tx,
    'select number from events where tenant_id = $1 and id = $2',
    [tenantId, eventId],
  );
  return found?.number ?? 0;
}
