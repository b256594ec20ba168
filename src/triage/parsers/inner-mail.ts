/**
 * The mail that came back inside a bounce: a part of its own (RFC 3462), its headers alone, or quoted behind a line that
 * says so (Exim without MIME, qmail). Read as far as parsers need it; the outer mail was read by mailparser.
 */
import { firstField, headerFields, splitMail, type HeaderField } from '../../inbound/parse/header-block.ts';
import { decodeHeader } from '../../inbound/parse/decode-header.ts';
import type { ReadMail } from '../../inbound/parse/read-mail.ts';
import type { MailView } from './mail-view.ts';

/** Servers that return a mail, under the names they do it by; some have none. */
const RETURNING = /^(?:mailer-daemon|postmaster|microsoftexchange[0-9a-f]{0,64})@|^$/;

export interface InnerMail {
  mail: ReadMail;
  raw: Buffer;
}

/** A bounce quotes the mail behind its own few lines; what is beyond this is data. */
const SEARCHED_BYTES = 64 * 1024;
const PART = /^content-type:[ \t]{0,5}(?:message\/rfc822|message\/global|text\/rfc822-headers)/im;
const QUOTED =
  /^-{2,10} ?(?:this is a copy of|below this line is a copy of|the (?:body|header) of the original)[^\r\n]{0,120}\r?\n/im;

export function innerMailOf({ address, raw }: MailView): InnerMail | null {
  if (!RETURNING.test(address)) return null;
  const text = raw.subarray(0, SEARCHED_BYTES).toString('latin1');
  const part = PART.exec(text);
  const written = part ? ofPart(text, part.index) : behind(text, QUOTED.exec(text));
  return written === null ? null : read(Buffer.from(written, 'latin1'));
}

function ofPart(text: string, at: number): string | null {
  const blank = /\r?\n\r?\n/.exec(text.slice(at, at + 2000));
  if (!blank) return null;
  const inner = text.slice(at + blank.index + blank[0].length);
  // The part ends where the line comes that began it.
  const lineBefore = text.lastIndexOf('\n--', at);
  const boundary =
    lineBefore < 0 ? '' : (/^--\S{1,72}/.exec(text.slice(lineBefore + 1, lineBefore + 80))?.[0] ?? '');
  const end = boundary ? inner.indexOf(`\n${boundary}`) : -1;
  return end < 0 ? inner : inner.slice(0, end);
}

function behind(text: string, line: RegExpExecArray | null): string | null {
  return line ? text.slice(line.index + line[0].length).replace(/^[\r\n]{1,20}/, '') : null;
}

function read(raw: Buffer): InnerMail | null {
  const { header, body } = splitMail(raw);
  const fields = headerFields(header);
  const subject = firstField(fields, 'subject');
  const from = firstField(fields, 'from');
  if (subject === undefined || from === undefined) return null;
  const sender = decodeHeader(from);
  const address = /<([^<>\s]{1,254})>/.exec(sender)?.[1] ?? sender;
  const mail: ReadMail = {
    messageId: null,
    sentAt: null,
    subject: decodeHeader(subject),
    from: { address: address.toLowerCase(), name: sender.split('<', 1)[0]?.replaceAll('"', '').trim() ?? '' },
    to: [],
    text: textOf(fields, body.toString('latin1')),
    attachments: [],
    header: (name) => fields.filter((field) => field.name === name).map(({ value }) => decodeHeader(value)),
  };
  return { mail, raw };
}

function textOf(fields: readonly HeaderField[], body: string): string {
  const type = firstField(fields, 'content-type') ?? 'text/plain';
  const boundary = /boundary="?([^";\s]{1,70})/i.exec(type)?.[1];
  if (boundary) return textOfParts(body, boundary);
  return type.toLowerCase().startsWith('text/plain')
    ? decoded(body, firstField(fields, 'content-transfer-encoding'))
    : '';
}

/** As many as an alert has: the text, the same as HTML, a picture. */
const MOST_PARTS = 5;

function textOfParts(body: string, boundary: string): string {
  for (const part of body.split(`--${boundary}`, MOST_PARTS).slice(1)) {
    const { header, body: content } = splitMail(Buffer.from(part.replace(/^\r?\n/, ''), 'latin1'));
    const fields = headerFields(header);
    if (!/^text\/plain/i.test(firstField(fields, 'content-type') ?? 'text/plain')) continue;
    return decoded(content.toString('latin1'), firstField(fields, 'content-transfer-encoding'));
  }
  return '';
}

function decoded(body: string, encoding = ''): string {
  return bytesOf(body, encoding.toLowerCase()).toString('utf8');
}

function bytesOf(body: string, encoding: string): Buffer {
  if (encoding === 'base64') return Buffer.from(body, 'base64');
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1');
  const letters = body
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9a-f]{2})/gi, (_code, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(letters, 'latin1');
}
