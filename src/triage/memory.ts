/**
 * What triage has learnt of a tenant, kept in memory by the holder of the tenant's triage lease: loaded when it takes
 * over, saved in the transaction that settles a slice. Each part (templates, model, servers) has its own store; here is
 * only when they are loaded and saved, and that two holders never both write.
 */
import type { TenantId } from '../kernel/ids.ts';
import { loadGrouping, readStamp } from '../events/grouping/store.ts';
import type { Grouping } from '../events/grouping/grouping.ts';
import { affected, oneRow, rows, type Tx } from '../db/transaction.ts';
import { refreshCandidate } from './model/candidate-store.ts';
import { readNewLessons } from './model/lessons.ts';
import { isOutdated, loadModel, saveModel, saveModelIfDue } from './model/store.ts';
import type { TenantModel } from './model/tenant-model.ts';
import type { Inventory } from './servers/inventory.ts';
import { loadInventory, saveInventory, takeDecisions } from './servers/store.ts';
import { StaleMemory } from './stale-memory.ts';
import type { MailTemplates } from './templates/mail-templates.ts';
import { loadTemplates, saveTemplates } from './templates/store.ts';

export interface TenantMemory {
  readonly tenantId: TenantId;
  /** As in the database: rises with each save, so that whoever held the lease before knows its memory is old. */
  version: number;
  /** Open events, and what belongs together. */
  grouping: Grouping;
  servers: Inventory;
  readonly templates: MailTemplates;
  model: TenantModel;
}

/** More tenants than this in one process at once are loaded again at their turn: memory stays bounded. */
const MOST_KEPT = 200;

export class Memories {
  readonly #kept = new Map<TenantId, TenantMemory>();

  /** At the start of a holder's turn. */
  async open(tx: Tx, tenantId: TenantId): Promise<TenantMemory> {
    const version = await readVersion(tx, tenantId);
    const kept = this.#kept.get(tenantId);
    const memory = kept?.version === version ? kept : await load(tx, tenantId, version);
    // People merge and split meanwhile, in whatever process.
    if (memory.grouping.stamp !== (await readStamp(tx, tenantId))) {
      memory.grouping = await loadGrouping(tx, tenantId);
    }
    if (await isOutdated(tx, tenantId, memory.model)) memory.model = await loadModel(tx, tenantId);
    for (const lesson of await readNewLessons(tx, tenantId)) memory.model.learnLesson(lesson);
    await refreshCandidate(tx, tenantId, memory.model);
    this.#keep(memory);
    if (memory === kept) await takeNews(tx, memory);
    return memory;
  }

  /** After a transaction that failed: what the memory learnt with it never happened. */
  drop(tenantId: TenantId): void {
    this.#kept.delete(tenantId);
  }

  /** What is otherwise saved now and then, at the end of an import. */
  async flush(tx: Tx, tenantId: TenantId, now: Date): Promise<void> {
    const memory = this.#kept.get(tenantId);
    if (!memory || memory.model.unsaved + memory.model.lessons.size === 0) return;
    try {
      await raiseVersion(tx, memory);
      await saveModel(tx, tenantId, memory.model, now);
    } catch (error) {
      if (!(error instanceof StaleMemory)) throw error;
      // Whoever holds the tenant now saves its own.
      this.drop(tenantId);
    }
  }

  #keep(memory: TenantMemory): void {
    this.#kept.delete(memory.tenantId);
    this.#kept.set(memory.tenantId, memory);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest) this.#kept.delete(oldest);
  }
}

async function readVersion(tx: Tx, tenantId: TenantId): Promise<number> {
  const row = await oneRow<{ version: number }>(
    tx,
    'select version from triage_memories where tenant_id = $1',
    [tenantId],
  );
  if (row) return row.version;
  // A tenant's first turn; two processes may have it at once.
  await rows(
    tx,
    `insert into triage_memories (tenant_id, version) values ($1, 0) on conflict do nothing returning version`,
    [tenantId],
  );
  return 0;
}

async function load(tx: Tx, tenantId: TenantId, version: number): Promise<TenantMemory> {
  const grouping = await loadGrouping(tx, tenantId);
  const servers = await loadInventory(tx, tenantId);
  const templates = await loadTemplates(tx, tenantId);
  const model = await loadModel(tx, tenantId);
  return { tenantId, version, grouping, servers, templates, model };
}

/** What people decided since the last turn. */
async function takeNews(tx: Tx, memory: TenantMemory): Promise<void> {
  const decisions = await takeDecisions(tx, memory.tenantId);
  if (decisions.length === 0) return;
  // It is told once; whoever held the tenant before and takes over again must load anew to hear of it.
  await raiseVersion(tx, memory);
  memory.servers.learnDecisions(decisions);
}

/**
 * Writes what changed since the last save, in the transaction of the mails it was learnt from.
 * @throws StaleMemory when another process has saved, or people went back, since this memory was loaded
 */
export async function saveMemory(tx: Tx, memory: TenantMemory, now: Date): Promise<void> {
  await raiseVersion(tx, memory);
  await saveInventory(tx, memory.tenantId, memory.servers);
  await saveTemplates(tx, memory.tenantId, memory.templates);
  await saveModelIfDue(tx, memory.tenantId, memory.model, now);
}

async function raiseVersion(tx: Tx, memory: TenantMemory): Promise<void> {
  const saved = await affected(
    tx,
    'update triage_memories set version = version + 1 where tenant_id = $1 and version = $2',
    [memory.tenantId, memory.version],
  );
  if (saved === 0) throw new StaleMemory('Another process has triaged this tenant meanwhile');
  memory.version += 1;
}
