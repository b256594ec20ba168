/** Keeps events from people while silences cover them; each says so in its timeline, once a window. */
import type { Tx } from '../db/transaction.ts';
import { recordChanges, type NewChange } from '../events/change.ts';
import type { EventId, TenantId } from '../kernel/ids.ts';
import { lastEnd, type ActiveSilence } from './covering.ts';
import { saveHidden } from './hidden.ts';

/** @param notices mails that are not sent because of it, by event */
export async function hide(
  tx: Tx,
  tenantId: TenantId,
  covering: ReadonlyMap<EventId, readonly ActiveSilence[]>,
  notices: ReadonlyMap<EventId, number>,
  now: Date,
): Promise<void> {
  const hidden = [...covering].flatMap(([eventId, active]) =>
    active.map(({ silence, window }) => ({
      silenceId: silence.id,
      eventId,
      windowFrom: window.from,
      untilAt: window.to,
      notices: notices.get(eventId) ?? 0,
    })),
  );
  const newly = await saveHidden(tx, tenantId, hidden, now);
  const changes = [...covering].flatMap(([eventId, active]) =>
    newly.has(eventId) ? [asChange(eventId, active, now)] : [],
  );
  await recordChanges(tx, tenantId, changes);
}

function asChange(eventId: EventId, active: readonly ActiveSilence[], now: Date): NewChange {
  const until = lastEnd(active).toISOString();
  return {
    eventId,
    at: now,
    what: 'silenced',
    detail: { silences: active.map(({ silence }) => silence.id), until },
    why: `nobody is told until ${until}: ${active.map(({ silence }) => `“${silence.reason}”`).join(' and ')}`,
  };
}
