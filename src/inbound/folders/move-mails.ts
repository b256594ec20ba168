/**
 * Moves mails to where they are wanted, in sets. Before the server is told, the target is written down: whatever
 * crashes then, a mail that is found at its target was moved by us, and says nothing about a person. A mail that is
 * not where it was is only marked; the next look at the folders finds it.
 */
import type { ImapFlow } from 'imapflow';
import type { Tx } from '../../db/transaction.ts';
import type { Clock } from '../../kernel/clock.ts';
import { describeError } from '../../kernel/errors.ts';
import { groupBy } from '../../kernel/group-by.ts';
import type { Place } from './place.ts';
import {
  listDueMoves,
  markLost,
  setTargets,
  settle,
  type DueMove,
  type Moved,
  type Whose,
} from './places.ts';
import type { FolderTree } from './tree.ts';

/** Longer command lines are refused by some servers. */
const MOST_IN_COMMAND = 500;

export interface MoveContext {
  client: ImapFlow;
  tree: FolderTree;
  whose: Whose;
  write: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
  clock: Clock;
}

export interface MoveResult {
  moved: number;
  /** Some could not be found, or the server does not say where they are now. */
  isLookNeeded: boolean;
  /** Where mails could not be moved to, and why. */
  failed: { place: Place; why: string }[];
}

/** @param isBlocked targets that have failed a moment ago and are left until the next look */
export async function moveMails(
  context: MoveContext,
  isBlocked: (place: Place) => boolean,
): Promise<MoveResult> {
  const due = await context.write((tx) => listDueMoves(tx, context.whose));
  const result: MoveResult = { moved: 0, isLookNeeded: false, failed: [] };
  const open = due.filter(({ wanted }) => !isBlocked(wanted));
  for (const [, group] of groupBy(open, ({ spot }) => JSON.stringify([spot.folder, spot.uidValidity]))) {
    await moveFromFolder(context, group, result);
  }
  return result;
}

async function moveFromFolder(
  context: MoveContext,
  due: readonly DueMove[],
  result: MoveResult,
): Promise<void> {
  const first = due[0];
  if (!first) return;
  const { folder, uidValidity } = first.spot;
  let isOpen: boolean | null = null;
  for (const [, group] of groupBy(due, ({ wanted }) => JSON.stringify(wanted))) {
    const target = await makeTarget(context, group, result);
    if (target === null) continue;
    if (target === folder) {
      await context.write((tx) => settle(tx, context.whose, group));
      continue;
    }
    isOpen ??= await openFolder(context.client, folder, uidValidity);
    if (!isOpen) {
      await lose(context, group, result);
      continue;
    }
    for (let at = 0; at < group.length; at += MOST_IN_COMMAND) {
      await moveSet(context, group.slice(at, at + MOST_IN_COMMAND), target, result);
    }
  }
}

async function makeTarget(
  { client, tree }: MoveContext,
  [first]: readonly DueMove[],
  result: MoveResult,
): Promise<string | null> {
  if (!first) return null;
  try {
    return await tree.make(first.wanted);
  } catch (error) {
    if (!client.usable) throw error;
    result.failed.push({ place: first.wanted, why: describeError(error) });
    return null;
  }
}

/** False when the folder, or the numbering of its mails, is another one. */
async function openFolder(client: ImapFlow, folder: string, uidValidity: string): Promise<boolean> {
  try {
    const opened = await client.mailboxOpen(folder);
    return String(opened.uidValidity) === uidValidity;
  } catch (error) {
    if (!client.usable) throw error;
    return false;
  }
}

async function moveSet(
  context: MoveContext,
  set: readonly DueMove[],
  target: string,
  result: MoveResult,
): Promise<void> {
  const [first] = set;
  if (!first) return;
  const { client, tree, whose, write } = context;
  const mails = set.map(({ mailId }) => mailId);
  await write((tx) => setTargets(tx, whose, mails, target));
  const answer = await client.messageMove(
    set.map(({ spot }) => spot.uid),
    target,
    { uid: true },
  );
  if (!answer) {
    if (!client.usable) throw new Error('The mail server closed the connection');
    tree.forget(target);
    const why = `Mails cannot be moved from ${first.spot.folder} to ${target}: the server refuses it.`;
    result.failed.push({ place: first.wanted, why });
    return;
  }
  const uids = answer.uidMap ?? new Map<number, number>();
  const uidValidity = String(answer.uidValidity ?? '');
  const moved = set.flatMap(({ mailId, spot, wanted }): Moved[] => {
    const uid = uids.get(spot.uid);
    return uid === undefined ? [] : [{ mailId, wanted, spot: { folder: target, uidValidity, uid } }];
  });
  await write((tx) => settle(tx, whose, moved));
  result.moved += moved.length;
  await lose(
    context,
    set.filter(({ spot }) => !uids.has(spot.uid)),
    result,
  );
}

async function lose(
  { whose, write, clock }: MoveContext,
  lost: readonly DueMove[],
  result: MoveResult,
): Promise<void> {
  if (lost.length === 0) return;
  result.isLookNeeded = true;
  const mails = lost.map(({ mailId }) => mailId);
  await write((tx) => markLost(tx, whose, mails, clock.now()));
}
