/** Events as the API shows them. */
import { z } from 'zod';
import { SEVERITIES } from '../../events/severity.ts';

export const severity = z.enum(SEVERITIES);
export const maybeSeverity = severity.nullable().describe('null is unclassified');
export const orgPath = z
  .string()
  .trim()
  .toLowerCase()
  .max(200)
  .regex(/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/, 'Use a path such as shop.frontend.api.');
export const serverName = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/, 'Use a host name such as db1.example.com.');
export const eventKind = z.enum(['FAILED', 'MISSING', 'EXTRA', 'BLIND', 'METRIC']);

export const person = z.object({ id: z.string(), name: z.string(), email: z.string() });

export const listedEvent = z
  .object({
    id: z.string(),
    number: z.number().int(),
    version: z.number().int(),
    kind: eventKind,
    state: z.enum(['open', 'snoozed', 'completed', 'merged']),
    severity: maybeSeverity,
    org: z.string().nullable(),
    servers: z.array(z.string()),
    title: z.string(),
    createdAt: z.date(),
    assignedAt: z.date().nullable(),
    assignee: person.nullable(),
    completedAt: z.date().nullable(),
    completedBy: z.string().nullable(),
    completion: z.object({ by: z.string(), note: z.string().nullable() }).nullable(),
    mseCount: z.number().int(),
    lastMseAt: z.date().nullable(),
    flapping: z.boolean(),
    isStorm: z.boolean(),
    snoozedUntil: z.date().nullable(),
    silencedUntil: z.date().nullable().describe('Until when silences keep notices of it from people.'),
    interest: z.enum(['responder', 'interested', 'all']),
  })
  .meta({ id: 'Event' });

export const timelineRow = z
  .object({
    id: z.string(),
    at: z.date(),
    who: z.string(),
    what: z.string(),
    why: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'TimelineRow' });

export const relatedEvent = z
  .object({
    id: z.string(),
    number: z.number().int(),
    title: z.string(),
    severity: maybeSeverity,
    createdAt: z.date(),
    completedAt: z.date(),
    completedBy: z.string().nullable().describe('A person, or `recovery`, `quiet`, `arrival`.'),
    owner: z.string().nullable().describe('Who had it at the end.'),
    tookSeconds: z.number().int(),
    note: z.string().nullable(),
    sharedSignals: z.number().int(),
    why: z.array(z.string()).describe('What both have in common, the strongest first.'),
  })
  .meta({ id: 'RelatedEvent' });

/** The filters of work lists, the same in the API and in the query string of /events. */
export const eventFilter = {
  state: z.enum(['open', 'snoozed', 'completed']).optional(),
  interest: z.enum(['responder', 'interested', 'unclassified', 'all']).optional(),
  severity: z.enum(['critical', 'warn', 'info', 'unclassified']).optional(),
  org: z.string().trim().toLowerCase().max(200).optional().describe('The path and all below.'),
  assignee: z.string().max(64).optional().describe("`none`, `any`, or a user's id."),
  kind: eventKind.optional(),
  q: z.string().max(500).optional().describe('Words of the title, org, servers, number or the mails.'),
};
