/** The reader for tools never seen. */
import type { MailView } from './mail-view.ts';
import type { Reading } from './parser.ts';
import { readState } from './state-words.ts';

export function readGenerally(mail: MailView): Reading {
  const state = readState(mail.subject);
  return {
    tool: 'general',
    ...(state ? { state: { value: state.state, reason: `“${state.word}” in the subject` } } : {}),
  };
}
