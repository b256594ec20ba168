/**
 * The mail that came back inside a bounce: a part of its own (RFC 3462), its headers alone, or quoted behind a line that
 * says so (Exim without MIME, qmail).
 */
import type { ParsedMail } from 'mailparser';

/** Servers that return a mail, under the names they do it by; some have none. */
const RETURNING = /^(?:mailer-daemon|postmaster|microsoftexchange[0-9a-f]{0,64})@|^$/i;
const RETURNED = new Set(['message/rfc822', 'message/global', 'text/rfc822-headers']);
const QUOTED =
  /^-{2,10} ?(?:this is a copy of|below this line is a copy of|the (?:body|header) of the original)[^\r\n]{0,120}\r?\n[\r\n]{0,20}/im;
/** An alert is in the first lines of what came back; what is beyond this is data. */
const MOST_BYTES = 64 * 1024;

/** @returns its bytes, null when nothing came back */
export function returnedSource({ from, attachments, text = '' }: ParsedMail): Buffer | null {
  if (!RETURNING.test(from?.value[0]?.address ?? '')) return null;
  const part = attachments.find(({ contentType }) => RETURNED.has(contentType.toLowerCase()));
  if (part) return part.content.subarray(0, MOST_BYTES);
  const searched = text.slice(0, MOST_BYTES);
  const line = QUOTED.exec(searched);
  return line ? Buffer.from(searched.slice(line.index + line[0].length)) : null;
}
