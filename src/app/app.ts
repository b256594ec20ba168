/** Starts the process's parts in order, and stops them in reverse. */
import os from 'node:os';
import { isAnybodyThere } from '../accounts/users.ts';
import { setupCode } from '../accounts/setup.ts';
import type { PortSetting, Settings } from '../config/schema.ts';
import { openDatabase } from '../db/data-source.ts';
import { migrate } from '../db/migrate.ts';
import { acrossTenants, oneRow } from '../db/transaction.ts';
import { loadCertificate } from '../inbound/smtp/certificate.ts';
import { openSmtpDoor } from '../inbound/smtp/smtp-door.ts';
import { between, SECOND, systemClock, type Clock } from '../kernel/clock.ts';
import { AppError, describeError } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';
import { Loop, type LoopWork } from '../kernel/loop.ts';
import { StopStack } from '../kernel/stop-stack.ts';
import { endClaims } from '../outbound/claims.ts';
import { checkHealth, type Probe } from '../selfwatch/health.ts';
import { findTrouble } from '../selfwatch/loops.ts';
import { removeDoor } from '../watchdog/doors.ts';
import { serveWeb } from '../web/server.ts';
import type { WebOptions } from '../web/web-options.ts';
import { listJobs } from './jobs/list-jobs.ts';
import { lookForWork } from './look-for-work.ts';
import { ensureOwnTenant } from './own-tenant.ts';
import { wire, type Parts } from './wiring.ts';

export interface RunningApp {
  httpPort: number;
  smtpPort: number | 'off';
  /** The one-time link of an empty installation. */
  setupUrl: string | null;
  parts: Parts;
  stop: () => Promise<void>;
}

/** A channel that needs longer is sent to again by whoever comes next. */
const FAREWELL_MS = 3 * SECOND;

export interface StartOptions {
  clock?: Clock;
  /** Told when the process cannot go on and should end; the next start recovers. */
  onDeath?: (reason: string) => void;
}

/** @throws AppError when a part cannot be started; what was started before is stopped again */
export async function startApp(
  settings: Settings,
  log: Log,
  options: StartOptions = {},
): Promise<RunningApp> {
  const { clock = systemClock, onDeath = () => undefined } = options;
  const stack = new StopStack(log);
  try {
    const database = await openDatabase(settings, onDeath);
    stack.push('database', database.close);
    await migrate(database.dataSource, database.isEmbedded);
    const parts = wire(settings, database, clock, log);
    stack.push('leases', () => parts.leases.releaseAll());
    if (parts.mail) stack.push('mail transport', parts.mail.close);
    if (database.isEmbedded) await acrossTenants(database.dataSource, (tx) => endClaims(tx, clock.now()));
    stack.push('channels', () => parts.lanes.settle(FAREWELL_MS));

    const own = await ensureOwnTenant(database.dataSource, parts.secretKey, clock.now());
    const loops: Loop[] = [];
    const web = await serveWeb(webOptions(parts, loops));
    stack.push('web', web.close);
    parts.setHttpPort(web.port);
    const smtpPort = await openDoors(parts, stack);
    if (settings.DATAMER_ROLES.includes('intake')) parts.setSmtpPort(smtpPort);
    parts.selfWatch.open(own, () => loops.map((loop) => loop.health()));
    stack.push('farewell', () => parts.selfWatch.close());
    startLoops(parts, loops, stack);

    const hasUsers = await isAnybodyThere(database.dataSource.manager);
    const setupUrl = hasUsers ? null : `${parts.addresses().baseUrl}/setup/${setupCode(parts.secretKey)}`;
    return { httpPort: web.port, smtpPort, setupUrl, parts, stop: () => stack.stopAll() };
  } catch (error) {
    await stack.stopAll();
    throw error;
  }
}

export function webOptions(parts: Parts, loops: readonly Loop[]): WebOptions {
  const { settings, database, clock, log, secrets, secretKey, bus, metrics, doorsOf, smtpPort } = parts;
  const { guard, mail, addresses } = parts;
  const probes = listProbes(parts, loops);
  return {
    services: {
      database: database.dataSource,
      clock,
      log,
      secrets,
      guard,
      mail,
      addresses,
      doorsOf,
      smtpPort,
      ownHealth: () => parts.selfWatch.health(),
      wake: (what) => bus.emit(what, null),
    },
    port: settings.DATAMER_HTTP_PORT,
    publicUrl: settings.DATAMER_PUBLIC_URL,
    secretKey,
    hasPages: settings.DATAMER_ROLES.includes('web'),
    checkHealth: () => checkHealth(probes),
    readMetrics: async () => ({
      contentType: metrics.registry.contentType,
      text: await metrics.registry.metrics(),
    }),
    observeRequest: (kind, status, seconds) => metrics.httpSeconds.observe({ kind, status }, seconds),
    onEventsChanged: (listener) => bus.on('events changed', listener),
  };
}

