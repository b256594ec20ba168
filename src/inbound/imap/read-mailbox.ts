/**
 * Reads one mailbox for as long as the connection lasts. The cursor is (UIDVALIDITY, last UID), never a flag, so
 * people may read along. The order is always: fetch, store and commit with the cursor, then delete or move. A
 * crash between the steps leaves the mail on the server, and the next reading of it is a no-op.
 */
import type { ImapFlow } from 'imapflow';
import { type Clock, SECOND } from '../../kernel/clock.ts';
import type { MailboxRow } from '../../db/entities/mailbox.entity.ts';
import type { Tx } from '../../db/transaction.ts';
import { withinMs } from '../../kernel/stop-stack.ts';
import type { AcceptedMail, Alongside, ArrivedMail } from '../accept.ts';
import { placeArrived } from '../folders/places.ts';
import { LARGEST_MAIL } from '../smtp/smtp-door.ts';
import { LARGEST_SLICE, planBatches } from './plan-batches.ts';
import { markMailArrived, markReadUntil, setCursor, type Cursor } from './mailboxes.ts';

/** IDLE tells of new mail; asking anyway proves that the connection lives, well inside the 60 s until BLIND. */
const ASK_EVERY_MS = 20 * SECOND;
const ASK_EVERY_WITHOUT_IDLE_MS = 5 * SECOND;
const ANSWER_LIMIT_MS = 30 * SECOND;

export interface ReaderContext {
  mailbox: MailboxRow;
  clock: Clock;
  /** Stores a batch and whatever `alongside` writes in one commit. */
  accept: (mails: ArrivedMail[], alongside: Alongside) => Promise<void>;
  getCursor: () => Promise<Cursor>;
  write: (work: (tx: Tx) => Promise<void>) => Promise<void>;
  /** Resolves when somebody wants proof that the mailbox has been read up to now. */
  whenAsked: (signal: AbortSignal) => Promise<void>;
  signal: AbortSignal;
}

/** Reads until the signal. @throws what the connection, the folder or the database throws */
export async function readMailbox(client: ImapFlow, context: ReaderContext): Promise<void> {
  const folder = await client.mailboxOpen(context.mailbox.folder);
  let cursor = await startingCursor(context, folder.uidValidity);
  // The server tells of a mail once, also in the middle of reading: waiting for news then would miss it.
  let news = 0;
  client.on('exists', ({ count, prevCount }) => {
    if (count > prevCount) news += 1;
  });
  while (!context.signal.aborted) {
    const newsBefore = news;
    const askedAt = context.clock.now();
    const read = await readNew(client, context, cursor);
    cursor = read.cursor;
    await context.write((tx) =>
      markReadUntil(tx, context.mailbox.tenantId, context.mailbox.id, askedAt, read.note),
    );
    if (news === newsBefore) await waitForNews(client, context);
  }
}

/**
 * After `delete` or `move` everything still in the folder is unread or was stored by a process that died before
 * deleting: both are read from the start. With `keep` the cursor counts, unless the folder is a new one.
 */
async function startingCursor(context: ReaderContext, uidValidity: bigint): Promise<Cursor> {
  const kept = await context.getCursor();
  const isSameFolder = kept.uidValidity === uidValidity;
  const keepsPlace = isSameFolder && context.mailbox.afterStore === 'keep';
  return { uidValidity, lastUid: keepsPlace ? kept.lastUid : 0 };
}

interface Round {
  cursor: Cursor;
  /** What people should know although the mailbox works. */
  note: string | null;
}

async function readNew(client: ImapFlow, context: ReaderContext, from: Cursor): Promise<Round> {
  const round: Round = { cursor: from, note: null };
  const found = await withinMs(
    ANSWER_LIMIT_MS,
    client.search({ uid: `${from.lastUid + 1}:*` }, { uid: true }),
    'UID SEARCH',
  );
  // `n:*` always answers the last message, also when its UID is below n (RFC 3501 §6.4.8).
  const uids = (found || []).filter((uid) => uid > from.lastUid).sort((a, b) => a - b);
  for (let at = 0; at < uids.length; at += LARGEST_SLICE) {
    const plan = await planBatches(client, uids.slice(at, at + LARGEST_SLICE));
    if (plan.tooLarge > 0) round.note = noteOnLargeMail(plan.tooLarge);
    for (const batch of plan.batches) {
      if (context.signal.aborted) return round;
      round.note = (await readBatch(client, context, round, batch)) ?? round.note;
    }
  }
  return round;
}

