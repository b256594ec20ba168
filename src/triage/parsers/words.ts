/** Single words by which tools state how things are, and how bad. */
import type { MailState } from '../../events/mail-state.ts';
import type { Severity } from '../../events/severity.ts';
import type { Meaning } from './parser.ts';

const STATES: Record<MailState, string> = {
  problem:
    'problem critical crit warning warn down unreachable firing alert alarm alerting triggered trigger error err emergency emerg panic disaster high average degraded unhealthy open opened new active created red yellow unknown in_alarm offline breach breached major minor fatal severe bad fault faulty',
  recovery:
    'recovery recovered ok okay up resolved resolve cleared clear closed close normal green healthy online restored fixed back good inactive upalert',
  acknowledgement: 'acknowledgement acknowledgment acknowledged ack acked',
  success: 'success successful succeeded passed completed finished done',
  failure: 'failure failed fail fails unsuccessful aborted broken unstable',
  report: 'report summary digest',
  unknown:
    'flappingstart flappingstop flappingdisabled flapping downtimestart downtimeend downtimestop downtimecancelled downtimeremoved custom test maintenance insufficient_data nodata no_data paused pending suppressed',
};

const SEVERITIES: Record<Severity, string> = {
  critical:
    'critical crit critcal emergency emerg panic fatal disaster high alert severe down unreachable blocker p1 p0 sev1 sev0 s1 red',
  warn: 'warning warn average unknown minor medium moderate low degraded p2 p3 sev2 sev3 s2 s3 yellow error err major',
  info: 'info information informational notice debug ok okay up recovery normal none not_classified p4 p5 sev4 sev5 green success',
};

const MEANINGS = new Map<string, Meaning>();
for (const state of Object.keys(STATES) as MailState[]) {
  for (const word of STATES[state].split(' ')) MEANINGS.set(word, { state });
}
for (const severity of Object.keys(SEVERITIES) as Severity[]) {
  for (const word of SEVERITIES[severity].split(' ')) {
    MEANINGS.set(word, { ...MEANINGS.get(word), severity });
  }
}

/** @param word lower case */
export function meaningOf(word: string): Meaning {
  return MEANINGS.get(word) ?? {};
}
