/**
 * Builds the parts and hands each what it needs. Long and straight on purpose: it is the one place where every room
 * is known, and reading it from top to bottom is reading what depends on what.
 */
import { randomUUID } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import os from 'node:os';
import type { Tenant } from '../accounts/tenants.ts';
import { findTenantByAddress } from '../accounts/tenants.ts';
import { loadSecretKey } from '../config/secret-key.ts';
import type { Settings } from '../config/schema.ts';
import type { Database } from '../db/data-source.ts';
import { Leases } from '../db/lease.ts';
import { acrossTenants, type Tx } from '../db/transaction.ts';
import { MailTokens } from '../events/by-mail/mail-tokens.ts';
import { isReplyAddress } from '../events/by-mail/reply-address.ts';
import { NoticeSeal } from '../events/notice-seal.ts';
import { acceptMail, type AcceptedMail, type ArrivedMail } from '../inbound/accept.ts';
import { MailboxSupervisor } from '../inbound/imap/supervisor.ts';
import { RecentMails } from '../inbound/recent-mails.ts';
import { GroupCommit } from '../inbound/smtp/group-commit.ts';
import { Bus } from '../kernel/bus.ts';
import { SECOND, type Clock } from '../kernel/clock.ts';
import type { TenantId } from '../kernel/ids.ts';
import { Lanes } from '../kernel/lanes.ts';
import type { Log } from '../kernel/log.ts';
import { NetworkGuard, NO_PRIVATE_TARGETS } from '../kernel/network-guard.ts';
import { SecretBox } from '../kernel/secret-box.ts';
import { openMailTransport, type MailTransport } from '../outbound/channels/email/transport.ts';
import type { Addresses } from '../outbound/addresses.ts';
import { DeadMan } from '../selfwatch/dead-man.ts';
import { Metrics } from '../selfwatch/metrics.ts';
import { SelfWatch } from '../selfwatch/self-watch.ts';
import { Memories } from '../triage/memory.ts';
import type { DoorState } from '../watchdog/blind.ts';
import { listTenantsWithDueStreams } from '../watchdog/find-breaches.ts';
import { importLease, WATCHDOG } from './leases.ts';
import { lookAround } from './look-around.ts';
import { listDoorStates } from './doors-of-tenants.ts';
import { folderDeeds } from './folder-deeds.ts';
import type { Pipeline } from './pipeline.ts';

/** Hints inside the process: what waits to be done, and what has changed for whoever looks at it. */
export type Signals = {
  'mail stored': TenantId;
  'events changed': TenantId;
  'mail to be read again': null;
  'something to tell': null;
  'something to send': null;
  'mailboxes changed': null;
  'schedules changed': null;
};

export interface Parts {
  settings: Settings;
  database: Database;
  clock: Clock;
  log: Log;
  secretKey: string;
  secrets: SecretBox;
  leases: Leases;
  bus: Bus<Signals>;
  metrics: Metrics;
  recent: RecentMails;
  pipeline: Pipeline;
  /** Signs the links and reply addresses of notices. */
  tokens: MailTokens;
  supervisor: MailboxSupervisor;
  /** Watches nothing until it is told its tenant. */
  selfWatch: SelfWatch;
  /** Null while DATAMER_SMTP_OUT_URL is not set: notices wait in the outbox. */
  mail: MailTransport | null;
  /** Where channels may be sent to. */
  guard: NetworkGuard;
  /** Channels that are being sent to. */
  lanes: Lanes;
  hasSmtpDoor: boolean;
  findTenant: (recipient: string) => Promise<TenantId | null>;
  accept: (tenantId: TenantId, mail: ArrivedMail) => Promise<AcceptedMail>;
  doorsOf: (tx: Tx, tenant: Tenant) => Promise<DoorState[]>;
  /** Addresses in notices; the port is known once the pages are served. */
  addresses: () => Addresses;
  setHttpPort: (port: number) => void;
  /** As told to people who let mail in; the real one is known once the door is open. */
  smtpPort: () => number | null;
  setSmtpPort: (port: number | 'off') => void;
}

