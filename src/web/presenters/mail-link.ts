/** The page behind a link of a notice: what it would do, to what, or why it does nothing any more. */
import type { ListedEvent } from '../../events/list.ts';
import type { DeedVerb, OpenedLink } from '../../outbound/mail/act-by-link.ts';
import type { Bringing, Unsubscription } from '../../outbound/mail/unsubscribe.ts';
import type { EndOfReportMail } from '../../reports/mails/end-by-link.ts';
import { presentEventRow } from './event.ts';
import { presentReportMails } from './report-mails.ts';
import { presentTime } from './time.ts';

const VERBS: Record<DeedVerb, { title: string; button: string; done: string }> = {
  claim: { title: 'Claim it?', button: 'Claim it', done: 'You have claimed it' },
  'snooze-hour': {
    title: 'Snooze it for an hour?',
    button: 'Snooze for an hour',
    done: 'You have snoozed it for an hour',
  },
  'snooze-tomorrow': {
    title: 'Snooze it until tomorrow, 9:00?',
    button: 'Snooze until tomorrow',
    done: 'You have snoozed it until the next morning, 9:00',
  },
  complete: { title: 'Complete it?', button: 'Complete it', done: 'You have completed it' },
};

export function presentLink(link: OpenedLink, event: ListedEvent, mayWork: boolean, now: Date) {
  const { verb, person, usedAt } = link;
  const { title, button, done } = VERBS[verb];
  const obstacle = usedAt ? null : obstacleOf(link, event, mayWork);
  const used = presentTime(usedAt, now, person.timeZone);
  return {
    ...presentEventRow(event, now, person.timeZone),
    eventTitle: event.title,
    // Who finds an old mail learns nothing new from it.
    hidesEvent: link.isExpired,
    heading: used ? done : obstacle ? 'Nothing to do here' : title,
    used,
    obstacle,
    canAct: !used && !obstacle,
    button,
    wantsNote: verb === 'complete',
    personName: person.name,
    statement: describeState(event, person.id),
  };
}

function obstacleOf(
  { verb, person, isExpired }: OpenedLink,
  event: ListedEvent,
  mayWork: boolean,
): string | null {
  if (isExpired) return 'This link has expired: links in notices work for seven days.';
  if (!mayWork) return `Your role, ${person.role}, may read and not change.`;
  if (event.state === 'completed') return 'The event is completed already.';
  if (event.state === 'merged') return 'The event was merged into another one.';
  if (verb !== 'claim' || !event.assignee) return null;
  return event.assignee.id === person.id ? 'It is yours already.' : `${event.assignee.name} has it already.`;
}

function describeState({ state, assignee, completedBy }: ListedEvent, userId: string): string {
  if (state === 'completed') return completedBy ? `Completed, by ${completedBy}` : 'Completed';
  const holder = assignee
    ? `${assignee.id === userId ? 'you have' : `${assignee.name} has`} it`
    : 'nobody has it';
  return `${state === 'snoozed' ? 'Snoozed' : 'Open'}, ${holder}`;
}

export function presentUnsubscription({ person, bringing, muted, isLastResponder }: Unsubscription) {
  const anything = bringing.length > 0 || muted.length > 0;
  return {
    heading: bringing.length > 0 ? 'Stop these notices?' : muted.length > 0 ? 'Stopped' : 'Nothing to stop',
    personName: person.name,
    bringing: bringing.map(({ pattern, ...by }) => ({ pattern, by: describeBy(by) })),
    muted: muted.map(({ pattern, ...by }) => ({ pattern, by: describeBy(by) })),
    isLastResponder: isLastResponder && bringing.some(({ level }) => level === 'responder'),
    isReport: false,
    anything,
  };
}

export function presentEndOfReportMail({ person, mail }: EndOfReportMail, now: Date) {
  const [report] = presentReportMails(mail ? [mail] : [], now, person.timeZone);
  return {
    heading: report ? 'Stop this report?' : 'Stopped',
    personName: person.name,
    isReport: true,
    report: report ?? null,
    bringing: [],
    muted: [],
    anything: true,
  };
}

function describeBy({ level, groupName, isOwn }: Pick<Bringing, 'level' | 'groupName' | 'isOwn'>): string {
  return `as ${level}, by ${isOwn ? 'your own subscription' : `the group ${groupName}`}`;
}
