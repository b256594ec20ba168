/** Characters by class, and their hashes (FNV-1a): what the reading of features is made of. */

export const OTHER = 0;
export const LETTER = 1;
export const DIGIT = 2;
export const JOINER = 3;
export const DOT = 4;

/** Of ASCII; what is beyond counts as letters. */
export const CLASSES = new Uint8Array(128);
for (let code = 0; code < 128; code += 1) {
  const char = String.fromCharCode(code);
  if (/[a-zA-Z]/.test(char)) CLASSES[code] = LETTER;
  else if (/[0-9]/.test(char)) CLASSES[code] = DIGIT;
  else if (char === '-' || char === '_') CLASSES[code] = JOINER;
  else if (char === '.') CLASSES[code] = DOT;
}

const HASH = 0x01000193;
export const SEED = 0x811c9dc5;
/** Stands for a run of digits. */
export const MASK = 35;

/** A step of FNV-1a. */
export function mix(hash: number, value: number): number {
  return Math.imul(hash ^ value, HASH);
}

/** In lower case. */
export function hashText(text: string, start = 0, end = text.length): number {
  let hash = SEED;
  for (let at = start; at < end; at += 1) {
    const code = text.charCodeAt(at);
    hash = mix(hash, code >= 65 && code <= 90 ? code + 32 : code);
  }
  return hash;
}
