/**
 * State words in the subjects that streams are told apart by. Kept as they are: with other words the expected streams
 * of a tenant would all be new ones. Signals read more (general/lexicon.ts).
 */

/** What differs between a problem's subject and its recovery's. */
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
