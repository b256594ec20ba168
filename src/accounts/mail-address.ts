/** Mail addresses as far as tenants and users need them: lower-cased, one @, plus-addressing. */

const ADDRESS = /^[^\s<>@"(),:;[\]\\]+@[^\s<>@"(),:;[\]\\]+$/;
/** RFC 5321 §4.5.3.1: a path has 256 octets with its brackets. */
const LONGEST_ADDRESS = 254;

export function isMailAddress(text: string): boolean {
  return text.length <= LONGEST_ADDRESS && ADDRESS.test(text);
}

/** `Alerts+Backup@Example.com` → `alerts@example.com`: the mailbox that a plus-address means (RFC 5233). */
export function withoutDetail(address: string): string {
  const lower = address.toLowerCase();
  const at = lower.lastIndexOf('@');
  const plus = lower.indexOf('+');
  return plus > 0 && plus < at ? lower.slice(0, plus) + lower.slice(at) : lower;
}

/** `Alerts+Backup@Example.com` → `backup`; null without a detail. */
export function detailOf(address: string): string | null {
  const lower = address.toLowerCase();
  const at = lower.lastIndexOf('@');
  const plus = lower.indexOf('+');
  return plus > 0 && plus < at ? lower.slice(plus + 1, at) : null;
}

/** `alerts@example.com` with `backup` → `alerts+backup@example.com` */
export function withDetail(address: string, detail: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at)}+${detail}${address.slice(at)}`;
}

/** RFC 5321 §4.5.3.1.1: servers refuse a longer local part. */
const LONGEST_LOCAL_PART = 64;
/** `r.` and 42 letters and digits: what replies to notices carry (events/by-mail/reply-address.ts). */
export const REPLY_DETAIL_LENGTH = 44;

/** In front of the @ of an address whose replies can carry their token. */
export const LONGEST_WITH_REPLIES = LONGEST_LOCAL_PART - '+'.length - REPLY_DETAIL_LENGTH;

export function takesReplyToken(address: string): boolean {
  return Buffer.byteLength(address.slice(0, address.lastIndexOf('@'))) <= LONGEST_WITH_REPLIES;
}
