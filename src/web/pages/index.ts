/** Every page behind the sign-in, in the order in which routes are tried. */
import type { Page } from '../page.ts';
import { dashboardPage } from './dashboard.ts';
import { eventPages } from './event.ts';
import { eventsPage } from './events.ts';
import { jobPages } from './jobs.ts';
import { msePages } from './mse.ts';
import { personPages } from './person.ts';
import { quarantinePages } from './quarantine.ts';
import { settingsPages } from './settings/index.ts';
import { subscriptionsPage } from './subscriptions.ts';
import { unclassifiedPage } from './unclassified.ts';
import { reportPages } from './reports.ts';
import { ruleEditorPages } from './rule-editor.ts';
import { rulesPage } from './rules.ts';
import { welcomePage } from './welcome.ts';
import { schedulePages } from './schedules.ts';

export const pages: readonly Page[] = [
  dashboardPage,
  eventsPage,
  ...eventPages,
  ...msePages,
  ...personPages,
  subscriptionsPage,
  unclassifiedPage,
  ...quarantinePages,
  ...settingsPages,
  ...reportPages,
  rulesPage,
  ...ruleEditorPages,
  welcomePage,
  ...jobPages,
  ...schedulePages,
];
