/** One event: its head with everything that can be done to it, its mails, its timeline, and what was like it before. */
import type { Request } from 'express';
import { z } from 'zod';
import { may } from '../../accounts/role.ts';
import { listHeldSubscriptions } from '../../accounts/subscriptions.ts';
import { listMembers } from '../../accounts/users.ts';
import { findEventByNumber, findMergedInto } from '../../events/find.ts';
import { findListedEvent, listEvents, NOBODY, viewerOf, type ListedEvent } from '../../events/list.ts';
import { listOrgs } from '../../events/orgs.ts';
import { listRelated } from '../../events/history/related.ts';
import { summariseSignals } from '../../events/signals.ts';
import { readTimeline } from '../../events/timeline.ts';
import { NotFound } from '../../kernel/errors.ts';
import { isUuid } from '../../kernel/ids.ts';
import { findNextStep } from '../../outbound/escalation/next-step.ts';
import { listDeliveries, listHeld } from '../../outbound/list-deliveries.ts';
import { loadExcerpts } from '../../outbound/quote-mails.ts';
import { listMsesOfEvent } from '../../triage/list-mses.ts';
import { findJobOfEvent } from '../../watchdog/runs/list-jobs.ts';
import { findStreamOfEvent } from '../../watchdog/streams.ts';
import { page, type PageScope } from '../page.ts';
import {
  presentEventHead,
  presentExpected,
  presentListedMail,
  presentNextStep,
  presentRelated,
} from '../presenters/event-page.ts';
import { presentDelivery, presentHeld } from '../presenters/delivery.ts';
import { presentEventRow } from '../presenters/event.ts';
import { presentForm, presentOptions } from '../presenters/form.ts';
import { presentJobOfEvent } from '../presenters/job.ts';
import { presentNumber } from '../presenters/number.ts';
import { presentSignals } from '../presenters/signals.ts';
import { presentTimeline } from '../presenters/timeline.ts';
import { withSilences, type ShownEvent } from '../silenced-until.ts';
import { snoozeChoices } from './events.ts';

/** With 25 mails, each with its links, a page stays under 100 kB. */
const MAILS_A_PAGE = 25;
const MOST_SIGNALS = 8;
const USUAL_TIMELINE = 40;
const LONGEST_TIMELINE = 1000;
const MOST_CANDIDATES = 12;
/** The latest; more is for the page of deliveries. */
const MOST_TOLD = 10;

const querySchema = z.object({
  page: z.coerce.number().int().min(1).max(100_000).catch(1),
  timeline: z.literal('all').optional().catch(undefined),
  /** Text to look for an event to merge into. */
  merge: z.string().max(200).optional().catch(undefined),
  /** Shows a merged-away event instead of leading on to the one that has its mails. */
  stay: z.literal('1').optional().catch(undefined),
});

type Query = z.output<typeof querySchema>;

export const eventPages = [
  page({
    path: '/events/:id',
    permission: 'read',
    load: async (scope, request) => {
      const query = querySchema.parse(request.query);
      const id = idOf(request);
      if (!isUuid(id)) return { redirect: await pathOfNumber(scope, id) };
      const orgs = await listOrgs(scope.tx, scope.tenant.id);
      const event = await getEvent(scope, id, orgs);
      if (event.state === 'merged' && !query.stay) {
        const into = await findMergedInto(scope.tx, scope.tenant.id, event.id);
        if (into) return { redirect: `/events/${into}` };
      }
      return {
        view: 'event',
        title: `#${event.number} ${event.title}`,
        data: {
          ...(await loadEvent(scope, event, query)),
          orgs,
          mayWork: scope.role !== 'manager',
          me: { id: scope.user.id },
        },
      };
    },
  }),
  // The address of a refused form: whoever reloads it wants the event.
  page({
    path: '/events/:id/:act',
    permission: 'read',
    load: async (_scope, request) =>
      Promise.resolve({ redirect: `/events/${encodeURIComponent(idOf(request))}` }),
  }),
];

function idOf({ params }: Request): string {
  return typeof params['id'] === 'string' ? params['id'] : '';
}

/** @throws NotFound */
async function pathOfNumber({ tx, tenant }: PageScope, text: string): Promise<string> {
  const id = await findEventByNumber(tx, tenant.id, text);
  if (!id) throw new NotFound('event');
  return `/events/${id}`;
}

/** @throws NotFound */
async function getEvent(
  { tx, tenant, user, now }: PageScope,
  id: string,
  orgs: string[],
): Promise<ShownEvent> {
  const viewer = viewerOf(await listHeldSubscriptions(tx, tenant.id), user.id, orgs);
  const event = await findListedEvent(tx, tenant.id, id, viewer, now);
  if (!event) throw new NotFound('event');
  const [shown] = await withSilences({ tx, tenant, now }, [event]);
  if (!shown) throw new Error('one event is shown as one');
  return shown;
}

