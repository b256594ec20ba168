/**
 * What a short text says about state, by its words alone: turns what is negated, and decides between what is said.
 * Works on subjects and on single lines.
 */
import type { MailState } from '../../../events/mail-state.ts';
import { hitsIn, spellOut, tokensOf, type Hit, type Token } from './find-phrases.ts';
import { JOBS, NEGATIONS, NO_LONGER, WATCHED, WEAK, type WordClass } from './lexicon.ts';
import { transitionIn } from './transition.ts';

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
  return readTokens(tokensOf(spellOut(text)));
}

/** @param ofJob a field of the mail says that it is about a job */
export function readTokens(tokens: readonly Token[], ofJob = false): Wording | null {
  const hits = hitsIn(tokens).filter((hit) => !ONLY_STATED.has(hit.words) || isStated(hit, tokens));
  if (hits.length === 0) return null;
  const bad = hits.filter((hit) => BAD.has(hit.wordClass) && !isNegated(hit, tokens) && !isOver(hit, tokens));
  const isJob = ofJob || tokens.some(isOfJob) || bad.some(isExitOfJob);
  const isWatched = tokens.some(({ word }) => WATCHED.has(word));
  const sentence: Sentence = { tokens, hits, bad, isJob, isWatched };
  for (const judge of JUDGES) {
    const wording = judge(sentence);
    if (wording) return wording;
  }
  return null;
}

/** Colours say something as a state only, "clear" as a level. */
const ONLY_STATED = new Set('red yellow amber green clear'.split(' '));

/** "backupninja", and not the machine "backup1". */
function isOfJob({ word }: Token): boolean {
  return JOBS.has(word) || (word.startsWith('backup') && !/\d/.test(word));
}

/** What has a status at its exit is a program. */
function isExitOfJob({ words }: Hit): boolean {
  return words.startsWith('exit') || words.startsWith('terminated');
}

const BAD: ReadonlySet<WordClass> = new Set<WordClass>(['ill', 'undone', 'trouble']);

