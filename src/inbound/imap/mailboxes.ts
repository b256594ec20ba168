/** The mailboxes of a tenant, and how far each has been read. The password is kept encrypted. */
import { Invalid, NotFound, type Fault } from '../../kernel/errors.ts';
import { given } from '../../kernel/given.ts';
import { newId, type MailboxId, type TenantId } from '../../kernel/ids.ts';
import type { SecretBox } from '../../kernel/secret-box.ts';
import { MailboxEntity, type MailboxRow } from '../../db/entities/mailbox.entity.ts';
import { affected, oneRow, rows, type Tx } from '../../db/transaction.ts';
import { forgetPlaces } from '../folders/places.ts';
import type { MailboxAddress } from './mailbox-url.ts';

export type AfterStore = MailboxRow['afterStore'];

export interface Mailbox {
  id: MailboxId;
  host: string;
  port: number;
  isTls: boolean;
  acceptsAnyCertificate: boolean;
  username: string;
  folder: string;
  afterStore: AfterStore;
  /** Below it are the folders of folder mode. */
  rootFolder: string;
  isPaused: boolean;
  readUntil: Date | null;
  connectedAt: Date | null;
  lastMailAt: Date | null;
  failingSince: Date | null;
  error: string | null;
  note: string | null;
  /** Folder mode: when all folders were last looked at, why mails are not moved, what people put where it says nothing. */
  foldersLookedAt: Date | null;
  foldersError: string | null;
  foldersNote: string | null;
}

export interface MailboxInput extends MailboxAddress {
  acceptsAnyCertificate?: boolean;
  afterStore?: AfterStore;
  rootFolder?: string;
}

const ROOT_FOLDER = 'DaTamer';

const MAILBOX = `m.id, m.host, m.port, m.is_tls as "isTls", m.accepts_any_certificate as "acceptsAnyCertificate",
    m.username, m.folder, m.after_store as "afterStore", m.root_folder as "rootFolder",
    m.is_paused as "isPaused",
    s.read_until as "readUntil", s.connected_at as "connectedAt", s.last_mail_at as "lastMailAt",
    s.failing_since as "failingSince", s.error, s.note,
    s.folders_looked_at as "foldersLookedAt", s.folders_error as "foldersError", s.folders_note as "foldersNote"
  from mailboxes m join mailbox_states s on s.tenant_id = m.tenant_id and s.mailbox_id = m.id`;

/** Stores without connecting. @throws Invalid */
export async function addMailbox(
  tx: Tx,
  tenantId: TenantId,
  input: MailboxInput,
  secrets: SecretBox,
  now: Date,
): Promise<Mailbox> {
  const rootFolder = input.rootFolder?.trim() || ROOT_FOLDER;
  requireAcceptable({ ...input, rootFolder });
  const id = newId<MailboxId>(now);
  await tx.getRepository(MailboxEntity).insert({
    tenantId,
    id,
    host: input.host,
    port: input.port,
    isTls: input.isTls,
    acceptsAnyCertificate: input.acceptsAnyCertificate ?? false,
    username: input.username,
    passwordBox: secrets.seal(input.password),
    folder: input.folder,
    afterStore: input.afterStore ?? 'delete',
    rootFolder,
    isPaused: false,
    createdAt: now,
  });
  await rows(tx, 'insert into mailbox_states (tenant_id, mailbox_id) values ($1, $2)', [tenantId, id]);
  await requireOwnTree(tx, tenantId, id);
  return getMailbox(tx, tenantId, id);
}

/** Two readers of one tree would each take the other's moves for those of people. */
async function requireOwnTree(tx: Tx, tenantId: TenantId, id: MailboxId): Promise<void> {
  const other = await oneRow<{ folder: string }>(
    tx,
    `select o.folder from mailboxes m join mailboxes o on o.tenant_id = m.tenant_id and o.id <> m.id
       and o.after_store = 'move' and (o.host, o.username, o.root_folder) = (m.host, m.username, m.root_folder)
     where m.tenant_id = $1 and m.id = $2 and m.after_store = 'move'`,
    [tenantId, id],
  );
  if (!other) return;
  const message = `The mailbox that reads ${other.folder} of this account sorts into it. Give another root.`;
  throw new Invalid([{ field: 'rootFolder', message }]);
}

