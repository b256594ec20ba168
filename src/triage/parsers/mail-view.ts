/** A mail as parsers see it: text within bounds, lower-cased copies and headers made once, when first asked for. */
import type { ReadMail } from '../../inbound/parse/read-mail.ts';
import { blankTags, withoutTags } from '../tags/grammar.ts';

/** What a tool says of state and host stands on its first screens; logs and diffs follow. Bounds the time per mail. */
export const LONGEST_BODY = 12 * 1024;
/** How a job ended stands in its last lines. */
const LONGEST_TAIL = 2 * 1024;
/** A line this long is data, and patterns over lines must not walk it for every start. */
const LONGEST_LINE = 1000;

/** `tail`: the last lines of the text, where jobs tell how they ended. */
export type Place = 'subject' | 'body' | 'tail' | 'from' | { header: string };

export interface MailView {
  /** Without tags. */
  subject: string;
  /** The first screens of the text, without tags; lines are cut, ends are `\n`. */
  body: string;
  /** The last lines of a text that is longer, else the text. */
  readonly tail: string;
  /** Name and address: `Cron Daemon <root@db1.example.com>`. */
  from: string;
  address: string;
  /** Lower case. */
  lowerSubject: string;
  readonly lowerBody: string;
  lowerFrom: string;
  header: (name: string) => string;
  mail: ReadMail;
}

export function viewOf(mail: ReadMail): MailView {
  const subject = withoutTags(mail.subject);
  const body = cutLines(blankTags(mail.text.slice(0, LONGEST_BODY)));
  const from = `${mail.from.name} <${mail.from.address}>`;
  const headers = new Map<string, string>();
  let lowerBody: string | null = null;
  return {
    subject,
    body,
    get tail() {
      return mail.text.length <= LONGEST_BODY ? body : cutLines(mail.text.slice(-LONGEST_TAIL));
    },
    from,
    address: mail.from.address,
    lowerSubject: subject.toLowerCase(),
    get lowerBody() {
      return (lowerBody ??= body.toLowerCase());
    },
    lowerFrom: from.toLowerCase(),
    header: (name) => {
      const known = headers.get(name);
      if (known !== undefined) return known;
      const value = mail.header(name).join('\n').slice(0, LONGEST_BODY);
      headers.set(name, value);
      return value;
    },
    mail,
  };
}

export function textAt(mail: MailView, place: Place): string {
  return typeof place === 'string' ? mail[place] : mail.header(place.header);
}

function cutLines(text: string): string {
  const unix = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  if (unix.length <= LONGEST_LINE) return unix;
  return unix
    .split('\n')
    .map((line) => line.slice(0, LONGEST_LINE))
    .join('\n');
}
