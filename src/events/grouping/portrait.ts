/**
 * What grouping knows of a signal: small enough to be kept with each signal and to be compared with hundreds in a
 * millisecond.
 */
import { symptomsOf, type Symptom } from './symptoms.ts';

export interface Portrait {
  /** The subject without tags: the event's title if this signal is the first cause. */
  title: string;
  /** What the mail is about. */
  servers: string[];
  /** Servers that it names beside: "nfs: server nas-02 not responding". */
  mentions: string[];
  org: string | null;
  /** Of its first mail: what has the same shape speaks of the same trouble. Signals kept by older releases have none. */
  templateId?: string | null;
  symptoms: Symptom[];
  /** Words that may be rare and shared: names of programs, users, rooms, libraries. */
  words: string[];
}

export interface Described {
  servers: readonly string[];
  mentions: readonly string[];
  org: string | null;
  templateId: string | null;
  /** The subject without tags. */
  title: string;
  text: string;
}

const MOST_SERVERS = 20;

export function portray({ servers, mentions, org, templateId, title, text }: Described): Portrait {
  return {
    title,
    servers: servers.slice(0, MOST_SERVERS),
    mentions: mentions.slice(0, MOST_SERVERS),
    org,
    templateId,
    symptoms: symptomsOf(title, text),
    words: wordsOf(title, text, servers),
  };
}

/** Of the text: a stack trace's first lines name the culprit, the rest the framework. */
const READ = 700;
const SHORTEST = 4;
const LONGEST = 60;
/** Kept per signal. */
const MOST_WORDS = 60;

/** What every tool says; on a tenant's first day nothing else would tell these from rare words. */
const COMMON = new Set(
  [
    'about above additional address after alarm alert alerting alerts also application been before below body',
    'caused check checks cluster cmdb code come comment condition config connection count critical current',
    'daemon date days detail details detected device does down due duration else email entered error errors',
    'event events exceeded external fail failed failing failure failures fatal fired firing following from',
    'generated group have high host hostname hosts hour hours https info information instance internal issue',
    'item items just label labels last level line lines link list longer machine mail major message metric',
    'minor minute minutes monitor monitoring more name node none normal note notice notification object',
    'okay only open over path please policy port present previous priority problem problems process read',
    'reason received recovered recovery region report reported request resolved resource response result',
    'returned rule running said second seconds sent server servers service services severity show since',
    'source stands started state status still stopped subject success summary system target team test text',
    'than that their then there these they this threshold time timed timeout timestamp title total trigger',
    'triggered type under unit unknown until updated used user value values version view visit warn warning',
    'were what when where which while will with within without zone your http source system',
  ].flatMap((line) => line.split(' ')),
);

/** Linear: one split at what is no letter, digit or joiner of names. */
const BETWEEN_WORDS = /[^\p{L}\p{N}_.@/-]+/u;
const EDGE = /^[./@_-]+|[./@_-]+$/g;
const NUMBER = /^[\d./:-]+$/;
const IDENTIFIER = /^[0-9a-f-]{8,}$/i;
const TAG = /:(?:org|svr|sched|info|warn|critical)\S{0,200}/gi;

function wordsOf(title: string, text: string, servers: readonly string[]): string[] {
  const own = new Set(servers.flatMap((server) => [server, firstLabel(server)]));
  const words = new Set<string>();
  const add = (word: string) => {
    if (!own.has(word) && !COMMON.has(word)) words.add(word);
  };
  for (const piece of `${title} ${text.slice(0, READ)}`.replace(TAG, ' ').split(BETWEEN_WORDS)) {
    const word = piece.replace(EDGE, '');
    if (word.length < SHORTEST || word.length > LONGEST || NUMBER.test(word) || IDENTIFIER.test(word))
      continue;
    add(word.toLowerCase());
    for (const part of partsOf(word)) add(part.toLowerCase());
    if (words.size >= MOST_WORDS) break;
  }
  return [...words].slice(0, MOST_WORDS);
}

/** "TokenvaultRouter" also says "Tokenvault"; two signals that share the first part have something in common. */
function partsOf(word: string): string[] {
  const parts = word.split(/(?<=[a-z])(?=[A-Z])/);
  return parts.length > 1 ? parts.filter((part) => part.length > SHORTEST) : [];
}

export function firstLabel(server: string): string {
  return server.split('.', 1)[0] ?? server;
}
