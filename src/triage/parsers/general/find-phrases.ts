/** The words of a short text, and the phrases of the lexicon among them: one pass, longest phrase first. */
import { classOf, fold, longestFrom, type WordClass } from './lexicon.ts';

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
}

export interface Hit {
  wordClass: WordClass;
  words: string;
  at: number;
  end: number;
}

const WORD = /[\p{L}\p{N}_]+(?:[.'/@-][\p{L}\p{N}_]+)*/gu;
const OPENING = new Set('[(*:|>–—-'.split(''));
const CLOSING = new Set(':])!*|,;-–—.'.split(''));

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(WORD)) {
    const raw = match[0];
    const before = neighbour(text, match.index - 1, -1);
    const after = neighbour(text, match.index + raw.length, 1);
    // "--report" is an option of a command that the subject quotes.
    if (text.startsWith('--', match.index - 2)) continue;
    const isOpened = before === '' || OPENING.has(before);
    const isClosed = after === '' || CLOSING.has(after);
    const isUpper = raw.length > 1 && raw === raw.toUpperCase() && raw !== raw.toLowerCase();
    for (const word of splitWord(raw)) tokens.push({ word, isUpper, isClosed, isOpened });
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
 * "doesn't" and "crash-looping" are two words each; host names, paths and addresses stay whole and match nothing: in
 * "status-ok.example.com" nothing is said.
 */
function splitWord(raw: string): string[] {
  const word = fold(raw);
  if (!/[.'/@-]/.test(word)) return [word];
  if (word.includes("'")) return word.split("'");
  if (/[.@\d]/.test(word)) return [word];
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
  return null;
}

function wordsOf(tokens: readonly Token[], from: number, to: number): string {
  let words = tokens[from]?.word ?? '';
  for (let at = from + 1; at < to; at += 1) words += ` ${tokens[at]?.word ?? ''}`;
  return words;
}
