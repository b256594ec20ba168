/** People get the historical report by mail, each period by their clocks, with its figures as a file. */
import { sqlMigration } from '../src/db/sql-migration.ts';

export const MailReports = sqlMigration({
  name: 'MailReports1764000024000',
  up: `
    create table report_mails (
      tenant_id uuid not null,
      id uuid not null,
      user_id uuid not null,
      period text not null check (period in ('daily', 'weekly', 'monthly')),
      -- HH:MM on the wall of the zone
      at text not null check (at ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'),
      time_zone text not null,
      -- null: all of them
      org text,
      severity text check (severity in ('critical', 'warn', 'unclassified', 'info')),
      created_at timestamptz not null,
      due_at timestamptz not null,
      primary key (tenant_id, id),
      -- who leaves the tenant gets none
      foreign key (tenant_id, user_id) references memberships (tenant_id, user_id) on delete cascade
    );
    -- a person wants the same report once; also: whose they are
    create unique index report_mails_of_person on report_mails
      (tenant_id, user_id, period, coalesce(org, ''), coalesce(severity, ''));
    -- claimDueReportMail
    create index report_mails_due on report_mails (due_at);
    alter table report_mails enable row level security;
    alter table report_mails force row level security;
    create policy of_the_tenant on report_mails using (
      tenant_id = (select nullif(nullif(current_setting('datamer.tenant', true), '*'), '')::uuid)
      or (select current_setting('datamer.tenant', true)) = '*');

    alter table deliveries
      -- a file that goes with the mail, the same at each try
      add attachment jsonb,
      -- what its unsubscribe link ends. No foreign key: what was sent is remembered longer.
      add report_mail_id uuid;
  `,
  down: `
    alter table deliveries drop report_mail_id, drop attachment;
    drop table report_mails;
  `,
});
