/**
 * Stage: what the mail's own wording says. The parsers of single tools (one file each, beside this one) come
 * before the general reader of state words, which works on tools never seen.
 */
import { withoutTags } from '../tags/grammar.ts';
import { decide, type Mse } from '../mse.ts';
import { readState } from './state-words.ts';

/** State words in a subject are right nearly always; people's rules and corrections still go first. */
const WORDING_CONFIDENCE = 0.9;

export function runParsers(mses: Mse[]): void {
  for (const mse of mses) {
    const read = readState(withoutTags(mse.mail.subject));
    if (!read) continue;
    decide(mse, 'state', {
      value: read.state,
      source: 'parser',
      confidence: WORDING_CONFIDENCE,
      reason: `“${read.word}” in the subject`,
    });
  }
}
