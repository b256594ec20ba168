import { z } from 'zod';
import { isMailAddress } from '../../../accounts/mail-address.ts';
import { channelKind } from '../channel-kind.ts';
import { viaMail } from '../via-mail.ts';
import { composeMail } from './compose.ts';

/** People get their mails without a channel; this is for a team's list or shared mailbox. */
export const email = channelKind<{ address: string }>({
  kind: 'email',
  title: 'E-mail',
  about: 'One mail to a mailing list or a shared mailbox instead of one to each person.',
  settings: z.strictObject({
    address: z.string().trim().max(254).refine(isMailAddress, { message: 'Give a mail address.' }),
  }),
  fields: [
    {
      name: 'address',
      label: 'Address',
      input: 'text',
      isRequired: true,
      placeholder: 'ops-team@example.com',
    },
  ],
  target: ({ address }) => address,
  ...viaMail((outgoing, { address }) => composeMail(outgoing, address)),
});
