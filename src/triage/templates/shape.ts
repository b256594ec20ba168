/**
 * A masked line as words and numbers. The sum over a shape is its key; the sum with one word exchanged follows from it
 * without reading the line again, so that what differs in one word only is found by looking up.
 */
import { BREAK, classOf, MARK_CODE, WORD_MARK, WORD_MARK_CODE } from './characters.ts';

/** Attack: a thousand words on one line. What stands behind counts as one word. */
export const MOST_TOKENS = 96;

/** Numbers of a part masked at sight, and of a word that has taken several values. */
export const VARIABLE = 1;
export const VARIABLE_WORD = 2;

export interface Shape {
  /** Words, marks and punctuation; blanks are left out. */
  readonly tokens: readonly string[];
  /** At index i whether a blank stands in front of token i. */
  readonly isApart: readonly boolean[];
  /** Whether a token is a word, and so may turn out to be variable. */
  readonly isWord: readonly boolean[];
  /** A number for each token. */
  readonly hashes: Int32Array;
  /** Key of the whole. */
  readonly sum: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Reads a masked line, or the text of a template from the database.
 * `scope` keeps apart what must not be compared: lines of different sources.
 */
export function readShape(masked: string, scope: string): Shape {
  const tokens: string[] = [];
  const isApart: boolean[] = [];
  const isWord: boolean[] = [];
  const hashes: number[] = [];
  const { length } = masked;
  let at = 0;
  let apart = false;
  while (at < length) {
    const code = masked.charCodeAt(at);
    if (code === BLANK) {
      at += 1;
      apart = true;
      continue;
    }
    const end = tokens.length === MOST_TOKENS ? length : endOfToken(masked, at);
    const token = end === at + 1 ? masked.charAt(at) : masked.slice(at, end);
    isWord.push(tokens.length < MOST_TOKENS && startsWord(code) && hasLetter(token));
    tokens.push(token);
    isApart.push(apart);
    hashes.push(code === MARK_CODE ? VARIABLE : code === WORD_MARK_CODE ? VARIABLE_WORD : hashOf(token));
    apart = false;
    at = end;
  }
  return withSums(tokens, isApart, isWord, Int32Array.from(hashes), scope === '' ? 0 : hashOf(scope));
}

const BLANK = 32;

function startsWord(code: number): boolean {
  return code !== MARK_CODE && code !== WORD_MARK_CODE && (classOf(code) & BREAK) === 0;
}

function endOfToken(text: string, at: number): number {
  let end = at + 1;
  if (!startsWord(text.charCodeAt(at))) return end;
  for (; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (code === BLANK || !startsWord(code)) break;
  }
  return end;
}

function hasLetter(token: string): boolean {
  for (let at = 0; at < token.length; at += 1) {
    const code = token.charCodeAt(at) | 32;
    if ((code >= 97 && code <= 122) || code > 127) return true;
  }
  return false;
}

/** FNV-1a, its upper bits folded in. Whoever makes two words meet on purpose only confuses his own lines. */
function hashOf(token: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < token.length; at += 1) hash = Math.imul(hash ^ token.charCodeAt(at), 0x01000193);
  return hash ^ (hash >>> 15);
}

/** What a token counts at each place. The factors are odd: none loses a bit. */
const LOW_FACTORS = powersOf(0x2c1b3c6d);
const HIGH_FACTORS = powersOf(0x297a2d39);

function powersOf(base: number): Int32Array {
  const powers = new Int32Array(MOST_TOKENS + 1);
  for (let place = 0, power = base; place < powers.length; place += 1, power = Math.imul(power, base))
    powers[place] = power;
  return powers;
}

function withSums(
  tokens: readonly string[],
  isApart: readonly boolean[],
  isWord: readonly boolean[],
  hashes: Int32Array,
  start: number,
): Shape {
  let low = start;
  let high = start ^ hashes.length;
  for (let place = 0; place < hashes.length; place += 1) {
    const hash = hashes[place] ?? 0;
    low = (low + Math.imul(hash, LOW_FACTORS[place] ?? 1)) | 0;
    high = (high + Math.imul(hash ^ MIXED, HIGH_FACTORS[place] ?? 1)) | 0;
  }
  return { tokens, isApart, isWord, hashes, low, high, sum: joined(low, high) };
}

const MIXED = 0x5bd1e995;

/** 53 bits: two of 10,000 templates meet once in 10^8 tenants. */
function joined(low: number, high: number): number {
  return (high >>> 11) * 0x100000000 + (low >>> 0);
}

/** The sum of this shape with another token at a place. */
export function sumWith({ hashes, low, high }: Shape, place: number, hash: number): number {
  const former = hashes[place] ?? 0;
  const lowChange = Math.imul(hash - former, LOW_FACTORS[place] ?? 1);
  const highChange = Math.imul((hash ^ MIXED) - (former ^ MIXED), HIGH_FACTORS[place] ?? 1);
  return joined((low + lowChange) | 0, (high + highChange) | 0);
}

/** The shape with a word that has turned out to be variable. */
export function widen(shape: Shape, place: number): Shape {
  const hashes = shape.hashes.slice();
  hashes[place] = VARIABLE_WORD;
  const lowChange = Math.imul(VARIABLE_WORD - (shape.hashes[place] ?? 0), LOW_FACTORS[place] ?? 1);
  const highChange = Math.imul(
    (VARIABLE_WORD ^ MIXED) - ((shape.hashes[place] ?? 0) ^ MIXED),
    HIGH_FACTORS[place] ?? 1,
  );
  const low = (shape.low + lowChange) | 0;
  const high = (shape.high + highChange) | 0;
  return {
    tokens: shape.tokens.with(place, WORD_MARK),
    isApart: shape.isApart,
    isWord: shape.isWord.with(place, false),
    hashes,
    low,
    high,
    sum: joined(low, high),
  };
}

/** Equal for shapes that have the same punctuation and as many words: only these can become one by widening. */
export function skeletonOf({ isWord, hashes, low, high }: Shape): number {
  let skeletonLow = low;
  let skeletonHigh = high;
  for (let place = 0; place < hashes.length; place += 1) {
    const hash = hashes[place] ?? 0;
    if (!isWord[place] && hash !== VARIABLE && hash !== VARIABLE_WORD) continue;
    skeletonLow = (skeletonLow - Math.imul(hash, LOW_FACTORS[place] ?? 1)) | 0;
    skeletonHigh = (skeletonHigh - Math.imul(hash ^ MIXED, HIGH_FACTORS[place] ?? 1)) | 0;
  }
  return joined(skeletonLow, skeletonHigh);
}

/** Whether the narrow shape is the wide one with any word, or a masked part, at the places of its variable words. */
export function fits(narrow: Shape, wide: Shape): boolean {
  const { length } = wide.hashes;
  if (narrow.hashes.length !== length) return false;
  for (let place = 0; place < length; place += 1) {
    const hash = narrow.hashes[place];
    if (hash === wide.hashes[place]) continue;
    const isFilled = wide.hashes[place] === VARIABLE_WORD && (hash === VARIABLE || narrow.isWord[place]);
    if (!isFilled) return false;
  }
  return true;
}

/** The text again; `readShape` makes the same shape of it. */
export function textOf({ tokens, isApart }: Shape): string {
  let text = '';
  for (const [place, token] of tokens.entries()) text += isApart[place] ? ` ${token}` : token;
  return text;
}
