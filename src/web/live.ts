/**
 * Live pages: server-sent events that say "something has changed", nothing more; the page fetches itself again. One
 * look at the database per tenant every few seconds, however many watch, and none while nobody does; a change made
 * in this process is told at once.
 */
import { type Request, type Response, Router } from 'express';
import { inTenant } from '../db/transaction.ts';
import { latestChange } from '../events/latest-change.ts';
import { SECOND } from '../kernel/clock.ts';
import type { TenantId } from '../kernel/ids.ts';
import type { Identity } from './handle.ts';
import type { WebOptions } from './web-options.ts';

const LOOK_EVERY_MS = 3 * SECOND;
/** Proxies close connections that are silent for a minute. */
const HEARTBEAT_MS = 25 * SECOND;
/** Each viewer holds a socket. */
const MOST_VIEWERS = 2000;

export function liveRouter(options: WebOptions, identityOf: (request: Request) => Identity): Router {
  const hub = new LiveHub(options);
  const router = Router();
  router.get('/live', (request, response) => {
    hub.add(identityOf(request).tenantId, response);
  });
  return router;
}

class LiveHub {
  readonly #options: WebOptions;
  readonly #viewers = new Map<TenantId, Set<Response>>();
  readonly #seen = new Map<TenantId, string>();
  #timer: NodeJS.Timeout | null = null;
  #count = 0;

  constructor(options: WebOptions) {
    this.#options = options;
    options.onEventsChanged((tenantId) => {
      void this.#look(tenantId);
    });
  }

  add(tenantId: TenantId, response: Response): void {
    // Gone while the session was being looked up: nothing would say so again.
    if (response.destroyed) return;
    if (this.#count >= MOST_VIEWERS) {
      response.status(503).set('Retry-After', '60').end();
      return;
    }
    this.#count += 1;
    response.set({
      'Content-Type': 'text/event-stream',
      // Compressing would hold back what is said until there is more of it.
      'Cache-Control': 'no-store, no-transform',
      'X-Accel-Buffering': 'no',
    });
    response.flushHeaders();
    response.write('retry: 5000\n\n');
    const viewers = this.#viewers.get(tenantId) ?? new Set();
    viewers.add(response);
    this.#viewers.set(tenantId, viewers);
    const heartbeat = setInterval(() => response.write(':\n\n'), HEARTBEAT_MS).unref();
    response.once('close', () => {
      clearInterval(heartbeat);
      this.#remove(tenantId, response);
    });
    this.#timer ??= setInterval(() => void this.#lookAtAll(), LOOK_EVERY_MS).unref();
  }

  #remove(tenantId: TenantId, response: Response): void {
    this.#count -= 1;
    const viewers = this.#viewers.get(tenantId);
    viewers?.delete(response);
    if (viewers?.size === 0) this.#viewers.delete(tenantId);
    if (this.#viewers.size > 0 || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  async #lookAtAll(): Promise<void> {
    await Promise.all([...this.#viewers.keys()].map((tenantId) => this.#look(tenantId)));
  }

  async #look(tenantId: TenantId): Promise<void> {
    const viewers = this.#viewers.get(tenantId);
    if (!viewers) return;
    try {
      const { database } = this.#options.services;
      const latest = await inTenant(database, tenantId, (tx) => latestChange(tx, tenantId));
      if (this.#seen.get(tenantId) === latest) return;
      this.#seen.set(tenantId, latest);
      for (const viewer of viewers) viewer.write('event: changed\ndata: {}\n\n');
    } catch {
      // The database is away: pages say so themselves when they are fetched; the next look follows.
    }
  }
}
