/** Tenants and the mail addresses that lead to them. */
import { randomBytes } from 'node:crypto';
import { Conflict, Invalid, NotFound, type Fault } from '../kernel/errors.ts';
import { given } from '../kernel/given.ts';
import { newId, type TenantId } from '../kernel/ids.ts';
import { isTimeZone } from '../kernel/calendar.ts';
import { TenantEntity, type TenantRow } from '../db/entities/tenant.entity.ts';
import { affected, oneRow, rows, type Tx } from '../db/transaction.ts';
import { OWN_TENANT } from '../config/own-tenant.ts';
import { toBase32 } from '../kernel/base32.ts';
import {
  LONGEST_WITH_REPLIES,
  detailOf,
  isMailAddress,
  takesReplyToken,
  withoutDetail,
} from './mail-address.ts';

export type Tenant = TenantRow;

export interface NewTenant {
  slug: string;
  name?: string;
  address: string;
  timeZone?: string;
}

const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** @throws Invalid, Conflict `tenant-exists` or `address-taken` */
export async function addTenant(tx: Tx, wanted: NewTenant, now: Date): Promise<Tenant> {
  const faults: Fault[] = [];
  if (!SLUG.test(wanted.slug)) {
    faults.push({ field: 'slug', message: 'Use small letters, digits and hyphens, at most 63.' });
  }
  if (!isMailAddress(wanted.address)) {
    faults.push({ field: 'address', message: 'Give a mail address, such as alerts@example.com.' });
  }
  if (wanted.timeZone !== undefined && !isTimeZone(wanted.timeZone)) {
    faults.push({ field: 'timeZone', message: 'Give an IANA time zone, such as Europe/Berlin.' });
  }
  if (faults.length > 0) throw new Invalid(faults);
  if (await findTenantBySlug(tx, wanted.slug)) {
    throw new Conflict(`There is a tenant ${wanted.slug} already.`, 'tenant-exists');
  }
  const tenant = await tx.getRepository(TenantEntity).save({
    id: newId<TenantId>(now),
    slug: wanted.slug,
    name: wanted.name?.trim() || wanted.slug,
    timeZone: wanted.timeZone ?? 'UTC',
    reopenWindowMinutes: 24 * 60,
    infoQuietMinutes: 24 * 60,
    recoveryCompletes: true,
    tagSenders: null,
    replyStyle: 'token',
    mailToken: newMailToken(),
    needsMailToken: false,
    noticeLimit: 10,
    importedUntil: null,
    firstSmtpAt: null,
    createdAt: now,
  });
  await addAddress(tx, tenant.id, wanted.address);
  return tenant;
}

/** @throws Conflict `address-taken` */
export async function addAddress(tx: Tx, tenantId: TenantId, address: string): Promise<void> {
  if (!isMailAddress(address)) throw new Invalid([{ field: 'address', message: 'Give a mail address.' }]);
  const added = await rows(
    tx,
    'insert into addresses (address, tenant_id) values ($1, $2) on conflict do nothing returning address',
    [withoutDetail(address), tenantId],
  );
  if (added.length === 0) throw new Conflict(`${address} leads to a tenant already.`, 'address-taken');
}

/** @throws NotFound, Conflict `address-in-use` when replies to notices would be refused without it */
export async function removeAddress(tx: Tx, tenantId: TenantId, address: string): Promise<void> {
  const removed = await affected(tx, 'delete from addresses where address = $1 and tenant_id = $2', [
    address,
    tenantId,
  ]);
  if (removed === 0) throw new NotFound('address');
  const { needsMailToken, replyStyle } = await getTenant(tx, tenantId);
  const refused = needsMailToken ? whyRepliesAreRefused(replyStyle, await listAddresses(tx, tenantId)) : null;
  if (refused !== null) throw new Conflict(refused, 'address-in-use');
}

export async function listAddresses(tx: Tx, tenantId: TenantId): Promise<string[]> {
  const found = await rows<{ address: string }>(
    tx,
    'select address from addresses where tenant_id = $1 order by address',
    [tenantId],
  );
  return found.map((row) => row.address);
}

/**
 * The tenant that mail to `recipient` belongs to; plus-addressing leads to the same, whatever the detail, unless the
 * tenant wants its token there.
 * @param isReplyTo whether an address is one that a notice asks to reply to
 */
