/** Mails: list, look, source, and putting right what triage found. */
import { z } from 'zod';
import { may } from '../../accounts/role.ts';
import { Forbidden } from '../../kernel/errors.ts';
import { getRawMail } from '../../inbound/mails.ts';
import { correctMse } from '../../triage/correct.ts';
import { correctFamily } from '../../triage/families/waiting.ts';
import { carriesTokens, getMonitoringMse, getMse, listMses } from '../../triage/list-mses.ts';
import { spreadCorrection } from '../../triage/model/spread-correction.ts';
import { operation, pageOf, paging, RawAnswer, type Scope } from '../operation.ts';
import { tellEffect } from '../presenters/deed.ts';
import { presentMse } from '../presenters/mse.ts';
import { orgPath, serverName, severity } from '../schemas/event.ts';
import { effect, mse } from '../schemas/mse.ts';

/** `from` is an instant, as in reports, or a part of the sender's address. */
const instantOrSender = z.union([
  z.iso.datetime({ offset: true }).transform((text) => ({ since: new Date(text) })),
  z.iso.date().transform((text) => ({ since: new Date(text) })),
  z
    .string()
    .max(254)
    .transform((text) => ({ sender: text })),
]);

const instant = z.union([z.iso.datetime({ offset: true }), z.iso.date()]).transform((text) => new Date(text));

/**
 * A mail's bytes. Those of a notice, or of a reply that quotes one, are for admins, who could act for others anyway.
 * @throws NotFound, Forbidden
 */
export async function readSource({ tx, tenant, role }: Scope, mseId: string): Promise<Buffer> {
  const mse = await getMse(tx, tenant.id, mseId);
  if (carriesTokens(mse) && !may(role, 'administer')) {
    throw new Forbidden(
      'The source has links that act in somebody else’s name: it is for admins.',
      'not-permitted',
    );
  }
  return getRawMail(tx, tenant.id, mse.id);
}

export const mseOperations = [
  operation({
    id: 'listMses',
    method: 'get',
    path: '/mses',
    summary: 'Mails, newest first',
    permission: 'read',
    query: z.object({
      eventId: z.string().max(64).optional(),
      org: z.string().trim().toLowerCase().max(200).optional().describe('The path and all below.'),
      severity: z.enum(['critical', 'warn', 'info', 'unclassified']).optional(),
      unclassified: z.stringbool().optional().describe('Severity or org is not known.'),
      messageId: z.string().max(1000).optional().describe('With or without angle brackets.'),
      from: instantOrSender
        .optional()
        .describe("Arrived at or after this instant; or a part of the sender's address."),
      to: instant.optional().describe('Arrived before this instant.'),
      q: z.string().max(500).optional().describe('Words of the subject or the text.'),
      ...paging,
    }),
    answer: pageOf(mse),
    handle: async ({ tx, tenant }, { query: { limit, cursor, from, to, ...filter } }) => {
      const page = await listMses(tx, tenant.id, { ...filter, ...from, until: to }, { limit, cursor });
      return { items: page.items.map(presentMse), nextCursor: page.nextCursor };
    },
  }),

  operation({
    id: 'getMse',
    method: 'get',
    path: '/mses/{id}',
    summary: 'One mail with what was found in it',
    permission: 'read',
    answer: mse,
    handle: async ({ tx, tenant }, { params }) => presentMse(await getMse(tx, tenant.id, params.id)),
  }),

  operation({
    id: 'getRawMse',
    method: 'get',
    path: '/mses/{id}/raw',
    summary: "The mail's source, byte for byte",
    permission: 'read',
    answer: z.unknown(),
    raw: 'message/rfc822',
    handle: async (scope, { params }) =>
      new RawAnswer('message/rfc822', await readSource(scope, params.id), `${params.id}.eml`),
  }),

  operation({
    id: 'correctMse',
    method: 'patch',
    path: '/mses/{id}',
    summary: 'Put right what was found; wins over every other source',
    permission: 'work',
    body: z
      .object({
        severity: severity.optional(),
        org: orgPath.optional(),
        servers: z.array(serverName).max(50).optional(),
      })
      .refine((body) => Object.keys(body).length > 0, {
        message: 'Give severity, org or servers.',
      }),
    answer: mse.extend({ effect }).meta({ id: 'CorrectedMSE' }),
    tell: ({ effect: words }) => ({ kind: 'ok', message: tellEffect('Put right', words) }),
    handle: async ({ tx, tenant, actor, now }, { params, body }) => {
      const { eventId } = await correctMse(tx, tenant.id, params.id, body, actor, now);
      const { words } = await spreadCorrection(tx, tenant.id, eventId, actor, now);
      return { ...presentMse(await getMse(tx, tenant.id, params.id)), effect: words };
    },
  }),

  operation({
    id: 'correctFamily',
    method: 'post',
    path: '/unclassified/{id}/correction',
    summary:
      "Classify all unclassified mails of open events that have this mail's signal, and those of further signals",
    permission: 'work',
    body: z
      .object({
        severity: severity.optional(),
        org: orgPath.optional(),
        signals: z.array(z.guid()).max(1000).optional().describe('Further signals of the same family.'),
      })
      .refine(({ severity: level, org }) => level !== undefined || org !== undefined, {
        message: 'Give severity or org.',
      }),
    answer: z.object({ mails: z.number().int(), events: z.number().int(), effect }),
    tell: ({ mails, effect: words }) => ({
      kind: 'ok',
      message: tellEffect(`${mails} ${mails === 1 ? 'mail' : 'mails'} classified`, words),
    }),
    handle: async ({ tx, tenant, actor, now }, { params, body: { signals = [], ...correction } }) => {
      const { signalKey, eventId } = await getMonitoringMse(tx, tenant.id, params.id);
      const corrected = await correctFamily(tx, tenant.id, [signalKey, ...signals], correction, actor, now);
      const { words } = await spreadCorrection(tx, tenant.id, eventId, actor, now);
      return { ...corrected, effect: words };
    },
  }),
];
