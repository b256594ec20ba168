import { z } from 'zod';
import { channelKind } from '../channel-kind.ts';
import { hostOf, webAddress } from '../setting-texts.ts';
import { viaHttp } from '../via-http.ts';
import { composeSlack, type SlackSettings } from './compose.ts';

export const slack = channelKind<SlackSettings>({
  kind: 'slack',
  title: 'Slack, Mattermost',
  about: 'Writes into a room through an incoming webhook of Slack, Mattermost or Rocket.Chat.',
  settings: z.strictObject({ url: webAddress, room: z.string().trim().max(100).default('') }),
  fields: [
    {
      name: 'url',
      label: 'Address of the incoming webhook',
      input: 'url',
      isRequired: true,
      isSecret: true,
      placeholder: 'https://hooks.slack.com/services/…',
      hint: 'whoever knows it can write there: kept encrypted, never shown',
    },
    {
      name: 'room',
      label: 'Room',
      input: 'text',
      placeholder: 'ops-alerts',
      hint: 'Mattermost only, where it is not that of the webhook',
    },
  ],
  target: ({ url, room }) => [hostOf(url), ...(room ? [room] : [])].join(', '),
  ...viaHttp(composeSlack),
});
