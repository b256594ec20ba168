/** Which changes of an event its listeners are told of. */
import type { ChangeKind } from '../events/change.ts';
import { severityRank, type MaybeSeverity } from '../events/severity.ts';
import type { PendingChange } from './pending-changes.ts';

const TOLD: readonly ChangeKind[] = ['opened', 'reopened', 'severity'];

/** It opened, came back, or got worse. */
export function isNews(change: PendingChange): boolean {
  return TOLD.includes(change.what) && (change.what !== 'severity' || isRaise(change));
}

function isRaise({ detail }: PendingChange): boolean {
  const [from, to] = [detail['from'], detail['to']] as MaybeSeverity[];
  return severityRank(to ?? null) < severityRank(from ?? null);
}
