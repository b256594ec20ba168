/**
 * What a short text says about state, by its words alone: turns what is negated, and decides between what is said.
 * Works on subjects and on single lines.
 */
import type { MailState } from '../../../events/mail-state.ts';
import { hitsIn, tokensOf, type Hit, type Token } from './find-phrases.ts';
import { JOBS, NEGATIONS, NO_LONGER, WATCHED, WEAK, type WordClass } from './lexicon.ts';

export interface Wording {
  state: MailState;
  /** The words that spoke, as folded. */
  words: string;
  /** Said in the tool's own mark or with clear words; weak wording gives way to a field of the text. */
  isStrong: boolean;
}

interface Sentence {
  tokens: readonly Token[];
  hits: readonly Hit[];
  /** Not negated, nor over. */
  bad: readonly Hit[];
  isJob: boolean;
  isWatched: boolean;
}

export function readWording(text: string): Wording | null {
  const tokens = tokensOf(text);
  const hits = hitsIn(tokens);
  if (hits.length === 0) return null;
  const bad = hits.filter((hit) => BAD.has(hit.wordClass) && !isNegated(hit, tokens) && !isOver(hit, tokens));
  const isJob = tokens.some(({ word }) => JOBS.has(word) || word.startsWith('backup'));
  const isWatched = tokens.some(({ word }) => WATCHED.has(word));
  const sentence: Sentence = { tokens, hits, bad, isJob, isWatched };
  for (const judge of JUDGES) {
    const wording = judge(sentence);
    if (wording) return wording;
  }
  return null;
}

const BAD: ReadonlySet<WordClass> = new Set<WordClass>(['ill', 'undone', 'trouble']);

/** In this order: the first that hears something decides. */
const JUDGES: readonly ((sentence: Sentence) => Wording | null)[] = [
  hearNotice,
  hearAcknowledgement,
  hearRecovery,
  hearEnd,
  hearLoss,
  hearMark,
  hearAble,
  hearUndone,
  hearDone,
  hearTrouble,
  hearStart,
  hearClean,
  hearReport,
];

function say(state: MailState, { words }: Hit, isStrong = true): Wording {
  return { state, words, isStrong };
}

function first({ hits }: Sentence, ...classes: WordClass[]): Hit | undefined {
  return hits.find(({ wordClass }) => classes.includes(wordClass));
}

function hearNotice(sentence: Sentence): Wording | null {
  const notice = first(sentence, 'notice');
  return notice ? say('unknown', notice) : null;
}

function hearAcknowledgement({ hits, tokens }: Sentence): Wording | null {
  const hit = hits.find((one) => one.wordClass === 'acknowledged' && !isNegated(one, tokens));
  return hit ? say('acknowledgement', hit) : null;
}

/** "recovered", unless it did not or failed to. */
function hearRecovery(sentence: Sentence): Wording | null {
  const hit = first(sentence, 'well');
  if (!hit) return null;
  const { tokens, hits, isJob } = sentence;
  const isFailing = hits.some(
    ({ wordClass, at }) => wordClass === 'undone' && at >= hit.end && at - hit.end <= 2,
  );
  if (!isFailing && !isNegated(hit, tokens)) return say('recovery', hit);
  return say(isFailing && isJob ? 'failure' : 'problem', hit);
}

/** "no longer degraded". */
function hearEnd({ hits, tokens }: Sentence): Wording | null {
  const hit = hits.find((one) => BAD.has(one.wordClass) && isOver(one, tokens));
  return hit ? say('recovery', hit) : null;
}

/** "no longer reachable", "not healthy". */
function hearLoss({ hits, tokens }: Sentence): Wording | null {
  const hit = hits.find((one) => one.wordClass === 'able' && (isOver(one, tokens) || isNegated(one, tokens)));
  return hit ? say('problem', hit) : null;
}

/** `[PROBLEM]`, `CRITICAL:`, `** DOWN`: the tool's own word in its own place. */
function hearMark(sentence: Sentence): Wording | null {
  const { bad, tokens } = sentence;
  const mark = bad.find(({ at }) => tokens[at]?.isUpper && tokens[at].isOpened);
  return mark && !statedVerb(sentence) ? say(stateOfBad(mark, sentence), mark) : null;
}

function hearAble(sentence: Sentence): Wording | null {
  const { hits, bad, tokens, isJob } = sentence;
  const byVerb = statedVerb(sentence);
  if (byVerb) return say('recovery', byVerb);
  const able = hits.find((hit) => hit.wordClass === 'able' && isStated(hit, tokens));
  if (!able || bad.some(({ words }) => !WEAK.has(words))) return null;
  return say(isJob || isLastWord(able, tokens) ? 'success' : 'recovery', able);
}

