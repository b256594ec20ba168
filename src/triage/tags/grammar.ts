/**
 * The tag grammar (semantics §2; EBNF in docs/mail-format.md). Reads one text and answers every tag in it, in
 * order, and a note for each that was meant as one but is malformed. Never throws; linear in the text.
 */
import type { Period } from '../../kernel/calendar.ts';
import type { Severity } from '../../events/severity.ts';

export interface Schedule {
  period: Period;
  /** Mails expected per period. */
  n: number;
  /** Allowed deviation from n. */
  variance: number;
}

export interface Tags {
  severities: Severity[];
  schedules: Schedule[];
  orgs: string[];
  servers: string[];
  /** What looked like a tag but is none, in a person's words. */
  lint: string[];
  /** Where well-formed tags stand, as [start, end). */
  spans: [number, number][];
}

/** A tag's first characters; what follows is read by the part that they name. */
const OPENING = /:(?:(info|warn|critical):|(sched-)|(org:)|(svr:))/gi;

const SCHEDULE = /per(minute|hour|day|week|month)-(\d{1,7})(?:\/(\d{1,7}))?:/iy;
const ORG = /([a-z0-9_-]+(?:\.[a-z0-9_-]+)*):/iy;
const SERVER =
  /([a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*)(?:\.(?![a-z0-9_]))?:?/iy;
/** What a malformed tag is shown as. */
const REST_OF_WORD = /[^\s]{0,60}/y;

/** Above this a stream would keep a row for each of so many arrivals; and nobody expects a million mails by tag. */
const MOST_PER_PERIOD = 10_000;
/** RFC 1035 §2.3.4. */
const LONGEST_NAME = 253;
/** A path is a label on every event and index entry below it. */
const LONGEST_ORG = 200;
/** A dump full of look-alikes needs no note for each. */
const MOST_NOTES = 10;
/** One mail naming more servers or orgs than this is a dump of something, not tagged. */
const MOST_OF_A_KIND = 100;

export function readTags(text: string): Tags {
  const tags: Tags = { severities: [], schedules: [], orgs: [], servers: [], lint: [], spans: [] };
  OPENING.lastIndex = 0;
  for (let opening = OPENING.exec(text); opening; opening = OPENING.exec(text)) {
    const end = readOne(text, opening, tags);
    if (end !== null) {
      tags.spans.push([opening.index, end]);
      OPENING.lastIndex = end;
    } else if (tags.lint.length < MOST_NOTES) {
      tags.lint.push(describeMalformed(text, opening.index, opening[0]));
    }
  }
  return tags;
}

/** @returns where the tag ends, or null when it is malformed */
function readOne(text: string, opening: RegExpExecArray, tags: Tags): number | null {
  const at = opening.index + opening[0].length;
  const [, severity, schedule, org] = opening;
  if (severity) {
    tags.severities.push(severity.toLowerCase() as Severity);
    return at;
  }
  if (schedule) return readSchedule(text, at, tags);
  return org ? readOrg(text, at, tags) : readServer(text, at, tags);
}

function readSchedule(text: string, at: number, tags: Tags): number | null {
  const match = matchAt(SCHEDULE, text, at);
  if (!match) return null;
  const n = Number(match[2]);
  const variance = Number(match[3] ?? 0);
  if (n < 1 || n > MOST_PER_PERIOD || variance > MOST_PER_PERIOD) return null;
  tags.schedules.push({ period: (match[1] ?? '').toLowerCase() as Period, n, variance });
  return SCHEDULE.lastIndex;
}

function readOrg(text: string, at: number, tags: Tags): number | null {
  const match = matchAt(ORG, text, at);
  const path = match?.[1]?.toLowerCase();
  if (!path || path.length > LONGEST_ORG) return null;
  addTo(tags.orgs, path);
  return ORG.lastIndex;
}

function readServer(text: string, at: number, tags: Tags): number | null {
  const match = matchAt(SERVER, text, at);
  const name = match?.[1]?.toLowerCase();
  if (!name || name.length > LONGEST_NAME) return null;
  addTo(tags.servers, name);
  return SERVER.lastIndex;
}

function matchAt(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at;
  return sticky.exec(text);
}

function addTo(list: string[], value: string): void {
  if (list.length < MOST_OF_A_KIND && !list.includes(value)) list.push(value);
}

function describeMalformed(text: string, at: number, opening: string): string {
  const seen = matchAt(REST_OF_WORD, text, at)?.[0] ?? opening;
  const kind = opening.toLowerCase();
  if (kind.startsWith(':sched')) {
    return `"${seen}" is no schedule tag: write :sched-perday-N: or :sched-perday-N/V: (minute, hour, day, week, month; N from 1 to ${MOST_PER_PERIOD}).`;
  }
  if (kind === ':org:') return `"${seen}" is no org tag: write :org:shop.frontend.api: with a colon behind.`;
  return `"${seen}" is no server tag: write :svr:db1.example.com:`;
}

/** Text without its well-formed tags, for titles and signals. */
export function withoutTags(text: string): string {
  return blankTags(text).replace(/\s+/g, ' ').trim();
}

const LOOKS_TAGGED = /:(?:info|warn|critical|org|svr|sched-)/i;

/** Tags out, the rest and its lines as they are: much of what tools say stands at the start of a line. */
export function blankTags(text: string): string {
  if (!LOOKS_TAGGED.test(text)) return text;
  let rest = '';
  let from = 0;
  for (const [start, end] of readTags(text).spans) {
    rest += `${text.slice(from, start)} `;
    from = end;
  }
  return rest + text.slice(from);
}
