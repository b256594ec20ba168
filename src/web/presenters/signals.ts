/** The signals of an event: what its mails are about, and which of them have recovered. */
import type { SignalSummary } from '../../events/signals.ts';
import { presentNumber } from './number.ts';
import { presentSeverity } from './severity.ts';
import { presentTime } from './time.ts';

export function presentSignals(
  { total, open, recovered, shown }: SignalSummary,
  now: Date,
  timeZone: string,
) {
  return {
    total: presentNumber(total),
    isOne: total === 1,
    open: presentNumber(open),
    recovered: presentNumber(recovered),
    more: total > shown.length ? presentNumber(total - shown.length) : null,
    shown: shown.map((signal) => ({
      label: signal.label,
      severity: presentSeverity(signal.severity),
      status: signal.isOpen ? 'open' : signal.recoveredAt ? 'recovered' : 'closed',
      isRecovered: signal.recoveredAt !== null,
      first: presentTime(signal.firstAt, now, timeZone),
      last: presentTime(signal.lastAt, now, timeZone),
    })),
  };
}
