/**
 * Which parts of a line vary in the lines of its template, for people who look at a sample. Pure; a template is read as
 * `readTemplate` gives it, with `<*>` for what varies.
 */

export interface Piece {
  text: string;
  isVariable: boolean;
}

const VARIABLE = '<*>';

/** Attack: text and templates that are looked through again and again for one another. */
const LONGEST = 2000;

/**
 * The line in pieces, its white space as in the template; null when it is not of this template. Between two constant
 * parts the shortest stretch is the variable one: the first place where the next constant part fits is as good as any.
 */
export function markVariables(line: string, template: string): Piece[] | null {
  const text = withSingleBlanks(line.slice(0, LONGEST));
  const constants = withSingleBlanks(template.slice(0, LONGEST)).split(VARIABLE);
  const first = constants[0] ?? '';
  const last = constants.at(-1) ?? '';
  if (constants.length === 1) return text === first ? [{ text, isVariable: false }] : null;
  const end = text.length - last.length;
  if (!text.startsWith(first) || !text.endsWith(last) || end <= first.length) return null;
  const pieces = new Pieces();
  pieces.add(first, false);
  let at = first.length;
  for (const constant of constants.slice(1, -1)) {
    // Each variable part has a character at least.
    const found = text.indexOf(constant, at + 1);
    if (found < 0 || found + constant.length >= end) return null;
    pieces.add(text.slice(at, found), true);
    pieces.add(constant, false);
    at = found + constant.length;
  }
  pieces.add(text.slice(at, end), true);
  pieces.add(last, false);
  return pieces.all;
}

/** The template itself in pieces, for a sample that is not at hand. */
export function piecesOf(template: string): Piece[] {
  const pieces = new Pieces();
  template
    .slice(0, LONGEST)
    .split(VARIABLE)
    .forEach((constant, index) => {
      if (index > 0) pieces.add('…', true);
      pieces.add(constant, false);
    });
  return pieces.all;
}

/** Neighbours of one kind are one piece. */
class Pieces {
  readonly all: Piece[] = [];

  add(text: string, isVariable: boolean): void {
    if (text === '') return;
    const former = this.all.at(-1);
    if (former?.isVariable === isVariable) former.text += text;
    else this.all.push({ text, isVariable });
  }
}

function withSingleBlanks(text: string): string {
  return text.trim().split(/\s+/).join(' ');
}
