/** The parts of an event's page: its head, its mails in a list, and similar events of the past. */
import type { ListedEvent } from '../../events/list.ts';
import type { RelatedEvent } from '../../events/history/related.ts';
import { SECOND } from '../../kernel/clock.ts';
import type { ListedMse } from '../../triage/list-mses.ts';
import type { NextStep } from '../../outbound/escalation/next-step.ts';
import type { ShownEvent } from '../silenced-until.ts';
import { describeExpectation, describeSpan } from '../../watchdog/expectation.ts';
import type { Stream } from '../../watchdog/streams.ts';
import { capitalise } from './capitalise.ts';
import { presentEventRow } from './event.ts';
import { presentTabs } from './mail-card.ts';
import { presentSeverity } from './severity.ts';
import { presentTime, presentUntil } from './time.ts';

/** More names than this say "everywhere". */
const SHOWN_SERVERS = 3;

/** @param streamId the schedule that the event is a verdict on */
export function presentEventHead(
  event: ShownEvent,
  streamId: string | null,
  userId: string,
  now: Date,
  timeZone: string,
) {
  const { servers } = event;
  return {
    ...presentEventRow(event, now, timeZone),
    statement: stateOf(event),
    silenceHref: linkToSilence(event, streamId),
    isMine: event.assignee?.id === userId,
    isMerged: event.state === 'merged',
    isNoise: event.isNoise,
    isFailed: event.kind === 'FAILED',
    isOneServer: servers.length === 1,
    servers: servers.slice(0, SHOWN_SERVERS),
    moreServers: servers.slice(SHOWN_SERVERS),
    completed: presentTime(event.completedAt, now, timeZone),
    ending: event.completedBy ? (ENDINGS[event.completedBy] ?? `by ${event.completedBy}`) : null,
    closingNote: event.completion?.note ?? null,
  };
}

/** A new silence that covers this event. */
function linkToSilence({ org, servers }: ShownEvent, streamId: string | null): string {
  if (streamId) return `/settings/silences/new?${new URLSearchParams({ streams: streamId }).toString()}`;
  const scope = new URLSearchParams({
    ...(org ? { orgs: org } : {}),
    ...(servers.length > 0 ? { servers: servers.join(' ') } : {}),
  });
  return `/settings/silences/new?${scope.toString()}`;
}

/** Who or what completes events beside people. */
const ENDINGS: Record<string, string> = {
  recovery: 'by recovery',
  quiet: 'after a quiet time',
  arrival: 'by arrival',
};

function stateOf({ state, assignee }: ListedEvent): string {
  const holder = assignee ? `${assignee.name} has it` : 'nobody has it';
  switch (state) {
    case 'open':
      return `Open, ${holder}`;
    case 'snoozed':
      return `Snoozed, ${holder}`;
    case 'completed':
      return 'Completed';
    case 'merged':
      return 'Merged into another event';
  }
}

/** What happens if nobody does anything. */
export function presentNextStep(next: NextStep | null, now: Date, timeZone: string) {
  if (!next) return null;
  return { who: next.who && capitalise(next.who), at: presentUntil(next.at, now, timeZone) };
}

export function presentListedMail(mse: ListedMse, isFirstCause: boolean, now: Date, timeZone: string) {
  return {
    id: mse.id,
    subject: mse.subject || null,
    from: mse.fromAddress || mse.fromName,
    received: presentTime(mse.receivedAt, now, timeZone),
    isFirstCause,
    state: mse.state,
    isRecovery: mse.state === 'recovery',
    tabs: presentTabs(null, null),
  };
}

export function presentRelated(related: readonly RelatedEvent[], now: Date, timeZone: string) {
  return related.map(({ id, title, severity, completedAt, completedBy, owner, tookSeconds, note, why }) => ({
    href: `/events/${id}`,
    title,
    severity: presentSeverity(severity),
    ending: completedBy ? (ENDINGS[completedBy] ?? `by ${completedBy}`) : null,
    // Whoever completed it is named already.
    owner: owner === completedBy ? null : owner,
    took: describeSpan(tookSeconds * SECOND),
    completed: presentTime(completedAt, now, timeZone),
    note,
    why: why.join(' · '),
  }));
}

/** What a MISSING or EXTRA event is a verdict on. */
export function presentExpected(stream: Stream, now: Date, timeZone: string) {
  return {
    name: stream.name,
    expectation: describeExpectation(stream),
    last: presentTime(stream.lastArrivalAt, now, timeZone),
    sender: stream.sender,
  };
}
