/** Let's Encrypt: notices that certificates end, and what certbot says of renewals. */
import type { ToolParser } from '../parser.ts';

export const certbot: ToolParser = {
  tool: 'certbot',
  signs: [
    { from: 'letsencrypt.org' },
    { subject: 'certificate expiration notice' },
    { subject: 'certbot' },
    { body: 'renew failure(s)' },
  ],
  clues: [
    {
      in: 'subject',
      pattern: /certificate expiration notice/i,
      means: { state: 'problem', service: 'certificate' },
    },
    {
      in: 'body',
      pattern: /failed to renew|could not be renewed|renew failure/i,
      means: { state: 'failure', service: 'certbot renew' },
    },
    {
      in: 'body',
      pattern: /renewals succeeded|have been renewed/i,
      means: { state: 'success', service: 'certbot renew' },
    },
    { in: 'subject', pattern: / on (?<host>[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,8})/i },
    { in: 'body', pattern: /^(?<host>[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){1,8})$/gim },
  ],
  otherwise: { severity: null },
  isAboutSender: true,
};
