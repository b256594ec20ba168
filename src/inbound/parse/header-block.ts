/**
 * The header block of a raw mail, as bytes and fields, without decoding: for the dedupe digest and for arrival
 * times of imports, where a full MIME parse would cost ten times as much. Reading for people: read-mail.ts.
 */
const CR = 13;
const LF = 10;

export interface RawParts {
  header: Buffer;
  body: Buffer;
}

/** Splits at the first empty line (CRLF or LF); without one everything is header. */
export function splitMail(raw: Buffer): RawParts {
  if (raw[0] === LF) return { header: raw.subarray(0, 0), body: raw.subarray(1) };
  if (raw[0] === CR && raw[1] === LF) return { header: raw.subarray(0, 0), body: raw.subarray(2) };
  for (let at = raw.indexOf(LF); at >= 0; at = raw.indexOf(LF, at + 1)) {
    const next = raw[at + 1];
    if (next === LF) return { header: raw.subarray(0, at + 1), body: raw.subarray(at + 2) };
    if (next === CR && raw[at + 2] === LF) {
      return { header: raw.subarray(0, at + 1), body: raw.subarray(at + 3) };
    }
  }
  return { header: raw, body: raw.subarray(raw.length) };
}

export interface HeaderField {
  /** Lower case. */
  name: string;
  /** Unfolded (RFC 5322 §2.2.3), not decoded, one character a byte. */
  value: string;
}

/** The fields in their order; lines that are no field are passed over. */
export function headerFields(header: Buffer): HeaderField[] {
  const unfolded = header.toString('latin1').replace(/\r?\n(?=[ \t])/g, '');
  const fields: HeaderField[] = [];
  for (const line of unfolded.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0)
      fields.push({ name: line.slice(0, colon).trim().toLowerCase(), value: line.slice(colon + 1).trim() });
  }
  return fields;
}

export function firstField(fields: readonly HeaderField[], name: string): string | undefined {
  return fields.find((field) => field.name === name)?.value;
}

const TOPMOST_RECEIVED = /^received:[^\n]*(?:\n[ \t][^\n]*)*/im;
const DATE_LINE = /^date:[^\n]*(?:\n[ \t][^\n]*)*/im;

/**
 * When a mail of a file arrived: the date of its topmost Received line, else its Date line, else null.
 * The receiving server puts its Received line on top (RFC 5321 §4.4), the date behind the last semicolon.
 */
export function arrivalFromHeader(header: string): Date | null {
  const received = TOPMOST_RECEIVED.exec(header)?.[0];
  const stamp = received?.slice(received.lastIndexOf(';') + 1);
  return parseMailDate(stamp) ?? parseMailDate(DATE_LINE.exec(header)?.[0].slice('date:'.length));
}

/** RFC 5322 dates with a comment behind, as servers write them; null for anything else. */
export function parseMailDate(text: string | undefined): Date | null {
  if (!text) return null;
  const time = Date.parse(text.replace(/\([^()]*\)/g, ' ').trim());
  return Number.isNaN(time) ? null : new Date(time);
}
