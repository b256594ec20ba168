/** Events: the work list, one event with everything around it, and what people do to it. */
import { z } from 'zod';
import { listHeldSubscriptions } from '../../accounts/subscriptions.ts';
import type { Act } from '../../events/act.ts';
import { addNote, assign, complete, markNoise, reopen, snooze } from '../../events/actions.ts';
import { findKindOfChange, listTimeline } from '../../events/change.ts';
import { findEventByNumber } from '../../events/find.ts';
import { findListedEvent, listEvents, NOBODY, viewerOf, type Viewer } from '../../events/list.ts';
import { mergeInto, splitOff } from '../../events/merge-split.ts';
import { undo } from '../../events/undo.ts';
import { listOrgs } from '../../events/orgs.ts';
import { listRelated } from '../../events/history/related.ts';
import { Invalid, NotFound } from '../../kernel/errors.ts';
import { isUuid } from '../../kernel/ids.ts';
import { correctEvent } from '../../triage/correct.ts';
import { listMsesOfEvent } from '../../triage/list-mses.ts';
import { spreadCorrection } from '../../triage/model/spread-correction.ts';
import { undoCorrection } from '../../triage/undo-correction.ts';
import { withoutTags } from '../../triage/tags/grammar.ts';
import { operation, pageOf, paging, version, type Scope } from '../operation.ts';
import { tellDeed, tellEffect } from '../presenters/deed.ts';
import { presentMse } from '../presenters/mse.ts';
import { eventFilter, listedEvent, orgPath, relatedEvent, severity, timelineRow } from '../schemas/event.ts';
import { effect, mse } from '../schemas/mse.ts';
import { withSilences } from '../silenced-until.ts';

/** The interest of whoever asks; a token stands for no person. */
export async function viewerIn({ tx, tenant, actor }: Scope): Promise<Viewer> {
  if (actor.userId === null) return NOBODY;
  return viewerOf(await listHeldSubscriptions(tx, tenant.id), actor.userId, await listOrgs(tx, tenant.id));
}

/** @throws NotFound */
export async function getListedEvent(scope: Scope, id: string) {
  const { tx, tenant, now } = scope;
  const event = await findListedEvent(tx, tenant.id, id, await viewerIn(scope), now);
  if (!event) throw new NotFound('event');
  const [shown] = await withSilences(scope, [event]);
  if (!shown) throw new Error('one event is shown as one');
  return shown;
}

function actOn({ tenant, actor, now }: Scope, id: string, seenVersion: number | null): Act {
  return { tenantId: tenant.id, eventId: id, actor, now, version: seenVersion };
}

/** @param text an event's id or its number. @throws Invalid */
export async function readEvent({ tx, tenant }: Scope, text: string): Promise<string> {
  if (isUuid(text)) return text;
  const id = await findEventByNumber(tx, tenant.id, text);
  if (!id) throw new Invalid([{ field: 'into', message: 'There is no such event.' }]);
  return id;
}

/** One event's mails in one answer; the list of mails has the rest. */
const MOST_MAILS = 500;

