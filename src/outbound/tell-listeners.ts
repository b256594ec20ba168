/**
 * The stage of dispatch that tells of events which opened, came back or got worse: responders at once unless something
 * speaks against it (holdback/), those who are interested in their next digest. What is held back leaves its reason in
 * the event's timeline. "At once" is a few seconds: what comes together is told together (held-notices.ts).
 */
import type { Tx } from '../db/transaction.ts';
import { recordChanges, type NewChange } from '../events/change.ts';
import { formatLocal } from '../kernel/calendar.ts';
import { between, DAY } from '../kernel/clock.ts';
import type { TenantId } from '../kernel/ids.ts';
import { loadAudience } from './audience/load-audience.ts';
import { reach, type Reached } from './audience/reach.ts';
import { keyOf } from './audience/told.ts';
import type { PendingChange } from './pending-changes.ts';
import { hold, whenGathered, type HeldNotice } from './held-notices.ts';
import { holdBack, type Answer } from './holdback/hold-back.ts';
import { findLastTold, loadTold } from './holdback/told-lately.ts';
import { isNews } from './news.ts';

/** A mailbox that is read for the first time may have years of mail: what is older than this floods nobody. */
const NEWS_MS = DAY;

export async function tellListeners(
  tx: Tx,
  tenantId: TenantId,
  changes: readonly PendingChange[],
  now: Date,
): Promise<void> {
  const news = changes.filter((change) => isNews(change) && isToldNow(change, now));
  if (news.length === 0) return;
  const audienceFor = await loadAudience(tx, tenantId);
  const audiences = news.map((change) => ({ change, listeners: audienceFor(change.org, change.severity) }));
  const listeners = audiences.flatMap((one) => one.listeners);
  if (listeners.length === 0) return;
  const known = await reach(tx, tenantId, listeners);
  const told = await loadTold(tx, tenantId, [...known.keys()], now);
  const lastTold = await findLastTold(
    tx,
    tenantId,
    news.map(({ eventId }) => eventId),
  );
  const held: HeldNotice[] = [];
  const reasons: NewChange[] = [];
  for (const { change, listeners: own } of audiences) {
    const kept: string[] = [];
    for (const listener of own) {
      const key = keyOf(listener);
      const reached = known.get(key);
      if (!reached) continue;
      const answer = holdBack({
        ...listener,
        ...told(key),
        digest: reached.digest,
        severity: change.severity,
        lastToldAt: lastTold.get(`${key} ${change.eventId}`) ?? null,
        worseSince: change.what === 'severity' ? change.at : null,
        isReturn: change.what === 'reopened',
        now,
      });
      if (answer.kind === 'now') held.push({ change, listener, as: 'notice', releaseAt: whenGathered(now) });
      if (answer.kind === 'held') held.push({ change, listener, as: answer.as, releaseAt: answer.until });
      // A digest is what the interested asked for, not a notice that somebody misses.
      const isWorthSaying = answer.kind !== 'now' && change.what !== 'severity';
      if (isWorthSaying && listener.level === 'responder') kept.push(describe(reached, answer));
    }
    if (kept.length > 0) {
      reasons.push({ eventId: change.eventId, at: now, what: 'notice held', why: shorten(kept) });
    }
  }
  await hold(tx, tenantId, held, now);
  await recordChanges(tx, tenantId, reasons);
}

/** What is over already, was merged or is noise needs nobody. */
function isToldNow({ state, isNoise, at }: PendingChange, now: Date): boolean {
  return state === 'open' && !isNoise && between(at, now) <= NEWS_MS;
}

function describe({ name, timeZone }: Reached, answer: Answer): string {
  if (answer.kind === 'now') return name;
  if (answer.kind === 'dropped') return `${name}: ${answer.reason}`;
  return `${name}: ${answer.reason}, told at ${formatLocal(answer.until, timeZone, 'HH:mm')} ${timeZone}`;
}

const MOST_NAMES = 10;

function shorten(reasons: readonly string[]): string {
  const more = reasons.length - MOST_NAMES;
  return `${reasons.slice(0, MOST_NAMES).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
