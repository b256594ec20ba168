/**
 * One name of a line, a run of letters, figures and what may stand inside names, and whether it is a variable: it has
 * figures, or is a URL, a path, a mail address, a host, hexadecimal groups.
 */
import { BREAK, classOf, DIGIT, isNameCharacter, JOINT, SPACE, tableOf } from './characters.ts';

/** Filled by `readName`: one object for all calls, because there is one call for every word of every mail. */
export interface ReadName {
  /** Behind the last character. */
  end: number;
  isVariable: boolean;
  /** The variable part, without the punctuation around it. */
  from: number;
  to: number;
}

const DOT = 46;
const SLASH = 47;
const COLON = 58;
const BACKSLASH = 92;
const AT = 64;

const LEADING = tableOf('.-*?!#&~^+');
const TRAILING = tableOf('.-*?!#&~^');
const SENTENCE_END = tableOf('.?!');

/** Reads the name that begins at `at`. Each character is looked at a bounded number of times. */
export function readName(text: string, at: number, name: ReadName): void {
  const { length } = text;
  let end = at;
  let seen = 0;
  let dots = 0;
  let slashes = 0;
  let ats = 0;
  let isUrl = false;
  for (; end < length; end += 1) {
    const code = text.charCodeAt(end);
    const kind = classOf(code);
    if (kind & (SPACE | BREAK)) {
      if (code !== COLON) break;
      const next = text.charCodeAt(end + 1);
      if (next === SLASH && text.charCodeAt(end + 2) === SLASH) {
        isUrl = true;
        end = endOfChunk(text, end);
        break;
      }
      // A drive: c:\folder
      if (end === at + 1 && (next === BACKSLASH || next === SLASH)) {
        slashes += 1;
        continue;
      }
      const endOfGroups = endOfHexGroups(text, at, end);
      if (endOfGroups > 0) {
        settle(name, endOfGroups, true, at, endOfGroups);
        return;
      }
      break;
    }
    seen |= kind;
    if (kind !== JOINT) continue;
    if (code === DOT) {
      // `depth......0`: leaders end a name.
      if (text.charCodeAt(end + 1) === DOT && text.charCodeAt(end + 2) === DOT) {
        if (end === at) end = endOfDots(text, at);
        break;
      }
      dots += 1;
    } else if (code === SLASH || code === BACKSLASH) slashes += 1;
    else if (code === AT) ats += 1;
  }
  let to = end;
  if (isUrl || seen & DIGIT) {
    while (to > at && SENTENCE_END[text.charCodeAt(to - 1)]) to -= 1;
    settle(name, end, to > at, at, to);
    return;
  }
  if ((seen & JOINT) === 0) {
    settle(name, end, false, at, end);
    return;
  }
  let from = at;
  while (from < to && LEADING[text.charCodeAt(from)]) from += 1;
  while (to > from && TRAILING[text.charCodeAt(to - 1)]) to -= 1;
  const isVariable =
    from < to &&
    ((slashes > 0 && isPath(text, from, slashes)) ||
      (ats > 0 && isAddress(text, from, to)) ||
      (dots > 0 && isHost(text, from, to)));
  settle(name, end, isVariable, at, to);
}

function endOfDots(text: string, at: number): number {
  let end = at;
  while (text.charCodeAt(end) === DOT) end += 1;
  return end;
}

function settle(name: ReadName, end: number, isVariable: boolean, from: number, to: number): void {
  name.end = end;
  name.isVariable = isVariable;
  name.from = from;
  name.to = to;
}

function endOfChunk(text: string, at: number): number {
  let end = at;
  while (end < text.length && !(classOf(text.charCodeAt(end)) & SPACE)) end += 1;
  return end;
}

/** `/var/log`, `a/b/c`; but `I/O` and `and/or` are words. */
function isPath(text: string, from: number, slashes: number): boolean {
  const first = text.charCodeAt(from);
  return slashes > 1 || first === SLASH || first === BACKSLASH;
}

function isAddress(text: string, from: number, to: number): boolean {
  const at = text.indexOf('@', from);
  return at > from && at < to - 1;
}

/** Ends of host names that class names and file names do not have. */
const TOP_LEVELS = new Set(
  [
    'com net org edu gov mil int io de uk fr nl eu ch at it es pl se no fi dk be br cn jp kr tw hk in ru us ca au nz',
    'local localdomain lan internal intranet corp example invalid test arpa',
  ]
    .join(' ')
    .split(' '),
);

function isHost(text: string, from: number, to: number): boolean {
  const dot = text.lastIndexOf('.', to - 1);
  return dot > from && TOP_LEVELS.has(text.slice(dot + 1, to));
}

const LONGEST_HEX_GROUP = 4;
const LEAST_HEX_COLONS = 2;

/** `5c:50:15:4c:18:13`, `fe80::1`: groups of hexadecimal digits, at least three. @returns 0 when it is none */
function endOfHexGroups(text: string, at: number, firstColon: number): number {
  if (firstColon - at > LONGEST_HEX_GROUP) return 0;
  let end = at;
  let group = 0;
  let colons = 0;
  for (; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (code === COLON) {
      colons += 1;
      group = 0;
    } else if (isHexDigit(code)) {
      group += 1;
      if (group > LONGEST_HEX_GROUP) return 0;
    } else break;
  }
  if (colons < LEAST_HEX_COLONS || isNameCharacter(text.charCodeAt(end))) return 0;
  while (text.charCodeAt(end - 1) === COLON) end -= 1;
  return end > firstColon + 1 ? end : 0;
}

function isHexDigit(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}
