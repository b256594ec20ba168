/** The audience of a tenant as it stands. */
import { listHeardSubscriptions } from '../../accounts/mutes.ts';
import type { Tx } from '../../db/transaction.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { listChannels } from '../channels/channels.ts';
import { compileAudience, type AudienceFor } from './audience.ts';

export async function loadAudience(tx: Tx, tenantId: TenantId): Promise<AudienceFor> {
  const subscriptions = await listHeardSubscriptions(tx, tenantId);
  return compileAudience(subscriptions, await listFailing(tx, tenantId));
}

/** Channels of the team that whoever relies on them must be told otherwise for. */
export async function listFailing(tx: Tx, tenantId: TenantId) {
  const channels = await listChannels(tx, tenantId, null);
  return new Set(channels.filter(({ failingSince }) => failingSince !== null).map(({ id }) => id));
}
