/** The pages of the settings, one file per tab. */
import { channelPages } from './channels.ts';
import { deliveriesPage } from './deliveries.ts';
import { escalationPages } from './escalation.ts';
import { groupPages } from './groups.ts';
import { mailboxPages } from './mailboxes.ts';
import { mePages } from './me.ts';
import { modelPage } from './model.ts';
import { rotaPages } from './rotas.ts';
import { serverPages } from './servers.ts';
import { silencePages } from './silences.ts';
import { settingsPage } from './tabs.ts';
import { tenantPage } from './tenant.ts';
import { tokensPage } from './tokens.ts';
import { userPages } from './users.ts';

export const settingsPages = [
  settingsPage,
  ...mailboxPages,
  ...userPages,
  ...groupPages,
  ...rotaPages,
  ...escalationPages,
  ...channelPages,
  ...silencePages,
  ...serverPages,
  modelPage,
  tokensPage,
  tenantPage,
  deliveriesPage,
  ...mePages,
];
