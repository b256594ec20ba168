/**
 * A look at all folders of the tree: what has come into one is a mail that somebody moved there, or that we did. A
 * mail is known by its digest, so that one without Message-ID, or a server that has forgotten its numbers, makes no
 * difference. Only folders that have changed since the last look are opened.
 */
import type { FetchMessageObject } from 'imapflow';
import { MINUTE } from '../../kernel/clock.ts';
import type { Alongside, ArrivedMail } from '../accept.ts';
import { findMailsByDigest } from '../mails.ts';
import { asDate } from '../imap/read-mailbox.ts';
import { LARGEST_SLICE, planBatches } from '../imap/plan-batches.ts';
import { mailDigest } from '../parse/digest.ts';
import { listMarks, removeMarks, saveMark, type FolderMark } from './folder-marks.ts';
import { followMove, type FollowContext } from './follow-move.ts';
import { giveUpLost, listKnownUids, markLostInFolder, placeArrived, type Spot } from './places.ts';

export interface LookContext extends FollowContext {
  /** Stores mail that people sorted before it was read. */
  accept: (mails: ArrivedMail[], alongside: Alongside) => Promise<void>;
  signal: AbortSignal;
}

/** A mail on its way from one folder into another is in neither look; one that is nowhere for so long is gone. */
const GONE_AFTER_MS = MINUTE;

/** @returns how many mails were found where they had not been */
export async function lookRound(context: LookContext): Promise<number> {
  const { tree, whose, write, clock } = context;
  const marks = await write((tx) => listMarks(tx, whose));
  const folders = await tree.look();
  let found = 0;
  for (const folder of folders) {
    if (context.signal.aborted) return found;
    const mark = marks.get(folder.path);
    if (mark && isSame(mark, folder)) continue;
    found += await lookInto(context, folder, mark ?? null);
  }
  const present = new Set(folders.map(({ path }) => path));
  const vanished = [...marks.keys()].filter((path) => !present.has(path));
  await write(async (tx) => {
    for (const path of vanished) await markLostInFolder(tx, whose, path, null, clock.now());
    await removeMarks(tx, whose, vanished);
    const gone = await giveUpLost(tx, whose, new Date(clock.now().getTime() - GONE_AFTER_MS));
    if (gone.length > 0) await context.deeds.tellGone(tx, whose.tenantId, gone, context.name, clock.now());
  });
  return found;
}

function isSame(mark: FolderMark, folder: FolderMark): boolean {
  return (
    mark.uidValidity === folder.uidValidity &&
    mark.uidNext === folder.uidNext &&
    mark.messages === folder.messages
  );
}

async function lookInto(context: LookContext, folder: FolderMark, mark: FolderMark | null): Promise<number> {
  const { client, tree, whose, write, clock } = context;
  try {
    await client.mailboxOpen(folder.path, { readOnly: true });
  } catch (error) {
    if (!client.usable) throw error;
    // Somebody has removed it just now.
    tree.forget(folder.path);
    return 0;
  }
  // UIDs only grow: what was there at the last look was seen to then.
  const from = mark?.uidValidity === folder.uidValidity ? mark.uidNext : 1;
  const since = await search(context, { uid: `${from}:*`, deleted: false });
  const known = await write((tx) =>
    listKnownUids(tx, whose, { folder: folder.path, uidValidity: folder.uidValidity }),
  );
  const fresh = since.filter((uid) => uid >= from && !known.has(uid));
  for (let at = 0; at < fresh.length; at += LARGEST_SLICE) {
    const { batches } = await planBatches(client, fresh.slice(at, at + LARGEST_SLICE));
    for (const batch of batches) {
      if (context.signal.aborted) return 0;
      await identify(context, folder, batch);
    }
  }
  if (known.size + fresh.length !== folder.messages || from === 1) {
    const all = await search(context, { all: true });
    await write((tx) => markLostInFolder(tx, whose, folder.path, all, clock.now()));
  }
  // What came after the look began counts as new at the next one.
  await write((tx) => saveMark(tx, whose, folder));
  return fresh.length;
}

async function search(
  { client }: LookContext,
  query: Parameters<LookContext['client']['search']>[0],
): Promise<number[]> {
  const found = await client.search(query, { uid: true });
  if (!found) {
    if (!client.usable) throw new Error('The mail server closed the connection');
    return [];
  }
  return found.sort((a, b) => a - b);
}

/** Whose mails these are: ours, known by their digests, or some that people sorted before we had read them. */
async function identify(
  context: LookContext,
  { path, uidValidity }: FolderMark,
  uids: number[],
): Promise<void> {
  const { client, whose, write, clock } = context;
  const fetched = await client.fetchAll(uids, { uid: true, source: true, internalDate: true }, { uid: true });
  fetched.sort((a, b) => a.uid - b.uid);
  const mails = fetched.filter(hasSource).map(({ uid, source, internalDate }) => {
    const receivedAt = asDate(internalDate, clock);
    return { uid, raw: source, receivedAt, digest: mailDigest(source, receivedAt) };
  });
  const ids = await write((tx) =>
    findMailsByDigest(
      tx,
      whose.tenantId,
      mails.map(({ digest }) => digest),
    ),
  );
  const spotOf = (uid: number): Spot => ({ folder: path, uidValidity, uid });
  const strangers = mails.filter(({ digest }) => !ids.has(digest.toString('hex')));
  for (const { uid, digest } of mails) {
    const mailId = ids.get(digest.toString('hex'));
    // One after the other: the second mail of an event meets what the first has done to it.
    if (mailId) await write((tx) => followMove(tx, context, mailId, spotOf(uid)));
  }
  if (strangers.length === 0) return;
  await context.accept(
    strangers.map(({ raw, receivedAt }) => ({ raw, receivedAt, door: 'imap', mailboxId: whose.mailboxId })),
    async (tx, accepted) => {
      const arrived = strangers.flatMap(({ uid }, at) => {
        const mail = accepted[at];
        return mail ? [{ mailId: mail.mseId, spot: spotOf(uid) }] : [];
      });
      await placeArrived(tx, whose, arrived);
    },
  );
}

function hasSource(message: FetchMessageObject): message is FetchMessageObject & { source: Buffer } {
  return message.source !== undefined;
}
