/**
 * How loudly a telephone may ring for a notice. Pure. A storm of criticals wakes as one critical does; that one has
 * ended, or a digest of it, wakes nobody.
 */
import type { Outgoing } from './channel-kind.ts';
import type { ToldSeverity } from './severity-look.ts';

/** `quiet`: for when somebody looks; `test`: somebody waits for it. */
export type Urgency = ToldSeverity | 'quiet' | 'test';

/** Somebody is to do something now. Of a list the first line is the worst. */
const CALLS = new Set(['event', 'several', 'storm', 'assignment', 'escalation', 'reminder']);

export function urgencyOf({ kind, message: { event, sections } }: Outgoing): Urgency {
  if (kind === 'test') return 'test';
  if (!CALLS.has(kind)) return 'quiet';
  return event?.severity ?? sections[0]?.lines[0]?.severity ?? 'quiet';
}
