/** Who is told: from changes of events to deliveries, and from deliveries to the world. */
import { acrossTenants } from '../../db/transaction.ts';
import { SECOND } from '../../kernel/clock.ts';
import { HAS_CHANNEL_DELIVERIES } from '../../outbound/channels/claim-due.ts';
import { HAS_DELIVERIES } from '../../outbound/deliveries.ts';
import { dispatchChanges } from '../../outbound/dispatch.ts';
import { HAS_CHANGES, LARGEST_BATCH } from '../../outbound/pending-changes.ts';
import { escalateDue } from '../../outbound/escalation/escalate.ts';
import { HAS_DUE_ESCALATIONS } from '../../outbound/escalation/escalations.ts';
import { HAS_RELEASABLE, releaseHeld } from '../../outbound/release-held.ts';
import { sendDue } from '../../outbound/send-due.ts';
import { sendToChannels } from '../../outbound/send-to-channels.ts';
import { sumUpSilences } from '../../outbound/sum-up-silences.ts';
import { mailDueReports } from '../../reports/mails/mail-due-reports.ts';
import { HAS_DUE_REPORT_MAILS } from '../../reports/mails/report-mails.ts';
import type { Parts } from '../wiring.ts';
import { UNLESS_WOKEN_MS, type Job } from './job.ts';

/** Two would find the same silences due, and share out one person's digest. */
const SUMMARIES = 'summaries';

/** A report reads a month of events: two processes at once would only take each other's time. */
const REPORTS = 'reports';

export function outboundJobs(parts: Parts): Job[] {
  return [
    {
      name: 'dispatch',
      role: 'outbound',
      everyMs: UNLESS_WOKEN_MS,
      isDue: HAS_CHANGES,
      run: (now) => dispatch(parts, now),
    },
    {
      name: 'sum up',
      role: 'outbound',
      lease: SUMMARIES,
      everyMs: 10 * SECOND,
      run: (now) => sumUp(parts, now),
    },
    {
      name: 'digests',
      role: 'outbound',
      lease: SUMMARIES,
      everyMs: UNLESS_WOKEN_MS,
      isDue: HAS_RELEASABLE,
      run: (now) => release(parts, now),
    },
    {
      name: 'escalate',
      role: 'outbound',
      everyMs: UNLESS_WOKEN_MS,
      isDue: HAS_DUE_ESCALATIONS,
      run: (now) => escalate(parts, now),
    },
    {
      name: 'report mails',
      role: 'outbound',
      lease: REPORTS,
      everyMs: UNLESS_WOKEN_MS,
      isDue: HAS_DUE_REPORT_MAILS,
      run: (now) => mailReports(parts, now),
    },
    {
      name: 'send',
      role: 'outbound',
      everyMs: UNLESS_WOKEN_MS,
      // Without a mail server they wait, and nobody need be woken for them.
      ...(parts.mail ? { isDue: HAS_DELIVERIES } : {}),
      run: (now) => send(parts, now),
    },
    {
      name: 'send to channels',
      role: 'outbound',
      everyMs: UNLESS_WOKEN_MS,
      isDue: HAS_CHANNEL_DELIVERIES,
      run: (now) => sendChannels(parts, now),
    },
  ];
}

async function dispatch({ database, addresses, bus }: Parts, now: Date): Promise<boolean> {
  const taken = await acrossTenants(database.dataSource, (tx) => dispatchChanges(tx, addresses(), now));
  if (taken > 0) bus.emit('something to send', null);
  return taken === LARGEST_BATCH;
}

async function sumUp({ database, addresses }: Parts, now: Date): Promise<boolean> {
  return sumUpSilences(database.dataSource, addresses(), now);
}

async function release({ database, addresses, bus }: Parts, now: Date): Promise<boolean> {
  const hasMore = await acrossTenants(database.dataSource, (tx) => releaseHeld(tx, addresses(), now));
  bus.emit('something to send', null);
  return hasMore;
}

async function escalate({ database, addresses }: Parts, now: Date): Promise<boolean> {
  return acrossTenants(database.dataSource, (tx) => escalateDue(tx, addresses(), now));
}

async function mailReports({ database, addresses, log }: Parts, now: Date): Promise<boolean> {
  return mailDueReports({ database: database.dataSource, addresses: addresses(), log }, now);
}

async function send({ database, mail, tokens, addresses, clock, log }: Parts, now: Date): Promise<boolean> {
  return mail
    ? sendDue({ database: database.dataSource, mail, links: { tokens, ...addresses() }, clock, log }, now)
    : false;
}

/** Mail or not: what goes to channels does not wait for a mail server. */
async function sendChannels(parts: Parts, now: Date): Promise<boolean> {
  const { database, tokens, addresses } = parts;
  const links = { tokens, ...addresses() };
  return sendToChannels({ ...parts, database: database.dataSource, links }, now);
}
