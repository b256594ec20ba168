/** The reports that are mailed to a person, and the form for another one. */
import type { ReportMail } from '../../reports/mails/report-mails.ts';
import type { ReportPeriod } from '../../reports/mails/timetable.ts';
import { describeFilter } from '../../reports/mails/word-report.ts';
import type { SeverityName } from '../../reports/history.ts';
import type { Flash } from '../session.ts';
import { presentForm, presentOptions } from './form.ts';
import { presentUntil } from './time.ts';

const PERIOD_WORDS: Record<ReportPeriod, string> = {
  daily: 'Each day',
  weekly: 'Each Monday',
  monthly: 'On the 1st of each month',
};

const USUAL_TIME = '07:00';

export function presentReportMails(mails: readonly ReportMail[], now: Date, timeZone: string) {
  return mails.map((mail) => ({
    action: `/report-mails/${mail.id}`,
    when: `${PERIOD_WORDS[mail.period]} at ${mail.at}, ${mail.timeZone}`,
    what: describeFilter(mail),
    next: presentUntil(mail.dueAt, now, timeZone),
  }));
}

/** @param filter of the report that is on the page */
export function presentReportMailForm(
  flash: Flash | null,
  filter: { org?: string | undefined; severity?: SeverityName | undefined },
  timeZone: string,
) {
  const form = presentForm(flash, 'report-mail', { period: 'weekly', at: USUAL_TIME });
  const org = filter.org ?? null;
  const severity = filter.severity ?? null;
  return {
    form,
    org: org ?? '',
    severity: severity ?? '',
    what: describeFilter({ org, severity }),
    timeZone,
    periods: presentOptions(
      [
        ['daily', 'Daily'],
        ['weekly', 'Weekly'],
        ['monthly', 'Monthly'],
      ],
      form.period.value,
    ),
  };
}
