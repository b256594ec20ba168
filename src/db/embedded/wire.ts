/**
 * The few parts of PostgreSQL's wire protocol (version 3, "Message Formats") that stand between node-postgres
 * and PGlite: cutting a byte stream into messages, and the greeting that PGlite's session does not speak.
 */

/** One letter, then four bytes of length that count themselves but not the letter. */
const HEADER_BYTES = 5;

export const READY_FOR_QUERY = 'Z'.charCodeAt(0);
export const NOTIFICATION = 'A'.charCodeAt(0);
export const TERMINATE = 'X'.charCodeAt(0);
export const QUERY = 'Q'.charCodeAt(0);
export const PARSE = 'P'.charCodeAt(0);

/** The whole messages at the front of `bytes`, and how many bytes they take; the rest has not arrived yet. */
export function wholeMessages(bytes: Buffer): { messages: Buffer[]; length: number } {
  const messages: Buffer[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const end = at + 1 + bytes.readInt32BE(at + 1);
    if (end > bytes.length) break;
    messages.push(bytes.subarray(at, end));
    at = end;
  }
  return { messages, length: at };
}

function message(letter: string, ...parts: (string | number)[]): Buffer {
  const body = Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'string') return Buffer.from(part + '\0');
      const number = Buffer.alloc(4);
      number.writeInt32BE(part);
      return number;
    }),
  );
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(letter, 0, 'latin1');
  header.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([header, body]);
}

const PARAMETERS = {
  server_version: '18.0',
  server_encoding: 'UTF8',
  client_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  TimeZone: 'UTC',
  integer_datetimes: 'on',
  standard_conforming_strings: 'on',
};

const AUTHENTICATION_OK = message('R', 0);
const BACKEND_KEY = message('K', 1, 1);
const IDLE = Buffer.from([READY_FOR_QUERY, 0, 0, 0, 5, 'I'.charCodeAt(0)]);

/** What a server says to a start-up packet before the first query. */
export const GREETING = Buffer.concat([
  AUTHENTICATION_OK,
  ...Object.entries(PARAMETERS).map(([name, value]) => message('S', name, value)),
  BACKEND_KEY,
  IDLE,
]);

/** The transaction status in the last ReadyForQuery among `messages`: I idle, T in a transaction, E in a failed one. */
export function lastStatus(messages: Buffer[]): 'I' | 'T' | 'E' | null {
  const ready = messages.findLast((one) => one[0] === READY_FOR_QUERY);
  return ready ? (String.fromCharCode(ready[HEADER_BYTES] ?? 0) as 'I' | 'T' | 'E') : null;
}

/**
 * `COPY … FROM STDIN` ends the whole PGlite instance (measured), so it is refused before it gets there.
 * The application never sends one; this guards against a console or a future query.
 */
export function startsCopyFromClient(bytes: Buffer): boolean {
  const kind = bytes[0];
  if (kind !== QUERY && kind !== PARSE) return false;
  return /\bcopy\b[^;]*\bfrom\s+stdin\b/i.test(bytes.toString('latin1', HEADER_BYTES, 4096));
}
