/** What is wrong with DaTamer, told from what was seen of it. Pure: thresholds and wording. */
import { between, HOUR, MINUTE, SECOND } from '../kernel/clock.ts';
import type { LoopHealth } from '../kernel/loop.ts';
import { findTrouble } from './loops.ts';
import { orgOf, partOfLoop } from './parts.ts';
import type { Problem } from './own-letters.ts';

/** What a process sees of itself. */
export interface ProcessSigns {
  /** Machine and roles. */
  name: string;
  loops: readonly LoopHealth[];
  /** How long the database took to write a row, in the last turns. */
  writesMs: readonly number[];
  /** Null where it cannot be told. */
  freeBytes: number | null;
}

/** What one process sees of the installation. */
export interface InstallationSigns {
  quarantines: readonly { tenant: string; count: number; reason: string }[];
  mailboxes: readonly { tenant: string; name: string; seenAt: Date; error: string | null }[];
  /** Tenants whose history is not being imported. */
  backlogs: readonly { tenant: string; oldestAt: Date }[];
  /** Notices that were tried in vain and wait for another try, or were given up lately. */
  failingNotices: { count: number; lastError: string | null };
  processes: readonly { name: string; aliveAt: Date }[];
  /** The oldest canary that is still on its way. */
  canarySentAt: Date | null;
}

/** One failure heals at the next turn. */
const FAILURES = 3;
/** A mailbox's tenant is told by BLIND after a minute (contract §4); we by the next turn. */
const UNREAD_MS = MINUTE;
const BACKLOG_MS = 5 * MINUTE;
export const LATEST_CANARY_MS = 2 * MINUTE;
const SILENT_PROCESS_MS = 5 * MINUTE;
const SLOW_WRITE_MS = 2 * SECOND;
const SLOW_WRITES = 3;
const LITTLE_BYTES = 2 ** 30;
const LEAST_BYTES = 256 * 2 ** 20;
/** A mail server that is down takes all its mailboxes along: above this they are one problem. */
const MOST_OF_A_KIND = 5;

/** A canary older than this belongs to an outage that others tell of. */
export const CANARY_REMEMBERED_MS = HOUR;

export function findProcessProblems(signs: ProcessSigns, now: Date): Problem[] {
  return [...troubledLoops(signs, now), ...slowDatabase(signs), ...littleSpace(signs)];
}

function troubledLoops({ name, loops }: ProcessSigns, now: Date): Problem[] {
  const failures = new Map(loops.map((loop) => [loop.name, loop.failures]));
  return findTrouble(loops, now)
    .filter(({ loop, isStuck }) => isStuck || (failures.get(loop) ?? 0) >= FAILURES)
    .map(({ loop, isStuck, what }) => ({
      key: `loop ${loop} of ${name}`,
      org: orgOf(partOfLoop(loop)),
      severity: isStuck ? 'critical' : 'warn',
      title: `loop ${loop} of ${name}`,
      detail: what,
    }));
}

function slowDatabase({ name, writesMs }: ProcessSigns): Problem[] {
  const last = writesMs.slice(-SLOW_WRITES);
  if (last.length < SLOW_WRITES || last.some((ms) => ms < SLOW_WRITE_MS)) return [];
  const detail = `Writing a row took ${last.map((ms) => `${(ms / SECOND).toFixed(1)} s`).join(', ')}.`;
  const title = `database as seen by ${name}`;
  return [{ key: `database ${name}`, org: orgOf('data.db'), severity: 'warn', title, detail }];
}

function littleSpace({ name, freeBytes }: ProcessSigns): Problem[] {
  if (freeBytes === null || freeBytes >= LITTLE_BYTES) return [];
  const detail = `${Math.floor(freeBytes / 2 ** 20)} MB are free in the data folder. Without space mail is refused for later.`;
  return [
    {
      key: `disk ${name}`,
      org: orgOf('data.disk'),
      severity: freeBytes < LEAST_BYTES ? 'critical' : 'warn',
      title: `data folder of ${name}`,
      detail,
    },
  ];
}

export function findInstallationProblems(signs: InstallationSigns, now: Date): Problem[] {
  return [
    ...quarantined(signs),
    ...unreadMailboxes(signs, now),
    ...backlogs(signs, now),
    ...failingNotices(signs),
    ...silentProcesses(signs, now),
    ...lateCanary(signs, now),
  ];
}

function quarantined({ quarantines }: InstallationSigns): Problem[] {
  return quarantines.map(({ tenant, count, reason }) => ({
    key: `quarantine ${tenant}`,
    org: orgOf('inbound.quarantine'),
    severity: 'warn',
    title: `quarantine of ${tenant}`,
    detail: `${count} mail(s) could not be understood; the last: ${reason}. Nothing is lost: replay them, or remove the cause.`,
  }));
}

function unreadMailboxes({ mailboxes }: InstallationSigns, now: Date): Problem[] {
  const unread = mailboxes.filter(({ seenAt }) => between(seenAt, now) > UNREAD_MS);
  const told = unread.map(({ tenant, name, seenAt, error }) => ({
    key: `mailbox ${name} of ${tenant}`,
    org: orgOf('inbound.imap'),
    severity: 'critical' as const,
    title: `mailbox ${name} of ${tenant}`,
    detail: `Not read since ${seenAt.toISOString()}: ${error ?? 'no answer'}`,
  }));
  if (told.length <= MOST_OF_A_KIND) return told;
  return [
    {
      key: 'many mailboxes',
      org: orgOf('inbound.imap'),
      severity: 'critical',
      title: 'many mailboxes',
      detail: `${told.length} are not read:\n${told.map(({ title, detail }) => `${title}: ${detail}`).join('\n')}`,
    },
  ];
}

function backlogs({ backlogs: all }: InstallationSigns, now: Date): Problem[] {
  return all
    .filter(({ oldestAt }) => between(oldestAt, now) > BACKLOG_MS)
    .map(({ tenant, oldestAt }) => ({
      key: `backlog ${tenant}`,
      org: orgOf('triage'),
      severity: 'warn',
      title: `backlog of ${tenant}`,
      detail: `The oldest mail that waits for triage arrived at ${oldestAt.toISOString()}.`,
    }));
}

function failingNotices({ failingNotices: { count, lastError } }: InstallationSigns): Problem[] {
  if (count === 0) return [];
  const detail = `${count} notice(s) could not be handed over; the last: ${lastError ?? 'no reason given'}`;
  return [{ key: 'notices', org: orgOf('outbound'), severity: 'warn', title: 'delivery of notices', detail }];
}

function silentProcesses({ processes }: InstallationSigns, now: Date): Problem[] {
  return processes
    .filter(({ aliveAt }) => between(aliveAt, now) > SILENT_PROCESS_MS)
    .map(({ name, aliveAt }) => ({
      key: `process ${name}`,
      org: orgOf('service'),
      severity: 'critical',
      title: `process ${name}`,
      detail: `It last said that it lives at ${aliveAt.toISOString()}, and has not been stopped.`,
    }));
}

function lateCanary({ canarySentAt }: InstallationSigns, now: Date): Problem[] {
  if (!canarySentAt || between(canarySentAt, now) <= LATEST_CANARY_MS) return [];
  const detail = `A mail sent at ${canarySentAt.toISOString()} has no event yet: mail comes late, or not at all.`;
  return [{ key: 'canary', org: orgOf('canary'), severity: 'critical', title: 'canary', detail }];
}
