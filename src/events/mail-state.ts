/** What a mail says about its signal (semantics §1), and what that does to the signal. */
export const MAIL_STATES = [
  'problem',
  'recovery',
  'acknowledgement',
  'report',
  'success',
  'failure',
  'unknown',
] as const;
export type MailState = (typeof MAIL_STATES)[number];

/** `opens`: somebody should look. `closes`: it is well again. `neither`: somebody speaks about it. */
export type Effect = 'opens' | 'closes' | 'neither';

const EFFECTS: Record<MailState, Effect> = {
  problem: 'opens',
  failure: 'opens',
  unknown: 'opens',
  report: 'opens',
  recovery: 'closes',
  success: 'closes',
  acknowledgement: 'neither',
};

export function effectOf(state: MailState): Effect {
  return EFFECTS[state];
}
