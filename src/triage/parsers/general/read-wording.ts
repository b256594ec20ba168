/**
 * What a short text says about state, by its words alone: finds phrases of the lexicon, turns those that are negated,
 * and decides between them. Works on subjects and on single lines, in one pass over their words.
 */
import type { MailState } from '../../../events/mail-state.ts';
import {
  classOf,
  fold,
  JOBS,
  LONGEST_PHRASE,
  NEGATIONS,
  NO_LONGER,
  WATCHED,
  type WordClass,
} from './lexicon.ts';

export interface Wording {
  state: MailState;
  /** The words that spoke, as folded. */
  words: string;
  /** Said in the tool's own mark or with clear words; weak wording gives way to a field of the text. */
  isStrong: boolean;
}

/** A subject is cut at 2,000 characters; beyond these no tool goes on stating. */
const MOST_WORDS = 120;

interface Token {
  word: string;
  /** Written in capitals, as marks and levels are. */
  isUpper: boolean;
  /** Followed by `:`, `]`, `)` or `!`, or the text's end: "OK:", "[OK]", "is OK". */
  isClosed: boolean;
  /** At the beginning, or after a bracket or a dash. */
  isOpened: boolean;
}

interface Hit {
  wordClass: WordClass;
  words: string;
  at: number;
  end: number;
}

export function readWording(text: string): Wording | null {
  const tokens = tokensOf(text);
  const hits = hitsIn(tokens);
  return hits.length > 0 ? decide(hits, tokens) : null;
}

/** Classes that a problem and its recovery do not share. */
const FLIPPING: ReadonlySet<WordClass> = new Set<WordClass>([
  'notice',
  'acknowledged',
  'well',
  'ill',
  'done',
  'undone',
  'trouble',
  'able',
]);
/** Said around them: "is", "now", "not … any longer". */
const AROUND = new Set(
  `is are was were has have had been be being it its the a an to now again not no longer any more in after since for and or with by at
  reason info status state ist sind war wurde wird jetzt wieder nicht mehr seit nach der die das est sont a ete ne n plus de nouveau depuis le la les l
  es esta estan ha sido ya el los las un una e sono stato stata il lo non piu di nuovo weer niet meer het van esta foi nao mais o os as do da`.split(
    /\s+/,
  ),
);

/** What is left of a subject is its matter: equal for a problem and its recovery. */
export function withoutStateWording(text: string): string {
  const tokens = tokensOf(text);
  const left: string[] = [];
  let at = 0;
  while (at < tokens.length) {
    const hit = longestAt(tokens, at);
    const isLeft = !hit || !FLIPPING.has(hit.wordClass);
    const word = tokens[at]?.word ?? '';
    if (isLeft && !AROUND.has(word)) left.push(hit ? hit.words : word);
    at = hit ? hit.end : at + 1;
  }
  return left.join(' ');
}

