/**
 * The one-time link of an empty installation. It is derived from the secret key, so that every process prints
 * the same link and none needs to be stored; it is dead as soon as there is a user.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Conflict, Forbidden } from '../kernel/errors.ts';
import type { Tx } from '../db/transaction.ts';
import { listGroups } from './groups.ts';
import { joinOwnTenant } from './own-tenant.ts';
import { addSubscription } from './subscriptions.ts';
import { addTenant, type NewTenant, type Tenant } from './tenants.ts';
import { addMember, isAnybodyThere, type Member, type NewMember } from './users.ts';

export function setupCode(secretKey: string): string {
  return createHmac('sha256', secretKey).update('datamer first run').digest('base64url').slice(0, 32);
}

export function isSetupCode(secretKey: string, code: string): boolean {
  const expected = Buffer.from(setupCode(secretKey));
  const given = Buffer.from(code);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** @throws Conflict `already-set-up` when there is a user */
export async function requireEmptyInstallation(tx: Tx): Promise<void> {
  if (await isAnybodyThere(tx)) {
    throw new Conflict('DaTamer is set up already. Sign in instead.', 'already-set-up');
  }
}

export interface FirstRun {
  tenant: NewTenant;
  admin: Omit<NewMember, 'role'>;
  /** The admin is told of every new event until something better is set: an alert that nobody hears of is none. */
  tellsAdmin: boolean;
}

/** Creates the first tenant with its first admin. */
export async function setUp(
  tx: Tx,
  secretKey: string,
  code: string,
  { tenant, admin, tellsAdmin }: FirstRun,
  now: Date,
): Promise<{ tenant: Tenant; member: Member }> {
  if (!isSetupCode(secretKey, code)) {
    throw new Forbidden('This set-up link is not valid. Use the one that DaTamer printed at its start.');
  }
  await requireEmptyInstallation(tx);
  const added = await addTenant(tx, tenant, now);
  const member = await addMember(tx, added.id, { ...admin, role: 'admin' }, now);
  if (tellsAdmin) {
    const groups = await listGroups(tx, added.id);
    const own = groups.find(({ personalUserId }) => personalUserId === member.id);
    if (!own) throw new Error('everybody has a group of their own');
    await addSubscription(tx, added.id, { group: own.id, pattern: '*', level: 'responder' }, now);
  }
  await joinOwnTenant(tx, now);
  return { tenant: added, member };
}
