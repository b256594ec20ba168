/**
 * What people put right, one row a mail, for ever. A row says what stood there before, so that it can be taken back, and
 * belongs to a deed: all that one click put right. The model learns from the newest rows of a deed.
 */
import type { Actor } from '../../accounts/role.ts';
import { affected, oneRow, rows, type Tx } from '../../db/transaction.ts';
import type { Severity } from '../../events/severity.ts';
import { newId, type TenantId } from '../../kernel/ids.ts';
import type { Lesson } from './tenant-model.ts';

/** A turn learns so many; the rest waits for the next. */
const MOST_LESSONS = 1000;
/** Corrections that a model is learnt from anew. */
const MOST_RELEARNT = 5000;
/** As much of a text as the model reads. */
const TEXT_READ = 2200;

/** The columns that a mail is read from, of a mail m and its text t. */
export const LESSON = `m.subject, left(t.body, ${TEXT_READ}) as text, m.from_address as "from", m.servers as hosts, m.state,
  m.template_id as "templateId", m.findings ->> 'tool' as tool, m.findings ->> 'service' as service,
  (select o ->> 'value' from jsonb_path_query(m.findings, '$.others[*] ? (@.field == "severity" && @.source == "parser")') o
   limit 1) as "parserSeverity"`;

/** What people put right, or took back, and no saved state knows yet. */
export async function readNewLessons(tx: Tx, tenantId: TenantId): Promise<Lesson[]> {
  return readLessons(tx, tenantId, 'c.learnt_in is null and c.undone_at is null', MOST_LESSONS);
}

/** What a model that came by these versions was taught; what was taken back is left out. @param knows an int4multirange */
export async function readLessonsOf(tx: Tx, tenantId: TenantId, knows: string): Promise<Lesson[]> {
  const known = 'coalesce(c.learnt_in <@ $2::int4multirange, true)';
  const holds = 'c.undone_at is null and c.takes_back is null';
  return readLessons(tx, tenantId, `${known} and ${holds}`, MOST_RELEARNT, [knows]);
}

/** What one state of the model knows and a former one does not. */
export async function readLessonsBetween(
  tx: Tx,
  tenantId: TenantId,
  knows: string,
  former: string,
): Promise<Lesson[]> {
  const isMissing = 'c.learnt_in <@ $2::int4multirange and not c.learnt_in <@ $3::int4multirange';
  return readLessons(tx, tenantId, `${isMissing} and c.undone_at is null`, MOST_RELEARNT, [knows, former]);
}

/** In the order in which they were said. */
async function readLessons(
  tx: Tx,
  tenantId: TenantId,
  which: string,
  limit: number,
  parameters: readonly unknown[] = [],
): Promise<Lesson[]> {
  return rows<Lesson>(
    tx,
    `select c.id, c.org, c.severity, w.org as "wrongOrg", w.severity as "wrongSeverity", ${LESSON}
     from (select * from corrections c where c.tenant_id = $1 and c.is_lesson and ${which}
       order by c.id desc limit ${limit}) c
     join mses m on m.tenant_id = $1 and m.id = c.mse_id
     join mail_texts t on t.tenant_id = $1 and t.mse_id = c.mse_id
     left join corrections w on w.tenant_id = $1 and w.id = c.takes_back
     order by c.id`,
    [tenantId, ...parameters],
  );
}

export async function markLearnt(
  tx: Tx,
  tenantId: TenantId,
  ids: readonly string[],
  version: number,
): Promise<void> {
  await affected(
    tx,
    'update corrections set learnt_in = $3 where tenant_id = $1 and id = any($2::uuid[]) and learnt_in is null',
    [tenantId, ids, version],
  );
}

/** What was said and not learnt yet counts as said to this version: whoever leaves it leaves that as well. */
export async function assignUnlearnt(tx: Tx, tenantId: TenantId, version: number): Promise<void> {
  await affected(
    tx,
    'update corrections set learnt_in = $2 where tenant_id = $1 and learnt_in is null and is_lesson',
    [tenantId, version],
  );
}

export interface CountedLessons {
  /** In the present state, or learnt at the next turn. */
  known: number;
  /** Said in versions that people left. */
  setAside: number;
  takenBack: number;
}

export async function countLessons(tx: Tx, tenantId: TenantId, knows: string): Promise<CountedLessons> {
  const counted = await oneRow<CountedLessons>(
    tx,
    `select count(*) filter (where c.undone_at is null and coalesce(c.learnt_in <@ $2::int4multirange, true))::integer as known,
       count(*) filter (where c.undone_at is null and not c.learnt_in <@ $2::int4multirange)::integer as "setAside",
       count(*) filter (where c.undone_at is not null)::integer as "takenBack"
     from corrections c where c.tenant_id = $1 and c.is_lesson and c.takes_back is null`,
    [tenantId, knows],
  );
  return counted ?? { known: 0, setAside: 0, takenBack: 0 };
}

/** The newest of the mails that a person put right at once; more of them teach the same again. */
const MOST_TAUGHT_AT_ONCE = 50;

/** Which mails a person put right: one, those of an event, or those of one signal in it that are unclassified. */
export interface CorrectedMails {
  mseId?: string;
  eventId?: string;
  signal?: string | null;
}

export interface Corrected {
  org?: string | undefined;
  severity?: Severity | undefined;
  servers?: readonly string[] | undefined;
}

/** What stands in a mail m, as `takeBack` puts it there again. */
export const FORMERLY = `jsonb_build_object('severity', m.severity, 'org', m.org, 'orgs', to_jsonb(m.orgs),
  'servers', to_jsonb(m.servers), 'findings', jsonb_build_object('severity', m.findings -> 'severity',
  'org', m.findings -> 'org', 'servers', m.findings -> 'servers'))`;

/** Keeps what a person said, and what stood there: call it before the mails are changed. */
export async function recordCorrections(
  tx: Tx,
  tenantId: TenantId,
  { mseId, eventId, signal }: CorrectedMails,
  { org, severity, servers }: Corrected,
  { deedId, actor, now }: { deedId: string; actor: Actor; now: Date },
): Promise<void> {
  const mails = await rows<{ id: string }>(
    tx,
    `select id from mses where tenant_id = $1 and ($2::uuid is null or id = $2)
       and ($3::uuid is null or event_id = $3) and ($4::uuid is null or (signal_key = $4 and (severity is null or org is null)))
     order by received_at desc, id desc`,
    [tenantId, mseId ?? null, eventId ?? null, signal ?? null],
  );
  const teaches = Boolean(org ?? severity);
  const written = mails.map(({ id }, index) => ({
    id: newId(now),
    mseId: id,
    isLesson: teaches && index < MOST_TAUGHT_AT_ONCE,
  }));
  await rows(
    tx,
    `insert into corrections (tenant_id, id, mse_id, org, severity, servers, actor, at, deed, is_lesson, formerly)
     select $1, c.id, c."mseId", $3, $4, $5, $6, $7, $8, c."isLesson", ${FORMERLY}
     from json_to_recordset($2) as c (id uuid, "mseId" uuid, "isLesson" boolean)
     join mses m on m.tenant_id = $1 and m.id = c."mseId" returning id`,
    [
      tenantId,
      JSON.stringify(written),
      org ?? null,
      severity ?? null,
      servers ?? null,
      actor.name,
      now,
      deedId,
    ],
  );
}
