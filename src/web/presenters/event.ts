/** An event as a row of lists and as the head of its page. */
import type { ListedEvent } from '../../events/list.ts';
import { presentNumber } from './number.ts';
import { presentOrg } from './org.ts';
import { presentSeverity } from './severity.ts';
import { presentTime, presentUntil } from './time.ts';

export function presentEventRow(
  event: ListedEvent & { silencedUntil?: Date | null },
  now: Date,
  timeZone: string,
) {
  const [server, ...others] = event.servers;
  return {
    id: event.id,
    number: event.number,
    version: event.version,
    href: `/events/${event.id}`,
    severity: presentSeverity(event.severity),
    kind: event.kind,
    state: event.state,
    title: event.title,
    org: presentOrg(event.org),
    server: server ? (others.length > 0 ? `${server} +${others.length}` : server) : null,
    servers: event.servers,
    created: presentTime(event.createdAt, now, timeZone),
    last: presentTime(event.lastMseAt, now, timeZone),
    mails: presentNumber(event.mseCount),
    assignee: event.assignee
      ? { ...event.assignee, initial: event.assignee.name[0]?.toUpperCase() ?? '?' }
      : null,
    assigned: presentTime(event.assignedAt, now, timeZone),
    interest: event.interest === 'all' ? null : event.interest === 'responder' ? 'Responder' : 'Interested',
    isFree: event.assignee === null && event.state !== 'completed',
    isSnoozed: event.state === 'snoozed',
    isCompleted: event.state === 'completed',
    flapping: event.flapping,
    isStorm: event.isStorm,
    snoozedUntil: presentUntil(event.snoozedUntil, now, timeZone),
    silencedUntil: presentUntil(event.silencedUntil ?? null, now, timeZone),
  };
}
