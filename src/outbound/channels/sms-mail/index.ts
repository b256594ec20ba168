import { z } from 'zod';
import { isMailAddress } from '../../../accounts/mail-address.ts';
import { channelKind } from '../channel-kind.ts';
import { viaMail } from '../via-mail.ts';
import { composeSmsMail } from './compose.ts';

export const smsMail = channelKind<{ address: string }>({
  kind: 'sms-mail',
  title: 'SMS by e-mail',
  about:
    'Sends a mail of at most 160 characters to number@gateway, which a provider turns into a text message.',
  settings: z.strictObject({
    address: z.string().trim().max(254).refine(isMailAddress, {
      message: 'Give the number and the gateway, such as 491512345678@sms.example.com.',
    }),
  }),
  fields: [
    {
      name: 'address',
      label: 'Number at the gateway',
      input: 'text',
      isRequired: true,
      placeholder: '491512345678@sms.example.com',
    },
  ],
  target: ({ address }) => address,
  ...viaMail(composeSmsMail),
});
