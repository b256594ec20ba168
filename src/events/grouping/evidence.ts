/**
 * What speaks for a new signal belonging to an open event. Each piece of evidence is a number between 0 and about 3;
 * weigh.ts knows what each is worth. Evidence fades with the time since the event's signal was last heard.
 */
import { between, MINUTE, HOUR } from '../../kernel/clock.ts';
import type { ActiveEvent, ActiveSignal } from './active-event.ts';
import type { CoOccurrence } from './co-occurrence.ts';
import { firstLabel, type Portrait } from './portrait.ts';
import type { Profile } from './profile.ts';
import type { Rarity } from './rarity.ts';
import { relationOf, type Relation } from './symptoms.ts';

/** What links two signals; all else only says how much a link is worth. */
const LINKS = [
  'sameServerSameTrouble',
  'sameServerRelatedTrouble',
  'sameServer',
  'sameTeamSameTrouble',
  'sameTeamRelatedTrouble',
  'sameTeam',
  'nearTeamSameTrouble',
  'nearTeamRelatedTrouble',
  'sameTrouble',
  'relatedTrouble',
  'namedServer',
  'sharedWord',
  'seenTogether',
] as const;

export const EVIDENCE = [
  ...LINKS,
  'linkedShare',
  'growing',
  'quiet',
  'quietOnServer',
  'size',
  'chronic',
  'site',
  'branch',
  'team',
  'symptom',
] as const;
export type EvidenceKind = (typeof EVIDENCE)[number];
export type Evidence = Record<EvidenceKind, number>;

/** A problem of a signal, as grouping sees it. */
export interface Sighting {
  key: string;
  portrait: Portrait;
  at: Date;
}

/** What the tenant's past says. */
export interface Past {
  rarity: Rarity;
  background: Profile;
  together: CoOccurrence;
  /** How often each signal has begun so far. */
  onsets: ReadonlyMap<string, number>;
}

/** How long each kind of link means something (time constants of an exponential). */
const FADES = {
  /** A disk fills for hours. */
  sameServerSameTrouble: 6 * HOUR,
  sameServerRelatedTrouble: 30 * MINUTE,
  sameServer: 20 * MINUTE,
  sameTeam: 10 * MINUTE,
  nearTeam: 400_000,
  trouble: 5 * MINUTE,
  named: 30 * MINUTE,
  word: 20 * MINUTE,
  together: 10 * MINUTE,
  likeness: HOUR,
} as const;

/** Words that more signals use are no link. */
const RARE = 0.3;
const VERY_RARE = 0.6;
/** An event that took new signals within this time is growing. */
const GROWTH_WINDOW_MS = 5 * MINUTE;
/** Faster growth says no more: a storm must not draw in whatever happens beside it. */
const FAST_GROWTH = 10;
/** Larger events draw no more than this. */
const LARGE = 30;
/** Weaker links than this are none: time alone never joins (semantics §5). */
const FAINTEST_LINK = 0.1;

/** @returns null when nothing but the time links them */
export function gatherEvidence(
  { key, portrait, at }: Sighting,
  event: ActiveEvent,
  past: Past,
): Evidence | null {
  const evidence = Object.fromEntries(EVIDENCE.map((kind) => [kind, 0])) as Evidence;
  const compared = event.compared(at);
  let linked = 0;
  for (const signal of compared) {
    if (compare(portrait, at, signal, past, evidence)) linked += signal.sureness;
  }
  const word = rarestSharedWord(portrait, at, event, past.rarity);
  evidence.sharedWord = word?.strength ?? 0;
  if (!isLinked(evidence)) return null;
  // One of one says less than nine of nine.
  evidence.linkedShare = linked / (compared.length + 1);
  const quietMs = addDevelopment(evidence, at, compared, event);
  const freshness = Math.exp(-quietMs / FADES.likeness);
  evidence.chronic = Math.log1p(past.onsets.get(key) ?? 0);
  for (const trait of ['site', 'branch', 'team', 'symptom'] as const) {
    const affinity = event.profile.affinity(portrait, trait, past.background);
    // What an event looked like draws nothing in hours later; what it did not look like still keeps apart.
    evidence[trait] = affinity > 0 ? affinity * freshness : affinity;
  }
  return evidence;
}

/** @returns true when the signal itself is a link */
function compare(
  portrait: Portrait,
  at: Date,
  { portrait: other, lastAt, sureness }: ActiveSignal,
  past: Past,
  evidence: Evidence,
): boolean {
  const age = Math.max(0, between(lastAt, at));
  const areOnOneServer = sharesAny(portrait.servers, other.servers);
  const relation = relationOfTroubles(portrait, other, areOnOneServer);
  const note = (kind: EvidenceKind, strength: number, fadesMs: number) => {
    evidence[kind] = Math.max(evidence[kind], sureness * strength * Math.exp(-age / fadesMs));
  };
  let isLink = relation === 'same';
  if (areOnOneServer) {
    isLink = true;
    if (relation === 'same') note('sameServerSameTrouble', 1, FADES.sameServerSameTrouble);
    else if (relation === 'related') note('sameServerRelatedTrouble', 1, FADES.sameServerRelatedTrouble);
    else note('sameServer', 1, FADES.sameServer);
  }
  const kinship = kinshipOf(portrait.org, other.org);
  if (kinship === 'same') {
    isLink = true;
    if (relation === 'same') note('sameTeamSameTrouble', 1, FADES.sameTeam);
    else if (relation === 'related') note('sameTeamRelatedTrouble', 1, FADES.sameTeam);
    else note('sameTeam', 1, FADES.sameTeam);
  } else if (kinship === 'near') {
    if (relation === 'same') note('nearTeamSameTrouble', 1, FADES.nearTeam);
    else if (relation === 'related') note('nearTeamRelatedTrouble', 1, FADES.nearTeam);
  } else if (relation === 'same') note('sameTrouble', 1, FADES.trouble);
  else if (relation === 'related') note('relatedTrouble', 1, FADES.trouble);
  if (namesServer(portrait, other, past.rarity)) {
    isLink = true;
    note('namedServer', 1, FADES.named);
  }
  note('seenTogether', past.together.of(portrait, other), FADES.together);
  return isLink || sharesWord(portrait, other, past.rarity);
}

