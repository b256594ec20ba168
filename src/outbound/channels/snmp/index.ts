import { z } from 'zod';
import { channelKind } from '../channel-kind.ts';
import { sendNotification, type SnmpSettings } from './send.ts';

/** RFC 3414 §11.2 */
const SHORTEST_KEY = 8;

const key = z
  .string()
  .max(200)
  .refine((text) => text === '' || text.length >= SHORTEST_KEY, {
    message: `Give at least ${SHORTEST_KEY} characters.`,
  })
  .default('');

export const snmp = channelKind<SnmpSettings>({
  kind: 'snmp',
  title: 'SNMP',
  about: 'Sends a trap or an inform to a network management system, which reads it by our MIB.',
  settings: z
    .strictObject({
      host: z
        .string()
        .trim()
        .max(253)
        .regex(/^[\w.:-]+$/, 'Give a host name or an address.'),
      port: z.coerce.number().int().min(1).max(65535).default(162),
      version: z.enum(['trap-2c', 'inform-2c', 'inform-3']).default('trap-2c'),
      community: z.string().max(200).default(''),
      user: z.string().trim().max(32).default(''),
      authentication: z.enum(['sha', 'sha256', 'sha512']).default('sha256'),
      authKey: key,
      privKey: key,
    })
    .superRefine(({ version, community, user, authKey, privKey }, context) => {
      const fault = (field: string, message: string): void => {
        context.addIssue({ code: 'custom', path: [field], message });
      };
      if (version !== 'inform-3' && !community)
        fault('community', 'Give the community that the receiver expects.');
      if (version === 'inform-3' && !user) fault('user', 'Give the user that the receiver knows.');
      if (privKey && !authKey) fault('authKey', 'Encryption needs authentication too.');
    }),
  fields: [
    { name: 'host', label: 'Receiver', input: 'text', isRequired: true, placeholder: 'nms.example.com' },
    { name: 'port', label: 'Port', input: 'number', hint: 'empty: 162' },
    {
      name: 'version',
      label: 'Sent as',
      input: 'choice',
      choices: [
        ['trap-2c', 'SNMPv2c trap'],
        ['inform-2c', 'SNMPv2c inform, acknowledged'],
        ['inform-3', 'SNMPv3 inform, acknowledged'],
      ],
    },
    { name: 'community', label: 'Community', input: 'password', isSecret: true, hint: 'for v2c' },
    { name: 'user', label: 'User', input: 'text', hint: 'for v3' },
    {
      name: 'authentication',
      label: 'Authentication',
      input: 'choice',
      choices: [
        ['sha256', 'SHA-256'],
        ['sha512', 'SHA-512'],
        ['sha', 'SHA-1'],
      ],
    },
    { name: 'authKey', label: 'Authentication key', input: 'password', isSecret: true, hint: 'for v3' },
    { name: 'privKey', label: 'Encryption key (AES)', input: 'password', isSecret: true, hint: 'for v3' },
  ],
  target: ({ host, port }) => `${host}:${port}`,
  steps: ['DNS', 'address', 'accepted'],
  send: sendNotification,
});
