/**
 * Keeps the folders of one mailbox and its events in step for as long as a connection of its own lasts: what changes
 * here moves mails, what people move there changes events. The reader of new mail is another connection, and is not
 * delayed by either.
 */
import { HOUR, SECOND } from '../../kernel/clock.ts';
import { markFolders } from '../imap/mailboxes.ts';
import { findPlaces } from './find-places.ts';
import { followEarlyMove } from './follow-move.ts';
import { lookRound, type LookContext } from './look-round.ts';
import { moveMails } from './move-mails.ts';
import { COMPLETED, type Place } from './place.ts';
import { listPlacedFolders, listWhyLeft, renewNews } from './places.ts';
import { removeCopies } from './remove-copies.ts';

/** People see their move understood within 30 s, a look itself included. */
const LOOK_EVERY_MS = 10 * SECOND;
/** A storm is moved first: a look meanwhile opens every folder that mails went through. */
const LOOK_PUT_OFF_MS = 10 * SECOND;
/** Without a wake-up, as when another process has changed the event. */
const MOVE_EVERY_MS = 2 * SECOND;
/** For what no change of an event tells, such as a person's new name. */
const RENEW_EVERY_MS = HOUR;

export interface KeepContext extends LookContext {
  /** Resolves when something is to be done at once. */
  whenWoken: (signal: AbortSignal) => Promise<'move' | 'look'>;
  onFollowed: () => void;
}

/** Works until the signal. @throws what the connection or the database throws */
export async function keepFolders(context: KeepContext): Promise<void> {
  const isStopped = (): boolean => context.signal.aborted;
  const placed = await context.write((tx) => listPlacedFolders(tx, context.whose));
  context.tree.expect(placed.filter((path) => path !== context.inbox));
  let lookAt = 0;
  let renewAt = 0;
  let isMoving = false;
  let failed: { place: Place; why: string }[] = [];
  while (!isStopped()) {
    if (performance.now() >= renewAt) {
      await context.write((tx) => renewNews(tx, context.whose, COMPLETED));
      renewAt = performance.now() + RENEW_EVERY_MS;
    }
    const hasLooked = performance.now() >= lookAt + (isMoving ? LOOK_PUT_OFF_MS : 0);
    if (hasLooked) {
      await look(context);
      failed = [];
      lookAt = performance.now() + LOOK_EVERY_MS;
    }
    const blocked = new Set(failed.map(({ place }) => JSON.stringify(place)));
    const result = await move(context, (place) => blocked.has(JSON.stringify(place)));
    const { moved, isLookNeeded } = result;
    failed = [...failed, ...result.failed];
    if (hasLooked || result.failed.length > 0) await mark(context, failed);
    if (isLookNeeded) lookAt = Math.min(lookAt, performance.now() + SECOND);
    isMoving = moved > 0;
    if (isMoving) continue;
    const what = await pause(context, Math.min(MOVE_EVERY_MS, Math.max(0, lookAt - performance.now())));
    if (what === 'look') lookAt = 0;
  }
}

async function look(context: KeepContext): Promise<void> {
  const found = await lookRound(context);
  await removeCopies(context);
  await letGo(context);
  if (found > 0) context.onFollowed();
}

async function move(
  context: KeepContext,
  isBlocked: (place: Place) => boolean,
): Promise<Awaited<ReturnType<typeof moveMails>>> {
  const { whose, deeds, write, inbox } = context;
  const early = await write((tx) => findPlaces(tx, whose, deeds, (folder) => folder === inbox));
  for (const place of early) await write((tx) => followEarlyMove(tx, context, place));
  if (early.length > 0) context.onFollowed();
  const result = await moveMails(context, isBlocked);
  if (result.moved > 0) await letGo(context);
  return result;
}

/**
 * Some servers do not tell the state of a folder that is open. Closing one that was opened for writing would remove
 * what people have marked as deleted (RFC 3501 §6.4.2); the folder of new mail is opened for reading first.
 */
async function letGo({ client, inbox }: KeepContext): Promise<void> {
  if (!client.mailbox) return;
  await client.mailboxOpen(inbox, { readOnly: true });
  await client.mailboxClose();
}

async function mark(context: KeepContext, failed: readonly { why: string }[]): Promise<void> {
  const { whose, write, clock } = context;
  await write(async (tx) => {
    const left = await listWhyLeft(tx, whose);
    await markFolders(tx, whose.tenantId, whose.mailboxId, {
      at: clock.now(),
      error: failed[0]?.why ?? null,
      note: left.length > 0 ? left.join(' ') : null,
    });
  });
}

async function pause({ signal, whenWoken }: KeepContext, ms: number): Promise<'move' | 'look' | 'time'> {
  if (signal.aborted) return 'time';
  const over = new AbortController();
  const time = new Promise<'time'>((resolve) => {
    const end = (): void => {
      resolve('time');
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
    over.signal.addEventListener('abort', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
    });
  });
  try {
    return await Promise.race([time, whenWoken(over.signal)]);
  } finally {
    over.abort();
  }
}
