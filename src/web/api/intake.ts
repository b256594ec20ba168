/** Mailboxes with their step-by-step test, and the quarantine. */
import { z } from 'zod';
import { inTenant } from '../../db/transaction.ts';
import { parseMailboxUrl } from '../../inbound/imap/mailbox-url.ts';
import {
  addMailbox,
  changeMailbox,
  getMailbox,
  getMailboxRow,
  listMailboxes,
  removeMailbox,
} from '../../inbound/imap/mailboxes.ts';
import { testMailbox, type TestedMailbox } from '../../inbound/imap/test-mailbox.ts';
import {
  getQuarantinedMail,
  getRawMail,
  listQuarantine,
  replayQuarantinedMail,
} from '../../inbound/mails.ts';
import { replayByReason } from '../../inbound/quarantine.ts';
import { decodeCursor, encodeCursor } from '../../kernel/cursor.ts';
import { given } from '../../kernel/given.ts';
import { operation, pageOf, paging, RawAnswer, whole } from '../operation.ts';

const afterStore = z.enum(['delete', 'move', 'keep']);

const mailbox = z
  .object({
    id: z.string(),
    host: z.string(),
    port: z.number().int(),
    isTls: z.boolean().describe('TLS from the first byte; otherwise STARTTLS where offered.'),
    acceptsAnyCertificate: z.boolean(),
    username: z.string(),
    folder: z.string(),
    afterStore,
    rootFolder: z.string().describe('Below it are the folders that `move` sorts mail into.'),
    isPaused: z.boolean(),
    readUntil: z.date().nullable().describe('Every mail that arrived before has been read.'),
    connectedAt: z.date().nullable(),
    lastMailAt: z.date().nullable(),
    failingSince: z.date().nullable(),
    error: z.string().nullable(),
    note: z.string().nullable(),
    foldersLookedAt: z.date().nullable().describe('With `move`: when all folders were last looked at.'),
    foldersError: z.string().nullable().describe('Why mails are not moved to their folders.'),
    foldersNote: z.string().nullable().describe('Mails that were moved into folders that say nothing.'),
  })
  .meta({ id: 'Mailbox' });

const mailboxFields = {
  host: z.string().trim().min(1, 'Give the name of the mail server.').max(253),
  port: z.number().int().min(1).max(65535),
  isTls: z.boolean(),
  acceptsAnyCertificate: z.boolean().optional(),
  username: z.string().min(1, 'Give the user name.').max(254),
  folder: z.string().trim().min(1).max(500).default('INBOX'),
  afterStore: afterStore.optional(),
  rootFolder: z.string().trim().max(200).optional(),
};

/** Either the parts, or all of them as one URL, as on the command line. */
const mailboxInput = z.union([
  z
    .object({
      url: z.string().max(2000).describe('imap[s]://user:password@host:port/FOLDER, parts percent-encoded.'),
      acceptsAnyCertificate: z.boolean().optional(),
      afterStore: afterStore.optional(),
      rootFolder: z.string().trim().max(200).optional(),
    })
    .strict()
    .transform(({ url, ...rest }) => ({ ...parseMailboxUrl(url), ...rest })),
  z.object({ ...mailboxFields, password: z.string().min(1, 'Give the password.').max(1000) }).strict(),
]);

const mailboxChange = z
  .object({ ...mailboxFields, password: z.string().max(1000), isPaused: z.boolean() })
  .partial()
  .extend({ folder: z.string().trim().min(1).max(500).optional() });

export const testResult = z.object({
  ok: z.boolean(),
  steps: z.array(
    z.object({
      step: z.enum(['DNS', 'TCP', 'TLS', 'login', 'folder', 'rights']),
      status: z.enum(['ok', 'failed', 'not reached']),
      detail: z.string(),
    }),
  ),
});

