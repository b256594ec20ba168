/**
 * A mail lies in one folder: older copies are removed, once the present one is seen to be there. Programs that do not
 * move but copy leave such, and so does the second delivery of one mail.
 */
import type { ImapFlow } from 'imapflow';
import type { Tx } from '../../db/transaction.ts';
import { groupBy } from '../../kernel/group-by.ts';
import { listDoublePlaces, lockPlace, savePlace, type MailPlace, type Spot, type Whose } from './places.ts';

export interface CopiesContext {
  client: ImapFlow;
  whose: Whose;
  write: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
}

export async function removeCopies({ client, whose, write }: CopiesContext): Promise<void> {
  const doubles = await write((tx) => listDoublePlaces(tx, whose));
  if (doubles.length === 0) return;
  const spots = doubles.flatMap(({ spot, former }) => (spot ? [spot, ...former] : former));
  const present = await findPresent(client, spots);
  const isPresent = (spot: Spot): boolean => present.has(keyOf(spot));
  const surplus = doubles.flatMap(({ spot, former }) =>
    spot && isPresent(spot) ? former.filter(isPresent) : [],
  );
  await removeAll(client, surplus);
  await write(async (tx) => {
    for (const double of doubles) await tidy(tx, whose, double, isPresent);
  });
}

function keyOf({ folder, uidValidity, uid }: Spot): string {
  return JSON.stringify([folder, uidValidity, uid]);
}

/** Folder by folder, because a connection has one open at a time. */
async function findPresent(client: ImapFlow, spots: readonly Spot[]): Promise<Set<string>> {
  const present = new Set<string>();
  for (const [folder, group] of groupBy(spots, (spot) => spot.folder)) {
    const uidValidity = await open(client, folder);
    if (uidValidity === null) continue;
    const found = await client.search({ uid: group.map(({ uid }) => uid).join(',') }, { uid: true });
    if (!found && !client.usable) throw new Error('The mail server closed the connection');
    for (const uid of found || []) present.add(keyOf({ folder, uidValidity, uid }));
  }
  return present;
}

async function open(client: ImapFlow, folder: string): Promise<string | null> {
  try {
    const opened = await client.mailboxOpen(folder);
    return String(opened.uidValidity);
  } catch (error) {
    if (!client.usable) throw error;
    return null;
  }
}

async function removeAll(client: ImapFlow, spots: readonly Spot[]): Promise<void> {
  for (const [folder, group] of groupBy(spots, (spot) => spot.folder)) {
    const uidValidity = await open(client, folder);
    const uids = group.filter((spot) => spot.uidValidity === uidValidity).map(({ uid }) => uid);
    if (uids.length > 0) await client.messageDelete(uids, { uid: true });
  }
}

async function tidy(
  tx: Tx,
  whose: Whose,
  { mailId, spot, former }: MailPlace,
  isPresent: (spot: Spot) => boolean,
): Promise<void> {
  const place = await lockPlace(tx, whose, mailId);
  // Another one has been seen meanwhile: the next turn.
  if (!place?.spot || !spot || keyOf(place.spot) !== keyOf(spot)) return;
  const known = new Set(former.map(keyOf));
  const later = place.former.filter((one) => !known.has(keyOf(one)));
  const other = former.find(isPresent);
  // The copy that was taken for the mail is gone: the other one is it.
  const isOther = !isPresent(spot) && other !== undefined;
  await savePlace(
    tx,
    whose,
    isOther ? { ...place, spot: other, settled: null, former: later } : { ...place, former: later },
  );
}
