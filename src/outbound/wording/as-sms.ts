/** A message as the text of one SMS: a second part would cost twice and may come first. */
import { clip } from './as-brief.ts';
import type { Message } from './message.ts';

/** GSM 03.38: 160 of its own characters, where those of the extension count twice; else 70 of UCS-2. */
const GSM_SEPTETS = 160;
const UCS2_UNITS = 70;

const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENSION = '^{}\\[~]|€';

const SEPTETS = new Map<string, number>([
  ...Array.from(BASIC).map((character): [string, number] => [character, 1]),
  ...Array.from(EXTENSION).map((character): [string, number] => [character, 2]),
]);

/** What text editors make of simple characters. */
const PLAIN: Record<string, string> = {
  '“': '"',
  '”': '"',
  '„': '"',
  '‘': "'",
  '’': "'",
  '–': '-',
  '—': '-',
  '…': '...',
  '•': '*',
  '\u00a0': ' ',
  '`': "'",
};

/** What has happened, where it is no new event: else the end of one would read as its beginning. */
const HAPPENED: Record<string, string> = {
  recovered: 'RECOVERED: ',
  assignment: 'YOURS: ',
  'hand-over': 'NO LONGER YOURS: ',
  escalation: 'NOBODY HAS IT: ',
  reminder: 'STILL YOURS: ',
};

/** Pure. Severity and number in front and the title last: a title that is too long loses its end, the rest stays. */
export function asSms({ kind, message: { subject, event } }: { kind: string; message: Message }): string {
  if (!event) return cut(toGsm(subject));
  const link = ` ${event.link}`;
  const head = toGsm(`${HAPPENED[kind] ?? ''}${event.severity.toUpperCase()} #${event.number}`);
  const title = toGsm(`${event.org ? ` ${event.org}` : ''}: ${event.title}`);
  const whole = head + title + link;
  if (fits(whole)) return whole;
  // Somebody who is woken reads the title; the link is for whoever has the page not open yet.
  const titled = cut(head + title, link);
  return titled.length - head.length >= SHORTEST_TITLE ? titled + link : cut(head + title);
}

const SHORTEST_TITLE = 40;
/** A subject of a megabyte is not looked at to its end. */
const LONGEST_READ = 400;

function toGsm(text: string): string {
  return Array.from(clip(text, LONGEST_READ).replace(/\s+/g, ' ').trimEnd(), gsmOf).join('');
}

function gsmOf(character: string): string {
  if (SEPTETS.has(character)) return character;
  const plain = PLAIN[character];
  if (plain) return plain;
  const bare = character.normalize('NFKD').replace(/\p{M}/gu, '');
  return Array.from(bare).every((one) => SEPTETS.has(one)) ? bare : character;
}

function lengthOf(text: string): { units: number; most: number } {
  let septets = 0;
  for (const character of text) {
    const one = SEPTETS.get(character);
    if (one === undefined) return { units: text.length, most: UCS2_UNITS };
    septets += one;
  }
  return { units: septets, most: GSM_SEPTETS };
}

function fits(text: string): boolean {
  const { units, most } = lengthOf(text);
  return units <= most;
}

/** The longest beginning that fits together with what follows it. */
function cut(text: string, behind = ''): string {
  const characters = Array.from(text);
  let kept = characters.length;
  while (kept > 0 && !fits(characters.slice(0, kept).join('') + behind)) kept -= 1;
  return characters.slice(0, kept).join('').trimEnd();
}