/** Where the words of a tool are not known, its mails of one shape speak of one kind of trouble. */
function relationOfTroubles(one: Portrait, other: Portrait, areOnOneServer: boolean): Relation {
  const relation = relationOf(one.symptoms, other.symptoms, areOnOneServer);
  if (relation !== 'none' || (one.symptoms.length > 0 && other.symptoms.length > 0)) return relation;
  return one.templateId && one.templateId === other.templateId ? 'same' : 'none';
}

function sharesAny(some: readonly string[], others: readonly string[]): boolean {
  return some.some((one) => others.includes(one));
}

/** Teams are near when they share more than the organisation itself. */
function kinshipOf(org: string | null, other: string | null): 'same' | 'near' | 'none' {
  if (org === null || other === null) return 'none';
  if (org === other) return 'same';
  const branch = branchOf(org);
  return branch !== null && branch === branchOf(other) ? 'near' : 'none';
}

/** Asked for hundreds of pairs a mail; the tenant has few paths. */
const branches = new Map<string, string | null>();
const MOST_BRANCHES = 10_000;

/** The first two labels: below the organisation itself. */
function branchOf(org: string): string | null {
  const known = branches.get(org);
  if (known !== undefined) return known;
  const labels = org.split('.');
  const branch = labels.length > 1 ? labels.slice(0, 2).join('.') : null;
  if (branches.size >= MOST_BRANCHES) branches.clear();
  branches.set(org, branch);
  return branch;
}

/** One names the server that the other is about, or both name the same third. A server that all mails name says nothing. */
function namesServer(one: Portrait, other: Portrait, rarity: Rarity): boolean {
  if (sharesAny(other.mentions, one.servers)) return true;
  if (speaksOf(other, one.servers) || speaksOf(one, other.servers)) return true;
  return one.mentions.some(
    (server) =>
      (other.servers.includes(server) || other.mentions.includes(server)) && isTelling(server, rarity),
  );
}

/** A server that the inventory does not know yet stands among the words. */
function speaksOf(portrait: Portrait, servers: readonly string[]): boolean {
  const words = wordSet(portrait);
  return servers.some((server) => words.has(server) || (isHostLike(server) && words.has(firstLabel(server))));
}

/** "db1" is a name, "mail" is a word. */
function isHostLike(server: string): boolean {
  return /\d/.test(firstLabel(server));
}

const wordSets = new WeakMap<Portrait, Set<string>>();

/** Asked for hundreds of pairs a mail; made once. */
function wordSet(portrait: Portrait): Set<string> {
  const known = wordSets.get(portrait) ?? new Set(portrait.words);
  wordSets.set(portrait, known);
  return known;
}

const TELLING_NAME = 0.15;

function isTelling(server: string, rarity: Rarity): boolean {
  if (rarity.isYoung) return true;
  return Math.max(rarity.of(server), rarity.of(firstLabel(server))) > TELLING_NAME;
}

function sharesWord(one: Portrait, other: Portrait, rarity: Rarity): boolean {
  const words = wordSet(other);
  return one.words.some((word) => words.has(word) && rarity.of(word) > VERY_RARE);
}

export function rarestSharedWord(
  portrait: Portrait,
  at: Date,
  event: ActiveEvent,
  rarity: Rarity,
): { word: string; strength: number } | null {
  let best: { word: string; strength: number } | null = null;
  for (const word of portrait.words) {
    const said = event.words.get(word);
    if (!said) continue;
    const rare = rarity.of(word);
    if (rare <= RARE) continue;
    const strength = said.sureness * rare * Math.exp(-Math.max(0, between(said.at, at)) / FADES.word);
    if (!best || strength > best.strength) best = { word, strength };
  }
  return best;
}

function isLinked(evidence: Evidence): boolean {
  return LINKS.reduce((sum, kind) => sum + evidence[kind], 0) > FAINTEST_LINK;
}

/**
 * Whether the event is still growing, how large it is, how long it has been quiet.
 * @returns milliseconds since it took in its last signal
 */
function addDevelopment(
  evidence: Evidence,
  at: Date,
  compared: readonly ActiveSignal[],
  event: ActiveEvent,
): number {
  const ages = compared.map(({ firstAt }) => Math.max(0, between(firstAt, at)));
  const fresh = ages.filter((age) => age < GROWTH_WINDOW_MS).length;
  evidence.growing = Math.log1p(Math.min(fresh, FAST_GROWTH));
  const quietMs = Math.max(0, Math.min(...ages, between(event.createdAt, at)));
  const quiet = Math.log1p(quietMs / MINUTE);
  // A disk fills for hours without a word; elsewhere quiet means that it is over.
  evidence.quietOnServer = quiet * evidence.sameServerSameTrouble;
  evidence.quiet = quiet - evidence.quietOnServer;
  evidence.size = Math.log1p(Math.min(event.size, LARGE));
  return quietMs;
}
