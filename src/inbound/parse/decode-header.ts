/** The text of a header value: encoded words read, bare 8-bit letters taken as the UTF-8 that they are. */
import libmime from 'libmime';

/** @param value unfolded, one character a byte */
export function decodeHeader(value: string): string {
  const text = /[\x80-\xff]/.test(value) ? Buffer.from(value, 'latin1').toString('utf8') : value;
  return clean(text.includes('=?') ? libmime.decodeWords(text) : text).trim();
}

/** PostgreSQL stores no NUL, and nobody reads one. */
export function clean(text: string): string {
  return text.replaceAll('\0', '').toWellFormed();
}
