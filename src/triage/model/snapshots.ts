/**
 * Models as saved, for processes that do not triage: read only, to say what a correction will change. What people said
 * since the save is learnt on top, so that a correction works at once.
 */
import type { Tx } from '../../db/transaction.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { readNewLessons } from './lessons.ts';
import { isOutdated, loadSaved } from './store.ts';
import { TenantModel } from './tenant-model.ts';

/** A model may take several megabytes. */
const MOST_KEPT = 10;

export class Snapshots {
  readonly #kept = new Map<TenantId, TenantModel>();

  async open(tx: Tx, tenantId: TenantId): Promise<TenantModel> {
    const kept = this.#kept.get(tenantId);
    const isFresh = kept && !(await isOutdated(tx, tenantId, kept));
    const model = isFresh ? kept : ((await loadSaved(tx, tenantId)).model ?? new TenantModel());
    for (const lesson of await readNewLessons(tx, tenantId)) model.learnLesson(lesson);
    this.#kept.delete(tenantId);
    this.#kept.set(tenantId, model);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest) this.#kept.delete(oldest);
    return model;
  }
}
