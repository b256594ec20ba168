import { z } from 'zod';
import { channelKind } from '../channel-kind.ts';
import { hostOf, webAddress } from '../setting-texts.ts';
import { viaHttp } from '../via-http.ts';
import { composeTeams, type TeamsSettings } from './compose.ts';

export const teams = channelKind<TeamsSettings>({
  kind: 'teams',
  title: 'Microsoft Teams',
  about: 'Posts a card through the workflow “Post to a channel when a webhook request is received”.',
  settings: z.strictObject({ url: webAddress }),
  fields: [
    {
      name: 'url',
      label: 'Address of the workflow',
      input: 'url',
      isRequired: true,
      isSecret: true,
      placeholder: 'https://….api.powerplatform.com/…/workflows/…',
      hint: 'whoever knows it can post there: kept encrypted, never shown',
    },
  ],
  target: ({ url }) => hostOf(url),
  ...viaHttp(composeTeams),
});
