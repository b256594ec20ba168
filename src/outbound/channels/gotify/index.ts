import { z } from 'zod';
import { channelKind } from '../channel-kind.ts';
import { headerText, hostOf, webAddress } from '../setting-texts.ts';
import { viaHttp } from '../via-http.ts';
import { composeGotify, type GotifySettings } from './compose.ts';

export const gotify = channelKind<GotifySettings>({
  kind: 'gotify',
  title: 'Gotify',
  about: 'Rings telephones and browsers through a Gotify server of your own.',
  settings: z.strictObject({
    url: webAddress.refine((text) => !new URL(text).search, { message: 'Give the address without a query.' }),
    token: headerText.min(1, 'Give the token of the application.'),
  }),
  fields: [
    {
      name: 'url',
      label: 'Address of the server',
      input: 'url',
      isRequired: true,
      placeholder: 'https://gotify.example.com',
    },
    {
      name: 'token',
      label: 'Token of the application',
      input: 'password',
      isRequired: true,
      isSecret: true,
      hint: 'Gotify: Apps, Create application',
    },
  ],
  target: ({ url }) => hostOf(url),
  ...viaHttp(composeGotify),
});
