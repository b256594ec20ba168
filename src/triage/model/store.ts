/**
 * A tenant's model in the database: loaded by whoever takes over the tenant's triage, saved now and then in the
 * transaction of the mails that it was learnt from.
 */
import { affected, oneRow, rows, type Tx } from '../../db/transaction.ts';
import { HOUR, MINUTE } from '../../kernel/clock.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { StaleMemory } from '../stale-memory.ts';
import { concludeTrial, loadCandidate, saveCandidate } from './candidate-store.ts';
import { judgeTrial } from './candidate.ts';
import { encodeModels, FORMAT } from './codec.ts';
import { figuresOf } from './figures.ts';
import { markLearnt, readLessonsBetween } from './lessons.ts';
import { logModelDeed } from './model-log.ts';
import { relearn } from './relearn.ts';
import type { TenantModel } from './tenant-model.ts';
import { listVersions, readState, removeOldVersions } from './versions.ts';

const VERSION_LASTS_MS = HOUR;
const SAVED_EVERY_MS = MINUTE;
/** An import that ends badly loses no more than this. */
const MOST_UNSAVED = 2000;

/** The model of the present version, a former one if that is broken, or one that is learnt anew. */
export async function loadModel(tx: Tx, tenantId: TenantId): Promise<TenantModel> {
  const { model, version, knows, faults } = await loadSaved(tx, tenantId);
  const loaded = model ?? (await relearnLost(tx, tenantId, { version, knows, faults }));
  loaded.candidate = await loadCandidate(tx, tenantId);
  return loaded;
}

interface Saved {
  model: TenantModel | null;
  /** The present one, readable or not; 0 when there is none. */
  version: number;
  /** Versions that the present one came by. */
  knows: string;
  /** Why states could not be used. */
  faults: string[];
}

export async function loadSaved(tx: Tx, tenantId: TenantId): Promise<Saved> {
  const lineage = (await listVersions(tx, tenantId)).filter(({ isInUse }) => isInUse);
  const present = lineage[0];
  const faults: string[] = [];
  for (const { version } of lineage) {
    const saved = await readState(tx, tenantId, version);
    if (typeof saved === 'string') {
      faults.push(`Version ${version} of the model cannot be used: ${saved}`);
      continue;
    }
    const formerlyKnown = saved.knows;
    saved.version = present?.version ?? version;
    saved.knows = present?.knows ?? saved.knows;
    if (faults.length > 0) {
      saved.note = `${faults.join('; ')}; version ${version} is used instead.`;
      // What people said since is in no state any more.
      for (const lesson of await readLessonsBetween(tx, tenantId, saved.knows, formerlyKnown))
        saved.learnLesson(lesson);
    }
    return { model: saved, version: saved.version, knows: saved.knows, faults };
  }
  const knows = present?.knows ?? (await everything(tx, tenantId));
  return { model: null, version: present?.version ?? 0, knows, faults };
}

/** No version is left, whatever became of them: nobody went back from any. */
async function everything(tx: Tx, tenantId: TenantId): Promise<string> {
  const row = await oneRow<{ knows: string }>(
    tx,
    `select int4multirange(int4range(0, coalesce(max(learnt_in), 0), '[]'))::text as knows
     from corrections where tenant_id = $1`,
    [tenantId],
  );
  return row?.knows ?? '{}';
}

async function relearnLost(
  tx: Tx,
  tenantId: TenantId,
  { version, knows, faults }: Omit<Saved, 'model'>,
): Promise<TenantModel> {
  const { model, lessons, mails } = await relearn(tx, tenantId, knows);
  model.version = version;
  if (faults.length > 0)
    model.note = `${faults.join('; ')}; it was learnt anew from ${lessons} corrections and ${mails} mails.`;
  return model;
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

function isSaveDue(model: TenantModel, now: Date): boolean {
  const unsaved = model.unsaved + model.lessons.size;
  if (unsaved >= MOST_UNSAVED || model.note !== null) return true;
  if (model.candidate && judgeTrial(model.candidate.trial) !== 'on trial') return true;
  const age = model.savedAt ? now.getTime() - model.savedAt.getTime() : Infinity;
  return unsaved > 0 && (age >= SAVED_EVERY_MS || age < 0);
}

/** @throws StaleMemory */
export async function saveModel(tx: Tx, tenantId: TenantId, model: TenantModel, now: Date): Promise<void> {
  await holdPresent(tx, tenantId, model);
  if (model.note !== null) {
    await logModelDeed(tx, tenantId, { what: 'could not be read', why: model.note }, now);
  }
  await concludeTrial(tx, tenantId, model, now);
  const version = await nextVersion(tx, tenantId, model, now);
  await affected(
    tx,
    'update models set is_current = false where tenant_id = $1 and version <> $2 and is_current',
    [tenantId, version],
  );
  const written = await rows<{ knows: string }>(
    tx,
    `insert into models (tenant_id, version, is_current, format, state, figures, note, created_at, saved_at, knows)
     values ($1, $2, true, $3, $4, $5, $6, $7, $7, $8::int4multirange + int4multirange(int4range($2::integer, $2::integer, '[]')))
     on conflict (tenant_id, version) do update set is_current = true, state = excluded.state,
       figures = excluded.figures, note = excluded.note, saved_at = excluded.saved_at, knows = excluded.knows
     returning knows::text as knows`,
    [
      tenantId,
      version,
      FORMAT,
      await encodeModels(model.fields),
      JSON.stringify(figuresOf(model)),
      model.note,
      now,
      model.knows,
    ],
  );
  await removeOldVersions(tx, tenantId, now);
  if (model.lessons.size > 0) await markLearnt(tx, tenantId, [...model.lessons], version);
  if (model.candidate) await saveCandidate(tx, tenantId, model.candidate, now);
  model.knows = written[0]?.knows ?? model.knows;
  model.version = version;
  model.savedAt = now;
  model.unsaved = 0;
  model.lessons.clear();
  model.note = null;
}

/** Whoever goes back waits for this transaction to end, or has come before it. @throws StaleMemory */
async function holdPresent(tx: Tx, tenantId: TenantId, model: TenantModel): Promise<void> {
  const present = await oneRow<{ version: number }>(
    tx,
    'select version from models where tenant_id = $1 and is_current for update',
    [tenantId],
  );
  if (present && present.version !== model.version) {
    throw new StaleMemory('People went back to another version of the model');
  }
}

/** The newest goes on for an hour; what people went back to, and what replaces a broken state, is a new version. */
async function nextVersion(tx: Tx, tenantId: TenantId, model: TenantModel, now: Date): Promise<number> {
  const newest = await oneRow<{ version: number; createdAt: Date }>(
    tx,
    'select version, created_at as "createdAt" from models where tenant_id = $1 order by version desc limit 1',
    [tenantId],
  );
  if (!newest) return 1;
  const isYoung =
    newest.version === model.version && now.getTime() - newest.createdAt.getTime() < VERSION_LASTS_MS;
  return isYoung && model.note === null ? newest.version : newest.version + 1;
}
