/** The notices that were sent, wait to be, or failed. */
import { z } from 'zod';
import { listDeliveries } from '../../outbound/list-deliveries.ts';
import { operation, pageOf, paging } from '../operation.ts';

const delivery = z
  .object({
    id: z.string(),
    kind: z.string(),
    eventId: z.string().nullable(),
    userId: z.string().nullable(),
    channelId: z.string().nullable().describe('null: by mail to the address.'),
    address: z.string(),
    subject: z.string(),
    state: z.enum(['pending', 'sent', 'failed', 'bounced']),
    attempts: z.number().int(),
    nextTryAt: z.date().nullable(),
    lastError: z.string().nullable(),
    createdAt: z.date(),
    sentAt: z.date().nullable(),
  })
  .meta({ id: 'Delivery' });

export const deliveryOperations = [
  operation({
    id: 'listDeliveries',
    method: 'get',
    path: '/deliveries',
    summary: 'Notices, newest first: sent, waiting, failed',
    permission: 'administer',
    query: z.object({
      ...paging,
      state: z.enum(['pending', 'sent', 'failed']).optional().describe('`failed` has bounced ones, too.'),
      user: z.uuid().optional(),
      channel: z.uuid().optional(),
      event: z.uuid().optional(),
    }),
    answer: pageOf(delivery),
    handle: async ({ tx, tenant }, { query: { limit, cursor, ...filter } }) =>
      listDeliveries(tx, tenant.id, filter, { limit, cursor }),
  }),
];
