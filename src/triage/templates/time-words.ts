/** Days, months and zones: variable where they stand with figures (`Fri Jun 17`, `07:49:04 PDT`), words elsewhere. */
import { classOf, DIGIT, LETTER } from './characters.ts';

const TIME_WORDS = new Set(
  [
    'mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday',
    'jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august september',
    'october november december am pm gmt utc est edt cst cdt mst mdt pst pdt cet cest bst jst ist',
  ]
    .join(' ')
    .split(' '),
);

const SHORTEST = 2;
const LONGEST = 9;

export function isTimeWord(text: string, from: number, to: number): boolean {
  if (to - from < SHORTEST || to - from > LONGEST) return false;
  return TIME_WORDS.has(text.slice(from, to).toLowerCase());
}

const BLANK = 32;
const COMMA = 44;

/** Words of time in a row before the figures: `Friday, June the 17th` has no more. */
const MOST_WORDS = 3;

/** Whether, from here on, blanks or commas and perhaps more words of time lead to a figure. */
export function leadsToFigure(text: string, at: number, words = 1): boolean {
  let next = at;
  while (next - at < 3 && (text.charCodeAt(next) === BLANK || text.charCodeAt(next) === COMMA)) next += 1;
  if (next === at) return false;
  if (classOf(text.charCodeAt(next)) === DIGIT) return true;
  let end = next;
  while (end - next <= LONGEST && classOf(text.charCodeAt(end)) === LETTER) end += 1;
  return words < MOST_WORDS && isTimeWord(text, next, end) && leadsToFigure(text, end, words + 1);
}
