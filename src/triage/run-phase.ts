/**
 * Stage: mails that tell of one run of a job, that it has started or that it has ended. "Backup of db1 started" and
 * "Backup of db1 finished successfully (12 GB)" are of one job: its name is what is left of the subject.
 * Careful rather than complete: what starts must be a job by its words, so that "Service nginx started" and "Problem
 * started: …" are no runs.
 */
import { createHash } from 'node:crypto';
import type { Mse, RunMark } from './mse.ts';
import { fold, JOBS, NEGATIONS, WATCHED } from './parsers/general/lexicon.ts';
import { isReply } from './parsers/general/read-generally.ts';
import { matterOf } from './signal.ts';
import { withoutTags } from './tags/grammar.ts';

export interface Phase {
  phase: 'started' | 'finished';
  /** Equal for the start and the end of a job: its words in alphabetical order. */
  name: string;
  /** For people: the subject without the words of the phase. */
  title: string;
  /** `4711` of "Job #4711 started": which of several runs at once it is. */
  runId: string | null;
  /** Said by the words alone. */
  hasFailed: boolean;
}

export function readRuns(mses: Mse[]): void {
  for (const mse of mses) mse.run = runOf(mse);
}

function runOf(mse: Mse): RunMark | null {
  const { mail, isOwn, findings } = mse;
  const said = isOwn || findings.noise?.value || isReply(mail.subject) ? null : phaseOf(mail.subject);
  if (!said) return null;
  const state = findings.state?.value ?? 'unknown';
  // Somebody who knows better called the start a problem.
  if (said.phase === 'started' && state !== 'unknown' && state !== 'report') return null;
  const isBad = state === 'failure' || state === 'problem';
  const isGood = state === 'success' || state === 'recovery';
  return {
    phase: said.phase,
    jobKey: keyOf(mse, said.name),
    name: said.title,
    runId: said.runId,
    outcome:
      said.phase === 'started' ? null : isBad || said.hasFailed ? 'failure' : isGood ? 'success' : null,
  };
}

/** Only what is stated: what is worked out from what is known changes as more is learnt. */
function keyOf({ mail, findings: { org, servers } }: Mse, name: string): string {
  const isStated = (source: string): boolean => source === 'tag' || source === 'rule';
  const parts = [
    mail.from.address,
    org && isStated(org.source) ? org.value : '',
    servers && isStated(servers.source) ? [...servers.value].sort().join(',') : '',
    name,
  ];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);
}

const asSet = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));

const STARTED = asSet(
  `started starting begun began beginning begins commenced gestartet startet begonnen beginnt demarre demarree commence commencee
  iniciado iniciada comenzado comenzada avviato avviata iniziato iniziata gestart comecou`,
);
const FINISHED = asSet(
  `finished finishes completed completes complete done ended succeeded success successful successfully erfolgreich erfolg
  abgeschlossen fertig beendet erledigt termine terminee acheve achevee reussi reussie completado completada finalizado finalizada
  terminado terminada exito completato completata terminato terminata riuscito riuscita successo voltooid afgerond klaar geslaagd
  concluido concluida sucesso`,
);
const FAILED = asSet(
  `failed fails failure aborted cancelled canceled unsuccessful fehlgeschlagen abgebrochen gescheitert echoue echouee echec avorte
  fallido fallida fallo abortado cancelado fallito fallita annullato mislukt afgebroken falhou abortada`,
);
/** Nouns as well: a statement only as the first word or the last one of what is said. */
const STARTS = asSet('start begin beginn debut inicio inizio');
const ENDS = asSet('end ende fin ok');

/** Jobs by their nature, beside those of the lexicon. */
const RUNS = asSet(
  `reindex reindexing vacuum optimization optimisation defrag defragmentation compaction rebuild resync scrub cleanup purge billing
  invoicing payroll nightly reconciliation settlement rollup aggregation indexing crawl transcoding conversion ingest ingestion patching
  provisioning rollout inventory processing training replication copying`,
);
/** What runs for ever: it is started and stopped, and nobody waits for its end. */
const THINGS = new Set([
  ...WATCHED,
  ...asSet(
    `daemon vm instance container pod application app agent cluster machine system firewall router device session monitoring
    monit nagios watchdog systemd supervisor worker scheduler runner kernel computer broker proxy unit manager engine client listener`,
  ),
]);
/** What begins without anybody having begun it. */
const TROUBLES = asSet(
  `problem problems alert alerts alarm incident outage downtime maintenance flapping issue event attack storm storung wartung
  probleme panne problema incidente manutenzione onderhoud not failed unable cannot getting will would should must to`,
);
const PREPOSITIONS = asSet('on of for auf von fur sur de du pour en para su di per op van voor em da do');
/** Words that do not tell which job it is. */
const ANY_JOB = asSet('daily weekly monthly hourly nightly full incremental differential the a your of');

interface Word {
  word: string;
  from: number;
  to: number;
}

/** A subject is cut at 2,000 characters; the phase is stated early or never. */
const MOST_WORDS = 60;
const WORD = /[\p{L}\p{N}_][\p{L}\p{N}_.@/-]*/gu;

