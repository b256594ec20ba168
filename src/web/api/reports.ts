/** Reports, as JSON or CSV. */
import { z } from 'zod';
import { historyCsv } from '../../reports/formats/csv.ts';
import { historyReport, SEVERITY_NAMES } from '../../reports/history.ts';
import { operation, RawAnswer } from '../operation.ts';
import { readInstant } from './read-instant.ts';

const delay = z
  .object({ min: z.number(), max: z.number(), mean: z.number(), p50: z.number(), p90: z.number() })
  .nullable()
  .describe('Seconds; null where there was nothing to measure.');

const delays = z.object({ assignment: delay, completion: delay });
const counts = z.record(z.string(), z.number().int());

const history = z
  .object({
    from: z.date(),
    to: z.date(),
    mses: z.number().int(),
    events: z.object({
      total: z.number().int(),
      open: z.number().int(),
      closed: z.number().int(),
      bySeverity: z.object({
        critical: z.number().int(),
        warn: z.number().int(),
        unclassified: z.number().int(),
        info: z.number().int(),
      }),
      byOrg: counts,
      byKind: counts,
    }),
    delays: z.object({ critical: delays, warn: delays, unclassified: delays, info: delays }),
  })
  .meta({ id: 'HistoryReport' });

export const historyQuery = z.object({
  from: z.string().max(40).describe("An instant, or a local date of the tenant's time zone."),
  to: z.string().max(40).describe('Not included.'),
  org: z.string().trim().toLowerCase().max(200).optional().describe('The path and all below.'),
  severity: z.enum(SEVERITY_NAMES as [string, ...string[]]).optional(),
  format: z.enum(['json', 'csv']).optional().describe('Instead of an Accept header.'),
});

/** @throws Invalid when a text is no instant */
export function readHistoryRange(
  { from, to }: { from: string; to: string },
  timeZone: string,
): { from: Date; to: Date } {
  return {
    from: readInstant('from', from, timeZone, WANTED),
    to: readInstant('to', to, timeZone, WANTED),
  };
}

const WANTED = 'an instant such as 2026-03-12T09:00:00Z, or a date such as 2026-03-12';

export const reportOperations = [
  operation({
    id: 'getHistory',
    method: 'get',
    path: '/reports/history',
    summary: 'Mails, events and delays of a range; with Accept: text/csv as CSV',
    permission: 'read',
    query: historyQuery,
    answer: history,
    handle: async ({ tx, tenant }, { query, accepts }) => {
      const { org, severity, format } = query;
      const report = await historyReport(tx, tenant.id, {
        ...readHistoryRange(query, tenant.timeZone),
        org,
        severity: severity as (typeof SEVERITY_NAMES)[number] | undefined,
      });
      const wantsCsv = format === 'csv' || (format === undefined && accepts('text/csv'));
      return wantsCsv ? new RawAnswer('text/csv', historyCsv(report), 'datamer-history.csv') : report;
    },
  }),
];
