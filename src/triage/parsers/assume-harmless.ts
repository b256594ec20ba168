/**
 * Stage, after all that states or has learnt a severity: a mail that tells of a success, or only reports, asks for
 * nobody. No tool states how severe good news is, and left open it would wait among the unclassified.
 */
import type { MailState } from '../../events/mail-state.ts';
import { decide, type Mse } from '../mse.ts';

const HARMLESS: ReadonlySet<MailState> = new Set(['success', 'report']);
/** An assumption: whatever is taught later goes first. */
const CONFIDENCE = 0.5;

export function assumeHarmless(mses: Mse[]): void {
  for (const mse of mses) {
    const { state } = mse.findings;
    if (!state || !HARMLESS.has(state.value)) continue;
    const reason = `a ${state.value} asks for nobody, and nothing states a severity`;
    decide(mse, 'severity', { value: 'info', source: 'parser', confidence: CONFIDENCE, reason });
  }
}
