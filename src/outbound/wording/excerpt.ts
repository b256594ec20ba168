/** The beginning of a mail, for who reads a notice: what a tool has to say stands in its first lines. */
import { shorten } from '../../kernel/shorten.ts';

/** On a telephone the button that claims stays in sight. */
const MOST_LINES = 8;
const LONGEST_LINE = 160;
/** No line of a mail's end is looked for in a dump of megabytes. */
export const READ_CHARACTERS = 4000;

/** @returns lines without tags that stand alone, signature and repeated blank lines; empty when nothing is left */
export function excerptOf(text: string): string {
  const shown: string[] = [];
  for (const raw of text.slice(0, READ_CHARACTERS).split('\n')) {
    if (/^-- ?\r?$/.test(raw)) break;
    const line = raw.replace(/\p{Cc}/gu, ' ').trimEnd();
    if (line ? isOnlyTags(line) : shown.at(-1) === '' || shown.length === 0) continue;
    if (shown.length === MOST_LINES) return [...shown, '…'].join('\n');
    shown.push(shorten(line, LONGEST_LINE));
  }
  return shown.join('\n').trimEnd();
}

/** `:org:shop.db: :svr:db1:` says to people what the facts say. */
function isOnlyTags(line: string): boolean {
  return line
    .trim()
    .split(/\s+/)
    .every((word) => word.length > 2 && word.startsWith(':') && word.endsWith(':'));
}
