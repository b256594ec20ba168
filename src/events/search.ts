/**
 * Search in mail texts: the words in their order, the last one perhaps only begun. Punctuation separates words, as
 * in the index (mail_words), so that `db1` finds db1.example.com.
 */

const NOT_A_WORD = /[^\p{L}\p{N}]+/u;

/** More words than anybody types; a pasted page would be a phrase of thousands. */
const MOST_WORDS = 30;

/** @returns a condition over `mail_texts` under the name `alias` that its index can answer */
export function mailSearch(alias: string, text: string, parameter: (value: unknown) => string): string {
  const words = text.toLowerCase().split(NOT_A_WORD).filter(Boolean).slice(0, MOST_WORDS);
  if (words.length === 0) return 'false';
  const whole = parameter(words.join(' '));
  const begun = parameter(`${words.join(' <-> ')}:*`);
  return `mail_words(${alias}.subject, ${alias}.body) @@
    (phraseto_tsquery('simple', ${whole}) || to_tsquery('simple', ${begun}))`;
}
