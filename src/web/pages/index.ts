/** Every page behind the sign-in, in the order in which routes are tried. */
import type { Page } from '../page.ts';
import { dashboardPage } from './dashboard.ts';
import { eventsPage } from './events.ts';
import { personPages } from './person.ts';
import { settingsPages } from './settings/index.ts';

export const pages: readonly Page[] = [dashboardPage, eventsPage, ...personPages, ...settingsPages];