function hearUndone(sentence: Sentence): Wording | null {
  const hit = sentence.bad.find(({ wordClass }) => wordClass === 'undone');
  return hit ? say(stateOfBad(hit, sentence), hit) : null;
}

function hearDone({ hits, bad, tokens, isJob, isWatched }: Sentence): Wording | null {
  const done = hits.find(({ wordClass }) => wordClass === 'done');
  if (!done) return null;
  if (isNegated(done, tokens)) return say('failure', done);
  if (bad.some(({ wordClass, at }) => wordClass === 'trouble' && at > done.at)) return null;
  return say(isWatched && !isJob ? 'recovery' : 'success', done);
}

function hearTrouble(sentence: Sentence): Wording | null {
  const { bad, isJob } = sentence;
  const clear = bad.find(({ words }) => !WEAK.has(words));
  const report = first(sentence, 'report');
  const hit = clear ?? (report && !CHANGES.has(report.words) ? undefined : bad[0]);
  if (!hit) return null;
  // A job that ended with warnings has neither failed nor gone well.
  if (isJob && WARNINGS.has(hit.words)) return say('unknown', hit);
  return say(stateOfBad(hit, sentence), hit, clear !== undefined);
}

/** "Checksum changed" behind "alert" is no report. */
const CHANGES = new Set(['change', 'changes', 'changed']);
const WARNINGS = new Set([
  'warning',
  'warnings',
  'warn',
  'warnung',
  'avertissement',
  'advertencia',
  'avviso',
]);

/** "started on db1": neither well nor ill. */
function hearStart(sentence: Sentence): Wording | null {
  const hit = first(sentence, 'start');
  return hit ? say('unknown', hit) : null;
}

/** "no errors". */
function hearClean({ hits, tokens, isJob, isWatched }: Sentence): Wording | null {
  const hit = hits.find((one) => BAD.has(one.wordClass) && isNegated(one, tokens));
  return hit ? say(isJob || isWatched ? 'success' : 'recovery', hit, false) : null;
}

function hearReport(sentence: Sentence): Wording | null {
  const hit = first(sentence, 'report');
  return hit ? say('report', hit, false) : null;
}

/** What fails is a job; what is watched has a problem. */
function stateOfBad({ wordClass }: Hit, { bad, isJob, isWatched }: Sentence): MailState {
  const isOutcome = wordClass === 'trouble' || bad.some((one) => one.wordClass === 'undone');
  return isOutcome && isJob && !(isWatched && wordClass !== 'undone') ? 'failure' : 'problem';
}

/** "no errors", "not reachable", "without any warnings". */
function isNegated({ at }: Hit, tokens: readonly Token[]): boolean {
  for (let back = at - 1; back >= Math.max(0, at - 2); back -= 1) {
    const token = tokens[back];
    if (!token || (token.isClosed && back < at - 1)) return false;
    if (NEGATIONS.has(token.word)) return true;
  }
  return false;
}

/** "no longer degraded", "nicht mehr erreichbar", "n'est plus joignable", "ya no responde". */
function isOver({ at }: Hit, tokens: readonly Token[]): boolean {
  const words = tokens.slice(Math.max(0, at - 4), at).map(({ word }) => word);
  if (words.slice(-2).includes('longer')) return true;
  const isNegative = words.some((word) => NEGATIONS.has(word) || word === 'n');
  return isNegative && words.some((word) => NO_LONGER.has(word));
}

/** Words that stand in much else; they are a statement as a mark, or at the end. "exists" is one anywhere. */
const AMBIGUOUS = new Set(
  'ok okay okey up on line good green active inactive running online normal normale normaal connected stable stabil stabile available disponible disponibile accessible'.split(
    ' ',
  ),
);

function isStated({ at, end, words }: Hit, tokens: readonly Token[]): boolean {
  const opening = tokens[at];
  const closing = tokens[end - 1];
  if (!opening || !closing) return false;
  if (!AMBIGUOUS.has(words)) return true;
  return (opening.isOpened && closing.isClosed) || opening.isUpper || end === tokens.length;
}

/** "replication check ok": the result of a check that reports each time; an alarm's end has its mark or its verb. */
function isLastWord({ at, end, words }: Hit, tokens: readonly Token[]): boolean {
  return AMBIGUOUS.has(words) && end === tokens.length && !tokens[at]?.isUpper && !tokens[at]?.isOpened;
}

const VERBS = new Set(
  'is are now was has have again ist sind jetzt wieder est sont esta estan son e sono is zijn sao state status zustand statut estado stato'.split(
    ' ',
  ),
);

/** "is OK", "now up". */
function statedVerb({ hits, tokens }: Sentence): Hit | undefined {
  return hits.find(({ wordClass, at }) => wordClass === 'able' && VERBS.has(tokens[at - 1]?.word ?? ''));
}
