/** What becomes of a delivery that failed: tried again, later each time, or given up. Pure. */
import { between, DAY, HOUR, later, SECOND } from '../kernel/clock.ts';
import { AppError, describeError } from '../kernel/errors.ts';
import { backoffMs } from '../kernel/retry.ts';
import type { Delivery } from './deliveries.ts';

/** Contract §4: the first retry within 30 s, the second within 60 s. */
const RETRY = { firstMs: 25 * SECOND, ceilingMs: HOUR };

/** RFC 5321 §4.5.4.1 asks senders to go on for days; an alert older than this is history. */
const GIVE_UP_AFTER_MS = 2 * DAY;

export interface AfterFailure {
  reason: string;
  /** Null: there is no next time. */
  nextTryAt: Date | null;
}

export function afterFailure(
  { attempts, createdAt }: Pick<Delivery, 'attempts' | 'createdAt'>,
  error: unknown,
  now: Date,
): AfterFailure {
  const reason = describeError(error);
  const isTemporary = !(error instanceof AppError) || error.temporary;
  if (!isTemporary || between(createdAt, now) > GIVE_UP_AFTER_MS) return { reason, nextTryAt: null };
  const wait = Math.max(backoffMs(RETRY, attempts), askedToWaitMs(error));
  return { reason, nextTryAt: later(now, wait) };
}

/** A receiver that is asked too often says when to come back (Retry-After). */
function askedToWaitMs(error: unknown): number {
  const wait = error instanceof AppError ? error.detail['retryAfterMs'] : undefined;
  return typeof wait === 'number' ? wait : 0;
}
