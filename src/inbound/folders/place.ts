/**
 * What a place in the tree of folders means, and which place a mail belongs to. A place is a path below the root:
 * `shop.web` open is `[shop, web]`, claimed by Ada `[shop, web, Ada]`, completed `[shop, web, completed]`; without org
 * the first label is `unclassified`. Needs neither mail server nor database.
 */
import type { EventId, MseId, UserId } from '../../kernel/ids.ts';
import { isNameOf } from './folder-names.ts';

export type Place = readonly string[];

export const UNCLASSIFIED = 'unclassified';
export const COMPLETED = 'completed';

/** What is known of a mail and its event; a place is derived from nothing else. */
export interface Standing {
  mseId: MseId;
  eventId: EventId;
  org: string | null;
  isCompleted: boolean;
  assignee: { id: UserId; name: string } | null;
}

export function placeOf({ org, isCompleted, assignee }: Standing): Place {
  const labels = org === null ? [UNCLASSIFIED] : org.split('.');
  if (isCompleted) return [...labels, COMPLETED];
  return assignee ? [...labels, nameOfPerson(assignee.name)] : labels;
}

export function isSamePlace(one: Place | null, other: Place | null): boolean {
  return (
    one === other || (one?.length === other?.length && !!one?.every((label, at) => label === other?.[at]))
  );
}

/** A person who is called like the folder of completed mails gets a folder of another name. */
function nameOfPerson(name: string): string {
  return name.trim().toLowerCase() === COMPLETED ? `${name.trim()}_` : name.trim();
}

export interface Person {
  id: UserId;
  name: string;
  mayWork: boolean;
}

export interface Surroundings {
  people: readonly Person[];
  orgs: ReadonlySet<string>;
}

/** What somebody says by moving a mail into a folder. */
export type Meaning =
  /** Nothing about the mail: it goes back to where it belongs. */
  | { is: 'nothing' }
  /** Not understood: the mail stays, and people are told why. */
  | { is: 'unclear'; why: string }
  | { is: 'claimed'; org: string | null; by: Person }
  | { is: 'completed'; org: string | null }
  | { is: 'open'; org: string | null };

/** @param present the mail's org now: in `shop/web` web is a person for a mail of shop, else a part of the path */
export function readPlace(
  place: Place,
  { people, orgs }: Surroundings,
  { org: present }: Pick<Standing, 'org'>,
): Meaning {
  const last = place.at(-1);
  if (last === undefined || isUnclassified(place)) return { is: 'nothing' };
  const above = place.slice(0, -1);
  const below = isUnclassified(above) ? { org: null } : readOrg(above);
  if (below && last.toLowerCase() === COMPLETED) return { is: 'completed', ...below };
  const whole = readOrg(place);
  const named = below ? people.filter(({ name }) => isNameOf(last, nameOfPerson(name))) : [];
  const isOrg = whole !== null && (orgs.has(whole.org) || named.length === 0);
  if (below && named.length > 0 && (below.org === present || !isOrg))
    return readClaim(below.org, named, last);
  if (whole === null) return { is: 'unclear', why: whatIsUnclear(place, below !== null) };
  // A new label right below the mail's own path: a new path, or the misspelt name of a person? People decide.
  if (below && below.org === present && !orgs.has(whole.org)) {
    return {
      is: 'unclear',
      why: `"${last}" is neither a person here nor a path that is known: ${whole.org}. Correct one mail to that path to make it known.`,
    };
  }
  return { is: 'open', org: whole.org };
}

function isUnclassified(place: Place): boolean {
  return place.length === 1 && place[0]?.toLowerCase() === UNCLASSIFIED;
}

const LABEL = /^[a-z0-9_-]+$/;

function readOrg(place: Place): { org: string } | null {
  const isPath = place.length > 0 && place.every((label) => LABEL.test(label));
  return isPath && place[0] !== UNCLASSIFIED && place.at(-1) !== COMPLETED ? { org: place.join('.') } : null;
}

function readClaim(org: string | null, named: readonly Person[], name: string): Meaning {
  const [by, another] = named;
  if (!by || another) return { is: 'unclear', why: `${named.length} people are called "${name}".` };
  if (!by.mayWork) return { is: 'unclear', why: `"${name}" may look at events, but not work on them.` };
  return { is: 'claimed', org, by };
}

function whatIsUnclear(place: Place, isBelowOrg: boolean): string {
  const last = place.at(-1) ?? '';
  return isBelowOrg && !LABEL.test(last)
    ? `nobody here is called "${last}".`
    : `"${place.join(' / ')}" is no path: labels have a-z, 0-9, - and _ only.`;
}
