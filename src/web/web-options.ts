/** What the web server is given by the process that it is in. */
import type { TenantId } from '../kernel/ids.ts';
import type { Health } from '../selfwatch/health.ts';
import type { Services } from './operation.ts';

export interface WebOptions {
  services: Services;
  port: number;
  /** Where people reach the pages; null: wherever the request came to. */
  publicUrl: string | null;
  secretKey: string;
  /** False in a process without the web role: only health is served. */
  hasPages: boolean;
  checkHealth: () => Promise<Health>;
  readMetrics: () => Promise<{ contentType: string; text: string }>;
  observeRequest: (kind: string, status: number, seconds: number) => void;
  /** Calls back when events of a tenant may have changed. @returns the end of the subscription */
  onEventsChanged: (listener: (tenantId: TenantId) => void) => () => void;
}
