/** Events with what their lists and pages say of silences. */
import type { ListedEvent } from '../events/list.ts';
import { findSilencedUntil } from '../silences/covering.ts';
import type { Scope } from './operation.ts';

export type ShownEvent = ListedEvent & { silencedUntil: Date | null };

/** One that is over has nothing to tell, so nothing is kept from anybody. */
export async function withSilences(
  { tx, tenant, now }: Pick<Scope, 'tx' | 'tenant' | 'now'>,
  events: readonly ListedEvent[],
): Promise<ShownEvent[]> {
  const open = events.filter(({ state }) => state === 'open' || state === 'snoozed');
  const until = await findSilencedUntil(
    tx,
    tenant.id,
    open.map(({ id }) => id),
    now,
  );
  return events.map((event) => ({ ...event, silencedUntil: until.get(event.id) ?? null }));
}
