/** The tenant's own settings and addresses. */
import { z } from 'zod';
import { isMailAddress, LONGEST_WITH_REPLIES, withDetail } from '../../accounts/mail-address.ts';
import {
  addAddress,
  changeTenant,
  listAddresses,
  removeAddress,
  renewMailToken,
} from '../../accounts/tenants.ts';
import { may } from '../../accounts/role.ts';
import type { Tenant } from '../../accounts/tenants.ts';
import { operation, type Scope } from '../operation.ts';

const replyStyle = z.enum(['token', 'plain', 'none']);

const tenant = z
  .object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    timeZone: z.string(),
    addresses: z.array(z.string()).describe('Mail to these, with or without +detail, comes in.'),
    reopenWindowMinutes: z.number().int(),
    infoQuietMinutes: z.number().int(),
    noticeLimit: z
      .number()
      .int()
      .describe('So many notices a person gets within ten minutes; the rest comes as a list.'),
    recoveryCompletes: z.boolean(),
    tagSenders: z.array(z.string()).nullable().describe('null: tags count from every sender.'),
    secretAddress: z
      .string()
      .nullable()
      .describe(
        'For its own senders, where the plain address is known to spammers; null for who may not administer.',
      ),
    needsMailToken: z
      .boolean()
      .describe('SMTP and LMTP refuse mail to the plain address, and with another detail.'),
    replyStyle: replyStyle.describe(
      'Where replies to notices go: the first address with a token in its detail, that address as it is, or nowhere. ' +
        `First is one with at most ${LONGEST_WITH_REPLIES} characters before its @: a longer one takes no token.`,
    ),
  })
  .meta({ id: 'Tenant' });

async function present({ tx, role }: Scope, shown: Tenant): Promise<z.input<typeof tenant>> {
  const addresses = await listAddresses(tx, shown.id);
  const [address] = may(role, 'administer') ? addresses : [];
  return { ...shown, addresses, secretAddress: address ? withDetail(address, shown.mailToken) : null };
}

const address = z.string().trim().toLowerCase().refine(isMailAddress, 'Give a mail address.');

const tagSender = z
  .string()
  .trim()
  .toLowerCase()
  .refine((text) => isMailAddress(text) || (text.startsWith('@') && isMailAddress(`x${text}`)), {
    message: 'Give an address, or @domain for all of a domain.',
  });

export const tenantOperations = [
  operation({
    id: 'getTenant',
    method: 'get',
    path: '/tenant',
    summary: 'Settings of the tenant',
    permission: 'read',
    answer: tenant,
    handle: async (scope) => present(scope, scope.tenant),
  }),
  operation({
    id: 'changeTenant',
    method: 'patch',
    path: '/tenant',
    summary: 'Change settings; what is left out stays',
    permission: 'administer',
    body: z.object({
      name: z.string().trim().min(1).max(200).optional(),
      timeZone: z.string().max(100).optional(),
      reopenWindowMinutes: z
        .number()
        .int()
        .min(0)
        .max(365 * 1440)
        .optional(),
      infoQuietMinutes: z
        .number()
        .int()
        .min(1)
        .max(365 * 1440)
        .optional(),
      recoveryCompletes: z.boolean().optional(),
      tagSenders: z.array(tagSender).max(1000).nullable().optional(),
      replyStyle: replyStyle.optional(),
      needsMailToken: z.boolean().optional(),
      noticeLimit: z.number().int().min(1).max(1000).optional(),
    }),
    answer: tenant,
    handle: async (scope, { body }) => present(scope, await changeTenant(scope.tx, scope.tenant.id, body)),
  }),
  operation({
    id: 'renewSecretAddress',
    method: 'post',
    path: '/tenant/secret-address',
    summary: 'Make another secret address; where the plain one is closed, mail to the former is refused',
    permission: 'administer',
    answer: tenant,
    handle: async (scope) => present(scope, await renewMailToken(scope.tx, scope.tenant)),
  }),
  operation({
    id: 'addAddress',
    method: 'post',
    path: '/tenant/addresses',
    summary: 'Add an address whose mail comes in',
    permission: 'administer',
    body: z.object({ address }),
    answer: tenant,
    creates: true,
    handle: async (scope, { body }) => {
      await addAddress(scope.tx, scope.tenant.id, body.address);
      return present(scope, scope.tenant);
    },
  }),
  operation({
    id: 'removeAddress',
    method: 'delete',
    path: '/tenant/addresses',
    summary: 'Remove an address',
    permission: 'administer',
    body: z.object({ address }),
    answer: tenant,
    handle: async (scope, { body }) => {
      await removeAddress(scope.tx, scope.tenant.id, body.address);
      return present(scope, scope.tenant);
    },
  }),
];