export const eventOperations = [
  operation({
    id: 'listEvents',
    method: 'get',
    path: '/events',
    summary: 'The work list: critical, warn, unclassified, info; unassigned first in each; then newest',
    permission: 'read',
    query: z.object({ ...eventFilter, ...paging }),
    answer: pageOf(listedEvent),
    handle: async (scope, { query: { limit, cursor, ...filter } }) => {
      const { tx, tenant, now } = scope;
      const list = await listEvents(tx, tenant.id, filter, await viewerIn(scope), { limit, cursor }, now);
      return { ...list, items: await withSilences(scope, list.items) };
    },
  }),

  operation({
    id: 'getEvent',
    method: 'get',
    path: '/events/{id}',
    summary: 'One event with its mails, its timeline and related events',
    permission: 'read',
    answer: listedEvent.extend({
      mses: z.array(mse),
      timeline: z.array(timelineRow),
      related: z.array(relatedEvent),
    }),
    handle: async (scope, { params }) => {
      const event = await getListedEvent(scope, params.id);
      const { tx, tenant } = scope;
      return {
        ...event,
        mses: (await listMsesOfEvent(tx, tenant.id, event.id, MOST_MAILS)).map(presentMse),
        timeline: await listTimeline(tx, tenant.id, event.id),
        related: await listRelated(tx, tenant.id, event.id),
      };
    },
  }),

  operation({
    id: 'assignEvent',
    method: 'post',
    path: '/events/{id}/assignment',
    summary: 'Give an event to somebody, or to nobody; compare-and-set',
    permission: 'work',
    body: z.object({ user: z.uuid().nullable().describe("A user's id, or null."), version }),
    answer: listedEvent,
    handle: async (scope, { params, body }) => {
      const id = await assign(scope.tx, actOn(scope, params.id, body.version), body.user);
      return getListedEvent(scope, id);
    },
    tell: (event) =>
      tellDeed(event, event.assignee ? `assigned to ${event.assignee.name}` : 'given to nobody'),
  }),

  operation({
    id: 'completeEvent',
    method: 'post',
    path: '/events/{id}/completion',
    summary: 'Complete an event, with a closing note for those who come after',
    permission: 'work',
    body: z.object({ note: z.string().nullable().optional(), version }),
    answer: listedEvent,
    handle: async (scope, { params, body }) => {
      const id = await complete(scope.tx, actOn(scope, params.id, body.version), body.note);
      return getListedEvent(scope, id);
    },
    tell: (event) => tellDeed(event, 'completed', { path: 'reopening', fields: {} }),
  }),

  operation({
    id: 'reopenEvent',
    method: 'post',
    path: '/events/{id}/reopening',
    summary: 'Open a completed event again',
    permission: 'work',
    body: z.object({ version }),
    answer: listedEvent,
    handle: async (scope, { params, body }) => {
      const id = await reopen(scope.tx, actOn(scope, params.id, body.version));
      return getListedEvent(scope, id);
    },
  }),

  operation({
    id: 'snoozeEvent',
    method: 'post',
    path: '/events/{id}/snooze',
    summary: 'Hide an event from lists until an instant; null shows it again',
    permission: 'work',
    body: z.object({
      until: z.iso
        .datetime({ offset: true })
        .transform((text) => new Date(text))
        .nullable(),
      version,
    }),
    answer: listedEvent,
    handle: async (scope, { params, body }) => {
      const id = await snooze(scope.tx, actOn(scope, params.id, body.version), body.until);
      return getListedEvent(scope, id);
    },
    tell: (event) =>
      event.snoozedUntil
        ? tellDeed(event, 'snoozed', { path: 'snooze', fields: { until: '' } })
        : tellDeed(event, 'shown again'),
  }),

  operation({
    id: 'markNoise',
    method: 'post',
    path: '/events/{id}/noise',
    summary: 'Take an event out of all lists as noise, or back into them',
    permission: 'work',
    body: z.object({ noise: z.boolean(), version }),
    answer: listedEvent,
    handle: async (scope, { params, body }) => {
      const id = await markNoise(scope.tx, actOn(scope, params.id, body.version), body.noise);
      return getListedEvent(scope, id);
    },
    tell: (event, { noise }) =>
      noise
        ? tellDeed(event, 'marked as noise', { path: 'noise', fields: { noise: 'false' } })
        : tellDeed(event, 'back in the lists'),
  }),

  operation({
    id: 'correctEvent',
    method: 'post',
    path: '/events/{id}/correction',
    summary: 'Put severity or org right, for the event and all its mails',
    permission: 'work',
    body: z
      .object({ severity: severity.optional(), org: orgPath.optional(), version })
      .refine((body) => body.severity ?? body.org, { message: 'Give severity or org.', path: ['org'] }),
    answer: listedEvent.extend({ effect }).meta({ id: 'CorrectedEvent' }),
    tell: ({ number, effect: words }) => ({ kind: 'ok', message: tellEffect(`#${number} put right`, words) }),
    handle: async (scope, { params, body }) => {
      const { tx, tenant, actor, now } = scope;
      const id = await correctEvent(tx, actOn(scope, params.id, body.version), body);
      const { words } = await spreadCorrection(tx, tenant.id, id, actor, now);
      return { ...(await getListedEvent(scope, id)), effect: words };
    },
  }),

  operation({
    id: 'addNote',
    method: 'post',
    path: '/events/{id}/notes',
    summary: 'Say something about an event',
    permission: 'work',
    body: z.object({ text: z.string(), version: version.optional() }),
    answer: listedEvent,
    handle: async (scope, { params, body }) => {
      const id = await addNote(scope.tx, actOn(scope, params.id, body.version ?? null), body.text);
      return getListedEvent(scope, id);
    },
  }),

  operation({
    id: 'mergeEvent',
    method: 'post',
    path: '/events/{id}/merge',
    summary: "Move this event's mails into another; answers the other",
    permission: 'work',
    body: z.object({ into: z.string().max(64).describe("The other's id or number."), version }),
    answer: listedEvent,
    handle: async (scope, { params, body }) => {
      const into = await readEvent(scope, body.into);
      const id = await mergeInto(scope.tx, actOn(scope, params.id, body.version), into);
      return getListedEvent(scope, id);
    },
  }),

  operation({
    id: 'splitEvent',
    method: 'post',
    path: '/events/{id}/split',
    summary: 'Move mails, and the later mails of their signals, into one new event; answers the new one',
    permission: 'work',
    body: z.object({ mses: z.array(z.uuid()).min(1).max(10_000), version }),
    answer: listedEvent,
    handle: async (scope, { params, body }) => {
      const title = (subject: string): string => withoutTags(subject) || '(no subject)';
      const id = await splitOff(scope.tx, actOn(scope, params.id, body.version), body.mses, title);
      return getListedEvent(scope, id);
    },
  }),

  operation({
    id: 'undoChange',
    method: 'post',
    path: '/events/{id}/undo',
    summary: 'Take a merge, a split or a correction back, by the event that kept the row',
    permission: 'work',
    body: z.object({ change: z.uuid().describe('Id of the row in the timeline.'), version }),
    answer: listedEvent,
    handle: async (scope, { params, body }) => {
      const request = actOn(scope, params.id, body.version);
      const isCorrection = (await findKindOfChange(scope.tx, scope.tenant.id, body.change)) === 'corrected';
      const id = await (isCorrection ? undoCorrection : undo)(scope.tx, request, body.change);
      return getListedEvent(scope, id);
    },
  }),
];
