/** Mails as the API shows them. */
import { z } from 'zod';
import { MAIL_STATES } from '../../events/mail-state.ts';
import { PERIODS } from '../../kernel/calendar.ts';
import { maybeSeverity } from './event.ts';

const clues = z.array(z.object({ text: z.string(), weight: z.number() }));

const source = z.enum(['tag', 'rule', 'parser', 'model', 'human', 'none']);

export const effect = z
  .string()
  .nullable()
  .describe('What became of open mails like it: "14 open mails now go to shop.web".');

export const mse = z
  .object({
    id: z.string(),
    messageId: z.string().nullable().describe('With its angle brackets.'),
    receivedAt: z.date(),
    subject: z.string(),
    from: z.string(),
    severity: maybeSeverity,
    org: z.string().nullable(),
    orgs: z.array(z.string()),
    servers: z.array(z.string()),
    state: z.enum(MAIL_STATES),
    signal: z.string().describe('Equal for a problem and its recovery.'),
    schedule: z
      .object({ period: z.enum(PERIODS), n: z.number().int(), variance: z.number().int() })
      .nullable(),
    sources: z.object({ severity: source, org: source, servers: source, state: source }),
    confidence: z.object({
      severity: z.number().nullable(),
      org: z.number().nullable(),
      servers: z.number().nullable(),
      state: z.number().nullable(),
    }),
    reasons: z.object({
      severity: z.string().nullable(),
      org: z.string().nullable(),
      servers: z.string().nullable(),
      state: z.string().nullable(),
    }),
    clues: z
      .object({ severity: clues, org: clues })
      .describe('What the model saw in the mail, by weight; below 0 it spoke against the value.'),
    others: z
      .array(
        z.object({
          field: z.string(),
          source,
          value: z.unknown(),
          confidence: z.number(),
          reason: z.string(),
        }),
      )
      .describe('What further sources would have said.'),
    tool: z.string().nullable().describe('The tool that wrote it; `general` when it is unknown.'),
    mentions: z.array(z.string()).describe('Servers that the text names without being about them.'),
    templateId: z.string().nullable(),
    eventId: z.string().nullable().describe('null for a reply to a notice, which is no monitoring mail.'),
    reply: z.string().nullable().describe('What came of a reply to a notice; null for a monitoring mail.'),
    noise: z.boolean(),
    lint: z.array(z.string()),
  })
  .meta({ id: 'MSE' });
