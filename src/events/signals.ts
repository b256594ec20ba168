/** What the mails of an event are about: its signals, for people who ask why these mails are together. */
import { oneRow, rows, type Tx } from '../db/transaction.ts';
import type { TenantId } from '../kernel/ids.ts';
import type { EventSignal, Joined } from './event.ts';

export interface SignalSummary {
  total: number;
  open: number;
  recovered: number;
  /** Those that a score put to the others, and the lowest score among them. */
  scored: number;
  lowestScore: number | null;
  /** The first ones. */
  shown: EventSignal[];
}

/** Signals that were taken away by a split or an undone merge are no longer the event's. */
const OWN = `(s.is_current or e.state <> 'open')`;

export async function summariseSignals(
  tx: Tx,
  tenantId: TenantId,
  eventId: string,
  limit: number,
): Promise<SignalSummary> {
  const found = await rows<EventSignal & Omit<SignalSummary, 'shown'>>(
    tx,
    `select s.signal_key as key, s.label, s.is_open as "isOpen", s.severity, s.first_at as "firstAt",
       s.last_at as "lastAt", s.recovered_at as "recoveredAt", s.turns, s.portrait, s.joined, count(*) over ()::integer as total,
       (count(*) filter (where s.is_open) over ())::integer as open,
       (count(*) filter (where s.recovered_at is not null) over ())::integer as recovered,
       (count(*) filter (where s.joined ->> 'score' is not null) over ())::integer as scored,
       (min((s.joined ->> 'score')::float8) over ()) as "lowestScore"
     from event_signals s join events e on e.tenant_id = s.tenant_id and e.id = s.event_id
     where s.tenant_id = $1 and s.event_id = $2 and ${OWN}
     order by s.first_at, s.signal_key limit $3`,
    [tenantId, eventId, limit],
  );
  const [first] = found;
  return {
    total: first?.total ?? 0,
    open: first?.open ?? 0,
    recovered: first?.recovered ?? 0,
    scored: first?.scored ?? 0,
    lowestScore: first?.lowestScore ?? null,
    shown: found,
  };
}

/** Why a signal was put to the others of its event; null for the one that opened it, and for what is not there. */
export async function findJoined(
  tx: Tx,
  tenantId: TenantId,
  eventId: string,
  signalKey: string,
): Promise<Joined | null> {
  const found = await oneRow<{ joined: Joined | null }>(
    tx,
    'select joined from event_signals where tenant_id = $1 and event_id = $2 and signal_key = $3',
    [tenantId, eventId, signalKey],
  );
  return found?.joined ?? null;
}