async function openDoors(parts: Parts, stack: StopStack): Promise<number | 'off'> {
  const { settings, log } = parts;
  const isIntake = settings.DATAMER_ROLES.includes('intake');
  if (!isIntake || !parts.hasSmtpDoor) {
    if (isIntake) await removeDoor(parts.database.dataSource.manager);
    return 'off';
  }
  const certificate = await loadCertificate(settings, os.hostname(), parts.clock.now());
  const open = async (kind: 'smtp' | 'lmtp', port: PortSetting, isTls: boolean): Promise<number | 'off'> => {
    if (port === 'off') return 'off';
    try {
      const door = await openSmtpDoor({ ...parts, kind, port, isTls, certificate, hostName: os.hostname() });
      stack.push(`${kind} door`, door.close);
      parts.selfWatch.addDoor({ kind, port: door.port, isTls });
      log.info({ door: kind, port: door.port, tls: isTls }, 'door open');
      return door.port;
    } catch (error) {
      throw new AppError(
        `The ${kind.toUpperCase()} door cannot be opened on port ${port}: ${describeError(error)}. ` +
          `Free the port or choose another with DATAMER_${kind.toUpperCase()}${isTls ? 'S' : ''}_PORT.`,
        { code: 'port-taken', cause: error },
      );
    }
  };
  const smtpPort = await open('smtp', settings.DATAMER_SMTP_PORT, false);
  await open('smtp', settings.DATAMER_SMTPS_PORT, true);
  await open('lmtp', settings.DATAMER_LMTP_PORT, false);
  return smtpPort;
}

function startLoops(parts: Parts, loops: Loop[], stack: StopStack): void {
  const { settings, clock, log, bus } = parts;
  const jobs = listJobs(parts).filter(({ role }) => role === null || settings.DATAMER_ROLES.includes(role));
  const byName = new Map<string, Loop>();
  const start = (work: LoopWork): void => {
    const loop = new Loop(measured(work, parts), clock, log);
    loop.start();
    stack.push(`loop ${work.name}`, () => loop.stop());
    loops.push(loop);
    byName.set(work.name, loop);
  };
  for (const job of jobs) start(job);
  start(lookForWork(parts, jobs, (name) => byName.get(name)?.wake()));
  if (settings.DATAMER_ROLES.includes('intake')) stack.push('mailboxes', () => parts.supervisor.stop());
  const wake = (name: string) => () => byName.get(name)?.wake();
  stack.push('wake-ups', () => {
    for (const off of subscriptions) off();
  });
  const subscriptions = [
    bus.on('mail stored', wake('triage')),
    bus.on('mail to be read again', wake('triage')),
    bus.on('schedules changed', wake('watchdog')),
    bus.on('events changed', wake('dispatch')),
    bus.on('something to tell', wake('dispatch')),
    bus.on('something to send', wake('send')),
    bus.on('something to send', wake('send to channels')),
    bus.on('mailboxes changed', wake('mailboxes')),
    bus.on('events changed', (tenantId) => {
      parts.supervisor.moveMails(tenantId);
    }),
    // What people do on the pages to any tenant's events.
    bus.on('something to tell', () => {
      parts.supervisor.moveMails(null);
    }),
  ];
}

function measured(work: LoopWork, { metrics, clock }: Parts): LoopWork {
  const { name: loop, run } = work;
  return {
    ...work,
    run: async (now, signal) => {
      const observe = (outcome: 'ok' | 'failed'): void => {
        const endedAt = clock.now();
        metrics.loopSeconds.observe({ loop, outcome }, Math.max(0, between(now, endedAt)) / SECOND);
        if (outcome === 'ok') metrics.loopSucceededAt.set({ loop }, endedAt.getTime() / SECOND);
      };
      try {
        const hasMore = await run(now, signal);
        observe('ok');
        return hasMore;
      } catch (error) {
        observe('failed');
        throw error;
      }
    },
  };
}

function listProbes({ database, clock }: Parts, loops: readonly Loop[]): Probe[] {
  return [
    {
      name: 'database',
      check: async () => {
        await oneRow(database.dataSource.manager, 'select 1');
        return null;
      },
    },
    {
      name: 'loops',
      check: async () => {
        const troubled = findTrouble(
          loops.map((loop) => loop.health()),
          clock.now(),
        ).map(({ what }) => what);
        return Promise.resolve(troubled.length > 0 ? troubled.join('; ') : null);
      },
    },
  ];
}