const mailboxOperations = [
  operation({
    id: 'listMailboxes',
    method: 'get',
    path: '/mailboxes',
    summary: 'Mailboxes and how they are doing',
    permission: 'read',
    answer: whole(mailbox),
    handle: async ({ tx, tenant }) => ({ items: await listMailboxes(tx, tenant.id), nextCursor: null }),
  }),
  operation({
    id: 'addMailbox',
    method: 'post',
    path: '/mailboxes',
    summary: 'Add a mailbox; it is stored without connecting, and read within seconds',
    permission: 'administer',
    body: mailboxInput,
    answer: mailbox,
    creates: true,
    handle: async ({ tx, tenant, now, services }, { body }) =>
      addMailbox(tx, tenant.id, body, services.secrets, now),
  }),
  // Before the paths with an id: for forms, /mailboxes/{id} would take it.
  operation({
    id: 'testNewMailbox',
    method: 'post',
    path: '/mailboxes/test',
    summary: 'Test the settings of a mailbox step by step without storing them',
    permission: 'administer',
    waitsForOthers: true,
    showsAnswer: true,
    body: mailboxInput,
    answer: testResult,
    handle: async (_scope, { body }) =>
      runTest({ acceptsAnyCertificate: false, afterStore: 'delete', ...given(body) }),
  }),
  operation({
    id: 'getMailbox',
    method: 'get',
    path: '/mailboxes/{id}',
    summary: 'One mailbox',
    permission: 'read',
    answer: mailbox,
    handle: async ({ tx, tenant }, { params }) => getMailbox(tx, tenant.id, params.id),
  }),
  operation({
    id: 'changeMailbox',
    method: 'patch',
    path: '/mailboxes/{id}',
    summary: 'Change, pause or resume a mailbox; an empty password keeps the stored one',
    permission: 'administer',
    body: mailboxChange,
    answer: mailbox,
    handle: async ({ tx, tenant, services }, { params, body }) =>
      changeMailbox(tx, tenant.id, params.id, body, services.secrets),
  }),
  operation({
    id: 'removeMailbox',
    method: 'delete',
    path: '/mailboxes/{id}',
    summary: 'Stop reading a mailbox; what was read stays',
    permission: 'administer',
    answer: mailbox,
    handle: async ({ tx, tenant }, { params }) => {
      const removed = await getMailbox(tx, tenant.id, params.id);
      await removeMailbox(tx, tenant.id, params.id);
      return removed;
    },
  }),
  operation({
    id: 'testMailbox',
    method: 'post',
    path: '/mailboxes/{id}/test',
    summary: 'Test a mailbox step by step, as it is stored or with the changes that are sent along',
    permission: 'administer',
    waitsForOthers: true,
    showsAnswer: true,
    body: mailboxChange,
    answer: testResult,
    handle: async ({ tenant, services: { database, secrets } }, { params, body }) => {
      const row = await inTenant(database, tenant.id, (tx) => getMailboxRow(tx, tenant.id, params.id));
      const { password, ...changes } = body;
      return runTest({ ...row, ...given(changes), password: password || secrets.open(row.passwordBox) });
    },
  }),
];

async function runTest(mailbox: TestedMailbox): Promise<z.input<typeof testResult>> {
  const steps = await testMailbox(mailbox);
  return { ok: steps.every(({ status }) => status === 'ok'), steps };
}

const quarantined = z
  .object({
    id: z.string(),
    receivedAt: z.date(),
    at: z.date(),
    reason: z.string(),
    size: z.number().int(),
    door: z.enum(['imap', 'smtp', 'lmtp', 'import']),
  })
  .meta({ id: 'QuarantinedMail' });

const position = z.tuple([z.uuid()]);

const quarantineOperations = [
  operation({
    id: 'listQuarantine',
    method: 'get',
    path: '/quarantine',
    summary: 'Mails that could not be read, newest first',
    permission: 'read',
    query: z.object(paging),
    answer: pageOf(quarantined),
    handle: async ({ tx, tenant }, { query: { limit, cursor } }) => {
      const after = cursor ? decodeCursor(cursor, position)[0] : undefined;
      const found = await listQuarantine(tx, tenant.id, { limit: limit + 1, after });
      const items = found.slice(0, limit);
      const last = items.at(-1);
      return { items, nextCursor: found.length > limit && last ? encodeCursor([last.id]) : null };
    },
  }),
  operation({
    id: 'getRawQuarantined',
    method: 'get',
    path: '/quarantine/{id}/raw',
    summary: "The mail's source, byte for byte",
    permission: 'read',
    answer: z.unknown(),
    raw: 'message/rfc822',
    handle: async ({ tx, tenant }, { params }) => {
      const { id } = await getQuarantinedMail(tx, tenant.id, params.id);
      return new RawAnswer('message/rfc822', await getRawMail(tx, tenant.id, id), `${id}.eml`);
    },
  }),
  operation({
    id: 'replayQuarantined',
    method: 'post',
    path: '/quarantine/{id}/replay',
    summary: 'Put a mail back into the queue, to be read again',
    permission: 'work',
    answer: quarantined,
    handle: async ({ tx, tenant }, { params }) => {
      const mail = await getQuarantinedMail(tx, tenant.id, params.id);
      await replayQuarantinedMail(tx, tenant.id, params.id);
      return mail;
    },
  }),
  operation({
    id: 'replayQuarantinedByReason',
    method: 'post',
    path: '/quarantine/replay',
    summary: 'Put all mails that failed for the same reason back into the queue',
    permission: 'work',
    body: z.object({ reason: z.string().min(1).max(5000) }),
    answer: z.object({ replayed: z.number().int() }),
    handle: async ({ tx, tenant }, { body }) => ({
      replayed: await replayByReason(tx, tenant.id, body.reason),
    }),
  }),
];

export const intakeOperations = [...mailboxOperations, ...quarantineOperations];
