/** Every loop of the process, room by room. */
import type { Parts } from '../wiring.ts';
import type { Job } from './job.ts';
import { intakeJobs } from './intake.ts';
import { outboundJobs } from './outbound.ts';
import { upkeepJobs } from './upkeep.ts';
import { watchdogJobs } from './watchdog.ts';

export function listJobs(parts: Parts): Job[] {
  const jobs = [...intakeJobs(parts), ...watchdogJobs(parts), ...outboundJobs(parts), ...upkeepJobs(parts)];
  return jobs.map((job) => underLease(job, parts));
}

function underLease(job: Job, { leases }: Parts): Job {
  const { lease, run } = job;
  if (!lease) return job;
  return {
    ...job,
    run: async (now, signal) => (await leases.take([lease], now)).has(lease) && run(now, signal),
  };
}
