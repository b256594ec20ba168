/**
 * A raw mail as people mean it: decoded subject, sender, text. MIME, transfer encodings, charsets and
 * format=flowed are mailparser's work; here are only the repairs that monitoring mail needs.
 */
import { simpleParser, type AddressObject, type ParsedMail, type SimpleParserOptions } from 'mailparser';
import { bodyText } from './body-text.ts';
import { clean, decodeHeader } from './decode-header.ts';
import { parseMailDate } from './header-block.ts';
import { returnedSource } from './returned-mail.ts';

export interface MailAddress {
  /** Lower case. */
  address: string;
  name: string;
}

export interface Attachment {
  name: string;
  contentType: string;
  size: number;
}

export interface ReadMail {
  /** With its angle brackets. */
  messageId: string | null;
  /** Of the Date line: information only, clocks of senders are wrong. */
  sentAt: Date | null;
  subject: string;
  from: MailAddress;
  to: string[];
  text: string;
  attachments: Attachment[];
  /** The values of a header by its lower-case name, decoded; reading them costs, so only who asks pays. */
  header: (name: string) => string[];
  /** What came back inside a bounce. */
  returned?: ReadMail;
}

export interface ShownMail extends ReadMail {
  /** As the sender wrote it: never shown unsanitised. */
  html: string | null;
}

/** Triage reads text; converting it to HTML and looking for links would take four times as long (measured). */
const TRIAGE_ONLY: SimpleParserOptions = {
  skipHtmlToText: true,
  skipTextToHtml: true,
  skipImageLinks: true,
  skipTextLinks: true,
};

const REPLACEMENT = '\uFFFD';

/** @throws Error when the mail's structure is beyond reading, for example 10,000 nested parts */
export async function readMail(raw: Buffer): Promise<ReadMail> {
  const parsed = await parse(raw);
  const returned = await readReturned(parsed);
  return { ...digestOf(parsed), ...(returned ? { returned } : {}) };
}

/** Only the mail that came back, not what may have come back to its sender. */
async function readReturned(bounce: ParsedMail): Promise<ReadMail | null> {
  const source = returnedSource(bounce);
  if (!source) return null;
  const parsed = await parse(source);
  return parsed.subject !== undefined && parsed.from ? digestOf(parsed) : null;
}

/** For the page of one mail. @throws as readMail */
export async function showMail(raw: Buffer): Promise<ShownMail> {
  const parsed = await parse(raw);
  return { ...digestOf(parsed), html: parsed.html || null };
}

/**
 * Senders without a charset mean UTF-8, or the code page of a Windows host. What UTF-8 cannot read is read again
 * as Windows-1252, and the better reading wins: a mail may mix properly declared parts with bare bytes.
 */
async function parse(raw: Buffer): Promise<ParsedMail> {
  const asUtf8 = await simpleParser(raw, TRIAGE_ONLY);
  const unreadable = countUnreadable(asUtf8);
  if (unreadable === 0) return asUtf8;
  const transcoded = Buffer.from(new TextDecoder('windows-1252').decode(raw));
  const asWindows = await simpleParser(transcoded, TRIAGE_ONLY);
  return countUnreadable(asWindows) < unreadable ? asWindows : asUtf8;
}

function countUnreadable(mail: ParsedMail): number {
  const texts = [mail.subject, mail.text, mail.html || '', mail.from?.text];
  return texts.reduce(
    (sum, text) => sum + (text?.includes(REPLACEMENT) ? text.split(REPLACEMENT).length - 1 : 0),
    0,
  );
}

function digestOf(mail: ParsedMail): ReadMail {
  return {
    messageId: firstMessageId(mail),
    sentAt: parseMailDate(rawDateLine(mail)),
    subject: clean(mail.subject ?? '').trim(),
    from: firstAddress(mail.from),
    to: [mail.to, mail.cc].flat().flatMap((one) => one?.value.map((value) => lower(value.address)) ?? []),
    text: clean(bodyText(mail.text, mail.html)),
    attachments: mail.attachments.map(({ filename, contentType, size }) => ({
      name: clean(filename ?? ''),
      contentType,
      size,
    })),
    header: (name) => headerValues(mail, name),
  };
}

function firstAddress(from: AddressObject | undefined): MailAddress {
  const first = from?.value.flatMap((value) => value.group ?? [value])[0];
  return { address: lower(first?.address), name: clean(first?.name ?? '') };
}

function lower(address: string | undefined): string {
  return clean(address ?? '').toLowerCase();
}

function firstMessageId(mail: ParsedMail): string | null {
  const value = headerValues(mail, 'message-id')[0]?.trim();
  if (!value) return null;
  return /<[^<>]+>/.exec(value)?.[0] ?? `<${value.replace(/[<>\s]/g, '')}>`;
}

/** mailparser answers the present time for a Date line it cannot read; the line itself tells the truth. */
function rawDateLine(mail: ParsedMail): string | undefined {
  return headerValues(mail, 'date')[0];
}

function headerValues(mail: ParsedMail, name: string): string[] {
  return mail.headerLines.filter(({ key }) => key === name).map(({ line }) => decodeLine(line));
}

function decodeLine(line: string): string {
  return decodeHeader(line.slice(line.indexOf(':') + 1).replace(/\r?\n(?=[ \t])/g, ''));
}
