/**
 * What makes two readings of a mail the same mail (semantics §3.4): Message-ID, Date, From, Subject and body.
 * Trace lines differ from one delivery to the next and stay out; so do line ends, which files store as LF.
 */
import { createHash } from 'node:crypto';
import { firstField, headerFields, splitMail } from './header-block.ts';

const CR = 13;
const LF = 10;

/**
 * @param arrivedAt counts only for a mail with neither Message-ID nor Date: two of those with the same text may
 *   well be two mails, such as the nightly output of a script. Null where the arrival is not known.
 */
export function mailDigest(raw: Buffer, arrivedAt: Date | null): Buffer {
  const { header, body } = splitMail(raw);
  const fields = headerFields(header);
  const [messageId, date, from, subject] = ['message-id', 'date', 'from', 'subject'].map((name) =>
    firstField(fields, name),
  );
  const hash = createHash('sha256');
  for (const value of [messageId, date, from, subject]) hash.update(`${value ?? ''}\0`, 'latin1');
  if (!messageId && !date && arrivedAt) hash.update(arrivedAt.toISOString());
  hash.update(withLineFeeds(body));
  return hash.digest();
}

/** CRLF becomes LF and empty lines at the end go; a mail without CR is not copied. */
function withLineFeeds(body: Buffer): Buffer {
  const unix = body.includes(CR)
    ? Buffer.from(body.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
    : body;
  let end = unix.length;
  while (end > 0 && unix[end - 1] === LF) end -= 1;
  return unix.subarray(0, end);
}
