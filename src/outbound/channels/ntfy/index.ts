import { z } from 'zod';
import { channelKind } from '../channel-kind.ts';
import { headerText, hostOf, webAddress } from '../setting-texts.ts';
import { viaHttp } from '../via-http.ts';
import { composeNtfy, splitTopic, type NtfySettings } from './compose.ts';

export const ntfy = channelKind<NtfySettings>({
  kind: 'ntfy',
  title: 'ntfy',
  about: 'Rings telephones and browsers that listen to a topic of ntfy.sh or of a server of your own.',
  settings: z.strictObject({
    url: webAddress.refine((text) => /^[\w-]{1,64}$/.test(splitTopic(text).topic), {
      message: 'Give the address with the topic behind, such as https://ntfy.sh/my-topic.',
    }),
    token: headerText.default(''),
  }),
  fields: [
    {
      name: 'url',
      label: 'Address of the topic',
      input: 'url',
      isRequired: true,
      isSecret: true,
      placeholder: 'https://ntfy.sh/my-secret-topic',
      hint: 'without a token whoever knows the topic reads it: kept encrypted, never shown',
    },
    {
      name: 'token',
      label: 'Access token',
      input: 'password',
      isSecret: true,
      hint: 'where the topic is protected',
    },
  ],
  target: ({ url }) => hostOf(url),
  ...viaHttp(composeNtfy),
});