async function loadEvent(scope: PageScope, event: ShownEvent, query: Query) {
  const { tx, tenant, now, timeZone, user } = scope;
  const timeline = await readTimeline(
    tx,
    tenant.id,
    event.id,
    query.timeline ? LONGEST_TIMELINE : USUAL_TIMELINE,
  );
  const rows = presentTimeline(timeline.rows, now, timeZone);
  const stream = await findStreamOfEvent(tx, tenant.id, event.id);
  const job = stream || event.kind !== 'MISSING' ? undefined : await findJobOfEvent(tx, tenant.id, event.id);
  const signals = await summariseSignals(tx, tenant.id, event.id, MOST_SIGNALS);
  return {
    event: presentEventHead(event, stream?.id ?? null, user.id, now, timeZone),
    excerpt: (await loadExcerpts(tx, tenant.id, [event.id])).get(event.id) ?? '',
    ...(await loadMails(scope, event, query)),
    signals: presentSignals(signals, now, timeZone),
    next: presentNextStep(await findNextStep(tx, tenant.id, event.id, now), now, timeZone),
    expected: stream ? presentExpected(stream, now, timeZone) : null,
    job: job && presentJobOfEvent(job, now, timeZone),
    opening: rows.find(({ kind }) => kind === 'opened')?.aside ?? null,
    byHand: rows.filter(({ kind }) => kind === 'merged' || kind === 'split'),
    told: await loadTold(scope, event),
    timeline: rows,
    timelineMore: timeline.hasMore ? `/events/${event.id}?timeline=all#h-time` : null,
    related: presentRelated(await listRelated(tx, tenant.id, event.id), now, timeZone),
    candidates: query.merge === undefined ? null : await listCandidates(scope, event, query.merge),
    merge: query.merge ?? '',
    snoozes: snoozeChoices(now),
    ...(await loadForms(scope, event)),
  };
}

async function loadMails({ tx, tenant, now, timeZone }: PageScope, event: ListedEvent, query: Query) {
  const offset = (query.page - 1) * MAILS_A_PAGE;
  const mails = await listMsesOfEvent(tx, tenant.id, event.id, MAILS_A_PAGE, offset);
  const hasNext = offset + mails.length < event.mseCount && mails.length > 0;
  const linkTo = (to: number): string => `/events/${event.id}?page=${to}#h-mails`;
  return {
    mails: mails.map((mse, index) =>
      presentListedMail(mse, offset + index === 0 && event.mseCount > 1, now, timeZone),
    ),
    canSplit: event.mseCount > 1 && event.state !== 'merged',
    shownMails: `${presentNumber(offset + 1)} to ${presentNumber(offset + mails.length)} of ${presentNumber(event.mseCount)}, oldest first`,
    isPaged: query.page > 1 || hasNext,
    previous: query.page > 1 ? linkTo(query.page - 1) : null,
    next: hasNext ? linkTo(query.page + 1) : null,
  };
}

/** Who has been told, and who is still to be. */
async function loadTold({ tx, tenant, role, now, timeZone }: PageScope, event: ListedEvent) {
  const { items, nextCursor } = await listDeliveries(
    tx,
    tenant.id,
    { event: event.id },
    { limit: MOST_TOLD },
  );
  const held = await listHeld(tx, tenant.id, { event: event.id, limit: MOST_TOLD });
  return {
    notices: items.map((one) => presentDelivery(one, now, timeZone)),
    held: held.map((one) => presentHeld(one, now, timeZone)),
    all: nextCursor && may(role, 'administer') ? `/settings/deliveries?event=${event.id}` : null,
    ask: event.state === 'open' ? `/subscriptions?event=${event.id}#told` : null,
  };
}

/** Open events of mails, to merge into. */
async function listCandidates({ tx, tenant, now, timeZone }: PageScope, event: ListedEvent, text: string) {
  const { items } = await listEvents(
    tx,
    tenant.id,
    { state: 'open', kind: 'FAILED', q: text },
    NOBODY,
    { limit: MOST_CANDIDATES },
    now,
  );
  return items
    .filter(({ id }) => id !== event.id)
    .map((candidate) => presentEventRow(candidate, now, timeZone));
}

async function loadForms({ tx, tenant, flash }: PageScope, event: ListedEvent) {
  const members = await listMembers(tx, tenant.id);
  const assign = presentForm(flash, 'assign', { user: event.assignee?.id ?? '' });
  const correct = presentForm(flash, 'correct', { severity: event.severity ?? '', org: event.org ?? '' });
  return {
    forms: {
      assign,
      complete: presentForm(flash, 'complete', { note: '' }),
      merge: presentForm(flash, 'merge', { into: '' }),
      correct,
      note: presentForm(flash, 'note', { text: '' }),
      snooze: presentForm(flash, 'snooze', { until: '' }),
    },
    people: presentOptions(
      members.map(({ id, name, email }) => [id, `${name} · ${email}`] as const),
      assign.user.value,
    ),
    severities: presentOptions(SEVERITY_OPTIONS, correct.severity.value),
  };
}

const SEVERITY_OPTIONS = [
  ['', 'As it is'],
  ['critical', 'Critical'],
  ['warn', 'Warn'],
  ['info', 'Info'],
] as const;
