/** The words of a short text, and the phrases of the lexicon among them: one pass, longest phrase first. */
import { classOf, fold, isExceptionName, longestFrom, NEGATIONS, type WordClass } from './lexicon.ts';

/** A subject is cut at 2,000 characters; beyond these no tool goes on stating. */
const MOST_WORDS = 120;

export interface Token {
  word: string;
  /** Written in capitals, as marks and levels are. */
  isUpper: boolean;
  /** Followed by `:`, `]`, `)` or `!`, or the text's end: "OK:", "[OK]", "is OK". */
  isClosed: boolean;
  /** At the beginning, or after a bracket or a dash. */
  isOpened: boolean;
  /** Behind an arrow: the new one of two states. */
  isArrived: boolean;
  /** The next character that is no blank, empty at the end. */
  after: string;
  /** Where it ends in the text. */
  to: number;
  /** `RebuildFinished` → `rebuild`, `finished`. */
  parts?: readonly string[];
}

export interface Hit {
  wordClass: WordClass;
  words: string;
  at: number;
  end: number;
  /** A part of a name in camel case. */
  isInside?: true;
}

const WORD = /[\p{L}\p{N}_]+(?:[.'/@-][\p{L}\p{N}_]+)*/gu;
const OPENING = new Set('[(*:|>–—→⇒➜-'.split(''));
const CLOSING = new Set(':])!*|,;-–—.→⇒➜'.split(''));
const ARROWS = new Set('→⇒➜'.split(''));
const CAMEL = /^[A-Z][a-z]+(?:[A-Z][a-z]+){1,5}$/;

/** Marks that are drawn, as the word that they stand for. */
const DRAWN: Readonly<Record<string, string>> = {
  '✅': 'ok:',
  '🟢': 'ok:',
  '🆗': 'ok:',
  '🔴': 'alarm:',
  '🚨': 'alarm:',
  '🔥': 'alarm:',
  '❌': 'failed:',
  '⚠': 'warning:',
  '🟡': 'warning:',
  '🟠': 'warning:',
};
const DRAWINGS = /[✅🟢🆗🔴🚨🔥❌⚠🟡🟠]\uFE0F?/gu;

/** For people who draw their marks: `✅ Up` → ` ok: Up`. */
export function spellOut(text: string): string {
  // ASCII, the usual case, holds no drawing.
  if (/^[\0-\xff]*$/.test(text)) return text;
  return text.replace(DRAWINGS, (drawing) => ` ${DRAWN[drawing.replace('\uFE0F', '')] ?? ''} `);
}

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(WORD)) {
    const raw = match[0];
    const from = match.index;
    const to = from + raw.length;
    // "--report" is an option of a command that the subject quotes.
    if (text.startsWith('--', from - 2)) continue;
    const before = neighbour(text, from - 1, -1);
    const after = neighbour(text, to, 1);
    const isOpened = before === '' || OPENING.has(before);
    const isClosed = after === '' || CLOSING.has(after);
    const isUpper = raw.length > 1 && raw === raw.toUpperCase() && raw !== raw.toLowerCase();
    const isArrived =
      ARROWS.has(before) ||
      (before === '>' && /[-=]\s?>\s{0,3}$/.test(text.slice(Math.max(0, from - 6), from)));
    const words = splitWord(raw);
    for (const word of words) tokens.push({ word, isUpper, isClosed, isOpened, isArrived, after, to });
    const only = words.length === 1 ? tokens.at(-1) : undefined;
    if (only && CAMEL.test(raw)) only.parts = raw.split(/(?=[A-Z])/).map((part) => part.toLowerCase());
    if (tokens.length >= MOST_WORDS) break;
  }
  return tokens;
}

/** The next character that is no blank; a few blanks are looked over. */
function neighbour(text: string, from: number, step: 1 | -1): string {
  for (let at = from; at >= 0 && at < text.length && Math.abs(at - from) < 4; at += step) {
    const char = text[at];
    if (char !== undefined && char !== ' ' && char !== '\t') return char;
  }
  return '';
}

/**
 * "doesn't", "crash-looping" and "FIRING_TO_OK" are several words each; host names, paths and addresses stay whole and
 * match nothing: in "status-ok.example.com" nothing is said.
 */
function splitWord(raw: string): string[] {
  const word = fold(raw);
  if (!/[.'/@_-]/.test(word)) return [word];
  if (word.includes("'")) return word.split("'");
  if (/[.@]/.test(word)) return [word];
  if (word.includes('_')) return word.split(/_+/).filter(Boolean);
  if (/\d/.test(word)) return [word];
  if (word.includes('/')) return word.split('/');
  const parts = word.split('-');
  return parts.length === 2 ? parts : [word];
}

export function hitsIn(tokens: readonly Token[]): Hit[] {
  const hits: Hit[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const hit = longestAt(tokens, at);
    if (!hit) continue;
    hits.push(hit);
    at = hit.end - 1;
  }
  return hits;
}

function longestAt(tokens: readonly Token[], at: number): Hit | null {
  const first = tokens[at]?.word ?? '';
  for (let length = Math.min(longestFrom(first), tokens.length - at); length > 0; length -= 1) {
    const words = length === 1 ? first : wordsOf(tokens, at, at + length);
    const wordClass = classOf(words);
    if (wordClass) return { wordClass, words, at, end: at + length };
  }
  const parts = tokens[at]?.parts;
  return parts && !isExceptionName(first) ? insideOf(parts, at) : null;
}

/** What names of alarms and events say; a name that begins with "Test" or "Custom" is no notice. */
const SAID_INSIDE: ReadonlySet<WordClass> = new Set<WordClass>(['well', 'ill', 'done', 'undone', 'able']);

function insideOf(parts: readonly string[], at: number): Hit | null {
  for (let part = parts.length - 1; part >= 0; part -= 1) {
    const words = parts[part] ?? '';
    const wordClass = classOf(words);
    if (!wordClass || !SAID_INSIDE.has(wordClass)) continue;
    const isTurned = NEGATIONS.has(parts[part - 1] ?? '');
    return {
      wordClass: isTurned ? (TURNED[wordClass] ?? wordClass) : wordClass,
      words,
      at,
      end: at + 1,
      isInside: true,
    };
  }
  return null;
}

const TURNED: Partial<Record<WordClass, WordClass>> = {
  well: 'ill',
  able: 'ill',
  done: 'undone',
  ill: 'well',
};

function wordsOf(tokens: readonly Token[], from: number, to: number): string {
  let words = tokens[from]?.word ?? '';
  for (let at = from + 1; at < to; at += 1) words += ` ${tokens[at]?.word ?? ''}`;
  return words;
}