function requireAcceptable(
  input: Pick<MailboxInput, 'host' | 'port' | 'username' | 'folder' | 'afterStore'> & { rootFolder: string },
): void {
  const faults: Fault[] = [];
  if (!input.host.trim()) faults.push({ field: 'host', message: 'Give the name of the mail server.' });
  if (!Number.isInteger(input.port) || input.port < 1 || input.port > 65535) {
    faults.push({ field: 'port', message: 'Give a port from 1 to 65535 (993 with TLS, 143 without).' });
  }
  if (!input.username) faults.push({ field: 'username', message: 'Give the user name of the mailbox.' });
  if (!input.folder) faults.push({ field: 'folder', message: 'Give the folder, usually INBOX.' });
  const { folder, rootFolder } = input;
  if (/[\u0000-\u001f%*]/.test(rootFolder) || rootFolder.length > 200) {
    faults.push({ field: 'rootFolder', message: 'Give a name without % and *.' });
  }
  const isBelow =
    folder === rootFolder || folder.startsWith(`${rootFolder}/`) || folder.startsWith(`${rootFolder}.`);
  if (input.afterStore === 'move' && isBelow) {
    faults.push({ field: 'rootFolder', message: 'Mail comes in there. Give a folder beside it.' });
  }
  if (faults.length > 0) throw new Invalid(faults);
}

export type MailboxChange = Partial<Omit<MailboxInput, 'password'>> & {
  /** Left out or empty: the stored one stays. */
  password?: string;
  isPaused?: boolean;
};

/** A changed host, user or folder starts to be read from its beginning; dedupe takes care of what is known. */
export async function changeMailbox(
  tx: Tx,
  tenantId: TenantId,
  id: string,
  change: MailboxChange,
  secrets: SecretBox,
): Promise<Mailbox> {
  const present = await getMailboxRow(tx, tenantId, id);
  const { password, ...fields } = change;
  const next: MailboxRow = {
    ...present,
    ...given(fields),
    ...(password ? { passwordBox: secrets.seal(password) } : {}),
    rootFolder: (change.rootFolder ?? present.rootFolder).trim() || ROOT_FOLDER,
  };
  requireAcceptable(next);
  await tx.getRepository(MailboxEntity).save(next);
  const isElsewhere =
    next.host !== present.host || next.username !== present.username || next.folder !== present.folder;
  if (isElsewhere) {
    await affected(
      tx,
      `update mailbox_states set uid_validity = null, last_uid = 0, read_until = null
       where tenant_id = $1 and mailbox_id = $2`,
      [tenantId, id],
    );
  }
  if (isElsewhere || next.rootFolder !== present.rootFolder) await forgetPlaces(tx, tenantId, present.id);
  await requireOwnTree(tx, tenantId, present.id);
  return getMailbox(tx, tenantId, id);
}

/** @throws NotFound */
export async function removeMailbox(tx: Tx, tenantId: TenantId, id: string): Promise<void> {
  const removed = await affected(tx, 'delete from mailboxes where tenant_id = $1 and id = $2', [
    tenantId,
    id,
  ]);
  if (removed === 0) throw new NotFound('mailbox');
}

/** @throws NotFound */
export async function getMailbox(tx: Tx, tenantId: TenantId, id: string): Promise<Mailbox> {
  const mailbox = await oneRow<Mailbox>(tx, `select ${MAILBOX} where m.tenant_id = $1 and m.id = $2`, [
    tenantId,
    id,
  ]);
  if (!mailbox) throw new NotFound('mailbox');
  return mailbox;
}

/** The row with the encrypted password, for whoever connects. @throws NotFound */
export async function getMailboxRow(tx: Tx, tenantId: TenantId, id: string): Promise<MailboxRow> {
  const row = await tx.getRepository(MailboxEntity).findOneBy({ tenantId, id: id as MailboxId });
  if (!row) throw new NotFound('mailbox');
  return row;
}

export async function listMailboxes(tx: Tx, tenantId: TenantId): Promise<Mailbox[]> {
  return rows<Mailbox>(tx, `select ${MAILBOX} where m.tenant_id = $1 order by m.id`, [tenantId]);
}

