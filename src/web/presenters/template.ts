/** The shape that a mail shares with others: its own words, with the parts marked that vary from mail to mail. */
import { withoutTags } from '../../triage/tags/grammar.ts';
import { markVariables, piecesOf, type Piece } from '../../triage/templates/mark-variables.ts';
import type { ReadableTemplate } from '../../triage/templates/store.ts';
import { presentNumber } from './number.ts';

/** What a text has in common with others of its shape stands in front. */
const MOST_LINES = 6;
/** Of a text of a megabyte. */
const LOOKED_AT = 4000;
const LONGEST_SHOWN = 300;

export function presentTemplate(
  { subject, lines, count }: ReadableTemplate,
  rawSubject: string,
  text: string,
) {
  return {
    mails: count > 1 ? presentNumber(count) : null,
    subject: markSubject(rawSubject, subject) ?? piecesOf(subject),
    lines: text
      .slice(0, LOOKED_AT)
      .split('\n')
      .flatMap((line) => firstMatch(line, lines))
      .slice(0, MOST_LINES),
  };
}

/** A subject with its variable parts; null when its template says something else. */
export function markSubject(rawSubject: string, template: string): Piece[] | null {
  return markVariables(withoutTags(rawSubject), template);
}

/** The line by the first of the templates that it is of. */
function firstMatch(line: string, templates: readonly string[]): Piece[][] {
  if (line.trim() === '' || line.length > LONGEST_SHOWN) return [];
  for (const template of templates) {
    const pieces = markVariables(line, template);
    if (pieces) return [pieces];
  }
  return [];
}
