/** The signals of an event: what its mails are about, why they are together, and which of them have recovered. */
import type { EventSignal, Joined } from '../../events/event.ts';
import type { SignalSummary } from '../../events/signals.ts';
import { presentNumber } from './number.ts';
import { presentSeverity } from './severity.ts';
import { presentTime } from './time.ts';

export function presentSignals(
  { total, open, recovered, scored, lowestScore, shown }: SignalSummary,
  now: Date,
  timeZone: string,
) {
  return {
    total: presentNumber(total),
    isOne: total === 1,
    open: presentNumber(open),
    recovered: presentNumber(recovered),
    scored: scored > 0 ? presentNumber(scored) : null,
    lowestScore: lowestScore === null ? null : presentPoints(lowestScore),
    more: total > shown.length ? presentNumber(total - shown.length) : null,
    shown: shown.map((signal) => presentSignal(signal, now, timeZone)),
  };
}

function presentSignal(signal: EventSignal, now: Date, timeZone: string) {
  return {
    label: signal.label,
    severity: presentSeverity(signal.severity),
    status: signal.isOpen ? 'open' : signal.recoveredAt ? 'recovered' : 'closed',
    isRecovered: signal.recoveredAt !== null,
    joined: presentJoined(signal.joined),
    first: presentTime(signal.firstAt, now, timeZone),
    last: presentTime(signal.lastAt, now, timeZone),
  };
}

/** The summands of the score that put a signal to its event, the strongest first. */
export function presentJoined(joined: Joined | null) {
  if (!joined) return null;
  return {
    score: joined.score === null ? null : presentPoints(joined.score),
    reasons: joined.reasons.map(({ text, value }) => ({
      text,
      points: value === null ? null : presentPoints(value),
    })),
  };
}

/** `+2.6`, `−0.3` with a real minus. */
function presentPoints(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`;
}
