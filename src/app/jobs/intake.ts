/** Mail that waits, and the doors that it comes by. */
import { acrossTenants } from '../../db/transaction.ts';
import { LEASE_RENEWAL_MS } from '../../db/lease.ts';
import { HAS_WAITING_MAIL, listTenantsWithWaitingMail } from '../../inbound/mails.ts';
import { between, SECOND } from '../../kernel/clock.ts';
import type { TenantId } from '../../kernel/ids.ts';
import { beat, HEARTBEAT_MS } from '../../watchdog/doors.ts';
import { triageLease } from '../leases.ts';
import { triageWaitingMails } from '../pipeline.ts';
import type { Parts } from '../wiring.ts';
import { UNLESS_WOKEN_MS, type Job } from './job.ts';

export function intakeJobs(parts: Parts): Job[] {
  return [
    {
      name: 'triage',
      role: 'intake',
      everyMs: UNLESS_WOKEN_MS,
      isDue: HAS_WAITING_MAIL,
      run: (now) => triageWaiting(parts, now),
    },
    {
      name: 'mailboxes',
      role: 'intake',
      everyMs: LEASE_RENEWAL_MS,
      run: (now) => tendMailboxes(parts, now),
    },
    { name: 'door', role: 'intake', everyMs: HEARTBEAT_MS, run: (now) => beatDoor(parts, now) },
  ];
}

/** One batch of each tenant that has mail waiting, so that one tenant's flood does not keep the others waiting. */
async function triageWaiting(parts: Parts, now: Date): Promise<boolean> {
  const { database, leases, log } = parts;
  const tenants = await acrossTenants(database.dataSource, listTenantsWithWaitingMail);
  const held = await leases.take(tenants.map(triageLease), now);
  let done = 0;
  let failure: Error | null = null;
  for (const tenantId of tenants.filter((id) => held.has(triageLease(id)))) {
    try {
      done += await triageTenant(parts, tenantId, now);
    } catch (error) {
      // The other tenants' mail goes on; the loop reports the failure when all have had their turn.
      log.error({ tenantId, err: error }, 'triage failed, the mails go on waiting');
      failure = error instanceof Error ? error : new Error(String(error));
    }
  }
  if (failure) throw failure;
  return done > 0;
}

async function triageTenant(
  { pipeline, metrics, bus, clock, selfWatch }: Parts,
  tenantId: TenantId,
  now: Date,
): Promise<number> {
  const result = await triageWaitingMails(pipeline, tenantId, now);
  const doneAt = clock.now();
  metrics.mailsTriaged.inc(result.done);
  metrics.mailsQuarantined.inc(result.quarantined);
  for (const receivedAt of result.liveArrivals)
    metrics.triageLag.observe(between(receivedAt, doneAt) / SECOND);
  if (result.done > 0) {
    await selfWatch.afterTriage(tenantId, doneAt);
    bus.emit('events changed', tenantId);
  }
  return result.done;
}

async function tendMailboxes({ supervisor }: Parts, now: Date): Promise<boolean> {
  await supervisor.tend(now);
  return false;
}

/** Says that senders can connect; a process without such a door leaves the word to others. */
async function beatDoor({ database, hasSmtpDoor }: Parts, now: Date): Promise<boolean> {
  if (hasSmtpDoor) await beat(database.dataSource, now);
  return false;
}
