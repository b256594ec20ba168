/**
 * The read-model of proposals: mails without a schedule that came again and again. Signals are counted in an index that
 * holds nothing else; only of those that recur are the mails themselves read, the last ones, a batch at a time.
 */
import { later, DAY } from '../../kernel/clock.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { rows, type Tx } from '../../db/transaction.ts';
import { FEWEST_REPETITIONS } from './timetable.ts';

/** Six of a monthly mail; what comes more often is seen by its last mails. */
const LOOK_BACK_MS = 184 * DAY;
/** A page of signals: the index is read no further than it reaches. */
const SIGNALS_PER_PAGE = 1000;
/** Of each signal: twelve days of an hourly mail. */
export const MOST_ARRIVALS = 300;

export interface SignalPage {
  /** Ascending. */
  keys: string[];
  /** Where the next page begins; null: this was the last. */
  next: string | null;
}

/**
 * Signals with mails enough for a proposal, in the order of their keys.
 * @param after the signal before the page; null: from the first
 * @param until up to when mails are known
 */
export async function listRecurringSignals(
  tx: Tx,
  tenantId: TenantId,
  after: string | null,
  until: Date,
): Promise<SignalPage> {
  const found = await rows<{ key: string }>(
    tx,
    `select signal_key as key from mses
     where tenant_id = $1 and received_at > $2 and received_at <= $3 and signal_key > coalesce($4, ${BEFORE_ALL})::uuid
       and findings -> 'schedule' is null and not is_noise
     group by signal_key having count(*) >= ${FEWEST_REPETITIONS}
     order by signal_key limit ${SIGNALS_PER_PAGE}`,
    [tenantId, later(until, -LOOK_BACK_MS), until, after],
  );
  const keys = found.map(({ key }) => key);
  return { keys, next: keys.length === SIGNALS_PER_PAGE ? (keys.at(-1) ?? null) : null };
}

const BEFORE_ALL = "'00000000-0000-0000-0000-000000000000'";

export interface RecurringMail {
  signalKey: string;
  mseId: string;
  at: Date;
  sender: string;
  rawSubject: string;
  org: string | null;
  servers: string[];
  state: string;
}

/** The last mails of some signals, ascending. */
export async function listMailsOfSignals(
  tx: Tx,
  tenantId: TenantId,
  keys: readonly string[],
  until: Date,
): Promise<RecurringMail[]> {
  return rows<RecurringMail>(
    tx,
    `select m.signal_key as "signalKey", m.id as "mseId", m.received_at as at, m.from_address as sender,
       m.subject as "rawSubject", m.org, m.servers, m.state
     from unnest($2::uuid[]) as k (key) cross join lateral (
       select * from mses o
       where o.tenant_id = $1 and o.signal_key = k.key and o.received_at > $3 and o.received_at <= $4
         and o.findings -> 'schedule' is null and not o.is_noise
       order by o.received_at desc limit ${MOST_ARRIVALS}) m
     order by m.received_at`,
    [tenantId, keys, later(until, -LOOK_BACK_MS), until],
  );
}
