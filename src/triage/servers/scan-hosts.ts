/**
 * What in a text could be a host name: one pass over the characters, without patterns, because the text is anybody's
 * and there is much of it.
 */
import { LONGEST_NAME } from './host-name.ts';

/** A mail that needs longer to name its server is a log file. */
const SCANNED_CHARS = 64 * 1024;
const SHORTEST_NAME = 3;

const OTHER = 0;
const LETTER = 1;
const DIGIT = 2;
const HYPHEN = 3;
const DOT = 4;

/** Of the ASCII characters; others end a name. */
const KINDS = new Uint8Array(128).map((_none, code) => {
  const char = String.fromCharCode(code);
  if (/[a-z_]/i.test(char)) return LETTER;
  if (/\d/.test(char)) return DIGIT;
  if (char === '-') return HYPHEN;
  return char === '.' ? DOT : OTHER;
});

export interface Token {
  /** Lower case. */
  name: string;
  isFull: boolean;
  /** In a URL or a mail address: it leads somewhere, and says nothing about where the trouble is. */
  isLink: boolean;
}

/**
 * Visits words that have a letter and, beside it, a digit, a hyphen or an inner dot: `db1`, `nas-02`,
 * `www.example.com`. A plain word ("gateway") could be anything.
 */
export function scanHosts(text: string, visit: (token: Token) => void): void {
  const length = Math.min(text.length, SCANNED_CHARS);
  let start = 0;
  let seen = 0;
  for (let at = 0; at <= length; at += 1) {
    const code = at < length ? text.charCodeAt(at) : 0;
    const kind = code < 128 ? (KINDS[code] ?? OTHER) : OTHER;
    if (kind !== OTHER) {
      seen |= 1 << kind;
      continue;
    }
    if (at - start >= SHORTEST_NAME && couldBeHost(seen)) visitWord(text, start, at, visit);
    start = at + 1;
    seen = 0;
  }
}

function couldBeHost(seen: number): boolean {
  return (seen & (1 << LETTER)) !== 0 && (seen & ((1 << DIGIT) | (1 << HYPHEN) | (1 << DOT))) !== 0;
}

function visitWord(text: string, from: number, to: number, visit: (token: Token) => void): void {
  let start = from;
  let end = to;
  while (end > start && isPunctuation(text, end - 1)) end -= 1;
  while (start < end && isPunctuation(text, start)) start += 1;
  if (end - start < SHORTEST_NAME || end - start > LONGEST_NAME) return;
  const name = text.slice(start, end).toLowerCase();
  const before = from > 0 ? text[from - 1] : '';
  const isLink = before === '@' || (before === '/' && text[from - 2] === '/');
  visit({ name, isFull: name.includes('.'), isLink });
}

function isPunctuation(text: string, at: number): boolean {
  const char = text[at];
  return char === '.' || char === '-';
}
