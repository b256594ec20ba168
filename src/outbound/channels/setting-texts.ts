/** The shapes that settings of several kinds share. */
import { z } from 'zod';

const LONGEST_URL = 2000;

/** User and password in an address end up in logs of proxies, and would be shown as its host. */
export const webAddress = z
  .string()
  .trim()
  .max(LONGEST_URL)
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
    message: 'Give an address that begins with https:// or http://.',
    abort: true,
  })
  .refine((text) => !new URL(text).username && !new URL(text).password, {
    message: 'Leave user name and password out of the address.',
  });

/** Goes into a header: no line ends, no control characters, Latin-1 only (RFC 9110 §5.5). */
export const headerText = z
  .string()
  .trim()
  .max(2000)
  .regex(/^[\x20-\x7e]*$/, 'Use printable ASCII characters only.');

/** As people write it: +49 (151) 234-5678. What is dialled is the digits and the plus. */
export const phoneNumber = z
  .string()
  .trim()
  .max(40)
  .transform((text) => text.replace(/[\s()./-]/g, ''))
  .refine((text) => /^\+?\d{3,20}$/.test(text), { message: 'Give a number such as +49 151 2345678.' });

/** The host of an address, for lists. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}
