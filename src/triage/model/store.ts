/** Models and corrections in the database. Triage writes models; people's actions write corrections. */
import type { Actor } from '../../accounts/role.ts';
import { affected, oneRow, rows, type Tx } from '../../db/transaction.ts';
import type { Severity } from '../../events/severity.ts';
import { HOUR, MINUTE } from '../../kernel/clock.ts';
import { newId, type TenantId } from '../../kernel/ids.ts';
import { decodeModels, encodeModels, FORMAT, UnreadableModel } from './codec.ts';
import { coldStart } from './cold-start.ts';
import { FIELDS, type Field } from './field-model.ts';
import { TenantModel, type Lesson } from './tenant-model.ts';

/** Former states that one can go back to, an hour apart at least. */
const VERSIONS_KEPT = 5;
const VERSION_LASTS_MS = HOUR;
const SAVED_EVERY_MS = MINUTE;
/** An import that ends badly loses no more than this. */
const MOST_UNSAVED = 2000;
/** A turn learns so many; the rest waits for the next. */
const MOST_LESSONS = 1000;
/** Corrections and tagged mails that a model is learnt from anew. */
const MOST_RELEARNT = 5000;
/** As much of a text as the model reads. */
const TEXT_READ = 2200;

/** The model of the present version, a former one if that is broken, or one that is learnt anew. */
export async function loadModel(tx: Tx, tenantId: TenantId): Promise<TenantModel> {
  const { model, version, faults } = await loadSaved(tx, tenantId);
  return model ?? relearn(tx, tenantId, version, faults);
}

interface Saved {
  model: TenantModel | null;
  /** The present one, readable or not; 0 when there is none. */
  version: number;
  /** Why states could not be used. */
  faults: string[];
}

export async function loadSaved(tx: Tx, tenantId: TenantId): Promise<Saved> {
  const stored = await rows<{ version: number; state: Buffer; savedAt: Date }>(
    tx,
    `select version, state, saved_at as "savedAt" from models
     where tenant_id = $1 and version <= (select max(version) from models where tenant_id = $1 and is_current)
     order by version desc limit ${VERSIONS_KEPT}`,
    [tenantId],
  );
  const present = stored[0]?.version ?? 0;
  const faults: string[] = [];
  for (const { version, state, savedAt } of stored) {
    try {
      const model = new TenantModel(decodeModels(state), present);
      model.savedAt = savedAt;
      if (faults.length > 0) model.note = `${faults.join('; ')}; version ${version} is used instead.`;
      return { model, version: present, faults };
    } catch (error) {
      if (!(error instanceof UnreadableModel)) throw error;
      faults.push(`Version ${version} of the model cannot be used: ${error.message}`);
    }
  }
  return { model: null, version: present, faults };
}

/** The columns that a mail is read from, of a mail m and its text t. */
export const LESSON = `m.subject, left(t.body, ${TEXT_READ}) as text, m.from_address as "from", m.servers as hosts, m.state,
  m.template_id as "templateId", m.findings ->> 'tool' as tool, m.findings ->> 'service' as service,
  (select o ->> 'value' from jsonb_path_query(m.findings, '$.others[*] ? (@.field == "severity" && @.source == "parser")') o
   limit 1) as "parserSeverity"`;

/** From the house's samples and what is stored: people's corrections and the newest mails that tags or rules decided. */
async function relearn(
  tx: Tx,
  tenantId: TenantId,
  version: number,
  faults: readonly string[],
): Promise<TenantModel> {
  const model = new TenantModel(await coldStart(), version);
  const tagged = await rows<Lesson & { isOrg: boolean; isSeverity: boolean }>(
    tx,
    `select m.id, m.org, m.severity, ${LESSON},
       coalesce(m.findings -> 'org' ->> 'source' in ('tag', 'rule'), false) as "isOrg",
       coalesce(m.findings -> 'severity' ->> 'source' in ('tag', 'rule'), false) as "isSeverity"
     from (select * from mses where tenant_id = $1
         and (findings -> 'org' ->> 'source' in ('tag', 'rule') or findings -> 'severity' ->> 'source' in ('tag', 'rule'))
       order by received_at desc limit ${MOST_RELEARNT}) m
     join mail_texts t on t.tenant_id = $1 and t.mse_id = m.id order by m.received_at`,
    [tenantId],
  );
  for (const { isOrg, isSeverity, ...mail } of tagged) {
    model.bag.read(mail);
    if (isOrg && mail.org) model.fields.org.teach(model.bag, mail.org, false);
    if (isSeverity && mail.severity) model.fields.severity.teach(model.bag, mail.severity, false);
    model.unsaved += 1;
  }
  const said = await readLessons(tx, tenantId, 'true', MOST_RELEARNT);
  for (const lesson of said) model.learnLesson(lesson);
  if (faults.length > 0)
    model.note = `${faults.join('; ')}; it was learnt anew from ${said.length} corrections and ${tagged.length} mails.`;
  return model;
}

/** What people put right and the state does not know yet. */
export async function readNewLessons(tx: Tx, tenantId: TenantId): Promise<Lesson[]> {
  return readLessons(tx, tenantId, 'not c.is_learnt', MOST_LESSONS);
}

/** In the order in which they were said. */
async function readLessons(tx: Tx, tenantId: TenantId, which: string, limit: number): Promise<Lesson[]> {
  const found = await rows<Lesson>(
    tx,
    `select c.id, c.org, c.severity, ${LESSON}
     from (select * from corrections c where c.tenant_id = $1 and ${which} order by c.id desc limit ${limit}) c
     join mses m on m.tenant_id = $1 and m.id = c.mse_id
     join mail_texts t on t.tenant_id = $1 and t.mse_id = c.mse_id order by c.id`,
    [tenantId],
  );
  return found;
}

