/** The candidate of a tenant in the database: asked for by people, learnt and tried by whoever triages the tenant. */
import type { Actor } from '../../accounts/role.ts';
import { affected, changedRows, oneRow, rows, type Tx } from '../../db/transaction.ts';
import { Conflict, NotFound } from '../../kernel/errors.ts';
import { newId, type TenantId } from '../../kernel/ids.ts';
import { Candidate, describeTrial, judgeTrial, newTrial, type Trial } from './candidate.ts';
import { decodeModels, encodeModels, UnreadableModel } from './codec.ts';
import { logModelDeed } from './model-log.ts';
import { relearn } from './relearn.ts';
import type { TenantModel } from './tenant-model.ts';

export interface ListedCandidate {
  id: string;
  who: string;
  startedAt: Date;
  /** False until the next mail: whoever triages learns it. */
  isLearnt: boolean;
  trial: Trial;
}

export async function findCandidate(tx: Tx, tenantId: TenantId): Promise<ListedCandidate | null> {
  const found = await oneRow<ListedCandidate>(
    tx,
    `select id, who, started_at as "startedAt", state is not null as "isLearnt", trial
     from model_candidates where tenant_id = $1`,
    [tenantId],
  );
  return found ?? null;
}

/** Asks for a model that is learnt anew and tried beside the present one. @throws Conflict */
export async function startCandidate(tx: Tx, tenantId: TenantId, actor: Actor, now: Date): Promise<void> {
  const present = await oneRow(tx, 'select 1 from models where tenant_id = $1 and is_current', [tenantId]);
  if (!present) throw new Conflict('There is no model yet that could be learnt anew.', 'nothing-learnt');
  const started = await rows(
    tx,
    `insert into model_candidates (tenant_id, id, who, why, started_at, trial)
     values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning id`,
    [tenantId, newId(now), actor.name, 'asked for', now, JSON.stringify(newTrial())],
  );
  if (started.length === 0) throw new Conflict('A candidate is being tried already.', 'candidate-exists');
  const why = 'from the stored mails and corrections, beside the present one';
  await logModelDeed(tx, tenantId, { what: 'learns anew', why }, now, actor);
}

/** @throws NotFound */
export async function giveUpCandidate(tx: Tx, tenantId: TenantId, actor: Actor, now: Date): Promise<void> {
  const trial = await dropCandidate(tx, tenantId);
  if (!trial) throw new NotFound('candidate');
  await logModelDeed(tx, tenantId, { what: 'candidate dropped', why: describeTrial(trial) }, now, actor);
}

/** @returns how it did, if there was one */
export async function dropCandidate(tx: Tx, tenantId: TenantId): Promise<Trial | null> {
  const dropped = await changedRows<{ trial: Trial }>(
    tx,
    'delete from model_candidates where tenant_id = $1 returning trial',
    [tenantId],
  );
  return dropped[0]?.trial ?? null;
}

/** @returns null when there is none, or none that was learnt yet */
export async function loadCandidate(tx: Tx, tenantId: TenantId): Promise<Candidate | null> {
  const stored = await readStored(tx, tenantId);
  const fields = stored?.state && decodeIfReadable(stored.state);
  return stored && fields ? new Candidate(stored.id, fields, stored.trial) : null;
}

/**
 * When people asked for a candidate, or gave one up, since the model was loaded. Call it once the model knows what people
 * said last: a candidate that is learnt here knows it too, and must not be tried on it.
 */
export async function refreshCandidate(tx: Tx, tenantId: TenantId, model: TenantModel): Promise<void> {
  const row = await oneRow<{ id: string }>(tx, 'select id from model_candidates where tenant_id = $1', [
    tenantId,
  ]);
  if ((row?.id ?? null) === (model.candidate?.id ?? null)) return;
  model.candidate = await loadCandidate(tx, tenantId);
  if (!row || model.candidate) return;
  const { model: learnt } = await relearn(tx, tenantId, model.knows);
  model.candidate = new Candidate(row.id, learnt.fields);
}

interface StoredCandidate {
  id: string;
  state: Buffer | null;
  trial: Trial;
}

async function readStored(tx: Tx, tenantId: TenantId): Promise<StoredCandidate | undefined> {
  return oneRow(tx, 'select id, state, trial from model_candidates where tenant_id = $1', [tenantId]);
}

function decodeIfReadable(state: Buffer) {
  try {
    return decodeModels(state);
  } catch (error) {
    if (error instanceof UnreadableModel) return null;
    throw error;
  }
}

export async function saveCandidate(
  tx: Tx,
  tenantId: TenantId,
  candidate: Candidate,
  now: Date,
): Promise<void> {
  await affected(
    tx,
    'update model_candidates set state = $3, trial = $4, saved_at = $5 where tenant_id = $1 and id = $2',
    [tenantId, candidate.id, await encodeModels(candidate.fields), JSON.stringify(candidate.trial), now],
  );
}

/** Once enough mails have tried both: the candidate takes the model's place, or goes. */
export async function concludeTrial(
  tx: Tx,
  tenantId: TenantId,
  model: TenantModel,
  now: Date,
): Promise<void> {
  const { candidate } = model;
  if (!candidate) return;
  const verdict = judgeTrial(candidate.trial);
  if (verdict === 'on trial') return;
  model.candidate = null;
  // Given up by a person meanwhile.
  if (!(await dropCandidate(tx, tenantId))) return;
  const why = describeTrial(candidate.trial);
  if (verdict === 'goes') {
    await logModelDeed(tx, tenantId, { what: 'candidate dropped', why }, now);
    return;
  }
  model.fields = candidate.fields;
  model.note = `Learnt anew and at least as good as the one before: ${why}.`;
  await logModelDeed(tx, tenantId, { what: 'candidate took over', why }, now);
}
