/**
 * The doors of every tenant, gathered from the rooms that know them: for the watermark, for BLIND, and for the light
 * on every page.
 */
import type { Tx } from '../db/transaction.ts';
import { listTenants } from '../accounts/tenants.ts';
import { listMailboxDoors } from '../inbound/imap/mailboxes.ts';
import { listOldestWaiting } from '../inbound/mails.ts';
import { groupBy } from '../kernel/group-by.ts';
import type { TenantId } from '../kernel/ids.ts';
import type { DoorState } from '../watchdog/blind.ts';
import { doorAliveAt } from '../watchdog/doors.ts';
import type { DoorsOfTenant } from '../watchdog/watermark.ts';

/** For each tenant its doors and since when each has not been seen. */
export async function listDoorStates(tx: Tx): Promise<Map<TenantId, DoorState[]>> {
  const mailboxes = groupBy(await listMailboxDoors(tx), ({ tenantId }) => tenantId);
  const smtpAliveAt = await doorAliveAt(tx);
  const tenants = await listTenants(tx);
  return new Map(
    tenants.map(({ id }): [TenantId, DoorState[]] => {
      const own = mailboxes.get(id) ?? [];
      if (own.length > 0)
        return [id, own.map((door) => ({ ...door, seenAt: door.readUntil ?? door.createdAt }))];
      return [id, smtpAliveAt ? [{ name: 'SMTP', seenAt: smtpAliveAt, error: null }] : []];
    }),
  );
}

/** What the watermark of each tenant is made of. */
export async function listDoorsOfTenants(tx: Tx): Promise<Map<TenantId, DoorsOfTenant>> {
  const mailboxes = groupBy(await listMailboxDoors(tx), ({ tenantId }) => tenantId);
  const smtpAliveAt = await doorAliveAt(tx);
  const waiting = await listOldestWaiting(tx);
  const tenants = await listTenants(tx);
  return new Map(
    tenants.map(({ id, importedUntil, firstSmtpAt }) => [
      id,
      {
        mailboxes: (mailboxes.get(id) ?? []).map(({ readUntil }) => readUntil),
        smtpAliveAt,
        importedUntil,
        firstSmtpAt,
        oldestWaitingAt: waiting.get(id) ?? null,
      },
    ]),
  );
}
