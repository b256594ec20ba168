/** Which place each mail is wanted at, when it is new or something of it or its event has changed. */
import type { Tx } from '../../db/transaction.ts';
import type { MseId } from '../../kernel/ids.ts';
import type { FolderDeeds } from './deeds.ts';
import { placeOf, UNCLASSIFIED } from './place.ts';
import { listUnderivedPlaces, setWanted, takeNews, type MailPlace, type Whose } from './places.ts';

/** Whether the folder is the one that mail comes in by; elsewhere, a person has put it. */
export type IsInbox = (folder: string) => boolean;

/**
 * Takes what is new, in the transaction that writes what follows from it.
 * @returns mails that people sorted before triage had seen them: what they said by it is still to be followed
 */
export async function findPlaces(
  tx: Tx,
  whose: Whose,
  deeds: Pick<FolderDeeds, 'listStandings'>,
  isInbox: IsInbox,
): Promise<MailPlace[]> {
  const fresh = await listUnderivedPlaces(tx, whose);
  const [sortedByPeople, arrived] = split(fresh, ({ spot }) => spot !== null && !isInbox(spot.folder));
  const news = await takeNews(tx, whose);
  const mails = [...new Set([...arrived.map(({ mailId }) => mailId), ...news])];
  const standings = await deeds.listStandings(tx, whose.tenantId, mails);
  const known = new Set(standings.map(({ mseId }) => mseId));
  // Neither waiting nor understood: it is in quarantine.
  const broken = arrived.filter(({ mailId }) => !known.has(mailId));
  const alreadyPut = new Set<MseId>(sortedByPeople.map(({ mailId }) => mailId));
  await setWanted(tx, whose, [
    ...standings
      .filter(({ mseId }) => !alreadyPut.has(mseId))
      .map((standing) => ({ mailId: standing.mseId, place: placeOf(standing) })),
    ...broken.map(({ mailId }) => ({ mailId, place: [UNCLASSIFIED] })),
  ]);
  return sortedByPeople;
}

function split<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}
