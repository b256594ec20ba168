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
import type { MseId } from '../../kernel/ids.ts';
import type { Place } from './place.ts';
import { markLost } from './lost-places.ts';
import { listDueMoves, setTargets, settle, type DueMove, type Moved, type Whose } from './places.ts';
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

/** A mail with the path that it is moved to. */
interface Planned extends DueMove {
  target: string;
}

/** Written down together: a crash before that only makes the next look find them. */
const MOST_BEFORE_NOTE = 1000;

/** @param isBlocked targets that have failed a moment ago and are left until the next look */
export async function moveMails(
  context: MoveContext,
  isBlocked: (place: Place) => boolean,
): Promise<MoveResult> {
  const { whose, write } = context;
  const result: MoveResult = { moved: 0, isLookNeeded: false, failed: [] };
  const due = await write((tx) => listDueMoves(tx, whose));
  const planned = await plan(
    context,
    due.filter(({ wanted }) => !isBlocked(wanted)),
    result,
  );
  if (planned.length === 0) return result;
  await write((tx) => setTargets(tx, whose, planned));
  const notes = new Notes(context, result);
  for (const [, group] of groupBy(planned, ({ spot }) => JSON.stringify([spot.folder, spot.uidValidity]))) {
    await moveFromFolder(context, group, notes);
  }
  await notes.write();
  return result;
}

/** Makes the folders. What cannot be made is told, and its mails stay where they are. */
async function plan(
  { client, tree }: MoveContext,
  due: readonly DueMove[],
  result: MoveResult,
): Promise<Planned[]> {
  const planned: Planned[] = [];
  for (const [, group] of groupBy(due, ({ wanted }) => JSON.stringify(wanted))) {
    const place = group[0]?.wanted ?? [];
    try {
      const target = await tree.make(place);
      planned.push(...group.map((move) => ({ ...move, target })));
    } catch (error) {
      if (!client.usable) throw error;
      result.failed.push({ place, why: describeError(error) });
    }
  }
  return planned;
}

async function moveFromFolder(
  context: MoveContext,
  planned: readonly Planned[],
  notes: Notes,
): Promise<void> {
  const { folder = '', uidValidity = '' } = planned[0]?.spot ?? {};
  await notes.addMoved(planned.filter(({ target }) => target === folder));
  const others = planned.filter(({ target }) => target !== folder);
  if (others.length === 0) return;
  if (!(await openFolder(context.client, folder, uidValidity))) {
    await notes.addLost(others);
    return;
  }
  for (const [target, group] of groupBy(others, (move) => move.target)) {
    for (let at = 0; at < group.length; at += MOST_IN_COMMAND) {
      await moveSet(context, group.slice(at, at + MOST_IN_COMMAND), target, notes);
    }
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
  { client, tree }: MoveContext,
  set: readonly Planned[],
  target: string,
  notes: Notes,
): Promise<void> {
  const answer = await client.messageMove(
    set.map(({ spot }) => spot.uid),
    target,
    { uid: true },
  );
  if (!answer) {
    if (!client.usable) throw new Error('The mail server closed the connection');
    tree.forget(target);
    notes.addRefused(set, target);
    return;
  }
  const uids = answer.uidMap ?? new Map<number, number>();
  const uidValidity = String(answer.uidValidity ?? '');
  await notes.addMoved(
    set.flatMap(({ mailId, spot, wanted }): Moved[] => {
      const uid = uids.get(spot.uid);
      return uid === undefined ? [] : [{ mailId, wanted, spot: { folder: target, uidValidity, uid } }];
    }),
  );
  await notes.addLost(set.filter(({ spot }) => !uids.has(spot.uid)));
}

/** What the server has answered, until it is written down. */
class Notes {
  readonly #context: MoveContext;
  readonly #result: MoveResult;
  #moved: Moved[] = [];
  #lost: MseId[] = [];

  constructor(context: MoveContext, result: MoveResult) {
    this.#context = context;
    this.#result = result;
  }

  async addMoved(moved: readonly Moved[]): Promise<void> {
    this.#moved.push(...moved);
    this.#result.moved += moved.length;
    if (this.#moved.length >= MOST_BEFORE_NOTE) await this.write();
  }

  async addLost(lost: readonly DueMove[]): Promise<void> {
    if (lost.length === 0) return;
    this.#result.isLookNeeded = true;
    this.#lost.push(...lost.map(({ mailId }) => mailId));
    if (this.#lost.length >= MOST_BEFORE_NOTE) await this.write();
  }

  addRefused([first]: readonly DueMove[], target: string): void {
    if (!first) return;
    const why = `Mails cannot be moved from ${first.spot.folder} to ${target}: the server refuses it.`;
    this.#result.failed.push({ place: first.wanted, why });
  }

  async write(): Promise<void> {
    const { whose, write, clock } = this.#context;
    const [moved, lost] = [this.#moved, this.#lost];
    this.#moved = [];
    this.#lost = [];
    await write(async (tx) => {
      await settle(tx, whose, moved);
      await markLost(tx, whose, lost, clock.now());
    });
  }
}