/** @returns null for what is no start or end of a job's run */
export function phaseOf(subject: string): Phase | null {
  const text = withoutTags(subject).replaceAll(/\s+/g, ' ').trim();
  const words = wordsOf(text);
  const phase = findPhase(words);
  if (!phase || !isJob(words)) return null;
  const { first, last, isStart, hasFailed } = phase;
  const head = text.slice(0, words[first]?.from ?? 0);
  const tail = text.slice(words[last]?.to ?? text.length);
  const name = nameOf(head, tail);
  if (!name) return null;
  return {
    phase: isStart ? 'started' : 'finished',
    name,
    title: tidy(`${head} ${tail}`),
    runId: runIdOf(text),
    hasFailed,
  };
}

function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const match of text.matchAll(WORD)) {
    const raw = match[0].replace(/[./-]{1,3}$/, '');
    words.push({ word: fold(raw), from: match.index, to: match.index + raw.length });
    if (words.length === MOST_WORDS) break;
  }
  return words;
}

/** The words that say it, and what stands between them: "finished successfully", "terminé avec succès". */
function findPhase(
  words: readonly Word[],
): { first: number; last: number; isStart: boolean; hasFailed: boolean } | null {
  const isEdge = (at: number): boolean => at === 0 || at === words.length - 1;
  const says = (at: number, clear: ReadonlySet<string>, noun?: ReadonlySet<string>): boolean => {
    const word = words[at]?.word ?? '';
    return clear.has(word) || Boolean(noun?.has(word) && isEdge(at));
  };
  const indexes = words.map((_word, index) => index);
  const failure = indexes.find((at) => says(at, FAILED));
  const end = indexes.find((at) => says(at, FINISHED, ENDS)) ?? failure;
  const start = indexes.find((at) => says(at, STARTED, STARTS));
  if (end !== undefined && (start === undefined || end > start)) {
    const isNegated = [1, 2].some((back) => NEGATIONS.has(words[end - back]?.word ?? ''));
    const first = start ?? Math.min(end, failure ?? end);
    return { first, last: lastOf(words, end), isStart: false, hasFailed: failure !== undefined || isNegated };
  }
  // "Backup completed: sync started" tells of two.
  if (start === undefined || end !== undefined) return null;
  const before = [words[0], words[start - 1], words[start - 2]].map((word) => word?.word ?? '');
  if (before.some((word) => TROUBLES.has(word) || NEGATIONS.has(word))) return null;
  if (THINGS.has(words[start - 1]?.word ?? '')) return null;
  return { first: start, last: start, isStart: true, hasFailed: false };
}

function lastOf(words: readonly Word[], end: number): number {
  const next = words[end + 1]?.word ?? '';
  return FINISHED.has(next) || FAILED.has(next) ? end + 1 : end;
}

/** A word of jobs that is not only the name of a thing: "backup server", "job scheduler", "backup.service". */
function isJob(words: readonly Word[]): boolean {
  return words.some(({ word }, at) => isOfJob(word) && !THINGS.has(words[at + 1]?.word ?? ''));
}

function isOfJob(word: string): boolean {
  if (word.endsWith('.service') || word.includes('@')) return false;
  return word.split(/[._/-]/).some((part) => JOBS.has(part) || RUNS.has(part) || part === 'backup');
}

/** What follows the phase belongs to the name only where it says of what: the rest is this run's own detail. */
function nameOf(head: string, tail: string): string {
  const before = matterOf(head);
  const clause = tail.split(/[(,;]/, 1)[0] ?? '';
  const after = isNameless(head) ? matterOf(clause.replace(/\s-\s.*$/, '')) : objectOf(clause);
  const words = `${before} ${after}`.split(' ').filter((word) => word && !PREPOSITIONS.has(word));
  return [...new Set(words)].sort().join(' ');
}

/** "Backup started: db1", "db1: starting backup of /home". */
function isNameless(head: string): boolean {
  const words = wordsOf(head).map(({ word }) => word);
  return !words.some(isOfJob) || words.every((word) => isOfJob(word) || ANY_JOB.has(word));
}

/** "… on db1 in 5 min", "… in 5 min on db1". */
function objectOf(clause: string): string {
  const at = wordsOf(clause).find(({ word }) => PREPOSITIONS.has(word));
  return at && matterOf(clause.slice(0, at.from)) === '' ? matterOf(clause.slice(at.to)) : '';
}

const RUN_ID =
  /(?:#|\b(?:run|job|build|task|batch|id|lauf|auftrag)[ :=]{1,2}#?)((?=[0-9a-f-]*\d)[0-9a-f]{1,16}(?:-[0-9a-f]{1,12}){0,4})(?![\w-])/i;

function runIdOf(text: string): string | null {
  return RUN_ID.exec(text)?.[1]?.toLowerCase() ?? null;
}

const LONGEST_TITLE = 200;
const EDGE = new Set(' :;,.!*|–—-[]()'.split(''));

function tidy(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && EDGE.has(text[from] ?? '') && !'[('.includes(text[from] ?? '')) from += 1;
  while (to > from && EDGE.has(text[to - 1] ?? '') && !'])'.includes(text[to - 1] ?? '')) to -= 1;
  return text
    .slice(from, to)
    .replaceAll(/ {2,}/g, ' ')
    .replace(/[[(] ?[\])]/, '')
    .replaceAll(/ (?=[:,;])/g, '')
    .trim()
    .slice(0, LONGEST_TITLE);
}
