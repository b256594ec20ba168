/** A text of at most `longest` characters; a longer one ends in "…", and never in half a character. */
export function shorten(text: string, longest: number): string {
  if (text.length <= longest) return text;
  // Of a text of megabytes only the beginning is looked at; a code point has two units at most.
  const characters = Array.from(text.slice(0, 2 * longest + 2));
  return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : text;
}
