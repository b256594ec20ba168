/**
 * The tenant in which DaTamer watches itself: made by the first start, used as it is where an operator has one of that
 * name. Its mails name other tenants' mailboxes, so nobody belongs to it but the installation's first admin, and whom
 * that admin adds.
 */
import { createHmac } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { addAddress, addTenant, findTenantBySlug, listAddresses, type Tenant } from '../accounts/tenants.ts';
import { joinOwnTenant } from '../accounts/own-tenant.ts';
import { OWN_DOMAIN, OWN_TENANT } from '../config/own-tenant.ts';
import { acrossTenants, type Tx } from '../db/transaction.ts';
import { Conflict, errorCode } from '../kernel/errors.ts';
import type { OwnTenant } from '../selfwatch/own-door.ts';

/** The address of this installation: who does not know the secret key cannot write there. */
export function ownAddress(secretKey: string): string {
  const mark = createHmac('sha256', secretKey).update('datamer own tenant').digest('hex').slice(0, 16);
  return `watch-${mark}@${OWN_DOMAIN}`;
}

/** Finds it, or makes it. Processes that start at once make one. */
export async function ensureOwnTenant(
  database: DataSource,
  secretKey: string,
  now: Date,
): Promise<OwnTenant> {
  try {
    return await findOrMake(database, ownAddress(secretKey), now);
  } catch (error) {
    // Another process was faster by a moment: what it made is there now.
    if (!isMadeMeanwhile(error)) throw error;
    return findOrMake(database, ownAddress(secretKey), now);
  }
}

const UNIQUE_VIOLATION = '23505';

function isMadeMeanwhile(error: unknown): boolean {
  return error instanceof Conflict || errorCode(error) === UNIQUE_VIOLATION;
}

async function findOrMake(database: DataSource, address: string, now: Date): Promise<OwnTenant> {
  return acrossTenants(database, async (tx) => {
    const tenant = (await findTenantBySlug(tx, OWN_TENANT)) ?? (await makeTenant(tx, address, now));
    if (!(await listAddresses(tx, tenant.id)).includes(address)) await addAddress(tx, tenant.id, address);
    await joinOwnTenant(tx, now);
    return { id: tenant.id, address };
  });
}

function makeTenant(tx: Tx, address: string, now: Date): Promise<Tenant> {
  return addTenant(tx, { slug: OWN_TENANT, name: 'DaTamer itself', address }, now);
}
