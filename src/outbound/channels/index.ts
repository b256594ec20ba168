/** Every kind of channel, in the order in which the page offers them. */
import type { ChannelKind, KindName } from './channel-kind.ts';
import { email } from './email/index.ts';
import { gotify } from './gotify/index.ts';
import { ntfy } from './ntfy/index.ts';
import { slack } from './slack/index.ts';
import { smsMail } from './sms-mail/index.ts';
import { sms } from './sms/index.ts';
import { snmp } from './snmp/index.ts';
import { teams } from './teams/index.ts';
import { webhook } from './webhook/index.ts';

export const KINDS: Record<KindName, ChannelKind> = {
  slack,
  teams,
  webhook,
  ntfy,
  gotify,
  sms,
  'sms-mail': smsMail,
  email,
  snmp,
};