function noteOnLargeMail(count: number): string {
  const limit = String(LARGEST_MAIL / 1024 / 1024);
  return `${count} mail(s) over ${limit} MB were left in the mailbox.`;
}

/** @returns a note for people, when the mails are stored but the server's copies must stay */
async function readBatch(
  client: ImapFlow,
  context: ReaderContext,
  round: Round,
  uids: number[],
): Promise<string | null> {
  const { mailbox } = context;
  const fetched = await client.fetchAll(uids, { uid: true, source: true, internalDate: true }, { uid: true });
  // Answers may come in any order (RFC 3501 §7.4.2), and the cursor moves to the last.
  fetched.sort((a, b) => a.uid - b.uid);
  // A message that somebody deleted meanwhile has no source.
  const present = fetched.flatMap(({ uid, source, internalDate }) =>
    source ? [{ uid, raw: source, receivedAt: asDate(internalDate, context.clock) }] : [],
  );
  const mails = present.map(({ raw, receivedAt }): ArrivedMail => ({
    raw,
    receivedAt,
    door: 'imap',
    mailboxId: mailbox.id,
  }));
  const next = { ...round.cursor, lastUid: Math.max(round.cursor.lastUid, ...uids) };
  await context.accept(mails, async (tx, accepted) => {
    await setCursor(tx, mailbox.tenantId, mailbox.id, next);
    if (mailbox.afterStore === 'move') await placeInFolder(tx, mailbox, present, accepted, next);
    const newest = mails.at(-1);
    if (newest) await markMailArrived(tx, mailbox.tenantId, mailbox.id, newest.receivedAt);
  });
  round.cursor = next;
  return present.length > 0
    ? dispose(
        client,
        mailbox,
        present.map(({ uid }) => uid),
      )
    : null;
}

async function placeInFolder(
  tx: Tx,
  { tenantId, id, folder }: MailboxRow,
  present: readonly { uid: number }[],
  accepted: readonly AcceptedMail[],
  { uidValidity }: Cursor,
): Promise<void> {
  const arrived = present.flatMap(({ uid }, index) => {
    const mail = accepted[index];
    return mail ? [{ mailId: mail.mseId, spot: { folder, uidValidity: String(uidValidity), uid } }] : [];
  });
  await placeArrived(tx, { tenantId, mailboxId: id }, arrived);
}

export function asDate(internalDate: Date | string | undefined, clock: Clock): Date {
  const date = internalDate === undefined ? null : new Date(internalDate);
  return date && !Number.isNaN(date.getTime()) ? date : clock.now();
}

/**
 * The mails are committed: the server's copies may go. Where the mailbox gives no right to that, reading goes on
 * and people are told: stopping would lose the mails behind.
 */
async function dispose(client: ImapFlow, mailbox: MailboxRow, uids: number[]): Promise<string | null> {
  switch (mailbox.afterStore) {
    case 'keep':
      return null;
    case 'delete': {
      const isDone = await client.messageDelete(uids, { uid: true });
      return isDone
        ? null
        : 'Stored mails cannot be deleted: the mailbox gives no right to. Grant it, or choose keep.';
    }
    // Folder mode sorts it as soon as triage has understood it.
    case 'move':
      return null;
  }
}

/** Until the server tells of new mail, somebody asks for proof, or it is time to ask anyway. */
async function waitForNews(client: ImapFlow, context: ReaderContext): Promise<void> {
  if (context.signal.aborted) return;
  if (!client.usable) throw new Error('The mail server closed the connection');
  const hasIdle = client.capabilities.has('IDLE');
  const over = new AbortController();
  const news = new Promise<void>((resolve, reject) => {
    const end = (): void => {
      resolve();
    };
    const fail = (): void => {
      reject(new Error('The mail server closed the connection'));
    };
    const timer = setTimeout(end, hasIdle ? ASK_EVERY_MS : ASK_EVERY_WITHOUT_IDLE_MS);
    client.once('exists', end);
    client.once('close', fail);
    context.signal.addEventListener('abort', end);
    void context.whenAsked(over.signal).then(end);
    over.signal.addEventListener('abort', () => {
      clearTimeout(timer);
      client.off('exists', end);
      client.off('close', fail);
      context.signal.removeEventListener('abort', end);
    });
  });
  // The next command ends IDLE; a failure of it shows up there.
  if (hasIdle) void client.idle().catch(() => undefined);
  try {
    await news;
  } finally {
    over.abort();
  }
}