/** Every mailbox that is to be read, of all tenants. */
export async function listMailboxesToRead(tx: Tx): Promise<MailboxRow[]> {
  return tx.getRepository(MailboxEntity).find({ where: { isPaused: false }, order: { id: 'ASC' } });
}

export interface MailboxDoor {
  tenantId: TenantId;
  /** `alerts@mail.example.com/INBOX` */
  name: string;
  createdAt: Date;
  /** Every mail that arrived before has been read; null when it never was. */
  readUntil: Date | null;
  error: string | null;
}

/** How far every mailbox that is not paused has been read, of all tenants. */
export async function listMailboxDoors(tx: Tx): Promise<MailboxDoor[]> {
  return rows<MailboxDoor>(
    tx,
    `select m.tenant_id as "tenantId", m.username || '@' || m.host || '/' || m.folder as name,
       m.created_at as "createdAt", s.read_until as "readUntil", s.error
     from mailboxes m join mailbox_states s on s.tenant_id = m.tenant_id and s.mailbox_id = m.id
     where not m.is_paused order by m.id`,
  );
}

export interface Cursor {
  uidValidity: bigint | null;
  lastUid: number;
}

export async function getCursor(tx: Tx, tenantId: TenantId, id: MailboxId): Promise<Cursor> {
  const row = await oneRow<{ uidValidity: string | null; lastUid: string }>(
    tx,
    `select uid_validity as "uidValidity", last_uid as "lastUid" from mailbox_states
     where tenant_id = $1 and mailbox_id = $2`,
    [tenantId, id],
  );
  if (!row) throw new NotFound('mailbox');
  return {
    uidValidity: row.uidValidity === null ? null : BigInt(row.uidValidity),
    lastUid: Number(row.lastUid),
  };
}

export async function setCursor(tx: Tx, tenantId: TenantId, id: MailboxId, cursor: Cursor): Promise<void> {
  await affected(
    tx,
    'update mailbox_states set uid_validity = $3, last_uid = $4 where tenant_id = $1 and mailbox_id = $2',
    [tenantId, id, cursor.uidValidity?.toString() ?? null, cursor.lastUid],
  );
}

export async function markMailArrived(tx: Tx, tenantId: TenantId, id: MailboxId, at: Date): Promise<void> {
  await affected(
    tx,
    `update mailbox_states set last_mail_at = greatest(last_mail_at, $3)
     where tenant_id = $1 and mailbox_id = $2`,
    [tenantId, id, at],
  );
}

/** Everything that arrived before `until` has been read and stored. */
export async function markReadUntil(
  tx: Tx,
  tenantId: TenantId,
  id: MailboxId,
  until: Date,
  note: string | null,
): Promise<void> {
  await affected(
    tx,
    `update mailbox_states set read_until = greatest(read_until, $3), connected_at = coalesce(connected_at, $3),
       failing_since = null, error = null, note = $4
     where tenant_id = $1 and mailbox_id = $2`,
    [tenantId, id, until, note],
  );
}

export async function markFailing(
  tx: Tx,
  tenantId: TenantId,
  id: MailboxId,
  error: string,
  now: Date,
): Promise<void> {
  await affected(
    tx,
    `update mailbox_states set failing_since = coalesce(failing_since, $4), error = $3, connected_at = null
     where tenant_id = $1 and mailbox_id = $2`,
    [tenantId, id, error, now],
  );
}

export interface FoldersMark {
  at: Date;
  /** Why mails are not moved; null when they are. */
  error: string | null;
  note: string | null;
}

/** How folder mode is doing: all folders have been looked at. */
export async function markFolders(
  tx: Tx,
  tenantId: TenantId,
  id: MailboxId,
  { at, error, note }: FoldersMark,
): Promise<void> {
  await affected(
    tx,
    `update mailbox_states set folders_looked_at = $3, folders_error = $4, folders_note = $5
     where tenant_id = $1 and mailbox_id = $2`,
    [tenantId, id, at, error, note],
  );
}

export async function markFoldersFailing(
  tx: Tx,
  tenantId: TenantId,
  id: MailboxId,
  error: string,
): Promise<void> {
  await affected(
    tx,
    'update mailbox_states set folders_error = $3 where tenant_id = $1 and mailbox_id = $2',
    [tenantId, id, error],
  );
}
