/**
 * Stage: our own notices that come back, and bounces of them (semantics §3.8). A notice carries a signed header;
 * without the signature anybody could silence a mail by adding it.
 */
import { NOTICE_HEADER, type NoticeSeal } from '../events/notice-seal.ts';
import { decide, type Mse } from './mse.ts';

export function recogniseOwnMail(mses: Mse[], { seal }: { seal: NoticeSeal }): void {
  for (const mse of mses) {
    if (isOwnNotice(mse, seal)) markOwn(mse, 'a notice of DaTamer that came back');
    else if (isBounce(mse)) recogniseBounce(mse, seal);
  }
}

/** True for our own notices, and for whatever speaks like a mail server about a mail. */
export function comesBack(mse: Mse, seal: NoticeSeal): boolean {
  return isOwnNotice(mse, seal) || isBounce(mse);
}

function isOwnNotice(mse: Mse, seal: NoticeSeal): boolean {
  const value = mse.mail.header(NOTICE_HEADER.toLowerCase())[0];
  return value !== undefined && seal.verify(value) !== null;
}

function markOwn(mse: Mse, reason: string): void {
  mse.isOwn = true;
  const byParser = { source: 'parser' as const, confidence: 1, reason };
  decide(mse, 'severity', { ...byParser, value: 'info' });
  decide(mse, 'state', { ...byParser, value: 'report' });
}

/** RFC 3464 reports, and the free-form ones of older servers. */
function isBounce({ mail }: Mse): boolean {
  const contentType = mail.header('content-type')[0] ?? '';
  return (
    /report-type="?delivery-status/i.test(contentType) ||
    /^(mailer-daemon|postmaster)@/.test(mail.from.address)
  );
}

/** The undelivered notice's header stands in the part that carries the original, whatever its form. */
const HEADER_IN_BODY = new RegExp(`^${NOTICE_HEADER}:\\s*([0-9a-f.-]{36,100})`, 'im');
const STATUS = /^status:\s*([245]\.\d{1,3}\.\d{1,3})/im;
const DIAGNOSTIC = /^diagnostic-code:\s*(?:smtp;\s*)?(.{1,300})/im;
/** A bounce quotes headers, and some servers the whole mail: the start is enough. */
const SEARCHED_BYTES = 256 * 1024;

function recogniseBounce(mse: Mse, seal: NoticeSeal): void {
  const text = mse.raw.subarray(0, SEARCHED_BYTES).toString('latin1');
  const value = HEADER_IN_BODY.exec(text)?.[1];
  const deliveryId = value ? seal.verify(value) : null;
  if (!deliveryId) return;
  markOwn(mse, 'a notice of DaTamer could not be delivered');
  const status = STATUS.exec(text)?.[1];
  // 4.x.x is only a delay: the server goes on trying.
  if (status?.startsWith('4') || status?.startsWith('2')) return;
  const reason = DIAGNOSTIC.exec(text)?.[1]?.trim() ?? 'the mail server returned it';
  mse.bouncedNotice = { deliveryId, reason: status ? `${status} ${reason}` : reason };
}
