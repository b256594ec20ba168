/**
 * Words by which tools say how things are. The first sign of recovery in a subject wins over words of trouble
 * ("RESOLVED: disk CRITICAL"); plain OK and UP count only where they are the statement ("is OK", "OK: …"), because
 * they stand in much else.
 */
import type { MailState } from '../../events/mail-state.ts';

interface StateSign {
  state: MailState;
  pattern: RegExp;
}

/** In this order: the first that matches decides. */
const SIGNS: readonly StateSign[] = [
  { state: 'acknowledgement', pattern: /\b(acknowledge?ment|acknowledged)\b/i },
  {
    state: 'recovery',
    pattern: /\b(recovery|recovered|resolved|cleared|back to normal|is back|back online)\b/i,
  },
  { state: 'recovery', pattern: /(^|\b(?:is|now|to|->|→)\s+|[[(*:|]\s*)(ok|okay|up|healthy)\b(?!-)/i },
  {
    state: 'success',
    pattern: /\b(success|successful|successfully|succeeded|passed|finished ok|completed)\b/i,
  },
  { state: 'success', pattern: /\bok\W*$/i },
  { state: 'failure', pattern: /\b(failed|failure|failures|fails|aborted|unsuccessful)\b/i },
  {
    state: 'problem',
    pattern:
      /\b(problem|critical|firing|down|unreachable|warning|alarm|error|errors|degraded|timed? ?out|exceeded)\b/i,
  },
  { state: 'report', pattern: /\b(report|summary|digest|statistics|logwatch)\b/i },
];

export interface ReadState {
  state: MailState;
  word: string;
}

export function readState(subject: string): ReadState | null {
  for (const { state, pattern } of SIGNS) {
    const match = pattern.exec(subject);
    if (match) return { state, word: (match[2] ?? match[0]).trim() };
  }
  return null;
}

/** Everything that differs between a problem's subject and its recovery's, for signals. */
const STATE_WORDS = new RegExp(
  `\\b(${[
    'problem|recovery|recovered|resolved|cleared|back to normal|is back|back online|acknowledge?ment|acknowledged',
    'ok|okay|up|down|healthy|unhealthy|unreachable|degraded|critical|warning|warn|unknown|info|firing|alert|alarm',
    'success|successful|successfully|succeeded|passed|completed|finished|failed|failure|failures|fails|fail|aborted',
    'unsuccessful|error|errors|renotification',
  ].join('|')})\\b`,
  'gi',
);

export function withoutStateWords(text: string): string {
  return text.replace(STATE_WORDS, ' ');
}
