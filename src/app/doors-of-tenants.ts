/**
 * The doors of every tenant, gathered from the rooms that know them: for the watermark, for BLIND, and for the light
 * on every page.
 */
import type { Tx } from '../db/transaction.ts';
import { listTenants, type Tenant } from '../accounts/tenants.ts';
import { OWN_TENANT } from '../config/own-tenant.ts';
import { listMailboxDoors } from '../inbound/imap/mailboxes.ts';
import { listOldestWaiting } from '../inbound/mails.ts';
import { groupBy } from '../kernel/group-by.ts';
import type { TenantId } from '../kernel/ids.ts';
import { lastAliveAt } from '../selfwatch/processes.ts';
import type { DoorState } from '../watchdog/blind.ts';
import { doorAliveAt } from '../watchdog/doors.ts';
import type { DoorsOfTenant } from '../watchdog/watermark.ts';

/** For each tenant its doors and since when each has not been seen. */
export async function listDoorStates(tx: Tx): Promise<Map<TenantId, DoorState[]>> {
  const mailboxes = groupBy(await listMailboxDoors(tx), ({ tenantId }) => tenantId);
  const smtpAliveAt = await doorAliveAt(tx);
  const tenants = await listTenants(tx);
  const own = smtpAliveAt ? null : await findOwn(tx, tenants);
  return new Map(
    tenants.map(({ id }): [TenantId, DoorState[]] => {
      const read = mailboxes.get(id) ?? [];
      if (read.length > 0)
        return [id, read.map((door) => ({ ...door, seenAt: door.readUntil ?? door.createdAt }))];
      if (smtpAliveAt) return [id, [{ name: 'SMTP', seenAt: smtpAliveAt, error: null }]];
      return [
        id,
        id === own?.id && own.aliveAt ? [{ name: 'itself', seenAt: own.aliveAt, error: null }] : [],
      ];
    }),
  );
}

/** What the watermark of each tenant is made of. */
export async function listDoorsOfTenants(tx: Tx): Promise<Map<TenantId, DoorsOfTenant>> {
  const mailboxes = groupBy(await listMailboxDoors(tx), ({ tenantId }) => tenantId);
  const smtpAliveAt = await doorAliveAt(tx);
  const waiting = await listOldestWaiting(tx);
  const tenants = await listTenants(tx);
  const own = smtpAliveAt ? null : await findOwn(tx, tenants);
  return new Map(
    tenants.map(({ id, importedUntil, firstSmtpAt }) => [
      id,
      {
        mailboxes: (mailboxes.get(id) ?? []).map(({ readUntil }) => readUntil),
        smtpAliveAt: smtpAliveAt ?? (id === own?.id ? own.aliveAt : null),
        importedUntil,
        firstSmtpAt,
        oldestWaitingAt: waiting.get(id) ?? null,
      },
    ]),
  );
}

/** Without a door that senders connect to, DaTamer's own mails are stored directly: known up to its last turn. */
async function findOwn(
  tx: Tx,
  tenants: readonly Tenant[],
): Promise<{ id: TenantId; aliveAt: Date | null } | null> {
  const own = tenants.find(({ slug }) => slug === OWN_TENANT);
  return own ? { id: own.id, aliveAt: await lastAliveAt(tx, own.id) } : null;
}
