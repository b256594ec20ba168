/** What people see of their model: how much it has learnt, how far it may be believed, its versions and its candidate. */
import type { Tx } from '../../db/transaction.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { findCandidate, type ListedCandidate } from './candidate-store.ts';
import { countLessons, type CountedLessons } from './lessons.ts';
import { listModelDeeds, type ModelDeed } from './model-log.ts';
import { listVersions, readState, type Version } from './versions.ts';

export interface ModelOverview {
  /** null before anything was saved. */
  present: Version | null;
  /** The newest first. */
  versions: Version[];
  corrections: CountedLessons;
  candidate: ListedCandidate | null;
  log: ModelDeed[];
}

export async function describeModel(tx: Tx, tenantId: TenantId): Promise<ModelOverview> {
  const versions = await listVersions(tx, tenantId);
  const present = versions.find(({ isCurrent }) => isCurrent) ?? null;
  return {
    present,
    versions,
    corrections: await countLessons(tx, tenantId, present?.knows ?? EVERYTHING),
    candidate: await findCandidate(tx, tenantId),
    log: await listModelDeeds(tx, tenantId),
  };
}

const EVERYTHING = '{(,)}';

/** Why the stored model cannot be used as it is, and what happens then; null when it can, or when there is none. */
export async function findFaultOfModel(tx: Tx, tenantId: TenantId): Promise<string | null> {
  const lineage = (await listVersions(tx, tenantId)).filter(({ isInUse }) => isInUse);
  const faults: string[] = [];
  for (const { version } of lineage) {
    const state = await readState(tx, tenantId, version);
    if (typeof state === 'string') {
      faults.push(`version ${version} cannot be used: ${state}`);
      continue;
    }
    if (faults.length === 0) return null;
    return `${faults.join('; ')}. From the next mail on version ${version} is used, with the corrections said since.`;
  }
  if (faults.length === 0) return null;
  const { known } = await countLessons(tx, tenantId, lineage[0]?.knows ?? EVERYTHING);
  return `${faults.join('; ')}. At the next mail it is learnt anew from ${known} corrections and the mails that tags and rules decided.`;
}