const WORD = /[\p{L}\p{N}_]+(?:[.'/@-][\p{L}\p{N}_]+)*/gu;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(WORD)) {
    const raw = match[0];
    const before = text.slice(Math.max(0, match.index - 2), match.index).trim();
    const after = text.slice(match.index + raw.length).trimStart()[0] ?? '';
    const isOpened = tokens.length === 0 || /[[(*:|>–—-]$/.test(before);
    const isClosed = after === '' || ':])!*|,;-–—.'.includes(after);
    const isUpper = raw.length > 1 && raw === raw.toUpperCase() && raw !== raw.toLowerCase();
    // "doesn't" is two words here; host names, paths and addresses stay whole and so match nothing.
    for (const part of splitWord(raw)) tokens.push({ word: part, isUpper, isClosed, isOpened });
    if (tokens.length >= MOST_WORDS) break;
  }
  return tokens;
}

function splitWord(raw: string): string[] {
  const word = fold(raw);
  if (word.includes("'")) return word.split("'");
  // A name with a digit, a dot or a slash ("cron-failed/2", "status-ok.example.com") is a name.
  if (/[.@/\d]/.test(word) && /[.@/-]/.test(word))
    return word.includes('/') && !/[.@\d]/.test(word) ? word.split('/') : [word];
  return word.includes('-') && word.split('-').length === 2 ? splitHyphen(word) : [word];
}

/** "non-zero", "crash-looping" are words; "db-backup" is a name with a job in it. */
function splitHyphen(word: string): string[] {
  return word.split('-');
}

function hitsIn(tokens: readonly Token[]): Hit[] {
  const hits: Hit[] = [];
  let at = 0;
  while (at < tokens.length) {
    const hit = longestAt(tokens, at);
    if (hit) hits.push(hit);
    at = hit ? hit.end : at + 1;
  }
  return hits;
}

function longestAt(tokens: readonly Token[], at: number): Hit | null {
  for (let length = Math.min(LONGEST_PHRASE, tokens.length - at); length > 0; length -= 1) {
    const end = at + length;
    const words = length === 1 ? (tokens[at]?.word ?? '') : wordsOf(tokens, at, end);
    const wordClass = classOf(words);
    if (wordClass) return { wordClass, words, at, end };
  }
  return null;
}

function wordsOf(tokens: readonly Token[], from: number, to: number): string {
  return tokens
    .slice(from, to)
    .map(({ word }) => word)
    .join(' ');
}

/** In this order: the first that is said decides. */
function decide(hits: readonly Hit[], tokens: readonly Token[]): Wording | null {
  const of = (...classes: WordClass[]) => hits.filter(({ wordClass }) => classes.includes(wordClass));
  const say = (state: MailState, hit: Hit, isStrong = true): Wording => ({
    state,
    words: hit.words,
    isStrong,
  });
  const isJob = tokens.some(({ word }) => JOBS.has(word));
  const isWatched = tokens.some(({ word }) => WATCHED.has(word));

  const notice = of('notice')[0];
  if (notice) return say('unknown', notice);
  const acknowledged = of('acknowledged').find((hit) => !isNegated(hit, tokens));
  if (acknowledged) return say('acknowledgement', acknowledged);

  for (const hit of of('well')) {
    const isFailing = of('undone').some(({ at }) => at >= hit.end && at - hit.end <= 2);
    if (isFailing || (hit.words === 'recover' && isNegated(hit, tokens)))
      return say(isJob ? 'failure' : 'problem', hit);
    if (isNegated(hit, tokens)) return say('problem', hit);
    return say('recovery', hit);
  }
  const over = of('ill', 'trouble', 'undone').find((hit) => isOver(hit, tokens));
  if (over) return say('recovery', over);
  const gone = of('able').find((hit) => isOver(hit, tokens) || isNegated(hit, tokens));
  if (gone) return say('problem', gone);

  const able = of('able').find((hit) => isStated(hit, tokens));
  const bad = of('ill', 'undone', 'trouble').filter((hit) => !isNegated(hit, tokens));
  const mark = bad.find((hit) => isMark(hit, tokens));
  if (mark && !(able && isVerb(able, tokens))) return say(stateOfBad(mark, bad, isJob, isWatched), mark);
  if (able && (bad.length === 0 || isVerb(able, tokens))) {
    return say((isJob || isLastWord(able, tokens)) && !isVerb(able, tokens) ? 'success' : 'recovery', able);
  }
  const undone = of('undone').find((hit) => !isNegated(hit, tokens));
  if (undone) return say(stateOfBad(undone, bad, isJob, isWatched), undone);
  const done = of('done').find((hit) => !isNegated(hit, tokens));
  const notDone = of('done').find((hit) => isNegated(hit, tokens));
  if (notDone) return say('failure', notDone);
  if (done && bad.every(({ wordClass, at }) => wordClass !== 'trouble' || at < done.at)) {
    return say(isWatched && !isJob ? 'recovery' : 'success', done);
  }
  const report = of('report')[0];
  const worst = bad.find(({ words }) => !WEAK.has(words)) ?? (report ? undefined : bad[0]);
  if (worst) return say(stateOfBad(worst, bad, isJob, isWatched), worst, !WEAK.has(worst.words));
  const clean = of('trouble', 'ill', 'undone').find((hit) => isNegated(hit, tokens));
  if (clean) return say(isJob || isWatched ? 'success' : 'recovery', clean, false);
  return report ? say('report', report, false) : null;
}

/** Words that also only announce: "Alert: x", "Problem with x" and the text says that it is over. */
const WEAK = new Set([
  'alert',
  'alerts',
  'alarm',
  'alarms',
  'alarme',
  'alerta',
  'unknown',
  'high',
  'lost',
  'late',
  'full',
  'vol',
  'bad',
  'outside',
  'removed from',
  'gone',
  'delay',
  'incident',
  'unexpected',
]);

function stateOfBad(hit: Hit, bad: readonly Hit[], isJob: boolean, isWatched: boolean): MailState {
  const isOutcome = bad.some(({ wordClass }) => wordClass === 'undone');
  if (!isOutcome) return isJob && hit.wordClass === 'trouble' ? 'failure' : 'problem';
  return isJob || !isWatched ? 'failure' : 'problem';
}

/** "no errors", "not reachable", "without any warnings". */
function isNegated({ at }: Hit, tokens: readonly Token[]): boolean {
  for (let back = at - 1; back >= Math.max(0, at - 2); back -= 1) {
    const token = tokens[back];
    if (!token || (token.isClosed && back < at - 1)) return false;
    if (NEGATIONS.has(token.word)) return true;
  }
  return false;
}

/** "no longer degraded", "nicht mehr erreichbar", "n'est plus joignable", "ya no responde". */
function isOver({ at }: Hit, tokens: readonly Token[]): boolean {
  const words = tokens.slice(Math.max(0, at - 4), at).map(({ word }) => word);
  const nearest = words.slice(-2);
  if (nearest.some((word) => word === 'longer')) return true;
  const isNegated = words.some((word) => NEGATIONS.has(word) || word === 'n');
  return isNegated && words.some((word) => NO_LONGER.has(word));
}

/** OK and UP stand in much else; they are a statement as a mark, after "is", or at the end. */
function isStated(hit: Hit, tokens: readonly Token[]): boolean {
  const first = tokens[hit.at];
  const last = tokens[hit.end - 1];
  if (!first || !last) return false;
  const isLast = hit.end === tokens.length;
  return isVerb(hit, tokens) || (first.isOpened && last.isClosed) || first.isUpper || isLast;
}

/** "replication check ok": the result of a check that reports each time; an alarm's end has its mark or its verb. */
function isLastWord({ at, end }: Hit, tokens: readonly Token[]): boolean {
  return end === tokens.length && !tokens[at]?.isUpper && !tokens[at]?.isOpened;
}

const VERBS = new Set(
  'is are now was has have again ist sind jetzt wieder est sont esta estan son e sono is zijn sao state status zustand statut estado stato'.split(
    ' ',
  ),
);

function isVerb({ at }: Hit, tokens: readonly Token[]): boolean {
  const before = tokens[at - 1];
  return before !== undefined && VERBS.has(before.word);
}

/** `[PROBLEM]`, `CRITICAL:`, `** DOWN`: the tool's own word in its own place. */
function isMark({ at, end }: Hit, tokens: readonly Token[]): boolean {
  const first = tokens[at];
  const last = tokens[end - 1];
  return Boolean(first && last && first.isUpper && first.isOpened);
}
