/** A mail's source in pieces that a page has room for: its header fields, and its beginning as text. */
import { clean, decodeHeader } from './decode-header.ts';
import { headerFields, splitMail, type HeaderField } from './header-block.ts';

/** A page of headers, not a dump: whoever needs more takes the source. */
const MOST_FIELDS = 300;
const LONGEST_VALUE = 2000;

/** The fields in their order, decoded. */
export function showHeaders(raw: Buffer): HeaderField[] {
  return headerFields(splitMail(raw).header)
    .slice(0, MOST_FIELDS)
    .map(({ name, value }) => ({ name: clean(name), value: decodeHeader(value.slice(0, LONGEST_VALUE)) }));
}

/** @returns the first `limit` bytes as text; bytes that are no UTF-8 are shown as replacement characters */
export function showSource(raw: Buffer, limit: number): string {
  return clean(raw.subarray(0, limit).toString('utf8')).replaceAll('\r\n', '\n');
}
