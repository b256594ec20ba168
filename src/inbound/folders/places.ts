/** Store of `mail_places` and `place_news`: where each mail lies on the server, and where it is wanted. */
import { affected, changedRows, oneRow, rows, type Tx } from '../../db/transaction.ts';
import type { MailboxId, MseId, TenantId } from '../../kernel/ids.ts';
import type { Place } from './place.ts';

/** One mailbox of one tenant. */
export interface Whose {
  tenantId: TenantId;
  mailboxId: MailboxId;
}

/** One copy of a mail on the server. */
export interface Spot {
  folder: string;
  uidValidity: string;
  uid: number;
}

export interface MailPlace {
  mailId: MseId;
  /** Null when the mail is no longer in the mailbox. */
  spot: Spot | null;
  wanted: Place | null;
  settled: Place | null;
  target: string | null;
  former: Spot[];
  /** What is not clear about the folder that somebody moved it to. */
  whyLeft: string | null;
}

const PLACE = `p.mail_id as "mailId", p.wanted, p.settled, p.target, p.former, p.why_left as "whyLeft",
  case when p.folder is null then null else
    json_build_object('folder', p.folder, 'uidValidity', p.uid_validity::text, 'uid', p.uid) end as spot`;

/** A mail at its spot, in the transaction that stored it. One that was known elsewhere is to be sorted anew. */
export async function placeArrived(
  tx: Tx,
  { tenantId, mailboxId }: Whose,
  arrived: readonly { mailId: MseId; spot: Spot }[],
): Promise<void> {
  // Of two copies in one batch the second is the mail, the first is to be removed.
  const spots = new Map<MseId, Spot[]>();
  for (const { mailId, spot } of arrived) spots.set(mailId, [...(spots.get(mailId) ?? []), spot]);
  const found = [...spots].map(([mailId, all]) => ({ mailId, ...all.at(-1), former: all.slice(0, -1) }));
  await rows(
    tx,
    `insert into mail_places (tenant_id, mailbox_id, mail_id, folder, uid_validity, uid, former)
     select $1, $2, a."mailId", a.folder, a."uidValidity", a.uid, a.former
     from json_to_recordset($3) as a ("mailId" uuid, folder text, "uidValidity" bigint, uid bigint, former jsonb)
     on conflict (tenant_id, mailbox_id, mail_id) do update set
       folder = excluded.folder, uid_validity = excluded.uid_validity, uid = excluded.uid,
       wanted = null, settled = null, target = null, lost_at = null, why_left = null,
       former = mail_places.former || excluded.former || case when mail_places.folder is null then '[]'::jsonb
         else jsonb_build_array(jsonb_build_object('folder', mail_places.folder,
           'uidValidity', mail_places.uid_validity::text, 'uid', mail_places.uid)) end
     where (mail_places.folder, mail_places.uid_validity, mail_places.uid)
       is distinct from (excluded.folder, excluded.uid_validity, excluded.uid)`,
    [tenantId, mailboxId, JSON.stringify(found)],
  );
}

export async function lockPlace(
  tx: Tx,
  { tenantId, mailboxId }: Whose,
  mailId: MseId,
): Promise<MailPlace | null> {
  const found = await oneRow<MailPlace>(
    tx,
    `select ${PLACE} from mail_places p
     where p.tenant_id = $1 and p.mailbox_id = $2 and p.mail_id = $3 for update`,
    [tenantId, mailboxId, mailId],
  );
  return found ?? null;
}

/** Writes a place as it is now; the mail is there. */
export async function savePlace(tx: Tx, { tenantId, mailboxId }: Whose, place: MailPlace): Promise<void> {
  await rows(
    tx,
    `insert into mail_places (tenant_id, mailbox_id, mail_id, folder, uid_validity, uid, wanted, settled, target,
       former, why_left)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (tenant_id, mailbox_id, mail_id) do update set
       folder = excluded.folder, uid_validity = excluded.uid_validity, uid = excluded.uid, wanted = excluded.wanted,
       settled = excluded.settled, target = excluded.target, former = excluded.former,
       why_left = excluded.why_left, lost_at = null`,
    [
      tenantId,
      mailboxId,
      place.mailId,
      place.spot?.folder ?? null,
      place.spot?.uidValidity ?? null,
      place.spot?.uid ?? null,
      place.wanted,
      place.settled,
      place.target,
      JSON.stringify(place.former),
      place.whyLeft,
    ],
  );
}