/** True when people have gone back to another version meanwhile. */
export async function isOutdated(tx: Tx, tenantId: TenantId, model: TenantModel): Promise<boolean> {
  const row = await oneRow<{ version: number }>(
    tx,
    'select version from models where tenant_id = $1 and is_current',
    [tenantId],
  );
  return (row?.version ?? model.version) !== model.version;
}

/** Saves now and then. What people said is kept as corrections and learnt again after a crash. */
export async function saveModelIfDue(
  tx: Tx,
  tenantId: TenantId,
  model: TenantModel,
  now: Date,
): Promise<void> {
  if (isSaveDue(model, now)) await saveModel(tx, tenantId, model, now);
}

export async function saveModel(tx: Tx, tenantId: TenantId, model: TenantModel, now: Date): Promise<void> {
  const newest = await oneRow<{ version: number; createdAt: Date }>(
    tx,
    'select version, created_at as "createdAt" from models where tenant_id = $1 order by version desc limit 1',
    [tenantId],
  );
  const isYoung =
    newest?.version === model.version && now.getTime() - newest.createdAt.getTime() < VERSION_LASTS_MS;
  const version = isYoung && model.note === null ? newest.version : (newest?.version ?? 0) + 1;
  await affected(
    tx,
    'update models set is_current = false where tenant_id = $1 and version <> $2 and is_current',
    [tenantId, version],
  );
  await rows(
    tx,
    `insert into models (tenant_id, version, is_current, format, state, figures, note, created_at, saved_at)
     values ($1, $2, true, $3, $4, $5, $6, $7, $7)
     on conflict (tenant_id, version) do update set is_current = true, state = excluded.state,
       figures = excluded.figures, note = excluded.note, saved_at = excluded.saved_at returning version`,
    [
      tenantId,
      version,
      FORMAT,
      await encodeModels(model.fields),
      JSON.stringify(figuresOf(model)),
      model.note,
      now,
    ],
  );
  await affected(tx, 'delete from models where tenant_id = $1 and version <= $2 and not is_current', [
    tenantId,
    version - VERSIONS_KEPT,
  ]);
  if (model.lessons.size > 0) await markLearnt(tx, tenantId, [...model.lessons]);
  model.version = version;
  model.savedAt = now;
  model.unsaved = 0;
  model.lessons.clear();
  model.note = null;
}

function isSaveDue(model: TenantModel, now: Date): boolean {
  const unsaved = model.unsaved + model.lessons.size;
  if (unsaved >= MOST_UNSAVED || model.note !== null) return true;
  const age = model.savedAt ? now.getTime() - model.savedAt.getTime() : Infinity;
  return unsaved > 0 && (age >= SAVED_EVERY_MS || age < 0);
}

async function markLearnt(tx: Tx, tenantId: TenantId, ids: readonly string[]): Promise<void> {
  await affected(
    tx,
    'update corrections set is_learnt = true where tenant_id = $1 and id = any($2::uuid[]) and not is_learnt',
    [tenantId, ids],
  );
}

export interface ClassFigures {
  value: string;
  /** Mails learnt. */
  learnt: number;
  /** Of the newest mails that were guessed before they were taught: how many were said to be it, and rightly. */
  said: number;
  right: number;
}

export type Figures = Record<Field, { learnt: number; threshold: number; classes: ClassFigures[] }>;

/** An installation with a thousand orgs looks at the most frequent. */
const MOST_CLASSES_SHOWN = 100;

function figuresOf(model: TenantModel): Figures {
  const figures = FIELDS.map((field) => {
    const { linear, calibration } = model.fields[field];
    const precision = calibration.precision();
    const classes = linear.classes.map((value, index) => ({
      value,
      learnt: linear.counts[index] ?? 0,
      said: precision.get(index)?.said ?? 0,
      right: precision.get(index)?.right ?? 0,
    }));
    classes.sort((a, b) => b.learnt - a.learnt);
    return [
      field,
      {
        learnt: linear.learnt,
        threshold: calibration.threshold,
        classes: classes.slice(0, MOST_CLASSES_SHOWN),
      },
    ];
  });
  return Object.fromEntries(figures) as Figures;
}

/** The newest of the mails that a person put right at once; more of them teach the same again. */
const MOST_TAUGHT_AT_ONCE = 50;

/** Which mails a person put right: one, those of an event, or those of one signal in it that are unclassified. */
export interface CorrectedMails {
  mseId?: string;
  eventId?: string;
  signal?: string | null;
}

/** Keeps what a person said, for the model to learn from. */
export async function recordCorrections(
  tx: Tx,
  tenantId: TenantId,
  { mseId, eventId, signal }: CorrectedMails,
  { org, severity }: { org?: string | undefined; severity?: Severity | undefined },
  actor: Actor,
  now: Date,
): Promise<void> {
  if (!org && !severity) return;
  const mails = await rows<{ id: string }>(
    tx,
    `select id from mses where tenant_id = $1 and ($2::uuid is null or id = $2)
       and ($3::uuid is null or event_id = $3) and ($4::uuid is null or (signal_key = $4 and (severity is null or org is null)))
     order by received_at desc, id desc limit ${MOST_TAUGHT_AT_ONCE}`,
    [tenantId, mseId ?? null, eventId ?? null, signal ?? null],
  );
  const written = mails.map(({ id }) => ({ id: newId(now), mseId: id }));
  await rows(
    tx,
    `insert into corrections (tenant_id, id, mse_id, org, severity, actor, at)
     select $1, c.id, c."mseId", $3, $4, $5, $6 from json_to_recordset($2) as c (id uuid, "mseId" uuid) returning id`,
    [tenantId, JSON.stringify(written), org ?? null, severity ?? null, actor.name, now],
  );
}
