/** What the mails of an event are about: its signals, for people who ask why these mails are together. */
import { rows, type Tx } from '../db/transaction.ts';
import type { TenantId } from '../kernel/ids.ts';
import type { EventSignal } from './event.ts';

export interface SignalSummary {
  total: number;
  open: number;
  recovered: number;
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
       (count(*) filter (where s.recovered_at is not null) over ())::integer as recovered
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
    shown: found.map(({ total: _total, open: _open, recovered: _recovered, ...signal }) => signal),
  };
}
