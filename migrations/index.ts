/** All migrations in their order; the data source runs those that a database has not seen. */
import { CreateAccounts } from './1764000000000-create-accounts.ts';
import { CreateMail } from './1764000001000-create-mail.ts';
import { CreateEvents } from './1764000002000-create-events.ts';
import { CreateWatchdog } from './1764000003000-create-watchdog.ts';
import { SeparateTenants } from './1764000004000-separate-tenants.ts';
import { CreateTriageMemories } from './1764000005000-create-triage-memories.ts';
import { GroupEvents } from './1764000006000-group-events.ts';
import { CreateServers } from './1764000006500-create-servers.ts';
import { CreateTemplates } from './1764000007000-create-templates.ts';
import { CreateModels } from './1764000008000-create-models.ts';
import { RememberHistory } from './1764000008500-remember-history.ts';
import { KeepModelVersions } from './1764000009000-keep-model-versions.ts';
import { MarkStorms } from './1764000009500-mark-storms.ts';
import { PlaceMails } from './1764000011000-place-mails.ts';
import { CreateSilences } from './1764000011500-create-silences.ts';
import { NoticeGrownEvents } from './1764000011700-notice-grown-events.ts';
import { JudgeCronSchedules } from './1764000012000-judge-cron-schedules.ts';
import { WatchOneself } from './1764000014000-watch-oneself.ts';
import { HoldNotices } from './1764000014500-hold-notices.ts';
import { TrackRuns } from './1764000015000-track-runs.ts';
import { ProposeSchedules } from './1764000016000-propose-schedules.ts';
import { FindRunsOfEvents } from './1764000017000-find-runs-of-events.ts';
import { DeliverMessages } from './1764000018000-deliver-messages.ts';
import { CreateChannels } from './1764000019000-create-channels.ts';
import { KeepRotas } from './1764000020000-keep-rotas.ts';
import { Escalate } from './1764000020500-escalate.ts';
import { ActByMail } from './1764000021000-act-by-mail.ts';
import { Mute } from './1764000021500-mute.ts';
import { ClosePlainAddresses } from './1764000021700-close-plain-addresses.ts';
import { MailReports } from './1764000024000-mail-reports.ts';
import { GatherNotices } from './1764000026000-gather-notices.ts';
import { FindDeliveriesByChange } from './1764000027000-find-deliveries-by-change.ts';
import { ListDeliveries } from './1764000028000-list-deliveries.ts';

export const migrations = [
  CreateAccounts,
  CreateMail,
  CreateEvents,
  CreateWatchdog,
  SeparateTenants,
  CreateTriageMemories,
  GroupEvents,
  CreateServers,
  CreateTemplates,
  CreateModels,
  RememberHistory,
  KeepModelVersions,
  MarkStorms,
  PlaceMails,
  CreateSilences,
  NoticeGrownEvents,
  JudgeCronSchedules,
  WatchOneself,
  HoldNotices,
  TrackRuns,
  ProposeSchedules,
  FindRunsOfEvents,
  DeliverMessages,
  CreateChannels,
  KeepRotas,
  Escalate,
  ActByMail,
  Mute,
  ClosePlainAddresses,
  MailReports,
  GatherNotices,
  FindDeliveriesByChange,
  ListDeliveries,
];
