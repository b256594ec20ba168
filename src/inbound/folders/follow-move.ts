/**
 * A mail was found where it had not been. Did we put it there, has its folder another name, or does somebody say
 * something by it? What they say counts when the event is still as the mail's former folder showed it; if somebody
 * else was faster, the mail goes where it belongs now.
 */
import type { ImapFlow } from 'imapflow';
import type { Tx } from '../../db/transaction.ts';
import type { Clock } from '../../kernel/clock.ts';
import { Conflict } from '../../kernel/errors.ts';
import type { MseId } from '../../kernel/ids.ts';
import type { Log } from '../../kernel/log.ts';
import type { FolderDeeds } from './deeds.ts';
import { isSamePlace, placeOf, readPlace, type Standing } from './place.ts';
import { lockPlace, savePlace, type MailPlace, type Spot, type Whose } from './places.ts';
import type { FolderTree } from './tree.ts';

export interface FollowContext {
  client: ImapFlow;
  tree: FolderTree;
  whose: Whose;
  deeds: FolderDeeds;
  /** How timelines call the mailbox: a move does not tell who made it. */
  name: string;
  clock: Clock;
  log: Log;
  write: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
}

const NOWHERE: Omit<MailPlace, 'mailId'> = {
  spot: null,
  wanted: null,
  settled: null,
  target: null,
  former: [],
  whyLeft: null,
};

export async function followMove(tx: Tx, context: FollowContext, mailId: MseId, found: Spot): Promise<void> {
  const { whose, tree, deeds } = context;
  // The event first, as everybody locks it: two transactions must not take the two in different orders.
  const standing = await deeds.lockStanding(tx, whose.tenantId, mailId);
  const before = (await lockPlace(tx, whose, mailId)) ?? { mailId, ...NOWHERE };
  const here: MailPlace = {
    ...before,
    spot: found,
    target: null,
    whyLeft: null,
    former: formerOf(before, found),
  };
  if (!standing) return savePlace(tx, whose, { ...here, wanted: null, settled: null });
  const wanted = placeOf(standing);
  const belongsHere = tree.pathOf(wanted) === found.folder;
  if (belongsHere) return savePlace(tx, whose, { ...here, wanted, settled: wanted });
  if (before.spot?.folder === found.folder || isRenamed(before, found, tree)) {
    return savePlace(tx, whose, { ...here, wanted });
  }
  // Moved by us a moment ago, and the event has changed since.
  if (before.target === found.folder) return savePlace(tx, whose, { ...here, wanted, settled: null });
  await savePlace(tx, whose, await understand(tx, context, here, standing));
}

/** A mail that people put into a folder before triage had seen it. */
export async function followEarlyMove(tx: Tx, context: FollowContext, place: MailPlace): Promise<void> {
  const { whose, deeds, tree } = context;
  const standing = await deeds.lockStanding(tx, whose.tenantId, place.mailId);
  const here = await lockPlace(tx, whose, place.mailId);
  if (!standing || !here?.spot || here.wanted !== null) return;
  const wanted = placeOf(standing);
  const isThere = tree.pathOf(wanted) === here.spot.folder;
  await savePlace(
    tx,
    whose,
    isThere ? { ...here, wanted, settled: wanted } : await understand(tx, context, here, standing),
  );
}

/** The old copy may be there still: some programs copy, and mark the old one as deleted. */
function formerOf({ spot, former }: MailPlace, found: Spot): Spot[] {
  const others = spot ? [...former, spot] : former;
  return others.filter(
    ({ folder, uidValidity, uid }) =>
      folder !== found.folder || uidValidity !== found.uidValidity || uid !== found.uid,
  );
}

/** The same numbers in a folder of another name: the folder was renamed, and its mails say nothing. */
function isRenamed({ spot }: MailPlace, found: Spot, tree: FolderTree): boolean {
  return (
    spot !== null &&
    spot.uid === found.uid &&
    spot.uidValidity === found.uidValidity &&
    tree.placeAt(spot.folder) !== null &&
    !tree.exists(spot.folder)
  );
}

async function understand(
  tx: Tx,
  context: FollowContext,
  here: MailPlace,
  standing: Standing,
): Promise<MailPlace> {
  const { whose, tree, deeds, name, log, clock } = context;
  const { tenantId } = whose;
  const wanted = placeOf(standing);
  const back: MailPlace = { ...here, wanted, settled: null };
  const place = here.spot ? tree.placeAt(here.spot.folder) : null;
  if (!place || !isAsShown(here, standing)) return back;
  const meaning = readPlace(place, await deeds.readSurroundings(tx, tenantId), standing);
  switch (meaning.is) {
    case 'nothing':
      return back;
    case 'unclear':
      log.warn({ mseId: here.mailId, why: meaning.why }, 'a mail was moved into a folder that says nothing');
      return { ...back, settled: wanted, whyLeft: meaning.why };
    default:
  }
  try {
    await deeds.follow(tx, tenantId, standing, meaning, name, clock.now());
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    log.info(
      { mseId: here.mailId, why: error.message },
      'what a move says cannot be done, the mail goes back',
    );
    return back;
  }
  const after = await deeds.lockStanding(tx, tenantId, here.mailId);
  const next = after ? placeOf(after) : wanted;
  const isThere = tree.pathOf(next) === here.spot?.folder;
  return { ...here, wanted: next, settled: isThere ? next : null };
}

/** The event is as the folder said that the mail was in; one that was never sorted said: nobody has it. */
function isAsShown({ settled }: MailPlace, standing: Standing): boolean {
  return settled === null
    ? !standing.isCompleted && standing.assignee === null
    : isSamePlace(settled, placeOf(standing));
}