/** Which UIDs of a folder, from one on, are known to be at their spot. */
export async function listKnownUids(
  tx: Tx,
  { tenantId, mailboxId }: Whose,
  { folder, uidValidity }: Pick<Spot, 'folder' | 'uidValidity'>,
  from: number,
): Promise<Set<number>> {
  const found = await rows<{ uid: string }>(
    tx,
    `select uid from mail_places
     where tenant_id = $1 and mailbox_id = $2 and folder = $3 and uid >= $5 and uid_validity = $4`,
    [tenantId, mailboxId, folder, uidValidity, from],
  );
  return new Set(found.map(({ uid }) => Number(uid)));
}

/** How many mails are thought to be in each of some folders: all that are not lost, and of them those from a UID on. */
export async function countPlaced(
  tx: Tx,
  { tenantId, mailboxId }: Whose,
  folders: readonly (Pick<Spot, 'folder' | 'uidValidity'> & { from: number })[],
): Promise<Map<string, { all: number; fresh: number }>> {
  if (folders.length === 0) return new Map();
  const found = await rows<{ folder: string; all: number; fresh: number }>(
    tx,
    // Folder by folder through the index, whatever the planner thinks of a young table.
    `select f.folder, c."all", c.fresh
     from json_to_recordset($3) as f (folder text, "uidValidity" bigint, "from" bigint)
       cross join lateral (
         select count(*)::integer as "all", count(*) filter (where p.uid >= f."from")::integer as fresh
         from mail_places p where p.tenant_id = $1 and p.mailbox_id = $2 and p.folder = f.folder
           and p.uid_validity = f."uidValidity" and p.lost_at is null) as c`,
    [tenantId, mailboxId, JSON.stringify(folders)],
  );
  return new Map(found.map(({ folder, ...counts }) => [folder, counts]));
}

/** Read in one statement; the next turn takes what is left. */
const MOST_AT_ONCE = 2000;

/** Mails that have no wanted place yet, with the folder they lie in. */
export async function listUnderivedPlaces(tx: Tx, { tenantId, mailboxId }: Whose): Promise<MailPlace[]> {
  return rows<MailPlace>(
    tx,
    `select ${PLACE} from mail_places p
     where p.tenant_id = $1 and p.mailbox_id = $2 and p.wanted is null and p.folder is not null
       and not exists (select from mails m join waiting_mails w on w.tenant_id = m.tenant_id
         and w.received_at = m.received_at and w.mail_id = m.id where m.tenant_id = $1 and m.id = p.mail_id)
     limit ${MOST_AT_ONCE}`,
    [tenantId, mailboxId],
  );
}

/** Takes news off the queue. @returns the mails whose org or event has changed */
export async function takeNews(tx: Tx, { tenantId, mailboxId }: Whose): Promise<MseId[]> {
  const taken = await changedRows<{ mailId: MseId }>(
    tx,
    // As an array, asked for once: as a join it is planned for the few rows that a young table is thought to have.
    `delete from place_news where tenant_id = $1 and mailbox_id = $2 and id = any(array(
       select id from place_news where tenant_id = $1 and mailbox_id = $2 limit ${MOST_AT_ONCE}))
     returning mail_id as "mailId"`,
    [tenantId, mailboxId],
  );
  return [...new Set(taken.map(({ mailId }) => mailId))];
}

/** All mails that are not put away are looked at again, for what no news tells of, such as a new name of a person. */
export async function renewNews(tx: Tx, { tenantId, mailboxId }: Whose, completed: string): Promise<void> {
  await rows(
    tx,
    `insert into place_news (tenant_id, mailbox_id, mail_id)
     select tenant_id, mailbox_id, mail_id from mail_places
     where tenant_id = $1 and mailbox_id = $2 and wanted[array_upper(wanted, 1)] <> $3
     returning id`,
    [tenantId, mailboxId, completed],
  );
}

export async function setWanted(
  tx: Tx,
  { tenantId, mailboxId }: Whose,
  wanted: readonly { mailId: MseId; place: Place }[],
): Promise<void> {
  if (wanted.length === 0) return;
  await affected(
    tx,
    `update mail_places p set wanted = array(select json_array_elements_text(w.place))
     from json_to_recordset($3) as w ("mailId" uuid, place json)
     where p.tenant_id = $1 and p.mailbox_id = $2 and p.mail_id = w."mailId"`,
    [tenantId, mailboxId, JSON.stringify(wanted)],
  );
}

