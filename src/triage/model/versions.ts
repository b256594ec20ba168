/** The stored states of a tenant's model: which there are, which stay, and reading one. */
import { affected, oneRow, rows, type Tx } from '../../db/transaction.ts';
import { DAY } from '../../kernel/clock.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { decodeModels, UnreadableModel } from './codec.ts';
import { readFigures, type Figures } from './figures.ts';
import { TenantModel } from './tenant-model.ts';

export interface Version {
  version: number;
  isCurrent: boolean;
  /** The present one, or one that it was learnt through. */
  isInUse: boolean;
  knows: string;
  createdAt: Date;
  savedAt: Date;
  figures: Figures;
  /** Why it was not simply continued. */
  note: string | null;
}

/** The newest first. */
export async function listVersions(tx: Tx, tenantId: TenantId): Promise<Version[]> {
  const found = await rows<Omit<Version, 'figures'> & { figures: unknown }>(
    tx,
    `select m.version, m.is_current as "isCurrent", m.knows::text as knows, m.created_at as "createdAt",
       m.saved_at as "savedAt", m.figures, m.note, coalesce(m.version <@ p.knows, true) as "isInUse"
     from models m left join models p on p.tenant_id = $1 and p.is_current
     where m.tenant_id = $1 order by m.version desc`,
    [tenantId],
  );
  return found.map((version) => ({ ...version, figures: readFigures(version.figures) }));
}

/** A mistake may be noticed within hours, or after some days. */
const NEWEST_KEPT = 4;
const DAYS_KEPT = 7;

/** Which versions stay: the newest few, the last one of each of the last days, the present one. */
export function chooseKept(
  versions: readonly Pick<Version, 'version' | 'isCurrent' | 'savedAt'>[],
  now: Date,
): number[] {
  const sorted = [...versions].sort((a, b) => b.version - a.version);
  const days = new Set<number>();
  const isKept = sorted.map(({ isCurrent, savedAt }, index) => {
    const day = Math.floor(savedAt.getTime() / DAY);
    const isLastOfDay = !days.has(day) && day > Math.floor(now.getTime() / DAY) - DAYS_KEPT;
    days.add(day);
    return isCurrent || index < NEWEST_KEPT || isLastOfDay;
  });
  return sorted.filter((_, index) => isKept[index]).map(({ version }) => version);
}

export async function removeOldVersions(tx: Tx, tenantId: TenantId, now: Date): Promise<void> {
  const kept = chooseKept(await listVersions(tx, tenantId), now);
  await affected(tx, 'delete from models where tenant_id = $1 and version <> all($2::integer[])', [
    tenantId,
    kept,
  ]);
}

/** @returns why it cannot be used, when it cannot */
export async function readState(tx: Tx, tenantId: TenantId, version: number): Promise<TenantModel | string> {
  const stored = await oneRow<{ state: Buffer; savedAt: Date; knows: string; figures: unknown }>(
    tx,
    `select state, saved_at as "savedAt", knows::text as knows, figures from models where tenant_id = $1 and version = $2`,
    [tenantId, version],
  );
  if (!stored) return 'it is not there any more';
  try {
    const model = new TenantModel(decodeModels(stored.state), version);
    model.savedAt = stored.savedAt;
    model.knows = stored.knows;
    model.learntFrom = readFigures(stored.figures).from;
    return model;
  } catch (error) {
    if (error instanceof UnreadableModel) return error.message;
    throw error;
  }
}