export async function findTenantByAddress(
  tx: Tx,
  recipient: string,
  isReplyTo: (recipient: string) => boolean = () => false,
): Promise<TenantId | null> {
  const found = await oneRow<{ tenantId: TenantId; token: string; isClosed: boolean }>(
    tx,
    `select a.tenant_id as "tenantId", t.mail_token as token, t.needs_mail_token and t.slug <> $2 as "isClosed"
     from addresses a join tenants t on t.id = a.tenant_id where a.address = any($1) limit 1`,
    // DaTamer's own heartbeats come in by the plain address.
    [[recipient.toLowerCase(), withoutDetail(recipient)], OWN_TENANT],
  );
  if (!found) return null;
  const isWelcome = !found.isClosed || detailOf(recipient) === found.token || isReplyTo(recipient);
  return isWelcome ? found.tenantId : null;
}

export async function findTenantBySlug(tx: Tx, slug: string): Promise<Tenant | null> {
  return tx.getRepository(TenantEntity).findOneBy({ slug });
}

/** @throws NotFound */
export async function getTenantBySlug(tx: Tx, slug: string): Promise<Tenant> {
  const tenant = await findTenantBySlug(tx, slug);
  if (!tenant) throw new NotFound(`tenant "${slug}"`);
  return tenant;
}

/** @throws NotFound */
export async function getTenant(tx: Tx, id: TenantId): Promise<Tenant> {
  const tenant = await tx.getRepository(TenantEntity).findOneBy({ id });
  if (!tenant) throw new NotFound('tenant');
  return tenant;
}

export async function listTenants(tx: Tx): Promise<Tenant[]> {
  return tx.getRepository(TenantEntity).find({ order: { slug: 'ASC' } });
}

export interface TenantSettings {
  name?: string;
  timeZone?: string;
  reopenWindowMinutes?: number;
  infoQuietMinutes?: number;
  recoveryCompletes?: boolean;
  /** null: tags count from every sender. */
  tagSenders?: string[] | null;
  replyStyle?: Tenant['replyStyle'];
  needsMailToken?: boolean;
  noticeLimit?: number;
}

export async function changeTenant(tx: Tx, id: TenantId, settings: TenantSettings): Promise<Tenant> {
  const tenant = await getTenant(tx, id);
  if (settings.timeZone !== undefined && !isTimeZone(settings.timeZone)) {
    throw new Invalid([{ field: 'timeZone', message: 'Give an IANA time zone, such as Europe/Berlin.' }]);
  }
  const wanted = { ...tenant, ...given(settings) };
  const refused = wanted.needsMailToken
    ? whyRepliesAreRefused(wanted.replyStyle, await listAddresses(tx, id))
    : null;
  if (refused !== null) throw new Invalid([{ field: 'needsMailToken', message: refused }]);
  return tx.getRepository(TenantEntity).save(wanted);
}

/** Where mail to the plain address is refused. */
function whyRepliesAreRefused(replyStyle: Tenant['replyStyle'], addresses: readonly string[]): string | null {
  if (replyStyle === 'plain') {
    return 'Replies to the plain address would be refused: let them go to the one with a token.';
  }
  if (replyStyle === 'none' || addresses.some(takesReplyToken)) return null;
  return (
    'Replies would be refused: every address is too long to carry their token. ' +
    `Add one with at most ${LONGEST_WITH_REPLIES} characters before its @, or let replies go nowhere.`
  );
}

/** The former token leads nowhere from now on where the plain address is closed. */
export async function renewMailToken(tx: Tx, tenant: Tenant): Promise<Tenant> {
  return tx.getRepository(TenantEntity).save({ ...tenant, mailToken: newMailToken() });
}

/** 40 bits: short enough to type into an appliance, too many to try at a mail server. */
const MAIL_TOKEN_BYTES = 5;

function newMailToken(): string {
  return toBase32(randomBytes(MAIL_TOKEN_BYTES));
}

/** How far the tenant's history was imported; never moves back. */
export async function markImportedUntil(tx: Tx, id: TenantId, until: Date): Promise<void> {
  await affected(
    tx,
    `update tenants set imported_until = greatest(coalesce(imported_until, $2), $2) where id = $1`,
    [id, until],
  );
}

/** Remembers the first mail by SMTP or LMTP. */
export async function markFirstSmtp(tx: Tx, id: TenantId, at: Date): Promise<void> {
  await affected(tx, 'update tenants set first_smtp_at = least(first_smtp_at, $2) where id = $1', [id, at]);
}
