/** "CRITICAL -> OK", "from DOWN to UP", "von OK auf AUSFALL": of two states only the new one is how things are. */
import type { MailState } from '../../../events/mail-state.ts';
import { meaningOf } from '../words.ts';
import type { Token } from './find-phrases.ts';
import { classOf, type WordClass } from './lexicon.ts';

const FROM = new Set('from von de da van du'.split(' '));
const TO = new Set('to auf zu nach a naar para in'.split(' '));

const STATE_OF: Partial<Record<WordClass, MailState>> = {
  well: 'recovery',
  able: 'recovery',
  done: 'recovery',
  ill: 'problem',
  undone: 'problem',
  trouble: 'problem',
  notice: 'unknown',
};

export interface Transition {
  state: MailState;
  /** Of the tokens, the old state and the new. */
  at: number;
  end: number;
  word: string;
}

export function transitionIn(tokens: readonly Token[]): Transition | null {
  for (let at = tokens.length - 1; at > 0; at -= 1) {
    const token = tokens[at];
    const old = token?.isArrived ? beforeArrow(tokens, at) : isTold(tokens, at) ? at - 2 : -1;
    if (!token || old < 0 || !stateOf(tokens[old]?.word)) continue;
    const state = stateOf(token.word);
    if (state) return { state, at: old, end: at + 1, word: token.word };
  }
  return null;
}

/** "HEALTH_OK -> HEALTH_WARN" has words of one name on both sides. */
function beforeArrow(tokens: readonly Token[], at: number): number {
  let old = at - 1;
  while (tokens[old]?.isArrived && tokens[old]?.to === tokens[at]?.to) old -= 1;
  return old;
}

/** "from OK to CRITICAL", "OK to CRITICAL" in capitals. */
function isTold(tokens: readonly Token[], at: number): boolean {
  if (!TO.has(tokens[at - 1]?.word ?? '')) return false;
  return FROM.has(tokens[at - 3]?.word ?? '') || Boolean(tokens[at]?.isUpper && tokens[at - 2]?.isUpper);
}

function stateOf(word = ''): MailState | undefined {
  const wordClass = classOf(word);
  return (wordClass && STATE_OF[wordClass]) ?? meaningOf(word).state;
}
