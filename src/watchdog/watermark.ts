/**
 * Up to which instant a tenant's mail is known (semantics §6): no later instant is judged. Every mailbox must have
 * been read past it, the SMTP door must have been open, and no mail that arrived before it may wait for triage.
 */
import { earliest, later, SECOND } from '../kernel/clock.ts';

/** A mail gets its arrival time before its commit; verdicts stay this far behind the doors. */
const COMMIT_MARGIN_MS = 3 * SECOND;

export interface DoorsOfTenant {
  /** How far each mailbox that is not paused has been read; null when never. */
  mailboxes: readonly (Date | null)[];
  /** When the SMTP door was last known to be open; null when the installation has none. */
  smtpAliveAt: Date | null;
  importedUntil: Date | null;
  firstSmtpAt: Date | null;
  oldestWaitingAt: Date | null;
}

/** @returns null when nothing can be judged yet */
export function watermarkOf(tenant: DoorsOfTenant, now: Date): Date | null {
  const seenUntil = doorsReadUntil(tenant, now);
  if (!seenUntil) return null;
  return tenant.oldestWaitingAt ? earliest(seenUntil, later(tenant.oldestWaitingAt, -1)) : seenUntil;
}

function doorsReadUntil(tenant: DoorsOfTenant, now: Date): Date | null {
  const { mailboxes, smtpAliveAt, importedUntil, firstSmtpAt } = tenant;
  const unread = mailboxes.some((readUntil) => readUntil === null);
  // A history ends at its import: what came after is known only once a door has been used.
  if (unread) return importedUntil;
  const isOnlyImported = mailboxes.length === 0 && importedUntil !== null && firstSmtpAt === null;
  if (isOnlyImported) return importedUntil;
  const marks = [...mailboxes, smtpAliveAt].filter((mark): mark is Date => mark !== null);
  if (marks.length === 0) return importedUntil;
  return later(earliest(now, ...marks), -COMMIT_MARGIN_MS);
}
