/**
 * The stage of dispatch that tells of events which opened, came back or got worse: responders at once unless something speaks
 * against it (holdback/), those who are interested in their next digest. What is held back leaves its reason in the
 * event's timeline.
 */
import { listHeldSubscriptions } from '../accounts/subscriptions.ts';
import { listAddressees, type Addressee } from '../accounts/users.ts';
import { rows, type Tx } from '../db/transaction.ts';
import { recordChanges, type NewChange } from '../events/change.ts';
import { formatLocal } from '../kernel/calendar.ts';
import { between, DAY, later } from '../kernel/clock.ts';
import type { EventId, TenantId, UserId } from '../kernel/ids.ts';
import { compileAudience, type Listener } from './audience/audience.ts';
import { newDelivery, type NewDelivery } from './deliveries.ts';
import type { DispatchOptions, PendingChange } from './dispatch.ts';
import { hold, type HeldNotice } from './held-notices.ts';
import { holdBack, LIMIT_MS, type Answer } from './holdback/hold-back.ts';
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
  const audienceFor = compileAudience(await listHeldSubscriptions(tx, tenantId));
  const audiences = news.map((change) => ({ change, listeners: audienceFor(change.org, change.severity) }));
  const people = [...new Set(audiences.flatMap(({ listeners }) => listeners.map(({ userId }) => userId)))];
  if (people.length === 0) return [];
  const known = new Map((await listAddressees(tx, tenantId, people)).map((person) => [person.id, person]));
  const history = await History.load(tx, tenantId, people, news, now);
  const deliveries: NewDelivery[] = [];
  const held: HeldNotice[] = [];
  const reasons: NewChange[] = [];
  for (const { change, listeners } of audiences) {
    const kept: string[] = [];
    for (const listener of listeners) {
      const person = known.get(listener.userId);
      if (!person) continue;
      const answer = history.ask(listener, change, now);
      if (answer.kind === 'now') deliveries.push(asDelivery(person, change, options, now));
      if (answer.kind === 'held') held.push({ change, userId: person.id, releaseAt: answer.until });
      // A digest is what the interested asked for, not a notice that somebody misses.
      const isWorthSaying = answer.kind !== 'now' && change.what !== 'severity';
      if (isWorthSaying && listener.level === 'responder') kept.push(describe(person, answer));
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

function asDelivery(
  { id: userId, name, email: address, timeZone }: Addressee,
  change: PendingChange,
  options: DispatchOptions,
  now: Date,
): NewDelivery {
  const { changeId, eventId } = change;
  const message = wordEvent({ ...change, name, timeZone, baseUrl: options.baseUrl });
  return newDelivery({ userId, address }, { kind: 'event', eventId, changeId, message }, options, now);
}

function describe({ name, timeZone }: Addressee, answer: Answer): string {
  if (answer.kind === 'now') return name;
  if (answer.kind === 'dropped') return `${name}: ${answer.reason}`;
  return `${name}: ${answer.reason}, told at ${formatLocal(answer.until, timeZone, 'HH:mm')} ${timeZone}`;
}

const MOST_NAMES = 10;

function shorten(reasons: readonly string[]): string {
  const more = reasons.length - MOST_NAMES;
  return `${reasons.slice(0, MOST_NAMES).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

/** What people were told lately, and what this batch tells them. */
class History {
  readonly #recent: Map<UserId, number>;
  readonly #lastTold: Map<string, Date>;

  private constructor(recent: Map<UserId, number>, lastTold: Map<string, Date>) {
    this.#recent = recent;
    this.#lastTold = lastTold;
  }

  static async load(
    tx: Tx,
    tenantId: TenantId,
    people: readonly UserId[],
    news: readonly PendingChange[],
    now: Date,
  ): Promise<History> {
    const recent = await rows<{ userId: UserId; count: number }>(
      tx,
      `select user_id as "userId", count(*)::integer as count from deliveries
       where tenant_id = $1 and user_id = any($2::uuid[]) and created_at > $3 and kind <> 'reply' group by 1`,
      [tenantId, people, later(now, -LIMIT_MS)],
    );
    const lastTold = await rows<{ userId: UserId; eventId: EventId; at: Date }>(
      tx,
      `select user_id as "userId", event_id as "eventId", max(created_at) as at from deliveries
       where tenant_id = $1 and event_id = any($2::uuid[]) and user_id is not null and kind <> 'reply' group by 1, 2`,
      [tenantId, news.map(({ eventId }) => eventId)],
    );
    return new History(
      new Map(recent.map(({ userId, count }) => [userId, count])),
      new Map(lastTold.map(({ userId, eventId, at }) => [`${userId} ${eventId}`, at])),
    );
  }

  /** Counts what it answers. */
  ask(
    { userId, level, quietHours }: Listener,
    { eventId, severity, what, at }: PendingChange,
    now: Date,
  ): Answer {
    const recent = this.#recent.get(userId) ?? 0;
    const key = `${userId} ${eventId}`;
    const lastToldAt = this.#lastTold.get(key) ?? null;
    const worseSince = what === 'severity' ? at : null;
    const isReturn = what === 'reopened';
    const answer = holdBack({ level, severity, quietHours, recent, lastToldAt, worseSince, isReturn, now });
    if (answer.kind === 'now') {
      this.#recent.set(userId, recent + 1);
      this.#lastTold.set(key, now);
    }
    return answer;
  }
}
