/**
 * The stage of dispatch that tells of events which opened, came back or got worse: responders at once unless something speaks
 * against it (holdback/), those who are interested in their next digest. What is held back leaves its reason in the
 * event's timeline.
 */
import type { Tx } from '../db/transaction.ts';
import { recordChanges, type NewChange } from '../events/change.ts';
import { formatLocal } from '../kernel/calendar.ts';
import { between, DAY } from '../kernel/clock.ts';
import type { TenantId } from '../kernel/ids.ts';
import type { Listener } from './audience/audience.ts';
import { loadAudience } from './audience/load-audience.ts';
import { deliverTo, reach, type Reached } from './audience/reach.ts';
import { keyOf } from './audience/told.ts';
import type { NewDelivery } from './deliveries.ts';
import type { DispatchOptions, PendingChange } from './dispatch.ts';
import { hold, type HeldNotice } from './held-notices.ts';
import { holdBack, type Answer } from './holdback/hold-back.ts';
import { countRecent, findLastTold } from './holdback/told-lately.ts';
import { isNews } from './news.ts';
import { wordEvent } from './wording/event-notice.ts';

/** A mailbox that is read for the first time may have years of mail: what is older than this floods nobody. */
const NEWS_MS = DAY;

/** @returns what goes out at once */
export async function tellListeners(
  tx: Tx,
  tenantId: TenantId,
  changes: readonly PendingChange[],
  options: DispatchOptions,
  now: Date,
): Promise<NewDelivery[]> {
  const news = changes.filter((change) => isNews(change) && isToldNow(change, now));
  if (news.length === 0) return [];
  const audienceFor = await loadAudience(tx, tenantId);
  const audiences = news.map((change) => ({ change, listeners: audienceFor(change.org, change.severity) }));
  const told = audiences.flatMap(({ listeners }) => listeners);
  if (told.length === 0) return [];
  const known = await reach(tx, tenantId, told);
  const history = await History.load(tx, tenantId, [...known.keys()], news, now);
  const deliveries: NewDelivery[] = [];
  const held: HeldNotice[] = [];
  const reasons: NewChange[] = [];
  for (const { change, listeners } of audiences) {
    const kept: string[] = [];
    for (const listener of listeners) {
      const reached = known.get(keyOf(listener));
      if (!reached) continue;
      const answer = history.ask(listener, change, now);
      if (answer.kind === 'now') deliveries.push(...asDeliveries(reached, change, options, now));
      if (answer.kind === 'held') held.push({ change, listener, releaseAt: answer.until });
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
  return deliveries;
}

/** What is over already, was merged or is noise needs nobody. */
function isToldNow({ state, isNoise, at }: PendingChange, now: Date): boolean {
  return state === 'open' && !isNoise && between(at, now) <= NEWS_MS;
}

function asDeliveries(
  reached: Reached,
  change: PendingChange,
  options: DispatchOptions,
  now: Date,
): NewDelivery[] {
  const { changeId, eventId } = change;
  const { greeting, timeZone } = reached;
  const message = wordEvent({ ...change, greeting, timeZone, baseUrl: options.baseUrl });
  return deliverTo(reached, change.severity, { kind: 'event', eventId, changeId, message }, options, now);
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

/** What listeners were told lately, by their keys, and what this batch tells them. */
class History {
  readonly #recent: Map<string, number>;
  readonly #lastTold: Map<string, Date>;

  private constructor(recent: Map<string, number>, lastTold: Map<string, Date>) {
    this.#recent = recent;
    this.#lastTold = lastTold;
  }

  static async load(
    tx: Tx,
    tenantId: TenantId,
    listeners: readonly string[],
    news: readonly PendingChange[],
    now: Date,
  ): Promise<History> {
    const eventIds = news.map(({ eventId }) => eventId);
    return new History(
      await countRecent(tx, tenantId, listeners, now),
      await findLastTold(tx, tenantId, eventIds),
    );
  }

  /** Counts what it answers. */
  ask(listener: Listener, { eventId, severity, what, at }: PendingChange, now: Date): Answer {
    const { level, quietHours } = listener;
    const listenerKey = keyOf(listener);
    const recent = this.#recent.get(listenerKey) ?? 0;
    const key = `${listenerKey} ${eventId}`;
    const lastToldAt = this.#lastTold.get(key) ?? null;
    const worseSince = what === 'severity' ? at : null;
    const isReturn = what === 'reopened';
    const answer = holdBack({ level, severity, quietHours, recent, lastToldAt, worseSince, isReturn, now });
    if (answer.kind === 'now') {
      this.#recent.set(listenerKey, recent + 1);
      this.#lastTold.set(key, now);
    }
    return answer;
  }
}
