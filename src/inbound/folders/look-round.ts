/**
 * A look at all folders of the tree: what has come into one is a mail that somebody moved there, or that we did. A
 * mail is known by its digest, so that one without Message-ID, or a server that has forgotten its numbers, makes no
 * difference. Only folders that have changed since the last look are opened.
 */
import type { FetchMessageObject } from 'imapflow';
import type { Tx } from '../../db/transaction.ts';
import { MINUTE } from '../../kernel/clock.ts';
import type { Alongside, ArrivedMail } from '../accept.ts';
import { findMailsByDigest } from '../mails.ts';
import { asDate } from '../imap/read-mailbox.ts';
import { LARGEST_SLICE, planBatches } from '../imap/plan-batches.ts';
import { mailDigest } from '../parse/digest.ts';
import { listMarks, removeMarks, saveMarks, type FolderMark } from './folder-marks.ts';
import { followMove, type FollowContext } from './follow-move.ts';
import { giveUpLost, listFoldersOfLost, markFolderLost, markPresent } from './lost-places.ts';
import { countPlaced, listKnownUids, placeArrived, type Spot } from './places.ts';

export interface LookContext extends FollowContext {
  /** Stores mail that people sorted before it was read. */
  accept: (mails: ArrivedMail[], alongside: Alongside) => Promise<void>;
  /** Mail comes in there; a mail in it says nothing about a person. */
  inbox: string;
  signal: AbortSignal;
}

/** A mail on its way from one folder into another is in neither look; one that is nowhere for so long is gone. */
const GONE_AFTER_MS = MINUTE;

/** @returns how many mails were found where they had not been */
export async function lookRound(context: LookContext): Promise<number> {
  const { tree, whose, write, clock } = context;
  const marks = await write((tx) => listMarks(tx, whose));
  const doubtful = await write((tx) => listFoldersOfLost(tx, whose));
  const known = new Set([...marks.keys(), ...tree.knownPaths()]);
  const folders = await tree.look();
  const changed = folders
    .filter((folder) => !isSame(marks.get(folder.path), folder) || doubtful.has(folder.path))
    .map((folder) => ({ folder, from: firstNew(marks.get(folder.path), folder) }));
  const explained = await write((tx) => passOwnMoves(tx, context, changed));
  let found = 0;
  for (const { folder, from } of changed) {
    if (context.signal.aborted) return found;
    if (!explained.has(folder.path) || doubtful.has(folder.path))
      found += await lookInto(context, folder, from);
  }
  if (doubtful.has(context.inbox)) await lookForLost(context, context.inbox);
  const present = new Set(folders.map(({ path }) => path));
  const vanished = [...known].filter((path) => !present.has(path));
  await write(async (tx) => {
    for (const path of vanished) await markFolderLost(tx, whose, path, clock.now());
    await removeMarks(tx, whose, vanished);
    const gone = await giveUpLost(tx, whose, new Date(clock.now().getTime() - GONE_AFTER_MS));
    if (gone.length > 0) await context.deeds.tellGone(tx, whose.tenantId, gone, context.name, clock.now());
  });
  return found;
}

function isSame(mark: FolderMark | undefined, folder: FolderMark): boolean {
  return (
    mark?.uidValidity === folder.uidValidity &&
    mark.uidNext === folder.uidNext &&
    mark.messages === folder.messages
  );
}

/** UIDs only grow: what was there at the last look was seen to then. */
function firstNew(mark: FolderMark | undefined, folder: FolderMark): number {
  return mark?.uidValidity === folder.uidValidity ? mark.uidNext : 1;
}

/**
 * Folders in which nothing has happened but our own moves, told without opening them: each number given since is of a
 * mail that we know to be there, and no mail is missing.
 */
async function passOwnMoves(
  tx: Tx,
  { whose }: LookContext,
  changed: readonly { folder: FolderMark; from: number }[],
): Promise<Set<string>> {
  const placed = await countPlaced(
    tx,
    whose,
    changed.map(({ folder, from }) => ({ folder: folder.path, uidValidity: folder.uidValidity, from })),
  );
  const explained = changed.filter(({ folder, from }) => {
    const { all = 0, fresh = 0 } = placed.get(folder.path) ?? {};
    return all === folder.messages && fresh === folder.uidNext - from;
  });
  await saveMarks(
    tx,
    whose,
    explained.map(({ folder }) => folder),
  );
  return new Set(explained.map(({ folder }) => folder.path));
}

async function lookInto(context: LookContext, folder: FolderMark, from: number): Promise<number> {
  const { client, tree, whose, write, clock } = context;
  try {
    await client.mailboxOpen(folder.path, { readOnly: true });
  } catch (error) {
    if (!client.usable) throw error;
    // Somebody has removed it just now.
    tree.forget(folder.path);
    return 0;
  }
  const since = await search(context, { uid: `${from}:*`, deleted: false });
  const here = { folder: folder.path, uidValidity: folder.uidValidity };
  const known = await write((tx) => listKnownUids(tx, whose, here, from));
  const fresh = since.filter((uid) => uid >= from && !known.has(uid));
  for (let at = 0; at < fresh.length; at += LARGEST_SLICE) {
    const { batches } = await planBatches(client, fresh.slice(at, at + LARGEST_SLICE));
    for (const batch of batches) {
      if (context.signal.aborted) return 0;
      await identify(context, folder, batch);
    }
  }
  // Numbers of all mails are asked for only when one is missing.
  const placed = await write((tx) => countPlaced(tx, whose, [{ ...here, from }]));
  if (placed.get(folder.path)?.all !== folder.messages) {
    const all = await search(context, { all: true });
    await write((tx) => markPresent(tx, whose, here, all, clock.now()));
  }
  // What came after the look began counts as new at the next one.
  await write((tx) => saveMarks(tx, whose, [folder]));
  return fresh.length;
}

/** The folder of new mail is read by its reader; here, only what was not found in it is looked for again. */
async function lookForLost(context: LookContext, path: string): Promise<void> {
  const { client, whose, write, clock } = context;
  const { uidValidity } = await client.mailboxOpen(path, { readOnly: true });
  const all = await search(context, { all: true });
  const here = { folder: path, uidValidity: String(uidValidity) };
  await write((tx) => markPresent(tx, whose, here, all, clock.now()));
}

async function search(
  { client }: LookContext,
  query: Parameters<LookContext['client']['search']>[0],
): Promise<number[]> {
  const found = await client.search(query, { uid: true });
  // An empty answer would mean that all mails have gone.
  if (!found) throw new Error('The mail server does not tell which mails a folder has');
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
