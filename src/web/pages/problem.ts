/** What went wrong, as a page: what happened, what to do next, what others changed meanwhile, and what was typed. */
import type { Request } from 'express';
import { z } from 'zod';
import type { AppError } from '../../kernel/errors.ts';
import { fieldsOf, type Fields } from '../fields.ts';
import { whereFrom } from '../forms.ts';
import type { PageScope, View } from '../page.ts';
import { presentTime } from '../presenters/time.ts';

const HEADINGS: Record<number, string> = {
  400: 'That does not work',
  403: 'Not allowed',
  404: 'There is nothing here',
  409: 'Not saved',
  413: 'Too large',
  503: 'Try again in a minute',
};

const NEXT_STEPS: Record<number, string> = {
  400: 'Go back and try it another way. Your browser keeps what you typed.',
  403: 'An admin of your tenant can change your role, or do it for you.',
  404: 'It may belong to another tenant, be past the time that mails are kept, or the address has a letter too many.',
  413: 'Go back and send less: a shorter text, or fewer mails at once.',
  503: 'Nothing of yours was changed. Load the page again in a minute.',
};

/** @param scope null where nobody is signed in, or the database does not answer */
export function presentProblem(problem: AppError, request: Request, scope: PageScope | null): View {
  const stale = staleSchema.safeParse(problem.detail);
  const conflict = problem.status === 409 && stale.success && scope ? stale.data : null;
  const heading =
    conflict?.changes[0] === undefined
      ? (HEADINGS[problem.status] ?? 'Something went wrong')
      : `${conflict.changes[0].who} was faster`;
  return {
    view: 'problem',
    title: heading,
    status: problem.status,
    data: {
      heading,
      status: problem.status,
      code: problem.code,
      message: problem.message,
      nextStep: NEXT_STEPS[problem.status] ?? null,
      faults: problem.faults,
      isConflict: problem.status === 409,
      changes: scope ? (conflict?.changes ?? []).map((change) => presentChange(change, scope)) : [],
      again: conflict ? presentAgain(request, conflict.version) : null,
      kept: conflict ? null : keptText(request),
      search: problem.status === 404 ? searchText(request) : null,
      back: placeOf(request),
      retry: problem.status === 503 && request.method === 'GET' ? request.originalUrl : null,
    },
  };
}

/** What events/act.ts says to whoever looked at an older version. */
const staleSchema = z.object({
  version: z.number(),
  changes: z.array(
    z.object({
      who: z.string(),
      what: z.string(),
      at: z.date(),
      why: z.string().nullable(),
      assigneeName: z.string().nullable(),
    }),
  ),
});

type LaterChange = z.output<typeof staleSchema>['changes'][number];

function presentChange({ who, what, at, why, assigneeName }: LaterChange, { now, timeZone }: PageScope) {
  return {
    who,
    what: assigneeName ? `${what} to ${assigneeName}` : what,
    at: presentTime(at, now, timeZone),
    why,
  };
}

/** Names of fields that people write into; the rest of a form is sent again as it was. */
const WRITTEN = ['note', 'text'];

/** The same form with the present version. */
function presentAgain(request: Request, version: number) {
  const fields = fieldsOf(request);
  const written = Object.keys(fields).find((name) => WRITTEN.includes(name));
  return {
    action: request.originalUrl,
    written: written ? { name: written, text: textOf(fields, written) } : null,
    hidden: [
      ...Object.entries(fields).flatMap(([name, value]) => hiddenFields(name, value)),
      { name: 'version', value: String(version) },
      { name: '_back', value: placeOf(request) },
    ],
    label: LABELS[request.path.split('/').at(-1) ?? ''] ?? 'Send it again',
  };
}

const LABELS: Record<string, string> = {
  assignment: 'Assign it all the same',
  completion: 'Complete it all the same',
  snooze: 'Snooze it all the same',
  reopening: 'Reopen it all the same',
  merge: 'Merge it all the same',
  split: 'Split them off all the same',
  noise: 'Mark it all the same',
  correction: 'Put it right all the same',
  undo: 'Undo it all the same',
};

const OWN_FIELDS = new Set(['version', '_back', ...WRITTEN]);

function hiddenFields(name: string, value: unknown): { name: string; value: string }[] {
  if (OWN_FIELDS.has(name)) return [];
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.flatMap((one) => (typeof one === 'string' ? [{ name, value: one }] : []));
}

/** Free text that somebody wrote must not be lost with a refused form: it can become a note. */
function keptText(request: Request): { action: string | null; text: string } | null {
  const fields = fieldsOf(request);
  const text = WRITTEN.map((name) => textOf(fields, name)).find((one) => one.trim());
  if (!text) return null;
  const event = /^\/events\/[0-9a-f-]{36}/.exec(request.path)?.[0];
  return { action: event ? `${event}/notes` : null, text };
}

function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

/** What to look for instead: the number or word that the address ends in. */
function searchText({ path }: Request): string {
  const last = path.split('/').at(-1) ?? '';
  return /^[\w.-]{1,40}$/.test(last) && !/^[0-9a-f-]{36}$/.test(last) ? last : '';
}

/** The page that the form is on: of an event's or mail's form that event or mail. */
function placeOf(request: Request): string {
  if (request.method === 'GET') return '/';
  return /^\/(events|mses)\/[0-9a-f-]{36}/.exec(request.path)?.[0] ?? whereFrom(request);
}
