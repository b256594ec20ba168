/**
 * Changes that nobody has been told of become deliveries: what a silence mutes is put aside, the others go to whom they
 * concern, and onto the ladder that is climbed while nobody takes it. The outbox row goes in the same transaction in
 * which the deliveries come, so a crash tells nobody twice and forgets nobody.
 */
import type { Tx } from '../db/transaction.ts';
import { groupBy } from '../kernel/group-by.ts';
import type { Addresses } from './addresses.ts';
import { planEscalations } from './escalation/plan.ts';
import { muteSilenced } from './mute-silenced.ts';
import { takePending } from './pending-changes.ts';
import { tellHolders } from './tell-holders.ts';
import { tellListeners } from './tell-listeners.ts';
import { tellRecovered } from './tell-recovered.ts';

/** @returns how many it took; LARGEST_BATCH when there may be more */
export async function dispatchChanges(tx: Tx, addresses: Addresses, now: Date): Promise<number> {
  const pending = await takePending(tx);
  for (const [tenantId, changes] of groupBy(pending, (change) => change.tenantId)) {
    const audible = await muteSilenced(tx, tenantId, changes, now);
    await tellHolders(tx, tenantId, audible, addresses, now);
    await tellRecovered(tx, tenantId, audible, now);
    await tellListeners(tx, tenantId, audible, now);
    await planEscalations(tx, tenantId, changes, now);
  }
  return pending.length;
}
