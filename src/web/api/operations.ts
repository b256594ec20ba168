/** Every call of the API, in the order in which openapi.json lists them. */
import type { Operation } from '../operation.ts';
import { audienceOperations } from './audience.ts';
import { bulkOperations } from './bulk.ts';
import { channelOperations } from './channels.ts';
import { myNoticeOperations } from './my-notices.ts';
import { deliveryOperations } from './deliveries.ts';
import { escalationOperations } from './escalations.ts';
import { eventOperations } from './events.ts';
import { intakeOperations } from './intake.ts';
import { jobOperations } from './jobs.ts';
import { modelOperations } from './model.ts';
import { mseOperations } from './mses.ts';
import { peopleOperations } from './people.ts';
import { proposalOperations } from './proposals.ts';
import { reportMailOperations } from './report-mails.ts';
import { reportOperations } from './reports.ts';
import { rotaOperations } from './rotas.ts';
import { ruleOperations } from './rules.ts';
import { scheduleOperations } from './schedules.ts';
import { serverOperations } from './servers.ts';
import { silenceOperations } from './silences.ts';
import { subscriptionOperations } from './subscriptions.ts';
import { tenantOperations } from './tenant.ts';

export const operations: readonly Operation[] = [
  ...eventOperations,
  ...bulkOperations,
  ...mseOperations,
  ...ruleOperations,
  // Before schedules: a path of theirs has an id where proposals have their name.
  ...proposalOperations,
  ...scheduleOperations,
  ...jobOperations,
  ...serverOperations,
  ...modelOperations,
  ...peopleOperations,
  ...subscriptionOperations,
  ...audienceOperations,
  ...channelOperations,
  ...myNoticeOperations,
  ...rotaOperations,
  ...escalationOperations,
  ...silenceOperations,
  ...intakeOperations,
  ...reportOperations,
  ...reportMailOperations,
  ...tenantOperations,
  ...deliveryOperations,
];
