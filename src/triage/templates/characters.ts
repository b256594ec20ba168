/** What a character is to the template miner. A table instead of patterns: it is asked for every character of every line. */

/** Stands for a variable part; one character that no keyboard has, so that text does not hold it by accident. */
export const MARK = '\uFFFC';

/** The same for a word that has turned out to be variable, where the two must be told apart: in the database. */
export const WORD_MARK = '\uFFFB';

export const SPACE = 1;
export const LETTER = 2;
export const DIGIT = 4;
/** Stands inside names: `a.b`, `a-b`, `a/b`, `a@b`. */
export const JOINT = 8;
/** Ends a name: `key=value`, `(x)`, `a,b`. */
export const BREAK = 16;

const CLASSES = new Uint8Array(128).fill(BREAK);
for (let code = 0; code <= 32; code += 1) CLASSES[code] = SPACE;
for (const code of codesOf('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_')) CLASSES[code] = LETTER;
for (const code of codesOf('0123456789')) CLASSES[code] = DIGIT;
for (const code of codesOf('.-/\\@+%$~#&*?!^')) CLASSES[code] = JOINT;

export const MARK_CODE = MARK.charCodeAt(0);
export const WORD_MARK_CODE = WORD_MARK.charCodeAt(0);
const NO_BREAK_SPACE = 0xa0;

/** Beyond ASCII all is letters, so that words of every language stay whole. NaN (behind the end) is a break. */
export function classOf(code: number): number {
  if (code < 128) return CLASSES[code] ?? BREAK;
  // Text that holds a mark is masked there, and cannot pass for a template.
  if (code === MARK_CODE || code === WORD_MARK_CODE) return DIGIT;
  if (code === NO_BREAK_SPACE) return SPACE;
  return code > 128 ? LETTER : BREAK;
}

export function isNameCharacter(code: number): boolean {
  return (classOf(code) & (LETTER | DIGIT)) !== 0;
}

/** A table to ask whether a character is one of these; every code a string can hold has its place. */
export function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(0x10000);
  for (const code of codesOf(characters)) table[code] = 1;
  return table;
}

function codesOf(characters: string): number[] {
  return Array.from(characters, (character) => character.charCodeAt(0));
}