/** In this order: the first that hears something decides. */
const JUDGES: readonly ((sentence: Sentence) => Wording | null)[] = [
  hearNotice,
  hearAcknowledgement,
  hearTransition,
  hearRecovery,
  hearEnd,
  hearLoss,
  hearMark,
  hearExit,
  hearOffer,
  hearActiveAlarm,
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

function hearTransition({ tokens }: Sentence): Wording | null {
  const transition = transitionIn(tokens);
  return transition && { state: transition.state, words: transition.word, isStrong: true };
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

/** "exit status 0" has gone well. */
function hearExit({ hits, tokens }: Sentence): Wording | null {
  const exit = hits.find((hit) => isExitOfJob(hit) && tokens.slice(hit.end, hit.end + 3).some(isZero));
  return exit ? say('success', exit) : null;
}

function isZero({ word }: Token): boolean {
  return word === '0';
}

/** "updates are available": nobody waited for them. */
function hearOffer({ hits, bad, tokens }: Sentence): Wording | null {
  const offer = hits.find(({ words, wordClass }) => wordClass === 'able' && OFFERED.has(words));
  if (!offer || bad.length > 0 || !tokens.some(({ word }) => UPDATES.has(word))) return null;
  return say('report', offer);
}

const OFFERED = new Set('available verfugbar disponible disponibile beschikbaar disponivel'.split(' '));
const UPDATES = new Set(
  `update updates upgrade upgrades version release firmware package packages patch patches aktualisierung aktualisierungen
  actualizacion actualizaciones aggiornamento aggiornamenti mise maj atualizacao atualizacoes`.split(/\s+/),
);

/** A rule that is active has found something. */
function hearActiveAlarm({ hits, tokens }: Sentence): Wording | null {
  const active = hits.find(({ words, at }) => words === 'active' && VERBS.has(tokens[at - 1]?.word ?? ''));
  if (!active || !tokens.some(({ word }) => ALARMS.has(word))) return null;
  return say('problem', active);
}

const ALARMS = new Set('rule alert alarm trigger incident issue alarme alerta allarme regel'.split(' '));

function hearAble(sentence: Sentence): Wording | null {
  const { hits, bad, tokens, isJob } = sentence;
  const byVerb = statedVerb(sentence);
  if (byVerb) return say('recovery', byVerb);
  const able = hits.find((hit) => hit.wordClass === 'able' && isStated(hit, tokens));
  if (!able || bad.some(({ words }) => !WEAK.has(words))) return null;
  const isOutcome = (isJob && !LIVE.has(able.words)) || isLastWord(able, tokens);
  return say(isOutcome ? 'success' : 'recovery', able);
}

/** Only what is watched is up or online. */
const LIVE = new Set('up online on line connected reachable reporting healthy green inactive'.split(' '));

function hearUndone(sentence: Sentence): Wording | null {
  const hit = sentence.bad.find(({ wordClass }) => wordClass === 'undone');
  if (!hit) return null;
  // A report tells of jobs: "FAIL: backup report for Monday".
  return say(first(sentence, 'report') ? 'failure' : stateOfBad(hit, sentence), hit);
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
function isNegated({ at, end }: Hit, tokens: readonly Token[]): boolean {
  if (isCountOfNone(tokens, end)) return true;
  for (let back = at - 1; back >= Math.max(0, at - 2); back -= 1) {
    const token = tokens[back];
    if (!token || (token.isClosed && back < at - 1)) return false;
    if (NEGATIONS.has(token.word)) return true;
  }
  return false;
}

/** "errors: 0", "success = false". */
function isCountOfNone(tokens: readonly Token[], end: number): boolean {
  const sign = tokens[end - 1]?.after ?? '';
  const value = tokens[end];
  if (!value || (sign !== ':' && sign !== '=')) return false;
  return NONE.has(value.word) || (value.after === '' && NEGATIONS.has(value.word));
}

const NONE = new Set('0 false none'.split(' '));

/** "no longer degraded", "nicht mehr erreichbar", "n'est plus joignable", "ya no responde". */
function isOver({ at }: Hit, tokens: readonly Token[]): boolean {
  const words = tokens.slice(Math.max(0, at - 4), at).map(({ word }) => word);
  if (words.slice(-2).includes('longer')) return true;
  const isNegative = words.some((word) => NEGATIONS.has(word) || word === 'n');
  return isNegative && words.some((word) => NO_LONGER.has(word));
}

/** Words that stand in much else; they are a statement as a mark, or at the end. "exists" is one anywhere. */
const AMBIGUOUS = new Set(
  'ok okay okey up ready on line good green red yellow amber clear reporting optimal redundant active inactive running online normal normale normaal connected stable stabil stabile available disponible disponibile accessible'.split(
    ' ',
  ),
);

function isStated({ at, end, words }: Hit, tokens: readonly Token[]): boolean {
  const opening = tokens[at];
  const closing = tokens[end - 1];
  if (!opening || !closing) return false;
  if (!AMBIGUOUS.has(words)) return true;
  if ((opening.isOpened && closing.isClosed) || opening.isUpper || opening.isArrived) return true;
  return end === tokens.length || (VERBS.has(tokens[at - 1]?.word ?? '') && endsSaying(tokens, end));
}

const RESULTS = new Set('ok okay okey good'.split(' '));

/** "replication check ok": the result of a check that reports each time; an alarm's end has its mark or its verb. */
function isLastWord({ at, end, words }: Hit, tokens: readonly Token[]): boolean {
  return RESULTS.has(words) && end === tokens.length && !tokens[at]?.isUpper && !tokens[at]?.isOpened;
}

const VERBS = new Set(
  'is are now was has have went came goes again ist sind jetzt wieder est sont esta estan son e sono is zijn sao state status zustand statut estado stato'.split(
    ' ',
  ),
);

/** "is OK", "now up"; not "is running high". */
function statedVerb({ tokens, hits }: Sentence): Hit | undefined {
  return hits.find(
    ({ wordClass, words, at, end }) =>
      wordClass === 'able' &&
      VERBS.has(tokens[at - 1]?.word ?? '') &&
      (!AMBIGUOUS.has(words) || endsSaying(tokens, end)),
  );
}

function endsSaying(tokens: readonly Token[], end: number): boolean {
  return Boolean(tokens[end - 1]?.isClosed) || !tokens[end] || GOING_ON.has(tokens[end].word);
}

const GOING_ON = new Set(
  `again on at after since for in and with from as by now auf nach seit wieder um und mit apres depuis sur a en desde tras dopo da su na sinds op
  apos desde em`.split(/\s+/),
);
