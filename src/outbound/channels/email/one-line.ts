/** Texts of strangers where one short line is wanted: a line break would begin a header of their own. */

const LONGEST_SUBJECT = 180;
/** The number of the event, and often its path, stand at the end. */
const KEPT_END = 40;

/** One line; a long one loses its middle, between characters. */
export function oneLine(text: string): string {
  const line = text.replaceAll(/[\s\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
  if (line.length <= LONGEST_SUBJECT) return line;
  const characters = Array.from(line);
  if (characters.length <= LONGEST_SUBJECT) return line;
  const begin = characters.slice(0, LONGEST_SUBJECT - KEPT_END - 1).join('');
  return `${begin.trimEnd()}…${characters.slice(-KEPT_END).join('')}`;
}
