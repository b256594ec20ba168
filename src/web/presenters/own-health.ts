/** How DaTamer itself does, for who belongs to its tenant: parts with their last heartbeat, canary, problems. */
import { between, SECOND } from '../../kernel/clock.ts';
import type { OwnHealth } from '../../selfwatch/own-health.ts';
import { CANARY, SERVICE_PARTS } from '../../selfwatch/parts.ts';
import { capitalise } from './capitalise.ts';
import { presentSeverity } from './severity.ts';
import { presentSpan, presentTime } from './time.ts';

/** A slot, the turn that sends, and triage: who is later has missed one. */
const LATE_PERIODS = 1.5;

export function presentOwnHealth(
  { asOf, lastSeen, problems, processes }: OwnHealth,
  now: Date,
  timeZone: string,
) {
  const canary = lastSeen.find(({ part }) => part === CANARY.name);
  return {
    canary: canary ? presentLag(between(canary.sentAt, canary.seenAt)) : null,
    processes: processes.length,
    hasOneProcess: processes.length === 1,
    asOf: presentTime(asOf, now, timeZone),
    parts: lastSeen.map(({ part, seenAt }) => {
      const everyMs = SERVICE_PARTS.find(({ name }) => name === part)?.everyMs ?? 0;
      const silentMs = between(seenAt, now);
      return {
        name: part,
        seen: presentTime(seenAt, now, timeZone),
        silent: silentMs > everyMs * LATE_PERIODS ? presentSpan(silentMs) : null,
      };
    }),
    problems: problems.map(({ title, detail, severity, since }) => ({
      title: capitalise(title),
      detail,
      severity: presentSeverity(severity),
      since: presentTime(since, now, timeZone),
    })),
  };
}

/** `0.2 s`: what a canary needs is mostly less than one. */
function presentLag(ms: number): string {
  return ms < 10 * SECOND ? `${(Math.max(0, ms) / SECOND).toFixed(1)} s` : presentSpan(ms);
}