export interface DueMove {
  mailId: MseId;
  spot: Spot;
  wanted: Place;
}

/** Mails that do not lie where they are wanted, folder by folder. A lost one waits until it is found. */
export async function listDueMoves(tx: Tx, { tenantId, mailboxId }: Whose): Promise<DueMove[]> {
  return rows<DueMove>(
    tx,
    `select ${PLACE} from mail_places p
     where p.tenant_id = $1 and p.mailbox_id = $2 and p.wanted is distinct from p.settled
       and p.wanted is not null and p.folder is not null and p.lost_at is null
     order by p.folder, p.uid limit ${MOST_AT_ONCE}`,
    [tenantId, mailboxId],
  );
}

/** Before the server is told: a mail that is found at its target was moved by us. */
export async function setTargets(
  tx: Tx,
  { tenantId, mailboxId }: Whose,
  planned: readonly { mailId: MseId; target: string }[],
): Promise<void> {
  await affected(
    tx,
    `update mail_places p set target = t.target
     from unnest($3::uuid[], $4::text[]) as t (mail_id, target)
     where p.tenant_id = $1 and p.mailbox_id = $2 and p.mail_id = t.mail_id and p.target is distinct from t.target`,
    [tenantId, mailboxId, planned.map(({ mailId }) => mailId), planned.map(({ target }) => target)],
  );
}

export interface Moved {
  mailId: MseId;
  spot: Spot;
  wanted: Place;
}

/** Mails are where they were wanted. What has changed meanwhile makes the next move. */
export async function settle(tx: Tx, { tenantId, mailboxId }: Whose, moved: readonly Moved[]): Promise<void> {
  if (moved.length === 0) return;
  await affected(
    tx,
    `update mail_places p set folder = m.folder, uid_validity = m."uidValidity", uid = m.uid,
       settled = array(select json_array_elements_text(m.wanted)), target = null, lost_at = null,
       why_left = null
     from json_to_recordset($3) as m
       ("mailId" uuid, folder text, "uidValidity" bigint, uid bigint, wanted json)
     where p.tenant_id = $1 and p.mailbox_id = $2 and p.mail_id = m."mailId"`,
    [tenantId, mailboxId, JSON.stringify(moved.map(({ spot, ...rest }) => ({ ...rest, ...spot })))],
  );
}

/** All folders that mails are thought to be in. */
export async function listPlacedFolders(tx: Tx, { tenantId, mailboxId }: Whose): Promise<string[]> {
  const found = await rows<{ folder: string }>(
    tx,
    `select distinct folder from mail_places
     where tenant_id = $1 and mailbox_id = $2 and folder is not null and lost_at is null`,
    [tenantId, mailboxId],
  );
  return found.map(({ folder }) => folder);
}

/** Mails of which there may be another copy. */
export async function listDoublePlaces(tx: Tx, { tenantId, mailboxId }: Whose): Promise<MailPlace[]> {
  return rows<MailPlace>(
    tx,
    `select ${PLACE} from mail_places p
     where p.tenant_id = $1 and p.mailbox_id = $2 and p.former <> '[]' and p.folder is not null limit 500`,
    [tenantId, mailboxId],
  );
}

/** Folders whose mails are left where people put them, because what that says is not clear. */
export async function listWhyLeft(tx: Tx, { tenantId, mailboxId }: Whose): Promise<string[]> {
  const found = await rows<{ why: string }>(
    tx,
    `select distinct folder || ': ' || why_left as why from mail_places
     where tenant_id = $1 and mailbox_id = $2 and why_left is not null and folder is not null order by 1 limit 3`,
    [tenantId, mailboxId],
  );
  return found.map(({ why }) => why);
}

/** Mails that are read again: their places are found anew. */
export async function forgetWanted(tx: Tx, tenantId: TenantId, mails: readonly string[]): Promise<void> {
  await affected(
    tx,
    'update mail_places set wanted = null, settled = null where tenant_id = $1 and mail_id = any($2::uuid[])',
    [tenantId, mails],
  );
}

/** Another account or another tree: what was known of places says nothing any more. */
export async function forgetPlaces(tx: Tx, tenantId: TenantId, mailboxId: MailboxId): Promise<void> {
  for (const table of ['mail_places', 'mail_folders', 'place_news']) {
    await affected(tx, `delete from ${table} where tenant_id = $1 and mailbox_id = $2`, [
      tenantId,
      mailboxId,
    ]);
  }
}
