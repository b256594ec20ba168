/** What only one process at a time may do, by name. */
import type { TenantId } from '../kernel/ids.ts';

/** One process watches the clock for all; another takes over within the lease's expiry. */
export const WATCHDOG = 'watchdog';

/** Held while a tenant's history is being imported. */
export function importLease(tenantId: TenantId): string {
  return `import:${tenantId}`;
}

export function triageLease(tenantId: TenantId): string {
  return `triage:${tenantId}`;
}
