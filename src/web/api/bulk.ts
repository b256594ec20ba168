/** One change of many events: of those that were ticked, or of all that match a filter as it was looked at. */
import { z } from 'zod';
import { actOnMany, mergeMany, type Choice, type Outcome } from '../../events/act-on-many.ts';
import type { Deed, Doing } from '../../events/act.ts';
import { assigning, completing, markingNoise, reopening, snoozing } from '../../events/actions.ts';
import { listMatching } from '../../events/list.ts';
import { Conflict, Invalid } from '../../kernel/errors.ts';
import { operation, type Scope } from '../operation.ts';
import { tellOutcome } from '../presenters/deed.ts';
import { eventFilter } from '../schemas/event.ts';
import { readEvent, viewerIn } from './events.ts';

/** What a single transaction does within a second or two. */
const MOST_AT_ONCE = 5000;
/** Merges move mails one event after the other. */
const MOST_MERGED = 200;

/** An undo is a verb of its own, so that it is a form as well. */
const UNDO = {
  claim: null,
  assign: null,
  release: null,
  snooze: 'show',
  show: null,
  complete: 'reopen',
  reopen: null,
  noise: 'not-noise',
  'not-noise': null,
  merge: null,
} as const;

type Verb = keyof typeof UNDO;
const VERBS = Object.keys(UNDO) as [Verb, ...Verb[]];

const seenEvent = z
  .string()
  .regex(/^[0-9a-f-]{36}:\d{1,9}$/, "Use an event's id, a colon and its version.")
  .describe('`ID:VERSION`, as it was looked at.');

const bulkBody = z.object({
  verb: z.enum(VERBS),
  events: z.array(seenEvent).max(MOST_AT_ONCE).optional(),
  all: z.boolean().optional().describe('Instead of `events`: all that match.'),
  matching: z.object(eventFilter).optional(),
  asOf: z.iso.datetime({ offset: true }).optional().describe('When the list was looked at.'),
  expected: z.number().int().optional().describe('How many matched then; more are refused with 409.'),
  user: z.uuid().nullable().optional().describe('For `assign`.'),
  until: z.iso.datetime({ offset: true }).nullable().optional().describe('For `snooze`.'),
  note: z.string().nullable().optional().describe('For `complete`.'),
  into: z.string().max(64).nullable().optional().describe("For `merge`: an event's id or number."),
});

type Body = z.output<typeof bulkBody>;

export const bulkOperations = [
  operation({
    id: 'changeEvents',
    method: 'post',
    path: '/events/bulk',
    summary: 'Change many events at once; those that others have changed meanwhile are left alone and named',
    permission: 'work',
    body: bulkBody,
    answer: z.object({
      verb: z.enum(VERBS),
      changed: z.array(z.object({ id: z.string(), number: z.number().int(), version: z.number().int() })),
      stale: z.array(z.number().int()).describe('Numbers of events that others have changed.'),
      refused: z.array(z.object({ number: z.number().int(), reason: z.string() })),
    }),
    handle: async (scope, { body }) => ({ verb: body.verb, ...(await change(scope, body)) }),
    tell: ({ verb, ...outcome }) => tellOutcome(outcome as Outcome, UNDO[verb]),
  }),
];

async function change(scope: Scope, body: Body): Promise<Outcome> {
  const { tx, tenant, actor, now } = scope;
  const doing: Doing = { tenantId: tenant.id, actor, now };
  const choice = body.all ? await chooseMatching(scope, body) : chooseTicked(body);
  if (body.verb !== 'merge') return actOnMany(tx, doing, choice, await prepare(scope, doing, body));
  const count = 'ids' in choice ? choice.ids.length : choice.events.length;
  if (count > MOST_MERGED) throw tooMany(MOST_MERGED);
  return mergeMany(tx, doing, choice, body.into ? await readEvent(scope, body.into) : null);
}

function chooseTicked({ events = [] }: Body): Choice {
  if (events.length === 0) {
    throw new Invalid([{ field: 'events', message: 'Tick at least one event.' }], 'Tick at least one event.');
  }
  return {
    events: events.map((text) => {
      const [id = '', version] = text.split(':');
      return { id, version: Number(version) };
    }),
  };
}

/** The list as it was looked at: what has come since is not in it, and what has come back must be looked at first. */
async function chooseMatching(scope: Scope, { matching = {}, asOf, expected }: Body): Promise<Choice> {
  if (asOf === undefined || expected === undefined) {
    throw new Invalid([{ field: 'asOf', message: 'Say when the list was looked at, and how many it had.' }]);
  }
  const { tx, tenant, now } = scope;
  const seen = { asOf: new Date(asOf), limit: MOST_AT_ONCE + 1 };
  const ids = await listMatching(tx, tenant.id, matching, await viewerIn(scope), seen, now);
  if (ids.length > MOST_AT_ONCE) throw tooMany(MOST_AT_ONCE);
  if (ids.length > expected) {
    throw new Conflict(
      `${ids.length} events match now, ${expected} did when you looked. Look at the list again.`,
      'list-changed',
      { expected, found: ids.length },
    );
  }
  return { ids, asOf: seen.asOf };
}

function tooMany(limit: number): Invalid {
  const message = `Change at most ${limit} events at once. Narrow the filter.`;
  return new Invalid([{ field: 'events', message }], message);
}

async function prepare({ tx, actor }: Scope, doing: Doing, body: Body): Promise<Deed> {
  switch (body.verb) {
    case 'claim':
      return assigning(tx, doing, requirePerson(actor.userId));
    case 'assign':
      return assigning(tx, doing, requireUser(body.user));
    case 'release':
      return assigning(tx, doing, null);
    case 'snooze':
      return snoozing(doing, requireInstant(body.until));
    case 'show':
      return snoozing(doing, null);
    case 'complete':
      return completing(doing, body.note);
    case 'reopen':
      return reopening;
    case 'noise':
      return markingNoise(true);
    case 'not-noise':
      return markingNoise(false);
    case 'merge':
      throw new Error('merging is no change of one event');
  }
}

function requirePerson(userId: string | null): string {
  if (userId === null) throw new Invalid([{ field: 'verb', message: 'A token is nobody: use `assign`.' }]);
  return userId;
}

function requireUser(user: string | null | undefined): string {
  if (!user) throw new Invalid([{ field: 'user', message: 'Choose somebody.' }], 'Choose somebody.');
  return user;
}

function requireInstant(until: string | null | undefined): Date {
  if (!until) throw new Invalid([{ field: 'until', message: 'Say until when.' }]);
  return new Date(until);
}
