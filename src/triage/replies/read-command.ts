/** The first line of a reply as a command. Whatever is not one changes nothing: the answer lists what is understood. */
import { shorten } from '../../kernel/shorten.ts';
import type { Asked, Command } from '../../events/by-mail/command.ts';
import { readSnooze } from '../../events/by-mail/read-snooze.ts';

const CLAIMS = new Set(['mine', 'claim', 'ack', 'take', 'acknowledge', 'acknowledged', 'me']);
const COMPLETES = new Set([
  'done',
  'complete',
  'completed',
  'close',
  'closed',
  'fixed',
  'resolved',
  'resolve',
]);
const SPLITS = new Set(['split']);
const REOPENS = new Set(['reopen']);
const HELPS = new Set(['help', 'commands', '?']);
const NOBODY = new Set(['nobody', 'none', '-']);

/** Of what was not understood, the answer repeats so much. */
const LONGEST_REPEATED = 80;

const FIRST_WORD = /^\/?([a-z?]{1,16})(?=[\s:,.!#-]|$)[:,.!-]?\s*/i;
const NUMBER = /^#(\d{1,9})(?=[\s:,.!]|$)[:,.!]?\s*/;

/**
 * @param lines the person's own
 * @param timeZone in which the person says times
 */
export function readCommand(lines: readonly string[], now: Date, timeZone: string): Asked {
  const [first = '', ...further] = lines;
  const line = first.trim();
  const word = FIRST_WORD.exec(line);
  if (!word) return misunderstood(line);
  const behind = line.slice(word[0].length);
  const number = NUMBER.exec(behind);
  const rest = behind.slice(number?.[0].length ?? 0).trim();
  const text = [rest, ...further].join('\n').trim();
  const command = commandOf((word[1] ?? '').toLowerCase(), rest, text, now, timeZone);
  return command ? { command, number: number?.[1] ?? null } : misunderstood(line);
}

function misunderstood(line: string): Asked {
  return { misunderstood: shorten(line, LONGEST_REPEATED) };
}

/** Words that take nothing behind them are a sentence when something follows: "take care, Ana". */
function commandOf(word: string, rest: string, text: string, now: Date, timeZone: string): Command | null {
  const isBare = /^[\s.!]*$/.test(rest) || /^(it|this|that|please|thanks|thank you|mine)[\s.!]*$/i.test(rest);
  if (CLAIMS.has(word)) return isBare ? { verb: 'claim' } : null;
  if (COMPLETES.has(word)) return { verb: 'complete', note: text || null };
  if (SPLITS.has(word)) return isBare ? { verb: 'split' } : null;
  if (REOPENS.has(word)) return isBare ? { verb: 'reopen' } : null;
  if (HELPS.has(word)) return { verb: 'help' };
  if (word === 'note' || word === 'comment') return text ? { verb: 'note', text } : null;
  if (word === 'assign') return assignment(rest);
  if (word === 'snooze') {
    const until = readSnooze(rest, now, timeZone);
    return until && { verb: 'snooze', until };
  }
  return null;
}

const ADDRESS = /^<?([^\s<>@]{1,64}@[^\s<>@]{1,190}?)>?[.!]?$/;

function assignment(rest: string): Command | null {
  const whom = rest.replace(/^to\s{1,5}/i, '').replace(/^mailto:/i, '');
  if (NOBODY.has(whom.toLowerCase().replace(/[.!]$/, ''))) return { verb: 'assign', email: null };
  // Some programs write "ana@acme.example <mailto:ana@acme.example>" for what was a link.
  const address = ADDRESS.exec(whom.split(/\s/, 1)[0] ?? '')?.[1];
  return address ? { verb: 'assign', email: address.toLowerCase() } : null;
}
