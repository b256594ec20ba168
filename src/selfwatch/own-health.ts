/** How DaTamer stands, for the card on the dashboard: as of the last turn, so that a page asks for nothing. */
import type { TenantId } from '../kernel/ids.ts';
import type { LastSeen } from './own-mails.ts';
import type { KnownProblem } from './own-problems.ts';
import type { LivingProcess } from './processes.ts';

export interface OwnHealth {
  tenantId: TenantId;
  asOf: Date;
  lastSeen: readonly LastSeen[];
  problems: readonly KnownProblem[];
  processes: readonly LivingProcess[];
}
