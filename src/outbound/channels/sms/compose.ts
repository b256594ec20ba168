/** SMS by the HTTP gateway of any provider: its address and body with {number} and {text} in their places. */
import { asSms } from '../../wording/as-sms.ts';
import type { HttpCall } from '../call-http.ts';
import type { Outgoing } from '../channel-kind.ts';

export type SmsFormat = 'get' | 'form' | 'json';

export interface SmsSettings extends Record<string, string> {
  url: string;
  format: SmsFormat;
  body: string;
  number: string;
  authorization: string;
}

export function composeSms(outgoing: Outgoing, settings: SmsSettings): HttpCall {
  const { url, format, body, number, authorization } = settings;
  const values = { number, text: asSms(outgoing) };
  return {
    method: format === 'get' ? 'GET' : 'POST',
    url: fillIn(url, values, encodeURIComponent),
    headers: {
      'idempotency-key': outgoing.id,
      ...(format === 'get' ? {} : { 'content-type': CONTENT_TYPES[format] }),
      ...(authorization ? { authorization } : {}),
    },
    body:
      format === 'get' ? null : fillIn(body, values, format === 'json' ? insideJsonText : encodeURIComponent),
  };
}

const CONTENT_TYPES = {
  form: 'application/x-www-form-urlencoded',
  json: 'application/json; charset=utf-8',
} as const;

/** Pure. What is put in is never read for places again. */
export function fillIn(
  template: string,
  values: { number: string; text: string },
  encode: (value: string) => string,
): string {
  return template.replace(/\{(number|text)\}/g, (_place, name: 'number' | 'text') => encode(values[name]));
}

/** Between the quotes that the template has. */
export function insideJsonText(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}
