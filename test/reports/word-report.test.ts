import { describe, expect, it } from '@jest/globals';
import { asHtml } from '../../src/outbound/wording/as-html.ts';
import { asText } from '../../src/outbound/wording/as-text.ts';
import { SEVERITY_NAMES, type HistoryReport } from '../../src/reports/history.ts';
import { asFile } from '../../src/reports/mails/mail-due-reports.ts';
import { wordReport, type ReportToWord } from '../../src/reports/mails/word-report.ts';

function report(byOrg: Record<string, number>): HistoryReport {
  const total = Object.values(byOrg).reduce((sum, count) => sum + count, 0);
  const delay = { min: 60, max: 7200, mean: 900, p50: 480, p90: 3600 };
  return {
    from: new Date('2026-03-01T23:00:00Z'),
    to: new Date('2026-03-08T23:00:00Z'),
    mses: 12_345,
    events: {
      total,
      open: 1,
      closed: total - 1,
      bySeverity: { critical: total, warn: 0, unclassified: 0, info: 0 },
      byOrg,
      byKind: { FAILED: total },
    },
    delays: Object.fromEntries(
      SEVERITY_NAMES.map((name) => [
        name,
        { assignment: name === 'critical' ? delay : null, completion: null },
      ]),
    ) as HistoryReport['delays'],
  };
}

function told(byOrg: Record<string, number>, change: Partial<ReportToWord> = {}): ReportToWord {
  return {
    greeting: 'Ana',
    tenantName: 'Acme',
    wanted: { period: 'weekly', at: '07:00', timeZone: 'Europe/Berlin', org: null, severity: null },
    report: report(byOrg),
    before: { ...report({ shop: 177 }), mses: 9_876 },
    hasFile: true,
    baseUrl: 'https://pager.example',
    now: new Date('2026-03-09T06:00:00Z'),
    ...change,
  };
}

describe('The mail of a report', () => {
  it('says the same as text and as HTML, the largest orgs first and the rest as one', () => {
    const byOrg = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`shop.a${index}`, 20 - index]),
    );
    const message = wordReport(told(byOrg));
    expect(message.subject).toBe('[report] Acme: 210 events last week, 1 open');
    for (const text of [asText(message), asHtml(message)]) {
      for (const said of [
        'Mon 2 Mar to Sun 8 Mar 2026, Europe/Berlin',
        '12,345',
        '… the week before',
        '9,876',
        '177',
        '8 min (1 h)',
        'shop.a7',
        '12 others',
        '78',
      ])
        expect(text).toContain(said);
      expect(text).not.toContain('shop.a8');
      expect(text.replaceAll('&amp;', '&')).toContain('/reports?from=2026-03-02&to=2026-03-09');
    }
    expect(Buffer.byteLength(asHtml(message))).toBeLessThan(15 * 1024);
  });

  it.each([
    ['daily', '2026-03-20T06:00:00Z', '2 events on Mon 2 Mar'],
    ['weekly', '2026-03-20T06:00:00Z', '2 events from 2 Mar to 8 Mar'],
    ['monthly', '2026-05-20T06:00:00Z', '2 events in March'],
  ] as const)('names the days of a %s one that comes late', (period, now, said) => {
    const { wanted } = told({});
    const late = told({ a: 2 }, { wanted: { ...wanted, period }, now: new Date(now) });
    expect(wordReport(late).subject).toBe(`[report] Acme: ${said}, 1 open`);
  });

  it('shows paths that strangers made up as text, and sends no file that mail servers refuse', () => {
    const message = wordReport(told({ '<img src=x onerror=alert(1)>': 1 }, { hasFile: false }));
    expect(asHtml(message)).not.toContain('<img');
    expect(message.lead).toContain('too large for a mail');
    const many = Array.from({ length: 40_000 }, (_, index): [string, number] => [`made.up${index}`, 1]);
    expect(asFile(report(Object.fromEntries(many)))).toBeNull();
    expect(asFile(report({ shop: 1 }))?.content).toContain('events.byOrg,shop,1,events');
  });
});
