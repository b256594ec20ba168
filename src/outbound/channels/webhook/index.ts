import { z } from 'zod';
import { channelKind } from '../channel-kind.ts';
import { headerText, hostOf, webAddress } from '../setting-texts.ts';
import { viaHttp } from '../via-http.ts';
import { composeWebhook, type WebhookSettings } from './compose.ts';

const SHORTEST_SECRET = 16;

export const webhook = channelKind<WebhookSettings>({
  kind: 'webhook',
  title: 'Webhook',
  about: 'Posts each notice as JSON to a program of yours, signed so that it can tell who sent it.',
  settings: z.strictObject({
    url: webAddress,
    secret: z
      .string()
      .max(500)
      .refine((text) => text === '' || text.length >= SHORTEST_SECRET, {
        message: `Give at least ${SHORTEST_SECRET} characters.`,
      })
      .default(''),
    authorization: headerText.default(''),
  }),
  fields: [
    {
      name: 'url',
      label: 'Address',
      input: 'url',
      isRequired: true,
      isSecret: true,
      placeholder: 'https://hooks.example.com/datamer',
      hint: 'often holds a secret itself: kept encrypted, never shown',
    },
    {
      name: 'secret',
      label: 'Secret for the signature',
      input: 'password',
      isSecret: true,
      hint: 'any 16 characters or more; the receiver knows the same',
    },
    {
      name: 'authorization',
      label: 'Authorization header',
      input: 'password',
      isSecret: true,
      hint: 'where the receiver asks for one, such as Bearer …',
    },
  ],
  target: ({ url }) => hostOf(url),
  ...viaHttp(composeWebhook),
});
