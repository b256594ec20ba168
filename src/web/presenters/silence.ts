/** A silence as a row, and the events that it kept from people. */
import { formatLocal } from '../../kernel/calendar.ts';
import type { HiddenCount, HiddenEvent } from '../../silences/hidden.ts';
import type { Silence, Window } from '../../silences/silence.ts';
import { presentNumber } from './number.ts';
import { presentSeverity } from './severity.ts';
import { presentTime, presentUntil } from './time.ts';

export interface DescribedSilence extends Silence {
  state: 'active' | 'coming' | 'past';
  activeUntil: Date | null;
  next: Window | null;
  when: string;
  what: string;
  hid: HiddenCount;
}

export function presentSilenceRow(silence: DescribedSilence, now: Date, timeZone: string) {
  const { id, reason, state, activeUntil, next, when, what, hid, createdBy, createdAt, recurrence } = silence;
  return {
    id,
    href: `/settings/silences/${id}`,
    action: `/silences/${id}`,
    reason,
    state,
    isActive: state === 'active',
    until: presentUntil(activeUntil, now, timeZone),
    what,
    when,
    // A silence that comes once says its day already.
    next: recurrence && next ? formatLocal(next.from, timeZone, 'd LLL HH:mm') : null,
    hid: hid.events > 0 ? describeHid(hid) : null,
    createdBy,
    created: presentTime(createdAt, now, timeZone),
  };
}

/** `3 events, 5 notices` */
function describeHid({ events, notices }: HiddenCount): string {
  return `${counted(events, 'event')}, ${counted(notices, 'notice')}`;
}

function counted(count: number, noun: string): string {
  return `${presentNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}

export function presentHidden(event: HiddenEvent, now: Date, timeZone: string) {
  const { id, number, title, state, severity, hiddenAt, notices, settledAt } = event;
  return {
    href: `/events/${id}`,
    number,
    title,
    state,
    severity: presentSeverity(severity),
    hiddenAt: presentTime(hiddenAt, now, timeZone),
    notices: presentNumber(notices),
    settledAt: presentTime(settledAt, now, timeZone),
  };
}