export function wire(settings: Settings, database: Database, clock: Clock, log: Log): Parts {
  const { dataSource } = database;
  const secretKey = loadSecretKey(settings);
  const secrets = new SecretBox(secretKey);
  const seal = new NoticeSeal(secretKey);
  const tokens = new MailTokens(secretKey);
  const bus = new Bus<Signals>();
  const metrics = new Metrics();
  const recent = new RecentMails();
  const leases = new Leases(database, `${os.hostname()} ${process.pid} ${randomUUID()}`);

  const supervisor = new MailboxSupervisor({
    database: dataSource,
    leases,
    secrets,
    recent,
    clock,
    log,
    onStored: (tenantId, count) => {
      metrics.mailsStored.inc({ door: 'imap' }, count);
      bus.emit('mail stored', tenantId);
    },
    tenantsAwaitingProof: async (now) =>
      new Set(await acrossTenants(dataSource, (tx) => listTenantsWithDueStreams(tx, now))),
    deeds: folderDeeds,
    onFollowed: (tenantId) => {
      bus.emit('events changed', tenantId);
      bus.emit('something to tell', null);
    },
  });

  const commits = new GroupCommit(async (tenantId, mails) => {
    const accepted = await acceptMail(dataSource, tenantId, mails, recent);
    metrics.mailsStored.inc({ door: mails[0]?.door ?? 'smtp' }, mails.length);
    bus.emit('mail stored', tenantId);
    return accepted;
  });

  const selfWatch = new SelfWatch({
    database: dataSource,
    clock,
    log: log.child({ part: 'selfwatch' }),
    metrics,
    processName: `${os.hostname()} ${[...settings.DATAMER_ROLES].sort().join('+')}`,
    roles: settings.DATAMER_ROLES,
    isKeeper: async (now) =>
      settings.DATAMER_ROLES.includes('watchdog') && (await leases.take([WATCHDOG], now)).has(WATCHDOG),
    lookAround: (now) => lookAround(dataSource, (tenantId) => leases.isHeld(importLease(tenantId), now)),
    askWeb: async () => {
      const answer = await fetch(`http://127.0.0.1:${httpPort}/healthz`, {
        signal: AbortSignal.timeout(5 * SECOND),
      });
      if (!answer.ok) throw new Error(`the pages answered ${answer.status}`);
    },
    freeBytes: () => freeBytesIn(settings.DATAMER_DATA_DIR),
    store: async (tenantId, raw) => {
      await commits.add(tenantId, { raw, receivedAt: clock.now(), door: 'smtp' });
    },
    deadMan: settings.DATAMER_DEADMAN_URL
      ? new DeadMan(settings.DATAMER_DEADMAN_URL, settings.DATAMER_DEADMAN_SECONDS * SECOND, log)
      : null,
  });

  let httpPort = settings.DATAMER_HTTP_PORT;
  let smtpPort = settings.DATAMER_SMTP_PORT;
  const addresses = (): Addresses => ({
    baseUrl: settings.DATAMER_PUBLIC_URL ?? `http://localhost:${httpPort}`,
    mailDomain: /@([^>]+)>?$/.exec(settings.DATAMER_MAIL_FROM)?.[1] ?? 'localhost',
  });

  return {
    settings,
    database,
    clock,
    log,
    secretKey,
    secrets,
    leases,
    bus,
    metrics,
    supervisor,
    selfWatch,
    recent,
    tokens,
    pipeline: { database: dataSource, seal, tokens, addresses, recent, memories: new Memories() },
    mail: settings.DATAMER_SMTP_OUT_URL
      ? openMailTransport(settings.DATAMER_SMTP_OUT_URL, settings.DATAMER_MAIL_FROM, seal)
      : null,
    lanes: new Lanes(),
    guard: new NetworkGuard(settings.DATAMER_ALLOW_PRIVATE_TARGETS ?? NO_PRIVATE_TARGETS),
    hasSmtpDoor: [settings.DATAMER_SMTP_PORT, settings.DATAMER_SMTPS_PORT, settings.DATAMER_LMTP_PORT].some(
      (port) => port !== 'off',
    ),
    // Addresses belong to the directory: no tenant's data is touched.
    findTenant: (recipient) =>
      findTenantByAddress(dataSource.manager, recipient, (address) => isReplyAddress(address, tokens)),
    accept: (tenantId, mail) => commits.add(tenantId, mail),
    doorsOf: async (tx, tenant) => (await listDoorStates(tx)).get(tenant.id) ?? [],
    addresses,
    setHttpPort: (port) => (httpPort = port),
    smtpPort: () => (smtpPort === 'off' || smtpPort === 0 ? null : smtpPort),
    setSmtpPort: (port) => (smtpPort = port),
  };
}

/** Null where the folder is not there (a server with a key of its own needs none), or the system does not tell. */
async function freeBytesIn(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}
