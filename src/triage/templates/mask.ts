/**
 * Puts one mark in the place of what varies from line to line: figures, times, addresses, paths, ids, quoted text. One
 * pass over the characters, by hand: a line of a log takes two or three microseconds, and no text can make it take
 * longer than its length.
 */
import { BREAK, classOf, isNameCharacter, MARK, SPACE, tableOf } from './characters.ts';
import { readName, type ReadName } from './read-name.ts';
import { isTimeWord, leadsToFigure } from './time-words.ts';

/** Attack: a megabyte on one line. What tells templates apart stands in front. */
export const LONGEST_LINE = 2000;

const BLANK = 32;

/** The line with each variable part replaced by MARK, neighbouring marks made one, white space made one blank. */
export function maskLine(line: string): string {
  const text = line.length > LONGEST_LINE ? line.slice(0, LONGEST_LINE) : line;
  const { length } = text;
  const name: ReadName = { end: 0, isVariable: false, from: 0, to: 0 };
  let out = '';
  /** Where the copying of unchanged text goes on. */
  let kept = 0;
  /** Behind the last variable part, or -1. */
  let afterMark = -1;
  let at = 0;
  while (at < length) {
    const code = text.charCodeAt(at);
    const kind = classOf(code);
    if (kind === SPACE) {
      const end = endOfSpace(text, at);
      if (end - at > 1 || code !== BLANK) {
        out += text.slice(kept, at) + (at > 0 && end < length ? ' ' : '');
        kept = end;
      }
      at = end;
      continue;
    }
    let from: number;
    let to: number;
    if (kind === BREAK) {
      to = endOfEnclosed(text, at, code);
      if (to < 0) {
        at += 1;
        continue;
      }
      from = at + 1;
      at = to + 1;
    } else {
      readName(text, at, name);
      ({ from, to } = name);
      at = name.end;
      if (!name.isVariable && !isTime(text, from, to, afterMark)) continue;
    }
    // `10.0.0.1:80`, `1, 2, 3`, `12 % 7`: a list of any length is one variable.
    const joinsLast = afterMark >= 0 && isOnlyPunctuation(text, afterMark, from);
    if (!joinsLast) out += text.slice(kept, from) + MARK;
    kept = to;
    afterMark = to;
  }
  if (kept === 0) return text;
  const masked = out + text.slice(kept);
  return masked.endsWith(' ') ? masked.slice(0, -1) : masked;
}

/** A word of time directly behind figures, or in front of them. */
function isTime(text: string, from: number, to: number, afterMark: number): boolean {
  if (afterMark >= 0 && from - afterMark <= 2 && isOnlyPunctuation(text, afterMark, from)) {
    return isTimeWord(text, from, to);
  }
  return text.charCodeAt(to) <= COMMA && isTimeWord(text, from, to) && leadsToFigure(text, to);
}

function endOfSpace(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && classOf(text.charCodeAt(end)) === SPACE) end += 1;
  return end;
}

const DOUBLE_QUOTE = 34;
const SINGLE_QUOTE = 39;
const OPENING = 40;
const CLOSING = 41;
const OPENING_SQUARE = 91;
const CLOSING_SQUARE = 93;
const COMMA = 44;
const COLON = 58;
const EQUALS = 61;

/** @returns where the mark that closes the value opened at `at` stands; -1 when none is opened */
function endOfEnclosed(text: string, at: number, code: number): number {
  if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) return endOfQuoted(text, at, code);
  const closing = code === OPENING ? CLOSING : code === OPENING_SQUARE ? CLOSING_SQUARE : 0;
  // `connection from 10.1.1.1 ()`: the value is missing. Behind a name it is a call, `init()`.
  return closing > 0 && text.charCodeAt(at + 1) === closing && text.charCodeAt(at - 1) === BLANK
    ? at + 1
    : -1;
}

/** Quoted text up to this length is a value; beyond, the second mark rather belongs to another pair. */
const LONGEST_QUOTED = 200;

/** @returns -1 also for an apostrophe, for a quoted key, `'state': 1`, and for a sentence: `"GET /x HTTP/1.1" 200` */
function endOfQuoted(text: string, at: number, quote: number): number {
  if (isNameCharacter(text.charCodeAt(at - 1))) return -1;
  const limit = Math.min(text.length, at + LONGEST_QUOTED);
  for (let end = at + 1; end < limit; end += 1) {
    const code = text.charCodeAt(end);
    if (code === BLANK) return -1;
    if (code !== quote) continue;
    const next = text.charCodeAt(end + 1);
    if (isNameCharacter(next)) continue;
    return next === COLON || next === EQUALS ? -1 : end;
  }
  return -1;
}

const PUNCTUATION = tableOf(' \t.,:;-+/\\#*%&|~@');

function isOnlyPunctuation(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (!PUNCTUATION[text.charCodeAt(at)]) return false;
  return true;
}
